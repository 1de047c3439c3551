//! `chatResponsiblePin`: the employee who answers for a chat was pinned to it or released (licence channel).
//!
//! Source: the vendor's page (high).

use serde::Deserialize;

use super::chat::ChatRef;
use crate::upstream::chatapp::open_set::open_set;

/// The responsible employee was pinned or released.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct ChatResponsiblePin {
    /// Pinned or released.
    #[serde(rename = "type")]
    pub pin: Pin,
    /// Where.
    pub chat: ChatRef,
}

open_set! {
    /// Whether somebody was pinned or released.
    Pin {
        /// Pinned.
        Pin = "pin",
        /// Released.
        Unpin = "unpin",
    }
}
