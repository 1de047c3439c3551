//! `bulk_progress`: A bulk send came further, was paused, resumed or cancelled, or is done. At most one a second.

use crate::node::{record, words};

words! {
    /// What a bulk send is at.
    pub enum BulkState {
        /// Its rows are being sent, one after the other.
        Running = "running",
        /// Nothing more is begun until somebody resumes it.
        Paused = "paused",
        /// Nothing more will be begun.
        Cancelled = "cancelled",
        /// Each of its rows has come to its end.
        Done = "done",
    }
}

record! {
    /// A bulk send came further, was paused, resumed or cancelled, or is done. At most one a second.
    pub struct BulkProgress {
        /// Which.
        pub bulk_id: i64,
        /// What it is at.
        pub state: BulkState,
        /// Why it was paused, if nobody did it: the code of a problem.
        pub reason: Option<String>,
        /// Rows.
        pub total: i64,
        /// Rows whose message the upstream has.
        pub sent: i64,
        /// Rows that have failed.
        pub failed: i64,
        /// Rows that will not be sent.
        pub cancelled: i64,
    }
}
