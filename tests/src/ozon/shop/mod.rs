//! What the marketplace remembers over a restart: chats, messages, files, postings, the push URLs and their deliveries.

pub(crate) mod chat;
pub(crate) mod keep;
pub(crate) mod message;
pub(crate) mod posting;
pub(crate) mod product;
mod window;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use self::chat::{Chat, ChatStatus, ChatType};
use self::message::{Attachment, Author, Message, Moderation};
use self::posting::Posting;
use self::product::Product;
use super::chance::Chance;
use super::push::delivery::Delivery;
use super::push::subscription::Endpoint;
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
    #[serde(default)]
    pub(crate) endpoints: Vec<Endpoint>,
    #[serde(default)]
    pub(crate) last_endpoint_id: u64,
    pub(crate) deliveries: Vec<Delivery>,
    pub(crate) last_delivery_id: u64,
    /// How many of the demo's stories have begun.
    pub(crate) stories_begun: u64,
    /// How far the clock was moved ahead of the machine's.
    #[serde(default)]
    pub(crate) clock_ahead_ms: i64,
    #[serde(default)]
    pub(crate) products: Vec<Product>,
    #[serde(default)]
    pub(crate) postings: Vec<Posting>,
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
            endpoints: Vec::new(),
            last_endpoint_id: 0,
            deliveries: Vec::new(),
            last_delivery_id: 0,
            stories_begun: 0,
            clock_ahead_ms: 0,
            products: Product::first(),
            postings: Vec::new(),
        };
        shop.first_postings(now_ms);
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
            buyers if buyers.is_of_buyer() => (100_000 + self.chance.below(900_000)).to_string(),
            notifies if notifies.is_notification() => "o3_notification_user_sc".into(),
            _ => "o3_support".into(),
        };
        let order_number = (100_000_000 + self.chance.below(900_000_000)).to_string();
        let sku = (900_000_000 + self.chance.below(99_000_000)).to_string();
        let is_buyer = chat_type.is_of_buyer();
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

    /// Ties the chat at `index` to a posting: its messages carry the order's number and the first product.
    pub(crate) fn say_what_about(&mut self, index: usize, posting_number: &str) {
        let posting = self.posting(posting_number).ok().cloned();
        let Some(chat) = self.chats.get_mut(index) else { return };
        chat.posting_number = Some(posting_number.into());
        if let (Some(posting), Some(context)) = (posting, &mut chat.context) {
            context.order_number = posting.order_number().into();
            context.sku = posting.products.first().map_or_else(String::new, |line| line.sku.to_string());
        }
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
            moderation: Moderation::default(),
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

    /// Whether the seller may write in a chat now. The windows are the vendor's; how it refuses is not documented.
    pub(crate) fn may_write(&self, chat_id: &str, now_ms: i64) -> Result<(), Refusal> {
        let chat = self.chat(chat_id)?;
        if chat.chat_type.is_notification() {
            return Err(Refusal::chat_not_writable("chat does not accept messages"));
        }
        if chat.chat_status == ChatStatus::Closed {
            return Err(Refusal::chat_not_writable("chat is closed"));
        }
        let posting = chat.posting_number.as_deref().and_then(|number| self.posting(number).ok());
        let starts = posting.is_some_and(|posting| window::may_start(posting, now_ms));
        if chat.is_of_buyer() && !starts && !window::may_answer(chat.heard_ms(), now_ms) {
            return Err(Refusal::chat_not_writable("the time to answer in this chat is over"));
        }
        Ok(())
    }

    /// Whether the seller may open a chat about a posting now.
    pub(crate) fn may_start(&self, posting_number: &str, now_ms: i64) -> Result<(), Refusal> {
        if window::may_start(self.posting(posting_number)?, now_ms) {
            return Ok(());
        }
        Err(Refusal::chat_not_writable("a chat about this posting cannot be started"))
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
