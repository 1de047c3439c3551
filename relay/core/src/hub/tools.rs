//! What the organization's people and programs use besides the chats themselves: what can be asked of each tool, who may,
//! and to whom it goes.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use shared::access::Scope;

use super::Decision;
use super::administration::Actor;
use super::bulk::BulkStep;
use super::draft::Draft;
use super::input::ENTROPY_BYTES;
use crate::tools::bulk::Asked;

/// What is asked of a tool.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Tool {
    /// Lists the templates.
    Templates,
    /// Makes a template.
    CreateTemplate {
        /// Its title.
        title: String,
        /// Its text.
        text: String,
    },
    /// Gives a template, a built-in one too, another title and text.
    ChangeTemplate {
        /// Which.
        template_id: String,
        /// Its title.
        title: String,
        /// Its text.
        text: String,
    },
    /// Removes a template; a built-in one goes back to its original.
    RemoveTemplate {
        /// Which.
        template_id: String,
    },
    /// Shows what a template says with these values.
    PreviewTemplate {
        /// Which.
        template_id: String,
        /// The values by their variables.
        variables: BTreeMap<String, String>,
    },
    /// Sends to many.
    StartBulk(Asked),
    /// Lists the bulk sends, newest first.
    Bulks,
    /// Shows a bulk send.
    Bulk {
        /// Which.
        bulk_id: i64,
    },
    /// Lists the rows of a bulk send.
    BulkRows {
        /// Of which.
        bulk_id: i64,
        /// Only those after this one.
        after: Option<i64>,
        /// How many.
        limit: Option<i64>,
    },
    /// Pauses, resumes or cancels a bulk send.
    StepBulk {
        /// Which.
        bulk_id: i64,
        /// What of the three.
        step: BulkStep,
    },
    /// Counts the chats of some days.
    Report {
        /// From when: a day or a moment.
        from: Option<String>,
        /// Until when: a day or a moment.
        to: Option<String>,
        /// By which clock's days.
        utc_offset: Option<String>,
    },
    /// Reads the settings of automatic replies.
    AutoReplies,
    /// Replaces the settings of automatic replies.
    ChangeAutoReplies {
        /// By this document.
        document: Json,
    },
}

impl Tool {
    /// The scope that a token of the organization needs for it.
    #[must_use]
    pub fn scope(&self) -> Scope {
        match self {
            Self::Templates
            | Self::PreviewTemplate { .. }
            | Self::AutoReplies
            | Self::Bulks
            | Self::Report { .. }
            | Self::Bulk { .. }
            | Self::BulkRows { .. } => Scope::ChatsRead,
            Self::CreateTemplate { .. }
            | Self::ChangeTemplate { .. }
            | Self::RemoveTemplate { .. }
            | Self::ChangeAutoReplies { .. }
            | Self::StartBulk(_)
            | Self::StepBulk { .. } => Scope::ToolsWrite,
        }
    }
}

impl Draft<'_> {
    pub(super) fn use_tool(&mut self, actor: &Actor, tool: Tool, entropy: &[u8; ENTROPY_BYTES]) -> Decision<Json> {
        match tool {
            Tool::Templates => self.templates(actor),
            Tool::CreateTemplate { title, text } => self.create_template(actor, &title, &text, entropy),
            Tool::ChangeTemplate { template_id, title, text } => {
                self.change_template(actor, &template_id, &title, &text)
            }
            Tool::RemoveTemplate { template_id } => self.remove_template(actor, &template_id),
            Tool::StartBulk(asked) => self.start_bulk(actor, &asked),
            Tool::Bulks => self.list_bulks(),
            Tool::Bulk { bulk_id } => self.show_bulk(bulk_id),
            Tool::BulkRows { bulk_id, after, limit } => self.bulk_rows_page(bulk_id, after, limit),
            Tool::StepBulk { bulk_id, step } => self.step_bulk(actor, bulk_id, step),
            Tool::Report { from, to, utc_offset } => self.report(from.as_deref(), to.as_deref(), utc_offset.as_deref()),
            Tool::AutoReplies => self.auto_replies(),
            Tool::ChangeAutoReplies { document } => self.change_auto_replies(actor, &document),
            Tool::PreviewTemplate { template_id, variables } => self.preview_template(&template_id, &variables),
        }
    }
}
