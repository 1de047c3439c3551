//! The seller's one push URL, and whether it passed the check that the vendor makes before anything is sent to it.

use serde::{Deserialize, Serialize};

use super::judge::PushError;

/// Where pushes go.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct PushSubscription {
    pub(crate) url: Option<String>,
    /// Nothing is pushed before the URL has answered a `TYPE_PING` well.
    pub(crate) is_active: bool,
    /// What the last check found.
    pub(crate) errors: Vec<PushError>,
    /// Counts the settings, so that the checks of a replaced URL end.
    pub(crate) generation: u64,
}

impl PushSubscription {
    /// Another URL, not checked yet; none ends the subscription.
    pub(crate) fn set(&mut self, url: Option<String>) -> u64 {
        let generation = self.generation + 1;
        *self = Self { url, is_active: false, errors: Vec::new(), generation };
        generation
    }
}
