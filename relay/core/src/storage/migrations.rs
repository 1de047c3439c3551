//! The schema, as numbered steps. A step that has landed is never edited: a change is a new step.

use super::{Sql, SqlError, Store, Write, files, provisioning, tools};

/// Step n is at index n - 1.
const STEPS: &[&[&str]] = &[
    FIRST,
    DELIVERED,
    provisioning::TOKENS,
    provisioning::PEOPLE,
    NEW_CHATS,
    files::FILES,
    CONTENT,
    provisioning::STOREFRONT,
    ANSWERS,
    CLOSING,
    GATE,
    CHORES,
    tools::TEMPLATES,
    tools::AUTO_REPLIES,
    tools::BULK,
    tools::REPORTS,
    files::DIGESTS,
    EDITED,
    ORDERS,
];

/// What is known of the orders that Ozon's chats are about. A chat that is about several has an empty number: nothing is said of
/// it.
const ORDERS: &[&str] = &[
    "CREATE TABLE ozon_orders (
        chat_id TEXT PRIMARY KEY, order_number TEXT NOT NULL, user_wrote_at INTEGER, scheme TEXT, paid_at INTEGER,
        delivered_at INTEGER, delivered_by INTEGER, is_final INTEGER NOT NULL DEFAULT 0, looked_at INTEGER)",
    "CREATE INDEX ozon_orders_number ON ozon_orders (order_number)",
];

/// When a message's text was last changed by its writer, by the upstream's clock.
const EDITED: &[&str] = &["ALTER TABLE messages ADD COLUMN edited_at INTEGER"];

/// How many chats are new is asked for each new one.
const NEW_CHATS: &[&str] = &["CREATE INDEX chats_created ON chats (created_at)"];

/// What messages of the organization carry beside their text, as JSON.
const CONTENT: &[&str] = &["ALTER TABLE messages ADD COLUMN content TEXT"];

/// Since when a visitor waits for an answer, and how long the latest ones took.
const ANSWERS: &[&str] = &[
    "ALTER TABLE chats ADD COLUMN waiting_since INTEGER",
    "CREATE TABLE answers (
        message_id INTEGER PRIMARY KEY, waited_ms INTEGER NOT NULL, answered_at INTEGER NOT NULL)",
    "CREATE INDEX answers_at ON answers (answered_at)",
];

/// Whether an operator has finished a chat, and the last message before it was opened anew.
const CLOSING: &[&str] = &[
    "ALTER TABLE chats ADD COLUMN status TEXT NOT NULL DEFAULT 'open'",
    "ALTER TABLE chats ADD COLUMN opened_after INTEGER NOT NULL DEFAULT 0",
];

/// Until when a restored gate of an account stays closed.
const GATE: &[&str] = &["ALTER TABLE accounts ADD COLUMN gate_until INTEGER"];

/// Work that nobody waits for, and how far Ozon's messages are known.
const CHORES: &[&str] = &[
    "CREATE TABLE chores (
        kind TEXT NOT NULL, chat_id TEXT NOT NULL, due_at INTEGER NOT NULL, tries INTEGER NOT NULL DEFAULT 0, note TEXT,
        PRIMARY KEY (kind, chat_id))",
    "CREATE INDEX chores_due ON chores (due_at)",
    "CREATE TABLE ozon_chats (chat_id TEXT PRIMARY KEY, read_to TEXT NOT NULL)",
    "ALTER TABLE accounts ADD COLUMN walked_to TEXT",
    "ALTER TABLE accounts ADD COLUMN pushed_at INTEGER",
    "ALTER TABLE accounts ADD COLUMN poll_ms INTEGER NOT NULL DEFAULT 30000",
    "INSERT INTO chores (kind, chat_id, due_at) SELECT 'walk', '', 0 FROM accounts WHERE source = 'ozon'",
];

