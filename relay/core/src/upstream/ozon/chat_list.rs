//! `POST /v3/chat/list`: the merchant's chats, the one with the newest message first (UPSTREAMS 1.2). It says no buyer's name
//! and no posting, and chats of Ozon's own are among them.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use shared::limits::OZON_LIST_LIMIT_MAX;
use shared::problem::Problem;
use shared::time::Timestamp;

use super::{Account, ChatStatus, ChatType, OzonId, check_limit, failure, loose};
use crate::upstream::{Answered, Failure, Request};

/// The method's path.
pub const PATH: &str = "/v3/chat/list";

/// Which chats are asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Query {
    /// How many, at most [`OZON_LIST_LIMIT_MAX`].
    pub limit: u32,
    /// Where the last page ended.
    pub cursor: Option<String>,
    /// In which state. Ozon has been seen to ignore it: look at each chat's own.
    pub status: Filter,
    /// Only those with unread messages.
    pub unread_only: bool,
}

impl Default for Query {
    fn default() -> Self {
        Self { limit: OZON_LIST_LIMIT_MAX, cursor: None, status: Filter::All, unread_only: false }
    }
}

/// Chats by their state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Filter {
    /// All.
    #[default]
    All,
    /// Open ones.
    Opened,
    /// Closed ones.
    Closed,
}

impl Filter {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::All => "ALL",
            Self::Opened => "OPENED",
            Self::Closed => "CLOSED",
        }
    }
}

#[derive(Serialize)]
struct Body<'a> {
    limit: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    cursor: Option<&'a str>,
    filter: BodyFilter,
}

#[derive(Serialize)]
struct BodyFilter {
    chat_status: &'static str,
    unread_only: bool,
}

/// One chat of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chat {
    /// Its id.
    pub chat_id: String,
    /// With whom.
    pub chat_type: ChatType,
    /// Whether it can be written to.
    pub status: ChatStatus,
    /// When it began.
    pub created_at: Option<Timestamp>,
    /// The first message that the merchant has not read, if there is one.
    pub first_unread_message_id: Option<OzonId>,
    /// The newest message; 0 if there is none.
    pub last_message_id: OzonId,
    /// How many messages the merchant has not read.
    pub unread_count: i64,
}

/// A page of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct List {
    /// The chats that could be read, in Ozon's order.
    pub chats: Vec<Chat>,
    /// Unread messages of all chats.
    pub total_unread_count: i64,
    /// Where the next page begins.
    pub cursor: Option<String>,
    /// Whether there is a next page.
    pub has_next: bool,
}

#[derive(Deserialize)]
pub(super) struct Answer {
    #[serde(deserialize_with = "loose::list")]
    chats: Vec<Value>,
    #[serde(default, deserialize_with = "loose::whole")]
    total_unread_count: i64,
    #[serde(default, deserialize_with = "loose::text")]
    cursor: Option<String>,
    #[serde(default, deserialize_with = "loose::or_default")]
    has_next: bool,
}

#[derive(Deserialize)]
struct Item {
    chat: ItemChat,
    #[serde(default, deserialize_with = "loose::or_default")]
    first_unread_message_id: OzonId,
    #[serde(default)]
    last_message_id: OzonId,
    #[serde(default, deserialize_with = "loose::whole")]
    unread_count: i64,
}

#[derive(Deserialize)]
struct ItemChat {
    chat_id: String,
    #[serde(default, deserialize_with = "loose::or_default")]
    chat_type: ChatType,
    #[serde(default, deserialize_with = "loose::or_default")]
    chat_status: ChatStatus,
    #[serde(default, deserialize_with = "loose::time")]
    created_at: Option<Timestamp>,
}

