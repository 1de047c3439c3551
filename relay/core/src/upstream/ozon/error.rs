//! What an answer that is not a success means (UPSTREAMS 1.6). Decided by the HTTP status and the numeric `code`. The text
//! decides only where Ozon documents nothing but a text, for every method and with whatever status: those are said by the
//! gateway before the method, which has done nothing then. Words in place of the number, as older descriptions of the API
//! have them, are understood, too.

use http::StatusCode;
use http::header::RETRY_AFTER;
use serde::Deserialize;
use shared::limits::{OZON_CIRCLE_OPEN_MS, OZON_RETRY_AFTER_MS_MAX};
use shared::problem::Code;

use super::loose;
use crate::upstream::{Answered, Failure, Response};

/// The gRPC status that Ozon sends as an error's body.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Body {
    #[serde(deserialize_with = "loose::text")]
    code: Option<String>,
    #[serde(deserialize_with = "loose::or_default")]
    message: String,
}

/// gRPC's numbers that mean something here.
mod grpc {
    /// `DEADLINE_EXCEEDED`: a timeout on Ozon's side.
    pub(super) const DEADLINE_EXCEEDED: i64 = 4;
    /// `ALREADY_EXISTS`.
    pub(super) const ALREADY_EXISTS: i64 = 6;
    /// `RESOURCE_EXHAUSTED`: too many calls.
    pub(super) const RESOURCE_EXHAUSTED: i64 = 8;
    /// `FAILED_PRECONDITION`: the chat is in no state for it. What Ozon says when a window is closed is not documented;
    /// this is the number that gRPC has for it.
    pub(super) const FAILED_PRECONDITION: i64 = 9;
    /// `ABORTED`: somebody else changes it at the same time.
    pub(super) const ABORTED: i64 = 10;
    /// `INTERNAL`: Ozon documents it as a timeout behind the method.
    pub(super) const INTERNAL: i64 = 13;
    /// `UNAUTHENTICATED`.
    pub(super) const UNAUTHENTICATED: i64 = 16;
}

/// What the gateway says before any method, by how it begins, in small letters.
const GATEWAY: [(&str, Code); 8] = [
    ("invalid api-key", Code::UpstreamUnauthorized),
    ("client-id header", Code::UpstreamUnauthorized),
    ("api-key is deactivated", Code::UpstreamKeyExpired),
    ("api-key is expired", Code::UpstreamKeyExpired),
    ("api-key is missing a required role", Code::UpstreamRoleMissing),
    ("api-key is restricted to specific ip", Code::UpstreamKeyRestricted),
    ("you have reached request rate limit", Code::UpstreamRateLimited),
    ("circle is open", Code::UpstreamCircleOpen),
];

/// The body of a success, or why it is none.
///
/// # Errors
/// The kind of failure.
pub fn failure(answered: &Answered) -> Result<&[u8], Failure> {
    let Answered::Response(response) = answered else { return Err(Failure::Unknown) };
    match code_of(response) {
        None => Ok(response.body()),
        Some(Code::UpstreamUnavailable) => Err(Failure::Unknown),
        Some(Code::UpstreamRateLimited) => Err(Failure::Later { retry_after_ms: retry_after_ms(response) }),
        Some(Code::UpstreamCircleOpen) => {
            Err(Failure::Later { retry_after_ms: retry_after_ms(response).or(Some(OZON_CIRCLE_OPEN_MS)) })
        }
        Some(code) => Err(Failure::Refused(code)),
    }
}

/// The same as a problem's code, for those who tell it; nothing for a success. [`Code::UpstreamUnavailable`] does not say
/// that nothing was done.
#[must_use]
pub fn code(answered: &Answered) -> Option<Code> {
    match answered {
        Answered::Response(response) => code_of(response),
        Answered::Lost => Some(Code::UpstreamUnavailable),
    }
}

