//! The operator's token: where it comes from, where this tab keeps it, and what it says about its holder.
//!
//! What it says is only for showing. The relay alone knows whether it is true.

use leptos::prelude::{document, location, window};
use shared::limits::TOKEN_BYTES_MAX;
use shared::node::Node;
use wasm_bindgen::JsValue;
use widget::node::JsNode;

/// The part of the address that brings a token. A fragment is never sent to a server.
const FRAGMENT: &str = "#token=";

/// Its place in the tab's storage.
const KEY: &str = "prilavok.inbox.token";

/// Who the token says its holder is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Holder {
    pub organization: String,
    pub name: String,
}

/// The token in the address, which then loses it, or the one that the tab has kept.
pub fn find() -> Option<String> {
    take_from_address().or_else(|| storage()?.get_item(KEY).ok()?)
}

/// The token in the address. It is removed there: addresses are looked at, copied and remembered.
pub fn take_from_address() -> Option<String> {
    let hash = location().hash().ok()?;
    let found = tidy(hash.strip_prefix(FRAGMENT)?);
    let bare = [location().pathname().ok()?, location().search().ok()?].concat();
    if let Ok(history) = window().history() {
        let _ = history.replace_state_with_url(&JsValue::NULL, &document().title(), Some(&bare));
    }
    found
}

pub fn keep(token: &str) {
    if let Some(storage) = storage() {
        let _ = storage.set_item(KEY, token);
    }
}

pub fn forget() {
    if let Some(storage) = storage() {
        let _ = storage.remove_item(KEY);
    }
}

/// The token in what somebody pasted: itself, or the whole address with it. `None` for what no token looks like; the
/// browser would refuse to offer it as a subprotocol.
pub fn tidy(pasted: &str) -> Option<String> {
    let pasted = pasted.split_once(FRAGMENT).map_or(pasted, |(_, token)| token).trim();
    let plausible = (1..=TOKEN_BYTES_MAX).contains(&pasted.len())
        && pasted.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_'));
    plausible.then(|| pasted.to_owned())
}

/// Reads the middle part of a JWT (RFC 7519). A token without one has an unnamed holder.
pub fn holder(token: &str) -> Holder {
    read(token).unwrap_or_default()
}

fn read(token: &str) -> Option<Holder> {
    let payload = token.split('.').nth(1)?.replace('-', "+").replace('_', "/");
    // One character of what `atob` returns is one byte.
    let bytes = window().atob(&payload).ok()?.chars().map(|byte| byte as u8).collect();
    let claims = JsNode::parse(&String::from_utf8(bytes).ok()?)?;
    Some(Holder { organization: claims.get("org")?.string()?, name: claims.get("name")?.string()? })
}

fn storage() -> Option<web_sys::Storage> {
    window().session_storage().ok()?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pasted_token_or_address_is_understood() {
        for pasted in ["a.b-c.d_e", "  a.b-c.d_e\n", "http://127.0.0.1:8787/inbox/#token=a.b-c.d_e", "#token=a.b-c.d_e"]
        {
            assert_eq!(tidy(pasted).as_deref(), Some("a.b-c.d_e"), "{pasted}");
        }
    }

    #[test]
    fn what_cannot_be_a_token_is_refused_here() {
        for pasted in ["", " ", "a b", "токен", "a,b", "http://127.0.0.1/inbox/", &"x".repeat(TOKEN_BYTES_MAX + 1)]
        {
            assert_eq!(tidy(pasted), None, "{pasted}");
        }
    }
}
