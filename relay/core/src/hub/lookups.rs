//! The upstream's history: which ids our messages got, and what became of a message whose answer was lost.

use shared::file::{Attachment, FileType};
use shared::id::{MessageId, UserId};
use shared::limits::{LOOKUP_ATTEMPTS_MAX, SEND_ATTEMPTS_MAX, SEND_SETTLE_MS};
use shared::message::Status;
use shared::problem::Code;
use shared::time::Timestamp;

use super::draft::Draft;
use super::input::Job;
use super::messages::ChatRow;
use super::sends::{LOOKUP_AFTER_MS, Send, State, WATCHDOG_MS};
use super::{Decision, Refused};
use crate::upstream::Answered;
use crate::upstream::gate::Class;
use crate::upstream::ozon::{OzonId, chat_history, chat_send_file};

impl Draft<'_> {
    /// The chat's upstream has shown a message id: everything sent from here on comes after it.
    pub(super) fn saw_upstream_id(&mut self, chat: &ChatRow, id: OzonId) {
        if chat.upstream_last.as_deref().and_then(OzonId::parse).is_none_or(|last| last < id) {
            self.write_all(
                "UPDATE chats SET upstream_last = ? WHERE user_id = ?",
                vec![id.to_string().into(), chat.user_id.into()],
            );
        }
    }

    /// The buyer has read up to an upstream id: so have our messages up to it. `found` are ids learned in this turn.
    pub(super) fn mark_read_upstream(
        &mut self,
        chat: &ChatRow,
        up_to: OzonId,
        found: &[(MessageId, OzonId)],
    ) -> Decision {
        let rows = self.sql.query(
            "SELECT message_id, upstream_id FROM messages
             WHERE user_id = ? AND side = 'operator' AND status = 'sent' AND upstream_id IS NOT NULL ORDER BY message_id",
            &[chat.user_id.into()],
        )?;
        let mut read = Vec::new();
        for row in rows {
            let id = OzonId::parse(&row.text(1)?);
            if id.is_some_and(|id| id <= up_to) {
                read.push(row.integer(0)?);
            }
        }
        read.extend(found.iter().filter(|(_, id)| *id <= up_to).map(|(message_id, _)| *message_id));
        read.sort_unstable();
        read.dedup();
        for message_id in &read {
            self.set_status(chat.user_id, *message_id, Status::Read, None)?;
        }
        match read.last() {
            Some(last) if *last > chat.user_read => self.user_has_read(chat.user_id, *last),
            _ => Ok(()),
        }
    }

    /// If messages wait for their upstream id, the history is looked at without delay.
    pub(super) fn look_up_soon(&mut self, user_id: UserId) -> Decision {
        let waiting = self.sends("s.user_id = ? AND s.state IN ('checking', 'sent')", &[user_id.into()])?;
        if waiting.is_empty() { Ok(()) } else { self.look_up(user_id) }
    }

    /// Asks for the history. Whoever is due is counted: only those asked about in vain again and again are given up.
    pub(super) fn look_up(&mut self, user_id: UserId) -> Decision {
        let mut waiting =
            self.sends("s.user_id = ? AND s.state IN ('checking', 'sent') ORDER BY s.message_id", &[user_id.into()])?;
        for send in &waiting {
            if send.due_at <= self.now && send.lookups >= LOOKUP_ATTEMPTS_MAX {
                self.give_up_looking(send)?;
            }
        }
        waiting.retain(|send| !self.settled.contains(&send.message_id));
        if waiting.is_empty() {
            return Ok(());
        }
        if let Some(at) = self.must_wait_for_ozon(Class::Lookup, chat_history::PATH) {
            let now = self.now;
            for send in waiting.iter().filter(|send| send.due_at <= now) {
                self.write("UPDATE sends SET due_at = ? WHERE message_id = ?", [at.0, send.message_id]);
            }
            self.wake_at(at);
            return Ok(());
        }
        let chat_id = self.chat(user_id)?.and_then(|chat| chat.external_id);
        let request = match (self.ozon_account(), chat_id) {
            (Ok(account), Some(chat_id)) => Some(chat_history::request(&account, &chat_id)?),
            (Err(Refused::Sql(error)), _) => return Err(Refused::Sql(error)),
            // No account, no history: time passes as if the upstream did not answer.
            _ => None,
        };
        let now = self.now;
        for send in waiting.iter().filter(|send| send.due_at <= now) {
            // Until the answer is here this is the time to ask again.
            let answer_ms = if request.is_some() { WATCHDOG_MS } else { 0 };
            self.count_lookup(send, now.plus_ms(answer_ms.max(lookup_after_ms(send.lookups))));
        }
        if let Some(request) = request {
            let job = Job::Lookup { user_id, asked_at: self.now };
            self.call(job, request);
        }
        Ok(())
    }

    fn count_lookup(&mut self, send: &Send, due: Timestamp) {
        self.write(
            "UPDATE sends SET lookups = ?, due_at = ? WHERE message_id = ?",
            [send.lookups.saturating_add(1), due.0, send.message_id],
        );
        self.wake_at(due);
    }

    fn give_up_looking(&mut self, send: &Send) -> Decision {
        match send.state {
            // It was accepted; only its id stays unknown.
            State::Sent => {
                self.write("DELETE FROM sends WHERE message_id = ?", [send.message_id]);
                self.settled.insert(send.message_id);
                Ok(())
            }
            State::Queued | State::Sending | State::Checking => self.give_up(send, Code::DeliveryUnknown),
        }
    }

    /// The history is here, or is not: each message in doubt or without its id is decided, oldest first.
    pub(super) fn looked_up(&mut self, user_id: UserId, asked_at: Timestamp, answered: &Answered) -> Decision {
        let Some(chat) = self.chat(user_id)? else { return Ok(()) };
        let page = chat_history::read(answered).ok();
        let waiting =
            self.sends("s.user_id = ? AND s.state IN ('checking', 'sent') ORDER BY s.message_id", &[user_id.into()])?;
        if let (Some(page), Some(chat_id)) = (&page, &chat.external_id) {
            self.notice_order(chat_id, &page.messages)?;
        }
        let mut taken: Vec<String> = Vec::new();
        let mut found: Vec<(MessageId, OzonId)> = Vec::new();
        for row in self.sql.query("SELECT upstream_id FROM messages WHERE user_id = ? AND upstream_id IS NOT NULL ORDER BY message_id DESC LIMIT 200", &[user_id.into()])? {
            taken.push(row.text(0)?);
        }
        for send in &waiting {
            let after = send.after_upstream_id.as_deref().and_then(OzonId::parse).unwrap_or_default();
            let id = page.as_ref().and_then(|page| {
                let ours = page.messages.iter().filter(|message| {
                    message.from_seller
                        && message.message_id > after
                        && is_same(&message.data.join("\n"), &send.text, send.attachment.as_ref())
                        && !taken.contains(&message.message_id.to_string())
                });
                ours.map(|message| message.message_id).next()
            });
            match id {
                Some(id) => {
                    taken.push(id.to_string());
                    found.push((send.message_id, id));
                    self.arrived(send, id)?;
                }
                None => {
                    let is_absent = page.as_ref().is_some_and(|page| page.shows_all_after(after));
                    self.not_found(send, is_absent.then_some(asked_at))?;
                }
            }
        }
        if let Some((_, newest)) = found.iter().max_by_key(|(_, id)| *id) {
            self.saw_upstream_id(&chat, *newest);
        }
        match chat.upstream_read.as_deref().and_then(OzonId::parse) {
            Some(up_to) if !found.is_empty() => self.mark_read_upstream(&chat, up_to, &found),
            _ => Ok(()),
        }
    }

    fn arrived(&mut self, send: &Send, id: OzonId) -> Decision {
        self.write_all(
            "UPDATE messages SET upstream_id = ? WHERE message_id = ?",
            vec![id.to_string().into(), send.message_id.into()],
        );
        self.write("DELETE FROM sends WHERE message_id = ?", [send.message_id]);
        self.settled.insert(send.message_id);
        if send.state == State::Checking {
            self.set_status(send.user_id, send.message_id, Status::Sent, None)?;
            self.start_next(send.user_id)?;
        }
        Ok(())
    }

    /// `absent_at`: when it surely was not there.
    fn not_found(&mut self, send: &Send, absent_at: Option<Timestamp>) -> Decision {
        let settles = send.attempted_at.plus_ms(SEND_SETTLE_MS);
        if send.state == State::Checking && absent_at.is_some_and(|at| at >= settles) {
            // It is not there and cannot come any more.
            return if send.attempts < SEND_ATTEMPTS_MAX {
                self.set_status(send.user_id, send.message_id, Status::Queued, None)?;
                if self.attempt(send)? { Ok(()) } else { self.start_next(send.user_id) }
            } else {
                self.give_up(send, Code::UpstreamUnavailable)
            };
        }
        let mut due =
            self.now.plus_ms(if send.lookups < LOOKUP_ATTEMPTS_MAX { lookup_after_ms(send.lookups) } else { 0 });
        // The moment from which it can be decided is not slept through.
        if send.state == State::Checking && settles > self.now {
            due = due.min(settles);
        }
        if due < send.due_at {
            self.write("UPDATE sends SET due_at = ? WHERE message_id = ?", [due.0, send.message_id]);
            self.wake_at(due);
        }
        Ok(())
    }
}

/// How long to wait for the next look after `lookups` of them: each time twice as long.
fn lookup_after_ms(lookups: i64) -> i64 {
    LOOKUP_AFTER_MS << lookups.clamp(0, 6)
}

/// Whether what the upstream shows is a message of ours. Of a text it may have trimmed or folded the white space; of a file it
/// shows a link.
pub(super) fn is_same(theirs: &str, text: &str, attachment: Option<&Attachment>) -> bool {
    let Some(file) = attachment else { return theirs.split_whitespace().eq(text.split_whitespace()) };
    let is_image = FileType::parse(&file.media_type).is_some_and(FileType::is_image);
    chat_send_file::shows(theirs, &chat_send_file::name(&file.name, &file.media_type), is_image)
}
