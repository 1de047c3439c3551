//! What a client asks over the socket: `{"action", ...}`, one file per action. With an `id` the answer, an `ack` or an
//! `error`, carries it, too; without one only a refusal is told.

mod chats;
mod close_chat;
mod consent;
mod file_link;
mod history;
mod message_delivered;
mod message_read;
mod presence;
mod resume;
mod send_message;
mod subscribe;
mod typing;

pub use chats::Chats;
pub use close_chat::CloseChat;
pub use consent::Consent;
pub use file_link::FileLink;
pub use history::History;
pub use message_delivered::MessageDelivered;
pub use message_read::MessageRead;
pub use presence::Presence;
pub use resume::Resume;
pub use send_message::SendMessage;
pub use subscribe::{Filter, Subscribe, Unsubscribe};
pub use typing::Typing;

use crate::json::Object;

macro_rules! actions {
    ($($name:ident = $word:literal,)*) => {
        /// Something a client asks for.
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub enum Action { $(#[doc = concat!("`", $word, "`")] $name($name),)* }

        impl Action {
            /// Every action's name.
            pub const NAMES: &'static [&'static str] = &[$($word),*];

            /// The name on the wire.
            #[must_use]
            pub fn name(&self) -> &'static str {
                match self { $(Self::$name(_) => $word,)* }
            }

            /// The frame's text.
            #[must_use]
            pub fn encode(&self, id: Option<&str>) -> String {
                let mut object = Object::new().string("action", self.name());
                if let Some(id) = id {
                    object = object.string("id", id);
                }
                match self { $(Self::$name(action) => action.write(object),)* }.finish()
            }

            /// The action of that name from its body, whose other members are let pass.
            #[cfg(feature = "serde")]
            fn decode_body(name: &str, body: serde_json::Value) -> Result<Self, crate::problem::Problem> {
                use crate::problem::{Code, Problem};
                match name {
                    $($word => serde_json::from_value(body).map(Self::$name).map_err(|error| {
                        Problem::new(Code::Malformed, format!("action {name}: {error}"))
                    }),)*
                    _ => Err(Problem::new(
                        Code::UnknownAction,
                        format!("there is no such action; the actions are {}", Self::NAMES.join(", ")),
                    )),
                }
            }
        }
    };
}

actions! {
    Subscribe = "subscribe",
    Unsubscribe = "unsubscribe",
    SendMessage = "send_message",
    Typing = "typing",
    MessageDelivered = "message_delivered",
    MessageRead = "message_read",
    History = "history",
    Chats = "chats",
    Consent = "consent",
    Resume = "resume",
    Presence = "presence",
    FileLink = "file_link",
    CloseChat = "close_chat",
}

/// A decoded frame: the action, or why it is not one, and the `id` its answer goes to.
#[cfg(feature = "serde")]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// What the answer repeats.
    pub id: Option<String>,
    /// The action.
    pub action: Result<Action, crate::problem::Problem>,
}

/// Reads a client's frame. Malformed, unknown and too large are three different answers.
#[cfg(feature = "serde")]
#[must_use]
pub fn decode(text: &str) -> Request {
    use crate::limits::{ACTION_ID_BYTES_MAX, FRAME_BYTES_MAX};
    use crate::problem::{Code, Problem};

    let refused = |id, code, detail: String| Request { id, action: Err(Problem::new(code, detail)) };
    if text.len() > FRAME_BYTES_MAX {
        return refused(
            None,
            Code::TooLarge,
            format!("a frame has at most {FRAME_BYTES_MAX} bytes, this one has {}", text.len()),
        );
    }
    let body: serde_json::Value = match serde_json::from_str(text) {
        Ok(body) => body,
        Err(error) => return refused(None, Code::Malformed, format!("a frame is one JSON object: {error}")),
    };
    let id = match body.get("id") {
        None | Some(serde_json::Value::Null) => None,
        Some(serde_json::Value::String(id)) if id.len() <= ACTION_ID_BYTES_MAX => Some(id.clone()),
        Some(_) => {
            return refused(None, Code::Malformed, format!("id is a string of at most {ACTION_ID_BYTES_MAX} bytes"));
        }
    };
    let name = match body.get("action") {
        Some(serde_json::Value::String(name)) => name.clone(),
        _ => return refused(id, Code::Malformed, "a frame is an object with a string member action".into()),
    };
    Request { id, action: Action::decode_body(&name, body) }
}

