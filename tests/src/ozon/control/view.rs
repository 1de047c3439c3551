//! The inside of the simulator for `GET /_sim/state`: every id a string, every counter by its path.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::ozon::clock;
use crate::ozon::fault::Fault;
use crate::ozon::market::Market;
use crate::ozon::push::delivery::{Delivery, Outcome};
use crate::ozon::push::judge::PushError;
use crate::ozon::shop::chat::Chat;
use crate::ozon::shop::message::Author;

/// Everything at once.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct StateView {
    /// All chats, the newest message first.
    pub chats: Vec<ChatView>,
    /// Vendor calls by path; files under `/v2/chat/file/`.
    pub counters: BTreeMap<String, u64>,
    /// How many calls the vendor does not have.
    pub unmatched: usize,
    /// Which.
    pub unmatched_calls: Vec<String>,
    /// Calls of methods that the vendor had once and has switched off.
    #[serde(default)]
    pub gone_calls: Vec<String>,
    /// The largest number of requests of one `Client-Id` in any one second, whatever was answered.
    #[serde(default)]
    pub peak_per_second: usize,
    /// How many calls were refused for their rate, `Circle is open` among them.
    #[serde(default)]
    pub refused_by_rate: u64,
    /// The marketplace's time, RFC 3339.
    #[serde(default)]
    pub now: String,
    /// Host, then `Client-Id:Api-Key`, then how many calls brought them.
    pub keys: BTreeMap<String, BTreeMap<String, u64>>,
    /// Pushes.
    pub push: PushView,
    /// Faults that still wait for their calls.
    pub faults: Vec<Fault>,
    /// Where ids and choices come from.
    pub seed: u64,
}

/// A chat.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct ChatView {
    pub chat_id: String,
    /// Upper case, as in REST.
    pub chat_type: String,
    /// `OPENED` or `CLOSED`.
    pub chat_status: String,
    pub user_id: String,
    /// How many messages the seller has not read.
    pub unread_count: usize,
    /// Oldest first.
    pub messages: Vec<MessageView>,
}

/// A message.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct MessageView {
    pub message_id: String,
    /// `customer`, `seller`, `support`, `notification`.
    pub author: String,
    /// The vendor's spelling, Cyrillic letter and all.
    pub user_type: String,
    pub created_at: String,
    /// By the other side.
    pub is_read: bool,
    pub text: String,
    pub data: Vec<String>,
}

/// The push side.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PushView {
    /// Where pushes go; the first URL, if there are several.
    pub url: Option<String>,
    /// Whether it passed its check.
    pub is_active: bool,
    /// Whether the vendor has lost patience with it.
    #[serde(default)]
    pub is_suspended: bool,
    /// What the last check found.
    pub errors: Vec<PushError>,
    /// The deliveries, oldest first.
    pub deliveries: Vec<Delivery>,
}

pub(crate) fn state(market: &Market) -> StateView {
    let faults = market.faults(|faults| faults.waiting());
    let (counters, unmatched_calls, keys) =
        market.record(|record| (record.per_method.clone(), record.unmatched.clone(), record.keys.clone()));
    let (gone_calls, peak_per_second) = market.record(|record| (record.gone.clone(), record.busiest.peak()));
    let refused_by_rate = market.rate(|rate| rate.refused);
    market.read(|shop| {
        let mut chats: Vec<&Chat> = shop.chats.iter().collect();
        chats.sort_by_key(|chat| std::cmp::Reverse(chat.place()));
        let first = shop.endpoints.first();
        StateView {
            chats: chats.into_iter().map(|chat| chat_view(chat, market.base_url())).collect(),
            counters,
            unmatched: unmatched_calls.len(),
            unmatched_calls,
            gone_calls,
            peak_per_second,
            refused_by_rate,
            now: clock::rfc3339(market.now_ms()),
            keys,
            push: PushView {
                url: first.map(|endpoint| endpoint.url.clone()),
                is_active: first.is_some_and(|endpoint| endpoint.is_active),
                is_suspended: first.is_some_and(|endpoint| endpoint.is_suspended),
                errors: first.map(|endpoint| endpoint.errors.clone()).unwrap_or_default(),
                deliveries: shop.deliveries.clone(),
            },
            faults,
            seed: shop.seed,
        }
    })
}

fn chat_view(chat: &Chat, base_url: &str) -> ChatView {
    ChatView {
        chat_id: chat.chat_id.clone(),
        chat_type: spelled(&chat.chat_type),
        chat_status: spelled(&chat.chat_status),
        user_id: chat.user_id.clone(),
        unread_count: chat.unread_count(),
        messages: chat
            .messages
            .iter()
            .map(|message| MessageView {
                message_id: message.id.to_string(),
                author: spelled(&message.author),
                user_type: message.user_type().into(),
                created_at: clock::rfc3339(message.created_ms),
                is_read: message.is_read,
                text: message.text.clone(),
                data: message.data(base_url),
            })
            .collect(),
    }
}

/// A word of ours as JSON spells it.
fn spelled(word: &impl Serialize) -> String {
    serde_json::to_value(word).ok().and_then(|value| value.as_str().map(Into::into)).unwrap_or_default()
}

impl StateView {
    /// The chat of this id.
    pub fn chat(&self, chat_id: &str) -> Option<&ChatView> {
        self.chats.iter().find(|chat| chat.chat_id == chat_id)
    }

    /// What the seller wrote in a chat, oldest first.
    pub fn seller_texts(&self, chat_id: &str) -> Vec<&str> {
        let messages = self.chat(chat_id).map(|chat| chat.messages.as_slice()).unwrap_or_default();
        let seller = spelled(&Author::Seller);
        messages.iter().filter(|message| message.author == seller).map(|message| message.text.as_str()).collect()
    }

    /// How often a vendor method was called.
    pub fn calls(&self, path: &str) -> u64 {
        self.counters.get(path).copied().unwrap_or(0)
    }

    /// Whether every push was answered as the vendor wants it.
    pub fn all_pushes_are_delivered(&self) -> bool {
        self.push.deliveries.iter().all(|delivery| delivery.outcome == Outcome::Delivered)
    }
}
