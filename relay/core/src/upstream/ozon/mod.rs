//! Ozon's Seller API (UPSTREAMS.md, section 1): one file for each method.

pub mod catalogue;
pub mod chat_history;
pub mod chat_history_v2;
pub mod chat_list;
pub mod chat_list_v2;
pub mod chat_read;
pub mod chat_send_file;
pub mod chat_send_message;
pub mod chat_start;
mod error;
pub mod files;
pub mod host;
mod id;
mod kinds;
mod loose;
pub mod networks;
pub mod push;
pub mod seller;

use http::Method;
use http::header::{CONTENT_TYPE, HeaderValue};
use serde::{Deserialize, Serialize};
use shared::limits::OZON_CHAT_ID_BYTES_MAX;
use shared::problem::{Code, Problem};

pub use error::{code, failure, retry_after_ms};
pub use id::OzonId;
pub use kinds::{ChatStatus, ChatType, ModerateImageStatus, Subscription, UserType};

/// The merchant's key. It is opened for a call and never leaves the relay but in that call's headers.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Credentials {
    /// `Client-Id`: a positive integer.
    pub client_id: String,
    /// `Api-Key`.
    pub api_key: String,
}

impl std::fmt::Debug for Credentials {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Credentials").field("client_id", &self.client_id).finish_non_exhaustive()
    }
}

impl Credentials {
    /// Whether they can be credentials at all, before they are kept.
    ///
    /// # Errors
    /// [`Code::Invalid`] with what is wrong.
    pub fn check(&self) -> Result<(), Problem> {
        if self.client_id.is_empty()
            || self.client_id.len() > 20
            || !self.client_id.bytes().all(|byte| byte.is_ascii_digit())
        {
            return Err(Problem::new(
                Code::Invalid,
                "client_id is the positive integer that Ozon shows beside the key",
            ));
        }
        if self.api_key.len() < 8
            || self.api_key.len() > 200
            || !self.api_key.bytes().all(|byte| byte.is_ascii_graphic())
        {
            return Err(Problem::new(Code::Invalid, "api_key is not a key of Ozon's; copy it again"));
        }
        Ok(())
    }
}

/// Whether a text can be Ozon's id of a chat.
#[must_use]
pub fn is_chat_id(text: &str) -> bool {
    (1..=OZON_CHAT_ID_BYTES_MAX).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
}

/// Where calls go and with what key.
#[derive(Clone, Debug)]
pub struct Account {
    /// `https://api-seller.ozon.ru`, or a simulator's address.
    pub base_url: String,
    /// The merchant's key.
    pub credentials: Credentials,
}

impl Account {
    /// A call: `POST {base_url}{path}` with a JSON body and the merchant's key.
    fn post<T: Serialize>(&self, path: &str, body: &T) -> Result<super::Request, Problem> {
        let body = serde_json::to_vec(body).map_err(|_| unwritten())?;
        self.forward(path, body)
    }

    /// As a call of ours, with somebody else's body, untouched.
    ///
    /// # Errors
    /// If the credentials cannot be written into headers.
    pub fn forward(&self, path: &str, body: Vec<u8>) -> Result<super::Request, Problem> {
        let call = self.signed(Method::POST, path)?.header(CONTENT_TYPE, "application/json");
        call.body(body).map_err(|_| unwritten())
    }

    /// A call that fetches a file: `GET {base_url}{path}` with the merchant's key.
    fn get(&self, path: &str) -> Result<super::Request, Problem> {
        self.signed(Method::GET, path)?.body(Vec::new()).map_err(|_| unwritten())
    }

    fn signed(&self, method: Method, path: &str) -> Result<http::request::Builder, Problem> {
        let mut key = HeaderValue::from_str(&self.credentials.api_key)
            .map_err(|_| Problem::new(Code::Invalid, "the key is no header value"))?;
        key.set_sensitive(true);
        let call = http::Request::builder().method(method).uri(format!("{}{path}", self.base_url));
        Ok(call.header("Client-Id", &self.credentials.client_id).header("Api-Key", key))
    }
}

fn unwritten() -> Problem {
    Problem::new(Code::Internal, "the call to Ozon could not be written")
}

/// Whether as many can be asked for at once as `limit` says: from 1 to Ozon's own limit.
fn check_limit(limit: u32, max: u32) -> Result<(), Problem> {
    if (1..=max).contains(&limit) {
        Ok(())
    } else {
        Err(Problem::new(Code::Invalid, format!("1 to {max} can be asked for at once")))
    }
}
