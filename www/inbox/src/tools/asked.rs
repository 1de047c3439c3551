//! What a page has asked the relay for: on its way, refused, or here.

use leptos::prelude::*;
use leptos::task::spawn_local;
use widget::node::JsNode;

use super::parts::{Failed, Loading};
use crate::ask::Refusal;
use crate::desk::Desk;

/// An answer of the relay's, which may be asked for anew. What is here stays until there is something newer. Copied freely; all
/// copies are the same answer.
pub struct Asked<T: Send + Sync + 'static> {
    value: RwSignal<Option<T>>,
    trouble: RwSignal<Option<Refusal>>,
    turn: StoredValue<u32>,
}

impl<T: Send + Sync> Clone for Asked<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: Send + Sync> Copy for Asked<T> {}

impl<T: Clone + Send + Sync> Asked<T> {
    /// Nothing is asked yet.
    pub fn new() -> Self {
        Self { value: RwSignal::new(None), trouble: RwSignal::new(None), turn: StoredValue::new(0) }
    }

    /// What is here. Tracks.
    pub fn get(self) -> Option<T> {
        self.value.get()
    }

    /// Looks at what is here. Tracks.
    pub fn with<R>(self, look: impl FnOnce(Option<&T>) -> R) -> R {
        self.value.with(|value| look(value.as_ref()))
    }

    /// Puts something here: what the relay has answered to a change. A question that is on its way is forgotten.
    pub fn set(self, value: T) {
        self.turn.update_value(|turn| *turn = turn.wrapping_add(1));
        self.trouble.set(None);
        self.value.set(Some(value));
    }

    /// Changes what is here, if anything is.
    pub fn edit(self, edit: impl FnOnce(&mut T)) {
        self.value.update(|value| {
            if let Some(value) = value {
                edit(value);
            }
        });
    }

    /// Why the last question was not answered. Tracks.
    pub fn trouble(self) -> Option<Refusal> {
        self.trouble.get()
    }

    /// Asks `GET path`. An answer that `read` cannot read is none.
    pub fn load(self, desk: Desk, path: &str, read: impl FnOnce(&JsNode) -> Option<T> + 'static) {
        let path = path.to_owned();
        let own = self.turn.get_value().wrapping_add(1);
        self.turn.set_value(own);
        self.trouble.set(None);
        spawn_local(async move {
            let answer = desk.ask("GET", &path, None).await;
            // The page may be gone, or have asked again.
            if self.turn.try_get_value() != Some(own) {
                return;
            }
            match answer.and_then(|answer| read(&answer).ok_or_else(Refusal::default)) {
                Ok(value) => self.value.set(Some(value)),
                Err(refusal) => self.trouble.set(Some(refusal)),
            }
        });
    }
}

/// What stands on a page until its answer is here, and then `show`. `loading` is for who does not see the moving lines.
pub fn shown<T: Clone + Send + Sync>(
    asked: Asked<T>,
    loading: &'static str,
    retry: Callback<()>,
    show: impl Fn() -> AnyView + Send + 'static,
) -> impl IntoView {
    let is_here = Memo::new(move |_| asked.with(|value| value.is_some()));
    let trouble = Memo::new(move |_| asked.trouble());
    move || match (is_here.get(), trouble.get()) {
        (true, _) => show(),
        (false, None) => view! { <Loading words=loading/> }.into_any(),
        (false, Some(refusal)) => view! { <Failed refusal=refusal retry=retry/> }.into_any(),
    }
}
