//! `chatLevel`: a chat became more or less important (licence channel).
//!
//! Source: the vendor's page (high); that it may be null, from `message` (UPSTREAMS 2.5, high).

use serde::Deserialize;

use super::chat::{ChatRef, Level};
use super::people::{App, Employee};
use crate::upstream::chatapp::loose;

/// A chat became more or less important.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ChatLevel {
    /// The new one; none takes it away.
    #[serde(default, deserialize_with = "loose::opt")]
    pub level: Option<Level>,
    /// Where.
    pub chat: ChatRef,
    /// The program that changed it.
    #[serde(default, deserialize_with = "loose::opt")]
    pub from_app: Option<App>,
    /// The employee who changed it.
    #[serde(default, deserialize_with = "loose::opt")]
    pub edited: Option<Employee>,
}
