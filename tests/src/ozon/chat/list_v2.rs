//! `POST /v2/chat/list`: the deprecated list, still answered: title case in filter and answer, a count of all chats, neither
//! cursor nor `has_next` in the answer. The documents ask for a `cursor`, their own example still sends `offset`: both work,
//! and the cursor is a `last_message_id`.

use std::cmp::Reverse;

use serde::Deserialize;
use serde_json::{Value, json};

use crate::ozon::clock;
use crate::ozon::market::Market;
use crate::ozon::refusal::{Answer, Refusal};
use crate::ozon::shop::chat::Chat;
use crate::ozon::wire;

const LIMIT_MAX: i64 = 100;

#[derive(Deserialize)]
struct Request {
    #[serde(default, deserialize_with = "wire::integer")]
    limit: Option<i64>,
    #[serde(default, deserialize_with = "wire::integer")]
    offset: Option<u64>,
    cursor: Option<String>,
    filter: Option<Filter>,
}

#[derive(Default, Deserialize)]
struct Filter {
    chat_status: Option<String>,
    unread_only: Option<bool>,
}

pub(crate) fn answer(market: &Market, body: &[u8]) -> Answer {
    let request: Request = wire::read(body)?;
    let limit = wire::limit(request.limit, LIMIT_MAX, "ChatListRequest.Limit")?;
    let filter = request.filter.unwrap_or_default();
    let status = match filter.chat_status.as_deref().unwrap_or("") {
        "" | "All" => None,
        status @ ("Opened" | "Closed") => Some(status),
        _ => return Err(Refusal::invalid("ChatListRequest.Filter.ChatStatus", "value is not a status")),
    };
    let unread_only = filter.unread_only.unwrap_or(false);
    let before: u64 = match request.cursor.as_deref().filter(|cursor| !cursor.is_empty()) {
        None => u64::MAX,
        Some(cursor) => {
            cursor.parse().map_err(|_| Refusal::invalid("ChatListRequest.Cursor", "value is not a cursor"))?
        }
    };
    let offset = usize::try_from(request.offset.unwrap_or(0)).unwrap_or(usize::MAX);
    market.read(|shop| {
        // That the filter has no effect was seen of the younger method; of this one nothing was.
        let wanted = |chat: &&Chat| {
            status.is_none_or(|status| chat.chat_status.in_title_case() == status)
                && (!unread_only || chat.unread_count() > 0)
        };
        let mut chats: Vec<&Chat> = shop.chats.iter().filter(wanted).collect();
        let total_chats_count = chats.len();
        chats.retain(|chat| chat.place() < before);
        chats.sort_by_key(|chat| Reverse(chat.place()));
        let page: Vec<Value> = chats.into_iter().skip(offset).take(limit).map(entry).collect();
        let total_unread_count: usize = shop.chats.iter().map(Chat::unread_count).sum();
        Ok(json!({
            "chats": page,
            "total_chats_count": total_chats_count,
            "total_unread_count": total_unread_count,
        }))
    })
}

fn entry(chat: &Chat) -> Value {
    json!({
        "chat": {
            "chat_id": chat.chat_id,
            "chat_status": chat.chat_status.in_title_case(),
            "chat_type": chat.chat_type.in_title_case(),
            "created_at": clock::rfc3339(chat.created_ms),
        },
        "first_unread_message_id": chat.first_unread_message_id(),
        "last_message_id": chat.last_message_id(),
        "unread_count": chat.unread_count(),
    })
}
