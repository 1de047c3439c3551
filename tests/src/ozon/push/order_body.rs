//! What pushes about postings say. They are sent for FBS and rFBS only, and `seller_id` is a number in them.

use serde_json::{Value, json};

use crate::ozon::clock;
use crate::ozon::market::Market;
use crate::ozon::shop::posting::Posting;

/// `TYPE_NEW_POSTING`.
pub(crate) fn new_posting(market: &Market, posting: &Posting) -> Value {
    json!({
        "message_type": "TYPE_NEW_POSTING",
        "posting_number": posting.posting_number,
        "products": products(posting),
        "in_process_at": clock::rfc3339(posting.paid_ms),
        "warehouse_id": posting.warehouse_id(),
        "shipment_date": clock::rfc3339(posting.shipment_ms),
        "tpl_integration_type": "ozon",
        "is_express": false,
        "tracking_number": posting.tracking_number,
        "delivery_date_begin": clock::rfc3339(posting.delivery_ms),
        "delivery_date_end": clock::rfc3339(posting.delivery_ms),
        "seller_id": market.account().client_id,
    })
}

/// `TYPE_POSTING_CANCELLED`.
pub(crate) fn cancelled(market: &Market, posting: &Posting, old_status: &str, now_ms: i64) -> Value {
    json!({
        "message_type": "TYPE_POSTING_CANCELLED",
        "posting_number": posting.posting_number,
        "products": products(posting),
        "old_state": state(old_status),
        "new_state": state(&posting.status),
        "changed_state_date": clock::rfc3339(now_ms),
        "reason": {"id": 508, "message": "Покупатель передумал"},
        "warehouse_id": posting.warehouse_id(),
        "seller_id": market.account().client_id,
    })
}

/// `TYPE_STATE_CHANGED`.
pub(crate) fn state_changed(market: &Market, posting: &Posting, now_ms: i64) -> Value {
    json!({
        "message_type": "TYPE_STATE_CHANGED",
        "posting_number": posting.posting_number,
        "new_state": state(&posting.status),
        "changed_state_date": clock::rfc3339(now_ms),
        "warehouse_id": posting.warehouse_id(),
        "seller_id": market.account().client_id,
    })
}

/// `TYPE_CUTOFF_DATE_CHANGED`: another time to ship.
pub(crate) fn cutoff_changed(market: &Market, posting: &Posting, old_ms: i64) -> Value {
    json!({
        "message_type": "TYPE_CUTOFF_DATE_CHANGED",
        "posting_number": posting.posting_number,
        "new_cutoff_date": clock::rfc3339(posting.shipment_ms),
        "old_cutoff_date": clock::rfc3339(old_ms),
        "warehouse_id": posting.warehouse_id(),
        "seller_id": market.account().client_id,
    })
}

/// `TYPE_DELIVERY_DATE_CHANGED`: another time of arrival.
pub(crate) fn delivery_changed(market: &Market, posting: &Posting, old_ms: i64) -> Value {
    let (new, old) = (clock::rfc3339(posting.delivery_ms), clock::rfc3339(old_ms));
    json!({
        "message_type": "TYPE_DELIVERY_DATE_CHANGED",
        "posting_number": posting.posting_number,
        "new_delivery_date_begin": new,
        "new_delivery_date_end": new,
        "old_delivery_date_begin": old,
        "old_delivery_date_end": old,
        "warehouse_id": posting.warehouse_id(),
        "seller_id": market.account().client_id,
    })
}

fn products(posting: &Posting) -> Vec<Value> {
    let lines = posting.products.iter();
    lines.map(|line| json!({"sku": line.sku, "offer_id": line.offer_id, "quantity": line.quantity})).collect()
}

/// Pushes have words of their own for the states.
fn state(status: &str) -> &'static str {
    match status {
        "awaiting_deliver" => "posting_transferring_to_delivery",
        "delivering" => "posting_on_way_to_city",
        "delivered" => "posting_delivered",
        "cancelled" => "posting_canceled",
        _ => "posting_created",
    }
}