#[cfg(all(test, feature = "serde"))]
mod tests {
    use super::*;
    use crate::limits::FRAME_BYTES_MAX;
    use crate::problem::Code;
    use proptest::prelude::*;

    fn code(text: &str) -> Option<Code> {
        decode(text).action.err().map(|problem| problem.code)
    }

    #[test]
    fn malformed_unknown_and_too_large_are_three_answers() {
        for text in [
            "",
            "{",
            "[]",
            "null",
            "{}",
            r#"{"action":7}"#,
            r#"{"action":"typing","id":7}"#,
            r#"{"action":"send_message"}"#,
            r#"{"action":"send_message","text":1}"#,
        ] {
            assert_eq!(code(text), Some(Code::Malformed), "{text}");
        }
        assert_eq!(code(r#"{"action":"dance"}"#), Some(Code::UnknownAction));
        let padded = |length: usize| format!("{:length$}", r#"{"action":"typing"}"#);
        assert_eq!(code(&padded(FRAME_BYTES_MAX)), None);
        assert_eq!(code(&padded(FRAME_BYTES_MAX + 1)), Some(Code::TooLarge));
    }

    #[test]
    fn a_refusal_keeps_the_id_it_answers() {
        assert_eq!(decode(r#"{"action":"dance","id":"7"}"#).id.as_deref(), Some("7"));
        assert_eq!(decode(r#"{"action":"send_message","id":"8"}"#).id.as_deref(), Some("8"));
    }

    #[test]
    fn the_specs_subscribe_is_read() {
        let request = decode(r#"{"action":"subscribe","filter":{"user_id":123456789}}"#);
        assert_eq!(
            request.action,
            Ok(Action::Subscribe(Subscribe { filter: Some(Filter { user_id: Some(123_456_789) }) }))
        );
    }

    fn any_number() -> impl Strategy<Value = Option<i64>> {
        proptest::option::of(0..1000_i64)
    }

    fn any_action() -> impl Strategy<Value = Action> {
        let user_id = proptest::option::of(-9_007_199_254_740_991_i64..9_007_199_254_740_991);
        prop_oneof![
            (
                user_id.clone(),
                any::<String>(),
                proptest::option::of("[a-z0-9-]{1,36}"),
                proptest::option::of("[A-Za-z0-9_-]{22}"),
                proptest::option::of(any::<String>())
            )
                .prop_map(|(user_id, text, client_id, file_id, reply)| Action::SendMessage(SendMessage {
                    user_id,
                    text,
                    client_id,
                    file_id,
                    content: reply.map(|reply| serde_json::json!({"replies": [reply]}).into()),
                })),
            any::<String>().prop_map(|file_id| Action::FileLink(FileLink { file_id })),
            user_id.clone().prop_map(|user_id| Action::Typing(Typing { user_id })),
            (user_id.clone(), 0..1000_i64).prop_map(|(user_id, last_read_message_id)| Action::MessageRead(
                MessageRead { user_id, last_read_message_id }
            )),
            (user_id.clone(), 0..1000_i64).prop_map(|(user_id, last_delivered_message_id)| Action::MessageDelivered(
                MessageDelivered { user_id, last_delivered_message_id }
            )),
            (user_id.clone(), any_number(), any_number(), any_number()).prop_map(|(user_id, before, after, limit)| {
                Action::History(History { user_id, before, after, limit })
            }),
            (proptest::option::of(0..1000_i64), proptest::option::of(0..1000_i64))
                .prop_map(|(before, limit)| Action::Chats(Chats { before, limit })),
            (any::<String>(), any::<bool>()).prop_map(|(version, given)| Action::Consent(Consent { version, given })),
            ("[a-z0-9]{1,20}", 0..1000_i64).prop_map(|(epoch, offset)| Action::Resume(Resume { epoch, offset })),
            user_id.clone().prop_map(|user_id| Action::Subscribe(Subscribe { filter: Some(Filter { user_id }) })),
            user_id.clone().prop_map(|user_id| Action::CloseChat(CloseChat { user_id })),
            Just(Action::Presence(Presence {})),
            Just(Action::Unsubscribe(Unsubscribe { filter: None })),
        ]
    }

    proptest! {
        #[test]
        fn what_a_client_encodes_the_relay_decodes(action in any_action(), id in proptest::option::of("[0-9]{1,5}")) {
            let request = decode(&action.encode(id.as_deref()));
            prop_assert_eq!(request, Request { id, action: Ok(action) });
        }

        #[test]
        fn any_text_gets_an_answer(text in any::<String>()) {
            let _ = decode(&text);
        }
    }
}
