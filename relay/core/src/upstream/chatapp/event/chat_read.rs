//! `chatRead`: a chat was read to its end on the merchant's side (licence channel).
//!
//! Source: the vendor's page (high), which does not say who read; that it is the merchant, because the customer's
//! reading is `messageStatus` `viewed`, is inferred (low).

use serde::Deserialize;

use super::chat::ChatRef;

/// A chat was read.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct ChatRead {
    /// Which.
    pub chat: ChatRef,
}
