//! `POST /v4/posting/fbs/list`: FBS and rFBS postings by cursor, at most 100 a page, without a `result` around them.

use serde::Deserialize;
use serde_json::{Value, json};

use super::{Direction, Period, line, page, sort, substatus};
use crate::ozon::clock;
use crate::ozon::market::Market;
use crate::ozon::refusal::{Answer, Refusal};
use crate::ozon::shop::posting::Posting;
use crate::ozon::wire;

const LIMIT_MAX: i64 = 100;

#[derive(Deserialize)]
struct Request {
    cursor: Option<String>,
    filter: Option<Filter>,
    #[serde(default, deserialize_with = "wire::integer")]
    limit: Option<i64>,
    sort_dir: Option<Direction>,
}

#[derive(Deserialize)]
struct Filter {
    since: Option<String>,
    to: Option<String>,
    statuses: Option<Vec<String>>,
    order_numbers: Option<Vec<String>>,
}

pub(crate) fn answer(market: &Market, body: &[u8]) -> Answer {
    let request: Request = wire::read(body)?;
    let filter = request.filter.ok_or_else(|| Refusal::invalid("Filter", "value is required"))?;
    let period = Period::read(filter.since.as_deref(), filter.to.as_deref())?;
    let limit = wire::limit(request.limit, LIMIT_MAX, "PostingFbsListRequest.Limit")?;
    let statuses = filter.statuses.unwrap_or_default();
    let orders = filter.order_numbers.unwrap_or_default();
    market.read(|shop| {
        let mut postings: Vec<&Posting> =
            shop.postings.iter().filter(|posting| !posting.is_fbo() && period.has(posting)).collect();
        postings.retain(|posting| statuses.is_empty() || statuses.contains(&posting.status));
        postings.retain(|posting| orders.is_empty() || orders.iter().any(|order| order == posting.order_number()));
        sort(&mut postings, request.sort_dir.unwrap_or(Direction::Asc));
        let page = page(postings, request.cursor.as_deref(), limit)?;
        let postings: Vec<Value> = page.postings.into_iter().map(entry).collect();
        Ok(json!({"cursor": page.cursor, "has_next": page.has_next, "postings": postings}))
    })
}

fn entry(posting: &Posting) -> Value {
    json!({
        "posting_number": posting.posting_number,
        "order_id": posting.order_id,
        "order_number": posting.order_number(),
        "status": posting.status,
        "substatus": substatus(&posting.status),
        "delivery_schema": posting.scheme,
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
        "is_express": false,
        "parent_posting_number": "",
    })
}
