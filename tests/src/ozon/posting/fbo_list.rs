//! `POST /v3/posting/fbo/list`: postings from Ozon's own warehouses, by cursor.

use serde::Deserialize;
use serde_json::{Value, json};

use super::{Direction, Period, line, page, sort, substatus};
use crate::ozon::clock;
use crate::ozon::market::Market;
use crate::ozon::refusal::{Answer, Refusal};
use crate::ozon::shop::posting::{FBO_WAREHOUSE_ID, Posting};
use crate::ozon::wire;

/// Not documented for this method; that of its FBS twin.
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
    posting_numbers: Option<Vec<String>>,
    order_numbers: Option<Vec<String>>,
}

pub(crate) fn answer(market: &Market, body: &[u8]) -> Answer {
    let request: Request = wire::read(body)?;
    let filter = request.filter.ok_or_else(|| Refusal::invalid("Filter", "value is required"))?;
    let numbers = filter.posting_numbers.unwrap_or_default();
    // Whoever names the postings needs no period.
    let period = match (&filter.since, &filter.to) {
        (None, None) if !numbers.is_empty() => None,
        (since, to) => Some(Period::read(since.as_deref(), to.as_deref())?),
    };
    let orders = filter.order_numbers.unwrap_or_default();
    let limit = wire::limit(request.limit, LIMIT_MAX, "PostingFboListRequest.Limit")?;
    let statuses = filter.statuses.unwrap_or_default();
    market.read(|shop| {
        let mut postings: Vec<&Posting> = shop.postings.iter().filter(|posting| posting.is_fbo()).collect();
        postings.retain(|posting| period.is_none_or(|period| period.has(posting)));
        postings.retain(|posting| statuses.is_empty() || statuses.contains(&posting.status));
        postings.retain(|posting| numbers.is_empty() || numbers.contains(&posting.posting_number));
        postings.retain(|posting| orders.is_empty() || orders.iter().any(|order| order == posting.order_number()));
        sort(&mut postings, request.sort_dir.unwrap_or(Direction::Asc));
        let page = page(postings, request.cursor.as_deref(), limit)?;
        let postings: Vec<Value> = page.postings.into_iter().map(entry).collect();
        Ok(json!({"cursor": page.cursor, "has_next": page.has_next, "postings": postings}))
    })
}

fn entry(posting: &Posting) -> Value {
    json!({
        "order_id": posting.order_id,
        "order_number": posting.order_number(),
        "posting_number": posting.posting_number,
        "status": posting.status,
        "substatus": substatus(&posting.status),
        "cancel_reason_id": 0,
        "created_at": clock::rfc3339(posting.paid_ms),
        "in_process_at": clock::rfc3339(posting.paid_ms),
        "products": posting.products.iter().map(line).collect::<Vec<_>>(),
        "analytics_data": {"city": "", "delivery_type": "PVZ", "is_premium": false, "payment_type_group_name": "Ozon Банк",
            "warehouse_id": FBO_WAREHOUSE_ID, "warehouse_name": "РОСТОВ-НА-ДОНУ_РФЦ", "is_legal": false},
        "additional_data": [],
    })
}
