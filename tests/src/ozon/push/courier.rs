//! Carrying pushes: first attempts one after another in the order of the events, repetitions each on its own (so a
//! repeated push arrives after younger ones, as it does in life), the check of the URL before anything.

use std::sync::Arc;
use std::time::Duration;

use reqwest::redirect::Policy;
use serde_json::Value;
use tokio::sync::mpsc;

use super::body;
use super::delivery::{Attempt, Outcome};
use super::judge::{PushCheck, PushError, PushErrorKind, Reply, judge};
use crate::ozon::clock;
use crate::ozon::market::Market;

/// An answer that takes longer counts as none: the vendor's 5 seconds.
const ANSWER_MAX: Duration = Duration::from_secs(5);

/// How soon a URL that failed its check is checked again. The vendor leaves that to the seller's button; a relay that
/// starts after the marketplace should be found without one.
const RECHECK: Duration = Duration::from_secs(1);

/// Delivers what is due until the simulator ends.
pub(crate) async fn run(market: Arc<Market>, mut due: mpsc::UnboundedReceiver<u64>) {
    while let Some(id) = due.recv().await {
        if !attempt(&market, id).await {
            market.spawn(repeat(Arc::clone(&market), id));
        }
    }
}

async fn repeat(market: Arc<Market>, id: u64) {
    loop {
        let tried = market.read(|shop| shop.delivery(id).map_or(0, |delivery| delivery.attempts.len()));
        let Some(pause) = market.options().push_retries.get(tried.saturating_sub(1)).copied() else {
            market.change(|shop| shop.delivery_mut(id).map(|delivery| delivery.outcome = Outcome::Dropped));
            return;
        };
        let pause_ms = i64::try_from(pause.as_millis()).unwrap_or(i64::MAX);
        market.clock().sleep_until(market.now_ms().saturating_add(pause_ms)).await;
        if attempt(&market, id).await {
            return;
        }
    }
}

/// Tries once; true when nothing more is to be done.
async fn attempt(market: &Market, id: u64) -> bool {
    let found = market.read(|shop| {
        let delivery = shop.delivery(id).filter(|delivery| delivery.outcome == Outcome::Pending)?;
        Some((shop.push.url.clone(), delivery.body.clone()))
    });
    let Some((url, body)) = found else { return true };
    let Some(url) = url else {
        market.change(|shop| shop.delivery_mut(id).map(|delivery| delivery.outcome = Outcome::Dropped));
        return true;
    };
    let attempt = send(market, &url, &body).await;
    let is_delivered = attempt.error.is_none();
    market.change(|shop| {
        if let Some(delivery) = shop.delivery_mut(id) {
            delivery.attempts.push(attempt);
            if is_delivered {
                delivery.outcome = Outcome::Delivered;
            }
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

/// Sets the URL and checks it once; a URL that fails is checked again in the background until it answers.
pub(crate) async fn subscribe(market: &Arc<Market>, url: Option<String>) -> PushCheck {
    let generation = market.change(|shop| shop.push.set(url));
    let verdict = check(market, generation).await;
    if !verdict.is_active {
        market.spawn(recheck(Arc::clone(market), generation));
    }
    verdict
}

/// Checks the URL again and again until it answers or another one takes its place.
pub(crate) async fn recheck(market: Arc<Market>, generation: u64) {
    while market.read(|shop| shop.push.generation == generation && shop.push.url.is_some()) {
        if check(&market, generation).await.is_active {
            return;
        }
        tokio::time::sleep(RECHECK).await;
    }
}

async fn check(market: &Market, generation: u64) -> PushCheck {
    let Some(url) = market.read(|shop| shop.push.url.clone()) else {
        return PushCheck { is_active: false, errors: Vec::new() };
    };
    let errors: Vec<PushError> = send(market, &url, &body::ping(market.now_ms())).await.error.into_iter().collect();
    let is_active = errors.is_empty();
    market.change(|shop| {
        if shop.push.generation == generation {
            shop.push.is_active = is_active;
            shop.push.errors = errors.clone();
        }
    });
    PushCheck { is_active, errors }
}
