//! A chat that an operator has finished, and its visitor's next message opens again.

use serde_json::Value as Json;
use shared::content::{Content, Rating};
use shared::event::{ChatUpdated, Event};
use shared::id::UserId;
use shared::message::{ChatStatus, Side, Status, source};
use shared::problem::Code;
use shared::token::Claims;

use super::actions::{chat_of, no_chat};
use super::administration::Actor;
use super::audit::deed;
use super::draft::Draft;
use super::messages::{ChatRow, NewRow};
use super::{Decision, Refused};
use crate::storefront;

/// Who writes such messages, whoever closes: so that each closing has one at most.
const WRITER: &str = "closing";

impl Draft<'_> {
    pub(super) fn close_chat(&mut self, actor: &Actor, claims: &Claims, named: Option<UserId>) -> Decision<Json> {
        if !claims.role.is_staff() {
            return Err(Refused::new(Code::Forbidden, "a chat is finished by the organization"));
        }
        let user_id = chat_of(claims, named)?;
        let chat = self.chat(user_id)?.ok_or_else(no_chat)?;
        if chat.status == ChatStatus::Closed {
            return Ok(Json::Null);
        }
        let closed = ChatStatus::Closed;
        self.write_all("UPDATE chats SET status = ? WHERE user_id = ?", vec![closed.as_str().into(), user_id.into()]);
        // Who is told that it is over waits for no answer.
        self.waits_no_more(&chat);
        if self.organization()?.widget.as_ref().is_some_and(storefront::asks_to_rate) && self.was_a_talk(&chat)? {
            self.ask_to_rate(claims, &chat)?;
        }
        self.publish(&Event::ChatUpdated(ChatUpdated { user_id, status: closed }))?;
        let mark = self.user_mark(user_id)?;
        self.audit(actor, deed::CHAT_CLOSED, Some(mark))?;
        Ok(Json::Null)
    }

    /// Ozon has closed a chat: nobody can write to it until the buyer does.
    pub(super) fn closed_at_ozon(&mut self, chat_id: &str) -> Decision {
        let Some(chat) = self.chat_at(source::OZON, chat_id)? else { return Ok(()) };
        if chat.status == ChatStatus::Closed {
            return Ok(());
        }
        let (user_id, status) = (chat.user_id, ChatStatus::Closed);
        self.write_all("UPDATE chats SET status = ? WHERE user_id = ?", vec![status.as_str().into(), user_id.into()]);
        self.hub.forwards.forget_chats();
        self.publish(&Event::ChatUpdated(ChatUpdated { user_id, status }))
    }

    /// A user's message opens a chat that was finished.
    pub(super) fn reopen(&mut self, chat: &ChatRow) -> Decision {
        if chat.status == ChatStatus::Open {
            return Ok(());
        }
        let (user_id, status) = (chat.user_id, ChatStatus::Open);
        self.write_all(
            "UPDATE chats SET status = ?, opened_after = last_message_id WHERE user_id = ?",
            vec![status.as_str().into(), user_id.into()],
        );
        self.publish(&Event::ChatUpdated(ChatUpdated { user_id, status }))
    }

    /// Whether both sides have written to a visitor's chat since it was opened.
    fn was_a_talk(&self, chat: &ChatRow) -> Decision<bool> {
        if chat.source != source::WIDGET {
            return Ok(false);
        }
        for side in [Side::User, Side::Operator] {
            // A machine's reply is no talk.
            let statement = "SELECT 1 FROM messages WHERE user_id = ? AND message_id > ? AND side = ?
                AND writer <> 'auto-reply' LIMIT 1";
            let params = [chat.user_id.into(), chat.opened_after.into(), side.as_str().into()];
            if self.sql.first(statement, &params)?.is_none() {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn ask_to_rate(&mut self, claims: &Claims, chat: &ChatRow) -> Decision {
        let client_id = format!("closing-{}", chat.opened_after);
        if self.kept_before(chat.user_id, WRITER, &client_id)?.is_some() {
            return Ok(());
        }
        let content = Content { rating: Some(Rating::default()), ..Content::default() };
        let row = NewRow {
            author: Some(claims.name.as_str()).filter(|name| !name.is_empty()),
            client_id: Some(&client_id),
            content: content.to_raw(),
            // Without a text: the widget asks in its visitor's language.
            ..NewRow::of(Side::Operator, WRITER, "")
        };
        self.operator_wrote(chat, row, Status::Sent).map(drop)
    }
}
