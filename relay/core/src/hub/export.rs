//! `GET /v1/users/{user_id}/export`: everything that is kept of one user, page by page.

use serde_json::{Value as Json, json};
use shared::id::UserId;
use shared::limits::{EXPORT_PAGE, EXPORT_PAGE_MAX};
use shared::problem::Code;
use shared::time::Timestamp;

use super::administration::Actor;
use super::audit::deed;
use super::draft::Draft;
use super::history::page_size;
use super::{Decision, Refused};

/// The form of the export; a change of its members is a new one.
const FORM: &str = "prilavok.export.1";

impl Draft<'_> {
    /// The first page (without `after`) has all but the messages that do not fit on it; the others have messages only.
    pub(super) fn export_user(
        &mut self,
        actor: &Actor,
        user_id: UserId,
        after: Option<i64>,
        count: Option<i64>,
    ) -> Decision<Json> {
        let count = page_size(count, EXPORT_PAGE, EXPORT_PAGE_MAX)?;
        if !self.is_kept(user_id)? {
            return Err(no_user());
        }
        let rows = self.sql.query(
            "SELECT message_id, side, text, file_path, author, client_id, status, reason, created_at, attachment,
             content FROM messages
             WHERE user_id = ? AND message_id > ? ORDER BY message_id LIMIT ?",
            &[user_id.into(), after.unwrap_or(0).into(), count.saturating_add(1).into()],
        )?;
        let kept = usize::try_from(count).unwrap_or(usize::MAX);
        let mut messages = Vec::new();
        for row in rows.iter().take(kept) {
            messages.push(json!({
                "message_id": row.integer(0)?, "side": row.text(1)?, "text": row.text(2)?,
                "file_path": row.optional_text(3)?, "author": row.optional_text(4)?,
                "client_id": row.optional_text(5)?, "status": row.optional_text(6)?, "reason": row.optional_text(7)?,
                "timestamp": Timestamp(row.integer(8)?), "attachment": json_of(row.optional_text(9)?),
                "content": json_of(row.optional_text(10)?),
            }));
        }
        let last = rows.get(kept.saturating_sub(1)).map(|row| row.integer(0)).transpose()?;
        let mut page = json!({
            "form": FORM, "organization": self.organization()?.id, "user_id": user_id, "exported_at": self.now,
            "messages": messages, "next": last.filter(|_| rows.len() > kept),
        });
        if let (None, Some(page)) = (after, page.as_object_mut()) {
            page.insert("customer".into(), self.exported_customer(user_id)?);
            page.insert("attributes".into(), self.exported_attributes(user_id)?);
            page.insert("chat".into(), self.exported_chat(user_id)?);
            page.insert("files".into(), self.exported_files(user_id)?);
            page.insert("consents".into(), Json::Array(self.consents_of(user_id)?));
        }
        let mark = self.user_mark(user_id)?;
        self.audit(actor, deed::USER_EXPORTED, Some(mark))?;
        Ok(page)
    }

    /// Whether anything is kept of a user.
    pub(super) fn is_kept(&self, user_id: UserId) -> Decision<bool> {
        let row = self.sql.first(
            "SELECT EXISTS (SELECT 1 FROM chats WHERE user_id = ?1) OR EXISTS (SELECT 1 FROM customers WHERE user_id = ?1)
             OR EXISTS (SELECT 1 FROM consents WHERE user_id = ?1) OR EXISTS (SELECT 1 FROM attributes WHERE user_id = ?1)",
            &[user_id.into()],
        )?;
        Ok(row.map(|row| row.integer(0)).transpose()? == Some(1))
    }

    fn exported_customer(&self, user_id: UserId) -> Decision<Json> {
        let statement = "SELECT customer_id, created_at FROM customers WHERE user_id = ?";
        let row = self.sql.first(statement, &[user_id.into()])?;
        row.map_or(Ok(Json::Null), |row| {
            Ok(json!({"customer_id": row.text(0)?, "created_at": Timestamp(row.integer(1)?)}))
        })
    }

    /// The books of their files; the bytes are behind `GET /v1/files/{file_id}`.
    fn exported_files(&self, user_id: UserId) -> Decision<Json> {
        let statement = "SELECT file_id, side, name, media_type, size, message_id, created_at FROM files WHERE user_id = ? ORDER BY created_at, file_id";
        let rows = self.sql.query(statement, &[user_id.into()])?;
        let files = rows.iter().map(|row| {
            Ok(json!({
                "file_id": row.text(0)?, "side": row.text(1)?, "name": row.text(2)?, "media_type": row.text(3)?,
                "size": row.integer(4)?, "message_id": row.optional_integer(5)?,
                "timestamp": Timestamp(row.integer(6)?),
            }))
        });
        Ok(Json::Array(files.collect::<Decision<Vec<_>>>()?))
    }

    fn exported_attributes(&self, user_id: UserId) -> Decision<Json> {
        let statement =
            "SELECT name, value, verified, updated_at FROM attributes WHERE user_id = ? ORDER BY name, verified";
        let rows = self.sql.query(statement, &[user_id.into()])?;
        let attributes = rows.iter().map(|row| {
            let value: Json = serde_json::from_str(&row.text(1)?).unwrap_or_default();
            Ok(json!({
                "name": row.text(0)?, "value": value, "verified": row.integer(2)? == 1,
                "updated_at": Timestamp(row.integer(3)?),
            }))
        });
        Ok(Json::Array(attributes.collect::<Decision<Vec<_>>>()?))
    }

    fn exported_chat(&self, user_id: UserId) -> Decision<Json> {
        let row = self.sql.first(
            "SELECT source, external_id, user_name, username, created_at, user_read, operator_read, user_delivered,
             operator_delivered, status FROM chats WHERE user_id = ?",
            &[user_id.into()],
        )?;
        row.map_or(Ok(Json::Null), |row| {
            Ok(json!({
                "source": row.text(0)?, "external_id": row.optional_text(1)?, "user_name": row.text(2)?,
                "username": row.optional_text(3)?, "created_at": Timestamp(row.integer(4)?),
                "user_read": row.integer(5)?, "operator_read": row.integer(6)?, "user_delivered": row.integer(7)?,
                "operator_delivered": row.integer(8)?, "status": row.text(9)?,
            }))
        })
    }
}

/// What was kept as JSON; `null` for what was not.
fn json_of(kept: Option<String>) -> Json {
    kept.and_then(|kept| serde_json::from_str(&kept).ok()).unwrap_or_default()
}

pub(super) fn no_user() -> Refused {
    Refused::new(Code::NotFound, "nothing is kept of a user with this id")
}
