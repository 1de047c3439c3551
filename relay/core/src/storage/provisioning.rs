//! The tables of provisioning, as steps of the schema: tokens, the audit log.

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
