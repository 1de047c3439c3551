//! The one small door to SQLite: the object's own in the relay, a real one in native tests, the same statements in both.
//!
//! A decision only reads ([`Sql`]); what it wants written it returns as [`Write`]s, which the shell commits in one
//! transaction ([`Store`]) before anybody hears of them.

mod files;
mod migrations;
#[cfg(feature = "rusqlite")]
mod native;
mod provisioning;
mod restored;
mod tools;

pub use migrations::{is_provisioned, migrate, pending_steps};
#[cfg(feature = "rusqlite")]
pub use native::NativeStore;
pub use restored::{EPOCH_ENTROPY_BYTES, mark_restored};

/// A value bound to a statement, or read from a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// NULL
    Null,
    /// INTEGER, below 2^53 in size: the runtime's SQLite speaks JavaScript numbers.
    Integer(i64),
    /// TEXT
    Text(String),
    /// BLOB, below the runtime's 2 MB a row.
    Blob(Vec<u8>),
}

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Self::Integer(value)
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Integer(i64::from(value))
    }
}

impl From<Vec<u8>> for Value {
    fn from(value: Vec<u8>) -> Self {
        Self::Blob(value)
    }
}

impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Self::Text(value.to_owned())
    }
}

impl From<String> for Value {
    fn from(value: String) -> Self {
        Self::Text(value)
    }
}

impl<T: Into<Self>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// The store failed, or holds something that our statements never put there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SqlError(pub String);

impl std::fmt::Display for SqlError {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::error::Error for SqlError {}

/// A row of a result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row(pub Vec<Value>);

impl Row {
    /// The INTEGER in this column.
    ///
    /// # Errors
    /// If the column holds anything else.
    pub fn integer(&self, column: usize) -> Result<i64, SqlError> {
        match self.0.get(column) {
            Some(Value::Integer(value)) => Ok(*value),
            other => Err(SqlError(format!("column {column} should be an integer and is {}", kind(other)))),
        }
    }

    /// The TEXT in this column.
    ///
    /// # Errors
    /// If the column holds anything else.
    pub fn text(&self, column: usize) -> Result<String, SqlError> {
        match self.0.get(column) {
            Some(Value::Text(value)) => Ok(value.clone()),
            other => Err(SqlError(format!("column {column} should be a text and is {}", kind(other)))),
        }
    }

    /// The BLOB in this column.
    ///
    /// # Errors
    /// If the column holds anything else.
    pub fn blob(&self, column: usize) -> Result<Vec<u8>, SqlError> {
        match self.0.get(column) {
            Some(Value::Blob(value)) => Ok(value.clone()),
            other => Err(SqlError(format!("column {column} should be a blob and is {}", kind(other)))),
        }
    }

    /// The INTEGER or NULL in this column.
    ///
    /// # Errors
    /// If the column holds anything else.
    pub fn optional_integer(&self, column: usize) -> Result<Option<i64>, SqlError> {
        if self.0.get(column) == Some(&Value::Null) { Ok(None) } else { self.integer(column).map(Some) }
    }

    /// The TEXT or NULL in this column.
    ///
    /// # Errors
    /// If the column holds anything else.
    pub fn optional_text(&self, column: usize) -> Result<Option<String>, SqlError> {
        if self.0.get(column) == Some(&Value::Null) { Ok(None) } else { self.text(column).map(Some) }
    }
}

/// What a column holds, without its content: errors are logged, and rows are personal data.
fn kind(value: Option<&Value>) -> &'static str {
    match value {
        None => "missing",
        Some(Value::Null) => "null",
        Some(Value::Integer(_)) => "an integer",
        Some(Value::Text(_)) => "a text",
        Some(Value::Blob(_)) => "a blob",
    }
}

/// Reading.
pub trait Sql {
    /// All rows of a statement with `?` placeholders.
    ///
    /// # Errors
    /// If the store fails.
    fn query(&self, statement: &str, params: &[Value]) -> Result<Vec<Row>, SqlError>;

    /// The first row, if there is one.
    ///
    /// # Errors
    /// If the store fails.
    fn first(&self, statement: &str, params: &[Value]) -> Result<Option<Row>, SqlError> {
        Ok(self.query(statement, params)?.into_iter().next())
    }
}

/// One statement to execute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Write {
    /// SQL with `?` placeholders.
    pub statement: &'static str,
    /// What they stand for.
    pub params: Vec<Value>,
}

/// Reading and writing.
pub trait Store: Sql {
    /// Executes all writes in order, or none of them.
    ///
    /// # Errors
    /// If the store fails; nothing has changed then.
    fn commit(&self, writes: &[Write]) -> Result<(), SqlError>;
}
