//! A real SQLite behind the storage trait, for native tests and the simulator.

use rusqlite::types::ValueRef;
use rusqlite::{Connection, params_from_iter};

use super::{Row, Sql, SqlError, Store, Value, Write};

/// Prepared statements kept for the next time: more than the hub has. Preparing one costs more than running it.
const STATEMENTS_KEPT: usize = 256;

/// A SQLite database in memory or in a file.
#[derive(Debug)]
pub struct NativeStore {
    connection: Connection,
}

impl From<rusqlite::Error> for SqlError {
    fn from(error: rusqlite::Error) -> Self {
        Self(error.to_string())
    }
}

impl rusqlite::ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<rusqlite::types::ToSqlOutput<'_>> {
        match self {
            Self::Null => rusqlite::types::Null.to_sql(),
            Self::Integer(value) => value.to_sql(),
            Self::Text(value) => value.to_sql(),
            Self::Blob(value) => value.to_sql(),
        }
    }
}

impl NativeStore {
    /// A database that lives as long as this value.
    ///
    /// # Errors
    /// If SQLite fails.
    pub fn in_memory() -> Result<Self, SqlError> {
        let connection = Connection::open_in_memory()?;
        connection.set_prepared_statement_cache_capacity(STATEMENTS_KEPT);
        Ok(Self { connection })
    }

    /// The database in a file.
    ///
    /// # Errors
    /// If SQLite fails.
    pub fn open(path: &std::path::Path) -> Result<Self, SqlError> {
        Ok(Self { connection: Connection::open(path)? })
    }
}

impl Sql for NativeStore {
    fn query(&self, statement: &str, params: &[Value]) -> Result<Vec<Row>, SqlError> {
        let mut prepared = self.connection.prepare_cached(statement)?;
        let columns = prepared.column_count();
        let mut rows = prepared.query(params_from_iter(params))?;
        let mut out = Vec::new();
        while let Some(row) = rows.next()? {
            let mut values = Vec::with_capacity(columns);
            for column in 0..columns {
                values.push(match row.get_ref(column)? {
                    ValueRef::Null => Value::Null,
                    ValueRef::Integer(value) => Value::Integer(value),
                    ValueRef::Text(value) => Value::Text(String::from_utf8_lossy(value).into_owned()),
                    ValueRef::Blob(value) => Value::Blob(value.to_vec()),
                    ValueRef::Real(_) => {
                        return Err(SqlError("our tables hold integers, texts and blobs only".into()));
                    }
                });
            }
            out.push(Row(values));
        }
        Ok(out)
    }
}

impl Store for NativeStore {
    fn commit(&self, writes: &[Write]) -> Result<(), SqlError> {
        let transaction = self.connection.unchecked_transaction()?;
        for write in writes {
            transaction.prepare_cached(write.statement)?.execute(params_from_iter(&write.params))?;
        }
        transaction.commit()?;
        Ok(())
    }
}
