//! A posting: what was ordered and is sent together. The methods that list them differ in what stands around it.

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;
use shared::limits::OZON_POSTINGS_LIMIT_MAX;
use shared::problem::Problem;
use shared::time::Timestamp;

use crate::upstream::ozon::{Account, OzonId, check_limit, failure, loose};
use crate::upstream::{Answered, Failure, Request};

/// One posting.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Posting {
    /// Its number.
    pub posting_number: String,
    /// The order's id.
    #[serde(default, deserialize_with = "loose::or_default")]
    pub order_id: OzonId,
    /// The order's number.
    #[serde(default, deserialize_with = "loose::or_default")]
    pub order_number: String,
    /// Ozon's word for how far it has come.
    #[serde(default, deserialize_with = "loose::or_default")]
    pub status: String,
    /// The same, finer.
    #[serde(default, deserialize_with = "loose::or_default")]
    pub substatus: String,
    /// When it was paid for and begun.
    #[serde(default, deserialize_with = "loose::time")]
    pub in_process_at: Option<Timestamp>,
    /// By when it has to be handed over.
    #[serde(default, deserialize_with = "loose::time")]
    pub shipment_date: Option<Timestamp>,
    /// When it was handed over.
    #[serde(default, deserialize_with = "loose::time")]
    pub delivering_date: Option<Timestamp>,
    /// The number under which the carrier knows it.
    #[serde(default, deserialize_with = "loose::or_default")]
    pub tracking_number: String,
    /// Who carries it: `ozon`, `non_integrated` (rFBS), ...
    #[serde(default, deserialize_with = "loose::or_default")]
    pub tpl_integration_type: String,
    /// What is in it.
    #[serde(default, deserialize_with = "products")]
    pub products: Vec<Product>,
}

/// What is in a posting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Product {
    /// Ozon's id of what is sold.
    pub sku: OzonId,
    /// The merchant's article.
    pub offer_id: String,
    /// Its name.
    pub name: String,
    /// How many.
    pub quantity: i64,
    /// What one costs, as text.
    pub price: Option<String>,
    /// The currency of the price.
    pub currency: Option<String>,
}

#[derive(Deserialize)]
struct Item {
    sku: OzonId,
    #[serde(default, deserialize_with = "loose::or_default")]
    offer_id: String,
    #[serde(default, deserialize_with = "loose::or_default")]
    name: String,
    #[serde(default, deserialize_with = "loose::whole")]
    quantity: i64,
    #[serde(default)]
    price: Value,
    #[serde(default, deserialize_with = "loose::text")]
    currency_code: Option<String>,
}

/// A price of today's methods; those before had text, and the currency beside it.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Price {
    #[serde(deserialize_with = "loose::text")]
    amount: Option<String>,
    #[serde(deserialize_with = "loose::text")]
    currency: Option<String>,
}

fn products<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Product>, D::Error> {
    let (items, _) = loose::items::<Item>(loose::or_default(deserializer)?);
    let product = |Item { sku, offer_id, name, quantity, price, currency_code }| {
        let (price, currency) = match price {
            Value::Object(_) => {
                let Price { amount, currency } = serde_json::from_value(price).unwrap_or_default();
                (amount, currency)
            }
            flat => (loose::text(flat).unwrap_or_default(), currency_code),
        };
        Product { sku, offer_id, name, quantity, price, currency }
    };
    Ok(items.into_iter().map(product).collect())
}

/// A page of postings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// The postings that could be read.
    pub postings: Vec<Posting>,
    /// Where the next page begins, if it does so by a cursor.
    pub cursor: String,
    /// Whether there is a next page.
    pub has_next: bool,
}

#[derive(Deserialize)]
pub(super) struct Answer {
    #[serde(deserialize_with = "loose::list")]
    postings: Vec<Value>,
    #[serde(default, deserialize_with = "loose::or_default")]
    cursor: String,
    #[serde(default, deserialize_with = "loose::or_default")]
    has_next: bool,
}

impl From<Answer> for Page {
    fn from(answer: Answer) -> Self {
        let (postings, _) = loose::items(answer.postings);
        Self { postings, cursor: answer.cursor, has_next: answer.has_next }
    }
}

/// Which postings are asked for, oldest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Query {
    /// From when on.
    pub since: Timestamp,
    /// Until when: at most a year later.
    pub to: Timestamp,
    /// In which states, by Ozon's words; in all if none.
    pub statuses: Vec<String>,
    /// Of which orders, by their numbers; of all if none.
    pub order_numbers: Vec<String>,
    /// How many, at most [`OZON_POSTINGS_LIMIT_MAX`].
    pub limit: u32,
    /// Where the last page ended; empty for the first.
    pub cursor: String,
}

#[derive(Serialize)]
struct Body<'a> {
    cursor: &'a str,
    filter: Filter<'a>,
    limit: u32,
    sort_dir: &'static str,
}

#[derive(Serialize)]
struct Filter<'a> {
    since: Timestamp,
    to: Timestamp,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    statuses: &'a [String],
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    order_numbers: &'a [String],
}

/// The call of one of the methods that ask like this.
pub(super) fn request(account: &Account, path: &str, query: &Query) -> Result<Request, Problem> {
    check_limit(query.limit, OZON_POSTINGS_LIMIT_MAX)?;
    let filter =
        Filter { since: query.since, to: query.to, statuses: &query.statuses, order_numbers: &query.order_numbers };
    let body = Body { cursor: &query.cursor, filter, limit: query.limit, sort_dir: "ASC" };
    account.post(path, &body)
}

/// The page.
///
/// # Errors
/// The kind of failure.
pub fn read(answered: &Answered) -> Result<Page, Failure> {
    let answer: Answer = serde_json::from_slice(failure(answered)?).map_err(|_| Failure::Unknown)?;
    Ok(answer.into())
}
