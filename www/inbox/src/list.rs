//! The left side: whose inbox it is, how the connection is, and the chats.

use leptos::ev::KeyboardEvent;
use leptos::prelude::*;
use shared::client::{Client, LinkStatus};
use shared::id::UserId;
use wasm_bindgen::JsCast;
use web_sys::{FocusOptions, HtmlElement};
use widget::browser;

use crate::desk::Desk;
use crate::row::{Card, Row};
use crate::rows::Rows;
use crate::status::{LinkLine, Stopped};
use crate::text;

/// What is below the head.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Content {
    Loading,
    Failed,
    Empty,
    Chats,
}

fn content(client: &Client) -> Content {
    let is_asking = client.is_loading_chats() || client.status() != LinkStatus::Live;
    match (client.state().chats().is_empty(), client.is_loading()) {
        (false, _) => Content::Chats,
        (true, false) => Content::Empty,
        (true, true) if is_asking => Content::Loading,
        (true, true) => Content::Failed,
    }
}

#[component]
pub fn List() -> impl IntoView {
    let desk = Desk::here();
    let content = Memo::new(move |_| desk.look(content));
    let rows = Rows::new();
    Effect::new(move |_| {
        let (now, own_name) = (browser::now(), desk.holder.get().name);
        keep_focus();
        rows.show(desk.look(|client| {
            let card = |chat| Card::of(chat, client, &own_name, now);
            client.state().chats().into_iter().map(|chat| (chat.user_id, card(chat))).collect()
        }));
    });
    let leave = move |_| {
        let is_sure = || window().confirm_with_message(text::LEAVE_UNSENT).unwrap_or(true);
        if desk.look(Client::unsent) == 0 || is_sure() {
            desk.sign_out();
        }
    };
    view! {
        <section class="side" aria-label=text::INBOX>
            <header class="head">
                <span class="mark" aria-hidden="true"></span>
                <h1 class="org">{text::INBOX}</h1>
                <LinkLine/>
                <button type="button" class="leave" on:click=leave>{text::LEAVE}</button>
            </header>
            <Stopped/>
            <nav class="list" aria-label=text::CHATS on:keydown=move_focus>
                {move || match content.get() {
                    Content::Loading => view! { <Loading/> }.into_any(),
                    Content::Failed => view! { <Failed/> }.into_any(),
                    Content::Empty => view! { <Empty/> }.into_any(),
                    Content::Chats => view! {
                        <For each=move || rows.get() key=|(user_id, _)| *user_id let((user_id, card))>
                            <Row user_id=user_id card=card/>
                        </For>
                        <More/>
                    }
                    .into_any(),
                }}
            </nav>
        </section>
    }
}

#[component]
fn Loading() -> impl IntoView {
    view! {
        <div class="loading" role="status">
            <i></i><i></i><i></i><i></i><i></i><i></i>
            <span class="sr">{text::LOADING_CHATS}</span>
        </div>
    }
}

#[component]
fn Failed() -> impl IntoView {
    let reload = |_| {
        let _ = location().reload();
    };
    view! {
        <div class="empty" role="alert">
            <h2>{text::CHATS_FAILED}</h2>
            <button type="button" class="earlier" on:click=reload>{text::RELOAD}</button>
        </div>
    }
}

#[component]
fn Empty() -> impl IntoView {
    view! {
        <div class="empty">
            <h2>{text::NO_CHATS}</h2>
            <p>{text::NO_CHATS_HELP}</p>
        </div>
    }
}

/// The next page of the list, if there is one.
#[component]
fn More() -> impl IntoView {
    let desk = Desk::here();
    let has_more = Memo::new(move |_| desk.look(|client| client.state().next_chats().is_some()));
    let is_loading = Memo::new(move |_| desk.look(Client::is_loading_chats));
    let load = move |_| desk.act(Client::load_more_chats);
    move || {
        has_more.get().then(|| {
            view! {
                <button type="button" class="earlier" disabled=move || is_loading.get() on:click=load>
                    {text::MORE_CHATS}
                </button>
            }
        })
    }
}

/// Arrows go from row to row without opening: opening a chat tells its user that it was read.
fn move_focus(event: KeyboardEvent) {
    let rows = rows_on_screen();
    let focused = document().active_element();
    let place = rows.iter().position(|row| focused.as_ref() == Some(row.as_ref()));
    let next = match (event.key().as_str(), place) {
        ("ArrowDown", Some(place)) => place.saturating_add(1),
        ("ArrowUp", Some(place)) => place.saturating_sub(1),
        ("Home", Some(_)) | ("ArrowDown" | "ArrowUp", None) => 0,
        ("End", Some(_)) => rows.len().saturating_sub(1),
        _ => return,
    };
    if let Some(row) = rows.get(next) {
        event.prevent_default();
        let _ = row.focus();
    }
}

/// Puts the focus on a chat's row.
pub fn focus_row(user_id: UserId) {
    let user_id = user_id.to_string();
    if let Some(row) = rows_on_screen().iter().find(|row| row.get_attribute("data-user-id").as_ref() == Some(&user_id))
    {
        let _ = row.focus();
    }
}

/// A row that changes its place loses the focus, as the browser sees it removed and put in again.
fn keep_focus() {
    let focused = document().active_element().and_then(|element| element.dyn_into::<HtmlElement>().ok());
    if let Some(row) = focused.filter(|element| element.class_list().contains("row")) {
        request_animation_frame(move || {
            let is_lost = document().active_element().is_none_or(|element| element.tag_name() == "BODY");
            if is_lost && row.is_connected() {
                let options = FocusOptions::new();
                options.set_prevent_scroll(true);
                let _ = row.focus_with_options(&options);
            }
        });
    }
}

fn rows_on_screen() -> Vec<HtmlElement> {
    let Ok(rows) = document().query_selector_all(".row") else { return Vec::new() };
    (0..rows.length()).filter_map(|place| rows.get(place)?.dyn_into().ok()).collect()
}
