//! `POST /v2/warehouse/list`: the merchant's warehouses, FBS and rFBS (UPSTREAMS 1.8).

use serde::{Deserialize, Serialize};
use serde_json::Value;
use shared::limits::OZON_WAREHOUSES_LIMIT_MAX;
use shared::problem::Problem;

use crate::upstream::ozon::{Account, OzonId, check_limit, failure, loose};
use crate::upstream::{Answered, Failure, Request};

#[derive(Serialize)]
struct Body<'a> {
    limit: u32,
    #[serde(skip_serializing_if = "str::is_empty")]
    cursor: &'a str,
}

/// One warehouse.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Warehouse {
    /// Its id.
    pub warehouse_id: OzonId,
    /// Its name.
    #[serde(default, deserialize_with = "loose::or_default")]
    pub name: String,
    /// Ozon's word for its state.
    #[serde(default, deserialize_with = "loose::or_default")]
    pub status: String,
    /// Whether the merchant sends from it by carriers of their own.
    #[serde(default, deserialize_with = "loose::or_default")]
    pub is_rfbs: bool,
}

/// A page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// The warehouses that could be read.
    pub warehouses: Vec<Warehouse>,
    /// Where the next page begins.
    pub cursor: String,
    /// Whether there is a next page.
    pub has_next: bool,
}

#[derive(Deserialize)]
struct Answer {
    #[serde(deserialize_with = "loose::list")]
    warehouses: Vec<Value>,
    #[serde(default, deserialize_with = "loose::or_default")]
    cursor: String,
    #[serde(default, deserialize_with = "loose::or_default")]
    has_next: bool,
}

/// The call.
///
/// # Errors
/// [`shared::problem::Code::Invalid`] if the limit is not Ozon's, or if the credentials cannot be written into headers.
pub fn request(account: &Account, cursor: &str, limit: u32) -> Result<Request, Problem> {
    check_limit(limit, OZON_WAREHOUSES_LIMIT_MAX)?;
    account.post("/v2/warehouse/list", &Body { limit, cursor })
}

/// The page.
///
/// # Errors
/// The kind of failure.
pub fn read(answered: &Answered) -> Result<Page, Failure> {
    let answer: Answer = serde_json::from_slice(failure(answered)?).map_err(|_| Failure::Unknown)?;
    let (warehouses, _) = loose::items(answer.warehouses);
    Ok(Page { warehouses, cursor: answer.cursor, has_next: answer.has_next })
}
