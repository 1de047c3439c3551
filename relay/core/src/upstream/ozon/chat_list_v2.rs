//! `POST /v2/chat/list`: deprecated. Ozon has announced its end since 2025-07-28 and still answers it (UPSTREAMS 1.2); use
//! [`super::chat_list`]. Here are its old form and the way to and from today's, for clients that still speak it and for the
//! day when it is gone.
//!
//! What differs: states and kinds in title case, ids as strings, pages by `offset` before there was `cursor`.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use shared::limits::OZON_LIST_LIMIT_MAX;
use shared::problem::{Code, Problem};

/// The method's path.
pub const PATH: &str = "/v2/chat/list";

use super::chat_list::{self, Chat, Filter};
use super::{Account, ChatStatus, check_limit, failure, loose};
use crate::upstream::{Answered, Failure, Request};

/// Chats of a page when nothing was said.
const LIMIT: u32 = 30;

/// Which chats are asked for, in the old form.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query {
    /// In which state.
    pub status: Filter,
    /// Only those with unread messages.
    pub unread_only: bool,
    /// How many.
    pub limit: u32,
    /// How many are passed over.
    pub offset: u32,
    /// Where the last page ended, instead of `offset`.
    pub cursor: Option<String>,
}

/// A page, in the old form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct List {
    /// The chats that could be read, in Ozon's order.
    pub chats: Vec<Chat>,
    /// How many chats there are; today's method does not say.
    pub total_chats_count: Option<i64>,
    /// Unread messages of all chats.
    pub total_unread_count: i64,
    /// Where the next page begins.
    pub cursor: Option<String>,
    /// Whether there is a next page.
    pub has_next: bool,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Asked {
    #[serde(deserialize_with = "loose::or_default")]
    filter: AskedFilter,
    #[serde(deserialize_with = "loose::whole")]
    limit: i64,
    #[serde(deserialize_with = "loose::whole")]
    offset: i64,
    #[serde(deserialize_with = "loose::text")]
    cursor: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct AskedFilter {
    #[serde(deserialize_with = "loose::or_default")]
    chat_status: ChatStatus,
    #[serde(deserialize_with = "loose::or_default")]
    unread_only: bool,
}

#[derive(Serialize)]
struct Body<'a> {
    filter: BodyFilter,
    limit: u32,
    #[serde(skip_serializing_if = "is_zero")]
    offset: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    cursor: Option<&'a str>,
}

#[derive(Serialize)]
struct BodyFilter {
    chat_status: &'static str,
    unread_only: bool,
}

#[allow(clippy::trivially_copy_pass_by_ref)]
fn is_zero(number: &u32) -> bool {
    *number == 0
}

#[derive(Deserialize)]
struct Answer {
    #[serde(default, deserialize_with = "loose::or_default")]
    total_chats_count: Option<i64>,
}

/// Reads what a client of the old method asks for. A limit beyond today's is cut to it: the page says that there is more.
///
/// # Errors
/// [`Code::Malformed`] if it is no JSON object.
pub fn parse(body: &[u8]) -> Result<Query, Problem> {
    let asked: Asked = loose::object(body)
        .map_err(|error| Problem::new(Code::Malformed, format!("not a request of /v2/chat/list: {error}")))?;
    let number = |number: i64| u32::try_from(number.max(0)).unwrap_or(u32::MAX);
    Ok(Query {
        status: match asked.filter.chat_status {
            ChatStatus::Opened => Filter::Opened,
            ChatStatus::Closed => Filter::Closed,
            ChatStatus::Unspecified | ChatStatus::Other(_) => Filter::All,
        },
        unread_only: asked.filter.unread_only,
        limit: if asked.limit == 0 { LIMIT } else { number(asked.limit).clamp(1, OZON_LIST_LIMIT_MAX) },
        offset: number(asked.offset),
        cursor: asked.cursor.filter(|cursor| !cursor.is_empty()),
    })
}

/// The call of the old method, while Ozon answers it.
///
/// # Errors
/// [`Code::Invalid`] if the limit is not Ozon's, or if the credentials cannot be written into headers.
pub fn request(account: &Account, query: &Query) -> Result<Request, Problem> {
    check_limit(query.limit, OZON_LIST_LIMIT_MAX)?;
    let chat_status = match query.status {
        Filter::All => "All",
        Filter::Opened => "Opened",
        Filter::Closed => "Closed",
    };
    let body = Body {
        filter: BodyFilter { chat_status, unread_only: query.unread_only },
        limit: query.limit,
        offset: if query.cursor.is_some() { 0 } else { query.offset },
        cursor: query.cursor.as_deref(),
    };
    account.post(PATH, &body)
}

