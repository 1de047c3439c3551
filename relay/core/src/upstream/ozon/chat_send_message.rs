//! `POST /v1/chat/send/message`: writes to a chat (UPSTREAMS 1.2). The answer does not carry the message's id.

use serde::{Deserialize, Serialize};
use shared::limits::OZON_TEXT_CHARS_MAX;
use shared::problem::{Code, Problem};
use shared::text::check_chars;

use super::{Account, failure};
use crate::upstream::{Answered, Failure, Request};

/// The method's path.
pub const PATH: &str = "/v1/chat/send/message";

#[derive(Serialize)]
struct Body<'a> {
    chat_id: &'a str,
    text: &'a str,
}

#[derive(Deserialize)]
struct Answer {
    result: Option<serde::de::IgnoredAny>,
}

/// The call.
///
/// # Errors
/// [`Code::EmptyText`] or [`Code::TooLarge`] if the text has not 1 to [`OZON_TEXT_CHARS_MAX`] characters, or if the
/// credentials cannot be written into headers.
pub fn request(account: &Account, chat_id: &str, text: &str) -> Result<Request, Problem> {
    if text.is_empty() {
        return Err(Problem::new(Code::EmptyText, "a message to Ozon needs a text"));
    }
    check_chars(text, OZON_TEXT_CHARS_MAX)?;
    account.post(PATH, &Body { chat_id, text })
}

/// Whether the message was accepted. A 200 without a `result` is no promise: the message may or may not be there.
///
/// # Errors
/// The kind of failure.
pub fn read(answered: &Answered) -> Result<(), Failure> {
    let answer: Answer = serde_json::from_slice(failure(answered)?).map_err(|_| Failure::Unknown)?;
    answer.result.map(|_| ()).ok_or(Failure::Unknown)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::upstream::ozon::Credentials;

    #[test]
    fn the_call_is_the_vendors_and_its_key_does_not_show_in_debug_text() {
        let account = Account {
            base_url: "https://api-seller.ozon.ru".into(),
            credentials: Credentials { client_id: "836".into(), api_key: "secret-key-1".into() },
        };
        let request = request(&account, "5e767a03", "Здравствуйте!").unwrap();
        assert_eq!(request.uri(), "https://api-seller.ozon.ru/v1/chat/send/message");
        assert_eq!(request.headers()["Client-Id"], "836");
        assert_eq!(request.headers()["Api-Key"], "secret-key-1");
        assert_eq!(
            String::from_utf8(request.body().clone()).unwrap(),
            r#"{"chat_id":"5e767a03","text":"Здравствуйте!"}"#
        );
        assert!(!format!("{request:?} {account:?}").contains("secret-key-1"));
    }

    #[test]
    fn a_text_has_one_to_a_thousand_characters() {
        let account = Account {
            base_url: "https://ozon.test".into(),
            credentials: Credentials { client_id: "836".into(), api_key: "secret-key-1".into() },
        };
        let refused = |text: &str| request(&account, "5e767a03", text).map(|_| ()).map_err(|problem| problem.code);
        assert_eq!(refused(""), Err(Code::EmptyText));
        assert_eq!(refused("я"), Ok(()));
        assert_eq!(refused(&"я".repeat(OZON_TEXT_CHARS_MAX)), Ok(()));
        assert_eq!(refused(&"я".repeat(OZON_TEXT_CHARS_MAX + 1)), Err(Code::TooLarge));
    }

    #[test]
    fn only_an_answer_with_a_result_is_a_success() {
        let answer = |body: &str| Answered::Response(http::Response::new(body.as_bytes().to_vec()));
        assert_eq!(read(&answer(r#"{"result":"success"}"#)), Ok(()));
        for body in ["", "{}", "<html>", r#"{"result":null}"#] {
            assert_eq!(read(&answer(body)), Err(Failure::Unknown), "{body}");
        }
    }
}
