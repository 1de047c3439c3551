//! The right side: one conversation with its head, its log and the place to write.

use leptos::html::Section;
use leptos::prelude::*;
use shared::client::LinkStatus;
use shared::id::UserId;
use shared::message::source;

use crate::app::leave_chat;
use crate::avatar::avatar;
use crate::composer::Composer;
use crate::desk::Desk;
use crate::log::Log;
use crate::row::{name_of, source_badge};
use crate::status::is_cut;
use crate::text;

#[component]
pub fn Chat(user_id: UserId) -> impl IntoView {
    let desk = Desk::here();
    let name = Memo::new(move |_| desk.look(|client| client.state().chat(user_id).map(name_of)).unwrap_or_default());
    let online = Memo::new(move |_| desk.look(|client| client.state().chat(user_id).is_some_and(|chat| chat.online)));
    let origin = Memo::new(move |_| {
        desk.look(|client| client.state().chat(user_id).map(|chat| chat.source.clone())).unwrap_or_default()
    });
    let presence = move || match (online.get(), origin.get() == source::WIDGET) {
        (true, _) => text::ONLINE,
        (false, true) => text::NOT_ONLINE,
        // Other sources do not tell who is there.
        (false, false) => "",
    };
    let cut = is_cut(desk);
    let notice = RwSignal::new(None);
    let banner = Memo::new(move |_| {
        let stopped = matches!(desk.status(), LinkStatus::Stopped(_));
        let broken = cut.get().then_some(if stopped { text::DISCONNECTED } else { text::OFFLINE });
        notice.get().or(broken)
    });
    let at_end = StoredValue::new(true);
    let section = NodeRef::<Section>::new();
    Effect::new(move |_| {
        if let Some(section) = section.get() {
            // What is dropped on a conversation or pasted into it goes to it.
            let target = move || (origin.get_untracked() == source::WIDGET).then_some(user_id);
            desk.uploads(|uploads| uploads.listen(&section, target));
        }
    });
    view! {
        <section class="chat" node_ref=section aria-label=move || text::chat_with(&name.get())>
            <header class="who">
                <button type="button" class="back" aria-label=text::BACK on:click=move |_| leave_chat(desk)></button>
                {move || avatar(user_id, &name.get(), online)}
                <h1 class="name">{name}</h1>
                {move || source_badge(&origin.get())}
                <p class="state" class:on=online>{presence}</p>
            </header>
            <p class="banner" role="status" hidden=move || banner.get().is_none()>{banner}</p>
            <Log user_id=user_id source=origin at_end=at_end/>
            <Composer user_id=user_id source=origin notice=notice at_end=at_end/>
        </section>
    }
}
