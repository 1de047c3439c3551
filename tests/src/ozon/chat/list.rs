//! `POST /v3/chat/list`: the seller's chats, newest message first, service chats among them.

use std::cmp::Reverse;

use serde::Deserialize;
use serde_json::{Value, json};

use crate::ozon::clock;
use crate::ozon::market::Market;
use crate::ozon::refusal::{Answer, Refusal};
use crate::ozon::shop::chat::Chat;
use crate::ozon::wire;

/// The vendor's, since 2025-10-16.
const LIMIT_MAX: i64 = 100;

#[derive(Deserialize)]
struct Request {
    /// Documented as required, with a default of 30: the stricter reading.
    #[serde(default, deserialize_with = "wire::integer")]
    limit: Option<i64>,
    cursor: Option<String>,
    filter: Option<Filter>,
}

/// `posting_number` is not a filter of this method, whatever tutorials say; unknown members are ignored.
#[derive(Deserialize)]
struct Filter {
    chat_status: Option<String>,
    unread_only: Option<bool>,
}

pub(crate) fn answer(market: &Market, body: &[u8]) -> Answer {
    let request: Request = wire::read(body)?;
    let limit = request.limit.unwrap_or(0);
    if !(1..=LIMIT_MAX).contains(&limit) {
        return Err(Refusal::invalid("ChatListRequest.Limit", "value must be inside range (0, 100]"));
    }
    let before = match request.cursor.as_deref().filter(|cursor| !cursor.is_empty()) {
        None => u64::MAX,
        Some(cursor) => {
            cursor.parse().map_err(|_| Refusal::invalid("ChatListRequest.Cursor", "value is not a cursor"))?
        }
    };
    let filter = request.filter.unwrap_or(Filter { chat_status: None, unread_only: None });
    if let Some(status) = filter.chat_status.as_deref()
        && !["", "ALL", "OPENED", "CLOSED", "All", "Opened", "Closed"].contains(&status)
    {
        return Err(Refusal::invalid("ChatListRequest.Filter.ChatStatus", "value is not a status"));
    }
    // The status is checked and then has no effect: observed on a live account.
    let unread_only = filter.unread_only.unwrap_or(false);

    market.read(|shop| {
        let mut chats: Vec<&Chat> = shop.chats.iter().filter(|chat| chat.place() < before).collect();
        chats.retain(|chat| !unread_only || chat.unread_count() > 0);
        chats.sort_by_key(|chat| Reverse(chat.place()));
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let has_next = chats.len() > limit;
        chats.truncate(limit);
        let cursor = chats.last().map_or_else(String::new, |chat| chat.place().to_string());
        let total_unread_count: usize = shop.chats.iter().map(Chat::unread_count).sum();
        Ok(json!({
            "chats": chats.into_iter().map(entry).collect::<Vec<_>>(),
            "total_unread_count": total_unread_count,
            "cursor": cursor,
            "has_next": has_next,
        }))
    })
}

/// No buyer's name, no posting number, no last message: only ids and counts.
fn entry(chat: &Chat) -> Value {
    json!({
        "chat": {
            "chat_id": chat.chat_id,
            "chat_status": chat.chat_status,
            "chat_type": chat.chat_type,
            "created_at": clock::rfc3339(chat.created_ms),
        },
        "first_unread_message_id": chat.first_unread_message_id(),
        "last_message_id": chat.last_message_id(),
        "unread_count": chat.unread_count(),
    })
}
