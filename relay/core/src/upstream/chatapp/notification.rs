//! The envelope: `{"data":[..],"meta":{..}}`, bare at a callback URL, inside `{"payload":..}` on the socket.
//!
//! The vendor's page shows only the bare form; at least seven clients unwrap `payload` (UPSTREAMS 2.5, medium). Both are
//! taken everywhere. The size of a body, and with it the number of items, is bounded by whoever received it.

use serde::Deserialize;
use serde_json::Value;

use super::error::{DecodeError, DecodeErrorKind, JsonType, Step};
use super::event::{self, Event};
use super::id::Id;
use super::{loose, tree};

/// One body, read.
#[derive(Debug, Clone, PartialEq)]
pub struct Notification {
    /// Whose events these are.
    pub meta: Meta,
    /// In the order of `data`.
    pub events: Vec<Event>,
    /// One error for each item of `data` that could not be read; its path begins with `data[n]`.
    pub skipped: Vec<DecodeError>,
}

/// Whose events these are: a licence and messenger, or a company, or a user, by the kind of channel.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Meta {
    /// The event's name; the only place of it at a callback URL.
    #[serde(rename = "type", deserialize_with = "loose::text")]
    pub event: Option<String>,
    /// The licence, for messages and chats.
    #[serde(deserialize_with = "loose::opt")]
    pub license_id: Option<Id>,
    /// `telegram`, `grWhatsApp`, `caWhatsApp`, ...: an open set. With the licence it names a channel.
    #[serde(deserialize_with = "loose::text")]
    pub messenger_type: Option<String>,
    /// The company, for employees.
    #[serde(deserialize_with = "loose::opt")]
    pub company_id: Option<Id>,
    /// The cabinet's user, for quick responses.
    #[serde(deserialize_with = "loose::opt")]
    pub user_id: Option<Id>,
}

/// Reads the body of the event `event_name`. A body that is itself JSON text (the `data` of a Pusher frame) is parsed.
///
/// # Errors
/// The body is not an object, `data` is absent or no array, or `meta` is unreadable. A bad item is no error: see
/// [`Notification::skipped`].
pub fn decode(event_name: &str, body: &Value) -> Result<Notification, DecodeError> {
    match body {
        Value::String(text) => decode_text(event_name, text),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => {
            decode_named(Some(event_name), body)
        }
    }
}

/// The same, from text.
///
/// # Errors
/// As [`decode`], and when the text is not JSON.
pub fn decode_text(event_name: &str, body: &str) -> Result<Notification, DecodeError> {
    decode_named(Some(event_name), &serde_json::from_str(body)?)
}

/// Reads a callback's body, where the event is named by `meta.type`. The empty body that the vendor posts when a
/// callback URL is registered (UPSTREAMS 2.4, medium) is not an event: answer it before coming here.
///
/// # Errors
/// As [`decode_text`], and when `meta.type` is absent.
pub fn decode_webhook(body: &str) -> Result<Notification, DecodeError> {
    decode_named(None, &serde_json::from_str(body)?)
}

fn decode_named(event_name: Option<&str>, body: &Value) -> Result<Notification, DecodeError> {
    let body = match body.get("payload") {
        Some(payload @ Value::Object(_)) => payload,
        Some(_) | None => body,
    };
    let meta = match body.get("meta") {
        Some(meta) => tree::read::<OptionalMeta>(meta).map_err(|error| error.under_key("meta"))?.0,
        None => Meta::default(),
    };
    let Some(name) = event_name.or(meta.event.as_deref()) else {
        return Err(DecodeError::new(DecodeErrorKind::Missing).under_key("type").under_key("meta"));
    };
    let Some(read) = event::reader(name) else {
        let event = Event::Unknown { name: name.to_owned(), body: body.clone() };
        return Ok(Notification { meta, events: vec![event], skipped: Vec::new() });
    };

    let mut events = Vec::new();
    let mut skipped = Vec::new();
    for (index, item) in items(body)?.iter().enumerate() {
        match read(item) {
            Ok(event) => events.push(event),
            Err(error) => skipped.push(error.under(Step::Index(index)).under_key("data")),
        }
    }
    Ok(Notification { meta, events, skipped })
}

fn items(body: &Value) -> Result<&[Value], DecodeError> {
    let Value::Object(members) = body else {
        return Err(wrong_type(body));
    };
    match members.get("data") {
        Some(Value::Array(items)) => Ok(items),
        Some(Value::Null) => Ok(&[]),
        Some(other) => Err(wrong_type(other).under_key("data")),
        None => Err(DecodeError::new(DecodeErrorKind::Missing).under_key("data")),
    }
}

fn wrong_type(value: &Value) -> DecodeError {
    DecodeError::new(DecodeErrorKind::WrongType { found: JsonType::of(value) })
}

#[derive(Deserialize)]
#[serde(transparent)]
struct OptionalMeta(#[serde(deserialize_with = "loose::opt_or_default")] Meta);
