//! The only place that calls out: an upstream call becomes a request of reqwest's, and what comes back a value.
//!
//! Redirects are not followed (`entry.mjs` sees to it): a 3xx is an answer like any other, and a merchant's key never
//! goes to a host that an answer names.

use std::time::Duration;

use futures_util::StreamExt;
use relay_core::upstream::{Answered, Request};
use shared::limits::UPSTREAM_BODY_BYTES_MAX;

/// Makes the call, within so many milliseconds. Whatever goes wrong on the way is [`Answered::Lost`]: the upstream may have
/// acted. Of a body there may be `bytes_wanted` and no more; without it one that is too large is lost as a whole.
pub async fn perform(call: Request, bytes_wanted: Option<usize>, timeout_ms: i64) -> Answered {
    match attempt(call, bytes_wanted, timeout_ms).await {
        Some(response) => Answered::Response(response),
        None => Answered::Lost,
    }
}

async fn attempt(call: Request, bytes_wanted: Option<usize>, timeout_ms: i64) -> Option<http::Response<Vec<u8>>> {
    let (parts, body) = call.into_parts();
    let answer = reqwest::Client::new()
        .request(parts.method, parts.uri.to_string())
        .headers(parts.headers)
        .timeout(Duration::from_millis(timeout_ms.unsigned_abs()))
        .body(body)
        .send()
        .await
        .ok()?;
    let mut response = http::Response::new(Vec::new());
    *response.status_mut() = answer.status();
    *response.headers_mut() = answer.headers().clone();
    let bytes_max = bytes_wanted.unwrap_or(UPSTREAM_BODY_BYTES_MAX);
    let announced = answer.content_length().and_then(|length| usize::try_from(length).ok()).unwrap_or_default();
    if bytes_wanted.is_some_and(|wanted| announced >= wanted) {
        // Its head has said so already.
        return Some(response);
    }
    if bytes_wanted.is_some() {
        response.body_mut().reserve_exact(announced);
    }
    let mut stream = answer.bytes_stream();
    while let Some(chunk) = stream.next().await {
        let chunk = chunk.ok()?;
        let room = bytes_max.saturating_sub(response.body().len());
        if chunk.len() > room && bytes_wanted.is_none() {
            return None;
        }
        response.body_mut().extend_from_slice(chunk.get(..room).unwrap_or(&chunk));
        if chunk.len() > room {
            break;
        }
    }
    Some(response)
}