/// The call.
///
/// # Errors
/// [`shared::problem::Code::Invalid`] if the limit is not Ozon's, or if the credentials cannot be written into headers.
pub fn request(account: &Account, query: &Query) -> Result<Request, Problem> {
    check_limit(query.limit, OZON_LIST_LIMIT_MAX)?;
    let body = Body {
        limit: query.limit,
        cursor: query.cursor.as_deref().filter(|cursor| !cursor.is_empty()),
        filter: BodyFilter { chat_status: query.status.as_str(), unread_only: query.unread_only },
    };
    account.post(PATH, &body)
}

/// The page. A chat that cannot be read is left out; the page is not.
///
/// # Errors
/// The kind of failure. Reading changes nothing, so [`Failure::Unknown`] only means that nothing was learned.
pub fn read(answered: &Answered) -> Result<List, Failure> {
    let answer: Answer = serde_json::from_slice(failure(answered)?).map_err(|_| Failure::Unknown)?;
    Ok(answer.into())
}

impl From<Answer> for List {
    fn from(answer: Answer) -> Self {
        let (items, _) = loose::items::<Item>(answer.chats);
        let chats = items.into_iter().map(|item| Chat {
            chat_id: item.chat.chat_id,
            chat_type: item.chat.chat_type,
            status: item.chat.chat_status,
            created_at: item.chat.created_at,
            first_unread_message_id: Some(item.first_unread_message_id).filter(|id| *id != OzonId::default()),
            last_message_id: item.last_message_id,
            unread_count: item.unread_count,
        });
        Self {
            chats: chats.filter(|chat| !chat.chat_id.is_empty()).collect(),
            total_unread_count: answer.total_unread_count,
            cursor: answer.cursor.filter(|cursor| !cursor.is_empty()),
            has_next: answer.has_next,
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::upstream::ozon::Credentials;

    fn read_text(body: &str) -> Result<List, Failure> {
        read(&Answered::Response(http::Response::new(body.as_bytes().to_vec())))
    }

    #[test]
    fn one_chat_that_cannot_be_read_loses_itself_only() {
        let list = read_text(
            r#"{"chats":[
            {"chat":{"chat_id":"a","chat_type":"Buyer_Seller","chat_status":"Opened"},"last_message_id":"3000000000128004274"},
            {"chat":{"chat_id":"b","chat_type":"BUYER_SELLER"},"last_message_id":"30000000001280042740"},
            {"chat":{"chat_id":7},"last_message_id":1}, {"chat":{"chat_id":""}}, null, 5,
            {"chat":{"chat_id":"c","chat_type":null,"created_at":"вчера"},"first_unread_message_id":"?","unread_count":"2"}]}"#,
        )
        .unwrap();
        let ids: Vec<&str> = list.chats.iter().map(|chat| chat.chat_id.as_str()).collect();
        assert_eq!(ids, ["a", "c"]);
        assert_eq!(list.chats[0].last_message_id, OzonId(3_000_000_000_128_004_274));
        assert_eq!((list.chats[1].unread_count, list.chats[1].first_unread_message_id), (2, None));
        assert_eq!((list.total_unread_count, list.cursor, list.has_next), (0, None, false));
    }

    #[test]
    fn an_empty_list_is_a_list_and_something_else_is_not() {
        for body in [r#"{"chats":[]}"#, r#"{"chats":null,"cursor":""}"#] {
            assert_eq!(read_text(body).unwrap().chats, [], "{body}");
        }
        for body in ["", "{}", "[]", "<html>", r#"{"chats":{}}"#] {
            assert_eq!(read_text(body), Err(Failure::Unknown), "{body}");
        }
    }

    #[test]
    fn ozons_limit_is_kept() {
        let account = Account {
            base_url: "https://ozon.test".into(),
            credentials: Credentials { client_id: "836".into(), api_key: "secret-key-1".into() },
        };
        for (limit, is_taken) in [(0, false), (1, true), (OZON_LIST_LIMIT_MAX, true), (OZON_LIST_LIMIT_MAX + 1, false)]
        {
            assert_eq!(request(&account, &Query { limit, ..Query::default() }).is_ok(), is_taken, "{limit}");
        }
    }
}
