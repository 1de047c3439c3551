//! `POST /v3/posting/fbs/list`: deprecated, its end announced for 2026 (UPSTREAMS 1.8); use [`super::posting_fbs_list`].
//! What differs: pages by `offset`, one state, and an answer within `result`.

use serde::{Deserialize, Serialize};
use shared::limits::OZON_POSTINGS_V3_LIMIT_MAX;
use shared::problem::Problem;
use shared::time::Timestamp;

use super::posting::{Answer, Page};
use crate::upstream::ozon::{Account, check_limit, failure};
use crate::upstream::{Answered, Failure, Request};

/// Which postings are asked for, oldest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Query {
    /// From when on.
    pub since: Timestamp,
    /// Until when.
    pub to: Timestamp,
    /// In which state, by Ozon's word; in all if empty.
    pub status: String,
    /// How many, at most [`OZON_POSTINGS_V3_LIMIT_MAX`].
    pub limit: u32,
    /// How many are passed over.
    pub offset: u32,
}

#[derive(Serialize)]
struct Body<'a> {
    dir: &'static str,
    filter: Filter<'a>,
    limit: u32,
    offset: u32,
}

#[derive(Serialize)]
struct Filter<'a> {
    since: Timestamp,
    to: Timestamp,
    status: &'a str,
}

#[derive(Deserialize)]
struct Wrapped {
    result: Answer,
}

/// The call.
///
/// # Errors
/// [`shared::problem::Code::Invalid`] if the limit is not Ozon's, or if the credentials cannot be written into headers.
pub fn request(account: &Account, query: &Query) -> Result<Request, Problem> {
    check_limit(query.limit, OZON_POSTINGS_V3_LIMIT_MAX)?;
    let filter = Filter { since: query.since, to: query.to, status: &query.status };
    account.post("/v3/posting/fbs/list", &Body { dir: "asc", filter, limit: query.limit, offset: query.offset })
}

/// The page.
///
/// # Errors
/// The kind of failure.
pub fn read(answered: &Answered) -> Result<Page, Failure> {
    let answer: Wrapped = serde_json::from_slice(failure(answered)?).map_err(|_| Failure::Unknown)?;
    Ok(answer.result.into())
}
