//! What a simulated marketplace is started with.

use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::push::schedule;

/// The seller's subscription, as `/v1/seller/info` names it. Chat methods of buyer chats want one of the last two.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[allow(missing_docs)]
pub enum Subscription {
    Unknown,
    Premium,
    PremiumPlus,
    PremiumPro,
}

/// Everything that can be chosen at the start.
#[derive(Clone, Debug)]
pub struct Options {
    /// Address to listen on.
    pub host: String,
    /// Port to listen on; 0 takes any free one.
    pub port: u16,
    /// The seller's `Client-Id`.
    pub client_id: u64,
    /// The seller's `Api-Key`.
    pub api_key: String,
    /// The seller's subscription.
    pub subscription: Subscription,
    /// File that keeps the state over a restart; none keeps it in memory.
    pub state: Option<PathBuf>,
    /// Where to send push notifications from the start; checked again and again until it answers.
    pub push: Option<String>,
    /// Pauses before each repetition of a failed push.
    pub push_retries: Vec<Duration>,
    /// Whether buyers write by themselves.
    pub demo: bool,
    /// Where ids, chats and the demo's choices come from.
    pub seed: u64,
    /// Every n-th customer message spells `Customer` with a Cyrillic first letter; 0 never does.
    pub cyrillic_every: u64,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            host: "127.0.0.1".into(),
            port: 0,
            client_id: 836,
            api_key: "demo-ozon-key-0000000001".into(),
            subscription: Subscription::PremiumPlus,
            state: None,
            push: None,
            push_retries: schedule::vendor(),
            demo: false,
            seed: 1,
            cyrillic_every: 3,
        }
    }
}
