//! Writing: a message is kept once, whatever its sender repeats.

use serde_json::Value;
use shared::action::SendMessage;
use shared::content::{Content, Raw};
use shared::event::{Event, NewChat, NewMessage, OperatorMessage};
use shared::file::Attachment;
use shared::id::{MessageId, UserId};
use shared::limits::{CLIENT_ID_BYTES_MAX, OZON_TEXT_CHARS_MAX};
use shared::message::{ChatStatus, Message, Side, Status, source};
use shared::problem::Code;
use shared::reply::Sent;
use shared::route::file_path;
use shared::text;
use shared::time::Timestamp;
use shared::token::Claims;

use super::actions::no_chat;
use super::draft::Draft;
use super::{Decision, Refused};
use crate::storage::{Row, SqlError};

/// A chat's row.
#[derive(Clone, Debug)]
pub(super) struct ChatRow {
    pub(super) user_id: UserId,
    pub(super) source: String,
    pub(super) external_id: Option<String>,
    pub(super) user_name: String,
    pub(super) last_message_id: MessageId,
    pub(super) user_read: MessageId,
    pub(super) operator_read: MessageId,
    pub(super) user_delivered: MessageId,
    pub(super) operator_delivered: MessageId,
    pub(super) upstream_last: Option<String>,
    pub(super) upstream_read: Option<String>,
    /// Since when its visitor has waited for an answer.
    pub(super) waiting_since: Option<i64>,
    pub(super) status: ChatStatus,
    /// The last message before it was opened, the first time or anew.
    pub(super) opened_after: MessageId,
}

pub(super) const CHAT_COLUMNS: &str =
    "user_id, source, external_id, user_name, last_message_id, user_read, operator_read, user_delivered,
     operator_delivered, upstream_last, upstream_read, waiting_since, status,
     opened_after";

impl ChatRow {
    fn read(row: &Row) -> Decision<Self> {
        Ok(Self {
            user_id: row.integer(0)?,
            source: row.text(1)?,
            external_id: row.optional_text(2)?,
            user_name: row.text(3)?,
            last_message_id: row.integer(4)?,
            user_read: row.integer(5)?,
            operator_read: row.integer(6)?,
            user_delivered: row.integer(7)?,
            operator_delivered: row.integer(8)?,
            upstream_last: row.optional_text(9)?,
            upstream_read: row.optional_text(10)?,
            waiting_since: row.optional_integer(11)?,
            status: status_of(&row.text(12)?)?,
            opened_after: row.integer(13)?,
        })
    }
}

/// A message that is about to be kept.
pub(super) struct NewRow<'a> {
    pub(super) side: Side,
    pub(super) text: &'a str,
    pub(super) author: Option<&'a str>,
    pub(super) writer: &'a str,
    pub(super) client_id: Option<&'a str>,
    pub(super) status: Option<Status>,
    pub(super) upstream_id: Option<String>,
    pub(super) attachment: Option<Attachment>,
    pub(super) content: Option<Raw>,
    /// When it was written, if that was not just now.
    pub(super) written_at: Option<Timestamp>,
}

impl<'a> NewRow<'a> {
    /// A text, and nothing else.
    pub(super) fn of(side: Side, writer: &'a str, text: &'a str) -> Self {
        Self {
            side,
            text,
            author: None,
            writer,
            client_id: None,
            status: None,
            upstream_id: None,
            attachment: None,
            content: None,
            written_at: None,
        }
    }
}

/// What somebody of the organization wrote.
pub(super) struct Written<'a> {
    pub(super) text: &'a str,
    pub(super) writer: &'a str,
    pub(super) client_id: Option<&'a str>,
    pub(super) attachment: Option<Attachment>,
    pub(super) content: Option<Raw>,
}

