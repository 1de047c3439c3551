//! Messages that no push has brought: found by looking through Ozon's list of chats, newest first, as far as the look before,
//! and reading what is new in each chat, oldest first. What is there already is not taken twice, so it does not matter which
//! of push and look comes first.
//!
//! Two marks make it durable. Of the account: all chats with anything newer than `walked_to` have been asked for. Of a chat:
//! everything up to `read_to` is here. A push moves neither, since the one before it may have been lost.

use serde::{Deserialize, Serialize};
use shared::event::{Event, OperatorRead};
use shared::file::Attachment;
use shared::id::{MessageId, UserId};
use shared::limits::{
    OZON_BACKFILL_MS, OZON_CATCH_PAGE, OZON_FIRST_PAGES, OZON_HISTORY_LIMIT_MAX, OZON_LAG_TRIES_MAX, OZON_PAGES_MAX,
    OZON_POLL_HEALTHY_MS, OZON_POLL_MS, OZON_POLL_SOON_MS, OZON_PUSHES_HEALTHY_MS,
};
use shared::message::{ChatStatus, Side, Status, source};
use shared::problem::Code;
use shared::time::Timestamp;

use super::Decision;
use super::chores::{Chore, Errand, doubled_ms};
use super::draft::Draft;
use super::files::attachment_of;
use super::lookups::is_same;
use super::messages::{ChatRow, NewRow};
use crate::storage::Row;
use crate::upstream::ozon::chat_history::{self, Direction, HistoryMessage};
use crate::upstream::ozon::{OzonId, UserType, chat_list};
use crate::upstream::{Answered, Failure, Request};

/// How far a look through the list has come.
#[derive(Default, Serialize, Deserialize)]
struct Walked {
    cursor: String,
    pages: i64,
    /// The newest message of the first page.
    newest: String,
}

/// What is known of an account's messages.
struct Marks {
    walked_to: Option<OzonId>,
    pushed_at: Option<Timestamp>,
    poll_ms: i64,
}

/// What one of us wrote.
struct Written {
    message_id: MessageId,
    text: String,
    attachment: Option<Attachment>,
}

/// Under which name messages are kept that the merchant wrote on Ozon's own pages.
const OZON_WRITER: &str = "ozon";

