//! Who takes part in an event: employees of the merchant, customers, and programs that call the vendor's API.
//!
//! Source: the vendor's page (high).

use serde::Deserialize;
use serde_json::Value;

use crate::upstream::chatapp::id::Id;
use crate::upstream::chatapp::loose;

/// An employee of the merchant.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Employee {
    /// The cabinet's user id.
    pub id: Id,
}

/// The author of a message or a reaction, by what the messenger tells of them.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Person {
    /// Within the messenger.
    #[serde(default, deserialize_with = "loose::opt")]
    pub id: Option<Id>,
    /// The messenger's own name for them.
    #[serde(default, deserialize_with = "loose::text")]
    pub username: Option<String>,
    /// On screen.
    #[serde(default, deserialize_with = "loose::text")]
    pub name: Option<String>,
    /// Digits, without a plus.
    #[serde(default, deserialize_with = "loose::text")]
    pub phone: Option<String>,
    /// E-mail.
    #[serde(default, deserialize_with = "loose::text")]
    pub email: Option<String>,
}

/// The program through which something was sent or changed; `null` when a person did it by hand.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct App {
    /// `app_{user}_{n}`; ours is the `appId` of our own token.
    #[serde(default, deserialize_with = "loose::opt")]
    pub id: Option<Id>,
    /// The sender's own mark; only `null` was ever seen, so it is kept as it came.
    #[serde(default)]
    pub tracking: Option<Value>,
    /// `system`, `employee`, ...: an open set.
    #[serde(default, deserialize_with = "loose::text")]
    pub sender: Option<String>,
}
