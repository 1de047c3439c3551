//! The head of a conversation: with whom it is, whether it goes on, and what can be done with it.

use leptos::html::Button;
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::id::UserId;
use shared::message::{ChatStatus, source};

use crate::app::leave_chat;
use crate::avatar::avatar;
use crate::desk::Desk;
use crate::row::source_badge;
use crate::text;
use crate::window::ReplyWindow;

/// `about`: whether the panel about the user is open. `trouble`: why the conversation could not be finished.
#[component]
pub fn Head(
    user_id: UserId,
    name: Memo<String>,
    origin: Memo<String>,
    about: RwSignal<bool>,
    trouble: RwSignal<Option<String>>,
) -> impl IntoView {
    let desk = Desk::here();
    let online = Memo::new(move |_| desk.look(|client| client.state().chat(user_id).is_some_and(|chat| chat.online)));
    let presence = move || match (online.get(), origin.get() == source::WIDGET) {
        (true, _) => text::ONLINE,
        (false, true) => text::NOT_ONLINE,
        // Other sources do not tell who is there.
        (false, false) => "",
    };
    let status = Memo::new(move |_| desk.look(|client| client.state().chat(user_id).map(|chat| chat.status)));
    let (is_closing, was_pressed) = (RwSignal::new(false), StoredValue::new(false));
    let info = NodeRef::<Button>::new();
    let finish = move |_| {
        if is_closing.get_untracked() {
            return;
        }
        is_closing.set(true);
        was_pressed.set_value(true);
        trouble.set(None);
        spawn_local(async move {
            let answer = desk.ask("POST", &["/v1/chats/", &user_id.to_string(), "/close"].concat(), None).await;
            // The chat may have been left meanwhile.
            if is_closing.try_set(false).is_none()
                && let Err(refusal) = answer
            {
                trouble.try_set(Some(text::not_finished(refusal.code)));
            }
        });
    };
    // The button goes away when it has worked: its focus goes to the one beside it.
    Effect::new(move |_| {
        if status.get() != Some(ChatStatus::Closed) {
            return;
        }
        trouble.set(None);
        if was_pressed.get_value() {
            was_pressed.set_value(false);
            request_animation_frame(move || {
                if document().active_element().is_none_or(|element| element.tag_name() == "BODY") {
                    focus(info);
                }
            });
        }
    });
    let was_open = StoredValue::new(false);
    Effect::new(move |_| {
        let is_open = about.get();
        if was_open.get_value() && !is_open {
            request_animation_frame(move || focus(info));
        }
        was_open.set_value(is_open);
    });
    view! {
        <header class="who">
            <button type="button" class="back" aria-label=text::BACK on:click=move |_| leave_chat(desk)></button>
            {move || avatar(user_id, &name.get(), online)}
            <h1 class="name">{name}</h1>
            {move || source_badge(&origin.get())}
            <div class="sub">
                <p class="state" class:on=online>{presence}</p>
                {move || (origin.get() == source::OZON).then(|| view! { <ReplyWindow user_id=user_id/> })}
                <p class="finished" role="status">
                    {move || if status.get() == Some(ChatStatus::Closed) { text::FINISHED } else { "" }}
                </p>
            </div>
            <div class="tools">
                {move || {
                    (status.get() == Some(ChatStatus::Open)).then(|| {
                        view! {
                            <button
                                type="button"
                                class="tool finish"
                                aria-label=text::FINISH
                                aria-disabled=move || is_closing.get().then_some("true")
                                on:click=finish
                            >
                                <svg viewBox="0 0 24 24" aria-hidden="true"><path d="m5 13 4 4L19 7"></path></svg>
                                <span>{text::FINISH}</span>
                            </button>
                        }
                    })
                }}
                <button
                    type="button"
                    class="tool info"
                    aria-label=text::ABOUT
                    aria-expanded=move || about.get().to_string()
                    aria-controls=move || about.get().then_some("about")
                    node_ref=info
                    on:click=move |_| about.update(|about| *about = !*about)
                >
                    <svg viewBox="0 0 24 24" aria-hidden="true">
                        <circle cx="12" cy="8" r="4"></circle>
                        <path d="M4 20c1-4 4-6 8-6s7 2 8 6"></path>
                    </svg>
                    <span>{text::ABOUT}</span>
                </button>
            </div>
        </header>
    }
}

fn focus(button: NodeRef<Button>) {
    if let Some(button) = button.try_get_untracked().flatten() {
        let _ = button.focus();
    }
}
