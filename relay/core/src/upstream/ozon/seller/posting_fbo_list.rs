//! `POST /v3/posting/fbo/list`: postings that Ozon sends (UPSTREAMS 1.8).

use serde::Serialize;
use shared::limits::OZON_POSTINGS_LIMIT_MAX;
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
    /// Until when: at most a year later.
    pub to: Timestamp,
    /// In which states, by Ozon's words; in all if none.
    pub statuses: Vec<String>,
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
}

/// The call.
///
/// # Errors
/// [`shared::problem::Code::Invalid`] if the limit is not Ozon's, or if the credentials cannot be written into headers.
pub fn request(account: &Account, query: &Query) -> Result<Request, Problem> {
    check_limit(query.limit, OZON_POSTINGS_LIMIT_MAX)?;
    let filter = Filter { since: query.since, to: query.to, statuses: &query.statuses };
    let body = Body { cursor: &query.cursor, filter, limit: query.limit, sort_dir: "ASC" };
    account.post("/v3/posting/fbo/list", &body)
}

/// The page.
///
/// # Errors
/// The kind of failure.
pub fn read(answered: &Answered) -> Result<Page, Failure> {
    let answer: Answer = serde_json::from_slice(failure(answered)?).map_err(|_| Failure::Unknown)?;
    Ok(answer.into())
}
