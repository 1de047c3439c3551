//! Ozon's ids: 64 bits, those of messages about 3e18, as numbers in answers and strings in pushes (UPSTREAMS 1.3).

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// An id, exact: of a message, a product, a warehouse. Written as a number, as Ozon's requests want it; our own wire shows it as text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OzonId(pub u64);

impl fmt::Display for OzonId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

impl OzonId {
    /// Reads the text that `Display` writes.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        text.parse().ok().map(Self)
    }
}

impl Serialize for OzonId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u64(self.0)
    }
}

impl<'de> Deserialize<'de> for OzonId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl serde::de::Visitor<'_> for Visitor {
            type Value = OzonId;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a 64-bit id as a number or a string")
            }

            fn visit_u64<E>(self, value: u64) -> Result<OzonId, E> {
                Ok(OzonId(value))
            }

            fn visit_str<E: serde::de::Error>(self, value: &str) -> Result<OzonId, E> {
                OzonId::parse(value).ok_or_else(|| E::invalid_value(serde::de::Unexpected::Str(value), &self))
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn ids_beyond_a_double_stay_exact_as_numbers_and_strings() {
        for json in ["3000000000817031942", "\"3000000000817031942\""] {
            assert_eq!(serde_json::from_str::<OzonId>(json).unwrap(), OzonId(3_000_000_000_817_031_942));
        }
        assert_eq!(serde_json::to_string(&OzonId(3_000_000_000_817_031_943)).unwrap(), "3000000000817031943");
        for json in ["-1", "1.5", "\"\"", "\"30000000001280042740\"", "null"] {
            assert!(serde_json::from_str::<OzonId>(json).is_err(), "{json}");
        }
    }
}
