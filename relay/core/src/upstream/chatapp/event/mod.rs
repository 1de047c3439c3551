//! ChatApp's events, one file each; the first line of a file names its event.
//!
//! A member is required only where the event means nothing without it (whose chat, which message); everything else
//! may be absent or `null`. Unknown members are ignored.

use serde::Deserialize;
use serde_json::Value;

use super::error::DecodeError;
use super::tree;

mod chat;
mod chat_accomplice;
mod chat_auditor;
mod chat_conversation;
mod chat_level;
mod chat_process;
mod chat_producer;
mod chat_read;
mod chat_responsible;
mod chat_responsible_pin;
mod chat_status;
mod chat_tag;
mod employee_status;
mod employee_workday;
mod message;
mod message_destroy;
mod message_reaction;
mod message_status;
mod people;
mod quick_response;
mod quick_response_list;

pub use chat::{Chat, ChatRef, ChatState, Level, Membership, Process, Tag, TagCategory};
pub use chat_accomplice::ChatAccomplice;
pub use chat_auditor::ChatAuditor;
pub use chat_conversation::{ChatConversation, Conversation};
pub use chat_level::ChatLevel;
pub use chat_process::ChatProcess;
pub use chat_producer::ChatProducer;
pub use chat_read::ChatRead;
pub use chat_responsible::ChatResponsible;
pub use chat_responsible_pin::{ChatResponsiblePin, Pin};
pub use chat_status::ChatStatus;
pub use chat_tag::ChatTag;
pub use employee_status::{EmployeeStatus, Presence};
pub use employee_workday::{EmployeeWorkday, Workday};
pub use message::{Content, File, Message, MessageType, QuotedMessage, Side};
pub use message_destroy::MessageDestroy;
pub use message_reaction::{MessageReaction, ReactionAction};
pub use message_status::{Delivery, MessageStatus};
pub use people::{App, Employee, Person};
pub use quick_response::{QuickResponse, Response};
pub use quick_response_list::{Access, Change, Permission, QuickResponseList, ResponseList};

/// One item of a notification's `data`.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "each type's own file says it")]
pub enum Event {
    Message(Box<Message>),
    MessageStatus(MessageStatus),
    MessageDestroy(MessageDestroy),
    MessageReaction(MessageReaction),
    ChatTag(ChatTag),
    ChatStatus(ChatStatus),
    ChatResponsible(ChatResponsible),
    ChatResponsiblePin(ChatResponsiblePin),
    ChatProducer(ChatProducer),
    ChatAccomplice(ChatAccomplice),
    ChatAuditor(ChatAuditor),
    ChatLevel(ChatLevel),
    ChatConversation(ChatConversation),
    ChatRead(ChatRead),
    ChatProcess(ChatProcess),
    EmployeeStatus(EmployeeStatus),
    EmployeeWorkday(EmployeeWorkday),
    QuickResponseList(QuickResponseList),
    QuickResponse(QuickResponse),
    /// An event that we do not know: one for the whole notification, with the unwrapped body as it came.
    Unknown {
        name: String,
        body: Value,
    },
}

/// Reads one item of `data`.
pub(super) type Reader = fn(&Value) -> Result<Event, DecodeError>;

/// The first step of decoding: which type the event's name stands for.
pub(super) fn reader(name: &str) -> Option<Reader> {
    let read: Reader = match name {
        "message" => |item| to(item, Event::Message),
        "messageStatus" => |item| to(item, Event::MessageStatus),
        "messageDestroy" => |item| to(item, Event::MessageDestroy),
        "messageReaction" => |item| to(item, Event::MessageReaction),
        "chatTag" => |item| to(item, Event::ChatTag),
        "chatStatus" => |item| to(item, Event::ChatStatus),
        "chatResponsible" => |item| to(item, Event::ChatResponsible),
        "chatResponsiblePin" => |item| to(item, Event::ChatResponsiblePin),
        "chatProducer" => |item| to(item, Event::ChatProducer),
        "chatAccomplice" => |item| to(item, Event::ChatAccomplice),
        "chatAuditor" => |item| to(item, Event::ChatAuditor),
        "chatLevel" => |item| to(item, Event::ChatLevel),
        "chatConversation" => |item| to(item, Event::ChatConversation),
        "chatRead" => |item| to(item, Event::ChatRead),
        "chatProcess" => |item| to(item, Event::ChatProcess),
        "employeeStatus" => |item| to(item, Event::EmployeeStatus),
        "employeeWorkday" => |item| to(item, Event::EmployeeWorkday),
        "quickResponseList" => |item| to(item, Event::QuickResponseList),
        "quickResponse" => |item| to(item, Event::QuickResponse),
        _ => return None,
    };
    Some(read)
}

fn to<'de, T: Deserialize<'de>>(item: &'de Value, event: fn(T) -> Event) -> Result<Event, DecodeError> {
    tree::read(item).map(event)
}
