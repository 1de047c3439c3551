//! The audit log: who did what to whom, when, from where. Rows are only added, and each carries a hash over itself and the
//! hash of the row before it, so that a row that was changed, removed or slipped in shows.
//!
//! It holds no text of a message and no user's id: a user is named by `user_mark`.

use serde_json::{Value as Json, json};
use sha2::{Digest, Sha256};
use shared::limits::{AUDIT_PAGE, AUDIT_PAGE_MAX, AUDIT_ROWS_MAX, AUDIT_TRIM_EVERY};
use shared::time::Timestamp;

use super::Decision;
use super::administration::Actor;
use super::draft::Draft;
use super::history::page_size;
use crate::storage::Row;

/// What is written down.
pub(super) mod deed {
    pub(in crate::hub) const ORGANIZATION_CREATED: &str = "organization.created";
    pub(in crate::hub) const ORGANIZATION_CHANGED: &str = "organization.changed";
    pub(in crate::hub) const KEY_ROTATED: &str = "key.rotated";
    pub(in crate::hub) const IDENTITY_SECRET_ADDED: &str = "identity_secret.added";
    pub(in crate::hub) const IDENTITY_SECRET_REMOVED: &str = "identity_secret.removed";
    pub(in crate::hub) const CONSENTS_READ: &str = "consents.read";
    pub(in crate::hub) const USER_EXPORTED: &str = "user.exported";
    pub(in crate::hub) const USER_DELETED: &str = "user.deleted";
    pub(in crate::hub) const TOKEN_ISSUED: &str = "token.issued";
    pub(in crate::hub) const TOKEN_REVOKED: &str = "token.revoked";
    pub(in crate::hub) const INTEGRATION_CONNECTED: &str = "integration.connected";
    pub(in crate::hub) const MESSAGE_SENT: &str = "message.sent";
    pub(in crate::hub) const CHAT_CLOSED: &str = "chat.closed";
    pub(in crate::hub) const TEMPLATE_CHANGED: &str = "template.changed";
    pub(in crate::hub) const TEMPLATE_REMOVED: &str = "template.removed";
    pub(in crate::hub) const AUTO_REPLIES_CHANGED: &str = "auto_replies.changed";
    pub(in crate::hub) const BULK_STARTED: &str = "bulk.started";
    pub(in crate::hub) const BULK_PAUSED: &str = "bulk.paused";
    pub(in crate::hub) const BULK_RESUMED: &str = "bulk.resumed";
    pub(in crate::hub) const BULK_CANCELLED: &str = "bulk.cancelled";
    pub(in crate::hub) const AUDIT_TRIMMED: &str = "audit.trimmed";
}

/// What the first row's hash is chained to.
const NOTHING_BEFORE: &str = "";

const COLUMNS: &str = "entry_id, at, role, token_id, name, address, action, target, previous, hash";

/// A row of the log.
struct Entry {
    entry_id: i64,
    at: i64,
    role: String,
    token_id: Option<String>,
    name: String,
    address: Option<String>,
    action: String,
    target: Option<String>,
    previous: String,
}

impl Entry {
    fn read(row: &Row) -> Decision<(Self, String)> {
        let entry = Self {
            entry_id: row.integer(0)?,
            at: row.integer(1)?,
            role: row.text(2)?,
            token_id: row.optional_text(3)?,
            name: row.text(4)?,
            address: row.optional_text(5)?,
            action: row.text(6)?,
            target: row.optional_text(7)?,
            previous: row.text(8)?,
        };
        Ok((entry, row.text(9)?))
    }

    /// SHA-256 over the row's members as a JSON array, in their order here, with the hash of the row before.
    fn hash(&self) -> Decision<String> {
        let members = json!([
            self.entry_id,
            self.at,
            self.role,
            self.token_id,
            self.name,
            self.address,
            self.action,
            self.target,
            self.previous,
        ]);
        Ok(hash_of(members.to_string().as_bytes()))
    }
}

