//! Who calls: the `Client-Id` and `Api-Key` headers, and the vendor's one limit over all methods together.

use std::collections::{BTreeMap, VecDeque};

use axum::http::HeaderMap;

use super::market::Market;
use super::options::Subscription;
use super::refusal::Refusal;

/// 50 requests in any one second per `Client-Id`: the vendor's number.
const REQUESTS_PER_SECOND_MAX: usize = 50;
const WINDOW_MS: i64 = 1_000;

/// The seller's side of the keys; changed by the control surface, not kept over a restart (the options say it anew).
#[derive(Clone, Debug)]
pub(crate) struct Account {
    pub(crate) client_id: u64,
    pub(crate) api_key: String,
    pub(crate) deactivated: bool,
    pub(crate) subscription: Subscription,
}

impl Account {
    /// Buyer chats are only for the two upper subscriptions; `/v3/chat/list` and support chats are for everyone.
    pub(crate) fn may_talk_to_buyers(&self) -> Result<(), Refusal> {
        match self.subscription {
            Subscription::PremiumPlus | Subscription::PremiumPro => Ok(()),
            Subscription::Unknown | Subscription::Premium => Err(Refusal::premium_plus_only()),
        }
    }
}

/// When each `Client-Id` called within the last second.
#[derive(Debug, Default)]
pub(crate) struct RateWindow(BTreeMap<u64, VecDeque<i64>>);

impl RateWindow {
    /// Refused calls do not count: whether the vendor counts them is not known.
    fn admit(&mut self, client_id: u64, now_ms: i64) -> Result<(), Refusal> {
        let calls = self.0.entry(client_id).or_default();
        while calls.front().is_some_and(|at| now_ms - at >= WINDOW_MS) {
            calls.pop_front();
        }
        if calls.len() >= REQUESTS_PER_SECOND_MAX {
            return Err(Refusal::too_many_requests());
        }
        calls.push_back(now_ms);
        Ok(())
    }
}

/// Checks the keys, then the rate.
pub(crate) fn check(market: &Market, headers: &HeaderMap, now_ms: i64) -> Result<(), Refusal> {
    let client_id = header(headers, "client-id").ok_or_else(Refusal::keys_missing)?;
    let api_key = header(headers, "api-key").ok_or_else(Refusal::keys_missing)?;
    let client_id: u64 = client_id.parse().ok().filter(|id| *id > 0).ok_or_else(Refusal::client_id_malformed)?;
    let account = market.account();
    if client_id != account.client_id || api_key != account.api_key {
        return Err(Refusal::key_wrong());
    }
    if account.deactivated {
        return Err(Refusal::key_deactivated());
    }
    market.rate(|window| window.admit(client_id, now_ms))
}

/// A header's text; an empty one is as good as none.
pub(crate) fn header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim).filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fifty_calls_pass_in_any_second_and_no_more() {
        let mut window = RateWindow::default();
        let admitted = (0..100).filter(|at| window.admit(836, 5 * at).is_ok()).count();
        assert_eq!(admitted, 50, "a hundred calls over half a second");
        assert!(window.admit(836, 999).is_err(), "the first call is still within the second");
        assert!(window.admit(836, 1_000).is_ok());
        assert!(window.admit(837, 999).is_ok(), "another seller has a window of its own");
    }
}
