//! `POST /v1/notification/list` `{}`: the connected URLs.

use serde_json::{Value, json};

use crate::ozon::clock;
use crate::ozon::market::Market;
use crate::ozon::push::subscription::Endpoint;
use crate::ozon::refusal::Answer;

pub(crate) fn answer(market: &Market) -> Answer {
    let urls: Vec<Value> = market.read(|shop| shop.endpoints.iter().map(entry).collect());
    Ok(json!({"urls": urls}))
}

fn entry(endpoint: &Endpoint) -> Value {
    let types = endpoint.types.iter().map(|kind| json!({"type": kind, "description": kind.description()}));
    json!({
        "id": endpoint.id,
        "url": endpoint.url,
        // Whether a suspended URL counts as enabled is not known.
        "enable": endpoint.is_enabled && !endpoint.is_suspended,
        "types": types.collect::<Vec<_>>(),
        "created_at": clock::rfc3339(endpoint.created_ms),
    })
}
