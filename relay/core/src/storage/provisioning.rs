//! The tables of provisioning, as steps of the schema: tokens, the audit log, settings, customers, consents.

/// Tokens of operators and integrations, so that they can be listed and withdrawn. A row outlives its token by a while.
pub(super) const TOKENS: &[&str] = &[
    "CREATE TABLE tokens (
        number INTEGER PRIMARY KEY, token_id TEXT NOT NULL UNIQUE, holder TEXT NOT NULL, role TEXT NOT NULL,
        name TEXT NOT NULL, scopes TEXT NOT NULL, issued_at INTEGER NOT NULL, expires_at INTEGER NOT NULL,
        revoked_at INTEGER)",
    "CREATE INDEX tokens_expiry ON tokens (expires_at)",
    // Each row carries a hash over itself and the hash of the row before it.
    "CREATE TABLE audit (
        entry_id INTEGER PRIMARY KEY, at INTEGER NOT NULL, role TEXT NOT NULL, token_id TEXT, name TEXT NOT NULL,
        address TEXT, action TEXT NOT NULL, target TEXT, previous TEXT NOT NULL, hash TEXT NOT NULL)",
];

/// Settings, customers whom the merchant vouches for, consents, and who was deleted.
pub(super) const PEOPLE: &[&str] = &[
    "ALTER TABLE organization ADD COLUMN retention_days INTEGER",
    "ALTER TABLE organization ADD COLUMN consent_version TEXT",
    "ALTER TABLE organization ADD COLUMN consent_text TEXT",
    "ALTER TABLE organization ADD COLUMN former_key TEXT",
    "ALTER TABLE organization ADD COLUMN former_key_until INTEGER",
    "ALTER TABLE organization ADD COLUMN deleted_at INTEGER",
    // What was logged before counts as old: whoever needs it fetches a snapshot.
    "ALTER TABLE events ADD COLUMN created_at INTEGER NOT NULL DEFAULT 0",
    "CREATE TABLE identity_secrets (kid TEXT PRIMARY KEY, sealed TEXT NOT NULL, created_at INTEGER NOT NULL)",
    "CREATE TABLE customers (
        customer_id TEXT PRIMARY KEY, user_id INTEGER NOT NULL UNIQUE, created_at INTEGER NOT NULL)",
    "CREATE TABLE attributes (
        user_id INTEGER NOT NULL, verified INTEGER NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL,
        updated_at INTEGER NOT NULL, PRIMARY KEY (user_id, verified, name))",
    "CREATE TABLE consent_texts (
        version TEXT PRIMARY KEY, text TEXT NOT NULL, text_hash TEXT NOT NULL, since INTEGER NOT NULL)",
    "CREATE TABLE consents (
        entry_id INTEGER PRIMARY KEY AUTOINCREMENT, user_id INTEGER NOT NULL, version TEXT NOT NULL,
        text_hash TEXT NOT NULL, given INTEGER NOT NULL, at INTEGER NOT NULL, address TEXT)",
    "CREATE INDEX consents_user ON consents (user_id, entry_id)",
    "CREATE TABLE erased (mark TEXT PRIMARY KEY, erased_at INTEGER NOT NULL)",
];

/// The settings of the storefront's widget, as JSON.
pub(super) const STOREFRONT: &[&str] = &["ALTER TABLE organization ADD COLUMN widget TEXT"];
