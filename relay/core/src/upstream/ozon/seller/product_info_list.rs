//! `POST /v3/product/info/list`: what Ozon knows of some products (UPSTREAMS 1.8).

use serde::{Deserialize, Serialize};
use serde_json::Value;
use shared::limits::OZON_PRODUCTS_LIMIT_MAX;
use shared::problem::Problem;

use super::texts;
use crate::upstream::ozon::{Account, OzonId, check_limit, failure, loose};
use crate::upstream::{Answered, Failure, Request};

/// Which products are asked for: together 1 to [`OZON_PRODUCTS_LIMIT_MAX`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query {
    /// By the merchant's articles.
    pub offer_ids: Vec<String>,
    /// By Ozon's ids of products.
    pub product_ids: Vec<OzonId>,
    /// By Ozon's ids of what is sold.
    pub skus: Vec<OzonId>,
}

#[derive(Serialize)]
struct Body<'a> {
    offer_id: &'a [String],
    product_id: Vec<String>,
    sku: Vec<String>,
}

/// One product.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Product {
    /// Ozon's id of the product.
    pub id: OzonId,
    /// The merchant's article.
    pub offer_id: String,
    /// Ozon's id of what is sold.
    #[serde(default, deserialize_with = "loose::or_default")]
    pub sku: Option<OzonId>,
    /// Its name.
    #[serde(default, deserialize_with = "loose::or_default")]
    pub name: String,
    /// What it costs, as text.
    #[serde(default, deserialize_with = "loose::text")]
    pub price: Option<String>,
    /// What it cost before, as text.
    #[serde(default, deserialize_with = "loose::text")]
    pub old_price: Option<String>,
    /// What it costs at least in promotions, as text.
    #[serde(default, deserialize_with = "loose::text")]
    pub min_price: Option<String>,
    /// The currency of the prices.
    #[serde(default, deserialize_with = "loose::text")]
    pub currency_code: Option<String>,
    /// Its codes.
    #[serde(default, deserialize_with = "loose::or_default")]
    pub barcodes: Vec<String>,
    /// Addresses of its pictures.
    #[serde(default, deserialize_with = "loose::or_default")]
    pub images: Vec<String>,
    /// The address of the first of them, in a list of one.
    #[serde(default, deserialize_with = "loose::or_default")]
    pub primary_image: Vec<String>,
    /// Whether it is no longer sold.
    #[serde(default, deserialize_with = "loose::or_default")]
    pub is_archived: bool,
    /// By which schemes it is sold: `sds` is Ozon's.
    #[serde(default, deserialize_with = "loose::or_default")]
    pub sources: Vec<Source>,
    /// How far it has come.
    #[serde(default, deserialize_with = "loose::or_default")]
    pub statuses: Statuses,
}

/// A scheme by which a product is sold.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Source {
    /// Ozon's id of what is sold.
    #[serde(deserialize_with = "loose::or_default")]
    pub sku: OzonId,
    /// Ozon's word for the scheme.
    #[serde(deserialize_with = "loose::or_default")]
    pub source: String,
}

/// How far a product has come.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Statuses {
    /// Ozon's word.
    #[serde(deserialize_with = "loose::or_default")]
    pub status: String,
    /// The same for people.
    #[serde(deserialize_with = "loose::or_default")]
    pub status_name: String,
}

#[derive(Deserialize)]
struct Answer {
    #[serde(deserialize_with = "loose::list")]
    items: Vec<Value>,
}

/// The call.
///
/// # Errors
/// [`shared::problem::Code::Invalid`] for none or too many, or if the credentials cannot be written into headers.
pub fn request(account: &Account, query: &Query) -> Result<Request, Problem> {
    let count = query.offer_ids.len().saturating_add(query.product_ids.len()).saturating_add(query.skus.len());
    check_limit(u32::try_from(count).unwrap_or(u32::MAX), OZON_PRODUCTS_LIMIT_MAX)?;
    let body = Body { offer_id: &query.offer_ids, product_id: texts(&query.product_ids), sku: texts(&query.skus) };
    account.post("/v3/product/info/list", &body)
}

/// The products that could be read.
///
/// # Errors
/// The kind of failure.
pub fn read(answered: &Answered) -> Result<Vec<Product>, Failure> {
    let answer: Answer = serde_json::from_slice(failure(answered)?).map_err(|_| Failure::Unknown)?;
    Ok(loose::items(answer.items).0)
}
