//! `POST /v3/posting/fbs/list`: FBS and rFBS postings by offset. Deprecated: at most 50 a page, `dir` in lower case.

use serde::Deserialize;
use serde_json::{Value, json};

use super::{Direction, Period, sort, substatus};
use crate::ozon::clock;
use crate::ozon::market::Market;
use crate::ozon::refusal::{Answer, Refusal};
use crate::ozon::shop::posting::{Ordered, Posting};
use crate::ozon::wire;

const LIMIT_MAX: i64 = 50;

#[derive(Deserialize)]
struct Request {
    dir: Option<String>,
    filter: Option<Filter>,
    #[serde(default, deserialize_with = "wire::integer")]
    limit: Option<i64>,
    #[serde(default, deserialize_with = "wire::integer")]
    offset: Option<u64>,
}

#[derive(Deserialize)]
struct Filter {
    since: Option<String>,
    to: Option<String>,
    /// One, and an empty one is none.
    status: Option<String>,
}

pub(crate) fn answer(market: &Market, body: &[u8]) -> Answer {
    let request: Request = wire::read(body)?;
    let filter = request.filter.ok_or_else(|| Refusal::invalid("Filter", "value is required"))?;
    let period = Period::read(filter.since.as_deref(), filter.to.as_deref())?;
    let limit = wire::limit(request.limit, LIMIT_MAX, "PostingFbsListRequest.Limit")?;
    let direction = match request.dir.as_deref().unwrap_or("") {
        "" | "asc" => Direction::Asc,
        "desc" => Direction::Desc,
        _ => return Err(Refusal::invalid("PostingFbsListRequest.Dir", "value must be asc or desc")),
    };
    let status = filter.status.filter(|status| !status.is_empty());
    let offset = usize::try_from(request.offset.unwrap_or(0)).unwrap_or(usize::MAX);
    market.read(|shop| {
        let of_seller = shop.postings.iter().filter(|posting| !posting.is_fbo() && period.has(posting));
        let mut postings: Vec<&Posting> =
            of_seller.filter(|posting| status.as_ref().is_none_or(|status| posting.status == *status)).collect();
        sort(&mut postings, direction);
        let left = postings.get(offset..).unwrap_or_default();
        let postings: Vec<Value> = left.iter().take(limit).map(|posting| entry(posting)).collect();
        Ok(json!({"result": {"has_next": left.len() > limit, "postings": postings}}))
    })
}

fn entry(posting: &Posting) -> Value {
    json!({
        "posting_number": posting.posting_number,
        "order_id": posting.order_id,
        "order_number": posting.order_number(),
        "status": posting.status,
        "substatus": substatus(&posting.status),
        "delivery_method": {"id": posting.warehouse_id(), "name": "Доставка Ozon самостоятельно, Софьино",
            "warehouse_id": posting.warehouse_id(), "warehouse": "Основной склад", "tpl_provider_id": 24, "tpl_provider": "Доставка Ozon"},
        "tracking_number": posting.tracking_number,
        "tpl_integration_type": "ozon",
        "in_process_at": clock::rfc3339(posting.paid_ms),
        "shipment_date": clock::rfc3339(posting.shipment_ms),
        "delivering_date": posting.delivering_ms.map(clock::rfc3339),
        "cancellation": {"cancel_reason_id": 0, "cancel_reason": "", "cancellation_type": "",
            "cancelled_after_ship": false, "affect_cancellation_rating": false, "cancellation_initiator": ""},
        "customer": null,
        "products": posting.products.iter().map(line).collect::<Vec<_>>(),
        "addressee": null,
        "barcodes": null,
        "analytics_data": null,
        "financial_data": null,
        "is_express": false,
        "parent_posting_number": "",
        "multi_box_qty": 1,
        "is_multibox": false,
    })
}

/// The price is a bare string here.
fn line(line: &Ordered) -> Value {
    json!({
        "price": line.price,
        "currency_code": "RUB",
        "offer_id": line.offer_id,
        "name": line.name,
        "sku": line.sku,
        "quantity": line.quantity,
        "imei": [],
    })
}
