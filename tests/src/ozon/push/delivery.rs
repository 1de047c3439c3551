//! One push on its way: what it says, each attempt, how it ended.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::judge::PushError;
use super::subscription::Endpoint;
use super::types::PushType;
use crate::ozon::shop::Shop;

/// How many finished deliveries are remembered.
const FINISHED_KEPT_MAX: usize = 500;

/// A push.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Delivery {
    /// Its number.
    pub id: u64,
    /// The number of the URL it goes to.
    #[serde(default)]
    pub endpoint_id: Option<u64>,
    /// The JSON that is posted.
    pub body: Value,
    /// Every try so far.
    pub attempts: Vec<Attempt>,
    /// How it stands.
    pub outcome: Outcome,
}

/// One try.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Attempt {
    /// When it ended, RFC 3339.
    pub at: String,
    /// The HTTP status, if there was an answer.
    pub status: Option<u16>,
    /// What was wrong with the answer.
    pub error: Option<PushError>,
}

/// How a push stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Will be tried, for the first time or again.
    Pending,
    /// Answered as the vendor wants it.
    Delivered,
    /// Given up.
    Dropped,
}

impl Delivery {
    /// `TYPE_NEW_MESSAGE` and the like.
    pub fn message_type(&self) -> &str {
        self.body.get("message_type").and_then(Value::as_str).unwrap_or("")
    }
}

impl Shop {
    /// Notes a push to be delivered and answers its id; none while no checked URL takes its type.
    pub(crate) fn note_push(&mut self, body: Value) -> Option<u64> {
        let kind = body.get("message_type").and_then(Value::as_str).and_then(PushType::named);
        let endpoint_id = Some(self.endpoints.iter().find(|endpoint| endpoint.takes(kind))?.id);
        let finished = self.deliveries.iter().filter(|delivery| delivery.outcome != Outcome::Pending).count();
        if finished >= FINISHED_KEPT_MAX
            && let Some(oldest) = self.deliveries.iter().position(|delivery| delivery.outcome != Outcome::Pending)
        {
            self.deliveries.remove(oldest);
        }
        self.last_delivery_id += 1;
        let id = self.last_delivery_id;
        self.deliveries.push(Delivery { id, endpoint_id, body, attempts: Vec::new(), outcome: Outcome::Pending });
        Some(id)
    }

    /// Connects a URL and answers its id.
    pub(crate) fn add_endpoint(&mut self, url: String, types: BTreeSet<PushType>, now_ms: i64) -> u64 {
        self.last_endpoint_id += 1;
        self.endpoints.push(Endpoint::new(self.last_endpoint_id, url, types, now_ms));
        self.last_endpoint_id
    }

    pub(crate) fn endpoint(&self, id: u64) -> Option<&Endpoint> {
        self.endpoints.iter().find(|endpoint| endpoint.id == id)
    }

    pub(crate) fn endpoint_mut(&mut self, id: u64) -> Option<&mut Endpoint> {
        self.endpoints.iter_mut().find(|endpoint| endpoint.id == id)
    }

    pub(crate) fn delivery(&self, id: u64) -> Option<&Delivery> {
        self.deliveries.iter().find(|delivery| delivery.id == id)
    }

    pub(crate) fn delivery_mut(&mut self, id: u64) -> Option<&mut Delivery> {
        self.deliveries.iter_mut().find(|delivery| delivery.id == id)
    }
}
