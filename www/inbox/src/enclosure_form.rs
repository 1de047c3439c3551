//! The form for a card and quick replies, in the composer's place.

use leptos::ev::{KeyboardEvent, SubmitEvent};
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::id::UserId;
use shared::json::Object;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use crate::composer::{focus_composer, has_keyboard};
use crate::content::replies_view;
use crate::desk::Desk;
use crate::enclosure::Field;
use crate::text;

/// How many of the newest messages are looked through for the one that was sent: its answer may be lost, not its event.
const LOOKED_THROUGH: usize = 50;

/// The line that says what is wrong.
const WHY: &str = "enclosure-why";

/// `at_end`: set when it is sent, so that the log shows it.
#[component]
pub fn EnclosureForm(user_id: UserId, at_end: StoredValue<bool>) -> impl IntoView {
    let desk = Desk::here();
    let trouble = Memo::new(move |_| desk.enclosure(user_id, |enclosure| enclosure.trouble.clone()));
    let why = Memo::new(move |_| trouble.get().as_ref().map(text::trouble));
    let is_sending = Memo::new(move |_| desk.enclosure(user_id, |enclosure| enclosure.is_sending));
    let replies = Memo::new(move |_| desk.enclosure(user_id, |enclosure| enclosure.quick_replies()));
    let arrived = Memo::new(move |_| {
        let client_id = desk.enclosure(user_id, |enclosure| enclosure.client_id.clone());
        let has_it = desk.look(|client| {
            let newest = client.state().chat(user_id)?.messages().rev().take(LOOKED_THROUGH);
            Some(newest.into_iter().any(|message| message.client_id.as_deref() == Some(&client_id)))
        });
        has_it.unwrap_or_default().then_some(client_id)
    });
    Effect::new(move |_| {
        if let Some(client_id) = arrived.get() {
            desk.enclosed(user_id, &client_id);
        }
    });
    // It goes away when it is sent, and by its own button.
    on_cleanup(|| request_animation_frame(give_focus_back));
    request_animation_frame(|| focus(Field::Title));

    let close = move || desk.edit_enclosure(user_id, |enclosure| enclosure.is_open = false);
    let pressed = move |event: KeyboardEvent| {
        if event.key() == "Escape" && !event.is_composing() {
            // The chat stays.
            event.stop_propagation();
            close();
        }
    };
    let submitted = move |event: SubmitEvent| {
        event.prevent_default();
        if !is_sending.get_untracked() {
            send(desk, user_id, at_end);
        }
    };
    view! {
        <form
            class="enclosure"
            id="enclosure"
            novalidate
            aria-label=text::ENCLOSE
            on:submit=submitted
            on:keydown=pressed
        >
            <header class="bar">
                <h2>{text::ENCLOSE}</h2>
                <button type="button" class="stop" aria-label=text::CLOSE on:click=move |_| close()>"×"</button>
            </header>
            <Line user_id=user_id field=Field::Title/>
            <Line user_id=user_id field=Field::Price/>
            <Line user_id=user_id field=Field::Url/>
            <Line user_id=user_id field=Field::Image/>
            <Lines user_id=user_id field=Field::About/>
            <div class="wide">
                <Lines user_id=user_id field=Field::Replies/>
                {move || {
                    let replies = replies.get();
                    (!replies.is_empty()).then(|| replies_view(replies))
                }}
            </div>
            <Lines user_id=user_id field=Field::Text/>
            <div class="do">
                <p class="why" id=WHY role="alert">{why}</p>
                <button type="submit" class="primary" aria-disabled=move || is_sending.get().then_some("true")>
                    {move || if is_sending.get() { text::SENDING } else { text::SEND }}
                </button>
            </div>
        </form>
    }
}

