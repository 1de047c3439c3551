//! `POST /v1/chat/start`: the seller opens a chat about a posting, if its window is open. The same posting leads to the
//! same chat; whether it still does when the window is over is not known, and here it does not.

use serde::Deserialize;
use serde_json::json;

use crate::ozon::auth;
use crate::ozon::market::Market;
use crate::ozon::refusal::Answer;
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
    let now_ms = market.now_ms();
    let chat_id = market.change(|shop| {
        shop.may_start(posting, now_ms)?;
        let known = shop.chats.iter().find(|chat| chat.posting_number.as_deref() == Some(posting));
        if let Some(chat) = known {
            return Ok(chat.chat_id.clone());
        }
        let chat_id = shop.chance.uuid();
        let index = shop.open_chat(Some(chat_id.clone()), ChatType::BuyerSeller, now_ms);
        shop.say_what_about(index, posting);
        Ok(chat_id)
    })?;
    Ok(json!({"result": {"chat_id": chat_id}}))
}
