//! What a push says: ids and the seller's number as strings, chat types in title case.

use serde_json::{Value, json};

use crate::ozon::clock;
use crate::ozon::market::Market;
use crate::ozon::shop::chat::Chat;
use crate::ozon::shop::message::{Message, customer};

/// `TYPE_PING`: the check of the URL.
pub(crate) fn ping(now_ms: i64) -> Value {
    json!({"message_type": "TYPE_PING", "time": clock::rfc3339(now_ms)})
}

/// `TYPE_NEW_MESSAGE`: somebody but the seller wrote.
pub(crate) fn new_message(market: &Market, chat: &Chat, message: &Message) -> Value {
    json!({
        "message_type": "TYPE_NEW_MESSAGE",
        "chat_id": chat.chat_id,
        "chat_type": chat.chat_type.in_title_case(),
        "message_id": message.id.to_string(),
        "created_at": clock::rfc3339(message.created_ms),
        "user": {"id": chat.user_id, "type": message.user_type()},
        "data": message.data(market.base_url()),
        "seller_id": seller_id(market),
    })
}

/// `TYPE_UPDATE_MESSAGE`: somebody but the seller changed what they wrote.
pub(crate) fn update_message(market: &Market, chat: &Chat, message: &Message) -> Value {
    let updated_at = clock::rfc3339(message.updated_ms.unwrap_or(message.created_ms));
    let mut body = new_message(market, chat, message);
    if let Value::Object(members) = &mut body {
        members.insert("message_type".into(), "TYPE_UPDATE_MESSAGE".into());
        members.insert("updated_at".into(), updated_at.into());
    }
    body
}

/// `TYPE_MESSAGE_READ`: the buyer read what the seller wrote, up to a message. Has no `data`.
pub(crate) fn message_read(market: &Market, chat: &Chat, message: &Message) -> Value {
    json!({
        "message_type": "TYPE_MESSAGE_READ",
        "chat_id": chat.chat_id,
        "chat_type": chat.chat_type.in_title_case(),
        "message_id": message.id.to_string(),
        "created_at": clock::rfc3339(message.created_ms),
        "user": {"id": chat.user_id, "type": customer(false)},
        "last_read_message_id": message.id.to_string(),
        "seller_id": seller_id(market),
    })
}

/// `TYPE_CHAT_CLOSED`: only the chat, its user and the seller.
pub(crate) fn chat_closed(market: &Market, chat: &Chat) -> Value {
    json!({
        "message_type": "TYPE_CHAT_CLOSED",
        "chat_id": chat.chat_id,
        "chat_type": chat.chat_type.in_title_case(),
        "user": {"id": chat.user_id, "type": customer(false)},
        "seller_id": seller_id(market),
    })
}

/// The table of the vendor's documents says integer, its examples and so the pushes say string.
fn seller_id(market: &Market) -> String {
    market.account().client_id.to_string()
}
