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

/// Bulk sends, their rows, and the number of the last one.
pub(super) const BULK: &[&str] = &[
    "ALTER TABLE counters ADD COLUMN bulk_id INTEGER NOT NULL DEFAULT 0",
    "CREATE TABLE bulks (
        bulk_id INTEGER PRIMARY KEY, writer TEXT NOT NULL, client_id TEXT NOT NULL, author TEXT, template_id TEXT,
        text TEXT NOT NULL, names TEXT NOT NULL, source TEXT NOT NULL, rate_per_minute INTEGER NOT NULL,
        state TEXT NOT NULL, reason TEXT, total INTEGER NOT NULL, sent INTEGER NOT NULL DEFAULT 0,
        failed INTEGER NOT NULL DEFAULT 0, cancelled INTEGER NOT NULL DEFAULT 0, created_at INTEGER NOT NULL,
        finished_at INTEGER, next_start_at INTEGER NOT NULL, told_at INTEGER NOT NULL DEFAULT 0, tell_at INTEGER)",
    "CREATE UNIQUE INDEX bulks_client ON bulks (writer, client_id)",
    "CREATE TABLE bulk_rows (
        bulk_id INTEGER NOT NULL, number INTEGER NOT NULL, posting_number TEXT NOT NULL, variables TEXT NOT NULL,
        state TEXT NOT NULL, attempts INTEGER NOT NULL DEFAULT 0, lost INTEGER NOT NULL DEFAULT 0,
        due_at INTEGER NOT NULL DEFAULT 0, reason TEXT, chat_id TEXT, user_id INTEGER, message_id INTEGER,
        PRIMARY KEY (bulk_id, number))",
    // Each alarm asks for the first of these, however many there are.
    "CREATE INDEX bulk_rows_queued ON bulk_rows (bulk_id, due_at, number) WHERE state = 'queued'",
    "CREATE INDEX bulk_rows_starting ON bulk_rows (due_at) WHERE state = 'starting'",
    "CREATE INDEX bulk_rows_message ON bulk_rows (message_id) WHERE message_id IS NOT NULL",
    "CREATE INDEX bulk_rows_user ON bulk_rows (user_id) WHERE user_id IS NOT NULL",
];

/// How long each answer was waited for, of whatever source; and messages by their time.
pub(super) const REPORTS: &[&str] = &[
    "CREATE TABLE responses (
        message_id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL, source TEXT NOT NULL, writer TEXT NOT NULL,
        waited_ms INTEGER NOT NULL, answered_at INTEGER NOT NULL)",
    "CREATE INDEX responses_at ON responses (answered_at)",
    "CREATE INDEX responses_writer ON responses (writer, answered_at)",
    "CREATE INDEX responses_user ON responses (user_id)",
    "CREATE INDEX messages_created ON messages (created_at)",
];
