//! The organization's templates as this page has them, and what is being written on them. It outlives the pages that show it, so
//! that nothing typed is lost on the way to another one.

use std::collections::BTreeMap;

use leptos::prelude::*;
use shared::json::Object;
use shared::node::FromNode;

use super::asked::Asked;
use super::template::{Edit, Template, read_list};
use crate::ask::Refusal;
use crate::desk::Desk;

/// Under which a template that is not kept yet is written.
pub const NEW: &str = "";

/// Copied freely; all copies are the same.
#[derive(Clone, Copy)]
pub struct Shelf {
    desk: Desk,
    /// The templates, as the relay has them.
    pub templates: Asked<Vec<Template>>,
    /// The one that is open on their page.
    pub open: RwSignal<Option<String>>,
    /// The one that was saved last, until somebody types again: a new one has another id then than it was written under.
    pub saved: RwSignal<Option<String>>,
    edits: RwSignal<BTreeMap<String, Edit>>,
}

impl Shelf {
    /// An empty one; [`Shelf::load`] fills it.
    pub fn new(desk: Desk) -> Self {
        Self {
            desk,
            templates: Asked::new(),
            open: RwSignal::new(None),
            saved: RwSignal::new(None),
            edits: RwSignal::default(),
        }
    }

    /// That of this place.
    pub fn here() -> Self {
        // Every page is below `Place`, which provides it.
        use_context().unwrap_or_else(|| Self::new(Desk::here()))
    }

    /// Asks the relay for the templates, and whether this token may change them.
    pub fn load(self) {
        let may_change = self.desk.may_change;
        self.templates.load(self.desk, "/v1/templates", move |answer| {
            let (templates, may) = read_list(answer)?;
            may_change.set(may);
            Some(templates)
        });
    }

    /// The template of this id. Tracks.
    pub fn find(self, template_id: &str) -> Option<Template> {
        self.templates.with(|all| all?.iter().find(|template| template.template_id == template_id).cloned())
    }

    /// What stands in the fields of a template: what was typed, or the template. Tracks.
    pub fn edit(self, template_id: &str) -> Edit {
        let typed = self.edits.with(|edits| edits.get(template_id).cloned());
        typed.unwrap_or_else(|| self.find(template_id).as_ref().map(Edit::of).unwrap_or_default())
    }

    /// Whether something was typed that is not saved. Tracks.
    pub fn is_edited(self, template_id: &str) -> bool {
        self.edits.with(|edits| edits.contains_key(template_id))
    }

    /// Somebody has typed.
    pub fn write(self, template_id: &str, edit: Edit) {
        let kept = untrack(|| self.find(template_id)).as_ref().map(Edit::of).unwrap_or_default();
        self.edits.update(|edits| {
            if edit == kept {
                edits.remove(template_id)
            } else {
                edits.insert(template_id.to_owned(), edit)
            };
        });
    }

    /// Forgets what was typed.
    pub fn undo(self, template_id: &str) {
        self.edits.update(|edits| {
            edits.remove(template_id);
        });
    }

    /// Saves a template. What was typed while it was on its way stays.
    ///
    /// # Errors
    /// See [`Refusal`]; what was typed stays then, too.
    pub async fn save(self, template_id: &str, edit: Edit) -> Result<(), Refusal> {
        let body = Object::new().string("title", &edit.title).string("text", &edit.text).finish();
        let answer = if template_id == NEW {
            self.desk.change("POST", "/v1/templates", Some(&body)).await?
        } else {
            self.desk.change("PUT", &path(template_id), Some(&body)).await?
        };
        let saved = Template::from_node(&answer).ok_or_else(Refusal::default)?;
        if self.is_gone() {
            return Ok(());
        }
        let kept_id = saved.template_id.clone();
        self.put(saved);
        let later = untrack(|| self.edits.with(|edits| edits.get(template_id).cloned()));
        self.undo(template_id);
        self.saved.set(Some(kept_id.clone()));
        if let Some(later) = later.filter(|later| *later != edit) {
            self.write(&kept_id, later);
        }
        if self.open.get_untracked().as_deref() == Some(template_id) {
            self.open.set(Some(kept_id));
        }
        Ok(())
    }

    /// Removes a template; a built-in one goes back to its original.
    ///
    /// # Errors
    /// See [`Refusal`].
    pub async fn remove(self, template_id: &str) -> Result<(), Refusal> {
        let answer = self.desk.change("DELETE", &path(template_id), None).await?;
        if self.is_gone() {
            return Ok(());
        }
        self.undo(template_id);
        match Template::from_node(&answer) {
            Some(original) => self.put(original),
            None => {
                self.templates.edit(|all| all.retain(|template| template.template_id != template_id));
                if self.open.get_untracked().as_deref() == Some(template_id) {
                    self.open.set(None);
                }
            }
        }
        Ok(())
    }

    /// Whether its holder has left while the relay was asked.
    fn is_gone(self) -> bool {
        self.open.try_get_untracked().is_none()
    }

    fn put(self, saved: Template) {
        self.templates.edit(|all| match all.iter_mut().find(|there| there.template_id == saved.template_id) {
            Some(there) => *there = saved,
            None => all.push(saved),
        });
    }
}

/// Ids are the relay's own, or words; what else one might hold does not become part of the path's form.
fn path(template_id: &str) -> String {
    let id: String = js_sys::encode_uri_component(template_id).into();
    ["/v1/templates/", &id].concat()
}
