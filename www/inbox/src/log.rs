//! The conversation: its lines, where it is scrolled to, and what of it has been seen.

use leptos::html::Div;
use leptos::prelude::*;
use shared::client::{Chat, Client, LinkStatus};
use shared::id::{MessageId, UserId};
use shared::message::Side;
use wasm_bindgen::prelude::*;
use web_sys::{HtmlElement, ResizeObserver};
use widget::browser::{self, Subscription};

use crate::bubble::BubbleView;
use crate::desk::Desk;
use crate::entry::{Entry, entries};
use crate::rows::Rows;
use crate::{text, when};

/// How near the end counts as the end: about a line of text.
const END_PX: i32 = 24;

/// How near the top the older page is asked for: half a screen, so that it is often there before the top is.
const OLDER_PX: i32 = 400;

/// What stands above the lines.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Top {
    Loading,
    Failed,
    Empty,
    Older { is_loading: bool },
    Nothing,
}

fn top(client: &Client, user_id: UserId) -> Top {
    let is_asking = client.is_loading_history(user_id);
    let Some(chat) = client.state().chat(user_id) else { return Top::Loading };
    match (chat.is_loaded(), chat.has_more(), chat.messages().next().is_some()) {
        (false, ..) if is_asking || client.status() != LinkStatus::Live => Top::Loading,
        (false, ..) => Top::Failed,
        (true, true, _) => Top::Older { is_loading: is_asking },
        (true, false, false) => Top::Empty,
        (true, false, true) => Top::Nothing,
    }
}

/// `at_end`: whether the log keeps to its end. The composer sets it when the operator has written.
#[component]
pub fn Log(user_id: UserId, source: Memo<String>, at_end: StoredValue<bool>) -> impl IntoView {
    let desk = Desk::here();
    let node = NodeRef::<Div>::new();
    let rows = Rows::new();
    let top = Memo::new(move |_| desk.look(|client| top(client, user_id)));
    let is_typing =
        Memo::new(move |_| desk.look(|client| chat(client, user_id).is_some_and(|chat| chat.typing.is_some())));

    Effect::new(move |_| {
        let log = node.get();
        let anchor = log.as_deref().and_then(Anchor::of);
        let own_name = desk.holder.get().name;
        rows.show(desk.look(|client| {
            let lines = |chat| entries(chat, client.outgoing(user_id), &own_name, when::Day::at);
            chat(client, user_id).map(lines).unwrap_or_default()
        }));
        if let Some(log) = log {
            request_animation_frame(move || {
                settle(&log, at_end, anchor.as_ref());
                see(desk, user_id, at_end);
            });
        }
    });
    Effect::new(move |_| {
        let log = node.get()?;
        let resized = log.clone();
        Some(Resizes::of(&log, move || settle(&resized, at_end, None)))
    });
    let shown = Subscription::new(&document(), "visibilitychange", move |_| see(desk, user_id, at_end));
    StoredValue::new_local(shown);

    let older = move || desk.act(|client, now| client.load_older(now, user_id));
    let last_top = StoredValue::new(0);
    let scrolled = move |_| {
        let Some(log) = node.get_untracked() else { return };
        let (top, was_at_end) = (log.scroll_top(), at_end.get_value());
        // Only a person scrolls up. By the time this event comes, more lines may have made the end lie further down.
        let went_up = top < last_top.get_value();
        last_top.set_value(top);
        at_end.set_value(log.scroll_height() - top - log.client_height() <= END_PX || (was_at_end && !went_up));
        see(desk, user_id, at_end);
        if top < OLDER_PX {
            older();
        }
    };
    view! {
        <div class="log" role="log" tabindex="0" aria-label=text::LOG node_ref=node on:scroll=scrolled>
            {move || match top.get() {
                Top::Loading => view! { <Loading/> }.into_any(),
                Top::Failed => view! { <Failed user_id=user_id/> }.into_any(),
                Top::Empty => view! { <div class="empty"><p>{text::NO_MESSAGES}</p></div> }.into_any(),
                Top::Older { is_loading } => view! {
                    <button type="button" class="earlier" disabled=is_loading on:click=move |_| older()>
                        {if is_loading { text::LOADING_LOG } else { text::EARLIER }}
                    </button>
                }
                .into_any(),
                Top::Nothing => ().into_any(),
            }}
            <For each=move || rows.get() key=|(key, _)| key.clone() let((_, entry))>
                {line(user_id, source, &entry)}
            </For>
            {move || is_typing.get().then(typing)}
        </div>
    }
}

