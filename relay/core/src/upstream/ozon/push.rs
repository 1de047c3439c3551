//! Ozon's push notifications (UPSTREAMS 1.7). They are not signed: the secret in the address is what vouches for them.

use serde::Deserialize;
use serde_json::{Value, json};
use shared::problem::{Code, Problem};
use shared::time::Timestamp;

use super::{ChatType, OzonId, UserType, loose};

/// A notification, as far as the chats need it. Chats of every kind are told: what becomes of them is not decided here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Push {
    /// `TYPE_PING`: Ozon checks the address.
    Ping,
    /// `TYPE_NEW_MESSAGE`.
    NewMessage {
        /// The chat.
        chat_id: String,
        /// With whom.
        chat_type: ChatType,
        /// Who wrote.
        user_type: UserType,
        /// The message.
        message_id: OzonId,
        /// Its parts joined by line breaks, Markdown as it came.
        text: String,
        /// When it was written.
        created_at: Option<Timestamp>,
    },
    /// `TYPE_UPDATE_MESSAGE`: a message now says something else.
    UpdateMessage {
        /// The chat.
        chat_id: String,
        /// With whom.
        chat_type: ChatType,
        /// Who wrote.
        user_type: UserType,
        /// The message.
        message_id: OzonId,
        /// Its parts as they are now.
        text: String,
        /// When it was written.
        created_at: Option<Timestamp>,
        /// When it was changed.
        updated_at: Option<Timestamp>,
    },
    /// `TYPE_MESSAGE_READ`.
    MessageRead {
        /// The chat.
        chat_id: String,
        /// With whom.
        chat_type: ChatType,
        /// Who has read.
        user_type: UserType,
        /// The last message they have read.
        last_read_message_id: OzonId,
    },
    /// `TYPE_CHAT_CLOSED`.
    ChatClosed {
        /// The chat.
        chat_id: String,
        /// With whom.
        chat_type: ChatType,
        /// Whom Ozon names beside it.
        user_type: UserType,
    },
    /// `TYPE_NEW_POSTING`, `TYPE_STATE_CHANGED`, `TYPE_POSTING_CANCELLED`: something became of a posting.
    Posting {
        /// Its number.
        posting_number: String,
        /// When it was delivered, if that is what became of it.
        delivered_at: Option<Timestamp>,
    },
    /// Anything else. Ozon wants a success for it all the same.
    Other,
}

