//! `POST /v4/product/info/stocks`: how much is left, by cursor, without a `result` around it.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{is_visible_as, one_kind, visibility};
use crate::ozon::market::Market;
use crate::ozon::refusal::{Answer, Refusal};
use crate::ozon::shop::posting::FBS_WAREHOUSE_ID;
use crate::ozon::shop::product::Product;
use crate::ozon::wire;

#[derive(Deserialize)]
struct Request {
    cursor: Option<String>,
    filter: Option<Filter>,
    #[serde(default, deserialize_with = "wire::integer")]
    limit: Option<i64>,
}

#[derive(Deserialize)]
struct Filter {
    offer_id: Option<Vec<String>>,
    #[serde(default, deserialize_with = "wire::integers")]
    product_id: Vec<u64>,
    visibility: Option<String>,
}

pub(crate) fn answer(market: &Market, body: &[u8]) -> Answer {
    let request: Request = wire::read(body)?;
    let filter = request.filter.ok_or_else(|| Refusal::invalid("Filter", "value is required"))?;
    let offers = filter.offer_id.unwrap_or_default();
    one_kind(&[offers.len(), filter.product_id.len()])?;
    let visibility = visibility(filter.visibility.as_deref())?;
    let limit = wire::limit(request.limit, 1_000, "GetProductInfoStocksRequest.Limit")?;
    let after: u64 = match request.cursor.as_deref().filter(|cursor| !cursor.is_empty()) {
        None => 0,
        Some(cursor) => place(cursor).ok_or_else(|| Refusal::invalid("Cursor", "value is not a cursor"))?,
    };
    market.read(|shop| {
        let mut found: Vec<&Product> =
            shop.products.iter().filter(|product| is_visible_as(visibility, product)).collect();
        found.retain(|product| offers.is_empty() || offers.contains(&product.offer_id));
        found.retain(|product| filter.product_id.is_empty() || filter.product_id.contains(&product.product_id));
        let total = found.len();
        found.sort_by_key(|product| product.product_id);
        found.retain(|product| product.product_id > after);
        let is_last = found.len() <= limit;
        found.truncate(limit);
        let cursor = found.last().filter(|_| !is_last);
        let cursor = cursor.map_or_else(String::new, |last| BASE64_STANDARD.encode(last.product_id.to_string()));
        let items: Vec<Value> = found.into_iter().map(entry).collect();
        Ok(json!({"cursor": cursor, "items": items, "total": total}))
    })
}

fn place(cursor: &str) -> Option<u64> {
    String::from_utf8(BASE64_STANDARD.decode(cursor).ok()?).ok()?.parse().ok()
}

/// Stocks at Ozon's own warehouses are in the answer, too, although another method is documented for them.
fn entry(product: &Product) -> Value {
    let stock = |kind: &str, present: u32, reserved: u32, warehouses: &[u64]| {
        json!({"type": kind, "present": present, "reserved": reserved, "sku": product.sku,
            "shipment_type": "SHIPMENT_TYPE_GENERAL", "warehouse_ids": warehouses})
    };
    json!({
        "offer_id": product.offer_id,
        "product_id": product.product_id,
        "stocks": [
            stock("fbs", product.fbs_present, product.fbs_reserved, &[FBS_WAREHOUSE_ID]),
            stock("fbo", product.fbo_present, 0, &[]),
        ],
    })
}
