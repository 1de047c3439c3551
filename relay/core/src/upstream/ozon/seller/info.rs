//! `POST /v1/seller/info`: whose key it is, and with which subscription (UPSTREAMS 1.1).

use serde::Deserialize;
use serde_json::json;
use shared::problem::Problem;

use crate::upstream::ozon::{Account, Subscription, failure, loose};
use crate::upstream::{Answered, Failure, Request};

/// Whose key it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Info {
    /// The company.
    pub company: Company,
    /// Its subscription.
    pub subscription: Subscription,
}

impl Info {
    /// Whether chats with buyers can be read and written to (UPSTREAMS 1.5); nothing if Ozon's word is unknown.
    #[must_use]
    pub fn may_chat(&self) -> Option<bool> {
        match self.subscription {
            Subscription::PremiumPlus | Subscription::PremiumPro => Some(true),
            Subscription::Premium | Subscription::Unknown => Some(false),
            Subscription::Other(_) => None,
        }
    }
}

/// A company.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Company {
    /// What buyers see.
    #[serde(deserialize_with = "loose::or_default")]
    pub name: String,
    /// What the law sees.
    #[serde(deserialize_with = "loose::or_default")]
    pub legal_name: String,
    /// Its number at the tax office.
    #[serde(deserialize_with = "loose::text")]
    pub inn: Option<String>,
}

#[derive(Deserialize)]
struct Answer {
    #[serde(default, deserialize_with = "loose::or_default")]
    company: Company,
    subscription: Subscribed,
}

#[derive(Deserialize)]
struct Subscribed {
    #[serde(rename = "type", default, deserialize_with = "loose::or_default")]
    kind: Subscription,
}

/// The call.
///
/// # Errors
/// If the credentials cannot be written into headers.
pub fn request(account: &Account) -> Result<Request, Problem> {
    account.post("/v1/seller/info", &json!({}))
}

/// Whose key it is.
///
/// # Errors
/// The kind of failure.
pub fn read(answered: &Answered) -> Result<Info, Failure> {
    let answer: Answer = serde_json::from_slice(failure(answered)?).map_err(|_| Failure::Unknown)?;
    Ok(Info { company: answer.company, subscription: answer.subscription.kind })
}
