//! The way of one vendor call: noted, hit by a fault if one waits, checked for keys and rate, answered by its method.

use std::net::IpAddr;
use std::sync::Arc;

use axum::body::{Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::fault::Apply;
use super::market::Market;
use super::refusal::{Answer, Refusal};
use super::serve::{Cut, Peer};
use super::suffer;
use super::{account, analytics, auth, chat, clock, notification, posting, product, warehouse};

/// The methods of the vendor's that exist here, as `/v1/roles` lists them.
pub(crate) const METHODS: [&str; 24] = [
    "/v1/analytics/data",
    "/v1/chat/send/file",
    "/v1/chat/send/message",
    "/v1/chat/start",
    "/v1/notification/check",
    "/v1/notification/delete",
    "/v1/notification/enable",
    "/v1/notification/list",
    "/v1/notification/push-type/list",
    "/v1/notification/set",
    "/v1/notification/update",
    "/v1/roles",
    "/v1/seller/info",
    "/v2/chat/list",
    "/v2/chat/read",
    "/v2/warehouse/list",
    "/v3/chat/history",
    "/v3/chat/list",
    "/v3/posting/fbo/list",
    "/v3/posting/fbs/list",
    "/v3/product/info/list",
    "/v3/product/list",
    "/v4/posting/fbs/list",
    "/v4/product/info/stocks",
];

/// Methods that the vendor had once. It answers for them as for any unknown method; a call is noted apart from the
/// unmatched ones, because the product may be asked for them by clients that were written long ago.
const GONE: [&str; 9] = [
    "/v1/chat/history",
    "/v1/chat/list",
    "/v1/chat/updates",
    "/v1/warehouse/list",
    "/v2/chat/history",
    "/v2/posting/fbo/list",
    "/v2/product/info",
    "/v2/product/list",
    "/v3/product/info/stocks",
];

const FILE_PREFIX: &str = "/v2/chat/file/";

/// The vendor names no limit for files; this one only keeps a mistaken test from filling the memory.
const BODY_BYTES_MAX: usize = 64 * 1_024 * 1_024;

/// A call that was read whole.
struct Call {
    method: Method,
    path: String,
    headers: HeaderMap,
    body: Bytes,
    from: Option<IpAddr>,
}

/// Every path that is not the simulator's own.
pub(crate) async fn handle(State(market): State<Arc<Market>>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let Ok(body) = to_bytes(body, BODY_BYTES_MAX).await else {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    let full_path = head.uri.path_and_query().map_or_else(|| "/".into(), ToString::to_string);
    let from = head.extensions.get::<Peer>().map(|peer| peer.0);
    let call = Call { method: head.method, path: head.uri.path().into(), headers: head.headers, body, from };
    let now_ms = market.now_ms();
    let number = market.record(|record| {
        *record.per_method.entry(counted_as(&call.path).into()).or_default() += 1;
        record.busiest.note(auth::header(&call.headers, "client-id").unwrap_or(""), now_ms);
        record.note(clock::rfc3339(now_ms), call.method.as_str(), &full_path, &call.headers, &call.body)
    });

    let fault = market.faults(|faults| faults.take(&call.path));
    if let Some(fault) = &fault {
        market.record(|record| record.outcome(number, |seen| seen.fault = Some(fault.name().into())));
    }
    let response = match fault {
        None => answer(&market, &call).await,
        Some(fault) => {
            let said = match fault.apply {
                // The vendor never acted: an answer that is mangled on its way is an empty one.
                Apply::Before => axum::Json(json!({})).into_response(),
                Apply::After => answer(&market, &call).await,
            };
            suffer::act(fault.kind, counted_as(&call.path), said).await
        }
    };
    if response.extensions().get::<Cut>().is_none() {
        market.record(|record| record.outcome(number, |seen| seen.status = Some(response.status().as_u16())));
    }
    response
}

/// Files are counted together.
fn counted_as(path: &str) -> &str {
    if path.starts_with(FILE_PREFIX) { FILE_PREFIX } else { path }
}

async fn answer(market: &Arc<Market>, call: &Call) -> Response {
    let file = call.path.strip_prefix(FILE_PREFIX).filter(|_| call.method == Method::GET);
    let is_post = call.method == Method::POST;
    if is_post && GONE.contains(&call.path.as_str()) {
        market.record(|record| record.gone.push(call.path.clone()));
        let is_410 = market.quirks().gone_is_410;
        return refuse(&if is_410 { Refusal::obsolete_method() } else { Refusal::unknown_method() });
    }
    let is_method = is_post && METHODS.contains(&call.path.as_str());
    if !is_method && file.is_none() {
        return unmatched(market, call);
    }
    if let Err(refusal) = auth::check(market, &call.headers, counted_as(&call.path), call.from) {
        return refuse(&refusal);
    }
    match file {
        Some(path) => match chat::file::answer(market, path) {
            Ok(response) => market.quirks().files.dress(path, response),
            Err(refusal) => refuse(&refusal),
        },
        None => match dispatch(market, &call.path, &call.body).await {
            Ok(body) => axum::Json(market.quirks().dress(body)).into_response(),
            Err(refusal) => refuse(&refusal),
        },
    }
}

async fn dispatch(market: &Arc<Market>, path: &str, body: &[u8]) -> Answer {
    match path {
        "/v1/analytics/data" => analytics::answer(market, body),
        "/v1/chat/send/file" => chat::send_file::answer(market, body),
        "/v1/chat/send/message" => chat::send_message::answer(market, body),
        "/v1/chat/start" => chat::start::answer(market, body),
        "/v1/notification/check" => notification::check::answer(market, body).await,
        "/v1/notification/delete" => notification::delete::answer(market, body),
        "/v1/notification/enable" => notification::enable::answer(market, body).await,
        "/v1/notification/list" => notification::list::answer(market),
        "/v1/notification/push-type/list" => notification::push_type_list::answer(market),
        "/v1/notification/set" => notification::set::answer(market, body).await,
        "/v1/notification/update" => notification::update::answer(market, body).await,
        "/v1/roles" => account::roles(market),
        "/v1/seller/info" => account::seller_info(market),
        "/v2/chat/list" => chat::list_v2::answer(market, body),
        "/v2/chat/read" => chat::read::answer(market, body),
        "/v3/chat/history" => chat::history::answer(market, body),
        "/v3/chat/list" => chat::list::answer(market, body),
        "/v2/warehouse/list" => warehouse::answer(body),
        "/v3/posting/fbo/list" => posting::fbo_list::answer(market, body),
        "/v3/posting/fbs/list" => posting::fbs_list_v3::answer(market, body),
        "/v3/product/info/list" => product::info_list::answer(market, body),
        "/v3/product/list" => product::list::answer(market, body),
        "/v4/posting/fbs/list" => posting::fbs_list_v4::answer(market, body),
        "/v4/product/info/stocks" => product::stocks::answer(market, body),
        _ => Err(Refusal::unknown_method()),
    }
}

/// A call that the vendor does not have is a mistake of ours: loud, and counted for the tests to fail on.
fn unmatched(market: &Market, call: &Call) -> Response {
    let name = format!("{} {}", call.method, call.path);
    eprintln!("Ozon simulator: no such call: {name}");
    market.record(|record| record.unmatched.push(name.clone()));
    let body = json!({
        "simulator": "there is no such call",
        "method": call.method.as_str(),
        "path": call.path,
        "code": 12,
        "message": format!("unmatched call: {name}"),
        "details": [],
    });
    (StatusCode::INTERNAL_SERVER_ERROR, axum::Json(body)).into_response()
}

/// A refusal as it goes over the wire.
pub(crate) fn refuse(refusal: &Refusal) -> Response {
    let mut response = (suffer::code(refusal.http), axum::Json(refusal.body())).into_response();
    if let Some(seconds) = refusal.retry_after_s {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}
