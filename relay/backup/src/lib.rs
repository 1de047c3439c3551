//! Saves the folder of a relay that runs alone on a server, and makes a folder from what was saved.
//!
//! The relay may run meanwhile. Each organization's database is copied by SQLite itself (`VACUUM INTO`), so every copy is
//! the state after some transaction, with what its write-ahead log held: never half of one. Organizations share nothing, so
//! it does not matter that their copies are of different moments.
//!
//! A restored organization has a new epoch ([`relay_core::storage::mark_restored`]): whoever comes back to it fetches a
//! snapshot instead of going on from a position that the copy does not know.

mod restore;
mod save;

use std::fmt;
use std::path::Path;

pub use restore::restore;
pub use save::save;

/// Databases end so, and what SQLite keeps beside one of them, so.
const DATABASE: &str = ".sqlite";
const BESIDE_A_DATABASE: [&str; 3] = [".sqlite-wal", ".sqlite-shm", ".sqlite-journal"];

/// The folder's lock: whoever serves from it holds it.
const LOCK: &str = "lock";

/// One sentence about what could not be done.
#[derive(Debug)]
pub struct Failure(String);

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::error::Error for Failure {}

/// What was saved or restored.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Databases: one an organization, and one that the runtime keeps for itself.
    pub databases: usize,
    /// Other files: the secrets.
    pub files: usize,
}

trait Doing<T> {
    /// `what` reads after "could not": `.doing("read", path)`.
    fn doing(self, what: &str, path: &Path) -> Result<T, Failure>;
}

impl<T, E: fmt::Display> Doing<T> for Result<T, E> {
    fn doing(self, what: &str, path: &Path) -> Result<T, Failure> {
        self.map_err(|error| Failure(format!("could not {what} {}: {error}", path.display())))
    }
}

fn is_database(path: &Path) -> bool {
    path.to_string_lossy().ends_with(DATABASE)
}
