//! Every decoder of what comes from outside, as a function of bytes. Each must bear whatever it is given: it never panics,
//! keeps its limits, and reads back what our own encoder makes of what it read. One that does not, panics here.
//!
//! The property test beside this crate feeds them mutations of the golden files, on stable and in every test run; the
//! fuzzer in `fuzz/` feeds them whatever it can think of.

pub mod auth;
mod upstream;
mod wire;

/// A decoder under test.
pub type Entry = fn(&[u8]);

/// All of them by name.
pub const ENTRIES: &[(&str, Entry)] = &[
    ("action", wire::action),
    ("address", auth::address),
    ("chatapp", upstream::chatapp),
    ("content", wire::content),
    ("frame", wire::frame),
    ("key", auth::key),
    ("keyring", auth::keyring),
    ("origin", auth::origin),
    ("ozon_answer", upstream::ozon_answer),
    ("ozon_files", upstream::ozon_files),
    ("ozon_push", upstream::ozon_push),
    ("ozon_request", upstream::ozon_request),
    ("route", wire::route),
    ("sealed", auth::sealed),
    ("session", auth::session),
    ("storefront", wire::storefront),
    ("time", wire::time),
    ("token", auth::token),
];

/// The entry of that name.
#[must_use]
pub fn entry(name: &str) -> Option<Entry> {
    ENTRIES.iter().find(|(other, _)| *other == name).map(|(_, entry)| *entry)
}

/// What is no text never gets as far as a decoder of texts.
fn text(bytes: &[u8]) -> Option<&str> {
    std::str::from_utf8(bytes).ok()
}
