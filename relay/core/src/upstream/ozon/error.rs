//! What an answer that is not a success means (UPSTREAMS 1.6). Decided by the HTTP status and the numeric `code`; the text
//! only tells Ozon's two kinds of 404 apart.

use http::StatusCode;
use serde::Deserialize;
use shared::problem::Code;

use crate::upstream::{Answered, Failure, Response, retry_after_ms};

/// The gRPC status that Ozon sends as an error's body.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Body {
    message: String,
}

/// The body of a success, or why it is none.
///
/// # Errors
/// The kind of failure.
pub fn failure(answered: &Answered) -> Result<&[u8], Failure> {
    let Answered::Response(response) = answered else { return Err(Failure::Unknown) };
    let body: Body = serde_json::from_slice(response.body()).unwrap_or_default();
    match response.status() {
        status if status.is_success() => Ok(response.body()),
        StatusCode::UNAUTHORIZED => Err(Failure::Refused(Code::UpstreamUnauthorized)),
        StatusCode::FORBIDDEN => Err(Failure::Refused(Code::UpstreamForbidden)),
        // Ozon answers a wrong key with 404, too.
        StatusCode::NOT_FOUND if body.message.contains("Api-Key") => Err(Failure::Refused(Code::UpstreamUnauthorized)),
        StatusCode::TOO_MANY_REQUESTS => Err(Failure::Later { retry_after_ms: retry_after_ms(response) }),
        // A timeout on Ozon's side: it may have acted.
        StatusCode::REQUEST_TIMEOUT => Err(Failure::Unknown),
        status if status.is_client_error() || status.is_redirection() => Err(Failure::Refused(Code::UpstreamRejected)),
        _ => Err(Failure::Unknown),
    }
}

/// Whether Ozon has blocked the method for some minutes. Neither status nor code of this are documented, its text is
/// (UPSTREAMS 1.6).
#[must_use]
pub fn is_circle(response: &Response) -> bool {
    !response.status().is_success()
        && serde_json::from_slice::<Body>(response.body()).is_ok_and(|body| body.message.contains("Circle is open"))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use http::header::RETRY_AFTER;

    fn answered(status: u16, body: &str) -> Answered {
        Answered::Response(http::Response::builder().status(status).body(body.as_bytes().to_vec()).unwrap())
    }

    #[test]
    fn each_answer_of_ozons_has_one_meaning() {
        let rows = [
            (
                400,
                r#"{"code":3,"message":"Client-Id header value should be positive integer","details":[]}"#,
                Failure::Refused(Code::UpstreamRejected),
            ),
            (
                401,
                r#"{"code":16,"message":"Client-Id and Api-Key headers are required"}"#,
                Failure::Refused(Code::UpstreamUnauthorized),
            ),
            (
                403,
                r#"{"code":7,"message":"Information is only available with a Premium Plus subscription."}"#,
                Failure::Refused(Code::UpstreamForbidden),
            ),
            (
                404,
                r#"{"code":5,"message":"Invalid Api-Key, please check the key and try again"}"#,
                Failure::Refused(Code::UpstreamUnauthorized),
            ),
            (404, r#"{"code":5,"message":"chat not found"}"#, Failure::Refused(Code::UpstreamRejected)),
            (409, "{}", Failure::Refused(Code::UpstreamRejected)),
            (
                429,
                r#"{"code":8,"message":"You have reached request rate limit per second"}"#,
                Failure::Later { retry_after_ms: None },
            ),
            (307, "", Failure::Refused(Code::UpstreamRejected)),
            (500, r#"{"code":13,"message":"Internal error"}"#, Failure::Unknown),
            (502, "<html>", Failure::Unknown),
        ];
        for (status, body, expected) in rows {
            assert_eq!(failure(&answered(status, body)), Err(expected), "{status} {body}");
        }
        assert_eq!(failure(&Answered::Lost), Err(Failure::Unknown));
        assert_eq!(failure(&answered(200, "{}")), Ok(b"{}".as_slice()));
    }

    #[test]
    fn a_retry_after_is_honoured_within_reason() {
        for (header, expected) in [("2", Some(2000)), ("999999999999", Some(3_600_000)), ("soon", None)] {
            let response = http::Response::builder().status(429).header(RETRY_AFTER, header).body(vec![]).unwrap();
            assert_eq!(failure(&Answered::Response(response)), Err(Failure::Later { retry_after_ms: expected }));
        }
    }
}
