//! Where the operator writes.

use leptos::ev::{KeyboardEvent, SubmitEvent};
use leptos::html::Textarea;
use leptos::prelude::*;
use shared::id::UserId;
use shared::limits::{OZON_TEXT_CHARS_MAX, TEXT_CHARS_MAX};
use shared::message::source;
use shared::problem::{Code, Problem};
use shared::split::split;
use shared::window::Reason;
use wasm_bindgen::JsCast;
use widget::browser;

use crate::desk::Desk;
use crate::enclosure_form::EnclosureForm;
use crate::text;
use crate::tools::{Picked, Picker, inserted};
use crate::uploads::UploadRows;
use crate::window;

/// The key code of every key that belongs to an input method while it composes (UI Events, 7.3.1). Safari tells the Enter
/// that ends a composition by this alone.
const KEY_CODE_COMPOSING: u32 = 229;

/// What opens the templates, first in an empty field.
const SLASH: &str = "/";

/// A long limit is worth a counter only near it: from nine tenths on.
const fn counted_from(limit: usize) -> usize {
    limit / 10 * 9
}

/// How long a text is, and how long a source lets it be.
fn measure(text: &str, source_name: &str) -> (usize, usize) {
    match source_name {
        source::OZON => (text.chars().count(), OZON_TEXT_CHARS_MAX),
        _ => (shared::text::length(text), TEXT_CHARS_MAX),
    }
}

fn check(text: &str, source_name: &str) -> Result<(), Problem> {
    shared::text::check(text)?;
    if source_name == source::OZON { shared::text::check_chars(text, OZON_TEXT_CHARS_MAX) } else { Ok(()) }
}

/// The counter of a text that needs one.
fn counter(text: &str, source_name: &str) -> Option<String> {
    let (chars, limit) = measure(text, source_name);
    let counts = if source_name == source::OZON { chars > 0 } else { chars >= counted_from(limit) };
    counts.then(|| format!("{chars} / {limit}"))
}

/// A template is being chosen.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Picking {
    /// By this sign in an empty field, which is there again if nothing is chosen: somebody may have meant it.
    by_slash: bool,
    /// Where the text will go, in UTF-16 units.
    caret: u32,
}

