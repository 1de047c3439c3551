//! What the marketplace remembers over a restart: chats, messages, files, the push subscription and its deliveries.

pub(crate) mod chat;
pub(crate) mod keep;
pub(crate) mod message;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use self::chat::{Chat, ChatStatus, ChatType};
use self::message::{Attachment, Author, Message};
use super::chance::Chance;
use super::push::delivery::Delivery;
use super::push::subscription::PushSubscription;
use super::refusal::Refusal;

/// The vendor's ids lie near this: above 2^53, below 2^63.
const FIRST_MESSAGE_ID: u64 = 3_000_000_000_000_000_000;

/// Neighbouring ids differ by less than this, far under the 512 that one IEEE double spans at 3e18: a client that holds
/// them as doubles loses messages here as it would there.
const ID_STEP_MAX: u64 = 97;

/// The whole of the kept state.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Shop {
    pub(crate) seed: u64,
    pub(crate) chance: Chance,
    pub(crate) last_message_id: u64,
    pub(crate) customers_said: u64,
    pub(crate) chats: Vec<Chat>,
    /// By the path after `/v2/chat/file/`.
    pub(crate) files: BTreeMap<String, StoredFile>,
    pub(crate) push: PushSubscription,
    pub(crate) deliveries: Vec<Delivery>,
    pub(crate) last_delivery_id: u64,
    /// How many of the demo's stories have begun.
    pub(crate) stories_begun: u64,
    /// How far the clock was moved ahead of the machine's.
    #[serde(default)]
    pub(crate) clock_ahead_ms: i64,
}

/// A file of a message.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct StoredFile {
    pub(crate) name: String,
    pub(crate) base64_content: String,
}

/// A message about to be written.
pub(crate) struct Draft {
    pub(crate) author: Author,
    pub(crate) text: String,
    pub(crate) attachment: Option<Attachment>,
    pub(crate) created_ms: i64,
}

impl Shop {
    /// A marketplace on its first day: no buyers yet, but the service chats that every seller finds in the list.
    pub(crate) fn opened(seed: u64, now_ms: i64) -> Self {
        let mut chance = Chance::seeded(seed);
        let last_message_id = FIRST_MESSAGE_ID + chance.below(1_000_000_000_000_000);
        let mut shop = Self {
            seed,
            chance,
            last_message_id,
            customers_said: 0,
            chats: Vec::new(),
            files: BTreeMap::new(),
            push: PushSubscription::default(),
            deliveries: Vec::new(),
            last_delivery_id: 0,
            stories_begun: 0,
            clock_ahead_ms: 0,
        };
        for (chat_type, author, text) in [
            (ChatType::SellerSupport, Author::Support, "Здравствуйте! Мы ответили на ваше обращение."),
            (ChatType::SellerApiUpdates, Author::Notification, "Метод `/v2/chat/list` будет отключён."),
            (ChatType::SellerNotificationLogistics, Author::Notification, "Поставка принята на складе."),
        ] {
            let index = shop.open_chat(None, chat_type, now_ms);
            let draft = Draft { author, text: text.into(), attachment: None, created_ms: now_ms };
            shop.write(index, draft, 0);
        }
        shop
    }

    pub(crate) fn next_message_id(&mut self) -> u64 {
        self.last_message_id += 1 + self.chance.below(ID_STEP_MAX - 1);
        self.last_message_id
    }

    /// Opens a chat and answers its place in the list.
    pub(crate) fn open_chat(&mut self, chat_id: Option<String>, chat_type: ChatType, now_ms: i64) -> usize {
        let chat_id = chat_id.unwrap_or_else(|| self.chance.uuid());
        let user_id = match chat_type {
            ChatType::BuyerSeller => (100_000 + self.chance.below(900_000)).to_string(),
            ChatType::SellerSupport => "o3_support".into(),
            _ => "o3_notification_user_sc".into(),
        };
        let order_number = (100_000_000 + self.chance.below(900_000_000)).to_string();
        let sku = (900_000_000 + self.chance.below(99_000_000)).to_string();
        let is_buyer = chat_type == ChatType::BuyerSeller;
        // A chat without messages still has a place in the list, where its first message would be.
        let born_at = self.next_message_id();
        self.chats.push(Chat {
            chat_id,
            chat_type,
            chat_status: ChatStatus::Opened,
            created_ms: now_ms,
            born_at,
            user_id,
            posting_number: None,
            context: is_buyer.then_some(chat::Context { order_number, sku }),
            messages: Vec::new(),
            demo: None,
        });
        self.chats.len() - 1
    }

    /// Writes a message into the chat at `index`. Every `cyrillic_every`-th customer message gets the odd spelling.
    pub(crate) fn write(&mut self, index: usize, draft: Draft, cyrillic_every: u64) -> Option<u64> {
        let id = self.next_message_id();
        let is_customer = draft.author == Author::Customer;
        if is_customer {
            self.customers_said += 1;
        }
        let cyrillic = is_customer && self.customers_said.checked_rem(cyrillic_every) == Some(0);
        let chat = self.chats.get_mut(index)?;
        if is_customer {
            // Whether a buyer's message opens a closed chat again is not known; the buyer has no other way to write.
            chat.chat_status = ChatStatus::Opened;
        }
        chat.messages.push(Message {
            id,
            author: draft.author,
            cyrillic,
            created_ms: draft.created_ms,
            updated_ms: None,
            is_read: false,
            text: draft.text,
            attachment: draft.attachment,
        });
        Some(id)
    }

    /// Keeps a file and answers the attachment that points to it.
    pub(crate) fn keep_file(&mut self, name: &str, base64_content: &str, size: usize) -> Attachment {
        let extension = extension(name).unwrap_or_default();
        let is_image = IMAGE_EXTENSIONS.contains(&extension.as_str());
        // The vendor's paths begin variously; these two were seen.
        let folder = if is_image { "messenger-rotated-3" } else { "messenger" };
        let path = format!("{folder}/{}.{extension}", self.chance.uuid());
        let file = StoredFile { name: name.into(), base64_content: base64_content.into() };
        self.files.insert(path.clone(), file);
        Attachment { path, name: name.into(), size, is_image }
    }

    pub(crate) fn place_of(&self, chat_id: &str) -> Option<usize> {
        self.chats.iter().position(|chat| chat.chat_id == chat_id)
    }

    pub(crate) fn chat(&self, chat_id: &str) -> Result<&Chat, Refusal> {
        self.chats.iter().find(|chat| chat.chat_id == chat_id).ok_or_else(|| Refusal::not_found("chat"))
    }

    pub(crate) fn chat_mut(&mut self, chat_id: &str) -> Result<&mut Chat, Refusal> {
        self.chats.iter_mut().find(|chat| chat.chat_id == chat_id).ok_or_else(|| Refusal::not_found("chat"))
    }
}

const IMAGE_EXTENSIONS: [&str; 6] = ["jpg", "jpeg", "png", "gif", "webp", "heic"];

/// The lower-case extension of a file name, if it has one that could be one.
pub(crate) fn extension(name: &str) -> Option<String> {
    let (stem, extension) = name.rsplit_once('.')?;
    let sound = !stem.is_empty() && !extension.is_empty() && extension.chars().all(|c| c.is_ascii_alphanumeric());
    sound.then(|| extension.to_ascii_lowercase())
}
