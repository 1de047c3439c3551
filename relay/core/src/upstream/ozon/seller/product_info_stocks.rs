//! `POST /v4/product/info/stocks`: how much of each product there is (UPSTREAMS 1.8). Its answer has no `result`.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use shared::limits::OZON_PRODUCTS_LIMIT_MAX;
use shared::problem::Problem;

use super::{Filter, Products};
use crate::upstream::ozon::{Account, OzonId, check_limit, failure, loose};
use crate::upstream::{Answered, Failure, Request};

#[derive(Serialize)]
struct Body<'a> {
    cursor: &'a str,
    filter: Filter<'a>,
    limit: u32,
}

/// One product.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Product {
    /// Ozon's id.
    pub product_id: OzonId,
    /// The merchant's article.
    pub offer_id: String,
    /// How much there is, by scheme.
    #[serde(default, deserialize_with = "loose::or_default")]
    pub stocks: Vec<Stock>,
}

/// How much there is by one scheme.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Stock {
    /// The scheme: `fbs`, `fbo`, `rfbs`, ...
    #[serde(rename = "type", deserialize_with = "loose::or_default")]
    pub kind: String,
    /// How many there are.
    #[serde(deserialize_with = "loose::whole")]
    pub present: i64,
    /// How many of them are sold.
    #[serde(deserialize_with = "loose::whole")]
    pub reserved: i64,
    /// Ozon's id of what is sold.
    #[serde(deserialize_with = "loose::or_default")]
    pub sku: OzonId,
    /// Where they are.
    #[serde(deserialize_with = "loose::or_default")]
    pub warehouse_ids: Vec<OzonId>,
}

/// A page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// The products that could be read.
    pub products: Vec<Product>,
    /// How many there are on all pages.
    pub total: i64,
    /// Where the next page begins. The last page has one, too: it is empty.
    pub cursor: String,
}

#[derive(Deserialize)]
struct Answer {
    #[serde(deserialize_with = "loose::list")]
    items: Vec<Value>,
    #[serde(default, deserialize_with = "loose::whole")]
    total: i64,
    #[serde(default, deserialize_with = "loose::or_default")]
    cursor: String,
}

/// The call.
///
/// # Errors
/// [`shared::problem::Code::Invalid`] if the limit is not Ozon's, or if the credentials cannot be written into headers.
pub fn request(account: &Account, products: &Products, cursor: &str, limit: u32) -> Result<Request, Problem> {
    check_limit(limit, OZON_PRODUCTS_LIMIT_MAX)?;
    account.post("/v4/product/info/stocks", &Body { cursor, filter: products.filter(), limit })
}

/// The page.
///
/// # Errors
/// The kind of failure.
pub fn read(answered: &Answered) -> Result<Page, Failure> {
    let answer: Answer = serde_json::from_slice(failure(answered)?).map_err(|_| Failure::Unknown)?;
    let (products, _) = loose::items(answer.items);
    Ok(Page { products, total: answer.total, cursor: answer.cursor })
}
