//! The right side: one conversation with its head, its log and the place to write.

use leptos::ev::KeyboardEvent;
use leptos::html::Section;
use leptos::prelude::*;
use shared::client::LinkStatus;
use shared::id::UserId;
use shared::message::source;

use crate::about::About;
use crate::composer::Composer;
use crate::desk::Desk;
use crate::head::Head;
use crate::log::Log;
use crate::row::name_of;
use crate::status::is_cut;
use crate::text;

#[component]
pub fn Chat(user_id: UserId) -> impl IntoView {
    let desk = Desk::here();
    let name = Memo::new(move |_| desk.look(|client| client.state().chat(user_id).map(name_of)).unwrap_or_default());
    let origin = Memo::new(move |_| {
        desk.look(|client| client.state().chat(user_id).map(|chat| chat.source.clone())).unwrap_or_default()
    });
    let cut = is_cut(desk);
    let (about, trouble) = (RwSignal::new(false), RwSignal::new(None::<String>));
    let notice = RwSignal::new(None);
    let banner = Memo::new(move |_| {
        let stopped = matches!(desk.status(), LinkStatus::Stopped(_));
        let broken = cut.get().then_some(if stopped { text::DISCONNECTED } else { text::OFFLINE });
        trouble.get().or_else(|| notice.get().or(broken).map(str::to_owned))
    });
    let at_end = StoredValue::new(true);
    let section = NodeRef::<Section>::new();
    Effect::new(move |_| {
        if let Some(section) = section.get() {
            // What is dropped on a conversation or pasted into it goes to it.
            let takes_files = move || matches!(origin.get_untracked().as_str(), source::WIDGET | source::OZON);
            let target = move || takes_files().then_some(user_id);
            desk.uploads(|uploads| uploads.listen(&section, target));
        }
    });
    let close_about = Callback::new(move |()| about.set(false));
    let pressed = move |event: KeyboardEvent| {
        if event.key() == "Escape" && !event.is_composing() && about.get_untracked() {
            // The chat stays.
            event.stop_propagation();
            about.set(false);
        }
    };
    view! {
        <section
            class="chat"
            class:with-about=about
            node_ref=section
            aria-label=move || text::chat_with(&name.get())
            on:keydown=pressed
        >
            <Head user_id=user_id name=name origin=origin about=about trouble=trouble/>
            <p class="banner" role="status" hidden=move || banner.get().is_none()>{banner}</p>
            <Log user_id=user_id source=origin at_end=at_end/>
            <Composer user_id=user_id source=origin notice=notice at_end=at_end/>
            {move || about.get().then(|| view! { <About user_id=user_id close=close_about/> })}
        </section>
    }
}
