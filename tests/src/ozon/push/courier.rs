//! Carrying pushes: first attempts one after another in the order of the events, repetitions each on its own (so a
//! repeated push arrives after younger ones, as it does in life).

use std::sync::Arc;
use std::time::Duration;

use reqwest::redirect::Policy;
use serde_json::Value;
use tokio::sync::mpsc;

use super::delivery::{Attempt, Outcome};
use super::judge::{PushError, PushErrorKind, Reply, judge};
use super::manner::PushManner;
use crate::ozon::clock;
use crate::ozon::market::Market;

/// An answer that takes longer counts as none: the vendor's 5 seconds.
const ANSWER_MAX: Duration = Duration::from_secs(5);

/// What the courier is told.
pub(crate) enum Due {
    /// A delivery is due for its first attempt.
    Push(u64),
    /// What waits for a push to follow it waits no longer.
    LetGo,
}

/// Delivers what is due until the simulator ends.
pub(crate) async fn run(market: Arc<Market>, mut due: mpsc::UnboundedReceiver<Due>) {
    let mut held: Option<(u64, PushManner)> = None;
    while let Some(due) = due.recv().await {
        if let Due::Push(id) = due {
            let Some(body) = market.read(|shop| shop.delivery(id).map(|delivery| delivery.body.clone())) else {
                continue;
            };
            let manner = market.manners(|manners| manners.of(&body));
            if manner.never {
                drop_delivery(&market, id);
                continue;
            }
            if manner.swapped && held.is_none() {
                held = Some((id, manner));
                continue;
            }
            carry(&market, id, &manner).await;
        }
        if let Some((id, manner)) = held.take() {
            carry(&market, id, &manner).await;
        }
    }
}

/// Delivers one push in its manner; what is late does not hold up what follows.
async fn carry(market: &Arc<Market>, id: u64, manner: &PushManner) {
    if manner.late_ms <= 0 {
        return deliver(market, id, manner.copies).await;
    }
    let due_ms = market.now_ms().saturating_add(manner.late_ms);
    let (market, copies) = (Arc::clone(market), manner.copies);
    Arc::clone(&market).spawn(async move {
        market.clock().sleep_until(due_ms).await;
        deliver(&market, id, copies).await;
    });
}

async fn deliver(market: &Arc<Market>, id: u64, copies: u32) {
    first_attempt(market, id).await;
    for _ in 1..copies {
        let copy = market.change(|shop| {
            let body = shop.delivery(id)?.body.clone();
            shop.note_push(body)
        });
        let Some(copy) = copy else { return };
        first_attempt(market, copy).await;
    }
}

async fn first_attempt(market: &Arc<Market>, id: u64) {
    if !attempt(market, id).await {
        market.spawn(repeat(Arc::clone(market), id));
    }
}

async fn repeat(market: Arc<Market>, id: u64) {
    loop {
        let tried = market.read(|shop| {
            let attempts = &shop.delivery(id)?.attempts;
            // The pause begins with the attempt that failed, whenever this task gets to it.
            Some((attempts.len(), attempts.last().and_then(|last| clock::parse_ms(&last.at))?))
        });
        let Some((tried, failed_ms)) = tried else { return };
        let Some(pause) = market.options().push_retries.get(tried.saturating_sub(1)).copied() else {
            return drop_delivery(&market, id);
        };
        let pause_ms = i64::try_from(pause.as_millis()).unwrap_or(i64::MAX);
        market.clock().sleep_until(failed_ms.saturating_add(pause_ms)).await;
        if attempt(&market, id).await {
            return;
        }
    }
}

fn drop_delivery(market: &Market, id: u64) {
    market.change(|shop| shop.delivery_mut(id).map(|delivery| delivery.outcome = Outcome::Dropped));
}

/// Tries once; true when nothing more is to be done.
async fn attempt(market: &Market, id: u64) -> bool {
    let found = market.read(|shop| {
        let delivery = shop.delivery(id).filter(|delivery| delivery.outcome == Outcome::Pending)?;
        // A delivery that was kept by an older simulator has no endpoint: it belongs to the first one.
        let of = |endpoint_id| shop.endpoints.iter().find(|endpoint| endpoint.id == endpoint_id);
        let endpoint = delivery.endpoint_id.map_or(shop.endpoints.first(), of);
        let endpoint = endpoint.filter(|endpoint| endpoint.is_enabled && !endpoint.is_suspended);
        Some((endpoint.map(|endpoint| (endpoint.id, endpoint.url.clone())), delivery.body.clone()))
    });
    let Some((endpoint, body)) = found else { return true };
    let Some((endpoint_id, url)) = endpoint else {
        drop_delivery(market, id);
        return true;
    };
    let attempt = send(market, &url, &body).await;
    let is_delivered = attempt.error.is_none();
    let now_ms = market.now_ms();
    market.change(|shop| {
        if let Some(delivery) = shop.delivery_mut(id) {
            delivery.attempts.push(attempt);
            if is_delivered {
                delivery.outcome = Outcome::Delivered;
            }
        }
        if let Some(endpoint) = shop.endpoint_mut(endpoint_id) {
            endpoint.answered(is_delivered, now_ms);
        }
    });
    is_delivered
}

/// Posts one body and judges the answer.
pub(crate) async fn send(market: &Market, url: &str, body: &Value) -> Attempt {
    let is_ping = body.get("message_type").and_then(Value::as_str) == Some("TYPE_PING");
    let (status, verdict) = match tokio::time::timeout(ANSWER_MAX, post(url, body)).await {
        Ok(Ok(reply)) => (Some(reply.status), judge(&reply, is_ping)),
        Ok(Err(error)) => (None, Err(PushError::new(PushErrorKind::RequestError, error.to_string()))),
        Err(_) => (None, Err(PushError::new(PushErrorKind::RequestTimeout, "no answer within 5 seconds"))),
    };
    Attempt { at: clock::rfc3339(market.now_ms()), status, error: verdict.err() }
}

async fn post(url: &str, body: &Value) -> reqwest::Result<Reply> {
    // A connection of its own each time: a restarted relay must not be met over a dead one.
    let client = reqwest::Client::builder().no_proxy().redirect(Policy::none()).pool_max_idle_per_host(0).build()?;
    let answer = client.post(url).json(body).send().await?;
    let status = answer.status().as_u16();
    let content_type = answer.headers().get("content-type").and_then(|value| value.to_str().ok()).unwrap_or("").into();
    let body = answer.bytes().await?.to_vec();
    Ok(Reply { status, content_type, body })
}
