//! Who may do what: signed tokens, publishable keys, origins, and sealed credentials.

pub mod identity;
pub mod key;
pub mod keyring;
pub mod origin;
pub mod receipt;
pub mod seal;
pub mod token;

use subtle::ConstantTimeEq;

/// Compares secrets without telling by the time taken where they differ.
#[must_use]
pub fn secrets_match(given: &str, expected: &str) -> bool {
    given.as_bytes().ct_eq(expected.as_bytes()).into()
}

/// Bytes of chance as text for keys, secrets and ids: base64url without padding.
#[must_use]
pub fn text_of(entropy: &[u8]) -> String {
    use base64::Engine;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(entropy)
}
