//! `chatProcess`: somebody took a chat into work or let it go (licence channel).
//!
//! Source: the vendor's page (high), null included.

use serde::Deserialize;

use super::chat::{ChatRef, Process};
use super::people::{App, Employee};
use crate::upstream::chatapp::loose;

/// Somebody took a chat into work or let it go.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ChatProcess {
    /// The new one; none takes it away.
    #[serde(default, deserialize_with = "loose::opt")]
    pub process: Option<Process>,
    /// Where.
    pub chat: ChatRef,
    /// The program that changed it.
    #[serde(default, deserialize_with = "loose::opt")]
    pub from_app: Option<App>,
    /// The employee who changed it.
    #[serde(default, deserialize_with = "loose::opt")]
    pub edited: Option<Employee>,
}
