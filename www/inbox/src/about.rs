//! The panel beside a conversation: what is known of its user.

use leptos::html::H2;
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::client::Client;
use shared::id::{MessageId, UserId};
use shared::message::Side;
use shared::problem::Code;

use crate::desk::Desk;
use crate::profile::{Fact, Profile};
use crate::text;

/// What the panel shows.
#[derive(Clone, PartialEq, Eq)]
enum State {
    Loading,
    Failed(String),
    Known(Profile),
}

/// The newest message of the user that is here: with it, what is known may have changed.
fn newest(client: &Client, user_id: UserId) -> Option<MessageId> {
    let chat = client.state().chat(user_id)?;
    let of_user = chat.newest().into_iter().chain(chat.messages()).filter(|message| message.side == Side::User);
    of_user.map(|message| message.message_id).max()
}

/// `close`: its button was pressed.
#[component]
pub fn About(user_id: UserId, close: Callback<()>) -> impl IntoView {
    let desk = Desk::here();
    let state = RwSignal::new(State::Loading);
    let turn = StoredValue::new(0_u32);
    let load = move || {
        let own = turn.get_value().wrapping_add(1);
        turn.set_value(own);
        // What is known stays until there is something newer.
        if !matches!(state.get_untracked(), State::Known(_)) {
            state.set(State::Loading);
        }
        spawn_local(async move {
            let answer = desk.ask("GET", &["/v1/users/", &user_id.to_string()].concat(), None).await;
            // The panel may be gone, or have asked again.
            if turn.try_get_value() == Some(own) {
                state.set(match answer {
                    Ok(answer) => State::Known(Profile::read(&answer)),
                    Err(refusal) if refusal.code == Some(Code::NotFound) => State::Known(Profile::default()),
                    Err(refusal) => State::Failed(text::not_known(refusal.code)),
                });
            }
        });
    };
    let newest = Memo::new(move |_| desk.look(|client| newest(client, user_id)));
    Effect::new(move |_| {
        newest.track();
        load();
    });
    let heading = NodeRef::<H2>::new();
    Effect::new(move |_| {
        if let Some(heading) = heading.get() {
            request_animation_frame(move || {
                let _ = heading.focus();
            });
        }
    });
    view! {
        <section class="about" id="about" aria-label=text::ABOUT>
            <header class="bar">
                <h2 tabindex="-1" node_ref=heading>{text::ABOUT}</h2>
                <button type="button" class="stop" aria-label=text::CLOSE on:click=move |_| close.run(())>"×"</button>
            </header>
            // What does not fit is scrolled by keys as well.
            <div class="facts" tabindex="0" role="group" aria-label=text::ABOUT>
                {move || match state.get() {
                    State::Loading => view! {
                        <div class="loading" role="status">
                            <i></i><i></i><i></i>
                            <span class="sr">{text::LOADING_ABOUT}</span>
                        </div>
                    }
                    .into_any(),
                    State::Failed(why) => view! {
                        <div class="empty" role="alert">
                            <p>{why}</p>
                            <button type="button" class="earlier" on:click=move |_| load()>{text::RETRY}</button>
                        </div>
                    }
                    .into_any(),
                    State::Known(profile) => known(profile).into_any(),
                }}
            </div>
        </section>
    }
}

fn known(profile: Profile) -> impl IntoView {
    let Profile { who, visit, has_attributes } = profile;
    view! {
        {rows(None, who)}
        {rows(Some(text::VISIT), visit)}
        {(!has_attributes).then(|| view! { <p class="nothing">{text::NOTHING_KNOWN}</p> })}
    }
}

fn rows(heading: Option<&'static str>, facts: Vec<Fact>) -> impl IntoView {
    let has_rows = !facts.is_empty();
    has_rows.then(|| {
        view! {
            {heading.map(|heading| view! { <h3>{heading}</h3> })}
            <dl>{facts.into_iter().map(row).collect_view()}</dl>
        }
    })
}

fn row(fact: Fact) -> impl IntoView {
    let Fact { label, value, address, is_verified } = fact;
    let value = match address {
        Some(address) => {
            view! { <a href=address target="_blank" rel="noopener noreferrer nofollow">{value}</a> }.into_any()
        }
        None => view! { <span>{value}</span> }.into_any(),
    };
    view! {
        <div class="fact">
            <dt>{label}</dt>
            <dd>
                {value}
                {is_verified
                    .then(|| {
                        view! {
                            " "
                            <span class="sure" role="img" title=text::VERIFIED aria-label=text::VERIFIED>"✓"</span>
                        }
                    })}
            </dd>
        </div>
    }
}
