//! One chat of the seller's, as the marketplace keeps it, with the two spellings of its type.

use serde::{Deserialize, Serialize};

use super::message::{Author, Message};
use crate::ozon::demo::Part;

/// A chat.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Chat {
    pub(crate) chat_id: String,
    pub(crate) chat_type: ChatType,
    pub(crate) chat_status: ChatStatus,
    pub(crate) created_ms: i64,
    pub(crate) born_at: u64,
    pub(crate) user_id: String,
    /// What the chat is about, if it is about one posting.
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

impl ChatStatus {
    /// The older methods spell it in title case.
    pub(crate) fn in_title_case(self) -> &'static str {
        match self {
            Self::Opened => "Opened",
            Self::Closed => "Closed",
        }
    }
}

/// The kinds of chats, in the spelling of the younger REST methods.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[allow(missing_docs)]
pub enum ChatType {
    Unspecified,
    BuyerSeller,
    BuyerSellerSelect,
    SellerSupport,
    SellerApiUpdates,
    SellerApiNotifications,
    SellerNotificationLogistics,
    SellerNotificationUpdateContent,
    SellerPersonalManagerUnityCrm,
    SellerBusinessDevelopmentGroup,
}

impl ChatType {
    /// Pushes and the older REST methods spell the type in title case.
    pub(crate) fn in_title_case(self) -> &'static str {
        match self {
            Self::Unspecified => "Unspecified",
            Self::BuyerSeller => "Buyer_Seller",
            Self::BuyerSellerSelect => "Buyer_Seller_Select",
            Self::SellerSupport => "Seller_Support",
            Self::SellerApiUpdates => "Seller_API_Updates",
            Self::SellerApiNotifications => "Seller_API_Notifications",
            Self::SellerNotificationLogistics => "Seller_Notification_Logistics",
            Self::SellerNotificationUpdateContent => "Seller_Notification_Content",
            Self::SellerPersonalManagerUnityCrm => "Seller_Personal_Manager_Unity_CRM",
            Self::SellerBusinessDevelopmentGroup => "Seller_Business_Development_Group",
        }
    }

    /// The chats in which only the marketplace speaks.
    pub(crate) fn is_notification(self) -> bool {
        match self {
            Self::SellerApiUpdates
            | Self::SellerApiNotifications
            | Self::SellerNotificationLogistics
            | Self::SellerNotificationUpdateContent => true,
            Self::Unspecified
            | Self::BuyerSeller
            | Self::BuyerSellerSelect
            | Self::SellerSupport
            | Self::SellerPersonalManagerUnityCrm
            | Self::SellerBusinessDevelopmentGroup => false,
        }
    }

    pub(crate) fn is_of_buyer(self) -> bool {
        matches!(self, Self::BuyerSeller | Self::BuyerSellerSelect)
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
        self.chat_type.is_of_buyer()
    }

    /// When the buyer last wrote.
    pub(crate) fn heard_ms(&self) -> Option<i64> {
        let heard = self.messages.iter().rev().find(|message| message.author == Author::Customer);
        heard.map(|message| message.created_ms)
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
