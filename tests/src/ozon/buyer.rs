//! What happens on the other side of the counter: buyers write, read, change their words and go; the marketplace
//! notifies. Each of it is kept, then pushed.

use std::sync::Arc;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::demo::Part;
use super::market::Market;
use super::push::body;
use super::refusal::Refusal;
use super::shop::chat::{ChatStatus, ChatType};
use super::shop::message::{Author, Moderation};
use super::shop::{Draft, Shop};

const MINUTE_MS: i64 = 60_000;

/// A buyer's message; the body of `POST /_sim/buyer-message`.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BuyerMessage {
    /// The chat; one of this id is opened if there is none, a new one without an id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chat_id: Option<String>,
    /// Markdown.
    #[serde(default)]
    pub text: String,
    /// A file or picture beside the text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<FileGiven>,
    /// How long ago it was written, for chats whose time to answer is over.
    #[serde(default)]
    pub minutes_ago: i64,
    /// The posting it is about; a later `/v1/chat/start` for it leads to this chat.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub posting_number: Option<String>,
    /// Who writes, if not the buyer: a courier, a chat bot, Ozon's support; or the seller, on Ozon's own pages, who is not
    /// pushed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub author: Option<Author>,
    /// What became of the check of its picture.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub moderation: Option<Moderation>,
}

/// A file of a buyer's message.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileGiven {
    /// Name with extension.
    pub name: String,
    /// Content.
    pub base64_content: String,
}

/// Which message came of it; ids as strings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Posted {
    /// The chat.
    pub chat_id: String,
    /// The message.
    pub message_id: String,
}

/// A buyer writes; a demo's buyer leaves a note in the chat about which part he plays.
pub(crate) fn says(market: &Arc<Market>, message: BuyerMessage, part: Option<Part>) -> Result<Posted, Refusal> {
    let now_ms = market.now_ms();
    let cyrillic_every = market.options().cyrillic_every;
    let (posted, push) = market.change(|shop| {
        let attachment = message.file.map(|file| {
            let size = BASE64_STANDARD.decode(&file.base64_content).map_or(0, |content| content.len());
            shop.keep_file(&file.name, &file.base64_content, size)
        });
        let known = message.chat_id.as_deref().and_then(|chat_id| shop.place_of(chat_id));
        let index = known.unwrap_or_else(|| shop.open_chat(message.chat_id, ChatType::BuyerSeller, now_ms));
        if let (Some(part), Some(chat)) = (part, shop.chats.get_mut(index)) {
            chat.demo = Some(part);
        }
        if let Some(posting_number) = message.posting_number {
            shop.say_what_about(index, &posting_number);
        }
        let created_ms = now_ms - message.minutes_ago.max(0).saturating_mul(MINUTE_MS);
        let author = message.author.unwrap_or(Author::Customer);
        let draft = Draft { author, text: message.text, attachment, created_ms };
        shop.write(index, draft, cyrillic_every);
        if let (Some(moderation), Some(written)) =
            (message.moderation, shop.chats.get_mut(index).and_then(|chat| chat.messages.last_mut()))
        {
            written.moderation = moderation;
        }
        let (posted, body) = last(market, shop, index)?;
        let push = if author == Author::Seller { None } else { shop.note_push(body) };
        Ok((posted, push))
    })?;
    hand_over(market, push);
    Ok(posted)
}

/// The marketplace itself writes, in the logistics chat.
pub(crate) fn notified(market: &Arc<Market>, text: String) -> Result<Posted, Refusal> {
    let now_ms = market.now_ms();
    let (posted, push) = market.change(|shop| {
        let chat_type = ChatType::SellerNotificationLogistics;
        let known = shop.chats.iter().position(|chat| chat.chat_type == chat_type);
        let index = known.unwrap_or_else(|| shop.open_chat(None, chat_type, now_ms));
        let draft = Draft { author: Author::Notification, text, attachment: None, created_ms: now_ms };
        shop.write(index, draft, 0);
        announce_last(market, shop, index)
    })?;
    hand_over(market, push);
    Ok(posted)
}

