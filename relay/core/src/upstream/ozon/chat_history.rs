//! `POST /v3/chat/history`: a page of a chat (UPSTREAMS 1.2). Here it finds the ids of our own messages, and whether a
//! message whose answer was lost has arrived.

use serde::{Deserialize, Serialize};
use shared::problem::Problem;

use super::push::user_type;
use super::{Account, OzonId, failure};
use crate::upstream::{Answered, Failure, Request};

/// Messages asked for: more than a shop writes into one chat while one message is in doubt.
const PAGE: u32 = 100;

/// The method's path.
pub const PATH: &str = "/v3/chat/history";

#[derive(Serialize)]
struct Body<'a> {
    chat_id: &'a str,
    direction: &'a str,
    limit: u32,
}

/// One message of a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HistoryMessage {
    /// Its id.
    pub message_id: OzonId,
    /// Whether the merchant wrote it.
    pub from_seller: bool,
    /// Its parts, Markdown.
    pub data: Vec<String>,
}

/// A page of a chat, oldest message first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// The messages that could be read.
    pub messages: Vec<HistoryMessage>,
    /// Whether all of them could be read.
    is_whole: bool,
    /// Whether the chat has older ones.
    has_older: bool,
}

impl Page {
    /// Whether a message newer than `after` that is not here is not in the chat: only then is its absence a proof.
    #[must_use]
    pub fn shows_all_after(&self, after: OzonId) -> bool {
        let reaches_back = self.messages.first().is_some_and(|oldest| oldest.message_id <= after);
        self.is_whole && (reaches_back || !self.has_older)
    }
}

#[derive(Deserialize)]
struct Answer {
    messages: Vec<serde_json::Value>,
    #[serde(default)]
    has_next: bool,
}

#[derive(Deserialize)]
struct Item {
    message_id: OzonId,
    user: ItemUser,
    #[serde(default)]
    data: Vec<String>,
}

#[derive(Deserialize)]
struct ItemUser {
    #[serde(rename = "type", default)]
    kind: String,
}

/// The call for the newest page.
///
/// # Errors
/// If the credentials cannot be written into headers.
pub fn request(account: &Account, chat_id: &str) -> Result<Request, Problem> {
    account.post(PATH, &Body { chat_id, direction: "Backward", limit: PAGE })
}

/// The page. A message that cannot be read is left out; the page is not.
///
/// # Errors
/// The kind of failure. Reading changes nothing, so [`Failure::Unknown`] only means that nothing was learned.
pub fn read(answered: &Answered) -> Result<Page, Failure> {
    let answer: Answer = serde_json::from_slice(failure(answered)?).map_err(|_| Failure::Unknown)?;
    let shown = answer.messages.len();
    let mut messages: Vec<HistoryMessage> = answer
        .messages
        .into_iter()
        .filter_map(|item| serde_json::from_value::<Item>(item).ok())
        .map(|item| HistoryMessage {
            message_id: item.message_id,
            from_seller: user_type(&item.user.kind) == "seller",
            data: item.data,
        })
        .collect();
    let is_whole = messages.len() == shown;
    messages.sort_by_key(|message| message.message_id);
    messages.dedup_by_key(|message| message.message_id);
    Ok(Page { messages, is_whole, has_older: answer.has_next })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_read_in_order_and_one_bad_id_loses_one_message() {
        let body = r#"{"has_next":true,"messages":[
            {"message_id":3000000000817031942,"user":{"id":"836","type":"Seller"},"data":["Да"],"is_read":true},
            {"message_id":"30000000001280042740","user":{"id":"1","type":"Customer"},"data":["?"]},
            {"message_id":"3000000000817031941","user":{"id":"1","type":"Сustomer"},"data":["Есть?","Ещё"]},
            {"message_id":3000000000817031942,"user":{"id":"836","type":"Seller"},"data":["Да"]}]}"#;
        let read = read(&Answered::Response(http::Response::new(body.as_bytes().to_vec())));
        let expected = vec![
            HistoryMessage {
                message_id: OzonId(3_000_000_000_817_031_941),
                from_seller: false,
                data: vec!["Есть?".into(), "Ещё".into()],
            },
            HistoryMessage {
                message_id: OzonId(3_000_000_000_817_031_942),
                from_seller: true,
                data: vec!["Да".into()],
            },
        ];
        assert_eq!(read, Ok(Page { messages: expected, is_whole: false, has_older: true }));
    }

    #[test]
    fn absence_is_a_proof_only_on_a_whole_page_that_reaches_back() {
        let message = |id| HistoryMessage { message_id: OzonId(id), from_seller: true, data: vec![] };
        let page = |is_whole, has_older| Page { messages: vec![message(5), message(9)], is_whole, has_older };
        for (page, after, expected) in [
            (page(true, false), 1, true),
            (page(true, true), 5, true),
            (page(true, true), 4, false),
            (page(false, false), 5, false),
        ] {
            assert_eq!(page.shows_all_after(OzonId(after)), expected, "{page:?} {after}");
        }
    }
}
