//! Whether the seller's answer to a push is one, in the words of the vendor's own check of a URL.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::ozon::clock;

/// What the check of a URL found; the shape of the vendor's `/v1/notification/check`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PushCheck {
    /// Whether pushes are sent there.
    pub is_active: bool,
    /// Why not.
    pub errors: Vec<PushError>,
}

/// What is wrong with an answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PushError {
    /// The vendor's word.
    #[serde(rename = "type")]
    pub kind: PushErrorKind,
    /// The same for a person.
    pub description: String,
}

/// The vendor's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[allow(missing_docs)]
pub enum PushErrorKind {
    RequestError,
    RequestTimeout,
    ServerFault,
    StatusCodeNotOk,
    EmptyBody,
    InvalidBody,
    InvalidJson,
    WrongResultField,
    WrongResultTimeField,
}

/// An answer as it came over the wire.
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) content_type: String,
    pub(crate) body: Vec<u8>,
}

impl PushError {
    pub(crate) fn new(kind: PushErrorKind, description: impl Into<String>) -> Self {
        Self { kind, description: description.into() }
    }
}

/// An answer to `TYPE_PING` has to say `version`, `name` and `time`, an answer to anything else `{"result":true}`.
pub(crate) fn judge(reply: &Reply, is_ping: bool) -> Result<(), PushError> {
    let fault = |kind, description: String| Err(PushError::new(kind, description));
    match reply.status {
        200 => {}
        status @ 500.. => return fault(PushErrorKind::ServerFault, format!("HTTP status {status}")),
        status => return fault(PushErrorKind::StatusCodeNotOk, format!("HTTP status {status}")),
    }
    if reply.body.is_empty() {
        return fault(PushErrorKind::EmptyBody, "the body is empty".into());
    }
    let media_type = reply.content_type.split(';').next().unwrap_or("").trim();
    if !media_type.eq_ignore_ascii_case("application/json") {
        return fault(PushErrorKind::InvalidBody, format!("Content-Type is {:?}", reply.content_type));
    }
    let body: Value = match serde_json::from_slice(&reply.body) {
        Ok(body) => body,
        Err(error) => return fault(PushErrorKind::InvalidJson, error.to_string()),
    };
    let says = |name: &str| body.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
    if !is_ping {
        return match body.get("result") {
            Some(Value::Bool(true)) => Ok(()),
            _ => fault(PushErrorKind::WrongResultField, "the body does not say \"result\": true".into()),
        };
    }
    for name in ["version", "name"] {
        if says(name).is_none() {
            return fault(PushErrorKind::WrongResultField, format!("the body has no \"{name}\""));
        }
    }
    if says("time").and_then(clock::parse_ms).is_none() {
        return fault(PushErrorKind::WrongResultTimeField, "\"time\" is not an RFC 3339 time".into());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(status: u16, content_type: &str, body: &str, is_ping: bool) -> Option<PushErrorKind> {
        let reply = Reply { status, content_type: content_type.into(), body: body.into() };
        judge(&reply, is_ping).err().map(|error| error.kind)
    }

    #[test]
    fn only_the_very_answer_the_vendor_wants_is_an_answer() {
        let json = "application/json; charset=utf-8";
        assert_eq!(verdict(200, json, r#"{"result":true}"#, false), None);
        assert_eq!(verdict(204, json, "", false), Some(PushErrorKind::StatusCodeNotOk));
        assert_eq!(verdict(503, json, "{}", false), Some(PushErrorKind::ServerFault));
        assert_eq!(verdict(200, json, "", false), Some(PushErrorKind::EmptyBody));
        assert_eq!(verdict(200, "text/plain", r#"{"result":true}"#, false), Some(PushErrorKind::InvalidBody));
        assert_eq!(verdict(200, json, "ok", false), Some(PushErrorKind::InvalidJson));
        assert_eq!(verdict(200, json, r#"{"result":"true"}"#, false), Some(PushErrorKind::WrongResultField));
    }

    #[test]
    fn a_ping_wants_version_name_and_time() {
        let json = "application/json";
        let good = r#"{"version":"1.0","name":"relay","time":"2026-01-01T10:00:00.123Z"}"#;
        assert_eq!(verdict(200, json, good, true), None);
        assert_eq!(verdict(200, json, r#"{"result":true}"#, true), Some(PushErrorKind::WrongResultField));
        let late = r#"{"version":"1.0","name":"relay","time":"вчера"}"#;
        assert_eq!(verdict(200, json, late, true), Some(PushErrorKind::WrongResultTimeField));
    }
}
