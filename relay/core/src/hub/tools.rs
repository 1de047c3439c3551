//! What the organization's people and programs use besides the chats themselves: what can be asked of each tool, who may,
//! and to whom it goes.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use shared::access::Scope;

use super::Decision;
use super::administration::Actor;
use super::draft::Draft;
use super::input::ENTROPY_BYTES;

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
            Self::Templates | Self::PreviewTemplate { .. } | Self::AutoReplies => Scope::ChatsRead,
            Self::CreateTemplate { .. }
            | Self::ChangeTemplate { .. }
            | Self::RemoveTemplate { .. }
            | Self::ChangeAutoReplies { .. } => Scope::ToolsWrite,
        }
    }
}

impl Draft<'_> {
    pub(super) fn use_tool(&mut self, actor: &Actor, tool: Tool, entropy: &[u8; ENTROPY_BYTES]) -> Decision<Json> {
        match tool {
            Tool::Templates => self.templates(),
            Tool::CreateTemplate { title, text } => self.create_template(actor, &title, &text, entropy),
            Tool::ChangeTemplate { template_id, title, text } => {
                self.change_template(actor, &template_id, &title, &text)
            }
            Tool::RemoveTemplate { template_id } => self.remove_template(actor, &template_id),
            Tool::AutoReplies => self.auto_replies(),
            Tool::ChangeAutoReplies { document } => self.change_auto_replies(actor, &document),
            Tool::PreviewTemplate { template_id, variables } => self.preview_template(&template_id, &variables),
        }
    }
}