fn line(user_id: UserId, source: Memo<String>, entry: &ArcRwSignal<Entry>) -> AnyView {
    let entry = RwSignal::from(entry.clone());
    // A key belongs to one kind of line for good.
    match entry.get_untracked() {
        Entry::Day(first) => {
            let first = Memo::new(move |_| if let Entry::Day(at) = entry.get() { at } else { first });
            let words = move || Desk::here().look(|_| when::day_words(first.get(), browser::now()));
            view! { <div class="day"><span>{words}</span></div> }.into_any()
        }
        Entry::Message(first) => {
            let bubble =
                Memo::new(move |_| if let Entry::Message(bubble) = entry.get() { *bubble } else { (*first).clone() });
            view! { <BubbleView user_id=user_id bubble=bubble source=source/> }.into_any()
        }
    }
}

#[component]
fn Loading() -> impl IntoView {
    view! {
        <div class="loading" role="status">
            <i></i><i></i><i></i>
            <span class="sr">{text::LOADING_LOG}</span>
        </div>
    }
}

#[component]
fn Failed(user_id: UserId) -> impl IntoView {
    let again = move |_| Desk::here().open_chat(user_id);
    view! {
        <div class="empty" role="alert">
            <p>{text::LOG_FAILED}</p>
            <button type="button" class="earlier" on:click=again>{text::RETRY}</button>
        </div>
    }
}

fn typing() -> impl IntoView {
    view! {
        <div class="msg in typing">
            <i></i><i></i><i></i>
            <span class="sr">{text::USER_TYPES}</span>
        </div>
    }
}

fn chat(client: &Client, user_id: UserId) -> Option<&Chat> {
    client.state().chat(user_id)
}

/// A line, and where it was before the log changed: what is loaded above it must not push it away from the eye.
struct Anchor {
    line: HtmlElement,
    top: i32,
}

impl Anchor {
    fn of(log: &HtmlElement) -> Option<Self> {
        let line: HtmlElement = log.query_selector(".msg").ok()??.dyn_into().ok()?;
        let top = line.offset_top();
        Some(Self { line, top })
    }
}

fn settle(log: &HtmlElement, at_end: StoredValue<bool>, anchor: Option<&Anchor>) {
    if at_end.try_get_value().unwrap_or_default() {
        log.set_scroll_top(log.scroll_height());
    } else if let Some(anchor) = anchor.filter(|anchor| anchor.line.is_connected()) {
        let pushed = anchor.line.offset_top() - anchor.top;
        if pushed != 0 {
            log.set_scroll_top(log.scroll_top() + pushed);
        }
    }
}

/// Tells the user that their messages were read, once the last of them has been on a screen that somebody may look at.
fn see(desk: Desk, user_id: UserId, at_end: StoredValue<bool>) {
    if at_end.try_get_value().unwrap_or_default()
        && browser::is_visible()
        && let Some(message_id) = untrack(|| desk.look(|client| unread(chat(client, user_id)?)))
    {
        desk.act(|client, now| client.read(now, user_id, message_id));
    }
}

/// The last message of the user, unless it was read.
fn unread(chat: &Chat) -> Option<MessageId> {
    let last = chat.messages().rfind(|message| message.side == Side::User)?.message_id;
    (chat.is_loaded() && last > chat.operator_read).then_some(last)
}

/// Calls back whenever an element's size has changed, for as long as it lives.
struct Resizes {
    observer: Option<ResizeObserver>,
    _callback: Closure<dyn FnMut()>,
}

impl Resizes {
    fn of(element: &HtmlElement, callback: impl FnMut() + 'static) -> Self {
        let callback = Closure::<dyn FnMut()>::new(callback);
        let observer = ResizeObserver::new(callback.as_ref().unchecked_ref()).ok();
        if let Some(observer) = &observer {
            observer.observe(element);
        }
        Self { observer, _callback: callback }
    }
}

impl Drop for Resizes {
    fn drop(&mut self) {
        if let Some(observer) = &self.observer {
            observer.disconnect();
        }
    }
}
