//! Who somebody is: tokens, keys, origins, addresses, sealed secrets, and what a socket remembers.

use relay_core::auth::keyring::Keyring;
use relay_core::auth::{key, origin as origins, seal, token as tokens};
use relay_core::hub::Session;
use relay_core::policy::address::Address;
use shared::time::Timestamp;
use shared::token::{Claims, Role};

use crate::text;

const KEYS: &str = r#"{"k1":"AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE"}"#;
const CONTEXT: &str = "acme/ozon";
const SECRET: &str = "key-0123456789";

fn keys() -> Keyring {
    Keyring::parse(KEYS).expect("a keyring")
}

fn claims() -> Claims {
    let (org, jti) = ("acme".to_owned(), "j".to_owned());
    Claims { org, role: Role::Visitor, sub: -7, name: "Анна".into(), iat: 0, exp: 2_000_000_000, jti }
}

/// A token that is good, to start from.
#[must_use]
pub fn a_token() -> String {
    tokens::sign(&keys(), &claims()).expect("a signature")
}

/// A secret that is sealed, to start from.
#[must_use]
pub fn a_sealed_secret() -> String {
    seal::seal(&keys(), CONTEXT, SECRET, [7; seal::NONCE_BYTES]).expect("a sealed secret")
}

/// Nobody finds another token that is good, nor another meaning for this one.
pub fn token(bytes: &[u8]) {
    let Some(text) = text(bytes) else { return };
    if let Ok(verified) = tokens::verify(&keys(), text, Timestamp(0)) {
        assert_eq!((text, &verified.claims), (a_token().as_str(), &claims()), "a forged token is good");
    }
}

/// The same for what is sealed.
pub fn sealed(bytes: &[u8]) {
    let Some(text) = text(bytes) else { return };
    if let Ok(secret) = seal::open(&keys(), CONTEXT, text) {
        assert_eq!((text, secret.as_str()), (a_sealed_secret().as_str(), SECRET), "a forged secret opens");
    }
    assert!(seal::open(&keys(), "acme/other", text).is_err(), "a secret opens in another's place");
}

/// The deployment's keys.
pub fn keyring(bytes: &[u8]) {
    let Some(text) = text(bytes) else { return };
    if let Ok(ring) = Keyring::parse(text) {
        assert!(ring.ids().count() > 0);
    }
}

/// An organization's id, and a publishable key with one inside.
pub fn key(bytes: &[u8]) {
    let Some(text) = text(bytes) else { return };
    let _ = key::is_organization_id(text);
    if let Ok(organization) = key::organization_of(text) {
        assert!(key::is_organization_id(organization) && text.contains(organization), "{text:?}");
    }
}

/// First line: a page's origin. The others: the list it has to be on.
pub fn origin(bytes: &[u8]) {
    let Some(text) = text(bytes) else { return };
    let mut lines = text.lines();
    let page = lines.next().unwrap_or_default();
    let list: Vec<String> = lines.filter(|line| origins::is_entry(line)).map(str::to_owned).collect();
    if origins::is_allowed(page, &list) {
        // What a list of well-formed entries lets in is an origin by itself: a scheme and a host, nothing around it.
        let host = page.split_once("://").map(|(_, host)| host).unwrap_or_default();
        let of_a_host = |byte: u8| byte.is_ascii_alphanumeric() || b".-_:[]".contains(&byte);
        assert!(!host.is_empty() && host.bytes().all(of_a_host), "{page:?} by {list:?}");
        let named = |entry: &String| match entry.split_once("://*.") {
            None => page.eq_ignore_ascii_case(entry),
            Some((scheme, parent)) => {
                let (page, parent) = (page.to_ascii_lowercase(), parent.to_ascii_lowercase());
                page.starts_with(scheme) && page.ends_with(&format!(".{parent}"))
            }
        };
        assert!(list.iter().any(named), "{page:?} by {list:?}");
    }
}

/// The sender's address, as headers and runtimes write it.
pub fn address(bytes: &[u8]) {
    let Some(text) = text(bytes) else { return };
    if let Some(address) = Address::parse(text) {
        assert_eq!(address.sender().sender(), address.sender());
        assert_eq!(Address::parse(&address.to_string()), Some(address));
    }
}

/// What a socket remembers of its session.
pub fn session(bytes: &[u8]) {
    if let Ok(session) = serde_json::from_slice::<Session>(bytes) {
        let kept = serde_json::to_string(&session).expect("a session that was read can be kept");
        assert_eq!(serde_json::from_str::<Session>(&kept).ok(), Some(session));
    }
}