impl Draft<'_> {
    /// Writes down what somebody did. `target` names what it was done to, never a user's id.
    pub(super) fn audit(&mut self, actor: &Actor, action: &'static str, target: Option<String>) -> Decision {
        let (role, token_id, name) = match &actor.claims {
            None => ("administrator", None, String::new()),
            Some(claims) => (claims.role.as_str(), Some(claims.jti.clone()), claims.name.clone()),
        };
        let (last, previous) = match self.audited.take() {
            Some(head) => head,
            None => self.audit_head()?,
        };
        let entry = Entry {
            entry_id: last.saturating_add(1),
            at: self.now.0,
            role: role.into(),
            token_id,
            name,
            address: actor.address.clone(),
            action: action.into(),
            target,
            previous,
        };
        let hash = entry.hash()?;
        self.audited = Some((entry.entry_id, hash.clone()));
        let number = entry.entry_id;
        self.write_all(
            "INSERT INTO audit (entry_id, at, role, token_id, name, address, action, target, previous, hash)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            vec![
                entry.entry_id.into(),
                entry.at.into(),
                entry.role.into(),
                entry.token_id.into(),
                entry.name.into(),
                entry.address.into(),
                entry.action.into(),
                entry.target.into(),
                entry.previous.into(),
                hash.into(),
            ],
        );
        if number > AUDIT_ROWS_MAX && number.rem_euclid(AUDIT_TRIM_EVERY) == 0 {
            // It says itself that it begins later now.
            let up_to = number.saturating_sub(AUDIT_ROWS_MAX);
            self.write("DELETE FROM audit WHERE entry_id <= ?", [up_to]);
            let relay = Actor::administrator(None);
            return self.audit(&relay, deed::AUDIT_TRIMMED, Some(format!("up to {up_to}")));
        }
        Ok(())
    }

    /// The newest row's id and hash.
    pub(super) fn audit_head(&self) -> Decision<(i64, String)> {
        // In the turn that makes the tables there is nothing to read yet.
        if !crate::storage::is_provisioned(self.sql)? {
            return Ok((0, NOTHING_BEFORE.into()));
        }
        let row = self.sql.first("SELECT entry_id, hash FROM audit ORDER BY entry_id DESC LIMIT 1", &[])?;
        row.map_or(Ok((0, NOTHING_BEFORE.into())), |row| Ok((row.integer(0)?, row.text(1)?)))
    }

    /// A page of the log, oldest first, and whether its rows are as they were written.
    pub(super) fn audit_page(&self, after: Option<i64>, count: Option<i64>) -> Decision<Json> {
        let count = page_size(count, AUDIT_PAGE, AUDIT_PAGE_MAX)?;
        let after = after.unwrap_or(0);
        let before = self.sql.first(
            &format!("SELECT {COLUMNS} FROM audit WHERE entry_id <= ? ORDER BY entry_id DESC LIMIT 1"),
            &[after.into()],
        )?;
        let rows = self.sql.query(
            &format!("SELECT {COLUMNS} FROM audit WHERE entry_id > ? ORDER BY entry_id LIMIT ?"),
            &[after.into(), count.saturating_add(1).into()],
        )?;
        let mut chained = before.as_ref().map(Entry::read).transpose()?.map(|(entry, hash)| (entry.entry_id, hash));
        let kept = usize::try_from(count).unwrap_or(usize::MAX);
        let (mut entries, mut broken_at, mut last) = (Vec::new(), None, None);
        for row in rows.iter().take(kept) {
            let (entry, hash) = Entry::read(row)?;
            // Of the oldest row that is left, what came before is taken on trust, unless nothing did.
            let follows = match &chained {
                Some((number, before)) => entry.entry_id == number.saturating_add(1) && entry.previous == *before,
                None => entry.entry_id > 1 || entry.previous == NOTHING_BEFORE,
            };
            if broken_at.is_none() && (!follows || entry.hash()? != hash) {
                broken_at = Some(entry.entry_id);
            }
            last = Some(entry.entry_id);
            chained = Some((entry.entry_id, hash.clone()));
            entries.push(json!({
                "entry_id": entry.entry_id, "at": Timestamp(entry.at), "role": entry.role, "token_id": entry.token_id,
                "name": entry.name, "address": entry.address, "action": entry.action, "target": entry.target,
                "hash": hash,
            }));
        }
        let (head, hash) = self.audit_head()?;
        Ok(json!({
            "entries": entries, "next": last.filter(|_| rows.len() > kept), "intact": broken_at.is_none(),
            "broken_at": broken_at, "head": {"entry_id": head, "hash": hash},
        }))
    }
}

pub(super) fn hash_of(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}
