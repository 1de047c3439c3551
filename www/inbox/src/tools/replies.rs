//! The settings of automatic replies as this page has them, and what is being written in them. It outlives the page, so that
//! nothing typed is lost on the way to another one.

use leptos::prelude::*;
use widget::node::JsNode;

use super::asked::Asked;
use super::rules::Form;
use crate::ask::Refusal;
use crate::desk::Desk;
use crate::when;

const PATH: &str = "/v1/auto-replies";

/// Copied freely; all copies are the same.
#[derive(Clone, Copy)]
pub struct Replies {
    desk: Desk,
    /// As the relay has them.
    pub kept: Asked<Form>,
    typed: RwSignal<Option<Form>>,
}

impl Replies {
    /// None yet; [`Replies::load`] asks for them.
    pub fn new(desk: Desk) -> Self {
        Self { desk, kept: Asked::new(), typed: RwSignal::new(None) }
    }

    /// Those of this place.
    pub fn here() -> Self {
        // Every page is below `Place`, which provides it.
        use_context().unwrap_or_else(|| Self::new(Desk::here()))
    }

    /// Asks the relay for them. What was typed stays.
    pub fn load(self) {
        self.kept.load(self.desk, PATH, read);
    }

    /// Looks at the fields: at what was typed, or at what is kept. Tracks.
    pub fn with<R>(self, look: impl FnOnce(&Form) -> R) -> Option<R> {
        self.typed.with(|typed| match typed {
            Some(typed) => Some(look(typed)),
            None => self.kept.with(|kept| kept.map(look)),
        })
    }

    /// Whether something was typed that is not saved. Tracks.
    pub fn is_edited(self) -> bool {
        self.typed.with(Option::is_some)
    }

    /// Somebody has typed.
    pub fn edit(self, edit: impl FnOnce(&mut Form)) {
        let Some(mut form) = untrack(|| self.with(Form::clone)) else { return };
        edit(&mut form);
        let is_kept = untrack(|| self.kept.with(|kept| kept == Some(&form)));
        self.typed.set(Some(form).filter(|_| !is_kept));
    }

    /// Forgets what was typed.
    pub fn undo(self) {
        self.typed.set(None);
    }

    /// Saves them. What was typed while they were on their way stays.
    ///
    /// # Errors
    /// See [`Refusal`]; what was typed stays then, too.
    pub async fn save(self) -> Result<(), Refusal> {
        let Some(form) = untrack(|| self.with(Form::clone)) else { return Ok(()) };
        let answer = self.desk.change("PUT", PATH, Some(&form.document())).await?;
        let mut kept = read(&answer).ok_or_else(Refusal::default)?;
        // Whoever typed may have left.
        if self.typed.try_get_untracked().is_none() {
            return Ok(());
        }
        // The rules on the page stay those that they are.
        for (kept, sent) in kept.rules.iter_mut().zip(&form.rules) {
            kept.key = sent.key;
        }
        if !kept.is_quiet {
            (kept.from, kept.to) = (form.from.clone(), form.to.clone());
        }
        self.kept.set(kept);
        if untrack(|| self.typed.with(|typed| typed.as_ref() == Some(&form))) {
            self.undo();
        }
        Ok(())
    }
}

fn read(document: &JsNode) -> Option<Form> {
    Form::read(document, &when::utc_offset())
}
