//! Chats as events show them, and the labels on them.
//!
//! Source: the vendor's page (high); UPSTREAMS 2.5 for what may be null (high).

use serde::Deserialize;

use super::people::Employee;
use crate::upstream::chatapp::id::Id;
use crate::upstream::chatapp::loose;
use crate::upstream::chatapp::open_set::open_set;

/// Which chat. All events but `message` and `messageStatus` give the id alone.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct ChatRef {
    /// The chat within its licence and messenger: `70000000000@c.us`, `private-1480..h1360..`, a bare phone, ...
    pub id: Id,
    /// Telegram's access hash.
    #[serde(default, deserialize_with = "loose::opt")]
    pub hash: Option<Id>,
    /// `private`, `group`, ...: an open set.
    #[serde(default, rename = "type", deserialize_with = "loose::text")]
    pub chat_type: Option<String>,
    /// Digits, without a plus.
    #[serde(default, deserialize_with = "loose::text")]
    pub phone: Option<String>,
    /// The messenger's own name for the customer.
    #[serde(default, deserialize_with = "loose::text")]
    pub username: Option<String>,
    /// The customer's e-mail.
    #[serde(default, deserialize_with = "loose::text")]
    pub email: Option<String>,
}

/// A chat in full, as a `message` brings it. Holds the customer's personal details.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Chat {
    /// The chat within its licence and messenger: `70000000000@c.us`, `private-1480..h1360..`, a bare phone, ...
    pub id: Id,
    /// Telegram's access hash.
    #[serde(default, deserialize_with = "loose::opt")]
    pub hash: Option<Id>,
    /// `private`, `group`, ...: an open set.
    #[serde(default, rename = "type", deserialize_with = "loose::text")]
    pub chat_type: Option<String>,
    /// Digits, without a plus.
    #[serde(default, deserialize_with = "loose::text")]
    pub phone: Option<String>,
    /// The messenger's own name for the customer.
    #[serde(default, deserialize_with = "loose::text")]
    pub username: Option<String>,
    /// The customer's e-mail.
    #[serde(default, deserialize_with = "loose::text")]
    pub email: Option<String>,
    /// The customer's or the group's name.
    #[serde(default, deserialize_with = "loose::text")]
    pub name: Option<String>,
    /// URL of the picture.
    #[serde(default, deserialize_with = "loose::text")]
    pub image: Option<String>,
    /// URL of the chat.
    #[serde(default, deserialize_with = "loose::text")]
    pub link: Option<String>,
    /// Labels; `null` when there are none.
    #[serde(default, deserialize_with = "loose::list")]
    pub tags: Vec<Tag>,
    /// Who answers for the chat.
    #[serde(default, deserialize_with = "loose::opt")]
    pub responsible: Option<Employee>,
    /// Who set the task.
    #[serde(default, deserialize_with = "loose::opt")]
    pub producer: Option<Employee>,
    /// Who helps; `null` when nobody does.
    #[serde(default, deserialize_with = "loose::list")]
    pub accomplices: Vec<Employee>,
    /// Who watches; `null` when nobody does.
    #[serde(default, deserialize_with = "loose::list")]
    pub auditors: Vec<Employee>,
    /// Closed, or in another state.
    #[serde(default, deserialize_with = "loose::opt")]
    pub status: Option<ChatState>,
    /// How important.
    #[serde(default, deserialize_with = "loose::opt")]
    pub level: Option<Level>,
    /// Whether the responsible employee is pinned.
    #[serde(default, deserialize_with = "loose::flag")]
    pub responsible_pin: Option<bool>,
    /// Whether somebody works on it.
    #[serde(default, deserialize_with = "loose::opt")]
    pub process: Option<Process>,
}

/// A label.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Tag {
    /// Within the company.
    pub id: Id,
    /// On screen.
    #[serde(default, deserialize_with = "loose::text")]
    pub name: Option<String>,
    /// Meant as a CSS colour, but not always one: the vendor's own page has `hhhh` and `#123df55`.
    #[serde(default, deserialize_with = "loose::text")]
    pub color: Option<String>,
    /// Place in the list, ascending.
    #[serde(default, deserialize_with = "loose::whole")]
    pub sort: Option<i64>,
    /// What it is listed under.
    #[serde(default, deserialize_with = "loose::opt")]
    pub category: Option<TagCategory>,
}

/// A group of labels.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct TagCategory {
    /// Within the company.
    pub id: Id,
    /// On screen.
    #[serde(default, deserialize_with = "loose::text")]
    pub name: Option<String>,
    /// Place in the list, ascending.
    #[serde(default, deserialize_with = "loose::whole")]
    pub sort: Option<i64>,
}

/// How important a chat is; what the ids stand for is set up in the merchant's cabinet.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Level {
    /// Within the company.
    pub id: Id,
}

open_set! {
    /// The state of a chat; only one word of it is documented.
    ChatState {
        /// Closed.
        Close = "close",
    }
}

open_set! {
    /// Whether somebody works on a chat; nobody is `null`.
    Process {
        /// Somebody does.
        InWork = "inWork",
    }
}

open_set! {
    /// Something or somebody joined a chat or left it.
    Membership {
        /// Joined.
        Add = "add",
        /// Left.
        Destroy = "destroy",
    }
}
