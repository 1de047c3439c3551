//! `POST /v1/notification/delete`: a URL is let go.

use serde::Deserialize;
use serde_json::json;

use crate::ozon::market::Market;
use crate::ozon::refusal::{Answer, Refusal};
use crate::ozon::wire;

#[derive(Deserialize)]
struct Request {
    #[serde(default, deserialize_with = "wire::integer")]
    id: Option<u64>,
}

pub(crate) fn answer(market: &Market, body: &[u8]) -> Answer {
    let request: Request = wire::read(body)?;
    let id = request.id.ok_or_else(|| Refusal::invalid("Id", "value is required"))?;
    market.change(|shop| {
        let known = shop.endpoints.len();
        shop.endpoints.retain(|endpoint| endpoint.id != id);
        if shop.endpoints.len() < known { Ok(json!({})) } else { Err(Refusal::not_found("URL")) }
    })
}
