//! `POST /v1/chat/send/message`: the seller writes. The answer does not say which message was made.

use serde::Deserialize;
use serde_json::json;

use crate::ozon::auth;
use crate::ozon::market::Market;
use crate::ozon::refusal::{Answer, Refusal};
use crate::ozon::shop::message::{Attachment, Author};
use crate::ozon::shop::{Draft, Shop};
use crate::ozon::wire;

/// The vendor's limit, in characters.
const TEXT_CHARS_MAX: usize = 1_000;

#[derive(Deserialize)]
struct Request {
    chat_id: Option<String>,
    text: Option<String>,
}

pub(crate) fn answer(market: &Market, body: &[u8]) -> Answer {
    let request: Request = wire::read(body)?;
    let chat_id = wire::required(request.chat_id.as_deref(), "ChatSendMessageRequest.ChatId")?;
    let text = request.text.unwrap_or_default();
    if !(1..=TEXT_CHARS_MAX).contains(&text.chars().count()) {
        let why = "value length must be between 1 and 1000 runes, inclusive";
        return Err(Refusal::invalid("ChatSendMessageRequest.Text", why));
    }
    auth::may_talk_to_buyers(market, "/v1/chat/send/message")?;
    let now_ms = market.now_ms();
    market.change(|shop| write(shop, chat_id, text, None, now_ms))?;
    Ok(json!({"result": "success"}))
}

/// Writes as the seller. Nobody is pushed: the vendor does not echo what the seller sent.
pub(super) fn write(
    shop: &mut Shop,
    chat_id: &str,
    text: String,
    attachment: Option<Attachment>,
    created_ms: i64,
) -> Result<(), Refusal> {
    shop.may_write(chat_id, created_ms)?;
    if let Some(index) = shop.place_of(chat_id) {
        shop.write(index, Draft { author: Author::Seller, text, attachment, created_ms }, 0);
    }
    Ok(())
}
