//! `chatResponsible`: another employee answers for a chat (licence channel).
//!
//! Source: the vendor's page (high); that it may be null, from `message` (UPSTREAMS 2.5, high).

use serde::Deserialize;

use super::chat::ChatRef;
use super::people::{App, Employee};
use crate::upstream::chatapp::loose;

/// Another employee answers for a chat.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ChatResponsible {
    /// The new one; none takes it away.
    #[serde(default, deserialize_with = "loose::opt")]
    pub responsible: Option<Employee>,
    /// Where.
    pub chat: ChatRef,
    /// The program that changed it.
    #[serde(default, deserialize_with = "loose::opt")]
    pub from_app: Option<App>,
    /// The employee who changed it.
    #[serde(default, deserialize_with = "loose::opt")]
    pub edited: Option<Employee>,
}
