//! What happens to postings: they are paid, shipped, delivered, cancelled, and their dates move. Each of it is kept, then
//! pushed, unless Ozon stores the goods itself: FBO postings are not pushed.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::clock;
use super::market::Market;
use super::push::order_body;
use super::refusal::Refusal;
use super::shop::posting::{Posting, PostingGiven};

/// The vendor's status words that a posting goes through here.
const STATUSES: [&str; 5] = ["awaiting_packaging", "awaiting_deliver", "delivering", "delivered", "cancelled"];

/// A change of a posting; what is absent stays. The body of `POST /_sim/posting-change`. Times are RFC 3339.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PostingChange {
    /// Which.
    pub posting_number: String,
    /// `awaiting_packaging`, `awaiting_deliver`, `delivering`, `delivered` (now, unless `delivered_at` says when) or
    /// `cancelled`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// When it was delivered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delivered_at: Option<String>,
    /// Until when it has to be shipped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shipment_date: Option<String>,
    /// When it is to arrive.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delivery_date: Option<String>,
    /// The parcel's number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tracking_number: Option<String>,
}

/// A buyer orders and pays; answers the posting's number.
pub(crate) fn placed(market: &Arc<Market>, given: PostingGiven) -> Result<String, Refusal> {
    let now_ms = market.now_ms();
    let (number, push) = market.change(|shop| {
        let posting = shop.add_posting(given, now_ms)?;
        let body = (!posting.is_fbo()).then(|| order_body::new_posting(market, &posting));
        Ok((posting.posting_number, body.and_then(|body| shop.note_push(body))))
    })?;
    hand_over(market, push);
    Ok(number)
}

/// Something about a posting changes.
pub(crate) fn changes(market: &Arc<Market>, change: PostingChange) -> Result<(), Refusal> {
    let now_ms = market.now_ms();
    let pushes = market.change(|shop| {
        let posting = shop.posting_mut(&change.posting_number)?;
        let old = posting.clone();
        apply(posting, change, now_ms)?;
        let bodies = if posting.is_fbo() { Vec::new() } else { bodies(market, &old, posting, now_ms) };
        Ok::<_, Refusal>(bodies.into_iter().filter_map(|body| shop.note_push(body)).collect::<Vec<_>>())
    })?;
    hand_over(market, pushes);
    Ok(())
}

fn apply(posting: &mut Posting, change: PostingChange, now_ms: i64) -> Result<(), Refusal> {
    let time = |text: &str| clock::parse_ms(text).ok_or_else(|| Refusal::invalid("posting", "no RFC 3339 time"));
    let delivered_ms = change.delivered_at.as_deref().map(time).transpose()?;
    let shipment_ms = change.shipment_date.as_deref().map(time).transpose()?;
    let delivery_ms = change.delivery_date.as_deref().map(time).transpose()?;
    if let Some(status) = change.status {
        if !STATUSES.contains(&status.as_str()) {
            return Err(Refusal::invalid("status", "no such status"));
        }
        if status == "delivering" || status == "delivered" {
            posting.delivering_ms.get_or_insert(now_ms);
        }
        if status == "delivered" {
            posting.delivered_ms.get_or_insert(now_ms);
        }
        posting.status = status;
    }
    posting.delivered_ms = delivered_ms.or(posting.delivered_ms);
    posting.shipment_ms = shipment_ms.unwrap_or(posting.shipment_ms);
    posting.delivery_ms = delivery_ms.unwrap_or(posting.delivery_ms);
    posting.tracking_number = change.tracking_number.unwrap_or(std::mem::take(&mut posting.tracking_number));
    Ok(())
}

fn bodies(market: &Market, old: &Posting, new: &Posting, now_ms: i64) -> Vec<Value> {
    let mut bodies = Vec::new();
    if new.status != old.status {
        bodies.push(match new.status.as_str() {
            "cancelled" => order_body::cancelled(market, new, &old.status, now_ms),
            _ => order_body::state_changed(market, new, now_ms),
        });
    }
    if new.shipment_ms != old.shipment_ms {
        bodies.push(order_body::cutoff_changed(market, new, old.shipment_ms));
    }
    if new.delivery_ms != old.delivery_ms {
        bodies.push(order_body::delivery_changed(market, new, old.delivery_ms));
    }
    bodies
}

fn hand_over(market: &Market, pushes: impl IntoIterator<Item = u64>) {
    for id in pushes {
        market.push_is_due(id);
    }
}
