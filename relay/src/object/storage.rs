//! The object's SQLite behind the core's storage trait.

use relay_core::storage::{Row, Sql, SqlError, Store, Value, Write};
use worker::wasm_bindgen::prelude::*;
use worker::{SqlStorage, SqlStorageValue, Storage};

#[wasm_bindgen]
extern "C" {
    /// What the `worker` crate does not offer yet: a synchronous transaction.
    type TransactionalStorage;

    #[wasm_bindgen(method, catch, js_name = transactionSync)]
    fn transaction_sync(
        this: &TransactionalStorage,
        callback: &Closure<dyn FnMut() -> Result<(), JsValue>>,
    ) -> Result<JsValue, JsValue>;
}

/// SQLite of a Durable Object.
pub struct ObjectStore {
    sql: SqlStorage,
    storage: TransactionalStorage,
}

impl ObjectStore {
    pub fn new(storage: &Storage) -> Self {
        let raw: &JsValue = storage.as_raw().as_ref();
        Self { sql: storage.sql(), storage: raw.clone().unchecked_into() }
    }
}

impl Sql for ObjectStore {
    fn query(&self, statement: &str, params: &[Value]) -> Result<Vec<Row>, SqlError> {
        let cursor = self.sql.exec(statement, bind(params)).map_err(failed)?;
        cursor.raw().map(|row| row.map_err(failed).and_then(read)).collect()
    }
}

impl Store for ObjectStore {
    fn commit(&self, writes: &[Write]) -> Result<(), SqlError> {
        let (sql, writes) = (self.sql.clone(), writes.to_vec());
        let callback = Closure::<dyn FnMut() -> Result<(), JsValue>>::new(move || {
            for write in &writes {
                sql.exec(write.statement, bind(&write.params))?;
            }
            Ok(())
        });
        self.storage.transaction_sync(&callback).map(|_| ()).map_err(|error| failed(error.into()))
    }
}

fn bind(params: &[Value]) -> Vec<SqlStorageValue> {
    let bind = |value: &Value| match value {
        Value::Null => SqlStorageValue::Null,
        Value::Integer(value) => SqlStorageValue::Integer(*value),
        Value::Text(value) => SqlStorageValue::String(value.clone()),
        Value::Blob(value) => SqlStorageValue::Blob(value.clone()),
    };
    params.iter().map(bind).collect()
}

fn read(row: Vec<SqlStorageValue>) -> Result<Row, SqlError> {
    let read = |value| match value {
        SqlStorageValue::Null => Ok(Value::Null),
        SqlStorageValue::Integer(value) => Ok(Value::Integer(value)),
        SqlStorageValue::String(value) => Ok(Value::Text(value)),
        SqlStorageValue::Blob(value) => Ok(Value::Blob(value)),
        SqlStorageValue::Boolean(_) | SqlStorageValue::Float(_) => {
            Err(SqlError("our tables hold integers, texts and blobs only".into()))
        }
    };
    row.into_iter().map(read).collect::<Result<_, _>>().map(Row)
}

fn failed(error: worker::Error) -> SqlError {
    SqlError(error.to_string())
}
