//! `employeeStatus`: an employee came online, left, ... (company channel).
//!
//! Source: the vendor's page (high), which shows one word of the set.

use serde::Deserialize;

use super::people::Employee;
use crate::upstream::chatapp::open_set::open_set;

/// An employee's presence changed.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct EmployeeStatus {
    /// To what.
    #[serde(rename = "type")]
    pub presence: Presence,
    /// Whose.
    pub employee: Employee,
}

open_set! {
    /// An employee's presence.
    Presence {
        /// At work.
        Online = "online",
    }
}
