//! The organization's templates. The built-in ones are code; a row of the same id takes the place of one, and without it the
//! original is there again.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};
use shared::access::Scope;
use shared::action::{Action, SendMessage};
use shared::id::UserId;
use shared::limits::TEMPLATES_MAX;
use shared::problem::Code;
use shared::reply::Sent;
use shared::template::{self, BUILT_IN, BuiltIn, built_in, variables};
use shared::token::Claims;

use super::administration::Actor;
use super::audit::deed;
use super::draft::Draft;
use super::input::ENTROPY_BYTES;
use super::messages::to_value;
use super::{Decision, Refused};
use crate::auth::text_of;
use crate::storage::Row;

const COLUMNS: &str = "template_id, title, text";

/// A template, whether it is the organization's own or built in.
pub(super) struct Template {
    pub(super) template_id: String,
    title: String,
    pub(super) text: String,
    /// Whether it is a row: a built-in one that is, has been changed.
    is_kept: bool,
}

impl Template {
    fn read(row: &Row) -> Decision<Self> {
        Ok(Self { template_id: row.text(0)?, title: row.text(1)?, text: row.text(2)?, is_kept: true })
    }

    fn of(original: &BuiltIn) -> Self {
        Self {
            template_id: original.template_id.into(),
            title: original.title.into(),
            text: original.text.into(),
            is_kept: false,
        }
    }

    fn described(&self) -> Json {
        let is_builtin = built_in(&self.template_id).is_some();
        json!({
            "template_id": self.template_id, "title": self.title, "text": self.text,
            "variables": variables(&self.text), "is_builtin": is_builtin, "is_changed": is_builtin && self.is_kept,
        })
    }
}

impl Draft<'_> {
    /// With the word whether who asks may change them, so that a page need not offer what would be refused.
    pub(super) fn templates(&self, actor: &Actor) -> Decision<Json> {
        let may_change = match &actor.claims {
            Some(claims) => self.holder(claims)?.may(Scope::ToolsWrite),
            None => true,
        };
        let rows = self.sql.query(&format!("SELECT {COLUMNS} FROM templates ORDER BY created_at, template_id"), &[])?;
        let mut own = rows.iter().map(Template::read).collect::<Decision<Vec<_>>>()?;
        let mut all = Vec::new();
        for original in &BUILT_IN {
            let changed = own.iter().position(|template| template.template_id == original.template_id);
            all.push(changed.map_or_else(|| Template::of(original), |at| own.remove(at)));
        }
        all.append(&mut own);
        let templates = all.iter().map(Template::described).collect::<Vec<_>>();
        Ok(json!({"templates": templates, "may_change": may_change}))
    }

    pub(super) fn template(&self, template_id: &str) -> Decision<Template> {
        let statement = format!("SELECT {COLUMNS} FROM templates WHERE template_id = ?");
        let row = self.sql.first(&statement, &[template_id.into()])?;
        let kept = row.as_ref().map(Template::read).transpose()?;
        let template = kept.or_else(|| built_in(template_id).map(Template::of));
        template.ok_or_else(|| Refused::new(Code::NotFound, "there is no template with this template_id"))
    }

    pub(super) fn create_template(
        &mut self,
        actor: &Actor,
        title: &str,
        text: &str,
        entropy: &[u8; ENTROPY_BYTES],
    ) -> Decision<Json> {
        let template_id = text_of(entropy.get(..12).unwrap_or_default());
        self.keep_template(actor, Template { template_id, title: title.into(), text: text.into(), is_kept: false })
    }

    pub(super) fn change_template(
        &mut self,
        actor: &Actor,
        template_id: &str,
        title: &str,
        text: &str,
    ) -> Decision<Json> {
        let known = self.template(template_id)?;
        self.keep_template(actor, Template { title: title.into(), text: text.into(), ..known })
    }

    fn keep_template(&mut self, actor: &Actor, template: Template) -> Decision<Json> {
        template::check(&template.title, &template.text)?;
        if !template.is_kept {
            let row = self.sql.first("SELECT COUNT(*) FROM templates", &[])?;
            let count = row.map_or(Ok(0), |row| row.integer(0))?;
            if usize::try_from(count).unwrap_or(usize::MAX) >= TEMPLATES_MAX {
                let detail = format!("an organization has at most {TEMPLATES_MAX} templates of its own: remove some");
                return Err(Refused::new(Code::Conflict, detail));
            }
        }
        self.write_all(
            "INSERT INTO templates (template_id, title, text, created_at, updated_at) VALUES (?, ?, ?, ?, ?)
             ON CONFLICT (template_id) DO UPDATE SET title = excluded.title, text = excluded.text,
               updated_at = excluded.updated_at",
            vec![
                template.template_id.as_str().into(),
                template.title.as_str().into(),
                template.text.as_str().into(),
                self.now.0.into(),
                self.now.0.into(),
            ],
        );
        self.audit(actor, deed::TEMPLATE_CHANGED, Some(template.template_id.clone()))?;
        Ok(Template { is_kept: true, ..template }.described())
    }

    /// The answer is the original that is there again, or the id of what is gone.
    pub(super) fn remove_template(&mut self, actor: &Actor, template_id: &str) -> Decision<Json> {
        let template = self.template(template_id)?;
        if template.is_kept {
            self.write("DELETE FROM templates WHERE template_id = ?", [template_id]);
            self.audit(actor, deed::TEMPLATE_REMOVED, Some(template_id.into()))?;
        }
        Ok(match built_in(template_id) {
            Some(original) => Template::of(original).described(),
            None => json!({"template_id": template_id}),
        })
    }

    pub(super) fn preview_template(&self, template_id: &str, variables: &BTreeMap<String, String>) -> Decision<Json> {
        let text = self.filled_in(template_id, variables)?;
        Ok(json!({"text": text, "chars": text.chars().count()}))
    }

    fn filled_in(&self, template_id: &str, variables: &BTreeMap<String, String>) -> Decision<String> {
        let filled = template::render(&self.template(template_id)?.text, variables);
        Ok(filled.map_err(shared::problem::Problem::from)?)
    }

    /// Writes to a chat what a template says. Repeated with its `client_id`, it is the message as it was kept, whatever has
    /// become of the template since.
    pub(super) fn send_template(
        &mut self,
        claims: &Claims,
        user_id: UserId,
        template_id: &str,
        variables: &BTreeMap<String, String>,
        client_id: Option<String>,
    ) -> Decision<Json> {
        if claims.org != self.organization()?.id || !claims.role.is_staff() {
            return Err(Refused::new(Code::Forbidden, "templates are for the organization's own people"));
        }
        let holder = self.holder_with(claims, Scope::ChatsWrite)?;
        if let Some(client_id) = &client_id
            && let Some(message) = self.kept_before(user_id, &holder.writer, client_id)?
        {
            return to_value(&Sent { message });
        }
        let text = self.filled_in(template_id, variables)?;
        let actor = Actor { claims: Some(claims.clone()), address: None };
        let action = SendMessage { user_id: Some(user_id), text, client_id, file_id: None, content: None };
        self.act(&actor, None, &Action::SendMessage(action))
    }
}
