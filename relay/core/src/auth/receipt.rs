//! Receipts: what was done, signed, so that it can be shown later. A JWS (RFC 7515) under the signing key in use.

use serde_json::Value;
use shared::problem::Problem;

use super::keyring::Keyring;
use super::token::{self, Opened};

/// The type in the header: a receipt is no token, and a token no receipt.
const TYPE: &str = "prilavok-receipt";

/// What a text turned out to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Read {
    /// A receipt with a good signature.
    Signed(Value),
    /// It says to be one, under a key that is not there any more.
    KeyGone(Value),
    /// None.
    Refused,
}

/// Signs what was done.
///
/// # Errors
/// [`shared::problem::Code::NotConfigured`] if there is no key.
pub fn sign(keyring: &Keyring, content: &Value) -> Result<String, Problem> {
    token::sign_as(keyring, Some(TYPE), content)
}

/// Reads a receipt.
#[must_use]
pub fn read(keyring: &Keyring, text: &str) -> Read {
    let content = |json: &[u8]| serde_json::from_slice::<Value>(json).ok();
    match token::open(keyring, Some(TYPE), text) {
        Opened::Signed(json) => content(&json).map_or(Read::Refused, Read::Signed),
        Opened::KeyGone(json) => content(&json).map_or(Read::Refused, Read::KeyGone),
        Opened::Refused => Read::Refused,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use serde_json::json;
    use shared::time::Timestamp;

    const OLD: &str = r#"{"k1":"AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE"}"#;
    const NEW: &str = r#"{"k2":"AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI"}"#;

    #[test]
    fn a_receipt_is_read_while_its_key_is_there_and_is_no_token() {
        let (old, new) = (Keyring::parse(OLD).unwrap(), Keyring::parse(NEW).unwrap());
        let content = json!({"deleted": "user"});
        let text = sign(&old, &content).unwrap();
        assert_eq!(read(&old, &text), Read::Signed(content.clone()));
        assert_eq!(read(&new, &text), Read::KeyGone(content));
        assert!(token::verify(&old, &text, Timestamp(0)).is_err());
        let mut changed = text.into_bytes();
        let place = changed.len() / 2;
        changed[place] ^= 1;
        assert_eq!(read(&old, &String::from_utf8(changed).unwrap()), Read::Refused);
    }

    #[test]
    fn a_token_is_no_receipt() {
        let ring = Keyring::parse(OLD).unwrap();
        let token = token::sign_as(&ring, None, &json!({"deleted": "user"})).unwrap();
        assert_eq!(read(&ring, &token), Read::Refused);
        for junk in ["", ".", "..", "a.b.c"] {
            assert_eq!(read(&ring, junk), Read::Refused);
        }
    }
}