/// `notice`: why the last text could not be taken. `at_end`: set when one was, so that the log shows it.
#[component]
pub fn Composer(
    user_id: UserId,
    source: Memo<String>,
    notice: RwSignal<Option<&'static str>>,
    at_end: StoredValue<bool>,
) -> impl IntoView {
    let desk = Desk::here();
    let draft = Memo::new(move |_| desk.draft(user_id));
    let problem = Memo::new(move |_| check(&draft.get(), &source.get()).err().map(|problem| problem.code));
    let counted = Memo::new(move |_| counter(&draft.get(), &source.get()));
    let field = NodeRef::<Textarea>::new();
    let closed = window::closed(desk, user_id);

    // What Ozon takes only in parts can be sent so, if the operator wants it.
    let parts = Memo::new(move |_| {
        let is_too_long = source.get() == source::OZON && problem.get() == Some(Code::TooLarge);
        if is_too_long { draft.with(|draft| split(draft, OZON_TEXT_CHARS_MAX).len()) } else { 0 }
    });
    let send_parts = move |_| {
        let text = draft.get_untracked();
        let parts = split(&text, OZON_TEXT_CHARS_MAX);
        for (place, part) in parts.iter().enumerate() {
            if desk.act(|client, now| client.send(now, user_id, part, browser::client_id())).is_err() {
                // What did not fit into the outbox stays to be sent.
                desk.set_draft(user_id, parts.get(place..).unwrap_or_default().join("\n"));
                notice.set(Some(text::OUTBOX_FULL));
                return;
            }
        }
        desk.set_draft(user_id, String::new());
        notice.set(None);
        at_end.set_value(true);
        focus_composer();
    };
    // A message to Ozon is a text or a file: a text that is sent beside a file goes after it.
    let (is_uploading, waits) = (Memo::new(move |_| desk.is_uploading(user_id)), RwSignal::new(false));
    let send = move || {
        if problem.get_untracked().is_some() || closed.get_untracked().is_some() {
            return;
        }
        if source.get_untracked() == source::OZON && is_uploading.get_untracked() {
            waits.set(true);
            notice.set(Some(text::AFTER_FILE));
            return;
        }
        let text = draft.get_untracked();
        match desk.act(|client, now| client.send(now, user_id, text.trim_end(), browser::client_id())) {
            Ok(()) => {
                desk.set_draft(user_id, String::new());
                notice.set(None);
                at_end.set_value(true);
            }
            Err(_) => notice.set(Some(text::OUTBOX_FULL)),
        }
    };
    let picking = RwSignal::new(None::<Picking>);
    let pick = move |_| {
        let caret = field.get_untracked().and_then(|field| field.selection_end().ok().flatten());
        picking.set(Some(Picking { by_slash: false, caret: caret.unwrap_or(u32::MAX) }));
    };
    let picked = Callback::new(move |picked: Picked| {
        let Some(was) = picking.get_untracked() else { return };
        picking.set(None);
        let (text, caret) = match picked {
            Picked::Text(text) => inserted(&draft.get_untracked(), was.caret, &text),
            Picked::Nothing if was.by_slash => (SLASH.to_owned(), 1),
            Picked::Nothing => (draft.get_untracked(), was.caret),
        };
        notice.set(None);
        desk.set_draft(user_id, text);
        // The field is not there before it is drawn, nor is the text in it.
        request_animation_frame(move || {
            if let Some(field) = field.try_get_untracked().flatten() {
                let _ = field.focus();
                let _ = field.set_selection_range(caret, caret);
            }
        });
    });
    Effect::new(move |_| {
        if waits.get() && !is_uploading.get() {
            waits.set(false);
            notice.set(None);
            // One that failed is the operator's to decide about, and so is the text.
            if untrack(|| desk.uploading(user_id)).is_empty() {
                send();
            }
        }
    });
    let typed = move |event| {
        let value = event_target_value(&event);
        notice.set(None);
        waits.set(false);
        if value == SLASH && draft.with_untracked(String::is_empty) {
            if let Some(field) = field.get_untracked() {
                field.set_value("");
            }
            picking.set(Some(Picking { by_slash: true, caret: 0 }));
            return;
        }
        if !value.is_empty() {
            desk.act(|client, now| client.typing(now, user_id));
        }
        desk.set_draft(user_id, value);
    };
    let pressed = move |event: KeyboardEvent| {
        let is_composing = event.is_composing() || event.key_code() == KEY_CODE_COMPOSING;
        if event.key() == "Enter" && !event.shift_key() && !is_composing {
            event.prevent_default();
            send();
        }
    };
    let submitted = move |event: SubmitEvent| {
        event.prevent_default();
        send();
    };
    Effect::new(move |_| {
        // On a phone focus means the keyboard, which would cover what is to be read first.
        if let Some(field) = field.get().filter(|_| has_keyboard()) {
            let _ = field.focus();
        }
    });
    let attach = move |event: leptos::ev::Event| {
        if let Some(input) = event.target() {
            desk.uploads(|uploads| uploads.add_picked(user_id, &input));
        }
    };
    // Cards and quick replies only the widget shows. A file is a message of its own everywhere, as Ozon wants it.
    let is_ours = move || source.get() == source::WIDGET;
    let takes_files = move || (is_ours() || source.get() == source::OZON) && closed.get().is_none();
    let is_enclosing = Memo::new(move |_| is_ours() && desk.enclosure(user_id, |enclosure| enclosure.is_open));
    let is_picking = Memo::new(move |_| picking.get().is_some());
    view! {
        <UploadRows user_id=user_id/>
        {move || is_enclosing.get().then(|| view! { <EnclosureForm user_id=user_id at_end=at_end/> })}
        {move || is_picking.get().then(|| view! { <Picker user_id=user_id done=picked/> })}
        <form class="composer" hidden=move || is_enclosing.get() || is_picking.get() on:submit=submitted>
            <label class="clip" hidden=move || !takes_files()>
                <input
                    type="file"
                    class="pick"
                    multiple
                    accept=".jpg,.jpeg,.png,.webp,.pdf,.csv"
                    aria-label=text::ATTACH
                    on:change=attach
                />
                <svg viewBox="0 0 24 24" aria-hidden="true">
                    <path d="m20 11-8 8a5 5 0 0 1-7-7l8-8a3 3 0 0 1 5 4l-8 8a1 1 0 0 1-2-2l7-7"></path>
                </svg>
            </label>
            <button
                type="button"
                class="plus"
                aria-label=text::ENCLOSE
                title=text::ENCLOSE
                hidden=move || !is_ours()
                on:click=move |_| desk.open_enclosure(user_id)
            >
                <svg viewBox="0 0 24 24" aria-hidden="true"><path d="M12 5v14M5 12h14"></path></svg>
            </button>
            <button
                type="button"
                class="plus quick"
                aria-label=text::templates::PICK
                title=text::templates::PICK_HINT
                hidden=move || closed.get().is_some()
                on:click=pick
            >
                <svg viewBox="0 0 24 24" aria-hidden="true"><path d="M6 3h12v18H6zM9 8h6M9 12h6M9 16h3"></path></svg>
            </button>
            <p class="shut" role="status" hidden=move || closed.get().is_none()>
                {move || closed.get().map(Reason::russian)}
            </p>
            <div class="grow" data-value=draft>
                <textarea
                    class="input"
                    rows="1"
                    placeholder=text::REPLY
                    aria-label=text::REPLY
                    node_ref=field
                    prop:value=draft
                    disabled=move || closed.get().is_some()
                    on:input=typed
                    on:keydown=pressed
                ></textarea>
            </div>
            // Pressing it does not take the focus away from the text, and a phone's keyboard stays.
            <button
                class="send"
                aria-label=text::SEND
                disabled=move || problem.get().is_some() || closed.get().is_some()
                on:mousedown=|event| event.prevent_default()
            >
                <svg viewBox="0 0 24 24" aria-hidden="true"><path d="M12 19V5m-6 6 6-6 6 6"></path></svg>
                <span>{text::SEND}</span>
            </button>
            <p class="hint">{text::SEND_HINT}</p>
            <button type="button" class="parts" hidden=move || parts.get() == 0 || closed.get().is_some() on:click=send_parts>
                {text::SEND_IN_PARTS}
                {parts}
            </button>
            <p
                class="counter"
                class:over=move || problem.get() == Some(Code::TooLarge)
                hidden=move || counted.get().is_none()
            >
                {counted}
            </p>
        </form>
    }
}

