//! `POST /v1/roles`: what a key may do and until when it works (UPSTREAMS 1.1). The cheapest check of a key.

use serde::Deserialize;
use serde_json::{Value, json};
use shared::problem::Problem;
use shared::time::Timestamp;

use crate::upstream::ozon::{Account, failure, loose};
use crate::upstream::{Answered, Failure, Request};

/// What a key may do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Roles {
    /// Until when it works.
    pub expires_at: Option<Timestamp>,
    /// Its roles.
    pub roles: Vec<Role>,
}

impl Roles {
    /// Whether the key may call this method. A key that names no methods at all is not doubted.
    #[must_use]
    pub fn may_call(&self, path: &str) -> bool {
        let mut methods = self.roles.iter().flat_map(|role| &role.methods).peekable();
        methods.peek().is_none() || methods.any(|method| method == path)
    }
}

/// One role of a key.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Role {
    /// Its name.
    pub name: String,
    /// The paths of the methods that it may call.
    #[serde(default, deserialize_with = "loose::or_default")]
    pub methods: Vec<String>,
}

#[derive(Deserialize)]
struct Answer {
    #[serde(default, deserialize_with = "loose::time")]
    expires_at: Option<Timestamp>,
    #[serde(deserialize_with = "loose::list")]
    roles: Vec<Value>,
}

/// The call.
///
/// # Errors
/// If the credentials cannot be written into headers.
pub fn request(account: &Account) -> Result<Request, Problem> {
    account.post("/v1/roles", &json!({}))
}

/// What the key may do.
///
/// # Errors
/// The kind of failure.
pub fn read(answered: &Answered) -> Result<Roles, Failure> {
    let answer: Answer = serde_json::from_slice(failure(answered)?).map_err(|_| Failure::Unknown)?;
    let (roles, _) = loose::items(answer.roles);
    Ok(Roles { expires_at: answer.expires_at, roles })
}
