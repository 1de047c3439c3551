//! The relay's store: a real SQLite in memory, whose reads can be made to fail.

use std::cell::Cell;

use relay_core::storage::{NativeStore, Row, Sql, SqlError, Store, Value, Write};

pub(super) struct Flaky {
    store: NativeStore,
    fails_in: Cell<Option<u32>>,
}

impl Flaky {
    pub(super) fn new() -> Self {
        Self { store: NativeStore::in_memory().expect("a database in memory"), fails_in: Cell::default() }
    }

    /// After how many more reads one fails, and all after it; `None` for never.
    pub(super) fn fail_in(&self, reads: Option<u32>) {
        self.fails_in.set(reads);
    }
}

impl Sql for Flaky {
    fn query(&self, statement: &str, params: &[Value]) -> Result<Vec<Row>, SqlError> {
        match self.fails_in.get() {
            Some(0) => return Err(SqlError("the disk hiccups".into())),
            Some(left) => self.fails_in.set(Some(left - 1)),
            None => {}
        }
        self.store.query(statement, params)
    }
}

impl Store for Flaky {
    fn commit(&self, writes: &[Write]) -> Result<(), SqlError> {
        self.store.commit(writes)
    }
}
