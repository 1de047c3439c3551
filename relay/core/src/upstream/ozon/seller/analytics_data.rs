//! `POST /v1/analytics/data`: figures of a period (UPSTREAMS 1.8). Once a minute; without Premium Plus only three months and
//! few metrics. The metrics `cancel_rate` and `returns_rate` that some clients ask for do not exist: Ozon refuses them.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use shared::limits::{OZON_METRICS_MAX, OZON_PRODUCTS_LIMIT_MAX};
use shared::problem::{Code, Problem};

use crate::upstream::ozon::{Account, check_limit, failure, loose};
use crate::upstream::{Answered, Failure, Request};

/// Which figures are asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Query {
    /// The first day, `2026-01-31`.
    pub date_from: String,
    /// The last day.
    pub date_to: String,
    /// Ozon's words for the figures, 1 to [`OZON_METRICS_MAX`].
    pub metrics: Vec<String>,
    /// Ozon's words for what a row is about: `sku`, `day`, ...
    pub dimension: Vec<String>,
    /// How many rows.
    pub limit: u32,
    /// How many are passed over.
    pub offset: u32,
}

#[derive(Serialize)]
struct Body<'a> {
    date_from: &'a str,
    date_to: &'a str,
    metrics: &'a [String],
    dimension: &'a [String],
    limit: u32,
    offset: u32,
}

/// One row.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Row {
    /// What it is about.
    pub dimensions: Vec<Dimension>,
    /// The figures, in the order in which they were asked for.
    pub metrics: Vec<f64>,
}

/// What a row is about.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Dimension {
    /// Ozon's id, or a day.
    #[serde(deserialize_with = "loose::text")]
    pub id: Option<String>,
    /// Its name.
    #[serde(deserialize_with = "loose::or_default")]
    pub name: String,
}

/// The figures.
#[derive(Clone, Debug, PartialEq)]
pub struct Figures {
    /// The rows that could be read.
    pub rows: Vec<Row>,
    /// Of all rows together.
    pub totals: Vec<f64>,
}

#[derive(Deserialize)]
struct Answer {
    result: Found,
}

#[derive(Deserialize)]
struct Found {
    #[serde(deserialize_with = "loose::list")]
    data: Vec<Value>,
    #[serde(default, deserialize_with = "loose::or_default")]
    totals: Vec<f64>,
}

/// The call.
///
/// # Errors
/// [`Code::Invalid`] if a limit is not Ozon's, or if the credentials cannot be written into headers.
pub fn request(account: &Account, query: &Query) -> Result<Request, Problem> {
    check_limit(query.limit, OZON_PRODUCTS_LIMIT_MAX)?;
    if !(1..=OZON_METRICS_MAX).contains(&query.metrics.len()) {
        return Err(Problem::new(Code::Invalid, format!("1 to {OZON_METRICS_MAX} metrics can be asked for")));
    }
    let Query { date_from, date_to, metrics, dimension, limit, offset } = query;
    account.post("/v1/analytics/data", &Body { date_from, date_to, metrics, dimension, limit: *limit, offset: *offset })
}

/// The figures.
///
/// # Errors
/// The kind of failure.
pub fn read(answered: &Answered) -> Result<Figures, Failure> {
    let answer: Answer = serde_json::from_slice(failure(answered)?).map_err(|_| Failure::Unknown)?;
    let (rows, _) = loose::items(answer.result.data);
    Ok(Figures { rows, totals: answer.result.totals })
}
