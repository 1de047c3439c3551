//! What this process has seen: every vendor call, how many of each, which keys came to which host. For tests to look at;
//! not kept over a restart.

use std::collections::{BTreeMap, VecDeque};

use axum::http::HeaderMap;
use serde::{Deserialize, Serialize};

use super::auth::header;
use super::rate::Busiest;

/// How many calls are remembered: several minutes at the vendor's own limit of 50 a second would be noise.
const CALLS_KEPT_MAX: usize = 1_000;
/// How much of a body is remembered: a text of 1000 characters of four bytes each, and its envelope.
const BODY_BYTES_KEPT_MAX: usize = 8 * 1_024;

/// One call that came in.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Seen {
    /// Its number since the start, from 1.
    pub number: u64,
    /// When, RFC 3339.
    pub at: String,
    /// HTTP method.
    pub method: String,
    /// Path and query.
    pub path: String,
    /// The `Host` header.
    pub host: String,
    /// All headers but the host, lower case, the last one of a name.
    pub headers: BTreeMap<String, String>,
    /// The body's beginning.
    pub body: String,
    /// The status that was answered; none while there is no answer, and for good if there never was one.
    pub status: Option<u16>,
    /// The fault that hit the call, if any.
    pub fault: Option<String>,
}

/// Everything seen so far.
#[derive(Debug, Default)]
pub(crate) struct Record {
    calls: VecDeque<Seen>,
    count: u64,
    pub(crate) per_method: BTreeMap<String, u64>,
    pub(crate) unmatched: Vec<String>,
    /// Calls of methods that the vendor has switched off.
    pub(crate) gone: Vec<String>,
    pub(crate) busiest: Busiest,
    /// Host, then `Client-Id:Api-Key`, then how often.
    pub(crate) keys: BTreeMap<String, BTreeMap<String, u64>>,
}

impl Record {
    /// Notes a call and answers its number.
    pub(crate) fn note(&mut self, at: String, method: &str, path: &str, headers: &HeaderMap, body: &[u8]) -> u64 {
        self.count += 1;
        let host = header(headers, "host").unwrap_or("").to_owned();
        self.note_keys(&host, headers);
        if self.calls.len() >= CALLS_KEPT_MAX {
            self.calls.pop_front();
        }
        let kept = body.get(..BODY_BYTES_KEPT_MAX).unwrap_or(body);
        self.calls.push_back(Seen {
            number: self.count,
            at,
            method: method.into(),
            path: path.into(),
            host,
            headers: headers
                .iter()
                .filter(|(name, _)| name.as_str() != "host")
                .map(|(name, value)| (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
                .collect(),
            body: String::from_utf8_lossy(kept).into_owned(),
            status: None,
            fault: None,
        });
        self.count
    }

    fn note_keys(&mut self, host: &str, headers: &HeaderMap) {
        let (client_id, api_key) = (header(headers, "client-id"), header(headers, "api-key"));
        if client_id.is_some() || api_key.is_some() {
            let pair = format!("{}:{}", client_id.unwrap_or(""), api_key.unwrap_or(""));
            *self.keys.entry(host.into()).or_default().entry(pair).or_default() += 1;
        }
    }

    /// Adds to a noted call what became of it.
    pub(crate) fn outcome(&mut self, number: u64, act: impl FnOnce(&mut Seen)) {
        if let Some(seen) = self.calls.iter_mut().rev().find(|seen| seen.number == number) {
            act(seen);
        }
    }

    /// The last calls, oldest first.
    pub(crate) fn last(&self, count: usize) -> Vec<Seen> {
        self.calls.iter().skip(self.calls.len().saturating_sub(count)).cloned().collect()
    }
}
