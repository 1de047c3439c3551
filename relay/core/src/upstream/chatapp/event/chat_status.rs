//! `chatStatus`: a chat was closed or got another state (licence channel).
//!
//! Source: the vendor's page (high); that the state may be null, from `message` (UPSTREAMS 2.5, high).

use serde::Deserialize;

use super::chat::{ChatRef, ChatState};
use crate::upstream::chatapp::loose;

/// A chat has a new state.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct ChatStatus {
    /// The state; none takes it away.
    #[serde(default, rename = "type", deserialize_with = "loose::opt")]
    pub state: Option<ChatState>,
    /// Where.
    pub chat: ChatRef,
}
