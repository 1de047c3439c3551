//! `chatAccomplice`: an employee who helps with a chat joined or left (licence channel).
//!
//! Source: the vendor's page (high).

use serde::Deserialize;

use super::chat::{ChatRef, Membership};
use super::people::{App, Employee};
use crate::upstream::chatapp::loose;

/// An employee who helps with a chat joined or left.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ChatAccomplice {
    /// Joined or left.
    #[serde(rename = "type")]
    pub membership: Membership,
    /// Who.
    pub accomplice: Employee,
    /// Where.
    pub chat: ChatRef,
    /// The program that changed it.
    #[serde(default, deserialize_with = "loose::opt")]
    pub from_app: Option<App>,
    /// The employee who changed it.
    #[serde(default, deserialize_with = "loose::opt")]
    pub edited: Option<Employee>,
}
