//! An id of ChatApp's: a number for some messengers, text for others.
//!
//! UPSTREAMS 2.5 (high): message ids are `123` on Telegram, `"1252"` in a deletion, `"wamid..."` on WhatsApp; licences,
//! companies and users are numbers in one event and text in the next. Kept as text, so that `1229` equals `"1229"`.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, Unexpected, Visitor};

/// Never empty.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Id(String);

impl Id {
    /// The text; for an id that came as a number, its decimal digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Id {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(IdVisitor)
    }
}

struct IdVisitor;

impl Visitor<'_> for IdVisitor {
    type Value = Id;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a whole number or text")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Id, E> {
        match text {
            "" => Err(E::invalid_value(Unexpected::Str(text), &self)),
            _ => Ok(Id(text.to_owned())),
        }
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Id, E> {
        Ok(Id(number.to_string()))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Id, E> {
        Ok(Id(number.to_string()))
    }

    // A fraction, or more digits than 64 bits hold: the id that was meant is already lost.
    fn visit_f64<E: Error>(self, number: f64) -> Result<Id, E> {
        Err(E::invalid_value(Unexpected::Float(number), &self))
    }
}
