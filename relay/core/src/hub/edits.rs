//! Messages that their writers changed at the upstream, when they were here already. The newest text wins, by the upstream's
//! own clock: what comes twice, or in the wrong order, changes nothing.

use shared::event::{Event, MessageUpdated};
use shared::id::{MessageId, UserId};
use shared::limits::UPSTREAM_TIMEOUT_MS;
use shared::message::source;
use shared::time::Timestamp;

use super::Decision;
use super::chores::Chore;
use super::draft::Draft;
use super::lookups::is_same;
use super::messages::ChatRow;
use crate::upstream::ozon::chat_history::HistoryMessage;
use crate::upstream::ozon::{OzonId, UserType, files};

/// A message that is here, as far as an edit has to know it.
struct Known {
    message_id: MessageId,
    text: String,
    written_at: Timestamp,
    edited_at: Option<Timestamp>,
}

impl Draft<'_> {
    /// A push says that a message says something else now, whoever wrote it.
    pub(super) fn edited_at_ozon(
        &mut self,
        chat_id: &str,
        id: OzonId,
        text: &str,
        updated_at: Option<Timestamp>,
    ) -> Decision {
        let chat = self.chat_at(source::OZON, chat_id)?;
        let known = match &chat {
            Some(chat) => self.known(chat.user_id, id)?,
            None => None,
        };
        let (Some(chat), Some(known)) = (chat, known) else {
            // The push of the message itself is late, or lost. Its chat has it as it is now.
            self.ask_for(Chore::Catch, chat_id, self.now);
            return Ok(());
        };
        let edited_at = updated_at.unwrap_or(self.now);
        // A push without a text says nothing of what there is to read now.
        if text.is_empty() || known.edited_at.is_some_and(|before| edited_at <= before) {
            return Ok(());
        }
        self.says_now(chat.user_id, known.message_id, text, edited_at)
    }

    /// Messages of a chat were read again: a buyer's that is not what it was has been changed, and no push has told of it.
    pub(super) fn compare_with_ozon(&mut self, chat: &ChatRow, messages: &[HistoryMessage]) -> Decision {
        for message in messages.iter().filter(|message| message.user_type == UserType::Customer) {
            let text = message.data.join("\n");
            // The same file may have another link each time that it is shown.
            if text.is_empty() || files::has_link(&text) {
                continue;
            }
            let Some(known) = self.known(chat.user_id, message.message_id)? else { continue };
            if is_same(&text, &known.text, None) {
                continue;
            }
            // Ozon does not say when. It was asked no longer ago than a call lasts: whatever is changed later is newer.
            let edited_at = self.now.plus_ms(-UPSTREAM_TIMEOUT_MS).max(known.written_at);
            let edited_at = known.edited_at.map_or(edited_at, |before| before.max(edited_at));
            self.says_now(chat.user_id, known.message_id, &text, edited_at)?;
        }
        Ok(())
    }

    fn says_now(&mut self, user_id: UserId, message_id: MessageId, text: &str, edited_at: Timestamp) -> Decision {
        self.hub.forwards.forget_chats();
        self.write_all(
            "UPDATE messages SET text = ?, edited_at = ? WHERE message_id = ?",
            vec![text.into(), edited_at.0.into(), message_id.into()],
        );
        let text = text.into();
        self.publish(&Event::MessageUpdated(MessageUpdated { message_id, user_id, text, edited_at }))
    }

    fn known(&self, user_id: UserId, id: OzonId) -> Decision<Option<Known>> {
        let row = self.sql.first(
            "SELECT message_id, text, created_at, edited_at FROM messages WHERE user_id = ? AND upstream_id = ?",
            &[user_id.into(), id.to_string().into()],
        )?;
        let known = row.map(|row| {
            Decision::Ok(Known {
                message_id: row.integer(0)?,
                text: row.text(1)?,
                written_at: Timestamp(row.integer(2)?),
                edited_at: row.optional_integer(3)?.map(Timestamp),
            })
        });
        known.transpose()
    }
}
