//! The tables of files, as a step of the schema: the books, the chunks of those that SQLite holds, and the orders of removal.

pub(super) const FILES: &[&str] = &[
    "ALTER TABLE messages ADD COLUMN attachment TEXT",
    "CREATE TABLE files (
        file_id TEXT PRIMARY KEY, user_id INTEGER NOT NULL, side TEXT NOT NULL, name TEXT NOT NULL,
        media_type TEXT NOT NULL, size INTEGER NOT NULL, width INTEGER, height INTEGER, place TEXT NOT NULL,
        state TEXT NOT NULL, message_id INTEGER, created_at INTEGER NOT NULL, expires_at INTEGER)",
    "CREATE INDEX files_chat ON files (user_id)",
    "CREATE INDEX files_expiry ON files (expires_at) WHERE expires_at IS NOT NULL",
    "CREATE INDEX files_message ON files (message_id) WHERE message_id IS NOT NULL",
    "CREATE TABLE file_chunks (
        file_id TEXT NOT NULL, number INTEGER NOT NULL, bytes BLOB NOT NULL, PRIMARY KEY (file_id, number))",
    "CREATE TABLE file_usage (only_row INTEGER PRIMARY KEY CHECK (only_row = 1), bytes INTEGER NOT NULL)",
    "INSERT INTO file_usage (only_row, bytes) VALUES (1, 0)",
    "CREATE TABLE file_removals (file_key TEXT PRIMARY KEY, due_at INTEGER NOT NULL)",
];

/// The digest of a file that may come again, of those that integrators send.
pub(super) const DIGESTS: &[&str] = &[
    "ALTER TABLE files ADD COLUMN digest TEXT",
    "CREATE INDEX files_digest ON files (user_id, digest) WHERE digest IS NOT NULL",
];
