//! `POST /v1/notification/check`: whether a URL answers a `TYPE_PING`, and what is wrong if it does not.

use serde::Deserialize;
use serde_json::json;

use super::is_url;
use crate::ozon::market::Market;
use crate::ozon::push::check;
use crate::ozon::refusal::Answer;
use crate::ozon::wire;

#[derive(Deserialize)]
struct Request {
    url: Option<String>,
}

pub(crate) async fn answer(market: &Market, body: &[u8]) -> Answer {
    let request: Request = wire::read(body)?;
    let verdict = check::check(market, is_url(wire::required(request.url.as_deref(), "Url")?)?).await;
    Ok(json!({"is_active": verdict.is_active, "errors": verdict.errors}))
}
