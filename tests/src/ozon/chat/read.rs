//! `POST /v2/chat/read`: the seller has read a message and all before it.

use serde::Deserialize;
use serde_json::json;

use crate::ozon::auth;
use crate::ozon::market::Market;
use crate::ozon::refusal::Answer;
use crate::ozon::wire;

#[derive(Deserialize)]
struct Request {
    chat_id: Option<String>,
    #[serde(default, deserialize_with = "wire::integer")]
    from_message_id: Option<u64>,
}

pub(crate) fn answer(market: &Market, body: &[u8]) -> Answer {
    let request: Request = wire::read(body)?;
    let chat_id = wire::required(request.chat_id.as_deref(), "ChatReadRequest.ChatId")?;
    auth::may_talk_to_buyers(market, "/v2/chat/read")?;
    market.change(|shop| {
        let chat = shop.chat_mut(chat_id)?;
        chat.seller_reads(request.from_message_id.filter(|id| *id > 0));
        Ok(json!({"unread_count": chat.unread_count()}))
    })
}
