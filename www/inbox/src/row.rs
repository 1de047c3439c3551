//! One chat in the list.

use leptos::prelude::*;
use shared::client::{Chat, Client, OutgoingState};
use shared::id::UserId;
use shared::message::{ChatStatus, Message, Side, Status, source};
use shared::time::Timestamp;

use crate::avatar::avatar;
use crate::content::Content;
use crate::desk::Desk;
use crate::preview::{Marks, plain, said};
use crate::{text, when};

/// What a row shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Card {
    name: String,
    source: String,
    online: bool,
    is_typing: bool,
    is_closed: bool,
    last: String,
    at: Option<Timestamp>,
    when: String,
    unread: i64,
}

impl Card {
    pub fn of(chat: &Chat, client: &Client, own_name: &str, now: Timestamp) -> Self {
        let newest = chat.newest();
        let waiting = client.outgoing(chat.user_id).last();
        let at = waiting.map(|outgoing| outgoing.at).or_else(|| newest.map(|message| message.timestamp));
        let last = match (waiting, newest) {
            (Some(outgoing), _) => {
                let failed = matches!(outgoing.state, OutgoingState::Failed(_));
                prefixed(if failed { text::NOT_SENT } else { text::YOU }, &plain(&outgoing.text))
            }
            (None, Some(message)) => preview(message, &chat.source, own_name),
            (None, None) => String::new(),
        };
        Self {
            name: name_of(chat),
            source: chat.source.clone(),
            online: chat.online,
            is_typing: chat.typing.is_some(),
            is_closed: chat.status == ChatStatus::Closed,
            last,
            at,
            when: at.map(|at| when::short(at, now)).unwrap_or_default(),
            unread: chat.unread,
        }
    }
}

/// What a chat's person is called.
pub fn name_of(chat: &Chat) -> String {
    if chat.user_name.trim().is_empty() { text::guest(chat.user_id) } else { chat.user_name.clone() }
}

fn preview(message: &Message, source_name: &str, own_name: &str) -> String {
    // As in the bubble: what a visitor of the site wrote is shown as written.
    let content = message.content.as_ref().map(Content::of);
    let marks = match source_name {
        source::WIDGET if message.side == Side::User => Marks::None,
        source::OZON => Marks::Ozon,
        _ => Marks::Styles,
    };
    let said = &said(&message.text, content.as_ref(), message.file_path.is_some(), marks);
    if content.as_ref().is_some_and(Content::is_rated) {
        // The visitor's word, in a message of ours.
        return said.to_owned();
    }
    match (message.side, message.author.as_deref()) {
        (Side::User, _) => said.to_owned(),
        (Side::Operator, _) if message.status == Some(Status::Failed) => prefixed(text::NOT_SENT, said),
        (Side::Operator, Some(author)) if author != own_name => prefixed(author, said),
        (Side::Operator, _) => prefixed(text::YOU, said),
    }
}

fn prefixed(author: &str, said: &str) -> String {
    [author, ": ", said].concat()
}

#[component]
pub fn Row(user_id: UserId, card: ArcRwSignal<Card>) -> impl IntoView {
    let desk = Desk::here();
    let card = RwSignal::from(card);
    let selected = Memo::new(move |_| desk.selected.get() == Some(user_id));
    let person = Memo::new(move |_| card.with(|card| card.name.clone()));
    let online = Memo::new(move |_| card.with(|card| card.online));
    let origin = Memo::new(move |_| card.with(|card| card.source.clone()));
    let closed = Memo::new(move |_| card.with(|card| card.is_closed));
    let unread = Memo::new(move |_| card.with(|card| card.unread));
    let last = move || card.with(|card| if card.is_typing { text::TYPING.to_owned() } else { card.last.clone() });
    view! {
        <button
            type="button"
            class="row"
            class:selected=selected
            class:closed=closed
            aria-current=move || selected.get().then_some("true")
            data-user-id=user_id.to_string()
            on:click=move |_| desk.open_chat(user_id)
        >
            {move || avatar(user_id, &person.get(), online)}
            <span class="name">{person}</span>
            <time class="when" datetime=move || card.with(|card| card.at.map(Timestamp::to_rfc3339))>
                {move || card.with(|card| card.when.clone())}
            </time>
            {move || closed.get().then(|| view! { <span class="sr">{text::FINISHED}</span> })}
            {move || source_badge(&origin.get())}
            <span class="last" class:writes=move || card.with(|card| card.is_typing)>{last}</span>
            {move || {
                (unread.get() > 0).then(|| {
                    view! {
                        <span class="unread">
                            <span class="sr">{text::UNREAD}</span>
                            {unread}
                        </span>
                    }
                })
            }}
        </button>
    }
}

/// Where a chat comes from. Nothing while that is not known.
pub fn source_badge(source: &str) -> impl IntoView + use<> {
    // The set of sources is open: what is no word cannot be a class.
    let is_word = source.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let class = format!("source {}", if is_word { source } else { "" });
    let name = text::source_name(source).to_owned();
    (!name.is_empty()).then(|| view! { <span class=class>{name}</span> })
}
