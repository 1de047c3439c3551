//! Serde over a parsed JSON tree, with errors that know their path.
//!
//! `serde_json::from_value` says what is wrong but not where. Here every node adds its own step to an error that passes
//! through it, so the path costs nothing until something fails.

use serde::Deserialize;
use serde::de::value::{MapDeserializer, SeqDeserializer};
use serde::de::{Deserializer, IntoDeserializer, Visitor};
use serde_json::Value;

use super::error::{DecodeError, DecodeErrorKind, Step};

/// Reads `value`; the path of an error counts from it.
pub(super) fn read<'de, T: Deserialize<'de>>(value: &'de Value) -> Result<T, DecodeError> {
    T::deserialize(Node { value, place: Place::Root })
}

/// A JSON value, and the step that led to it.
struct Node<'de> {
    value: &'de Value,
    place: Place<'de>,
}

enum Place<'de> {
    Root,
    Key(&'de str),
    Index(usize),
}

impl<'de> Node<'de> {
    fn visit<V: Visitor<'de>>(value: &'de Value, visitor: V) -> Result<V::Value, DecodeError> {
        match value {
            Value::Null => visitor.visit_unit(),
            Value::Bool(flag) => visitor.visit_bool(*flag),
            Value::Number(number) => match (number.as_u64(), number.as_i64(), number.as_f64()) {
                (Some(number), _, _) => visitor.visit_u64(number),
                (None, Some(number), _) => visitor.visit_i64(number),
                (None, None, Some(number)) => visitor.visit_f64(number),
                (None, None, None) => Err(DecodeError::new(DecodeErrorKind::WrongValue)),
            },
            Value::String(text) => visitor.visit_borrowed_str(text),
            Value::Array(items) => visitor.visit_seq(SeqDeserializer::new(
                items.iter().enumerate().map(|(index, value)| Node { value, place: Place::Index(index) }),
            )),
            Value::Object(members) => visitor.visit_map(MapDeserializer::new(
                members.iter().map(|(key, value)| (key.as_str(), Node { value, place: Place::Key(key) })),
            )),
        }
    }
}

impl<'de> IntoDeserializer<'de, DecodeError> for Node<'de> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

impl<'de> Deserializer<'de> for Node<'de> {
    type Error = DecodeError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        Self::visit(self.value, visitor).map_err(|error| match self.place {
            Place::Root => error,
            Place::Key(key) => error.under_key(key),
            Place::Index(index) => error.under(Step::Index(index)),
        })
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        match self.value {
            Value::Null => visitor.visit_none(),
            // The inner read of the same node adds the step.
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, DecodeError> {
        visitor.visit_newtype_struct(self)
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple
        tuple_struct map struct enum identifier ignored_any
    }
}