impl Push {
    /// Whether a buyer did it, in a chat with buyers. Other chats are Ozon's own.
    #[must_use]
    pub fn is_of_buyer(&self) -> bool {
        match self {
            Self::NewMessage { chat_type, user_type, .. }
            | Self::UpdateMessage { chat_type, user_type, .. }
            | Self::MessageRead { chat_type, user_type, .. }
            | Self::ChatClosed { chat_type, user_type, .. } => is_of_buyer(chat_type, user_type),
            Self::Ping | Self::Posting { .. } | Self::Other => false,
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Told {
    NewMessage,
    UpdateMessage,
    MessageRead,
    ChatClosed,
}

#[derive(Deserialize)]
struct Envelope {
    message_type: String,
}

#[derive(Deserialize)]
struct Body {
    chat_id: String,
    #[serde(default, deserialize_with = "loose::or_default")]
    chat_type: ChatType,
    #[serde(default, deserialize_with = "loose::or_default")]
    user: User,
    #[serde(default, deserialize_with = "loose::or_default")]
    message_id: Option<OzonId>,
    #[serde(default, deserialize_with = "loose::or_default")]
    last_read_message_id: Option<OzonId>,
    #[serde(default, deserialize_with = "loose::list")]
    data: Vec<String>,
    #[serde(default, deserialize_with = "loose::time")]
    created_at: Option<Timestamp>,
    #[serde(default, deserialize_with = "loose::time")]
    updated_at: Option<Timestamp>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct User {
    #[serde(rename = "type")]
    kind: UserType,
}

/// Reads a notification.
///
/// # Errors
/// [`Code::Malformed`] if it is not one of Ozon's, or lacks what its type promises.
pub fn read(body: &str) -> Result<Push, Problem> {
    let malformed =
        |error: &dyn std::fmt::Display| Problem::new(Code::Malformed, format!("not a notification of Ozon's: {error}"));
    let envelope: Envelope = serde_json::from_str(body).map_err(|error| malformed(&error))?;
    let told = match envelope.message_type.as_str() {
        "TYPE_PING" => return Ok(Push::Ping),
        "TYPE_NEW_MESSAGE" => Told::NewMessage,
        "TYPE_UPDATE_MESSAGE" => Told::UpdateMessage,
        "TYPE_MESSAGE_READ" => Told::MessageRead,
        "TYPE_CHAT_CLOSED" => Told::ChatClosed,
        "TYPE_NEW_POSTING" | "TYPE_STATE_CHANGED" | "TYPE_POSTING_CANCELLED" => return Ok(posting(body)),
        _ => return Ok(Push::Other),
    };
    let Body { chat_id, chat_type, user, message_id, last_read_message_id, data, created_at, updated_at } =
        serde_json::from_str(body).map_err(|error| malformed(&error))?;
    let user_type = user.kind;
    let is_of_buyer = is_of_buyer(&chat_type, &user_type);
    let push = (!chat_id.is_empty()).then_some(()).and_then(|()| {
        Some(match told {
            Told::NewMessage => Push::NewMessage {
                chat_id,
                chat_type,
                user_type,
                message_id: message_id?,
                text: data.join("\n"),
                created_at,
            },
            Told::UpdateMessage => Push::UpdateMessage {
                chat_id,
                chat_type,
                user_type,
                message_id: message_id?,
                text: data.join("\n"),
                created_at,
                updated_at,
            },
            Told::MessageRead => Push::MessageRead {
                chat_id,
                chat_type,
                user_type,
                last_read_message_id: last_read_message_id.or(message_id)?,
            },
            Told::ChatClosed => Push::ChatClosed { chat_id, chat_type, user_type },
        })
    });
    match push {
        Some(push) => Ok(push),
        None if is_of_buyer => Err(malformed(&"the id of the chat or of the message is missing or is none")),
        // Of Ozon's own chats nothing is worth having the address suspended for.
        None => Ok(Push::Other),
    }
}

#[derive(Deserialize)]
struct PostingBody {
    #[serde(default, deserialize_with = "loose::or_default")]
    posting_number: String,
    #[serde(default, deserialize_with = "loose::or_default")]
    new_state: String,
    #[serde(default, deserialize_with = "loose::time")]
    changed_state_date: Option<Timestamp>,
}

/// Nothing about a posting is worth having the address suspended for.
fn posting(body: &str) -> Push {
    match serde_json::from_str::<PostingBody>(body) {
        Ok(PostingBody { posting_number, new_state, changed_state_date }) if !posting_number.is_empty() => {
            let is_delivered = matches!(new_state.as_str(), "posting_delivered" | "posting_received");
            Push::Posting { posting_number, delivered_at: changed_state_date.filter(|_| is_delivered) }
        }
        _ => Push::Other,
    }
}

fn is_of_buyer(chat_type: &ChatType, user_type: &UserType) -> bool {
    *user_type == UserType::Customer && chat_type.is_of_buyer()
}

/// What Ozon wants to hear: its check of the address fails on anything else.
#[must_use]
pub fn answer(push: &Push, now: Timestamp) -> Value {
    match push {
        Push::Ping => json!({"version": env!("CARGO_PKG_VERSION"), "name": "prilavok", "time": now}),
        Push::NewMessage { .. }
        | Push::UpdateMessage { .. }
        | Push::MessageRead { .. }
        | Push::ChatClosed { .. }
        | Push::Posting { .. }
        | Push::Other => json!({"result": true}),
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

#[cfg(test)]
#[allow(clippy::unwrap_used)]
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
    fn who_did_it_and_where_is_told_and_only_a_buyers_deed_in_a_buyers_chat_is_a_buyers() {
        for (body, chat_type, user_type) in [
            (NEW.replace("Customer", "Support"), ChatType::BuyerSeller, UserType::Support),
            (NEW.replace("Buyer_Seller", "Seller_Notification"), ChatType::SellerNotification, UserType::Customer),
            (NEW.replace("Customer", "Robot"), ChatType::BuyerSeller, UserType::Other("Robot".into())),
            (NEW.replace("Buyer_Seller", "Seller_News"), ChatType::Other("Seller_News".into()), UserType::Customer),
        ] {
            let push = read(&body).unwrap();
            assert!(!push.is_of_buyer(), "{body}");
            assert!(
                matches!(&push, Push::NewMessage { chat_type: chat, user_type: user, .. } if (chat, user) == (&chat_type, &user_type)),
                "{push:?}"
            );
        }
        for chat_type in ["Buyer_Seller", "BUYER_SELLER_SELECT", "buyer_seller"] {
            assert!(read(&NEW.replace("Buyer_Seller", chat_type)).unwrap().is_of_buyer(), "{chat_type}");
        }
    }

    #[test]
    fn a_type_that_we_do_not_know_is_taken_and_let_pass() {
        for kind in ["TYPE_STOCKS_CHANGED", "TYPE_NEW_POSTING", "TYPE_OF_NEXT_YEAR", ""] {
            assert_eq!(read(&NEW.replace("TYPE_NEW_MESSAGE", kind)), Ok(Push::Other), "{kind}");
        }
        assert_eq!(read(r#"{"message_type":"TYPE_STATE_CHANGED"}"#), Ok(Push::Other));
        assert_eq!(read(r#"{"message_type":"TYPE_NEW_POSTING","posting_number":7}"#), Ok(Push::Other));
    }

    #[test]
    fn what_became_of_a_posting_is_told_and_when_it_was_delivered() {
        let changed = |state: &str| {
            read(&format!(
                r#"{{"message_type":"TYPE_STATE_CHANGED","posting_number":"1-2-3","new_state":"{state}",
                "changed_state_date":"1970-01-01T00:00:01Z","warehouse_id":0,"seller_id":7}}"#
            ))
        };
        for (state, delivered_at) in [
            ("posting_delivered", Some(Timestamp(1_000))),
            ("posting_received", Some(Timestamp(1_000))),
            ("posting_on_way_to_city", None),
        ] {
            assert_eq!(changed(state), Ok(Push::Posting { posting_number: "1-2-3".into(), delivered_at }), "{state}");
        }
    }

    #[test]
    fn an_id_that_is_none_is_refused_of_a_buyer_and_let_pass_of_others() {
        let broken = NEW.replace("\"3000000000817031942\"", "\"30000000001280042740\"");
        assert_eq!(read(&broken).map_err(|problem| problem.code), Err(Code::Malformed));
        assert_eq!(read(&broken.replace("Customer", "Support")), Ok(Push::Other));
        assert_eq!(read(&broken.replace("Buyer_Seller", "Seller_Notification")), Ok(Push::Other));
    }

    #[test]
    fn a_chat_is_closed_though_nobody_is_named() {
        let body =
            r#"{"message_type":"TYPE_CHAT_CLOSED","chat_id":"x","chat_type":"Buyer_Seller","user":{},"seller_id":7}"#;
        let closed =
            Push::ChatClosed { chat_id: "x".into(), chat_type: ChatType::BuyerSeller, user_type: UserType::default() };
        assert_eq!(read(body), Ok(closed));
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