impl Draft<'_> {
    /// A push came: pushes are well.
    pub(super) fn pushed(&mut self) {
        self.write("UPDATE accounts SET pushed_at = ? WHERE source = 'ozon'", [self.now.0]);
    }

    pub(super) fn walk_request(&mut self, errand: &Errand) -> Decision<Request> {
        let walked = walked(errand);
        let cursor = Some(walked.cursor).filter(|cursor| !cursor.is_empty());
        Ok(chat_list::request(&self.ozon_account()?, &chat_list::Query { cursor, ..chat_list::Query::default() })?)
    }

    /// A page of the list is here.
    pub(super) fn walked(&mut self, errand: &Errand, answered: &Answered) -> Decision<Option<Failure>> {
        let list = match chat_list::read(answered) {
            Ok(list) => list,
            Err(failure) => return Ok(Some(failure)),
        };
        let marks = self.ozon_marks()?;
        let before = walked(errand);
        let newest = list.chats.iter().map(|chat| chat.last_message_id).max().unwrap_or_default();
        let newest = OzonId::parse(&before.newest).unwrap_or_default().max(newest);
        for chat in &list.chats {
            let has_news = marks.walked_to.is_none_or(|to| chat.last_message_id > to);
            if has_news && chat.chat_type.is_of_buyer() && self.read_to(&chat.chat_id)? < Some(chat.last_message_id) {
                self.ask_for_up_to(&chat.chat_id, chat.last_message_id);
            }
        }
        let oldest = list.chats.iter().map(|chat| chat.last_message_id).min();
        let pages = before.pages.saturating_add(1);
        let is_far_enough = match marks.walked_to {
            Some(to) => oldest.is_none_or(|oldest| oldest <= to) || pages >= OZON_PAGES_MAX,
            None => pages >= OZON_FIRST_PAGES,
        };
        match list.cursor.filter(|_| list.has_next && !is_far_enough) {
            Some(cursor) => {
                let walked = Walked { cursor, pages, newest: newest.to_string() };
                let note = super::messages::to_value(&walked)?.to_string();
                self.go_on(errand, Some(note), self.now);
            }
            None => {
                self.write_all(
                    "UPDATE accounts SET walked_to = ? WHERE source = 'ozon'",
                    vec![newest.max(marks.walked_to.unwrap_or_default()).to_string().into()],
                );
                self.walk_again(errand, &marks);
            }
        }
        Ok(None)
    }

    /// The next look: sooner after something was missed, later while nothing is.
    fn walk_again(&mut self, errand: &Errand, marks: &Marks) {
        let is_healthy = marks.pushed_at.is_some_and(|at| (0..OZON_PUSHES_HEALTHY_MS).contains(&self.now.since_ms(at)));
        let most = if is_healthy { OZON_POLL_HEALTHY_MS } else { OZON_POLL_MS };
        let wait_ms = marks.poll_ms.clamp(OZON_POLL_SOON_MS, most);
        self.write(
            "UPDATE accounts SET poll_ms = ? WHERE source = 'ozon'",
            [wait_ms.saturating_mul(2).min(OZON_POLL_HEALTHY_MS)],
        );
        self.go_on(errand, None, self.now.plus_ms(wait_ms));
    }

    pub(super) fn catch_request(&mut self, errand: &Errand) -> Decision<Request> {
        let from_message_id = self.read_to(&errand.chat_id)?;
        let is_here = self.chat_at(source::OZON, &errand.chat_id)?.is_some();
        let (direction, limit) = match from_message_id {
            Some(_) => (Direction::Forward, OZON_CATCH_PAGE),
            // What is to be found lies before what pushes have brought: as much of it as one page shows.
            None if is_here => (Direction::Backward, OZON_HISTORY_LIMIT_MAX),
            None => (Direction::Backward, OZON_CATCH_PAGE),
        };
        let query = chat_history::Query { direction, from_message_id, limit };
        Ok(chat_history::page(&self.ozon_account()?, &errand.chat_id, &query)?)
    }

    /// A page of a chat is here.
    pub(super) fn caught(&mut self, errand: &Errand, answered: &Answered) -> Decision<Option<Failure>> {
        let page = match chat_history::read(answered) {
            Ok(page) => page,
            Err(failure) => return Ok(Some(failure)),
        };
        let before = self.read_to(&errand.chat_id)?;
        let is_forward = before.is_some();
        let last = page.messages.last().map(|message| message.message_id);
        let is_long_ago = page
            .messages
            .last()
            .and_then(|message| message.created_at)
            .is_some_and(|at| self.now.since_ms(at) > OZON_BACKFILL_MS);
        let known = self.chat_at(source::OZON, &errand.chat_id)?;
        if let Some(chat) = &known {
            self.compare_with_ozon(chat, &page.messages)?;
        }
        let read_to = if known.is_none() && is_long_ago {
            // Over before the account was connected, and nobody waits.
            last
        } else {
            self.notice_order(&errand.chat_id, &page.messages)?;
            self.take(&errand.chat_id, known, before, &page.messages)?
        };
        let moved = read_to > before;
        let listed = errand.note.as_deref().and_then(OzonId::parse);
        if let Some(read_to) = read_to.filter(|_| moved) {
            self.write_all(
                "INSERT INTO ozon_chats (chat_id, read_to) VALUES (?, ?)
                 ON CONFLICT (chat_id) DO UPDATE SET read_to = excluded.read_to",
                vec![errand.chat_id.as_str().into(), read_to.to_string().into()],
            );
        }
        if read_to < last {
            // A message of ours is on its way, and which one it is will be known soon.
            self.go_on(errand, errand.note.clone(), self.now.plus_ms(OZON_POLL_SOON_MS));
        } else if is_forward && page.has_next && moved {
            self.go_on(errand, errand.note.clone(), self.now);
        } else if listed > read_to && errand.tries < OZON_LAG_TRIES_MAX {
            // The list has told of a message that the history does not show yet, or never will.
            self.put_off(errand, self.now.plus_ms(doubled_ms(errand.tries)), errand.tries.saturating_add(1));
        } else {
            self.chore_over(errand);
        }
        Ok(None)
    }

    /// Takes what is not here yet, oldest first. Says up to where everything is here.
    fn take(
        &mut self,
        chat_id: &str,
        known: Option<ChatRow>,
        after: Option<OzonId>,
        messages: &[HistoryMessage],
    ) -> Decision<Option<OzonId>> {
        let is_sending = match &known {
            Some(chat) => !self.sends("s.user_id = ?", &[chat.user_id.into()])?.is_empty(),
            None => false,
        };
        let mut written_here = match &known {
            Some(chat) => self.without_upstream_id(chat.user_id)?,
            None => Vec::new(),
        };
        // A chat that pushes have begun here has a past of its own at Ozon. What was written before the account was connected is
        // not put behind what came after it.
        let since = if known.is_some() && after.is_none() { self.connected_at()? } else { Timestamp(i64::MIN) };
        let was_here = known.is_some();
        let mut chat = known;
        let mut read_to = after;
        let mut is_whole = true;
        let mut has_missed = false;
        // The last message of the buyer's that the merchant has read at Ozon, and how many they have not.
        let (mut read_there, mut unread): (Option<MessageId>, i64) = (None, 0);
        let mut buyer_read = OzonId::default();
        let new = messages.iter().filter(|message| after.is_none_or(|after| message.message_id > after));
        for message in new {
            let from_us = message.user_type == UserType::Seller;
            if from_us && message.is_read {
                buyer_read = buyer_read.max(message.message_id);
            }
            let is_here = match &chat {
                Some(chat) => self.has_upstream_id(chat.user_id, message.message_id)?,
                None => false,
            };
            let is_past = message.created_at.is_some_and(|at| at < since);
            if !is_here && !is_past && from_us && is_sending {
                is_whole = false;
            } else if !is_here && !is_past {
                let text = message.data.join("\n");
                let same = |ours: &Written| is_same(&text, &ours.text, ours.attachment.as_ref());
                let taken = from_us.then(|| written_here.iter().position(same)).flatten();
                if let (Some(place), Some(chat)) = (taken, &chat) {
                    let message_id = written_here.remove(place).message_id;
                    self.found_at_ozon(chat.user_id, message_id, message.message_id)?;
                } else {
                    let (row_chat, message_id) = self.take_one(chat_id, chat.take(), message, &text)?;
                    if message.user_type == UserType::Customer {
                        has_missed = true;
                        if message.is_read { (read_there, unread) = (Some(message_id), 0) } else { unread += 1 }
                    }
                    chat = Some(row_chat);
                }
            }
            if is_whole {
                read_to = Some(message.message_id);
            }
        }
        if let Some(chat) = &chat {
            if let Some(last) = messages.last() {
                self.saw_upstream_id(chat, last.message_id);
            }
            if let Some(up_to) = read_there.filter(|up_to| *up_to > chat.operator_read) {
                self.write(
                    "UPDATE chats SET operator_read = ?, operator_delivered = MAX(operator_delivered, ?) WHERE user_id = ?",
                    [up_to, up_to, chat.user_id],
                );
                let user_id = chat.user_id;
                self.publish(&Event::OperatorRead(OperatorRead { user_id, last_read_message_id: up_to, unread }))?;
            }
        }
        if buyer_read > OzonId::default() {
            self.buyer_read(chat_id, buyer_read)?;
        }
        // What the first look takes over was not missed: nobody was to push it.
        if has_missed && was_here {
            self.write("UPDATE accounts SET poll_ms = ? WHERE source = 'ozon'", [OZON_POLL_SOON_MS]);
            self.ask_for(Chore::Walk, "", self.now.plus_ms(OZON_POLL_SOON_MS));
        }
        Ok(read_to)
    }

    /// Takes one message; the chat comes back, as it is for the next one.
    fn take_one(
        &mut self,
        chat_id: &str,
        chat: Option<ChatRow>,
        message: &HistoryMessage,
        text: &str,
    ) -> Decision<(ChatRow, MessageId)> {
        self.hub.forwards.forget_chats();
        let is_customer = message.user_type == UserType::Customer;
        let is_new = chat.is_none();
        let mut chat = match chat {
            Some(chat) => chat,
            None if is_customer => self.buyers_chat(chat_id),
            None => self.new_ozon_chat(chat_id)?,
        };
        let upstream_id = Some(message.message_id.to_string());
        let (side, writer) = if is_customer { (Side::User, "user") } else { (Side::Operator, OZON_WRITER) };
        let row = NewRow {
            author: (!is_customer).then(|| author(&message.user_type)),
            upstream_id,
            written_at: message.created_at,
            ..NewRow::of(side, writer, text)
        };
        let kept = if is_customer {
            let kept = self.user_wrote(&chat, is_new, row)?;
            chat.status = ChatStatus::Open;
            chat.waiting_since.get_or_insert(kept.timestamp.0);
            kept
        } else {
            let kept = self.operator_wrote(&chat, row, Status::Sent)?;
            self.answered(&chat, OZON_WRITER, kept.message_id, kept.timestamp);
            chat.waiting_since = None;
            kept
        };
        chat.last_message_id = kept.message_id;
        Ok((chat, kept.message_id))
    }

    /// A message of ours whose fate or id was not known is at Ozon.
    fn found_at_ozon(&mut self, user_id: UserId, message_id: MessageId, id: OzonId) -> Decision {
        self.write_all(
            "UPDATE messages SET upstream_id = ? WHERE message_id = ?",
            vec![id.to_string().into(), message_id.into()],
        );
        let row = self.sql.first("SELECT status FROM messages WHERE message_id = ?", &[message_id.into()])?;
        let status = row.map(|row| row.optional_text(0)).transpose()?.flatten();
        if status.as_deref() == Some(Status::Failed.as_str()) {
            self.set_status(user_id, message_id, Status::Sent, None)?;
        }
        Ok(())
    }

    /// Our messages of which Ozon's id is not known although they are or may be there, oldest first.
    fn without_upstream_id(&self, user_id: UserId) -> Decision<Vec<Written>> {
        let rows = self.sql.query(
            "SELECT message_id, text, attachment FROM messages WHERE user_id = ? AND side = 'operator' AND upstream_id IS NULL
             AND (status IN ('sent', 'read') OR reason = ?) ORDER BY message_id",
            &[user_id.into(), Code::DeliveryUnknown.as_str().into()],
        )?;
        let written = |row: &Row| {
            let attachment = attachment_of(row.optional_text(2)?)?;
            Ok(Written { message_id: row.integer(0)?, text: row.text(1)?, attachment })
        };
        rows.iter().map(written).collect()
    }

    fn has_upstream_id(&self, user_id: UserId, id: OzonId) -> Decision<bool> {
        let statement = "SELECT 1 FROM messages WHERE user_id = ? AND upstream_id = ?";
        Ok(self.sql.first(statement, &[user_id.into(), id.to_string().into()])?.is_some())
    }

    /// Up to where everything of a chat is here; nothing before it has been read once. That its first message came by a push
    /// says nothing about those before it.
    fn read_to(&self, chat_id: &str) -> Decision<Option<OzonId>> {
        let row = self.sql.first("SELECT read_to FROM ozon_chats WHERE chat_id = ?", &[chat_id.into()])?;
        Ok(row.map(|row| row.text(0)).transpose()?.as_deref().and_then(OzonId::parse))
    }

    /// The newest message of the buyer's that the operators have read.
    pub(super) fn read_by_operators(&self, chat_id: &str) -> Decision<Option<OzonId>> {
        let row = self.sql.first(
            "SELECT m.upstream_id FROM messages m JOIN chats c ON c.user_id = m.user_id
             WHERE c.source = 'ozon' AND c.external_id = ? AND m.side = 'user' AND m.upstream_id IS NOT NULL
             AND m.message_id <= c.operator_read ORDER BY m.message_id DESC LIMIT 1",
            &[chat_id.into()],
        )?;
        Ok(row.map(|row| row.text(0)).transpose()?.as_deref().and_then(OzonId::parse))
    }

    fn connected_at(&self) -> Decision<Timestamp> {
        let row = self.sql.first("SELECT created_at FROM accounts WHERE source = 'ozon'", &[])?;
        Ok(row.map(|row| row.integer(0)).transpose()?.map_or(Timestamp(i64::MIN), Timestamp))
    }

    fn ozon_marks(&self) -> Decision<Marks> {
        let row = self.sql.first("SELECT walked_to, pushed_at, poll_ms FROM accounts WHERE source = 'ozon'", &[])?;
        let row = row.ok_or_else(|| Self::refuse_account(source::OZON))?;
        Ok(Marks {
            walked_to: row.optional_text(0)?.as_deref().and_then(OzonId::parse),
            pushed_at: row.optional_integer(1)?.map(Timestamp),
            poll_ms: row.integer(2)?,
        })
    }
}

fn walked(errand: &Errand) -> Walked {
    errand.note.as_deref().and_then(|note| serde_json::from_str(note).ok()).unwrap_or_default()
}

/// What stands above a message that none of us wrote here.
fn author(user_type: &UserType) -> &str {
    match user_type {
        UserType::Seller => "Кабинет Ozon",
        UserType::Support => "Поддержка Ozon",
        UserType::Courier => "Курьер",
        UserType::ChatBot => "Бот Ozon",
        UserType::Crm | UserType::NotificationUser => "Ozon",
        UserType::Customer => "Покупатель",
        UserType::Other(word) if word.is_empty() => "Ozon",
        UserType::Other(word) => word,
    }
}
