//! Ozon's push notifications (UPSTREAMS 1.7). They are not signed: the secret in the address is what vouches for them.

use serde::Deserialize;
use serde_json::{Value, json};
use shared::problem::{Code, Problem};
use shared::time::Timestamp;

use super::OzonId;

/// A notification, as far as the chats need it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Push {
    /// `TYPE_PING`: Ozon checks the address.
    Ping,
    /// `TYPE_NEW_MESSAGE` of a buyer.
    NewMessage {
        /// The chat.
        chat_id: String,
        /// The message.
        message_id: OzonId,
        /// Its parts joined by line breaks, Markdown as it came.
        text: String,
        /// When it was written.
        created_at: Option<Timestamp>,
    },
    /// `TYPE_MESSAGE_READ` by a buyer.
    MessageRead {
        /// The chat.
        chat_id: String,
        /// The last message the buyer has read.
        last_read_message_id: OzonId,
    },
    /// Anything else. Ozon wants a success for it all the same.
    Other,
}

#[derive(Deserialize)]
struct Envelope {
    message_type: String,
}

#[derive(Deserialize)]
struct Body {
    chat_id: String,
    #[serde(default)]
    chat_type: String,
    #[serde(default)]
    user: User,
    message_id: Option<OzonId>,
    last_read_message_id: Option<OzonId>,
    #[serde(default)]
    data: Vec<String>,
    created_at: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct User {
    #[serde(rename = "type")]
    kind: String,
}

/// Reads a notification.
///
/// # Errors
/// [`Code::Malformed`] if it is not one of Ozon's, or lacks what its type promises.
pub fn read(body: &str) -> Result<Push, Problem> {
    let malformed =
        |error: &dyn std::fmt::Display| Problem::new(Code::Malformed, format!("not a notification of Ozon's: {error}"));
    let envelope: Envelope = serde_json::from_str(body).map_err(|error| malformed(&error))?;
    match envelope.message_type.as_str() {
        "TYPE_PING" => return Ok(Push::Ping),
        "TYPE_NEW_MESSAGE" | "TYPE_MESSAGE_READ" => {}
        _ => return Ok(Push::Other),
    }
    let body: Body = serde_json::from_str(body).map_err(|error| malformed(&error))?;
    if user_type(&body.user.kind) != "customer" || !chat_type(&body.chat_type).starts_with("buyer_seller") {
        return Ok(Push::Other);
    }
    if body.chat_id.is_empty() {
        return Err(malformed(&"chat_id is empty"));
    }
    if envelope.message_type == "TYPE_MESSAGE_READ" {
        let last_read_message_id = body.last_read_message_id.or(body.message_id);
        let last_read_message_id = last_read_message_id.ok_or_else(|| malformed(&"last_read_message_id is missing"))?;
        return Ok(Push::MessageRead { chat_id: body.chat_id, last_read_message_id });
    }
    Ok(Push::NewMessage {
        chat_id: body.chat_id,
        message_id: body.message_id.ok_or_else(|| malformed(&"message_id is missing"))?,
        text: body.data.join("\n"),
        created_at: body.created_at.as_deref().and_then(Timestamp::parse),
    })
}

/// What Ozon wants to hear: its check of the address fails on anything else.
#[must_use]
pub fn answer(push: &Push, now: Timestamp) -> Value {
    match push {
        Push::Ping => json!({"version": env!("CARGO_PKG_VERSION"), "name": "prilavok", "time": now}),
        Push::NewMessage { .. } | Push::MessageRead { .. } | Push::Other => json!({"result": true}),
    }
}

/// What Ozon wants to hear when a notification was not taken.
#[must_use]
pub fn refusal(problem: &Problem) -> Value {
    let code = match problem.code {
        Code::Malformed => "ERROR_PARAMETER_VALUE_MISSED",
        _ => "ERROR_UNKNOWN",
    };
    json!({"error": {"code": code, "message": problem.detail, "details": null}})
}

/// A user type, comparable: small letters, and Latin `c` where Ozon's texts have the Cyrillic `С` (U+0421).
#[must_use]
pub fn user_type(kind: &str) -> String {
    kind.chars()
        .map(|character| if matches!(character, 'С' | 'с') { 'c' } else { character.to_ascii_lowercase() })
        .collect()
}

fn chat_type(kind: &str) -> String {
    kind.to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NEW: &str = r#"{"message_type":"TYPE_NEW_MESSAGE","chat_id":"b646d975-0c9c-4872-9f41-8b1e57181063","chat_type":"Buyer_Seller",
        "message_id":"3000000000817031942","created_at":"2026-07-18T20:58:04.528Z","user":{"id":"115568","type":"Customer"},"data":["Message text"],"seller_id":"7"}"#;

    #[test]
    fn a_buyers_message_is_read_from_either_spelling_of_customer() {
        for body in [
            NEW.to_owned(),
            NEW.replace("Customer", "Сustomer"),
            NEW.replace("Buyer_Seller", "BUYER_SELLER"),
            NEW.replace("\"7\"", "7"),
        ] {
            assert!(
                matches!(read(&body), Ok(Push::NewMessage { message_id: OzonId(3_000_000_000_817_031_942), .. })),
                "{body}"
            );
        }
    }

    #[test]
    fn other_notifications_are_taken_and_let_pass() {
        for body in [
            NEW.replace("Customer", "Support"),
            NEW.replace("Buyer_Seller", "Seller_Notification"),
            NEW.replace("TYPE_NEW_MESSAGE", "TYPE_STOCKS_CHANGED"),
            r#"{"message_type":"TYPE_CHAT_CLOSED","chat_id":"x","chat_type":"Buyer_Seller","user":{},"seller_id":7}"#
                .to_owned(),
        ] {
            assert_eq!(read(&body), Ok(Push::Other), "{body}");
        }
    }

    #[test]
    fn a_broken_notification_is_refused_in_ozons_words() {
        for body in
            ["", "[]", "{}", &NEW.replace("message_id", "id"), &NEW.replace("b646d975-0c9c-4872-9f41-8b1e57181063", "")]
        {
            let problem = read(body).err();
            assert!(
                problem
                    .as_ref()
                    .is_some_and(|problem| refusal(problem)["error"]["code"] == "ERROR_PARAMETER_VALUE_MISSED"),
                "{body}"
            );
        }
    }

    #[test]
    fn a_ping_is_answered_with_name_version_and_time() {
        let answer = answer(&Push::Ping, Timestamp(0));
        assert!(
            answer["version"].is_string() && answer["name"].is_string() && answer["time"] == "1970-01-01T00:00:00Z"
        );
    }
}
