//! What upstreams notify us of: kept and told at once, so that they get their answer within milliseconds.

use serde_json::Value;
use shared::event::{Event, NewChat};
use shared::limits::HOOK_BYTES_MAX;
use shared::message::{Side, source};
use shared::problem::Code;
use shared::time::Timestamp;

use super::draft::Draft;
use super::messages::{ChatRow, NewRow};
use super::{Decision, Refused};
use crate::auth::secrets_match;
use crate::upstream::ozon::OzonId;
use crate::upstream::ozon::push::{self, Push};

/// Ozon does not say who its buyers are.
const BUYER: &str = "Покупатель Ozon";

impl Draft<'_> {
    pub(super) fn hook(&mut self, source: &str, secret: &str, body: &str) -> Decision<Value> {
        // A wrong secret and a missing account look the same from outside.
        let known = self.organization().and_then(|_| {
            Ok(self.sql.first("SELECT hook_secret FROM accounts WHERE source = ?", &[source.into()])?)
        })?;
        let expected = known.map(|row| row.text(0)).transpose()?;
        if !expected.is_some_and(|expected| secrets_match(secret, &expected)) {
            return Err(Refused::new(Code::NotFound, "there is no such address"));
        }
        if body.len() > HOOK_BYTES_MAX {
            return Err(Refused::new(Code::TooLarge, format!("a notification has at most {HOOK_BYTES_MAX} bytes")));
        }
        match source {
            source::OZON => self.ozon_push(body),
            _ => Err(Refused::new(Code::NotFound, "there is no such address")),
        }
    }

    fn ozon_push(&mut self, body: &str) -> Decision<Value> {
        let push = push::read(body)?;
        let answer = push::answer(&push, self.now);
        self.pushed();
        if let Push::ChatClosed { chat_id, chat_type, .. } = &push
            && chat_type.is_of_buyer()
        {
            // Ozon need not name anybody who closed it.
            self.closed_at_ozon(chat_id)?;
        }
        if let Push::UpdateMessage { chat_id, chat_type, message_id, text, updated_at, .. } = &push
            && chat_type.is_of_buyer()
        {
            // Whoever wrote it: what is here is to be what Ozon shows.
            self.edited_at_ozon(chat_id, *message_id, text, *updated_at)?;
        }
        if let Push::Posting { posting_number, delivered_at } = &push {
            self.posting_changed(posting_number, *delivered_at)?;
        }
        if !push.is_of_buyer() {
            return Ok(answer);
        }
        match push {
            Push::NewMessage { chat_id, message_id, text, created_at, .. } => {
                self.buyer_wrote(&chat_id, message_id, &text, created_at)?;
            }
            Push::MessageRead { chat_id, last_read_message_id, .. } => {
                self.buyer_read(&chat_id, last_read_message_id)?
            }
            Push::UpdateMessage { .. } | Push::ChatClosed { .. } | Push::Posting { .. } | Push::Ping | Push::Other => {}
        }
        Ok(answer)
    }

    fn buyer_wrote(
        &mut self,
        chat_id: &str,
        message_id: OzonId,
        text: &str,
        created_at: Option<Timestamp>,
    ) -> Decision {
        let chat = self.chat_at(source::OZON, chat_id)?;
        let upstream_id = message_id.to_string();
        if let Some(chat) = &chat {
            // Ozon repeats a push until it hears a success.
            let statement = "SELECT 1 FROM messages WHERE user_id = ? AND upstream_id = ?";
            if self.sql.first(statement, &[chat.user_id.into(), upstream_id.as_str().into()])?.is_some() {
                return Ok(());
            }
        }
        self.hub.forwards.forget_chats();
        let is_new = chat.is_none();
        let chat = match chat {
            Some(chat) => chat,
            None => self.buyers_chat(chat_id),
        };
        self.saw_upstream_id(&chat, message_id);
        let row =
            NewRow { upstream_id: Some(upstream_id), written_at: created_at, ..NewRow::of(Side::User, "user", text) };
        self.user_wrote(&chat, is_new, row)?;
        Ok(())
    }

    /// A chat that a buyer begins.
    pub(super) fn buyers_chat(&mut self, chat_id: &str) -> ChatRow {
        let user_id = self.next_user_id();
        self.new_chat(user_id, source::OZON, Some(chat_id), BUYER.into())
    }

    /// A chat that the organization is the first to write to.
    pub(super) fn new_ozon_chat(&mut self, chat_id: &str) -> Decision<ChatRow> {
        let chat = self.buyers_chat(chat_id);
        let user_id = chat.user_id;
        self.publish(&Event::NewChat(NewChat {
            user_id,
            user_name: chat.user_name.clone(),
            username: None,
            source: chat.source.clone(),
            first_message: String::new(),
            message_id: None,
        }))?;
        Ok(chat)
    }

    pub(super) fn buyer_read(&mut self, chat_id: &str, up_to: OzonId) -> Decision {
        let Some(chat) = self.chat_at(source::OZON, chat_id)? else { return Ok(()) };
        let known = chat.upstream_read.as_deref().and_then(OzonId::parse);
        if known.is_some_and(|known| known >= up_to) {
            return Ok(());
        }
        self.write_all(
            "UPDATE chats SET upstream_read = ? WHERE user_id = ?",
            vec![up_to.to_string().into(), chat.user_id.into()],
        );
        self.mark_read_upstream(&chat, up_to, &[])?;
        // The read message may be one whose id is still to be looked up.
        self.look_up_soon(chat.user_id)
    }
}
