//! `POST /v3/chat/history`: the messages of one chat, by pages whose boundary message is repeated.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::ozon::auth;
use crate::ozon::clock;
use crate::ozon::market::Market;
use crate::ozon::refusal::{Answer, Refusal};
use crate::ozon::shop::chat::Chat;
use crate::ozon::shop::message::{Author, Message};
use crate::ozon::wire;

const LIMIT_DEFAULT: i64 = 50;
const LIMIT_MAX: i64 = 1_000;

#[derive(Deserialize)]
struct Request {
    chat_id: Option<String>,
    direction: Option<String>,
    #[serde(default, deserialize_with = "wire::integer")]
    from_message_id: Option<u64>,
    #[serde(default, deserialize_with = "wire::integer")]
    limit: Option<i64>,
    filter: Option<Filter>,
}

/// Ids as strings here, although they are numbers everywhere else in the request.
#[derive(Deserialize)]
struct Filter {
    message_ids: Option<Vec<String>>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Direction {
    Forward,
    Backward,
}

pub(crate) fn answer(market: &Market, body: &[u8]) -> Answer {
    let request: Request = wire::read(body)?;
    let chat_id = wire::required(request.chat_id.as_deref(), "ChatHistoryRequest.ChatId")?;
    let limit = request.limit.unwrap_or(LIMIT_DEFAULT);
    if !(1..=LIMIT_MAX).contains(&limit) {
        return Err(Refusal::invalid("ChatHistoryRequest.Limit", "value must be inside range (0, 1000]"));
    }
    // Case-sensitive: lower case is refused.
    let direction = match request.direction.as_deref().unwrap_or("") {
        "" | "Backward" => Direction::Backward,
        "Forward" => Direction::Forward,
        _ => return Err(Refusal::invalid("ChatHistoryRequest.Direction", "value must be Forward or Backward")),
    };
    let from = request.from_message_id.filter(|id| *id > 0);
    if direction == Direction::Forward && from.is_none() {
        return Err(Refusal::invalid("ChatHistoryRequest.FromMessageId", "value is required for Forward"));
    }
    let only = request.filter.and_then(|filter| filter.message_ids).filter(|ids| !ids.is_empty());
    let may_read_buyers = auth::may_talk_to_buyers(market, "/v3/chat/history");

    market.read(|shop| {
        let chat = shop.chat(chat_id)?;
        if chat.is_of_buyer() {
            may_read_buyers?;
        }
        let wanted = |message: &&Message| match (&only, from, direction) {
            (Some(ids), _, _) => ids.contains(&message.id.to_string()),
            (None, None, _) => true,
            // The boundary message itself comes again.
            (None, Some(from), Direction::Backward) => message.id <= from,
            (None, Some(from), Direction::Forward) => message.id >= from,
        };
        let mut messages: Vec<&Message> = chat.messages.iter().filter(wanted).collect();
        if direction == Direction::Backward {
            messages.reverse();
        }
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let has_next = messages.len() > limit;
        messages.truncate(limit);
        let messages: Vec<Value> = messages.into_iter().map(|message| entry(market, chat, message)).collect();
        Ok(json!({"has_next": has_next, "messages": messages}))
    })
}

/// Ids are JSON numbers here and strings in pushes.
fn entry(market: &Market, chat: &Chat, message: &Message) -> Value {
    let user_id =
        if message.author == Author::Seller { market.account().client_id.to_string() } else { chat.user_id.clone() };
    let mut entry = json!({
        "message_id": message.id,
        "user": {"id": user_id, "type": message.user_type()},
        "created_at": clock::rfc3339(message.created_ms),
        "is_read": message.is_read,
        "is_image": message.is_image(),
        "data": message.data(market.base_url()),
        "moderate_image_status": message.moderation,
    });
    if let (Some(context), Value::Object(members)) = (&chat.context, &mut entry) {
        let context = json!({"order_number": context.order_number, "sku": context.sku});
        members.insert("context".into(), context);
    }
    entry
}
