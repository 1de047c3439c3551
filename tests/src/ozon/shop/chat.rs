//! One chat of the seller's, as the marketplace keeps it, with the two spellings of its type.

use serde::{Deserialize, Serialize};

use super::message::{Author, Message};
use crate::ozon::demo::Part;
use crate::ozon::refusal::Refusal;

/// A seller may answer within 48 hours after the buyer's last message.
const REPLY_WINDOW_MS: i64 = 48 * 3_600 * 1_000;
/// A seller may write in a chat of his own within 72 hours.
const START_WINDOW_MS: i64 = 72 * 3_600 * 1_000;

/// A chat.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Chat {
    pub(crate) chat_id: String,
    pub(crate) chat_type: ChatType,
    pub(crate) chat_status: ChatStatus,
    pub(crate) created_ms: i64,
    pub(crate) born_at: u64,
    pub(crate) user_id: String,
    /// Only of a chat that the seller started.
    pub(crate) posting_number: Option<String>,
    pub(crate) context: Option<Context>,
    pub(crate) messages: Vec<Message>,
    /// The buyer of the demo who writes here.
    pub(crate) demo: Option<Part>,
}

/// What a buyer's message is about.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Context {
    pub(crate) order_number: String,
    pub(crate) sku: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum ChatStatus {
    Opened,
    Closed,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum ChatType {
    BuyerSeller,
    SellerSupport,
    SellerApiUpdates,
    SellerNotificationLogistics,
}

impl ChatType {
    /// Pushes spell the type in title case, REST in upper case.
    pub(crate) fn in_push(self) -> &'static str {
        match self {
            Self::BuyerSeller => "Buyer_Seller",
            Self::SellerSupport => "Seller_Support",
            Self::SellerApiUpdates => "Seller_API_Updates",
            Self::SellerNotificationLogistics => "Seller_Notification_Logistics",
        }
    }
}

impl Chat {
    /// The last message's id; 0 in a chat that has none.
    pub(crate) fn last_message_id(&self) -> u64 {
        self.messages.last().map_or(0, |message| message.id)
    }

    /// Where the chat stands in the list: by its last message, newest first.
    pub(crate) fn place(&self) -> u64 {
        self.messages.last().map_or(self.born_at, |message| message.id)
    }

    fn unread(&self) -> impl Iterator<Item = &Message> {
        self.messages.iter().filter(|message| message.author != Author::Seller && !message.is_read)
    }

    /// How many messages the seller has not read.
    pub(crate) fn unread_count(&self) -> usize {
        self.unread().count()
    }

    /// 0 when all is read.
    pub(crate) fn first_unread_message_id(&self) -> u64 {
        self.unread().next().map_or(0, |message| message.id)
    }

    pub(crate) fn is_of_buyer(&self) -> bool {
        self.chat_type == ChatType::BuyerSeller
    }

    /// Whether the seller may write now. The windows are the vendor's; how it refuses is not documented.
    pub(crate) fn may_be_answered(&self, now_ms: i64) -> Result<(), Refusal> {
        if !self.is_of_buyer() && self.chat_type != ChatType::SellerSupport {
            return Err(Refusal::chat_not_writable("chat does not accept messages"));
        }
        if self.chat_status == ChatStatus::Closed {
            return Err(Refusal::chat_not_writable("chat is closed"));
        }
        let heard = self.messages.iter().rev().find(|message| message.author == Author::Customer);
        let answers = heard.is_some_and(|message| now_ms - message.created_ms <= REPLY_WINDOW_MS);
        let starts = self.posting_number.is_some() && now_ms - self.created_ms <= START_WINDOW_MS;
        if self.is_of_buyer() && !answers && !starts {
            return Err(Refusal::chat_not_writable("the time to answer in this chat is over"));
        }
        Ok(())
    }

    /// The seller reads up to and with `up_to`, or everything.
    pub(crate) fn seller_reads(&mut self, up_to: Option<u64>) {
        for message in &mut self.messages {
            if message.author != Author::Seller && up_to.is_none_or(|last| message.id <= last) {
                message.is_read = true;
            }
        }
    }

    /// The buyer reads all the seller wrote; answers the last id if any of it was new.
    pub(crate) fn buyer_reads(&mut self) -> Option<u64> {
        let mut last = None;
        for message in &mut self.messages {
            if message.author == Author::Seller && !message.is_read {
                message.is_read = true;
                last = Some(message.id);
            }
        }
        last
    }
}
