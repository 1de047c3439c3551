//! One message, and how the vendor writes it: Markdown strings, links instead of files, a text where ids were expected.

use serde::{Deserialize, Serialize};

/// A message of a chat.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Message {
    pub(crate) id: u64,
    pub(crate) author: Author,
    /// Whether this one says `Сustomer` with a Cyrillic first letter.
    pub(crate) cyrillic: bool,
    pub(crate) created_ms: i64,
    pub(crate) updated_ms: Option<i64>,
    /// By the seller for what others wrote, by the buyer for what the seller wrote.
    pub(crate) is_read: bool,
    pub(crate) text: String,
    pub(crate) attachment: Option<Attachment>,
    #[serde(default)]
    pub(crate) moderation: Moderation,
}

/// Who wrote a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)]
pub enum Author {
    Customer,
    Seller,
    Support,
    Notification,
    Crm,
    Courier,
    /// Not documented, seen.
    ChatBot,
}

/// What became of the vendor's check of a picture.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[allow(missing_docs)]
pub enum Moderation {
    #[default]
    Success,
    Moderation,
    Failed,
}

/// A file or picture of a message.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Attachment {
    pub(crate) path: String,
    pub(crate) name: String,
    pub(crate) size: usize,
    pub(crate) is_image: bool,
}

impl Message {
    /// The vendor's `user.type`.
    pub(crate) fn user_type(&self) -> &'static str {
        match self.author {
            Author::Customer => customer(self.cyrillic),
            Author::Seller => "Seller",
            Author::Support => "Support",
            Author::Notification => "NotificationUser",
            Author::Crm => "Crm",
            Author::Courier => "Courier",
            Author::ChatBot => "ChatBot",
        }
    }

    pub(crate) fn is_image(&self) -> bool {
        self.attachment.as_ref().is_some_and(|attachment| attachment.is_image)
    }

    /// The vendor's `data`: Markdown strings. File links point to the API's own host and need the keys.
    pub(crate) fn data(&self, base_url: &str) -> Vec<String> {
        let link = self.attachment.as_ref().map(|attachment| {
            let url = format!("{base_url}/v2/chat/file/{}", attachment.path);
            if attachment.is_image {
                format!("![]({url})")
            } else {
                format!("[{} ({}KB)]({url})", attachment.name, attachment.size.div_ceil(1_024))
            }
        });
        let text = Some(self.text.clone()).filter(|text| !text.is_empty());
        text.into_iter().chain(link).collect()
    }
}

/// `Customer`, or the look-alike of the vendor's examples.
pub(crate) fn customer(cyrillic: bool) -> &'static str {
    if cyrillic { "\u{421}ustomer" } else { "Customer" }
}
