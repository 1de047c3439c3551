//! `messageDestroy`: a message was deleted (licence channel).
//!
//! Source: the vendor's page (high).

use serde::Deserialize;

use super::chat::ChatRef;
use crate::upstream::chatapp::id::Id;

/// A message was deleted.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct MessageDestroy {
    /// The message: text here, though `message` gives the same id as a number.
    pub id: Id,
    /// Where.
    pub chat: ChatRef,
}
