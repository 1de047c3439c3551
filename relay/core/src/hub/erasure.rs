//! `DELETE /v1/users/{user_id}`: everything of one user goes, in one turn, and a signed receipt says what it was.
//!
//! The event log goes with it, as a whole: an offset is left out, so that whoever was told of the deletion goes on from there,
//! and whoever was not fetches a snapshot, in which the user is missing. So nothing names the user any more, not even the word
//! of their deletion. Of the id itself a hash stays, so that an old token cannot bring it back.

use serde_json::{Map, Value as Json, json};
use shared::close;
use shared::event::{ChatDeleted, Event};
use shared::id::UserId;
use shared::limits::ERASED_KEEP_MS;
use shared::problem::Code;

use super::administration::Actor;
use super::audit::{deed, hash_of};
use super::draft::Draft;
use super::export::no_user;
use super::input::{ConnId, ENTROPY_BYTES};
use super::{Decision, Effect, Refused};
use crate::auth::{receipt, text_of};

/// Where something of a user is: the table's name, how to count it, how to delete it.
const PLACES: [(&str, &str, &str); 9] = [
    ("responses", "SELECT COUNT(*) FROM responses WHERE user_id = ?", "DELETE FROM responses WHERE user_id = ?"),
    (
        "answers",
        "SELECT COUNT(*) FROM answers WHERE message_id IN (SELECT message_id FROM messages WHERE user_id = ?)",
        "DELETE FROM answers WHERE message_id IN (SELECT message_id FROM messages WHERE user_id = ?)",
    ),
    ("sends", "SELECT COUNT(*) FROM sends WHERE user_id = ?", "DELETE FROM sends WHERE user_id = ?"),
    ("messages", "SELECT COUNT(*) FROM messages WHERE user_id = ?", "DELETE FROM messages WHERE user_id = ?"),
    ("attributes", "SELECT COUNT(*) FROM attributes WHERE user_id = ?", "DELETE FROM attributes WHERE user_id = ?"),
    ("consents", "SELECT COUNT(*) FROM consents WHERE user_id = ?", "DELETE FROM consents WHERE user_id = ?"),
    ("customers", "SELECT COUNT(*) FROM customers WHERE user_id = ?", "DELETE FROM customers WHERE user_id = ?"),
    (
        "orders",
        "SELECT COUNT(*) FROM ozon_orders WHERE chat_id IN (SELECT external_id FROM chats WHERE user_id = ? AND source = 'ozon')",
        "DELETE FROM ozon_orders WHERE chat_id IN (SELECT external_id FROM chats WHERE user_id = ? AND source = 'ozon')",
    ),
    ("chats", "SELECT COUNT(*) FROM chats WHERE user_id = ?", "DELETE FROM chats WHERE user_id = ?"),
];

