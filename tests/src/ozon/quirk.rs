//! Oddities that not every account shows: ids in other clothes, files that lead elsewhere or are not what they seem, the
//! other answer for methods that are gone.

use axum::body::{Body, Bytes};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::suffer::code;

/// In what pieces a made-up file comes.
const PIECE_BYTES: u64 = 64 * 1_024;

/// Which oddities show; the body of `POST /_sim/quirks`, where absent members are off.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Quirks {
    /// Message ids in REST answers are strings, as in the vendor's examples.
    pub ids_are_strings: bool,
    /// The id of every n-th message of a history page is beyond 64 bits, as in one of the vendor's examples; 0 for none.
    pub broken_id_every: usize,
    /// Methods that are gone answer 410 instead of 404: seen of one.
    pub gone_is_410: bool,
    /// How files come.
    pub files: FileQuirk,
}

/// How `GET /v2/chat/file/{path}` answers whoever has the keys.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct FileQuirk {
    /// Redirects to this address with the file's path behind it, as to a CDN.
    pub redirect_to: Option<String>,
    /// The status of the redirect; 302 unless given.
    pub redirect_status: Option<u16>,
    /// Another `Content-Type`; an empty one is none.
    pub content_type: Option<String>,
    /// Another content: so many zeros.
    pub bytes: Option<u64>,
    /// No `Content-Length`.
    pub is_chunked: bool,
}

impl Quirks {
    /// An answer of a chat method with its ids in these clothes.
    pub(crate) fn dress(&self, mut body: Value) -> Value {
        if self.broken_id_every > 0
            && let Some(Value::Array(messages)) = body.get_mut("messages")
        {
            for (place, message) in messages.iter_mut().enumerate() {
                if (place + 1).is_multiple_of(self.broken_id_every)
                    && let Some(id) = message.get_mut("message_id")
                {
                    // The vendor's own examples have one digit too many.
                    *id = Value::String(format!("{id}0"));
                }
            }
        }
        if self.ids_are_strings {
            as_strings(&mut body);
        }
        body
    }
}

const ID_MEMBERS: [&str; 3] = ["message_id", "last_message_id", "first_unread_message_id"];

fn as_strings(value: &mut Value) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                if ID_MEMBERS.contains(&name.as_str()) && member.is_number() {
                    *member = Value::String(member.to_string());
                }
                as_strings(member);
            }
        }
        Value::Array(values) => values.iter_mut().for_each(as_strings),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

impl FileQuirk {
    /// What becomes of the answer for the file at `path`.
    pub(crate) fn dress(&self, path: &str, answer: Response) -> Response {
        if let Some(to) = &self.redirect_to {
            let location = format!("{}/{path}", to.trim_end_matches('/'));
            let mut response = (code(self.redirect_status.unwrap_or(302)), Body::empty()).into_response();
            if let Ok(location) = HeaderValue::try_from(location) {
                response.headers_mut().insert(header::LOCATION, location);
            }
            return response;
        }
        let (mut head, mut body) = answer.into_parts();
        if let Some(bytes) = self.bytes {
            body = zeros(bytes);
            head.headers.insert(header::CONTENT_LENGTH, HeaderValue::from(bytes));
        }
        if self.is_chunked {
            head.headers.remove(header::CONTENT_LENGTH);
            body = Body::from_stream(body.into_data_stream());
        }
        match self.content_type.as_deref() {
            None => {}
            Some("") => {
                head.headers.remove(header::CONTENT_TYPE);
            }
            Some(other) => {
                if let Ok(other) = HeaderValue::try_from(other) {
                    head.headers.insert(header::CONTENT_TYPE, other);
                }
            }
        }
        Response::from_parts(head, body)
    }
}

/// So many zeros, made as they are read.
fn zeros(bytes: u64) -> Body {
    Body::from_stream(stream::unfold(bytes, |left| async move {
        if left == 0 {
            return None;
        }
        let piece = left.min(PIECE_BYTES);
        let zeros = Bytes::from(vec![0; usize::try_from(piece).unwrap_or(0)]);
        Some((Ok::<_, std::convert::Infallible>(zeros), left - piece))
    }))
}
