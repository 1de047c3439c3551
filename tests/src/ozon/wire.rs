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

/// For `#[serde(default, deserialize_with = "wire::integers")]`: whole numbers, each as JSON number or as string.
pub(crate) fn integers<'de, D: Deserializer<'de>>(input: D) -> Result<Vec<u64>, D::Error> {
    let whole = |value: &Value| match value {
        Value::Number(number) => number.as_u64(),
        Value::String(text) => text.parse().ok(),
        _ => None,
    };
    let values = Option::<Vec<Value>>::deserialize(input)?.unwrap_or_default();
    let numbers = values.iter().map(|value| whole(value).ok_or(value));
    numbers
        .collect::<Result<_, _>>()
        .map_err(|value| serde::de::Error::custom(format!("{value} is not a whole number")))
}

/// A member that has to be there and not empty.
pub(crate) fn required<'a>(value: Option<&'a str>, field: &str) -> Result<&'a str, Refusal> {
    value.filter(|text| !text.is_empty()).ok_or_else(|| Refusal::invalid(field, "value is required"))
}

/// A page size that has to be given, from 1 to `max`.
pub(crate) fn limit(given: Option<i64>, max: i64, field: &str) -> Result<usize, Refusal> {
    let given = given.unwrap_or(0);
    let sound = (1..=max).contains(&given);
    let size = usize::try_from(given).ok().filter(|_| sound);
    size.ok_or_else(|| Refusal::invalid(field, &format!("value must be inside range (0, {max}]")))
}
