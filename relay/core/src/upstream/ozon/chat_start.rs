//! `POST /v1/chat/start`: begins a chat with the buyer of a posting (UPSTREAMS 1.2). Asked again, Ozon gives the same chat
//! or refuses; it does not make a second one.

use serde::{Deserialize, Serialize};
use shared::limits::OZON_POSTING_NUMBER_BYTES_MAX;
use shared::problem::{Code, Problem};

/// The method's path.
pub const PATH: &str = "/v1/chat/start";

use super::{Account, failure};
use crate::upstream::{Answered, Failure, Request};

#[derive(Serialize)]
struct Body<'a> {
    posting_number: &'a str,
}

#[derive(Deserialize)]
struct Answer {
    result: Started,
}

#[derive(Deserialize)]
struct Started {
    chat_id: String,
}

/// The call.
///
/// # Errors
/// [`Code::Invalid`] if it cannot be the number of a posting, or if the credentials cannot be written into headers.
pub fn request(account: &Account, posting_number: &str) -> Result<Request, Problem> {
    check(posting_number)?;
    account.post(PATH, &Body { posting_number })
}

/// Whether it can be the number of a posting, such as `33920143-1195-1`.
///
/// # Errors
/// [`Code::Invalid`].
pub fn check(posting_number: &str) -> Result<(), Problem> {
    let is_number = !posting_number.is_empty()
        && posting_number.len() <= OZON_POSTING_NUMBER_BYTES_MAX
        && posting_number.bytes().all(|byte| byte.is_ascii_graphic());
    if is_number { Ok(()) } else { Err(Problem::new(Code::Invalid, "posting_number is no number of a posting")) }
}

/// The chat's id.
///
/// # Errors
/// The kind of failure. After [`Failure::Unknown`] the chat may be there: asking again is safe.
pub fn read(answered: &Answered) -> Result<String, Failure> {
    let answer: Answer = serde_json::from_slice(failure(answered)?).map_err(|_| Failure::Unknown)?;
    Some(answer.result.chat_id).filter(|chat_id| !chat_id.is_empty()).ok_or(Failure::Unknown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_postings_number_is_checked_up_to_its_limit() {
        assert_eq!(check("33920143-1195-1"), Ok(()));
        assert_eq!(check(&"1".repeat(OZON_POSTING_NUMBER_BYTES_MAX)), Ok(()));
        for wrong in [String::new(), "1".repeat(OZON_POSTING_NUMBER_BYTES_MAX + 1), "12 3".into(), "заказ".into()]
        {
            assert_eq!(check(&wrong).map_err(|problem| problem.code), Err(Code::Invalid), "{wrong}");
        }
    }

    #[test]
    fn an_answer_without_a_chat_is_no_promise() {
        for body in ["", "{}", r#"{"result":{}}"#, r#"{"result":{"chat_id":""}}"#] {
            let answered = Answered::Response(http::Response::new(body.as_bytes().to_vec()));
            assert_eq!(read(&answered), Err(Failure::Unknown), "{body}");
        }
    }
}
