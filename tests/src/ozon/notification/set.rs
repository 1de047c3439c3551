//! `POST /v1/notification/set`: connects a URL for some types and checks it.

use serde::Deserialize;
use serde_json::json;

use super::{are_free, is_url, types};
use crate::ozon::market::Market;
use crate::ozon::push::check;
use crate::ozon::refusal::{Answer, Refusal};
use crate::ozon::wire;

#[derive(Deserialize)]
struct Request {
    url: Option<String>,
    #[serde(default)]
    types: Vec<String>,
}

pub(crate) async fn answer(market: &Market, body: &[u8]) -> Answer {
    let request: Request = wire::read(body)?;
    let url = is_url(wire::required(request.url.as_deref(), "Url")?)?;
    let types = types(&request.types)?;
    let now_ms = market.now_ms();
    market.change(|shop| {
        are_free(shop, &types, None)?;
        shop.add_endpoint(url.into(), types, now_ms);
        Ok::<_, Refusal>(())
    })?;
    // Whether a URL that does not answer can be connected is not known; here it is, and gets nothing until it answers.
    check::check(market, url).await;
    Ok(json!({}))
}
