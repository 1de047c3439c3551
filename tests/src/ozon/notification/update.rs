//! `POST /v1/notification/update`: another URL, or other types.

use serde::Deserialize;
use serde_json::json;

use super::{are_free, is_url, types};
use crate::ozon::market::Market;
use crate::ozon::push::check;
use crate::ozon::refusal::{Answer, Refusal};
use crate::ozon::wire;

#[derive(Deserialize)]
struct Request {
    #[serde(default, deserialize_with = "wire::integer")]
    id: Option<u64>,
    url: Option<String>,
    types: Option<Vec<String>>,
}

pub(crate) async fn answer(market: &Market, body: &[u8]) -> Answer {
    let request: Request = wire::read(body)?;
    let id = request.id.ok_or_else(|| Refusal::invalid("Id", "value is required"))?;
    let url = request.url.as_deref().map(is_url).transpose()?;
    let types = request.types.as_deref().map(types).transpose()?;
    market.change(|shop| {
        if let Some(types) = &types {
            are_free(shop, types, Some(id))?;
        }
        let endpoint = shop.endpoint_mut(id).ok_or_else(|| Refusal::not_found("URL"))?;
        if let Some(types) = types {
            endpoint.types = types;
        }
        if let Some(url) = url {
            endpoint.move_to(url.into());
        }
        Ok::<_, Refusal>(())
    })?;
    if let Some(url) = url {
        check::check(market, url).await;
    }
    Ok(json!({}))
}
