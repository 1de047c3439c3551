//! The whole page: the sign-in card, or the list and the conversation.

use leptos::ev::KeyboardEvent;
use leptos::prelude::*;
use shared::client::{Client, LinkStatus};
use shared::close;
use wasm_bindgen::JsCast;
use web_sys::BeforeUnloadEvent;
use widget::browser::Subscription;

use crate::chat::Chat;
use crate::desk::{Desk, NO_TOKEN};
use crate::list::{List, focus_row};
use crate::signin::SignIn;
use crate::tools::{AutoRepliesPage, BulkPage, Page, Rail, Replies, ReportPage, Shelf, TemplatesPage};
use crate::{text, token};

/// What is on the screen.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Screen {
    /// The card, and why the last token was of no use.
    SignIn(Option<&'static str>),
    Inbox,
}

fn screen(status: LinkStatus) -> Screen {
    match status {
        LinkStatus::Off => Screen::SignIn(None),
        LinkStatus::Stopped(NO_TOKEN) => Screen::SignIn(Some(text::TOKEN_REFUSED)),
        LinkStatus::Stopped(close::FORBIDDEN) => Screen::SignIn(Some(text::NOT_AN_OPERATOR)),
        LinkStatus::Stopped(close::NOT_FOUND) => Screen::SignIn(Some(text::NO_ORGANIZATION)),
        LinkStatus::Stopped(_) | LinkStatus::Connecting | LinkStatus::Live | LinkStatus::Waiting => Screen::Inbox,
    }
}

#[component]
pub fn App() -> impl IntoView {
    let desk = Desk::new();
    provide_context(desk);
    if let Some(token) = token::find() {
        desk.sign_in(token);
    }
    let screen = Memo::new(move |_| screen(desk.status()));

    Effect::new(move |_| {
        if let Screen::SignIn(Some(_)) = screen.get() {
            // A token that is of no use is not tried again by a reload.
            token::forget();
        }
    });
    Effect::new(move |_| {
        let unread = if screen.get() == Screen::Inbox { desk.look(|client| client.state().unread()) } else { 0 };
        let title = match desk.page.get() {
            page if page == Page::Chats || screen.get() != Screen::Inbox => text::title(unread),
            page => text::tools::title(page, unread),
        };
        document().set_title(&title);
    });
    watch_window(desk);

    move || match screen.get() {
        Screen::SignIn(why) => view! { <SignIn why=why/> }.into_any(),
        Screen::Inbox => {
            // What one person has begun on the pages is not another's.
            desk.holder.track();
            view! { <Place/> }.into_any()
        }
    }
}

/// The way from page to page, and the page.
#[component]
fn Place() -> impl IntoView {
    let desk = Desk::here();
    provide_context(Shelf::new(desk));
    provide_context(Replies::new(desk));
    let page = Memo::new(move |_| desk.page.get());
    let is_in_chat = move || page.get() == Page::Chats && desk.selected.get().is_some();
    view! {
        <div class="place" class:in-chat=is_in_chat>
            <Rail/>
            {move || match page.get() {
                Page::Chats => view! { <Inbox/> }.into_any(),
                Page::Templates => view! { <TemplatesPage/> }.into_any(),
                Page::Bulk => view! { <BulkPage/> }.into_any(),
                Page::AutoReplies => view! { <AutoRepliesPage/> }.into_any(),
                Page::Report => view! { <ReportPage/> }.into_any(),
            }}
        </div>
    }
}

#[component]
fn Inbox() -> impl IntoView {
    let desk = Desk::here();
    let selected = Memo::new(move |_| desk.selected.get());
    let back = move |event: KeyboardEvent| {
        if event.key() == "Escape" && !event.is_composing() {
            leave_chat(desk);
        }
    };
    view! {
        <main class="inbox" class:has-chat=move || selected.get().is_some() on:keydown=back>
            <List/>
            {move || match selected.get() {
                Some(user_id) => view! { <Chat user_id=user_id/> }.into_any(),
                None => view! { <NoChat/> }.into_any(),
            }}
        </main>
    }
}

#[component]
fn NoChat() -> impl IntoView {
    view! {
        <div class="nochat">
            <span class="mark" aria-hidden="true"></span>
            <h2>{text::CHOOSE}</h2>
            <p>{text::CHOOSE_HELP}</p>
        </div>
    }
}

/// Back to the list, to the row of the chat that was open.
pub fn leave_chat(desk: Desk) {
    if let Some(user_id) = desk.selected.get_untracked() {
        desk.selected.set(None);
        // On a phone the list is not there before it is drawn.
        request_animation_frame(move || focus_row(user_id));
    }
}

fn watch_window(desk: Desk) {
    let arrived = Subscription::new(&window(), "hashchange", move |_| {
        if let Some(token) = token::take_from_address() {
            desk.sign_in(token);
        }
        desk.page.set(Page::of_address());
    });
    // What is not sent yet goes out with the next visit only, and somebody waits for it: the browser asks.
    let leaving = Subscription::new(&window(), "beforeunload", move |event| {
        if desk.look(Client::unsent) > 0 {
            event.prevent_default();
            // Older browsers look at this instead.
            event.unchecked_ref::<BeforeUnloadEvent>().set_return_value(text::LEAVE_UNSENT);
        }
    });
    StoredValue::new_local([arrived, leaving]);
}