impl Draft<'_> {
    pub(super) fn chat(&self, user_id: UserId) -> Decision<Option<ChatRow>> {
        let row = self.sql.first(&format!("SELECT {CHAT_COLUMNS} FROM chats WHERE user_id = ?"), &[user_id.into()])?;
        row.as_ref().map(ChatRow::read).transpose()
    }

    pub(super) fn chat_at(&self, source: &str, external_id: &str) -> Decision<Option<ChatRow>> {
        let statement = format!("SELECT {CHAT_COLUMNS} FROM chats WHERE source = ? AND external_id = ?");
        let row = self.sql.first(&statement, &[source.into(), external_id.into()])?;
        row.as_ref().map(ChatRow::read).transpose()
    }

    pub(super) fn send_message(
        &mut self,
        claims: &Claims,
        writer: &str,
        user_id: UserId,
        action: &SendMessage,
    ) -> Decision<Value> {
        let SendMessage { user_id: _, text, client_id, file_id, content } = action;
        let (client_id, file_id) = (client_id.as_deref(), file_id.as_deref());
        if content.is_some() && !claims.role.is_staff() {
            return Err(Refused::new(
                Code::Forbidden,
                "a visitor writes text and sends files; content is the organization's",
            ));
        }
        let content = content.as_ref().map(|content| Content::asked(content, text)).transpose()?;
        let speaks = file_id.is_some() || content.as_ref().is_some_and(Content::speaks);
        if !speaks || !text.is_empty() {
            text::check(text)?;
        }
        if client_id.is_some_and(|id| id.is_empty() || id.len() > CLIENT_ID_BYTES_MAX) {
            return Err(Refused::new(Code::Invalid, format!("client_id has 1 to {CLIENT_ID_BYTES_MAX} bytes")));
        }
        if let Some(client_id) = client_id
            && let Some(kept) = self.kept_before(user_id, writer, client_id)?
        {
            return to_value(&Sent { message: kept });
        }
        let side = if claims.role.is_staff() { Side::Operator } else { Side::User };
        let attachment = file_id.map(|file_id| self.unsent_file(user_id, side, file_id)).transpose()?;
        let message = match side {
            Side::Operator => {
                let content = content.as_ref().and_then(Content::to_raw);
                self.operator_writes(claims, user_id, Written { text, writer, client_id, attachment, content })?
            }
            Side::User => self.user_writes(user_id, text, writer, client_id, attachment)?,
        };
        to_value(&Sent { message })
    }

    pub(super) fn kept_before(&self, user_id: UserId, writer: &str, client_id: &str) -> Decision<Option<Message>> {
        self.one_message(
            "user_id = ? AND writer = ? AND client_id = ?",
            &[user_id.into(), writer.into(), client_id.into()],
        )
    }

    fn user_writes(
        &mut self,
        user_id: UserId,
        text: &str,
        writer: &str,
        client_id: Option<&str>,
        attachment: Option<Attachment>,
    ) -> Decision<Message> {
        let chat = match self.chat(user_id)? {
            Some(chat) => Ok(chat),
            None => {
                let name = self.vouched_name(user_id)?.unwrap_or_else(|| visitor_name(user_id));
                Err(self.new_chat(user_id, source::WIDGET, None, name))
            }
        };
        let is_new = chat.is_err();
        self.may_write(user_id, is_new)?;
        let chat = chat.unwrap_or_else(|new| new);
        let row = NewRow { client_id, attachment, ..NewRow::of(Side::User, writer, text) };
        let message = self.user_wrote(&chat, is_new, row)?;
        if is_new && self.is_here(user_id) {
            self.set_online(user_id)?;
        }
        Ok(message)
    }

    pub(super) fn new_chat(
        &mut self,
        user_id: UserId,
        source: &str,
        external_id: Option<&str>,
        user_name: String,
    ) -> ChatRow {
        self.write_all(
            "INSERT INTO chats (user_id, source, external_id, user_name, created_at) VALUES (?, ?, ?, ?, ?)",
            vec![user_id.into(), source.into(), external_id.into(), user_name.as_str().into(), self.now.0.into()],
        );
        ChatRow {
            user_id,
            source: source.into(),
            external_id: external_id.map(Into::into),
            user_name,
            last_message_id: 0,
            user_read: 0,
            operator_read: 0,
            user_delivered: 0,
            operator_delivered: 0,
            upstream_last: None,
            upstream_read: None,
            waiting_since: None,
            status: ChatStatus::Open,
            opened_after: 0,
        }
    }

    /// Keeps a user's message and tells of it; a first one is told as `new_chat`, too, and before.
    pub(super) fn user_wrote(&mut self, chat: &ChatRow, is_new: bool, row: NewRow<'_>) -> Decision<Message> {
        self.reopen(chat)?;
        let upstream_id = row.upstream_id.clone();
        let message = self.keep(chat, row);
        self.begins_to_wait(chat, message.timestamp);
        if is_new {
            self.publish_at(
                message.timestamp,
                &Event::NewChat(NewChat {
                    user_id: chat.user_id,
                    user_name: chat.user_name.clone(),
                    username: None,
                    source: chat.source.clone(),
                    first_message: message.text.clone(),
                    message_id: Some(message.message_id),
                }),
            )?;
        }
        self.publish_at(
            message.timestamp,
            &Event::NewMessage(NewMessage {
                message_id: message.message_id,
                user_id: chat.user_id,
                user_name: chat.user_name.clone(),
                text: message.text.clone(),
                file_path: message.file_path.clone(),
                source: chat.source.clone(),
                client_id: message.client_id.clone(),
                attachment: message.attachment.clone(),
            }),
        )?;
        self.reply_automatically(chat, &message, upstream_id.as_deref())?;
        Ok(message)
    }

    fn operator_writes(&mut self, claims: &Claims, user_id: UserId, written: Written<'_>) -> Decision<Message> {
        let chat = self.chat(user_id)?.ok_or_else(no_chat)?;
        self.writes_to(claims, &chat, written)
    }

    /// Keeps what somebody of the organization writes to a chat, and sees it on its way.
    pub(super) fn writes_to(&mut self, claims: &Claims, chat: &ChatRow, written: Written<'_>) -> Decision<Message> {
        let Written { text, writer, client_id, attachment, content } = written;
        if content.is_some() && chat.source != source::WIDGET {
            return Err(Refused::new(
                Code::Invalid,
                format!("content goes to the storefront's widget only, and this chat is of {}: send text", chat.source),
            ));
        }
        let status = match chat.source.as_str() {
            source::WIDGET => Status::Sent,
            source::OZON => {
                if attachment.is_some() && !text.is_empty() {
                    return Err(Refused::new(
                        Code::Invalid,
                        "a message to Ozon is a text or a file: send the file first and the text after it, each by itself",
                    ));
                }
                text::check_chars(text, OZON_TEXT_CHARS_MAX)?;
                self.require_account(source::OZON)?;
                self.require_open_window(chat)?;
                Status::Queued
            }
            other => return Err(Self::refuse_account(other)),
        };
        let author = Some(claims.name.as_str()).filter(|name| !name.is_empty());
        let row = NewRow { author, client_id, attachment, content, ..NewRow::of(Side::Operator, writer, text) };
        let message = self.operator_wrote(chat, row, status)?;
        self.answered(chat, writer, message.message_id, message.timestamp);
        if status == Status::Queued {
            self.queue_send(chat, &message)?;
        }
        Ok(message)
    }

    /// Keeps a message of the organization and tells of it.
    pub(super) fn operator_wrote(&mut self, chat: &ChatRow, row: NewRow<'_>, status: Status) -> Decision<Message> {
        let message = self.keep(chat, NewRow { status: Some(status), ..row });
        self.publish_at(
            message.timestamp,
            &Event::OperatorMessage(OperatorMessage {
                message_id: message.message_id,
                user_id: chat.user_id,
                text: message.text.clone(),
                file_path: message.file_path.clone(),
                source: chat.source.clone(),
                operator_name: message.author.clone(),
                status,
                client_id: message.client_id.clone(),
                attachment: message.attachment.clone(),
                content: message.content.clone(),
            }),
        )?;
        Ok(message)
    }

    fn keep(&mut self, chat: &ChatRow, row: NewRow<'_>) -> Message {
        let message_id = self.next_message_id();
        // A clock that is ahead of ours makes nothing happen later than now.
        let timestamp = row.written_at.map_or(self.now, |at| at.min(self.now));
        let file_path = row.attachment.as_ref().map(|attachment| file_path(&attachment.file_id));
        let attachment = row.attachment.as_ref().and_then(|attachment| serde_json::to_string(attachment).ok());
        self.write_all(
            "INSERT INTO messages (message_id, user_id, side, text, author, writer, client_id, status, upstream_id, created_at,
               file_path, attachment, content) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            vec![
                message_id.into(),
                chat.user_id.into(),
                row.side.as_str().into(),
                row.text.into(),
                row.author.into(),
                row.writer.into(),
                row.client_id.into(),
                row.status.map(Status::as_str).into(),
                row.upstream_id.into(),
                timestamp.0.into(),
                file_path.clone().into(),
                attachment.into(),
                row.content.as_ref().map(Raw::as_str).into(),
            ],
        );
        if let Some(attachment) = &row.attachment {
            self.file_sent(&attachment.file_id, message_id);
        }
        self.write("UPDATE chats SET last_message_id = ? WHERE user_id = ?", [message_id, chat.user_id]);
        Message {
            message_id,
            user_id: chat.user_id,
            side: row.side,
            text: row.text.into(),
            file_path,
            attachment: row.attachment,
            content: row.content,
            author: row.author.map(Into::into),
            client_id: row.client_id.map(Into::into),
            status: row.status,
            reason: None,
            timestamp,
            edited_at: None,
        }
    }
}

/// What is kept of a chat's status.
pub(super) fn status_of(word: &str) -> Result<ChatStatus, SqlError> {
    ChatStatus::parse(word).ok_or_else(|| SqlError("a chat's status is none we know".into()))
}

/// The name of somebody who has not given one: enough to tell two of them apart in a list.
fn visitor_name(user_id: UserId) -> String {
    format!("Посетитель {:04}", user_id.unsigned_abs() % 10_000)
}

pub(super) fn to_value<T: serde::Serialize>(value: &T) -> Decision<Value> {
    serde_json::to_value(value).map_err(|_| Refused::new(Code::Internal, "an answer could not be written"))
}
