//! `POST /v3/product/info/list`: products by their identifiers, of one kind and at most a thousand. Prices are strings.

use serde::Deserialize;
use serde_json::{Value, json};

use super::one_kind;
use crate::ozon::market::Market;
use crate::ozon::refusal::{Answer, Refusal};
use crate::ozon::shop::product::Product;
use crate::ozon::wire;

#[derive(Deserialize)]
struct Request {
    offer_id: Option<Vec<String>>,
    #[serde(default, deserialize_with = "wire::integers")]
    product_id: Vec<u64>,
    #[serde(default, deserialize_with = "wire::integers")]
    sku: Vec<u64>,
}

pub(crate) fn answer(market: &Market, body: &[u8]) -> Answer {
    let request: Request = wire::read(body)?;
    let offers = request.offer_id.unwrap_or_default();
    let counts = [offers.len(), request.product_id.len(), request.sku.len()];
    one_kind(&counts)?;
    if counts.iter().all(|count| *count == 0) {
        return Err(Refusal::invalid("GetProductInfoListRequest", "use either offer_id or product_id or sku"));
    }
    market.read(|shop| {
        let asked = |product: &&Product| {
            offers.contains(&product.offer_id)
                || request.product_id.contains(&product.product_id)
                || request.sku.contains(&product.sku)
        };
        let items: Vec<Value> = shop.products.iter().filter(asked).map(entry).collect();
        Ok(json!({"items": items}))
    })
}

fn entry(product: &Product) -> Value {
    let created_at = "2026-01-13T16:56:03Z";
    let has_stock = product.fbs_present + product.fbo_present > 0;
    json!({
        "id": product.product_id,
        "name": product.name,
        "offer_id": product.offer_id,
        "sku": product.sku,
        "barcodes": [format!("OZN{}", product.sku)],
        "created_at": created_at,
        "updated_at": created_at,
        "currency_code": "RUB",
        "description_category_id": 17_027_949,
        "type_id": 93_080,
        "price": product.price,
        "old_price": product.old_price,
        "min_price": "",
        "vat": "0.22",
        "images": [],
        "images360": [],
        "color_image": [],
        "primary_image": [],
        "is_archived": product.is_archived,
        "is_autoarchived": false,
        "is_discounted": false,
        "is_kgt": false,
        "is_prepayment_allowed": true,
        "is_super": false,
        "errors": [],
        "promotions": [],
        "availabilities": [],
        "commissions": [],
        // The stock at Ozon's warehouses.
        "sources": [{"created_at": created_at, "quant_code": "", "shipment_type": "SHIPMENT_TYPE_GENERAL", "sku": product.sku, "source": "sds"}],
        "statuses": {"is_created": true, "moderate_status": "approved", "status": "price_sent", "status_description": "",
            "status_failed": "", "status_name": "Продается", "status_tooltip": "", "status_updated_at": created_at,
            "validation_status": "success"},
        "stocks": {"has_stock": has_stock, "stocks": [
            {"present": product.fbo_present, "reserved": 0, "sku": product.sku, "source": "fbo"},
            {"present": product.fbs_present, "reserved": product.fbs_reserved, "sku": product.sku, "source": "fbs"},
        ]},
        "visibility_details": {"has_price": true, "has_stock": has_stock},
        "volume_weight": 0.8,
    })
}