impl Draft<'_> {
    pub(super) fn delete_user(
        &mut self,
        actor: &Actor,
        user_id: UserId,
        entropy: &[u8; ENTROPY_BYTES],
    ) -> Decision<Json> {
        if !self.is_kept(user_id)? {
            return Err(no_user());
        }
        let mut deleted = Map::new();
        let statement = "SELECT COUNT(*) FROM events WHERE user_id = ?";
        let row = self.sql.first(statement, &[user_id.into()])?;
        deleted.insert("events".into(), row.map_or(Ok(0), |row| row.integer(0))?.into());
        for (place, count, delete) in PLACES {
            let row = self.sql.first(count, &[user_id.into()])?;
            deleted.insert(place.into(), row.map_or(Ok(0), |row| row.integer(0))?.into());
            self.write(delete, [user_id]);
        }
        deleted.insert("bulk_rows".into(), self.forget_in_bulks(user_id)?.into());
        deleted.insert("files".into(), self.delete_files_of(user_id)?.into());
        let mark = self.user_mark(user_id)?;
        let (head, hash) = self.audit_head()?;
        let content = json!({
            "receipt_id": text_of(entropy.get(..16).unwrap_or_default()), "organization": self.organization()?.id,
            "deleted": "user", "user": mark, "counts": deleted, "at": self.now,
            "audit": {"entry_id": head, "hash": hash},
        });
        let receipt = receipt::sign(&self.hub.config.signing, &content)?;
        self.write("DELETE FROM erased WHERE erased_at <= ?", [self.now.plus_ms(-ERASED_KEEP_MS).0]);
        self.write_all(
            "INSERT OR REPLACE INTO erased (mark, erased_at) VALUES (?, ?)",
            vec![mark.as_str().into(), self.now.0.into()],
        );
        self.audit(actor, deed::USER_DELETED, Some(target(&mark, &receipt)))?;
        self.show_out(user_id)?;
        self.tell_of_deletion(user_id)?;
        Ok(json!({"receipt": receipt, "content": content}))
    }

    /// Whose sockets are open under this id is told that their token is worth nothing any more.
    fn show_out(&mut self, user_id: UserId) -> Decision {
        let sessions = self.hub.sessions.values();
        let own = sessions.filter(|session| !session.claims.role.is_staff() && session.claims.sub == user_id);
        let own: Vec<ConnId> = own.map(|session| session.conn).collect();
        for conn in own {
            self.dismiss(conn, None, &super::tokens::revoked(), close::UNAUTHORIZED);
            self.drop_session(conn);
        }
        Ok(())
    }

    fn tell_of_deletion(&mut self, user_id: UserId) -> Decision {
        let event = Event::ChatDeleted(ChatDeleted { user_id });
        self.write("DELETE FROM events WHERE event_offset <= ?", [self.counters.offset]);
        self.counters.offset = self.counters.offset.saturating_add(1);
        let text = event.render(self.now, Some(self.counters.offset));
        let text = text.map_err(|_| Refused::new(Code::Internal, "an event could not be written"))?;
        self.dismiss_the_expired()?;
        let sessions = self.hub.sessions.values();
        let to: Vec<ConnId> = sessions.filter(|session| session.hears(&event)).map(|session| session.conn).collect();
        if !to.is_empty() {
            self.turn.effects.push(Effect::Send { to, text });
        }
        Ok(())
    }

    /// How the audit log, receipts and [`Draft::is_erased`] name a user: a hash that whoever knows the id can make again.
    pub(super) fn user_mark(&self, user_id: UserId) -> Decision<String> {
        let organization = &self.organization()?.id;
        Ok(hash_of(format!("prilavok/user/{organization}/{user_id}").as_bytes()))
    }

    /// Whether everything of this id was deleted. It never comes back.
    pub(super) fn is_erased(&self, user_id: UserId) -> Decision<bool> {
        let mark = self.user_mark(user_id)?;
        Ok(self.sql.first("SELECT 1 FROM erased WHERE mark = ?", &[mark.into()])?.is_some())
    }

    /// Whether a receipt is one of ours: by its signature or, once its key has gone, by the audit log.
    pub(super) fn verify_receipt(&self, text: &str) -> Decision<Json> {
        let (content, by) = match receipt::read(&self.hub.config.signing, text) {
            receipt::Read::Signed(content) => (content, "signature"),
            receipt::Read::KeyGone(content) => {
                let mark = content.get("user").and_then(Json::as_str).unwrap_or_default();
                let statement = "SELECT 1 FROM audit WHERE action = ? AND target = ?";
                let params = [deed::USER_DELETED.into(), target(mark, text).into()];
                if self.sql.first(statement, &params)?.is_none() {
                    return Ok(json!({"valid": false}));
                }
                (content, "audit_log")
            }
            receipt::Read::Refused => return Ok(json!({"valid": false})),
        };
        if content.get("organization").and_then(Json::as_str) != Some(self.organization()?.id.as_str()) {
            return Ok(json!({"valid": false}));
        }
        Ok(json!({"valid": true, "by": by, "content": content}))
    }
}

/// How the audit log names a deletion: by the user's mark and the receipt's hash.
fn target(mark: &str, receipt: &str) -> String {
    format!("{mark}/{}", hash_of(receipt.as_bytes()))
}
