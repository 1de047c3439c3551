//! The tables of the organization's tools, as steps of the schema.

/// Templates of the organization's own, and what it has made of the built-in ones.
pub(super) const TEMPLATES: &[&str] = &["CREATE TABLE templates (
        template_id TEXT PRIMARY KEY, title TEXT NOT NULL, text TEXT NOT NULL, created_at INTEGER NOT NULL,
        updated_at INTEGER NOT NULL)"];

/// What the organization says of its automatic replies, as JSON; and where a chat's answers are found by their time.
pub(super) const AUTO_REPLIES: &[&str] = &[
    "ALTER TABLE organization ADD COLUMN auto_replies TEXT",
    "CREATE INDEX messages_answers ON messages (user_id, created_at) WHERE side = 'operator'",
];
