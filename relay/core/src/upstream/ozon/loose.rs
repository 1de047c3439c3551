//! Readers for members that Ozon writes in more than one way, or that are worth less than the message around them.
//!
//! Used with `#[serde(default, deserialize_with = ..)]`: `default` covers an absent member.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use shared::time::Timestamp;

/// A body that is an object. Serde would take an array for one, member by member.
pub(super) fn object<T: DeserializeOwned>(body: &[u8]) -> Result<T, serde_json::Error> {
    let members: serde_json::Map<String, Value> = serde_json::from_slice(body)?;
    serde_json::from_value(Value::Object(members))
}

/// A member that counts as absent if it is of another shape: it is not worth losing the message.
pub(super) fn or_default<'de, T: DeserializeOwned + Default, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<T, D::Error> {
    Value::deserialize(deserializer).map(|value| serde_json::from_value(value).unwrap_or_default())
}

/// Text that may be a number: ids of users, and articles.
pub(super) fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Ok(match Value::deserialize(deserializer)? {
        Value::String(text) => Some(text),
        Value::Number(number) => Some(number.to_string()),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    })
}

/// A whole number that may be text.
pub(super) fn whole<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i64, D::Error> {
    Ok(text(deserializer)?.and_then(|text| text.parse().ok()).unwrap_or_default())
}

/// A point in time; one that cannot be read counts as absent.
pub(super) fn time<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Timestamp>, D::Error> {
    Ok(text(deserializer)?.as_deref().and_then(Timestamp::parse))
}

/// An array that is `null` when empty.
pub(super) fn list<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<T>, D::Error> {
    Option::deserialize(deserializer).map(Option::unwrap_or_default)
}

/// Items of an array, each by itself: those that can be read, and whether all could.
pub(super) fn items<T: DeserializeOwned>(values: Vec<Value>) -> (Vec<T>, bool) {
    let shown = values.len();
    let items: Vec<T> = values.into_iter().filter_map(|value| serde_json::from_value(value).ok()).collect();
    let is_whole = items.len() == shown;
    (items, is_whole)
}
