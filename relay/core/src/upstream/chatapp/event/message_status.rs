//! `messageStatus`: how far a message that the merchant sent has come (licence channel).
//!
//! Source: the vendor's page (high).

use serde::Deserialize;
use serde_json::Value;

use super::chat::ChatRef;
use super::people::App;
use crate::upstream::chatapp::id::Id;
use crate::upstream::chatapp::loose;
use crate::upstream::chatapp::open_set::open_set;

/// How far a message has come.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MessageStatus {
    /// The message.
    pub id: Id,
    /// How far.
    #[serde(rename = "type")]
    pub delivery: Delivery,
    /// Unix seconds.
    #[serde(default, rename = "time", deserialize_with = "loose::whole")]
    pub time_s: Option<i64>,
    /// Where.
    pub chat: ChatRef,
    /// The program that sent it.
    #[serde(default, deserialize_with = "loose::opt")]
    pub from_app: Option<App>,
    /// Why it failed; only `null` is documented, kept as it came.
    #[serde(default)]
    pub error: Option<Value>,
}

open_set! {
    /// How far a message has come.
    Delivery {
        /// The messenger has it.
        Sent = "sent",
        /// The customer's device has it.
        Delivered = "delivered",
        /// The customer has read it.
        Viewed = "viewed",
        /// It will not arrive.
        Failed = "failed",
    }
}