/// A field of one line.
#[component]
fn Line(user_id: UserId, field: Field) -> impl IntoView {
    let desk = Desk::here();
    let value = Memo::new(move |_| value(desk, user_id, field));
    let is_wrong = Memo::new(move |_| is_wrong(desk, user_id, field));
    view! {
        <label class="line">
            <span>{text::field(field)}</span>
            <input
                class="field"
                name=field.as_str()
                type=if matches!(field, Field::Url | Field::Image) { "url" } else { "text" }
                placeholder=text::example(field)
                autocomplete="off"
                prop:value=value
                aria-invalid=move || is_wrong.get().then_some("true")
                aria-describedby=move || is_wrong.get().then_some(WHY)
                on:input=move |event| write(desk, user_id, field, event_target_value(&event))
            />
        </label>
    }
}

/// A field of several lines.
#[component]
fn Lines(user_id: UserId, field: Field) -> impl IntoView {
    let desk = Desk::here();
    let value = Memo::new(move |_| value(desk, user_id, field));
    let is_wrong = Memo::new(move |_| is_wrong(desk, user_id, field));
    view! {
        <label class="line wide">
            <span>{text::field(field)}</span>
            <textarea
                class="field"
                name=field.as_str()
                rows="2"
                placeholder=text::example(field)
                prop:value=value
                aria-invalid=move || is_wrong.get().then_some("true")
                aria-describedby=move || is_wrong.get().then_some(WHY)
                on:input=move |event| write(desk, user_id, field, event_target_value(&event))
            ></textarea>
        </label>
    }
}

fn value(desk: Desk, user_id: UserId, field: Field) -> String {
    match field {
        Field::Text => desk.draft(user_id),
        _ => desk.enclosure(user_id, |enclosure| enclosure.field(field).to_owned()),
    }
}

fn write(desk: Desk, user_id: UserId, field: Field, value: String) {
    desk.edit_enclosure(user_id, |enclosure| enclosure.write(field, value.clone()));
    if field == Field::Text {
        desk.set_draft(user_id, value);
    }
}

fn is_wrong(desk: Desk, user_id: UserId, field: Field) -> bool {
    desk.enclosure(user_id, |enclosure| enclosure.trouble.as_ref()?.field()) == Some(field)
}

fn send(desk: Desk, user_id: UserId, at_end: StoredValue<bool>) {
    let draft = untrack(|| desk.draft(user_id));
    let text = draft.trim_end();
    let (client_id, content) =
        untrack(|| desk.enclosure(user_id, |enclosure| (enclosure.client_id.clone(), enclosure.content(text))));
    let content = match content {
        Ok(content) => content,
        Err(trouble) => {
            let field = trouble.field();
            desk.edit_enclosure(user_id, |enclosure| enclosure.trouble = Some(trouble));
            if let Some(field) = field {
                focus(field);
            }
            return;
        }
    };
    let body = Object::new().string("text", text).string("client_id", &client_id).raw("content", &content).finish();
    desk.edit_enclosure(user_id, |enclosure| {
        enclosure.is_sending = true;
        enclosure.trouble = None;
        enclosure.sent = Some(draft.clone());
    });
    at_end.set_value(true);
    spawn_local(async move {
        let path = ["/v1/chats/", &user_id.to_string(), "/messages"].concat();
        match desk.ask("POST", &path, Some(&body)).await {
            Ok(_) => desk.enclosed(user_id, &client_id),
            Err(refusal) => desk.not_enclosed(user_id, &client_id, refusal),
        }
    });
}

fn focus(field: Field) {
    let css = ["#enclosure [name=", field.as_str(), "]"].concat();
    if let Some(field) = element(&css) {
        let _ = field.focus();
    }
}

/// The form is gone, and with it the focus, unless the operator has put it elsewhere.
fn give_focus_back() {
    if document().active_element().is_none_or(|element| element.tag_name() == "BODY") {
        if has_keyboard() {
            focus_composer();
        } else if let Some(button) = element(".composer .plus") {
            let _ = button.focus();
        }
    }
}

fn element(css: &str) -> Option<HtmlElement> {
    document().query_selector(css).ok()??.dyn_into().ok()
}
