//! `POST /v1/chat/start`: the seller opens a chat about a posting. The same posting leads to the same chat.

use serde::Deserialize;
use serde_json::json;

use crate::ozon::auth;
use crate::ozon::market::Market;
use crate::ozon::refusal::{Answer, Refusal};
use crate::ozon::shop::chat::ChatType;
use crate::ozon::wire;

#[derive(Deserialize)]
struct Request {
    posting_number: Option<String>,
}

pub(crate) fn answer(market: &Market, body: &[u8]) -> Answer {
    let request: Request = wire::read(body)?;
    let posting = wire::required(request.posting_number.as_deref(), "ChatStartRequest.PostingNumber")?;
    auth::may_talk_to_buyers(market, "/v1/chat/start")?;
    if !is_posting_number(posting) {
        return Err(Refusal::not_found("posting"));
    }
    let chat_id = market.change(|shop| {
        if let Some(chat) = shop.chats.iter().find(|chat| chat.posting_number.as_deref() == Some(posting)) {
            return chat.chat_id.clone();
        }
        let chat_id = shop.chance.uuid();
        let index = shop.open_chat(Some(chat_id.clone()), ChatType::BuyerSeller, market.now_ms());
        if let Some(chat) = shop.chats.get_mut(index) {
            chat.posting_number = Some(posting.into());
        }
        chat_id
    });
    Ok(json!({"result": {"chat_id": chat_id}}))
}

/// `0136123457-0001-1`: digits in three groups. Every such posting exists here.
fn is_posting_number(text: &str) -> bool {
    let groups: Vec<&str> = text.split('-').collect();
    groups.len() == 3 && groups.iter().all(|group| !group.is_empty() && group.chars().all(|c| c.is_ascii_digit()))
}
