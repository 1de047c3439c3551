//! `chatTag`: a label was put on a chat or taken off (licence channel).
//!
//! Source: the vendor's page (high).

use serde::Deserialize;

use super::chat::{ChatRef, Membership, Tag};

/// A label was put on a chat or taken off.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct ChatTag {
    /// Put on or taken off.
    #[serde(rename = "type")]
    pub membership: Membership,
    /// The label.
    pub tag: Tag,
    /// Where.
    pub chat: ChatRef,
}