/// Puts the focus where the operator writes.
pub fn focus_composer() {
    let field = document().query_selector(".composer .input").ok().flatten();
    if let Some(field) = field.and_then(|field| field.dyn_into::<web_sys::HtmlElement>().ok()) {
        let _ = field.focus();
    }
}

/// Whether the focus in a field brings no keyboard onto the screen.
pub fn has_keyboard() -> bool {
    let matches = |query| window().match_media(query).ok().flatten().is_some_and(|query| query.matches());
    matches("(min-width: 720px)") && !matches("(pointer: coarse)")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ozon_counts_from_the_first_character_and_others_near_their_limit() {
        let count = |letter: &str, times: usize, source: &str| counter(&letter.repeat(times), source);
        assert_eq!(count("ы", 0, source::OZON), None);
        assert_eq!(count("🫖", 1, source::OZON).as_deref(), Some("1 / 1000"));
        assert_eq!(count("ы", 3599, source::WIDGET), None);
        assert_eq!(count("ы", 3600, source::WIDGET).as_deref(), Some("3600 / 4000"));
        assert_eq!(count("🫖", 1800, source::WIDGET).as_deref(), Some("3600 / 4000"), "an emoji counts as two");
    }

    #[test]
    fn a_text_is_checked_as_its_source_takes_it() {
        let fits = |letter: &str, times: usize, source: &str| check(&letter.repeat(times), source).is_ok();
        assert!(fits("🫖", 1000, source::OZON) && !fits("🫖", 1001, source::OZON));
        assert!(fits("🫖", 2000, source::WIDGET) && !fits("🫖", 2001, source::WIDGET));
    }
}
