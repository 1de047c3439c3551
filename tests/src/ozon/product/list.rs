//! `POST /v3/product/list`: the catalogue's identifiers, paged by `last_id`. A page with products has a `last_id` even if
//! it is the last one: the end is an empty page.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{ITEMS_MAX, is_visible_as, one_kind, visibility};
use crate::ozon::market::Market;
use crate::ozon::refusal::{Answer, Refusal};
use crate::ozon::shop::product::Product;
use crate::ozon::wire;

#[derive(Deserialize)]
struct Request {
    filter: Option<Filter>,
    last_id: Option<String>,
    #[serde(default, deserialize_with = "wire::integer")]
    limit: Option<i64>,
}

/// Identifiers are strings here, those of Ozon's own, too.
#[derive(Default, Deserialize)]
struct Filter {
    offer_id: Option<Vec<String>>,
    product_id: Option<Vec<String>>,
    visibility: Option<String>,
}

pub(crate) fn answer(market: &Market, body: &[u8]) -> Answer {
    let request: Request = wire::read(body)?;
    let filter = request.filter.unwrap_or_default();
    let (offers, ids) = (filter.offer_id.unwrap_or_default(), filter.product_id.unwrap_or_default());
    one_kind(&[offers.len(), ids.len()])?;
    let is_by_id = !offers.is_empty() || !ids.is_empty();
    let visibility = visibility(filter.visibility.as_deref())?;
    let limit = match request.limit {
        None if is_by_id => ITEMS_MAX,
        given => wire::limit(given, 1_000, "GetProductListRequest.Limit")?,
    };
    let after = match request.last_id.as_deref().filter(|last| !last.is_empty()) {
        None => 0,
        Some(last) => {
            place(last).ok_or_else(|| Refusal::invalid("GetProductListRequest.LastId", "value is not known"))?
        }
    };
    market.read(|shop| {
        let mut found: Vec<&Product> = shop.products.iter().collect();
        found.retain(|product| match is_by_id {
            true => offers.contains(&product.offer_id) || ids.contains(&product.product_id.to_string()),
            false => is_visible_as(visibility, product),
        });
        let total = found.len();
        found.sort_by_key(|product| product.product_id);
        found.retain(|product| product.product_id > after);
        found.truncate(limit);
        let last_id = found.last().map_or_else(String::new, |last| last_id(last.product_id));
        let items: Vec<Value> = found.into_iter().map(entry).collect();
        Ok(json!({"result": {"items": items, "total": total, "last_id": last_id}}))
    })
}

fn last_id(product_id: u64) -> String {
    BASE64_STANDARD.encode(format!("[{product_id},{product_id}]"))
}

fn place(last_id: &str) -> Option<u64> {
    let pair: (u64, u64) = serde_json::from_slice(&BASE64_STANDARD.decode(last_id).ok()?).ok()?;
    Some(pair.0)
}

fn entry(product: &Product) -> Value {
    json!({
        "product_id": product.product_id,
        "offer_id": product.offer_id,
        "has_fbo_stocks": product.fbo_present > 0,
        "has_fbs_stocks": product.fbs_present > 0,
        "archived": product.is_archived,
        "is_discounted": false,
        "quants": [],
    })
}
