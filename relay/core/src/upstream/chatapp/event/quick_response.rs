//! `quickResponse`: a prepared answer was created, edited or deleted (user channel).
//!
//! Source: the vendor's page (high). A deletion gives the ids alone; a mass deletion is one item for each answer.

use serde::Deserialize;
use serde_json::Value;

use super::quick_response_list::{Change, ResponseList};
use crate::upstream::chatapp::id::Id;
use crate::upstream::chatapp::loose;

/// A prepared answer was created, edited or deleted.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct QuickResponse {
    /// What happened.
    #[serde(rename = "type")]
    pub change: Change,
    /// In which list; the id alone.
    #[serde(rename = "quickResponseList")]
    pub list: ResponseList,
    /// To which answer.
    #[serde(rename = "quickResponse")]
    pub response: Response,
}

/// A prepared answer.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Response {
    /// Within the vendor's cabinet.
    pub id: Id,
    /// On screen.
    #[serde(default, deserialize_with = "loose::text")]
    pub name: Option<String>,
    /// Place in the list, ascending.
    #[serde(default, deserialize_with = "loose::whole")]
    pub sort: Option<i64>,
    /// What it is nested in; only `null` is documented, kept as it came.
    #[serde(default)]
    pub parent: Option<Value>,
    /// What it says.
    #[serde(default, deserialize_with = "loose::text")]
    pub text: Option<String>,
    /// Words to find it by, separated by spaces.
    #[serde(default, deserialize_with = "loose::text")]
    pub keywords: Option<String>,
    /// Whether the vendor's own assistant may use it.
    #[serde(default, rename = "enableAI", deserialize_with = "loose::flag")]
    pub enable_ai: Option<bool>,
}
