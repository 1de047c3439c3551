//! What a command says when it cannot go on: one sentence for a person, with the way out in it.

use std::fmt;

/// One sentence: what could not be done, and how to get it done by hand.
#[derive(Debug)]
pub struct Failure(String);

impl Failure {
    pub fn new(sentence: impl Into<String>) -> Self {
        Self(sentence.into())
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<lexopt::Error> for Failure {
    fn from(error: lexopt::Error) -> Self {
        Self(format!("{error}; see `cargo xtask help`"))
    }
}

/// Names the file or the deed in an I/O error, which by itself says neither.
pub trait Doing<T> {
    /// `what` reads after "could not": `.doing(|| format!("read {path}"))`.
    fn doing(self, what: impl FnOnce() -> String) -> Result<T, Failure>;
}

impl<T, E: fmt::Display> Doing<T> for Result<T, E> {
    fn doing(self, what: impl FnOnce() -> String) -> Result<T, Failure> {
        self.map_err(|error| Failure(format!("could not {}: {error:#}", what())))
    }
}
