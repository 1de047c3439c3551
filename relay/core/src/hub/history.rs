//! What was written, page by page, and the list of chats.

use serde_json::Value as Json;
use shared::action::History;
use shared::content::Raw;
use shared::id::{MessageId, SAFE_INTEGER_MAX, UserId};
use shared::limits::{CHATS_PAGE, CHATS_PAGE_MAX, HISTORY_PAGE, HISTORY_PAGE_MAX, PRESENCE_USERS_MAX};
use shared::message::{ChatSummary, Message, Side, Status, source};
use shared::problem::Code;
use shared::reply::{ChatsPage, HistoryPage, Presence};
use shared::time::Timestamp;
use shared::token::Claims;

use super::actions::no_chat;
use super::budget::fitting;
use super::connections::limit;
use super::draft::Draft;
use super::messages::{status_of, to_value};
use super::{Decision, Refused};
use crate::storage::{Row, SqlError, Value};

const MESSAGE_COLUMNS: &str =
    "message_id, user_id, side, text, file_path, author, client_id, status, reason, created_at, attachment,
     content, edited_at";

impl Draft<'_> {
    pub(super) fn history(
        &self,
        claims: &Claims,
        user_id: UserId,
        asked: &History,
        page_bytes: usize,
    ) -> Decision<Json> {
        let count = page_size(asked.limit, HISTORY_PAGE, HISTORY_PAGE_MAX)?;
        if asked.before.is_some() && asked.after.is_some() {
            return Err(Refused::new(Code::Invalid, "a page lies before a message or after it, not both"));
        }
        let Some(chat) = self.chat(user_id)? else {
            if claims.role.is_staff() {
                return Err(no_chat());
            }
            // A visitor who has not written yet has an empty history.
            return to_value(&HistoryPage {
                user_id,
                messages: vec![],
                has_more: false,
                user_read: 0,
                operator_read: 0,
                user_delivered: 0,
                operator_delivered: 0,
                unread: 0,
            });
        };
        let (next_to, mark) = match asked.after {
            Some(after) => ("message_id > ? ORDER BY message_id", after),
            None => ("message_id < ? ORDER BY message_id DESC", asked.before.unwrap_or(SAFE_INTEGER_MAX)),
        };
        let rows = self.sql.query(
            &format!("SELECT {MESSAGE_COLUMNS} FROM messages WHERE user_id = ? AND {next_to} LIMIT ?"),
            &[user_id.into(), mark.into(), count.saturating_add(1).into()],
        )?;
        let kept = usize::try_from(count).unwrap_or(usize::MAX);
        let mut messages = rows.iter().take(kept).map(message).collect::<Decision<Vec<_>>>()?;
        messages.truncate(fitting(&messages, page_bytes)?);
        let has_more = rows.len() > messages.len();
        if asked.after.is_none() {
            messages.reverse();
        }
        let (other, mark) =
            if claims.role.is_staff() { (Side::User, chat.operator_read) } else { (Side::Operator, chat.user_read) };
        to_value(&HistoryPage {
            user_id,
            messages,
            has_more,
            user_read: chat.user_read,
            operator_read: chat.operator_read,
            user_delivered: chat.user_delivered,
            operator_delivered: chat.operator_delivered,
            unread: self.unread_of(user_id, other, mark)?,
        })
    }

    pub(super) fn chats(
        &self,
        claims: &Claims,
        before: Option<MessageId>,
        count: Option<i64>,
        page_bytes: usize,
    ) -> Decision<Json> {
        if !claims.role.is_staff() {
            return Err(Refused::new(Code::Forbidden, "the list of chats is the organization's"));
        }
        let count = page_size(count, CHATS_PAGE, CHATS_PAGE_MAX)?;
        let rows = self.sql.query(
            "SELECT user_id, user_name, username, source, user_read, operator_read, online, last_message_id,
             user_delivered, operator_delivered, status, external_id FROM chats WHERE last_message_id < ? ORDER BY last_message_id DESC LIMIT ?",
            &[before.unwrap_or(SAFE_INTEGER_MAX).into(), count.saturating_add(1).into()],
        )?;
        let kept = usize::try_from(count).unwrap_or(usize::MAX);
        let mut chats = Vec::new();
        for row in rows.iter().take(kept) {
            let (user_id, operator_read, last) = (row.integer(0)?, row.integer(5)?, row.integer(7)?);
            let source = row.text(3)?;
            let order = match row.optional_text(11)? {
                Some(chat_id) if source == source::OZON => self.order_of(&chat_id)?,
                _ => None,
            };
            chats.push(ChatSummary {
                user_id,
                user_name: row.text(1)?,
                username: row.optional_text(2)?,
                source,
                last_message: self.one_message("message_id = ?", &[last.into()])?,
                unread: self.unread_of(user_id, Side::User, operator_read)?,
                user_read: row.integer(4)?,
                operator_read,
                user_delivered: row.integer(8)?,
                operator_delivered: row.integer(9)?,
                online: row.integer(6)? == 1,
                status: Some(status_of(&row.text(10)?)?),
                order,
            });
        }
        chats.truncate(fitting(&chats, page_bytes)?);
        let has_more = rows.len() > chats.len();
        let next = chats.len().checked_sub(1).and_then(|last| rows.get(last)).map(|row| row.integer(7)).transpose()?;
        to_value(&ChatsPage { chats, next: next.filter(|_| has_more) })
    }

    /// Those who are online, the latest to write first.
    pub(super) fn who_is_here(&self, claims: &Claims) -> Decision<Json> {
        if !claims.role.is_staff() {
            return Err(Refused::new(Code::Forbidden, "who is here is for the organization to know"));
        }
        let rows = self.sql.query(
            "SELECT user_id FROM chats WHERE online = 1 ORDER BY last_message_id DESC LIMIT ?",
            &[limit(PRESENCE_USERS_MAX).saturating_add(1).into()],
        )?;
        let complete = rows.len() <= PRESENCE_USERS_MAX;
        let online = rows.iter().take(PRESENCE_USERS_MAX).map(|row| row.integer(0)).collect::<Result<_, _>>()?;
        to_value(&Presence { online, complete })
    }

    pub(super) fn one_message(&self, condition: &str, params: &[Value]) -> Decision<Option<Message>> {
        let row = self.sql.first(&format!("SELECT {MESSAGE_COLUMNS} FROM messages WHERE {condition}"), params)?;
        row.as_ref().map(message).transpose()
    }
}

