//! `messageReaction`: somebody put a reaction on a message or took it off (licence channel).
//!
//! Source: the vendor's page (high).

use serde::Deserialize;

use super::chat::ChatRef;
use super::people::Person;
use crate::upstream::chatapp::id::Id;
use crate::upstream::chatapp::loose;
use crate::upstream::chatapp::open_set::open_set;

/// A reaction came or went.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MessageReaction {
    /// The message.
    pub id: Id,
    /// Came or went.
    pub action: ReactionAction,
    /// The emoji; may be absent when it went.
    #[serde(default, deserialize_with = "loose::text")]
    pub reaction: Option<String>,
    /// Unix seconds; text here, a number in other events.
    #[serde(default, rename = "time", deserialize_with = "loose::whole")]
    pub time_s: Option<i64>,
    /// Where.
    pub chat: ChatRef,
    /// Whose.
    #[serde(default, deserialize_with = "loose::opt")]
    pub from_user: Option<Person>,
}

open_set! {
    /// Whether the reaction came or went.
    ReactionAction {
        /// Came.
        React = "react",
        /// Went.
        Unreact = "unreact",
    }
}
