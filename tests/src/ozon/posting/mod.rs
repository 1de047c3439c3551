//! The lists of postings, one file each, and what they share: the period that has to be given, the opaque cursor.

pub(crate) mod fbo_list;
pub(crate) mod fbs_list_v3;
pub(crate) mod fbs_list_v4;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde::Deserialize;
use serde_json::{Value, json};

use super::clock;
use super::refusal::Refusal;
use super::shop::posting::{Ordered, Posting};

/// "The period shouldn't be longer than one year."
const PERIOD_MS_MAX: i64 = 366 * 24 * 3_600 * 1_000;

/// A period that a list is asked for.
#[derive(Clone, Copy, Debug)]
struct Period {
    since_ms: i64,
    to_ms: i64,
}

impl Period {
    fn read(since: Option<&str>, to: Option<&str>) -> Result<Self, Refusal> {
        let time = |text: Option<&str>, field| {
            text.and_then(clock::parse_ms).ok_or_else(|| Refusal::invalid(field, "value must be a date-time"))
        };
        let period = Self { since_ms: time(since, "Filter.Since")?, to_ms: time(to, "Filter.To")? };
        if period.to_ms < period.since_ms {
            return Err(Refusal::invalid("Filter.To", "value is before Since"));
        }
        if period.to_ms - period.since_ms > PERIOD_MS_MAX {
            return Err(Refusal::invalid("Filter", "PERIOD_IS_TOO_LONG"));
        }
        Ok(period)
    }

    fn has(&self, posting: &Posting) -> bool {
        (self.since_ms..=self.to_ms).contains(&posting.paid_ms)
    }
}

/// Which way a list goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
enum Direction {
    Asc,
    Desc,
}

/// Oldest or newest first; postings of one moment by their number.
fn sort(postings: &mut [&Posting], direction: Direction) {
    postings.sort_by_key(|posting| (posting.paid_ms, posting.order_id));
    if direction == Direction::Desc {
        postings.reverse();
    }
}

/// One page of a list with a cursor: the postings, the cursor after them, whether there are more.
fn page<'a>(mut postings: Vec<&'a Posting>, cursor: Option<&str>, limit: usize) -> Result<Page<'a>, Refusal> {
    if let Some(cursor) = cursor.filter(|cursor| !cursor.is_empty()) {
        let after = BASE64_STANDARD.decode(cursor).ok().and_then(|text| String::from_utf8(text).ok());
        let place = after.and_then(|after| postings.iter().position(|posting| posting.posting_number == after));
        let place = place.ok_or_else(|| Refusal::invalid("Cursor", "value is not a cursor"))?;
        postings.drain(..=place);
    }
    let has_next = postings.len() > limit;
    postings.truncate(limit);
    let cursor = postings.last().map_or_else(String::new, |last| BASE64_STANDARD.encode(&last.posting_number));
    Ok(Page { postings, cursor, has_next })
}

struct Page<'a> {
    postings: Vec<&'a Posting>,
    cursor: String,
    has_next: bool,
}

/// An amount as the younger methods write it.
fn money(amount: &str) -> Value {
    json!({"amount": amount, "currency": "RUB"})
}

/// A line of an order with its price in that form.
fn line(line: &Ordered) -> Value {
    json!({
        "name": line.name,
        "offer_id": line.offer_id,
        "price": money(&line.price),
        "quantity": line.quantity,
        "sku": line.sku,
        "is_marketplace_buyout": false,
    })
}

fn substatus(status: &str) -> &'static str {
    match status {
        "awaiting_deliver" => "posting_transferring_to_delivery",
        "delivering" => "posting_on_way_to_city",
        "delivered" => "posting_delivered",
        "cancelled" => "posting_canceled",
        _ => "posting_created",
    }
}
