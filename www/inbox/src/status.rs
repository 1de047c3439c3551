//! How the connection is: the line in the list's head, the banners, and when a lost connection is worth a word.

use leptos::prelude::*;
use shared::client::{Client, LinkStatus};
use widget::browser::Timer;

use crate::desk::Desk;
use crate::text;

/// A connection that is back sooner is not worth a banner that moves the page: a reconnect takes half a second at most
/// before its first attempt, and about as long for the handshake.
const CUT_SHOWN_AFTER_MS: i32 = 1_500;

/// The line under the page's name.
#[component]
pub fn LinkLine() -> impl IntoView {
    let status = Memo::new(move |_| Desk::here().status());
    let class = move || match status.get() {
        LinkStatus::Live => "link live",
        LinkStatus::Connecting | LinkStatus::Off => "link connecting",
        LinkStatus::Waiting | LinkStatus::Stopped(_) => "link offline",
    };
    view! { <p class=class role="status">{move || text::link(status.get())}</p> }
}

/// Tells of a connection that comes back only when asked to.
#[component]
pub fn Stopped() -> impl IntoView {
    let desk = Desk::here();
    let stopped = Memo::new(move |_| match desk.status() {
        LinkStatus::Stopped(code) => Some(text::stopped(code)),
        LinkStatus::Off | LinkStatus::Connecting | LinkStatus::Live | LinkStatus::Waiting => None,
    });
    move || {
        stopped.get().map(|why| {
            view! {
                <div class="banner" role="alert">
                    <p>{why}</p>
                    <button type="button" class="retry" on:click=move |_| desk.act(Client::connect)>
                        {text::CONNECT}
                    </button>
                </div>
            }
        })
    }
}

/// Whether the connection has been gone for a while.
pub fn is_cut(desk: Desk) -> Signal<bool> {
    let live = Memo::new(move |_| desk.status() == LinkStatus::Live);
    let cut = RwSignal::new(false);
    let timer = StoredValue::new_local(None);
    Effect::new(move |_| {
        if live.get() {
            timer.set_value(None);
            cut.set(false);
        } else {
            timer.set_value(Some(Timer::after(CUT_SHOWN_AFTER_MS, move || cut.set(true))));
        }
    });
    cut.into()
}