/// The old method's page.
///
/// # Errors
/// As of [`chat_list::read`].
pub fn read(answered: &Answered) -> Result<List, Failure> {
    let list = chat_list::read(answered)?;
    let answer: Answer = serde_json::from_slice(failure(answered)?).map_err(|_| Failure::Unknown)?;
    Ok(List { total_chats_count: answer.total_chats_count, ..whole(list) })
}

/// The same question for today's method. What `offset` passes over is asked for, too, and left out by [`from_v3`].
///
/// # Errors
/// [`Code::Invalid`] for a page further back than one of today's reaches: those are reached by `cursor`.
pub fn to_v3(query: &Query) -> Result<chat_list::Query, Problem> {
    let limit = if query.cursor.is_some() { query.limit } else { query.limit.saturating_add(query.offset) };
    if limit > OZON_LIST_LIMIT_MAX {
        let detail = format!("offset and limit are {OZON_LIST_LIMIT_MAX} together at most; page by cursor instead");
        return Err(Problem::new(Code::Invalid, detail));
    }
    Ok(chat_list::Query { limit, cursor: query.cursor.clone(), status: query.status, unread_only: query.unread_only })
}

/// Today's answer as the old method's.
#[must_use]
pub fn from_v3(list: chat_list::List, query: &Query) -> List {
    let passed_over = if query.cursor.is_some() { 0 } else { query.offset };
    let mut list = whole(list);
    list.chats = list.chats.into_iter().skip(usize::try_from(passed_over).unwrap_or(usize::MAX)).collect();
    list
}

fn whole(list: chat_list::List) -> List {
    let chat_list::List { chats, total_unread_count, cursor, has_next } = list;
    List { chats, total_chats_count: None, total_unread_count, cursor, has_next }
}

impl List {
    /// The page as the old method writes it.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let chats: Vec<Value> = self
            .chats
            .iter()
            .map(|chat| {
                json!({
                    "chat": {
                        "chat_id": chat.chat_id,
                        "chat_status": chat.status.as_title(),
                        "chat_type": chat.chat_type.as_title(),
                        "created_at": chat.created_at,
                    },
                    "first_unread_message_id": chat.first_unread_message_id.unwrap_or_default().to_string(),
                    "last_message_id": chat.last_message_id.to_string(),
                    "unread_count": chat.unread_count,
                })
            })
            .collect();
        let mut page = json!({
            "chats": chats,
            "total_unread_count": self.total_unread_count,
            "cursor": self.cursor.as_deref().unwrap_or_default(),
            "has_next": self.has_next,
        });
        if let (Some(count), Some(members)) = (self.total_chats_count, page.as_object_mut()) {
            members.insert("total_chats_count".into(), count.into());
        }
        page
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::upstream::ozon::OzonId;

    #[test]
    fn what_old_clients_ask_for_is_read_as_far_as_it_has_a_meaning() {
        let all = Query { limit: LIMIT, ..Query::default() };
        for (body, expected) in [
            ("{}", all.clone()),
            (r#"{"filter":null,"limit":0}"#, all.clone()),
            (r#"{"filter":{"chat_status":"All"},"limit":1000}"#, Query { limit: 100, ..all.clone() }),
            (r#"{"filter":{"chat_status":"opened"}}"#, Query { status: Filter::Opened, ..all.clone() }),
            (r#"{"limit":"5","offset":-1,"cursor":"7"}"#, Query { limit: 5, cursor: Some("7".into()), ..all.clone() }),
        ] {
            assert_eq!(parse(body.as_bytes()).unwrap(), expected, "{body}");
        }
        for body in ["", "[]", "null", "{"] {
            assert_eq!(parse(body.as_bytes()).map_err(|problem| problem.code), Err(Code::Malformed), "{body}");
        }
    }

    #[test]
    fn an_offset_is_passed_over_within_one_page_and_refused_beyond_it() {
        let query = Query { limit: 60, offset: 40, ..Query::default() };
        assert_eq!(to_v3(&query).unwrap().limit, 100);
        assert_eq!(to_v3(&Query { offset: 41, ..query.clone() }).map_err(|problem| problem.code), Err(Code::Invalid));
        let by_cursor = Query { offset: 41, cursor: Some("7".into()), ..query };
        assert_eq!(to_v3(&by_cursor).unwrap().limit, 60, "the cursor is the place");

        let chat = |id| Chat {
            chat_id: id,
            chat_type: super::super::ChatType::BuyerSeller,
            status: ChatStatus::Opened,
            created_at: None,
            first_unread_message_id: None,
            last_message_id: OzonId(1),
            unread_count: 0,
        };
        let chats = ["a", "b", "c"].map(|id| chat(id.to_owned())).to_vec();
        let list = chat_list::List { chats, total_unread_count: 0, cursor: None, has_next: false };
        let old = from_v3(list, &Query { limit: 2, offset: 1, ..Query::default() });
        assert_eq!(old.chats.iter().map(|chat| chat.chat_id.as_str()).collect::<Vec<_>>(), ["b", "c"]);
    }
}