const FIRST: &[&str] = &[
    "CREATE TABLE organization (
        id TEXT PRIMARY KEY, name TEXT NOT NULL, publishable_key TEXT NOT NULL, origins TEXT NOT NULL,
        epoch TEXT NOT NULL, created_at INTEGER NOT NULL)",
    "CREATE TABLE counters (
        only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
        event_offset INTEGER NOT NULL, message_id INTEGER NOT NULL, user_id INTEGER NOT NULL)",
    "INSERT INTO counters (only_row, event_offset, message_id, user_id) VALUES (1, 0, 0, 0)",
    "CREATE TABLE chats (
        user_id INTEGER PRIMARY KEY, source TEXT NOT NULL, external_id TEXT, user_name TEXT NOT NULL, username TEXT,
        created_at INTEGER NOT NULL, last_message_id INTEGER NOT NULL DEFAULT 0,
        user_read INTEGER NOT NULL DEFAULT 0, operator_read INTEGER NOT NULL DEFAULT 0,
        online INTEGER NOT NULL DEFAULT 0, offline_at INTEGER,
        upstream_last TEXT, upstream_read TEXT)",
    "CREATE UNIQUE INDEX chats_external ON chats (source, external_id) WHERE external_id IS NOT NULL",
    "CREATE INDEX chats_latest ON chats (last_message_id)",
    "CREATE INDEX chats_offline ON chats (offline_at) WHERE offline_at IS NOT NULL",
    "CREATE TABLE messages (
        message_id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL, side TEXT NOT NULL, text TEXT NOT NULL,
        file_path TEXT, author TEXT, writer TEXT NOT NULL, client_id TEXT, status TEXT, reason TEXT,
        upstream_id TEXT, created_at INTEGER NOT NULL)",
    "CREATE INDEX messages_chat ON messages (user_id, message_id)",
    "CREATE UNIQUE INDEX messages_client ON messages (user_id, writer, client_id) WHERE client_id IS NOT NULL",
    "CREATE UNIQUE INDEX messages_upstream ON messages (user_id, upstream_id) WHERE upstream_id IS NOT NULL",
    "CREATE TABLE events (
        event_offset INTEGER PRIMARY KEY, user_id INTEGER NOT NULL, for_visitor INTEGER NOT NULL, body TEXT NOT NULL)",
    "CREATE INDEX events_chat ON events (user_id, event_offset)",
    "CREATE TABLE accounts (
        source TEXT PRIMARY KEY, sealed TEXT NOT NULL, hook_secret TEXT NOT NULL, created_at INTEGER NOT NULL)",
    "CREATE TABLE sends (
        message_id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL, source TEXT NOT NULL, state TEXT NOT NULL,
        attempts INTEGER NOT NULL DEFAULT 0, lookups INTEGER NOT NULL DEFAULT 0, after_upstream_id TEXT,
        created_at INTEGER NOT NULL, attempted_at INTEGER NOT NULL DEFAULT 0, due_at INTEGER NOT NULL)",
    "CREATE INDEX sends_due ON sends (due_at)",
    "CREATE INDEX sends_chat ON sends (user_id, message_id)",
];

const DELIVERED: &[&str] = &[
    "ALTER TABLE chats ADD COLUMN user_delivered INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE chats ADD COLUMN operator_delivered INTEGER NOT NULL DEFAULT 0",
    "UPDATE chats SET user_delivered = user_read, operator_delivered = operator_read",
];

/// Whether anything has been kept here. Asking does not create anything, so that a call with a made-up organization
/// leaves no trace.
///
/// # Errors
/// If the store fails.
pub fn is_provisioned(sql: &dyn Sql) -> Result<bool, SqlError> {
    Ok(sql.first("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'migrations'", &[])?.is_some())
}

/// What is left to do to bring the schema to the newest step.
///
/// # Errors
/// If the store fails, or was written by a newer relay.
pub fn pending_steps(sql: &dyn Sql) -> Result<Vec<Write>, SqlError> {
    let mut writes = Vec::new();
    let mut done = 0;
    if is_provisioned(sql)? {
        let row = sql.first("SELECT COALESCE(MAX(step), 0) FROM migrations", &[])?;
        let step = row.map_or(Ok(0), |row| row.integer(0))?;
        done = usize::try_from(step).map_err(|_| SqlError("a migration step below zero".into()))?;
    } else {
        writes.push(Write { statement: "CREATE TABLE migrations (step INTEGER PRIMARY KEY)", params: vec![] });
    }
    if done > STEPS.len() {
        return Err(SqlError(format!(
            "the data is at step {done}, this relay knows {}: deploy a newer relay",
            STEPS.len()
        )));
    }
    for (index, step) in STEPS.iter().enumerate().skip(done) {
        writes.extend(step.iter().map(|statement| Write { statement, params: vec![] }));
        let number = i64::try_from(index).map_or(i64::MAX, |index| index.saturating_add(1));
        writes.push(Write { statement: "INSERT INTO migrations (step) VALUES (?)", params: vec![number.into()] });
    }
    Ok(writes)
}

/// Brings the schema to the newest step, in one transaction.
///
/// # Errors
/// If the store fails, or was written by a newer relay; nothing has changed then.
pub fn migrate(store: &dyn Store) -> Result<(), SqlError> {
    let writes = pending_steps(store)?;
    if writes.is_empty() { Ok(()) } else { store.commit(&writes) }
}

#[cfg(all(test, feature = "rusqlite"))]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::storage::NativeStore;

    #[test]
    fn migrating_twice_changes_nothing_and_a_newer_store_is_left_alone() {
        let store = NativeStore::in_memory().unwrap();
        assert!(!is_provisioned(&store).unwrap());
        migrate(&store).unwrap();
        migrate(&store).unwrap();
        assert!(is_provisioned(&store).unwrap());
        store
            .commit(&[Write { statement: "INSERT INTO migrations (step) VALUES (?)", params: vec![999.into()] }])
            .unwrap();
        assert!(migrate(&store).unwrap_err().0.contains("newer relay"));
    }
}
