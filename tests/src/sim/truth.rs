//! The store as it is: what everybody's view is held against.

use relay_core::storage::{Row as SqlRow, Sql, SqlError};
use serde_json::Value as Json;
use shared::file::Attachment;
use shared::id::{MessageId, UserId};
use shared::message::{Message, Side, Status};
use shared::node::FromNode;
use shared::time::Timestamp;

use super::world::World;

/// A message as the store has it.
pub(super) struct Row {
    pub(super) message: Message,
    pub(super) upstream_id: Option<u64>,
}

/// A chat as the store has it.
pub(super) struct ChatRow {
    pub(super) user_id: UserId,
    pub(super) external_id: Option<String>,
    pub(super) user_read: MessageId,
    pub(super) operator_read: MessageId,
    pub(super) user_delivered: MessageId,
    pub(super) operator_delivered: MessageId,
    pub(super) online: bool,
}

/// The whole store.
pub(super) struct Truth {
    pub(super) chats: Vec<ChatRow>,
    pub(super) messages: Vec<Row>,
}

impl Truth {
    /// The messages of a chat, in order.
    pub(super) fn of(&self, user_id: UserId) -> impl DoubleEndedIterator<Item = &Message> {
        self.messages.iter().map(|row| &row.message).filter(move |message| message.user_id == user_id)
    }

    /// Messages of a side beyond a read mark.
    pub(super) fn unread(&self, user_id: UserId, side: Side, mark: MessageId) -> i64 {
        let unread = self.of(user_id).filter(|message| message.side == side && message.message_id > mark);
        unread.count() as i64
    }
}

impl World {
    pub(super) fn truth(&self) -> Truth {
        let chats = "SELECT user_id, external_id, user_read, operator_read, online, user_delivered, operator_delivered
                     FROM chats ORDER BY user_id";
        let messages =
            "SELECT message_id, user_id, side, text, file_path, author, client_id, status, reason, created_at,
                            upstream_id, attachment
                        FROM messages ORDER BY message_id";
        Truth { chats: self.all(chats, chat), messages: self.all(messages, message) }
    }

    fn all<T>(&self, statement: &str, read: impl Fn(&SqlRow) -> Result<T, SqlError>) -> Vec<T> {
        let rows = self.relay.store.query(statement, &[]).expect("the store can be read");
        rows.iter().map(|row| read(row).expect("a row as it was written")).collect()
    }

    /// What the store still has to do.
    pub(super) fn store_unrest(&self) -> Option<String> {
        let first = |statement| self.relay.store.first(statement, &[]).expect("the store can be read");
        if let Some(row) = first("SELECT message_id, state FROM sends LIMIT 1") {
            return Some(format!("a send waits: {row:?}"));
        }
        first("SELECT user_id, offline_at FROM chats WHERE offline_at IS NOT NULL LIMIT 1")
            .map(|row| format!("somebody is on their way out: {row:?}"))
    }
}

fn chat(row: &SqlRow) -> Result<ChatRow, SqlError> {
    Ok(ChatRow {
        user_id: row.integer(0)?,
        external_id: row.optional_text(1)?,
        user_read: row.integer(2)?,
        operator_read: row.integer(3)?,
        online: row.integer(4)? == 1,
        user_delivered: row.integer(5)?,
        operator_delivered: row.integer(6)?,
    })
}

fn message(row: &SqlRow) -> Result<Row, SqlError> {
    let message = Message {
        message_id: row.integer(0)?,
        user_id: row.integer(1)?,
        side: Side::parse(&row.text(2)?).expect("a side"),
        text: row.text(3)?,
        file_path: row.optional_text(4)?,
        attachment: row.optional_text(11)?.map(|kept| {
            let kept: Json = serde_json::from_str(&kept).expect("an attachment");
            Attachment::from_node(&kept).expect("an attachment")
        }),
        // Nobody in the simulation sends contents.
        content: None,
        author: row.optional_text(5)?,
        client_id: row.optional_text(6)?,
        status: row.optional_text(7)?.map(|word| Status::parse(&word).expect("a status")),
        reason: row.optional_text(8)?,
        // The wire has whole seconds.
        timestamp: Timestamp(Timestamp(row.integer(9)?).seconds() * 1000),
        edited_at: None,
    };
    let upstream_id = row.optional_text(10)?.map(|text| text.parse().expect("a vendor's id"));
    Ok(Row { message, upstream_id })
}
