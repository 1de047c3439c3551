//! `POST /v2/chat/history`: deprecated, and switched off by Ozon on 2025-07-13 (UPSTREAMS 1.2); use [`super::chat_history`].
//! Here are its old form and the way to and from today's, for clients that still speak it.
//!
//! What differs: ids as strings, the kinds of users in small letters, no images' states and no context. Descriptions of it
//! disagree on the name of the id, so it is written under both.

use serde::Deserialize;
use serde_json::{Value, json};
use shared::limits::OZON_HISTORY_LIMIT_MAX;
use shared::problem::{Code, Problem};

use super::chat_history::{self, Direction, HistoryMessage};
use super::{Account, OzonId, loose};
use crate::upstream::{Answered, Failure, Request};

/// Messages of a page when nothing was said.
const LIMIT: u32 = 50;

/// Which messages are asked for, in the old form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Query {
    /// The chat.
    pub chat_id: String,
    /// Which way from the first, and in which order they come.
    pub direction: Direction,
    /// The first message.
    pub from_message_id: Option<OzonId>,
    /// How many.
    pub limit: u32,
}

/// A page, in the old form: in the order that was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// The messages that could be read.
    pub messages: Vec<HistoryMessage>,
    /// Whether there are more.
    pub has_next: bool,
}

#[derive(Deserialize)]
struct Asked {
    chat_id: String,
    #[serde(default, deserialize_with = "loose::or_default")]
    direction: String,
    from_message_id: Option<Value>,
    #[serde(default, deserialize_with = "loose::whole")]
    limit: i64,
}

/// Reads what a client of the old method asks for. A limit beyond today's is cut to it: the page says that there is more.
///
/// # Errors
/// [`Code::Malformed`] if it is no JSON object with a chat's id; [`Code::Invalid`] for a message's id or a direction that
/// is none.
pub fn parse(body: &[u8]) -> Result<Query, Problem> {
    let asked: Asked = loose::object(body)
        .map_err(|error| Problem::new(Code::Malformed, format!("not a request of /v2/chat/history: {error}")))?;
    let direction = match asked.direction.to_ascii_lowercase().as_str() {
        "" | "backward" => Direction::Backward,
        "forward" => Direction::Forward,
        _ => return Err(Problem::new(Code::Invalid, "direction is Forward or Backward")),
    };
    let invalid = |_| Problem::new(Code::Invalid, "from_message_id is no message's id");
    let from = asked.from_message_id.filter(|id| !matches!(id.as_str(), Some("")));
    let from = from.map(serde_json::from_value::<OzonId>).transpose().map_err(invalid)?;
    let limit = u32::try_from(asked.limit.max(0)).unwrap_or(u32::MAX);
    Ok(Query {
        chat_id: asked.chat_id,
        direction,
        from_message_id: from.filter(|id| *id != OzonId::default()),
        limit: if limit == 0 { LIMIT } else { limit.min(OZON_HISTORY_LIMIT_MAX) },
    })
}

/// The same question for today's method.
#[must_use]
pub fn to_v3(query: &Query) -> chat_history::Query {
    let Query { chat_id: _, direction, from_message_id, limit } = *query;
    chat_history::Query { direction, from_message_id, limit }
}

/// The call, of today's method.
///
/// # Errors
/// As of [`chat_history::page`].
pub fn request(account: &Account, query: &Query) -> Result<Request, Problem> {
    chat_history::page(account, &query.chat_id, &to_v3(query))
}

/// Today's answer as the old method's.
///
/// # Errors
/// As of [`chat_history::read`].
pub fn read(answered: &Answered, query: &Query) -> Result<Page, Failure> {
    Ok(from_v3(chat_history::read(answered)?, query.direction))
}

/// Today's page as the old method's.
#[must_use]
pub fn from_v3(page: chat_history::Page, direction: Direction) -> Page {
    let chat_history::Page { mut messages, is_whole: _, has_next } = page;
    if direction == Direction::Backward {
        messages.reverse();
    }
    Page { messages, has_next }
}

impl Page {
    /// The page as the old method writes it.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let messages: Vec<Value> = self
            .messages
            .iter()
            .map(|message| {
                let id = message.message_id.to_string();
                json!({
                    "message_id": id,
                    "messageId": id,
                    "user": {"id": message.user_id, "type": message.user_type.as_str().to_lowercase()},
                    "created_at": message.created_at,
                    "is_read": message.is_read,
                    "data": message.data,
                })
            })
            .collect();
        json!({"has_next": self.has_next, "messages": messages})
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn what_old_clients_ask_for_is_read_as_far_as_it_has_a_meaning() {
        let newest = Query { chat_id: "a".into(), direction: Direction::Backward, from_message_id: None, limit: LIMIT };
        for (body, expected) in [
            (r#"{"chat_id":"a"}"#, newest.clone()),
            (r#"{"chat_id":"a","direction":"backward","from_message_id":"","limit":0}"#, newest.clone()),
            (r#"{"chat_id":"a","from_message_id":0,"limit":5000}"#, Query { limit: 1000, ..newest.clone() }),
            (
                r#"{"chat_id":"a","direction":"Forward","from_message_id":"3000000000118032001","limit":1}"#,
                Query {
                    direction: Direction::Forward,
                    from_message_id: Some(OzonId(3_000_000_000_118_032_001)),
                    limit: 1,
                    ..newest.clone()
                },
            ),
        ] {
            assert_eq!(parse(body.as_bytes()).unwrap(), expected, "{body}");
        }
        for (body, code) in [
            ("{}", Code::Malformed),
            ("", Code::Malformed),
            (r#"{"chat_id":"a","direction":"Up"}"#, Code::Invalid),
            (r#"{"chat_id":"a","from_message_id":"30000000001280042740"}"#, Code::Invalid),
            (r#"{"chat_id":"a","from_message_id":1.5}"#, Code::Invalid),
        ] {
            assert_eq!(parse(body.as_bytes()).map_err(|problem| problem.code), Err(code), "{body}");
        }
    }
}
