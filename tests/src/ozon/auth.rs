//! Who calls: the `Client-Id` and `Api-Key` headers, what the key may do, from where.

use std::collections::BTreeSet;
use std::net::IpAddr;

use axum::http::HeaderMap;

use super::market::Market;
use super::options::{Options, Subscription};
use super::refusal::Refusal;

/// Keys live six months.
const KEY_LIFE_MS: i64 = 183 * 24 * 3_600 * 1_000;

/// The seller's side of the keys; changed by the control surface, not kept over a restart (the options say it anew).
#[derive(Clone, Debug)]
pub(crate) struct Account {
    pub(crate) client_id: u64,
    pub(crate) api_key: String,
    /// When the key ends.
    pub(crate) key_until_ms: i64,
    pub(crate) deactivated: bool,
    pub(crate) offer_unsigned: bool,
    /// Methods that the key's roles do not have.
    pub(crate) denied: BTreeSet<String>,
    /// The addresses the key is good for; empty means all.
    pub(crate) addresses: BTreeSet<IpAddr>,
    pub(crate) subscription: Subscription,
    /// When the subscription ends; none means it goes on.
    pub(crate) subscribed_until_ms: Option<i64>,
}

impl Account {
    pub(crate) fn new(options: &Options, now_ms: i64) -> Self {
        Self {
            client_id: options.client_id,
            api_key: options.api_key.clone(),
            key_until_ms: now_ms.saturating_add(KEY_LIFE_MS),
            deactivated: false,
            offer_unsigned: false,
            denied: BTreeSet::new(),
            addresses: BTreeSet::new(),
            subscription: options.subscription,
            subscribed_until_ms: None,
        }
    }

    /// Another key, with a life of its own.
    pub(crate) fn rotate(&mut self, api_key: String, now_ms: i64) {
        self.api_key = api_key;
        self.key_until_ms = now_ms.saturating_add(KEY_LIFE_MS);
    }

    /// The subscription at this time.
    pub(crate) fn subscription(&self, now_ms: i64) -> Subscription {
        if self.subscribed_until_ms.is_some_and(|until_ms| now_ms >= until_ms) {
            Subscription::Unknown
        } else {
            self.subscription
        }
    }

    pub(crate) fn is_premium_plus(&self, now_ms: i64) -> bool {
        match self.subscription(now_ms) {
            Subscription::PremiumPlus | Subscription::PremiumPro => true,
            Subscription::Unknown | Subscription::Premium => false,
        }
    }
}

/// Buyer chats are only for the two upper subscriptions; `/v3/chat/list` and support chats are for everyone.
pub(crate) fn may_talk_to_buyers(market: &Market, method: &str) -> Result<(), Refusal> {
    let is_allowed = market.account().is_premium_plus(market.now_ms());
    if is_allowed { Ok(()) } else { Err(Refusal::premium_plus_only(method)) }
}

/// Checks the keys, then the rate, then what the key may do. Who is no seller of the vendor's is not counted.
pub(crate) fn check(market: &Market, headers: &HeaderMap, method: &str, from: Option<IpAddr>) -> Result<(), Refusal> {
    let now_ms = market.now_ms();
    let client_id = header(headers, "client-id").ok_or_else(Refusal::keys_missing)?;
    let api_key = header(headers, "api-key").ok_or_else(Refusal::keys_missing)?;
    let client_id: u64 = client_id.parse().ok().filter(|id| *id > 0).ok_or_else(Refusal::client_id_malformed)?;
    let account = market.account();
    if client_id != account.client_id || api_key != account.api_key {
        return Err(Refusal::key_wrong());
    }
    // Whether the vendor tells an ended key from one that was switched off is not known.
    if account.deactivated || now_ms >= account.key_until_ms {
        return Err(Refusal::key_deactivated());
    }
    market.rate(|rate| rate.admit(client_id, method, now_ms))?;
    if !account.addresses.is_empty() && !from.is_some_and(|from| account.addresses.contains(&from)) {
        return Err(Refusal::address_restricted());
    }
    if account.denied.contains(method) {
        return Err(Refusal::role_missing());
    }
    if account.offer_unsigned {
        return Err(Refusal::offer_not_signed());
    }
    Ok(())
}

/// A header's text; an empty one is as good as none.
pub(crate) fn header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim).filter(|text| !text.is_empty())
}