fn code_of(response: &Response) -> Option<Code> {
    let status = response.status();
    if status.is_success() {
        return None;
    }
    let body: Body = serde_json::from_slice(response.body()).unwrap_or_default();
    let message = body.message.trim().to_ascii_lowercase();
    if let Some((_, code)) = GATEWAY.iter().find(|(beginning, _)| message.starts_with(beginning)) {
        return Some(*code);
    }
    let word = body.code.unwrap_or_default();
    let number = word.parse::<i64>().ok();
    // Ozon may have acted, whatever the status says besides.
    if status.is_server_error()
        || status == StatusCode::REQUEST_TIMEOUT
        || matches!(number, Some(grpc::DEADLINE_EXCEEDED | grpc::INTERNAL))
        || message == "internal error"
    {
        return Some(Code::UpstreamUnavailable);
    }
    let by_word = match word.as_str() {
        "POSTING_NOT_FOUND" => Some(Code::UpstreamNotFound),
        "CHAT_CREATION_NOT_ALLOWED" => Some(Code::UpstreamStartNotAllowed),
        "TIME_LIMIT_EXCEEDED" => Some(Code::UpstreamWindowClosed),
        "CHAT_ALREADY_EXISTS" => Some(Code::UpstreamConflict),
        _ => None,
    };
    Some(by_word.unwrap_or_else(|| match (status, number) {
        (StatusCode::TOO_MANY_REQUESTS, _) | (_, Some(grpc::RESOURCE_EXHAUSTED)) => Code::UpstreamRateLimited,
        (StatusCode::UNAUTHORIZED, _) | (_, Some(grpc::UNAUTHENTICATED)) => Code::UpstreamUnauthorized,
        (StatusCode::FORBIDDEN, _) => forbidden(&message),
        // A wrong key looks as if something were not found.
        (StatusCode::NOT_FOUND, _) if message.contains("api-key") => Code::UpstreamUnauthorized,
        (StatusCode::NOT_FOUND, _) => Code::UpstreamNotFound,
        (StatusCode::CONFLICT, _) | (_, Some(grpc::ALREADY_EXISTS | grpc::ABORTED)) => Code::UpstreamConflict,
        (StatusCode::BAD_REQUEST, Some(grpc::FAILED_PRECONDITION)) => Code::UpstreamWindowClosed,
        (status, _) if status.is_client_error() || status.is_redirection() => Code::UpstreamRejected,
        _ => Code::UpstreamUnavailable,
    }))
}

/// Why it is forbidden, as far as the text says: its wording differs between methods, and the number is one for all.
fn forbidden(message: &str) -> Code {
    if message.contains("offer not signed") {
        Code::UpstreamOfferNotSigned
    } else if message.contains("premium") || message.contains("subscription") {
        Code::UpstreamSubscription
    } else {
        Code::UpstreamForbidden
    }
}

