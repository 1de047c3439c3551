//! The simulator's own surface under `/_sim/`: a test or a person plays the buyer, makes trouble and looks inside.
//! JSON only, by content type: a page of another origin cannot post here without being asked first, and is refused.

pub(crate) mod client;
pub(crate) mod view;

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{any, get, post};
use axum::{Json, Router};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::buyer::{self, BuyerMessage};
use super::fault::Fault;
use super::market::Market;
use super::options::Subscription;
use super::orders::{self, PostingChange};
use super::push::manner::PushManner;
use super::push::{check, courier};
use super::quirk::Quirks;
use super::rate::Limits;
use super::refusal::Refusal;
use super::shop::posting::PostingGiven;
use super::{chat, clock, vendor};

const REQUESTS_SHOWN: usize = 100;

/// A change of the seller's account; members that are absent stay. The body of `POST /_sim/account`.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccountChange {
    /// Another key; the old one is wrong from now on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub api_key: Option<String>,
    /// Whether the key is switched off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deactivated: Option<bool>,
    /// Another subscription.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subscription: Option<Subscription>,
    /// In how many milliseconds the subscription ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subscription_ends_in_ms: Option<i64>,
    /// Whether the seller has not signed the offer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offer_unsigned: Option<bool>,
    /// Methods that the key's roles lack; an empty list gives all of them back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub denied_methods: Option<BTreeSet<String>>,
    /// The only addresses from which the key is good; an empty list means all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub only_addresses: Option<BTreeSet<IpAddr>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Forward {
    advance_ms: i64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PushUrl {
    url: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OfChat {
    chat_id: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OfMessage {
    message_id: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Edit {
    chat_id: String,
    message_id: String,
    text: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Notification {
    text: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Count {
    count: usize,
}

#[derive(Deserialize)]
struct Last {
    last: Option<usize>,
}

type Shared = State<Arc<Market>>;

/// The whole simulator: the page, the control surface, and the vendor for everything else.
pub(crate) fn router(market: Arc<Market>) -> Router {
    Router::new()
        .route("/", get(async || Html(include_str!("page.html"))))
        .route("/_sim/push-url", post(push_url))
        .route("/_sim/push", post(push))
        .route("/_sim/push-again", post(push_again))
        .route("/_sim/push-manner", post(push_manner))
        .route("/_sim/posting", post(posting))
        .route("/_sim/posting-change", post(posting_change))
        .route("/_sim/buyer-message", post(buyer_message))
        .route("/_sim/buyer-reads", post(buyer_reads))
        .route("/_sim/buyer-edits", post(buyer_edits))
        .route("/_sim/close-chat", post(close_chat))
        .route("/_sim/notification", post(notification))
        .route("/_sim/notification-chats", post(notification_chats))
        .route("/_sim/account", post(account))
        .route("/_sim/clock", post(forward))
        .route("/_sim/limits", post(limits))
        .route("/_sim/quirks", post(quirks))
        .route("/_sim/fault", post(fault))
        .route("/_sim/clear-faults", post(clear_faults))
        .route("/_sim/state", get(async |State(market): Shared| Json(view::state(&market))))
        .route("/_sim/requests", get(requests))
        .route("/_sim/cdn/{*path}", any(cdn))
        .fallback(vendor::handle)
        .with_state(market)
}

fn done(outcome: Result<impl Serialize, Refusal>) -> Response {
    match outcome {
        Ok(body) => Json(body).into_response(),
        Err(refusal) => (
            StatusCode::from_u16(refusal.http).unwrap_or(StatusCode::BAD_REQUEST),
            Json(json!({"error": refusal.message})),
        )
            .into_response(),
    }
}

async fn push_url(State(market): Shared, Json(body): Json<PushUrl>) -> Response {
    done(Ok(check::subscribe(&market, body.url).await))
}

/// Posts any body to the seller's URL once, now, and answers what came of it.
async fn push(State(market): Shared, Json(body): Json<Value>) -> Response {
    match market.read(|shop| shop.endpoints.first().map(|endpoint| endpoint.url.clone())) {
        Some(url) => done(Ok(courier::send(&market, &url, &body).await)),
        None => done(Err::<(), _>(Refusal::not_found("push URL"))),
    }
}

async fn push_again(State(market): Shared, Json(body): Json<OfMessage>) -> Response {
    done(buyer::pushed_again(&market, &body.message_id).map(|()| json!({})))
}

async fn push_manner(State(market): Shared, Json(body): Json<PushManner>) -> Response {
    market.set_manner(body);
    done(Ok(json!({})))
}

async fn posting(State(market): Shared, Json(body): Json<PostingGiven>) -> Response {
    done(orders::placed(&market, body).map(|posting_number| json!({"posting_number": posting_number})))
}

async fn posting_change(State(market): Shared, Json(body): Json<PostingChange>) -> Response {
    done(orders::changes(&market, body).map(|()| json!({})))
}

async fn buyer_message(State(market): Shared, Json(body): Json<BuyerMessage>) -> Response {
    done(buyer::says(&market, body, None))
}

async fn buyer_reads(State(market): Shared, Json(body): Json<OfChat>) -> Response {
    done(buyer::reads(&market, &body.chat_id).map(|last| json!({"last_read_message_id": last})))
}

async fn buyer_edits(State(market): Shared, Json(body): Json<Edit>) -> Response {
    done(buyer::edits(&market, &body.chat_id, &body.message_id, body.text).map(|()| json!({})))
}

async fn close_chat(State(market): Shared, Json(body): Json<OfChat>) -> Response {
    done(buyer::closes(&market, &body.chat_id).map(|()| json!({})))
}

async fn notification(State(market): Shared, Json(body): Json<Notification>) -> Response {
    done(buyer::notified(&market, body.text))
}

async fn notification_chats(State(market): Shared, Json(body): Json<Count>) -> Response {
    done(buyer::notified_all_over(&market, body.count).map(|()| json!({})))
}

async fn account(State(market): Shared, Json(body): Json<AccountChange>) -> Response {
    let now_ms = market.now_ms();
    market.change_account(|account| {
        if let Some(api_key) = body.api_key {
            account.rotate(api_key, now_ms);
        }
        if let Some(subscription) = body.subscription {
            account.subscription = subscription;
            account.subscribed_until_ms = None;
        }
        if let Some(in_ms) = body.subscription_ends_in_ms {
            account.subscribed_until_ms = Some(now_ms.saturating_add(in_ms));
        }
        account.deactivated = body.deactivated.unwrap_or(account.deactivated);
        account.offer_unsigned = body.offer_unsigned.unwrap_or(account.offer_unsigned);
        account.denied = body.denied_methods.unwrap_or(std::mem::take(&mut account.denied));
        account.addresses = body.only_addresses.unwrap_or(std::mem::take(&mut account.addresses));
    });
    done(Ok(json!({})))
}

/// Time passes; answers the marketplace's time. It never goes back.
async fn forward(State(market): Shared, Json(body): Json<Forward>) -> Response {
    if body.advance_ms < 0 {
        return done(Err::<(), _>(Refusal::invalid("advance_ms", "time does not go back")));
    }
    market.advance_clock(body.advance_ms);
    done(Ok(json!({"now": clock::rfc3339(market.now_ms())})))
}

async fn limits(State(market): Shared, Json(body): Json<Limits>) -> Response {
    market.rate(|rate| rate.set(body));
    done(Ok(json!({})))
}

async fn quirks(State(market): Shared, Json(body): Json<Quirks>) -> Response {
    market.set_quirks(body);
    done(Ok(json!({})))
}

async fn fault(State(market): Shared, Json(body): Json<Fault>) -> Response {
    market.faults(|faults| faults.add(body));
    done(Ok(json!({})))
}

async fn clear_faults(State(market): Shared) -> Response {
    market.faults(|faults| faults.clear());
    done(Ok(json!({})))
}

async fn requests(State(market): Shared, Query(query): Query<Last>) -> Response {
    done(Ok(market.record(|record| record.last(query.last.unwrap_or(REQUESTS_SHOWN)))))
}

/// Another house for redirects to lead to: it wants no keys, and the record tells whether it got some.
async fn cdn(State(market): Shared, Path(path): Path<String>, request: axum::extract::Request) -> Response {
    market.record(|record| {
        let at = clock::rfc3339(market.now_ms());
        let number = record.note(at, request.method().as_str(), request.uri().path(), request.headers(), &[]);
        record.outcome(number, |seen| seen.status = Some(200));
    });
    chat::file::answer(&market, &path).unwrap_or_else(|_| Json(json!({"landed": true})).into_response())
}
