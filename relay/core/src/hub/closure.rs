//! `DELETE /v1/organizations/{organization}`: the organization goes with all that is its. Its id stays taken, so that no token of
//! the old one opens a new one.

use serde_json::{Value as Json, json};
use shared::close;
use shared::problem::{Code, Problem};

use super::Decision;
use super::draft::Draft;
use super::input::ConnId;

/// Every table but the schema's own and the one row that says that the organization was here.
const TABLES: &[&str] = &[
    "DELETE FROM chats",
    "DELETE FROM messages",
    "DELETE FROM events",
    "DELETE FROM accounts",
    "DELETE FROM sends",
    "DELETE FROM tokens",
    "DELETE FROM audit",
    "DELETE FROM identity_secrets",
    "DELETE FROM customers",
    "DELETE FROM attributes",
    "DELETE FROM consent_texts",
    "DELETE FROM consents",
    "DELETE FROM erased",
    "DELETE FROM file_usage",
    "DELETE FROM answers",
    "DELETE FROM templates",
    "DELETE FROM bulks",
    "DELETE FROM bulk_rows",
    "DELETE FROM responses",
    "DELETE FROM chores",
    "DELETE FROM ozon_chats",
    "DELETE FROM ozon_orders",
];

impl Draft<'_> {
    pub(super) fn delete_organization(&mut self) -> Decision<Json> {
        let id = self.organization()?.id.clone();
        self.delete_all_files()?;
        for statement in TABLES {
            self.write_all(statement, vec![]);
        }
        self.write(
            "UPDATE organization SET name = '', publishable_key = '', origins = '[]', retention_days = NULL,
             consent_version = NULL, consent_text = NULL, widget = NULL, auto_replies = NULL, former_key = NULL, former_key_until = NULL, deleted_at = ?",
            [self.now.0],
        );
        let problem = Problem::new(Code::NotFound, "the organization was deleted");
        let open: Vec<ConnId> = self.hub.sessions.keys().copied().collect();
        for conn in open {
            self.dismiss(conn, None, &problem, close::NOT_FOUND);
            self.drop_session(conn);
        }
        self.hub.organization = None;
        Ok(json!({"id": id, "deleted_at": self.now}))
    }
}
