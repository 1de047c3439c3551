//! `employeeWorkday`: an employee's working day began or ended (company channel).
//!
//! Source: the vendor's page (high), whose example has the placeholder `start|end`.

use serde::Deserialize;

use super::people::Employee;
use crate::upstream::chatapp::open_set::open_set;

/// A working day began or ended.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct EmployeeWorkday {
    /// Began or ended.
    #[serde(rename = "type")]
    pub workday: Workday,
    /// Whose.
    pub employee: Employee,
}

open_set! {
    /// Whether the day began or ended.
    Workday {
        /// Began.
        Start = "start",
        /// Ended.
        End = "end",
    }
}
