//! What the pages have in common: nothing here yet, nothing here at all, nothing to be had.

use leptos::prelude::*;
use shared::problem::Code;

use crate::ask::Refusal;
use crate::desk::Desk;
use crate::text;

/// Lines that move until something is here. `words`: what is waited for.
#[component]
pub fn Loading(words: &'static str) -> impl IntoView {
    view! {
        <div class="loading" role="status">
            <i></i>
            <i></i>
            <i></i>
            <span class="sr">{words}</span>
        </div>
    }
}

/// There is nothing, and that is fine.
#[component]
pub fn Empty(title: &'static str, help: &'static str) -> impl IntoView {
    view! {
        <div class="empty">
            <h2>{title}</h2>
            <p>{help}</p>
        </div>
    }
}

/// Why there is nothing to be seen, and what to do about it. What the token has no right to is not asked for again.
#[component]
pub fn Failed(refusal: Refusal, retry: Callback<()>) -> impl IntoView {
    let is_forbidden = refusal.code == Some(Code::Forbidden);
    let title = if is_forbidden { text::tools::NO_RIGHT } else { text::tools::NOT_LOADED };
    view! {
        <div class="empty" role="alert">
            <h2>{title}</h2>
            <p>{text::tools::why(&refusal)}</p>
            {(!is_forbidden).then(|| {
                view! {
                    <button type="button" class="earlier" on:click=move |_| retry.run(())>{text::RETRY}</button>
                }
            })}
        </div>
    }
}

/// Says that this token changes nothing here, once the relay has said so.
#[component]
pub fn ReadOnly() -> impl IntoView {
    let desk = Desk::here();
    move || (!desk.may_change.get()).then(|| view! { <p class="note" role="status">{text::tools::READ_ONLY}</p> })
}

/// What the relay has refused, in a line of its own: `None` leaves it empty, and screen readers hear it when it comes.
#[component]
pub fn Why(#[prop(into)] why: Signal<Option<String>>) -> impl IntoView {
    view! { <p class="why" role="alert">{move || why.get()}</p> }
}
