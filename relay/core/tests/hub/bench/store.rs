//! A store that fails on demand.

use std::cell::Cell;

use relay_core::storage::{NativeStore, Row, Sql, SqlError, Store, Value, Write};

/// A real SQLite in memory whose next commits or reads can be made to fail.
pub struct FlakyStore {
    sqlite: NativeStore,
    /// Commits that fail from now on.
    pub failing_commits: Cell<u32>,
    /// Reads that succeed before one fails.
    pub reads_until_failure: Cell<Option<u32>>,
}

impl FlakyStore {
    pub fn new() -> Self {
        Self {
            sqlite: NativeStore::in_memory().unwrap(),
            failing_commits: Cell::new(0),
            reads_until_failure: Cell::new(None),
        }
    }
}

impl Sql for FlakyStore {
    fn query(&self, statement: &str, params: &[Value]) -> Result<Vec<Row>, SqlError> {
        match self.reads_until_failure.get() {
            Some(0) => {
                self.reads_until_failure.set(None);
                return Err(SqlError("the disk is on fire".into()));
            }
            Some(left) => self.reads_until_failure.set(Some(left - 1)),
            None => {}
        }
        self.sqlite.query(statement, params)
    }
}

impl Store for FlakyStore {
    fn commit(&self, writes: &[Write]) -> Result<(), SqlError> {
        if self.failing_commits.get() > 0 {
            self.failing_commits.set(self.failing_commits.get() - 1);
            return Err(SqlError("the disk is full".into()));
        }
        self.sqlite.commit(writes)
    }
}
