//! `POST /v1/notification/enable`: the seller's own switch of a URL. Switching on checks it, which ends a suspension.

use serde::Deserialize;
use serde_json::json;

use crate::ozon::market::Market;
use crate::ozon::push::check;
use crate::ozon::refusal::{Answer, Refusal};
use crate::ozon::wire;

#[derive(Deserialize)]
struct Request {
    #[serde(default, deserialize_with = "wire::integer")]
    id: Option<u64>,
    enabled: Option<bool>,
}

pub(crate) async fn answer(market: &Market, body: &[u8]) -> Answer {
    let request: Request = wire::read(body)?;
    let id = request.id.ok_or_else(|| Refusal::invalid("Id", "value is required"))?;
    let enabled = request.enabled.ok_or_else(|| Refusal::invalid("Enabled", "value is required"))?;
    let url = market.change(|shop| {
        let endpoint = shop.endpoint_mut(id).ok_or_else(|| Refusal::not_found("URL"))?;
        endpoint.is_enabled = enabled;
        Ok::<_, Refusal>(endpoint.url.clone())
    })?;
    if enabled {
        check::check(market, &url).await;
    }
    Ok(json!({}))
}
