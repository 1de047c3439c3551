//! The sign-in card: one field for the token.

use leptos::ev::SubmitEvent;
use leptos::html::Input;
use leptos::prelude::*;

use crate::desk::Desk;
use crate::{text, token};

#[component]
pub fn SignIn(why: Option<&'static str>) -> impl IntoView {
    let desk = Desk::here();
    let why = RwSignal::new(why);
    let field = NodeRef::<Input>::new();
    let enter = move |event: SubmitEvent| {
        event.prevent_default();
        let Some(field) = field.get() else { return };
        match token::tidy(&field.value()) {
            Some(token) => desk.sign_in(token),
            None => {
                why.set(Some(text::NOT_A_TOKEN));
                let _ = field.focus();
            }
        }
    };
    view! {
        <main>
            <form class="signin" on:submit=enter novalidate>
                <span class="mark" aria-hidden="true"></span>
                <h1>{text::SIGN_IN}</h1>
                <p class="help">{text::SIGN_IN_HELP}</p>
                <label for="token">{text::TOKEN}</label>
                <input
                    class="token"
                    id="token"
                    type="password"
                    autocomplete="current-password"
                    autocapitalize="off"
                    spellcheck="false"
                    aria-invalid=move || why.get().is_some().to_string()
                    aria-describedby="token-error"
                    node_ref=field
                />
                <p class="error" role="alert" id="token-error" hidden=move || why.get().is_none()>
                    {move || why.get()}
                </p>
                <button class="primary">{text::ENTER}</button>
            </form>
        </main>
    }
}
