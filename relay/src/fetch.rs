//! The only place that calls out: an upstream call becomes a request of reqwest's, and what comes back a value.
//!
//! Redirects are not followed (`entry.mjs` sees to it): a 3xx is an answer like any other, and a merchant's key never
//! goes to a host that an answer names.

use std::time::Duration;

use futures_util::StreamExt;
use relay_core::upstream::{Answered, Request};
use shared::limits::{UPSTREAM_BODY_BYTES_MAX, UPSTREAM_TIMEOUT_MS};

/// Makes the call. Whatever goes wrong on the way is [`Answered::Lost`]: the upstream may have acted.
pub async fn perform(call: Request) -> Answered {
    match attempt(call).await {
        Some(response) => Answered::Response(response),
        None => Answered::Lost,
    }
}

async fn attempt(call: Request) -> Option<http::Response<Vec<u8>>> {
    let (parts, body) = call.into_parts();
    let answer = reqwest::Client::new()
        .request(parts.method, parts.uri.to_string())
        .headers(parts.headers)
        .timeout(Duration::from_millis(UPSTREAM_TIMEOUT_MS.unsigned_abs()))
        .body(body)
        .send()
        .await
        .ok()?;
    let mut response = http::Response::new(Vec::new());
    *response.status_mut() = answer.status();
    *response.headers_mut() = answer.headers().clone();
    let mut stream = answer.bytes_stream();
    while let Some(chunk) = stream.next().await {
        let chunk = chunk.ok()?;
        if response.body().len().saturating_add(chunk.len()) > UPSTREAM_BODY_BYTES_MAX {
            return None;
        }
        response.body_mut().extend_from_slice(&chunk);
    }
    Some(response)
}
