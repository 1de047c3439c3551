//! Automatic replies to what users write: see [`crate::tools::auto_reply`] for what is replied, and when. Here is who asks, and
//! how a reply is kept: in the turn of the message that it answers, so that there is one for it, or none.

use serde_json::Value as Json;
use shared::event::{Event, OperatorRead};
use shared::limits::{AUTO_REPLY_FRESH_MS, OZON_TEXT_CHARS_MAX};
use shared::message::{Message, Side, Status, source};
use shared::text;
use shared::time::Timestamp;

use super::Decision;
use super::administration::Actor;
use super::audit::deed;
use super::draft::Draft;
use super::messages::{ChatRow, NewRow};
use crate::tools::auto_reply::{AUTHOR, Facts, Reply, Settings, answer};
use crate::upstream::ozon::OzonId;

/// Under which name the relay itself writes them.
pub(super) const WRITER: &str = "auto-reply";

const DAY_MS: i64 = 24 * 3_600_000;

impl Draft<'_> {
    pub(super) fn auto_replies(&self) -> Decision<Json> {
        Ok(self.organization()?.auto_replies.described())
    }

    /// Replaces the document as a whole.
    pub(super) fn change_auto_replies(&mut self, actor: &Actor, document: &Json) -> Decision<Json> {
        let mut organization = self.organization()?.clone();
        organization.auto_replies = Settings::read(document)?;
        let answer = organization.auto_replies.described();
        self.write("UPDATE organization SET auto_replies = ?", [answer.to_string()]);
        self.audit(actor, deed::AUTO_REPLIES_CHANGED, None)?;
        self.hub.organization = Some(organization);
        Ok(answer)
    }

    /// A user's message has been kept and told of. `upstream_id` is its id at the upstream, if it came from one.
    pub(super) fn reply_automatically(
        &mut self,
        chat: &ChatRow,
        message: &Message,
        upstream_id: Option<&str>,
    ) -> Decision {
        let settings = &self.organization()?.auto_replies;
        // Reads do not show a reply of this very turn.
        let is_fresh = self.now.since_ms(message.timestamp) <= AUTO_REPLY_FRESH_MS;
        if !settings.enabled || !is_fresh || self.replied.contains(&chat.user_id) {
            return Ok(());
        }
        let facts = self.facts(chat, settings.cooldown_s)?;
        let Some(reply) = answer(self.now, settings, &message.text, &facts) else { return Ok(()) };
        let status = match chat.source.as_str() {
            source::WIDGET => Status::Sent,
            source::OZON if text::check_chars(&reply.text, OZON_TEXT_CHARS_MAX).is_ok() => Status::Queued,
            _ => return Ok(()),
        };
        if status == Status::Queued {
            let account = self.sql.first("SELECT 1 FROM accounts WHERE source = ?", &[chat.source.as_str().into()])?;
            if account.is_none() {
                return Ok(());
            }
        }
        self.replied.insert(chat.user_id);
        let client_id = format!("auto-{}", message.message_id);
        let row = NewRow {
            author: Some(AUTHOR),
            client_id: Some(&client_id),
            ..NewRow::of(Side::Operator, WRITER, &reply.text)
        };
        let sent = self.operator_wrote(chat, row, status)?;
        if status == Status::Queued {
            // Our own message comes after the one that it answers.
            let seen = chat.upstream_last.as_deref().and_then(OzonId::parse);
            let newest = seen.max(upstream_id.and_then(OzonId::parse)).map(|id| id.to_string());
            self.reserve_send(&ChatRow { upstream_last: newest, ..chat.clone() }, &sent);
            // The upstream's notification is answered first.
            self.wake_at(self.now);
        }
        self.leave_or_hand_over(chat, message, &reply)
    }

    fn facts<'a>(&self, chat: &'a ChatRow, cooldown_s: i64) -> Decision<Facts<'a>> {
        let today = self.now.plus_ms(-DAY_MS);
        let since = today.min(self.now.plus_ms(cooldown_s.saturating_mul(-1000)));
        let row = self.sql.first(
            "SELECT MAX(CASE WHEN writer = 'auto-reply' THEN created_at END),
               COALESCE(SUM(writer = 'auto-reply' AND created_at > ?), 0),
               MAX(CASE WHEN writer NOT IN ('auto-reply', 'bulk', 'closing') THEN created_at END)
             FROM messages WHERE user_id = ? AND side = 'operator' AND created_at > ?",
            &[today.0.into(), chat.user_id.into(), since.0.into()],
        )?;
        // Of Ozon only the chats with buyers are kept here.
        let facts = Facts { source: &chat.source, is_person: true, ..Facts::default() };
        let Some(row) = row else { return Ok(facts) };
        Ok(Facts {
            replied_at: row.optional_integer(0)?.map(Timestamp),
            replied_today: row.integer(1)?,
            answered_at: row.optional_integer(2)?.map(Timestamp),
            ..facts
        })
    }

    /// After a reply the chat waits for a person as before; one that is enough by itself is as good as read, unless there was
    /// more to read.
    fn leave_or_hand_over(&mut self, chat: &ChatRow, message: &Message, reply: &Reply) -> Decision {
        let user_id = chat.user_id;
        if reply.hand_over || self.unread_of(user_id, Side::User, chat.operator_read)? > 0 {
            return Ok(());
        }
        self.write("UPDATE chats SET waiting_since = NULL WHERE user_id = ?", [user_id]);
        let up_to = message.message_id;
        self.write(
            "UPDATE chats SET operator_read = ?, operator_delivered = MAX(operator_delivered, ?) WHERE user_id = ?",
            [up_to, up_to, user_id],
        );
        self.publish(&Event::OperatorRead(OperatorRead { user_id, last_read_message_id: up_to, unread: 0 }))
    }
}