/// How long an answer asks to wait (RFC 9110, 10.2.3, in seconds), within reason.
#[must_use]
pub fn retry_after_ms(response: &Response) -> Option<i64> {
    let seconds = response.headers().get(RETRY_AFTER)?.to_str().ok()?.trim().parse::<i64>().ok()?;
    Some(seconds.max(0).saturating_mul(1000).min(OZON_RETRY_AFTER_MS_MAX))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn answered(status: u16, body: &str) -> Answered {
        Answered::Response(http::Response::builder().status(status).body(body.as_bytes().to_vec()).unwrap())
    }

    fn said(status: u16, code: i64, message: &str) -> Answered {
        let body = serde_json::json!({"code": code, "message": message, "details": []});
        answered(status, &body.to_string())
    }

    #[test]
    fn each_answer_of_ozons_has_one_meaning() {
        let rows = [
            (400, 3, "Request validation error: invalid ChatHistoryRequest.Direction", Code::UpstreamRejected),
            (400, 3, "Client-Id header value should be positive integer", Code::UpstreamUnauthorized),
            (400, 9, "chat is closed", Code::UpstreamWindowClosed),
            (401, 16, "Client-Id and Api-Key headers are required", Code::UpstreamUnauthorized),
            (403, 7, "Information is only available with a Premium Plus subscription.", Code::UpstreamSubscription),
            (403, 7, "Method is available for Premium Pro sellers", Code::UpstreamSubscription),
            (403, 7, "Offer not signed", Code::UpstreamOfferNotSigned),
            (403, 7, "Access denied", Code::UpstreamForbidden),
            (403, 7, "Api-key is deactivated, use another one or generate a new one", Code::UpstreamKeyExpired),
            (403, 7, "Api-Key is missing a required role for a method", Code::UpstreamRoleMissing),
            (403, 7, "Api-Key is restricted to specific IP addresses", Code::UpstreamKeyRestricted),
            (404, 5, "Invalid Api-Key, please check the key and try again", Code::UpstreamUnauthorized),
            (404, 5, "No such Api-Key", Code::UpstreamUnauthorized),
            (404, 5, "chat not found", Code::UpstreamNotFound),
            (409, 6, "already exists", Code::UpstreamConflict),
            (409, 10, "aborted", Code::UpstreamConflict),
            (429, 8, "You have reached request rate limit per second", Code::UpstreamRateLimited),
            (400, 8, "limits", Code::UpstreamRateLimited),
            (500, 13, "Internal error", Code::UpstreamUnavailable),
            (400, 13, "Internal error", Code::UpstreamUnavailable),
            (404, 5, "Internal error", Code::UpstreamUnavailable),
            (400, 4, "deadline", Code::UpstreamUnavailable),
            (408, 0, "", Code::UpstreamUnavailable),
            (503, 14, "unavailable", Code::UpstreamUnavailable),
        ];
        for (status, number, message, expected) in rows {
            assert_eq!(code(&said(status, number, message)), Some(expected), "{status} {number} {message}");
        }
        for (status, body, expected) in [
            (403, "{}", Code::UpstreamForbidden),
            (403, r#"{"message":"Offer not signed"}"#, Code::UpstreamOfferNotSigned),
            (404, "<html>", Code::UpstreamNotFound),
            (409, "{}", Code::UpstreamConflict),
            (307, "", Code::UpstreamRejected),
            (413, "<html>", Code::UpstreamRejected),
            (502, "<html>", Code::UpstreamUnavailable),
            (100, "", Code::UpstreamUnavailable),
        ] {
            assert_eq!(code(&answered(status, body)), Some(expected), "{status} {body}");
        }
        assert_eq!(code(&Answered::Lost), Some(Code::UpstreamUnavailable));
        assert_eq!(code(&answered(200, r#"{"code":7}"#)), None);
    }

    #[test]
    fn what_the_gateway_says_counts_with_every_status() {
        for (message, expected) in [
            ("Circle is open", Code::UpstreamCircleOpen),
            ("You have reached request rate limit per second", Code::UpstreamRateLimited),
            ("Invalid Api-Key, please check the key and try again", Code::UpstreamUnauthorized),
            ("Api-key is deactivated, use another one or generate a new one", Code::UpstreamKeyExpired),
            ("API-KEY is missing a required role for a method", Code::UpstreamRoleMissing),
            (" Api-Key is restricted to specific IP addresses ", Code::UpstreamKeyRestricted),
        ] {
            for status in [400, 401, 403, 404, 429, 500, 503] {
                assert_eq!(code(&said(status, 2, message)), Some(expected), "{status} {message}");
            }
        }
        // A text of the merchant's own that is repeated in an error is none of these.
        let quoted = "Request validation error: invalid text: Circle is open";
        assert_eq!(code(&said(400, 3, quoted)), Some(Code::UpstreamRejected));
    }

    #[test]
    fn words_in_place_of_the_number_are_understood() {
        for (word, expected) in [
            ("POSTING_NOT_FOUND", Code::UpstreamNotFound),
            ("CHAT_CREATION_NOT_ALLOWED", Code::UpstreamStartNotAllowed),
            ("TIME_LIMIT_EXCEEDED", Code::UpstreamWindowClosed),
            ("CHAT_ALREADY_EXISTS", Code::UpstreamConflict),
            ("SOMETHING_ELSE", Code::UpstreamRejected),
            ("8", Code::UpstreamRateLimited),
        ] {
            let body = format!(r#"{{"code":"{word}","message":"..."}}"#);
            assert_eq!(code(&answered(400, &body)), Some(expected), "{word}");
        }
        let body = r#"{"code":"TIME_LIMIT_EXCEEDED"}"#;
        assert_eq!(code(&answered(500, body)), Some(Code::UpstreamUnavailable), "it may have acted");
    }

    #[test]
    fn a_failure_says_whether_ozon_acted() {
        let refused = said(403, 7, "Offer not signed");
        assert_eq!(failure(&refused), Err(Failure::Refused(Code::UpstreamOfferNotSigned)));
        assert_eq!(failure(&said(429, 8, "")), Err(Failure::Later { retry_after_ms: None }));
        let blocked = Failure::Later { retry_after_ms: Some(OZON_CIRCLE_OPEN_MS) };
        assert_eq!(failure(&said(503, 14, "Circle is open")), Err(blocked));
        assert_eq!(failure(&said(500, 13, "Internal error")), Err(Failure::Unknown));
        assert_eq!(failure(&Answered::Lost), Err(Failure::Unknown));
        assert_eq!(failure(&answered(200, "{}")), Ok(b"{}".as_slice()));
    }

    #[test]
    fn a_retry_after_is_honoured_within_reason() {
        for (header, expected) in [
            ("2", Some(2000)),
            ("3600", Some(OZON_RETRY_AFTER_MS_MAX)),
            ("3601", Some(OZON_RETRY_AFTER_MS_MAX)),
            ("9223372036854775807", Some(OZON_RETRY_AFTER_MS_MAX)),
            ("-5", Some(0)),
            ("soon", None),
        ] {
            let response = http::Response::builder().status(429).header(RETRY_AFTER, header).body(vec![]).unwrap();
            assert_eq!(failure(&Answered::Response(response)), Err(Failure::Later { retry_after_ms: expected }));
        }
    }
}
