//! `POST /v1/chat/send/file`: the seller sends a file, as base64 within JSON.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde::Deserialize;
use serde_json::json;

use super::send_message::write;
use crate::ozon::auth;
use crate::ozon::market::Market;
use crate::ozon::refusal::{Answer, Refusal};
use crate::ozon::shop::extension;
use crate::ozon::wire;

/// All three are required since 2026-02-12.
#[derive(Deserialize)]
struct Request {
    chat_id: Option<String>,
    base64_content: Option<String>,
    name: Option<String>,
}

pub(crate) fn answer(market: &Market, body: &[u8]) -> Answer {
    let request: Request = wire::read(body)?;
    let chat_id = wire::required(request.chat_id.as_deref(), "ChatSendFileRequest.ChatId")?;
    let content = wire::required(request.base64_content.as_deref(), "ChatSendFileRequest.Base64Content")?;
    let name = wire::required(request.name.as_deref(), "ChatSendFileRequest.Name")?;
    if extension(name).is_none() {
        return Err(Refusal::invalid("ChatSendFileRequest.Name", "value must have an extension"));
    }
    let size = BASE64_STANDARD
        .decode(content)
        .map_err(|_| Refusal::invalid("ChatSendFileRequest.Base64Content", "value is not base64"))?
        .len();
    auth::may_talk_to_buyers(market, "/v1/chat/send/file")?;
    let now_ms = market.now_ms();
    market.change(|shop| {
        shop.may_write(chat_id, now_ms)?;
        let attachment = shop.keep_file(name, content, size);
        write(shop, chat_id, String::new(), Some(attachment), now_ms)
    })?;
    Ok(json!({"result": "success"}))
}
