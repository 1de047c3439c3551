//! Acting out a fault: what the caller gets instead of the answer, or what becomes of the answer on its way.

use std::convert::Infallible;
use std::io;
use std::time::Duration;

use axum::body::{Body, Bytes, to_bytes};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::stream;

use super::fault::FaultKind;
use super::refusal::Refusal;
use super::serve::Cut;
use super::vendor::refuse;

/// In how many drops a slow body comes.
const DROPS: u32 = 10;

/// What the caller of `method` gets; `answer` is what the vendor said.
pub(crate) async fn act(kind: FaultKind, method: &str, answer: Response) -> Response {
    match kind {
        FaultKind::Status { status: code, body, retry_after } => {
            let refusal = Refusal { retry_after_s: retry_after, ..Refusal::of_status(code, method) };
            let mut response = refuse(&refusal);
            if let Some(body) = body {
                *response.body_mut() = Body::from(body.to_string());
                response.headers_mut().remove(header::CONTENT_LENGTH);
            }
            response
        }
        FaultKind::Refusal { error } => refuse(&error.refusal(method)),
        FaultKind::Garbage { body } => {
            let page = body.unwrap_or_else(|| "<html><body>Сервис временно недоступен</body></html>".into());
            ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], page).into_response()
        }
        FaultKind::NoAnswer { ms: None } => std::future::pending().await,
        FaultKind::NoAnswer { ms: Some(ms) } => {
            tokio::time::sleep(Duration::from_millis(ms)).await;
            Cut::response()
        }
        FaultKind::Cut => Cut::response(),
        FaultKind::Redirect { location, status } => {
            let mut response = (code(status.unwrap_or(307)), Body::empty()).into_response();
            set(&mut response, header::LOCATION, &location);
            response
        }
        FaultKind::SlowBody { ms } => slow(answer, Duration::from_millis(ms)).await,
        FaultKind::HalfBody => half(answer).await,
        FaultKind::EmptyBody => ([(header::CONTENT_TYPE, "application/json")], "").into_response(),
        FaultKind::WrongType { content_type } => {
            let mut response = answer;
            set(&mut response, header::CONTENT_TYPE, &content_type);
            response
        }
    }
}

/// A status by its number.
pub(crate) fn code(number: u16) -> StatusCode {
    StatusCode::from_u16(number).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

fn set(response: &mut Response, name: header::HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::try_from(value) {
        response.headers_mut().insert(name, value);
    }
}

async fn slow(answer: Response, over: Duration) -> Response {
    let (head, whole) = whole(answer).await;
    let drop_bytes = whole.len().div_ceil(DROPS as usize).max(1);
    let pause = over / DROPS;
    let drops = stream::unfold(whole, move |mut left| async move {
        if left.is_empty() {
            return None;
        }
        tokio::time::sleep(pause).await;
        let drop = left.split_to(drop_bytes.min(left.len()));
        Some((Ok::<_, Infallible>(drop), left))
    });
    Response::from_parts(head, Body::from_stream(drops))
}

async fn half(answer: Response) -> Response {
    let (mut head, mut whole) = whole(answer).await;
    head.headers.insert(header::CONTENT_LENGTH, HeaderValue::from(whole.len()));
    let first = whole.split_to(whole.len() / 2);
    let cut = io::Error::from(io::ErrorKind::ConnectionAborted);
    // The pause lets the first half leave before the line ends.
    let parts = stream::unfold((Some(first), Some(cut)), |(first, cut)| async move {
        match first {
            Some(first) => Some((Ok(first), (None, cut))),
            None => {
                tokio::time::sleep(Duration::from_millis(20)).await;
                cut.map(|cut| (Err(cut), (None, None)))
            }
        }
    });
    Response::from_parts(head, Body::from_stream(parts))
}

async fn whole(answer: Response) -> (axum::http::response::Parts, Bytes) {
    let (head, body) = answer.into_parts();
    // The body was made here a moment ago and is in memory: reading it cannot fail.
    let whole = to_bytes(body, usize::MAX).await.unwrap_or_default();
    (head, whole)
}