/// The marketplace writes in so many notification chats of their own, of every kind in turn.
pub(crate) fn notified_all_over(market: &Arc<Market>, count: usize) -> Result<(), Refusal> {
    const KINDS: [ChatType; 4] = [
        ChatType::SellerApiUpdates,
        ChatType::SellerApiNotifications,
        ChatType::SellerNotificationLogistics,
        ChatType::SellerNotificationUpdateContent,
    ];
    let created_ms = market.now_ms();
    for chat_type in KINDS.into_iter().cycle().take(count) {
        let (_, push) = market.change(|shop| {
            let index = shop.open_chat(None, chat_type, created_ms);
            let text = "Уведомление Ozon".into();
            shop.write(index, Draft { author: Author::Notification, text, attachment: None, created_ms }, 0);
            announce_last(market, shop, index)
        })?;
        hand_over(market, push);
    }
    Ok(())
}

/// The buyer reads what the seller wrote; answers the last id read, none if there was nothing new.
pub(crate) fn reads(market: &Arc<Market>, chat_id: &str) -> Result<Option<String>, Refusal> {
    let (last, push) = market.change(|shop| {
        let Some(last) = shop.chat_mut(chat_id)?.buyer_reads() else { return Ok((None, None)) };
        let chat = shop.chat(chat_id)?;
        let body = chat.messages.iter().find(|message| message.id == last);
        let body = body.map(|message| body::message_read(market, chat, message));
        let push = body.and_then(|body| shop.note_push(body));
        Ok((Some(last.to_string()), push))
    })?;
    hand_over(market, push);
    Ok(last)
}

/// A buyer changes the words of a message.
pub(crate) fn edits(market: &Arc<Market>, chat_id: &str, message_id: &str, text: String) -> Result<(), Refusal> {
    let push = market.change(|shop| {
        let chat = shop.chat_mut(chat_id)?;
        let place = chat.messages.iter().position(|message| message.id.to_string() == message_id);
        let place = place.ok_or_else(|| Refusal::not_found("message"))?;
        if let Some(message) = chat.messages.get_mut(place) {
            message.text = text;
            message.updated_ms = Some(market.now_ms());
        }
        let chat = shop.chat(chat_id)?;
        let body = chat.messages.get(place).map(|message| body::update_message(market, chat, message));
        Ok(body.and_then(|body| shop.note_push(body)))
    })?;
    hand_over(market, push);
    Ok(())
}

/// The chat ends.
pub(crate) fn closes(market: &Arc<Market>, chat_id: &str) -> Result<(), Refusal> {
    let push = market.change(|shop| {
        shop.chat_mut(chat_id)?.chat_status = ChatStatus::Closed;
        let body = body::chat_closed(market, shop.chat(chat_id)?);
        Ok(shop.note_push(body))
    })?;
    hand_over(market, push);
    Ok(())
}

/// Pushes a message once more, as a vendor does whose first delivery got lost on the way back.
pub(crate) fn pushed_again(market: &Arc<Market>, message_id: &str) -> Result<(), Refusal> {
    let push = market.change(|shop| {
        let found = shop.chats.iter().find_map(|chat| {
            let message = chat.messages.iter().find(|message| message.id.to_string() == message_id)?;
            Some(body::new_message(market, chat, message))
        });
        Ok(shop.note_push(found.ok_or_else(|| Refusal::not_found("message"))?))
    })?;
    hand_over(market, push);
    Ok(())
}

/// The newest message of the chat at `index`, and the push that tells of it.
fn announce_last(market: &Market, shop: &mut Shop, index: usize) -> Result<(Posted, Option<u64>), Refusal> {
    let (posted, body) = last(market, shop, index)?;
    Ok((posted, shop.note_push(body)))
}

/// The newest message of the chat at `index`, and what a push says of it.
fn last(market: &Market, shop: &Shop, index: usize) -> Result<(Posted, Value), Refusal> {
    let chat = shop.chats.get(index).ok_or_else(|| Refusal::not_found("chat"))?;
    let message = chat.messages.last().ok_or_else(|| Refusal::not_found("message"))?;
    let posted = Posted { chat_id: chat.chat_id.clone(), message_id: message.id.to_string() };
    Ok((posted, body::new_message(market, chat, message)))
}

fn hand_over(market: &Market, push: Option<u64>) {
    if let Some(id) = push {
        market.push_is_due(id);
    }
}
