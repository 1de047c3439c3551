//! A line of the log: JSON, without anybody's words in it. What can be put on a line is words of this program, numbers, the
//! ids of organizations, and what is [`Redacted`]; a text from outside does not fit in by its type.

use std::fmt;

use serde::{Serialize, Serializer};
use serde_json::{Map, Value};
use shared::time::Timestamp;

use crate::auth::key;

/// Something that is somebody's: it can be carried about and used, and never shown. Not even its length, which tells short
/// answers apart.
#[derive(Clone, PartialEq, Eq)]
pub struct Redacted<T>(T);

/// What stands in the place of what is not shown.
const REDACTED: &str = "[redacted]";

impl<T> Redacted<T> {
    /// Covers a value.
    pub fn new(value: T) -> Self {
        Self(value)
    }

    /// The value, for those who need it and do not show it.
    pub fn expose(&self) -> &T {
        &self.0
    }

    /// Takes the cover off.
    pub fn into_inner(self) -> T {
        self.0
    }
}

impl<T> fmt::Debug for Redacted<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(REDACTED)
    }
}

impl<T> fmt::Display for Redacted<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(REDACTED)
    }
}

impl<T> Serialize for Redacted<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(REDACTED)
    }
}

/// How much a line matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// Worth knowing.
    Info,
    /// Somebody was refused, or had to wait.
    Warning,
    /// Something of ours failed.
    Error,
}

impl Level {
    fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// A line that is being put together.
#[derive(Debug)]
pub struct Line {
    level: Level,
    members: Map<String, Value>,
}

impl Line {
    /// A line about this.
    #[must_use]
    pub fn new(level: Level, event: &'static str) -> Self {
        let mut members = Map::new();
        members.insert("level".into(), level.as_str().into());
        members.insert("event".into(), event.into());
        Self { level, members }
    }

    /// How much it matters.
    #[must_use]
    pub fn level(&self) -> Level {
        self.level
    }

    /// One of this program's own words.
    #[must_use]
    pub fn word(mut self, name: &'static str, word: &'static str) -> Self {
        self.members.insert(name.into(), word.into());
        self
    }

    /// A number.
    #[must_use]
    pub fn number(mut self, name: &'static str, number: i64) -> Self {
        self.members.insert(name.into(), number.into());
        self
    }

    /// Whose it is. What is no organization's id is not shown.
    #[must_use]
    pub fn organization(mut self, id: &str) -> Self {
        let shown = if key::is_organization_id(id) { id } else { REDACTED };
        self.members.insert("organization".into(), shown.into());
        self
    }

    /// That there is something, without what it is.
    #[must_use]
    pub fn redacted<T>(mut self, name: &'static str, value: &Redacted<T>) -> Self {
        self.members.insert(name.into(), value.to_string().into());
        self
    }

    /// The line.
    #[must_use]
    pub fn render(mut self, now: Timestamp) -> String {
        self.members.insert("time".into(), serde_json::to_value(now).unwrap_or_default());
        Value::Object(self.members).to_string()
    }
}

/// Which kind of trouble an error of the store or the runtime tells of, in a word of ours.
#[must_use]
pub fn trouble(error: &str) -> &'static str {
    const KNOWN: [(&str, &str); 8] = [
        ("full", "disk_full"),
        ("readonly", "read_only"),
        ("I/O", "disk_error"),
        ("malformed", "broken_database"),
        ("constraint", "constraint"),
        ("no such", "schema"),
        ("newer relay", "newer_schema"),
        ("too large", "too_large"),
    ];
    KNOWN.iter().find(|(part, _)| error.contains(part)).map_or("other", |(_, word)| word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_errors_own_words_are_not_repeated() {
        for (error, word) in [
            ("database or disk is full: SQLITE_FULL", "disk_full"),
            ("UNIQUE constraint failed: messages.text 'Ирина'", "constraint"),
            ("no such column: x", "schema"),
            ("Ирина", "other"),
        ] {
            assert_eq!(trouble(error), word);
        }
    }

    #[test]
    fn what_is_redacted_is_shown_by_no_means() {
        let secret = Redacted::new(String::from("Ирина, +7 900 123-45-67"));
        for shown in [
            format!("{secret}"),
            format!("{secret:?}"),
            format!("{:#?}", Some(vec![secret.clone()])),
            serde_json::to_string(&secret).unwrap_or_default(),
            Line::new(Level::Info, "x").redacted("text", &secret).render(Timestamp(0)),
        ] {
            assert!(shown.contains("[redacted]") && !shown.contains("Ирина") && !shown.contains("900"), "{shown}");
        }
        assert_eq!(secret.expose(), "Ирина, +7 900 123-45-67");
    }

    #[test]
    fn a_line_is_one_line_of_json() {
        let line = Line::new(Level::Warning, "limited").word("limit", "address").number("status", 429);
        let line = line.organization("lavka").render(Timestamp(1_768_059_060_000));
        assert_eq!(
            line,
            r#"{"event":"limited","level":"warning","limit":"address","organization":"lavka","status":429,"time":"2026-01-10T15:31:00Z"}"#
        );
        let line = Line::new(Level::Info, "x").organization("Ирина\n").render(Timestamp(0));
        assert!(!line.contains("Ирина") && !line.contains('\n'), "{line}");
    }
}
