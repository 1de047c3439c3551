//! `POST /v3/chat/history`: a page of a chat (UPSTREAMS 1.2). It finds the ids of our own messages, whether a message whose
//! answer was lost has arrived, and the messages whose push never came.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use shared::limits::OZON_HISTORY_LIMIT_MAX;
use shared::problem::{Code, Problem};
use shared::time::Timestamp;

use super::{Account, ModerateImageStatus, OzonId, UserType, check_limit, failure, loose};
use crate::upstream::{Answered, Failure, Request};

/// Messages asked for: more than a shop writes into one chat while one message is in doubt.
const PAGE: u32 = 100;

/// The method's path.
pub const PATH: &str = "/v3/chat/history";

/// Which messages are asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Query {
    /// Which way from the first.
    pub direction: Direction,
    /// The first message, which comes again itself. Without it, backwards, the newest.
    pub from_message_id: Option<OzonId>,
    /// How many, at most [`OZON_HISTORY_LIMIT_MAX`].
    pub limit: u32,
}

/// Which way a page goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Direction {
    /// To newer messages.
    Forward,
    /// To older ones.
    #[default]
    Backward,
}

impl Direction {
    /// Ozon's word: it refuses small letters.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Forward => "Forward",
            Self::Backward => "Backward",
        }
    }
}

#[derive(Serialize)]
struct Body<'a> {
    chat_id: &'a str,
    direction: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    from_message_id: Option<OzonId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    filter: Option<Filter>,
    limit: u32,
}

/// Ids as strings here, although they are numbers in the rest of the request.
#[derive(Serialize)]
struct Filter {
    message_ids: Vec<String>,
}

/// One message of a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HistoryMessage {
    /// Its id.
    pub message_id: OzonId,
    /// Whether the merchant wrote it.
    pub from_seller: bool,
    /// Who wrote it.
    pub user_type: UserType,
    /// The writer's id, which need not be a number.
    pub user_id: String,
    /// When.
    pub created_at: Option<Timestamp>,
    /// Whether the other side has read it.
    pub is_read: bool,
    /// Whether it is an image.
    pub is_image: bool,
    /// Its parts, Markdown.
    pub data: Vec<String>,
    /// What it is about.
    pub context: Option<Context>,
    /// What the moderation has decided, if it is an image.
    pub moderate_image_status: Option<ModerateImageStatus>,
}

/// What a message is about.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Context {
    /// The order.
    #[serde(default, deserialize_with = "loose::text")]
    pub order_number: Option<String>,
    /// The article.
    #[serde(default, deserialize_with = "loose::text")]
    pub sku: Option<String>,
}

/// A page of a chat, oldest message first, whichever way it was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// The messages that could be read.
    pub messages: Vec<HistoryMessage>,
    /// Whether all of them could be read.
    pub is_whole: bool,
    /// Whether the chat has more of them in the direction that was asked for.
    pub has_next: bool,
}

impl Page {
    /// Of the newest page: whether a message newer than `after` that is not here is not in the chat. Only then is its
    /// absence a proof.
    #[must_use]
    pub fn shows_all_after(&self, after: OzonId) -> bool {
        let reaches_back = self.messages.first().is_some_and(|oldest| oldest.message_id <= after);
        self.is_whole && (reaches_back || !self.has_next)
    }
}

#[derive(Deserialize)]
struct Answer {
    messages: Vec<Value>,
    #[serde(default)]
    has_next: bool,
}

#[derive(Deserialize)]
struct Item {
    message_id: OzonId,
    user: ItemUser,
    #[serde(default, deserialize_with = "loose::time")]
    created_at: Option<Timestamp>,
    #[serde(default, deserialize_with = "loose::or_default")]
    is_read: bool,
    #[serde(default, deserialize_with = "loose::or_default")]
    is_image: bool,
    #[serde(default, deserialize_with = "loose::list")]
    data: Vec<String>,
    #[serde(default, deserialize_with = "loose::or_default")]
    context: Option<Context>,
    #[serde(default, deserialize_with = "loose::or_default")]
    moderate_image_status: Option<ModerateImageStatus>,
}

#[derive(Deserialize)]
struct ItemUser {
    #[serde(default, deserialize_with = "loose::text")]
    id: Option<String>,
    #[serde(rename = "type", default)]
    kind: UserType,
}

/// The call for the newest page.
///
/// # Errors
/// If the credentials cannot be written into headers.
pub fn request(account: &Account, chat_id: &str) -> Result<Request, Problem> {
    page(account, chat_id, &Query { direction: Direction::Backward, from_message_id: None, limit: PAGE })
}

/// The call for a page.
///
/// # Errors
/// [`Code::Invalid`] if the limit is not Ozon's or forwards has no beginning, or if the credentials cannot be written into
/// headers.
pub fn page(account: &Account, chat_id: &str, query: &Query) -> Result<Request, Problem> {
    check_limit(query.limit, OZON_HISTORY_LIMIT_MAX)?;
    if query.direction == Direction::Forward && query.from_message_id.is_none() {
        return Err(Problem::new(Code::Invalid, "direction Forward needs from_message_id"));
    }
    let Query { direction, from_message_id, limit } = *query;
    let body = Body { chat_id, direction: direction.as_str(), from_message_id, filter: None, limit };
    account.post(PATH, &body)
}

