//! `POST /v1/analytics/data`: sums over the postings of a period, once a minute.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value, json};

use super::clock;
use super::market::Market;
use super::refusal::{Answer, Refusal};
use super::shop::posting::{Ordered, Posting};
use super::wire;

const PATH: &str = "/v1/analytics/data";
const METRICS_MAX: usize = 14;
const LIMIT_MAX: i64 = 1_000;

/// Sellers without the upper subscriptions see three months back.
const PLAIN_PERIOD_MS: i64 = 92 * 24 * 3_600 * 1_000;
/// And these metrics. Which ones is told only in part; these two are.
const PLAIN_METRICS: [&str; 2] = ["revenue", "ordered_units"];

const METRICS: [&str; 25] = [
    "unknown_metric",
    "hits_view_search",
    "hits_view_pdp",
    "hits_view",
    "hits_tocart_search",
    "hits_tocart_pdp",
    "hits_tocart",
    "session_view_search",
    "session_view_pdp",
    "session_view",
    "conv_tocart_search",
    "conv_tocart_pdp",
    "conv_tocart",
    "revenue",
    "returns",
    "cancellations",
    "ordered_units",
    "delivered_units",
    "adv_view_pdp",
    "adv_view_search_category",
    "adv_view_all",
    "adv_sum_all",
    "position_category",
    "postings",
    "postings_premium",
];

const DIMENSIONS: [&str; 13] = [
    "unknownDimension",
    "sku",
    "spu",
    "day",
    "week",
    "month",
    "year",
    "category1",
    "category2",
    "category3",
    "category4",
    "brand",
    "modelID",
];

#[derive(Deserialize)]
struct Request {
    date_from: Option<String>,
    date_to: Option<String>,
    #[serde(default)]
    metrics: Vec<String>,
    #[serde(default)]
    dimension: Vec<String>,
    #[serde(default)]
    sort: Vec<Sort>,
    #[serde(default, deserialize_with = "wire::integer")]
    limit: Option<i64>,
    #[serde(default, deserialize_with = "wire::integer")]
    offset: Option<u64>,
}

#[derive(Deserialize)]
struct Sort {
    key: String,
    order: String,
}

pub(crate) fn answer(market: &Market, body: &[u8]) -> Answer {
    let request: Request = wire::read(body)?;
    let (from_ms, to_ms) = (day(request.date_from.as_deref(), "DateFrom")?, day(request.date_to.as_deref(), "DateTo")?);
    if request.metrics.is_empty() || request.metrics.len() > METRICS_MAX {
        return Err(Refusal::invalid("Metrics", "value must contain between 1 and 14 items, inclusive"));
    }
    known(&request.metrics, &METRICS, "Metrics")?;
    if request.dimension.is_empty() {
        return Err(Refusal::invalid("Dimension", "value is required"));
    }
    known(&request.dimension, &DIMENSIONS, "Dimension")?;
    let limit = wire::limit(request.limit, LIMIT_MAX, "Limit")?;
    let now_ms = market.now_ms();
    let is_plain = !market.account().is_premium_plus(now_ms);
    let is_beyond = now_ms - from_ms > PLAIN_PERIOD_MS
        || request.metrics.iter().any(|metric| !PLAIN_METRICS.contains(&metric.as_str()));
    if is_plain && is_beyond {
        return Err(Refusal::premium_plus_only(PATH));
    }

    let mut rows = market.read(|shop| {
        let day_after_ms = to_ms + 24 * 3_600 * 1_000;
        let within = shop.postings.iter().filter(|posting| (from_ms..day_after_ms).contains(&posting.paid_ms));
        rows(within, &request)
    });
    let totals: Vec<f64> =
        (0..request.metrics.len()).map(|at| rows.iter().filter_map(|row| row.metrics.get(at)).sum()).collect();
    for sort in request.sort.iter().rev() {
        let at = request.metrics.iter().position(|metric| *metric == sort.key);
        let at = at.ok_or_else(|| Refusal::invalid("Sort.Key", "value must be one of the metrics"))?;
        let is_falling = sort.order == "DESC";
        rows.sort_by(|left, right| {
            let order = left.metrics.get(at).partial_cmp(&right.metrics.get(at)).unwrap_or(Ordering::Equal);
            if is_falling { order.reverse() } else { order }
        });
    }
    let offset = usize::try_from(request.offset.unwrap_or(0)).unwrap_or(usize::MAX);
    let data: Vec<Value> = rows.into_iter().skip(offset).take(limit).map(|row| row.body()).collect();
    let timestamp = clock::rfc3339(now_ms);
    let timestamp = timestamp.get(..19).unwrap_or(&timestamp).replace('T', " ");
    Ok(json!({"result": {"data": data, "totals": totals}, "timestamp": timestamp}))
}

struct Row {
    dimensions: Vec<(String, String)>,
    metrics: Vec<f64>,
}

impl Row {
    fn body(self) -> Value {
        let dimensions: Vec<Value> =
            self.dimensions.into_iter().map(|(id, name)| json!({"id": id, "name": name})).collect();
        json!({"dimensions": dimensions, "metrics": self.metrics})
    }
}

fn rows<'a>(postings: impl Iterator<Item = &'a Posting>, request: &Request) -> Vec<Row> {
    let mut sums: BTreeMap<Vec<(String, String)>, Vec<f64>> = BTreeMap::new();
    for posting in postings {
        for line in &posting.products {
            let dimensions = request.dimension.iter().map(|name| dimension(name, posting, line)).collect();
            let sum = sums.entry(dimensions).or_insert_with(|| vec![0.0; request.metrics.len()]);
            for (sum, metric) in sum.iter_mut().zip(&request.metrics) {
                *sum += value(metric, posting, line);
            }
        }
    }
    sums.into_iter().map(|(dimensions, metrics)| Row { dimensions, metrics }).collect()
}

fn dimension(name: &str, posting: &Posting, line: &Ordered) -> (String, String) {
    let date = clock::rfc3339(posting.paid_ms);
    let part = |characters: usize| date.get(..characters).unwrap_or("").to_owned();
    match name {
        "sku" => (line.sku.to_string(), line.name.clone()),
        "day" => (part(10), String::new()),
        "month" => (part(7), String::new()),
        "year" => (part(4), String::new()),
        // The catalogue knows no more.
        _ => (String::new(), String::new()),
    }
}

fn value(metric: &str, posting: &Posting, line: &Ordered) -> f64 {
    let pieces = f64::from(line.quantity);
    let when = |is: bool, value: f64| if is { value } else { 0.0 };
    match metric {
        "revenue" => line.price.parse::<f64>().unwrap_or(0.0) * pieces,
        "ordered_units" => pieces,
        "delivered_units" => when(posting.status == "delivered", pieces),
        "cancellations" => when(posting.status == "cancelled", pieces),
        "postings" => 1.0,
        // Nobody looks at anything here, and nobody sends anything back.
        _ => 0.0,
    }
}

fn day(text: Option<&str>, field: &str) -> Result<i64, Refusal> {
    let text = wire::required(text, field)?;
    let date = text.get(..10).filter(|_| text.len() == 10 || text.get(10..11) == Some("T"));
    let midnight = date.and_then(|date| clock::parse_ms(&format!("{date}T00:00:00Z")));
    midnight.ok_or_else(|| Refusal::invalid(field, "value must be a date"))
}

fn known(words: &[String], all: &[&str], field: &str) -> Result<(), Refusal> {
    match words.iter().find(|word| !all.contains(&word.as_str())) {
        None => Ok(()),
        Some(word) => Err(Refusal::invalid(field, &format!("{word} is not known"))),
    }
}
