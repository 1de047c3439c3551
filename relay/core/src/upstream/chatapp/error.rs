//! Why a ChatApp body, or one item of it, could not be read, and at which JSON path.
//!
//! An error never carries a value from the body: it may be logged without leaking what a customer wrote.

use std::fmt;

use serde::de::{self, Expected, Unexpected};
use serde_json::Value;

/// What is wrong, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecodeError {
    /// Where, counted from the object that holds `data` and `meta` (inside `payload`, if there is one).
    pub path: JsonPath,
    /// What.
    pub kind: DecodeErrorKind,
}

/// What is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DecodeErrorKind {
    /// The text is not JSON; both are counted from 1.
    NotJson {
        /// Line.
        line: usize,
        /// Column.
        column: usize,
    },
    /// A member that the event makes no sense without is absent.
    Missing,
    /// The member is there with a type that was never seen for it.
    WrongType {
        /// What it is instead.
        found: JsonType,
    },
    /// The type is right, the value is not: an empty id, a fraction, a number out of range.
    WrongValue,
}

/// The six types of JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are JSON's own")]
pub enum JsonType {
    Null,
    Bool,
    Number,
    String,
    Array,
    Object,
}

impl JsonType {
    pub(super) fn of(value: &Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Bool(_) => Self::Bool,
            Value::Number(_) => Self::Number,
            Value::String(_) => Self::String,
            Value::Array(_) => Self::Array,
            Value::Object(_) => Self::Object,
        }
    }
}

/// One step into a JSON tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Into a member of an object.
    Key(String),
    /// Into an element of an array, counted from 0.
    Index(usize),
}

/// A place in a JSON tree; shown as `data[2].chat.id`, the root as `.`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct JsonPath(Vec<Step>);

impl JsonPath {
    /// From the root inwards.
    pub fn steps(&self) -> &[Step] {
        &self.0
    }
}

impl DecodeError {
    pub(super) fn new(kind: DecodeErrorKind) -> Self {
        Self { path: JsonPath::default(), kind }
    }

    /// The same error, seen from one level further out.
    pub(super) fn under(mut self, step: Step) -> Self {
        self.path.0.insert(0, step);
        self
    }

    pub(super) fn under_key(self, key: &str) -> Self {
        self.under(Step::Key(key.to_owned()))
    }
}

impl From<serde_json::Error> for DecodeError {
    fn from(error: serde_json::Error) -> Self {
        Self::new(DecodeErrorKind::NotJson { line: error.line(), column: error.column() })
    }
}

impl fmt::Display for JsonPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return f.write_str(".");
        }
        for (depth, step) in self.0.iter().enumerate() {
            match step {
                Step::Index(index) => write!(f, "[{index}]")?,
                Step::Key(key) if depth == 0 => f.write_str(key)?,
                Step::Key(key) => write!(f, ".{key}")?,
            }
        }
        Ok(())
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.path)?;
        match self.kind {
            DecodeErrorKind::NotJson { line, column } => {
                write!(f, "not JSON at line {line} column {column}")
            }
            DecodeErrorKind::Missing => f.write_str("missing"),
            DecodeErrorKind::WrongType { found } => write!(f, "unexpected {found:?}"),
            DecodeErrorKind::WrongValue => f.write_str("unusable value"),
        }
    }
}

impl std::error::Error for DecodeError {}

/// Serde's derives report through this trait; their prose is dropped, the kind and the path are kept.
impl de::Error for DecodeError {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self::new(DecodeErrorKind::WrongValue)
    }

    fn invalid_type(found: Unexpected<'_>, _: &dyn Expected) -> Self {
        let found = match found {
            Unexpected::Unit | Unexpected::Option => JsonType::Null,
            Unexpected::Bool(_) => JsonType::Bool,
            Unexpected::Unsigned(_) | Unexpected::Signed(_) | Unexpected::Float(_) => JsonType::Number,
            Unexpected::Char(_) | Unexpected::Str(_) | Unexpected::Bytes(_) => JsonType::String,
            Unexpected::Seq | Unexpected::TupleVariant => JsonType::Array,
            Unexpected::Map
            | Unexpected::StructVariant
            | Unexpected::NewtypeStruct
            | Unexpected::Enum
            | Unexpected::UnitVariant
            | Unexpected::NewtypeVariant
            | Unexpected::Other(_) => JsonType::Object,
        };
        Self::new(DecodeErrorKind::WrongType { found })
    }

    fn missing_field(field: &'static str) -> Self {
        Self::new(DecodeErrorKind::Missing).under_key(field)
    }
}
