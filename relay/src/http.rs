//! Answers over HTTP: JSON, `application/problem+json` (RFC 9457), and what browsers need to read them.

use futures_util::StreamExt;
use relay_core::hub::{Forwarded, Turn};
use serde_json::{Value, json};
use shared::close;
use shared::limits::SETTINGS_MAX_AGE_S;
use shared::problem::{Code, Problem};
use worker::{Headers, Request, Response, Result, WebSocketPair};

use crate::clock;

/// A JSON answer.
pub fn json(status: u16, body: &Value) -> Result<Response> {
    text(status, "application/json", &body.to_string())
}

/// A refusal.
pub fn problem(problem: &Problem) -> Result<Response> {
    let status = problem.code.status();
    let body = json!({
        "type": "about:blank", "title": problem.code.as_str().replace('_', " "), "status": status,
        "code": problem.code, "detail": problem.detail,
    });
    let Some(wait_ms) = problem.retry_after_ms else {
        return text(status, "application/problem+json", &body.to_string());
    };
    let mut body = body;
    if let Some(members) = body.as_object_mut() {
        members.insert("retry_after_ms".into(), wait_ms.into());
    }
    let response = text(status, "application/problem+json", &body.to_string())?;
    // Whole seconds, and never too early.
    let wait_s = wait_ms.max(0).saturating_add(999) / 1000;
    response.headers().set("Retry-After", &wait_s.to_string())?;
    Ok(response)
}

/// An answer or a refusal.
pub fn answer(status: u16, answer: std::result::Result<Value, Problem>) -> Result<Response> {
    match answer {
        Ok(body) => json(status, &body),
        Err(refused) => problem(&refused),
    }
}

/// An answer in so many words.
pub fn text(status: u16, content_type: &str, body: &str) -> Result<Response> {
    let headers = Headers::new();
    headers.set("Content-Type", content_type)?;
    headers.set("Cache-Control", "no-store")?;
    headers.set("X-Content-Type-Options", "nosniff")?;
    Ok(Response::from_bytes(body.as_bytes().to_vec())?.with_status(status).with_headers(headers))
}

/// A table, by the name of a file. `next` says where the next page begins, in a header, since a table has no room for it.
pub fn csv(name: &str, table: &str, next: Option<i64>) -> Result<Response> {
    let response = text(200, "text/csv; charset=utf-8", table)?;
    response.headers().set("Content-Disposition", &format!("attachment; filename=\"{name}.csv\""))?;
    if let Some(next) = next {
        response.headers().set("X-Next", &next.to_string())?;
    }
    Ok(response)
}

/// A vendor's answer, as it came. It is data for a program, whatever it says of itself; a file says itself what may be done
/// with it.
pub fn forwarded(answer: Forwarded) -> Result<Response> {
    let headers = Headers::new();
    headers.set("Content-Type", &answer.content_type)?;
    headers.set("Cache-Control", "no-store")?;
    headers.set("X-Content-Type-Options", "nosniff")?;
    headers.set("Content-Security-Policy", "default-src 'none'; sandbox")?;
    if let Some(seconds) = &answer.retry_after {
        headers.set("Retry-After", seconds)?;
    }
    if answer.is_deprecated {
        // RFC 9745: since the vendor announced the end of its second version, 2025-07-13.
        headers.set("Deprecation", "@1752364800")?;
    }
    for (name, value) in &answer.headers {
        headers.set(name, value)?;
    }
    Ok(Response::from_bytes(answer.body)?.with_status(answer.status).with_headers(headers))
}

/// Lets the widget's pages read the answer, wherever they are. No cookie is involved: what an answer gives away is decided
/// by key, origin list and token, not by who may read it.
pub fn for_any_page(response: Response) -> Result<Response> {
    let headers = response.headers().clone();
    headers.set("Access-Control-Allow-Origin", "*")?;
    Ok(response.with_headers(headers))
}

/// Lets browsers and networks keep a success for [`SETTINGS_MAX_AGE_S`]: it says the same to everybody.
pub fn kept_for_a_while(response: Response) -> Result<Response> {
    if response.status_code() != 200 {
        return Ok(response);
    }
    let headers = response.headers().clone();
    headers.set("Cache-Control", &format!("public, max-age={SETTINGS_MAX_AGE_S}"))?;
    Ok(response.with_headers(headers))
}

/// The answer to a browser that asks whether it may ask.
pub fn preflight() -> Result<Response> {
    let headers = Headers::new();
    headers.set("Access-Control-Allow-Origin", "*")?;
    headers.set("Access-Control-Allow-Methods", "GET, POST")?;
    headers.set("Access-Control-Allow-Headers", "authorization, content-type, x-file-name")?;
    headers.set("Access-Control-Max-Age", "86400")?;
    Ok(Response::empty()?.with_status(204).with_headers(headers))
}

