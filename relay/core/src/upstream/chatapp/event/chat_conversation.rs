//! `chatConversation`: the 24-hour window in which one may write freely was opened (licence channel, WhatsApp only).
//!
//! Source: the vendor's page (high).

use serde::Deserialize;

use super::chat::ChatRef;
use crate::upstream::chatapp::id::Id;
use crate::upstream::chatapp::loose;

/// The window was opened.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct ChatConversation {
    /// The window.
    pub conversation: Conversation,
    /// Where.
    pub chat: ChatRef,
}

/// A window in which one may write freely.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Conversation {
    /// The messenger's own.
    pub id: Id,
    /// Who began, as the messenger bills it: `BIC`, ...; an open set.
    #[serde(default, rename = "type", deserialize_with = "loose::text")]
    pub conversation_type: Option<String>,
    /// Unix seconds.
    #[serde(default, rename = "startTime", deserialize_with = "loose::whole")]
    pub start_time_s: Option<i64>,
    /// Unix seconds.
    #[serde(default, rename = "endTime", deserialize_with = "loose::whole")]
    pub end_time_s: Option<i64>,
}
