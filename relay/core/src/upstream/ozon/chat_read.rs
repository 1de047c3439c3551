//! `POST /v2/chat/read`: marks a message and those before it as read by the merchant (UPSTREAMS 1.2). There is no other
//! version.

use serde::{Deserialize, Serialize};
use shared::problem::Problem;

/// The method's path.
pub const PATH: &str = "/v2/chat/read";

use super::{Account, OzonId, failure, loose};
use crate::upstream::{Answered, Failure, Request};

#[derive(Serialize)]
struct Body<'a> {
    chat_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    from_message_id: Option<OzonId>,
}

#[derive(Deserialize)]
struct Answer {
    #[serde(deserialize_with = "loose::whole")]
    unread_count: i64,
}

/// The call: up to a message, or all that the chat has.
///
/// # Errors
/// If the credentials cannot be written into headers.
pub fn request(account: &Account, chat_id: &str, from_message_id: Option<OzonId>) -> Result<Request, Problem> {
    account.post(PATH, &Body { chat_id, from_message_id })
}

/// How many messages of the chat are still unread.
///
/// # Errors
/// The kind of failure. Marking twice changes nothing, so after [`Failure::Unknown`] it may be asked again.
pub fn read(answered: &Answered) -> Result<i64, Failure> {
    let answer: Answer = serde_json::from_slice(failure(answered)?).map_err(|_| Failure::Unknown)?;
    Ok(answer.unread_count)
}
