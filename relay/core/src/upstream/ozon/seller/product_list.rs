//! `POST /v3/product/list`: the merchant's products, by ids only (UPSTREAMS 1.8).

use serde::{Deserialize, Serialize};
use serde_json::Value;
use shared::limits::OZON_PRODUCTS_LIMIT_MAX;
use shared::problem::Problem;

use super::{Filter, Products};
use crate::upstream::ozon::{Account, OzonId, check_limit, failure, loose};
use crate::upstream::{Answered, Failure, Request};

#[derive(Serialize)]
struct Body<'a> {
    filter: Filter<'a>,
    last_id: &'a str,
    limit: u32,
}

/// One product.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Product {
    /// Ozon's id.
    pub product_id: OzonId,
    /// The merchant's article.
    pub offer_id: String,
    /// Whether Ozon has it in stock.
    #[serde(default, deserialize_with = "loose::or_default")]
    pub has_fbo_stocks: bool,
    /// Whether the merchant has it in stock.
    #[serde(default, deserialize_with = "loose::or_default")]
    pub has_fbs_stocks: bool,
    /// Whether it is no longer sold.
    #[serde(default, deserialize_with = "loose::or_default")]
    pub archived: bool,
    /// Whether it is sold as used or damaged.
    #[serde(default, deserialize_with = "loose::or_default")]
    pub is_discounted: bool,
}

/// A page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// The products that could be read.
    pub products: Vec<Product>,
    /// How many there are on all pages.
    pub total: i64,
    /// Where the next page begins; the last page is empty.
    pub last_id: String,
}

#[derive(Deserialize)]
struct Answer {
    result: Found,
}

#[derive(Deserialize)]
struct Found {
    #[serde(deserialize_with = "loose::list")]
    items: Vec<Value>,
    #[serde(default, deserialize_with = "loose::whole")]
    total: i64,
    #[serde(default, deserialize_with = "loose::or_default")]
    last_id: String,
}

/// The call.
///
/// # Errors
/// [`shared::problem::Code::Invalid`] if the limit is not Ozon's, or if the credentials cannot be written into headers.
pub fn request(account: &Account, products: &Products, last_id: &str, limit: u32) -> Result<Request, Problem> {
    check_limit(limit, OZON_PRODUCTS_LIMIT_MAX)?;
    account.post("/v3/product/list", &Body { filter: products.filter(), last_id, limit })
}

/// The page.
///
/// # Errors
/// The kind of failure.
pub fn read(answered: &Answered) -> Result<Page, Failure> {
    let answer: Answer = serde_json::from_slice(failure(answered)?).map_err(|_| Failure::Unknown)?;
    let (products, _) = loose::items(answer.result.items);
    Ok(Page { products, total: answer.result.total, last_id: answer.result.last_id })
}