fn message(row: &Row) -> Decision<Message> {
    let side = row.text(2)?;
    let status = row.optional_text(7)?;
    Ok(Message {
        message_id: row.integer(0)?,
        user_id: row.integer(1)?,
        side: Side::parse(&side).ok_or_else(|| SqlError("a message's side is neither of the two".into()))?,
        text: row.text(3)?,
        file_path: row.optional_text(4)?,
        attachment: super::files::attachment_of(row.optional_text(10)?)?,
        content: content_of(row.optional_text(11)?)?,
        author: row.optional_text(5)?,
        client_id: row.optional_text(6)?,
        status: status.as_deref().and_then(Status::parse),
        reason: row.optional_text(8)?,
        timestamp: Timestamp(row.integer(9)?),
        edited_at: row.optional_integer(12)?.map(Timestamp),
    })
}

/// What was kept of a content.
pub(super) fn content_of(kept: Option<String>) -> Result<Option<Raw>, SqlError> {
    let parsed = kept.map(|kept| serde_json::from_str(&kept)).transpose();
    parsed.map_err(|_| SqlError("a message's content is no object".into()))
}

pub(super) fn page_size(asked: Option<i64>, usual: usize, max: usize) -> Decision<i64> {
    let asked = asked.unwrap_or(limit(usual));
    if (1..=limit(max)).contains(&asked) {
        Ok(asked)
    } else {
        Err(Refused::new(Code::Invalid, format!("limit is 1 to {max}")))
    }
}