/// The call for these messages only, at most [`OZON_HISTORY_LIMIT_MAX`].
///
/// # Errors
/// [`Code::Invalid`] for none or too many, or if the credentials cannot be written into headers.
pub fn messages(account: &Account, chat_id: &str, ids: &[OzonId]) -> Result<Request, Problem> {
    let limit = u32::try_from(ids.len()).unwrap_or(u32::MAX);
    check_limit(limit, OZON_HISTORY_LIMIT_MAX)?;
    let filter = Filter { message_ids: ids.iter().map(ToString::to_string).collect() };
    let direction = Direction::Backward.as_str();
    account.post(PATH, &Body { chat_id, direction, from_message_id: None, filter: Some(filter), limit })
}

/// The page. A message that cannot be read is left out; the page is not. One that comes twice is there once.
///
/// # Errors
/// The kind of failure. Reading changes nothing, so [`Failure::Unknown`] only means that nothing was learned.
pub fn read(answered: &Answered) -> Result<Page, Failure> {
    let answer: Answer = serde_json::from_slice(failure(answered)?).map_err(|_| Failure::Unknown)?;
    let (items, is_whole) = loose::items::<Item>(answer.messages);
    let mut messages: Vec<HistoryMessage> = items
        .into_iter()
        .map(|item| HistoryMessage {
            message_id: item.message_id,
            from_seller: item.user.kind == UserType::Seller,
            user_type: item.user.kind,
            user_id: item.user.id.unwrap_or_default(),
            created_at: item.created_at,
            is_read: item.is_read,
            is_image: item.is_image,
            data: item.data,
            context: item.context,
            moderate_image_status: item.moderate_image_status,
        })
        .collect();
    messages.sort_by_key(|message| message.message_id);
    messages.dedup_by_key(|message| message.message_id);
    Ok(Page { messages, is_whole, has_next: answer.has_next })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::upstream::ozon::Credentials;

    fn account() -> Account {
        Account {
            base_url: "https://ozon.test".into(),
            credentials: Credentials { client_id: "836".into(), api_key: "secret-key-1".into() },
        }
    }

    #[test]
    fn a_page_is_read_in_order_and_one_bad_id_loses_one_message() {
        let body = r#"{"has_next":true,"messages":[
            {"message_id":3000000000817031942,"user":{"id":"836","type":"Seller"},"data":["Да"],"is_read":true},
            {"message_id":"30000000001280042740","user":{"id":"1","type":"Customer"},"data":["?"]},
            {"message_id":"3000000000817031941","user":{"id":1,"type":"Сustomer"},"data":["Есть?","Ещё"],"context":[]},
            {"message_id":3000000000817031942,"user":{"id":"836","type":"Seller"},"data":["Да"]}]}"#;
        let page = read(&Answered::Response(http::Response::new(body.as_bytes().to_vec()))).unwrap();
        assert_eq!((page.is_whole, page.has_next), (false, true));
        let told: Vec<_> = page
            .messages
            .iter()
            .map(|message| {
                (message.message_id.0, message.from_seller, message.user_id.as_str(), message.data.join("|"))
            })
            .collect();
        assert_eq!(
            told,
            [
                (3_000_000_000_817_031_941, false, "1", "Есть?|Ещё".to_owned()),
                (3_000_000_000_817_031_942, true, "836", "Да".to_owned()),
            ]
        );
        assert_eq!(page.messages[0].user_type, UserType::Customer);
    }

    #[test]
    fn absence_is_a_proof_only_on_a_whole_page_that_reaches_back() {
        let message = |id| HistoryMessage {
            message_id: OzonId(id),
            from_seller: true,
            user_type: UserType::Seller,
            user_id: String::new(),
            created_at: None,
            is_read: false,
            is_image: false,
            data: vec![],
            context: None,
            moderate_image_status: None,
        };
        let page = |is_whole, has_next| Page { messages: vec![message(5), message(9)], is_whole, has_next };
        for (page, after, expected) in [
            (page(true, false), 1, true),
            (page(true, true), 5, true),
            (page(true, true), 4, false),
            (page(false, false), 5, false),
        ] {
            assert_eq!(page.shows_all_after(OzonId(after)), expected, "{page:?} {after}");
        }
    }

    #[test]
    fn ozons_limits_are_kept() {
        let taken = |direction, from_message_id, limit| {
            page(&account(), "a", &Query { direction, from_message_id, limit }).is_ok()
        };
        let (forward, backward, from) = (Direction::Forward, Direction::Backward, Some(OzonId(1)));
        assert!(taken(backward, None, 1) && taken(backward, from, OZON_HISTORY_LIMIT_MAX) && taken(forward, from, 1));
        assert!(!taken(backward, None, 0) && !taken(backward, None, OZON_HISTORY_LIMIT_MAX + 1));
        assert!(!taken(forward, None, 1), "forwards from nowhere");
        let ids = vec![OzonId(1); OZON_HISTORY_LIMIT_MAX as usize + 1];
        assert!(messages(&account(), "a", &ids[1..]).is_ok());
        assert!(messages(&account(), "a", &ids).is_err() && messages(&account(), "a", &[]).is_err());
    }
}