/// An answer of server-sent events. Nobody on the way is to keep it, compress it or wait for its end.
pub fn event_stream(response: Response) -> Result<Response> {
    let headers = Headers::new();
    headers.set("Content-Type", EVENT_STREAM)?;
    headers.set("Cache-Control", "no-store, no-transform")?;
    headers.set("Content-Encoding", "identity")?;
    headers.set("X-Accel-Buffering", "no")?;
    headers.set("X-Content-Type-Options", "nosniff")?;
    Ok(response.with_headers(headers))
}

/// The media type of server-sent events.
pub const EVENT_STREAM: &str = "text/event-stream";

/// Whether a request wants server-sent events.
pub fn wants_events(request: &Request) -> bool {
    let accept = request.headers().get("Accept").ok().flatten();
    accept.is_some_and(|accept| accept.contains(EVENT_STREAM))
}

/// An answer without a body.
pub fn nothing() -> Result<Response> {
    Ok(Response::empty()?.with_status(204))
}

/// Whether a request wants to become a socket.
pub fn is_upgrade(request: &Request) -> bool {
    let upgrade = request.headers().get("Upgrade").ok().flatten();
    upgrade.is_some_and(|value| value.eq_ignore_ascii_case("websocket"))
}

/// The refusal of a socket. A browser hides the answer to a refused upgrade from its page, so the socket is opened, told
/// why, and closed with a code.
pub fn refuse_socket(refused: &Problem, subprotocol: Option<&str>) -> Result<Response> {
    let pair = WebSocketPair::new()?;
    pair.server.accept()?;
    pair.server.send_with_str(relay_core::hub::error_frame(None, refused, clock::now()))?;
    pair.server.close(Some(close::code_of(refused.code)), Some(refused.code.as_str()))?;
    upgraded(pair.client, subprotocol)
}

/// The answer that makes a request a socket.
pub fn upgraded(client: worker::WebSocket, subprotocol: Option<&str>) -> Result<Response> {
    let response = Response::from_websocket(client)?;
    match subprotocol {
        Some(subprotocol) => {
            let headers = response.headers().clone();
            headers.set("Sec-WebSocket-Protocol", subprotocol)?;
            Ok(response.with_headers(headers))
        }
        None => Ok(response),
    }
}

/// The problem that one of our own answers tells of.
pub fn problem_of(body: &str) -> Problem {
    let told: Value = serde_json::from_str(body).unwrap_or_default();
    let code = told.get("code").and_then(Value::as_str).and_then(Code::parse).unwrap_or(Code::Internal);
    Problem::new(code, told.get("detail").and_then(Value::as_str).unwrap_or_default())
}

/// So much of a body that is too large is read all the same, in bytes: a sender that is cut off does not see why. Thirty
/// of our own requests; whoever sends more gets the answer if they look at it before they have sent all.
const DRAINED_BYTES_MAX: usize = 2 * 1024 * 1024;

/// The body as text, as far as `bytes_max`.
pub async fn body(request: &mut Request, bytes_max: usize) -> std::result::Result<String, Problem> {
    let bytes = body_bytes(request, bytes_max).await?;
    String::from_utf8(bytes).map_err(|_| Problem::new(Code::Malformed, "the body is not UTF-8"))
}

/// The body, as far as `bytes_max`.
pub async fn body_bytes(request: &mut Request, bytes_max: usize) -> std::result::Result<Vec<u8>, Problem> {
    let too_large = || Problem::new(Code::TooLarge, format!("the body has at most {bytes_max} bytes"));
    let announced =
        request.headers().get("Content-Length").ok().flatten().and_then(|length| length.parse::<usize>().ok());
    if announced.is_some_and(|length| length > DRAINED_BYTES_MAX.max(bytes_max)) {
        return Err(too_large());
    }
    let unreadable = |_| Problem::new(Code::Malformed, "the body could not be read");
    let Ok(mut stream) = request.stream() else { return Ok(Vec::new()) };
    let mut bytes = Vec::new();
    let mut read: usize = 0;
    while let Some(chunk) = stream.next().await {
        let chunk = chunk.map_err(unreadable)?;
        read = read.saturating_add(chunk.len());
        if read > DRAINED_BYTES_MAX.max(bytes_max) {
            return Err(too_large());
        }
        if read <= bytes_max {
            bytes.extend_from_slice(&chunk);
        }
    }
    if read > bytes_max {
        return Err(too_large());
    }
    Ok(bytes)
}

/// What a turn answered; a turn that answers nothing was none that could be asked over HTTP.
pub fn answer_of(turn: &mut Turn) -> std::result::Result<Value, Problem> {
    turn.answer.take().unwrap_or_else(|| Err(Problem::new(Code::Internal, "the relay has no answer to that")))
}
