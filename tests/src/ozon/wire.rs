//! Reading the vendor's requests: integers that come as a number or as a string (clients send both, both work), absent
//! members that equal null, unknown members that are ignored.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

use super::refusal::Refusal;

/// Reads a method's request body; an empty body is an empty request.
pub(crate) fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Refusal> {
    let body: &[u8] = if body.is_empty() { b"{}" } else { body };
    let malformed = |error: serde_json::Error| Refusal::invalid("request body", &error.to_string());
    // By way of an object, because a derived reader would take an array for the members in their order.
    let members: Map<String, Value> = serde_json::from_slice(body).map_err(malformed)?;
    serde_json::from_value(Value::Object(members)).map_err(malformed)
}

/// For `#[serde(default, deserialize_with = "wire::integer")]`: a whole number as JSON number or as string.
pub(crate) fn integer<'de, D, N>(input: D) -> Result<Option<N>, D::Error>
where
    D: Deserializer<'de>,
    N: std::str::FromStr,
{
    let text = match Option::<Value>::deserialize(input)? {
        None => return Ok(None),
        Some(Value::Number(number)) => number.to_string(),
        Some(Value::String(text)) => text,
        Some(other) => return Err(serde::de::Error::custom(format!("{other} is not a whole number"))),
    };
    text.parse().map(Some).map_err(|_| serde::de::Error::custom(format!("{text} is not a whole number in range")))
}

/// A member that has to be there and not empty.
pub(crate) fn required<'a>(value: Option<&'a str>, field: &str) -> Result<&'a str, Refusal> {
    value.filter(|text| !text.is_empty()).ok_or_else(|| Refusal::invalid(field, "value is required"))
}
