//! How far each side has come with the other's messages: two marks a side, delivered and read. A mark only moves forward,
//! never beyond the last message, and whoever has read a message has received it.

use serde_json::Value;
use shared::event::{Event, MessageDelivered, MessageRead, OperatorDelivered, OperatorRead};
use shared::id::{MessageId, UserId};
use shared::message::Side;
use shared::problem::Code;
use shared::token::Claims;

use super::actions::no_chat;
use super::draft::Draft;
use super::messages::ChatRow;
use super::{Decision, Refused};

impl Draft<'_> {
    pub(super) fn message_read(&mut self, claims: &Claims, user_id: UserId, up_to: MessageId) -> Decision<Value> {
        let Some((chat, up_to)) = self.markable(claims, user_id, up_to)? else { return Ok(Value::Null) };
        if claims.role.is_staff() {
            if up_to > chat.operator_read {
                self.write(
                    "UPDATE chats SET operator_read = ?, operator_delivered = MAX(operator_delivered, ?)
                     WHERE user_id = ?",
                    [up_to, up_to, user_id],
                );
                self.operators_have_read(&chat);
                let unread = self.unread_of(user_id, Side::User, up_to)?;
                self.publish(&Event::OperatorRead(OperatorRead { user_id, last_read_message_id: up_to, unread }))?;
            }
        } else if up_to > chat.user_read {
            self.user_has_read(user_id, up_to)?;
        }
        Ok(Value::Null)
    }

    pub(super) fn user_has_read(&mut self, user_id: UserId, up_to: MessageId) -> Decision {
        self.write(
            "UPDATE chats SET user_read = ?, user_delivered = MAX(user_delivered, ?) WHERE user_id = ?",
            [up_to, up_to, user_id],
        );
        self.publish(&Event::MessageRead(MessageRead { user_id, last_read_message_id: up_to }))
    }

    pub(super) fn message_delivered(&mut self, claims: &Claims, user_id: UserId, up_to: MessageId) -> Decision<Value> {
        let Some((chat, up_to)) = self.markable(claims, user_id, up_to)? else { return Ok(Value::Null) };
        if claims.role.is_staff() {
            if up_to > chat.operator_delivered {
                self.write("UPDATE chats SET operator_delivered = ? WHERE user_id = ?", [up_to, user_id]);
                let event = OperatorDelivered { user_id, last_delivered_message_id: up_to };
                self.publish(&Event::OperatorDelivered(event))?;
            }
        } else if up_to > chat.user_delivered {
            self.write("UPDATE chats SET user_delivered = ? WHERE user_id = ?", [up_to, user_id]);
            self.publish(&Event::MessageDelivered(MessageDelivered { user_id, last_delivered_message_id: up_to }))?;
        }
        Ok(Value::Null)
    }

    /// The chat, and the mark as far as there are messages: nobody has what is not written yet. `None` for a visitor who
    /// has no chat.
    fn markable(&self, claims: &Claims, user_id: UserId, up_to: MessageId) -> Decision<Option<(ChatRow, MessageId)>> {
        if up_to < 0 {
            return Err(Refused::new(Code::Invalid, "a mark is the id of a message"));
        }
        match self.chat(user_id)? {
            Some(chat) => {
                let up_to = up_to.min(chat.last_message_id);
                Ok(Some((chat, up_to)))
            }
            None if claims.role.is_staff() => Err(no_chat()),
            None => Ok(None),
        }
    }

    pub(super) fn unread_of(&self, user_id: UserId, side: Side, mark: MessageId) -> Decision<i64> {
        let statement = "SELECT COUNT(*) FROM messages WHERE user_id = ? AND message_id > ? AND side = ?";
        let row = self.sql.first(statement, &[user_id.into(), mark.into(), side.as_str().into()])?;
        row.map_or(Ok(0), |row| Ok(row.integer(0)?))
    }
}
