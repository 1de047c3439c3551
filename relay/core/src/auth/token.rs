//! Tokens: JWTs (RFC 7519) signed with HMAC-SHA-256, with the signing key's id in the header.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use shared::limits::TOKEN_BYTES_MAX;
use shared::problem::{Code, Problem};
use shared::time::Timestamp;
use shared::token::Claims;

use super::keyring::Keyring;

#[derive(Serialize, Deserialize)]
struct Header {
    alg: String,
    kid: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    typ: Option<String>,
}

/// A token whose signature is good.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// What it says.
    pub claims: Claims,
    /// Whether its time is over. Only a visitor's renewal accepts such a token.
    pub expired: bool,
}

/// Signs claims with the current key.
///
/// # Errors
/// [`Code::NotConfigured`] if there is no key.
pub fn sign(keyring: &Keyring, claims: &Claims) -> Result<String, Problem> {
    sign_as(keyring, None, claims)
}

/// Signs whatever says what type it is.
pub(super) fn sign_as<T: Serialize>(keyring: &Keyring, typ: Option<&str>, content: &T) -> Result<String, Problem> {
    let (kid, key) = keyring.current().ok_or_else(|| Problem::new(Code::NotConfigured, "there is no signing key"))?;
    let header = Header { alg: "HS256".into(), kid: kid.into(), typ: typ.map(Into::into) };
    let part = |json: Result<Vec<u8>, serde_json::Error>| {
        json.map(|json| URL_SAFE_NO_PAD.encode(json))
            .map_err(|_| Problem::new(Code::Internal, "the claims could not be written"))
    };
    let signed = format!("{}.{}", part(serde_json::to_vec(&header))?, part(serde_json::to_vec(content))?);
    let signature = mac(key, &signed)?.finalize().into_bytes();
    Ok(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature)))
}

/// What a signed text turned out to be.
pub(super) enum Opened {
    /// Ours, and its content.
    Signed(Vec<u8>),
    /// It says to be under a key that is not there.
    KeyGone(Vec<u8>),
    /// Not ours, or of another type.
    Refused,
}

/// Opens what [`sign_as`] made of the same type.
pub(super) fn open(keyring: &Keyring, typ: Option<&str>, text: &str) -> Opened {
    try_open(keyring, typ, text).unwrap_or(Opened::Refused)
}

fn try_open(keyring: &Keyring, typ: Option<&str>, text: &str) -> Option<Opened> {
    if text.len() > TOKEN_BYTES_MAX {
        return None;
    }
    let (signed, signature) = text.rsplit_once('.')?;
    let (header, content) = signed.split_once('.')?;
    let decode = |part: &str| URL_SAFE_NO_PAD.decode(part).ok();
    let header: Header = serde_json::from_slice(&decode(header)?).ok()?;
    // The algorithm is ours to choose, never the token's.
    if header.alg != "HS256" || header.typ.as_deref() != typ {
        return None;
    }
    let content = decode(content)?;
    let Some(key) = keyring.get(&header.kid) else { return Some(Opened::KeyGone(content)) };
    mac(key, signed).ok()?.verify_slice(&decode(signature)?).ok()?;
    Some(Opened::Signed(content))
}

/// Checks a token's form and signature, and tells whether it has expired.
///
/// # Errors
/// [`Code::Unauthorized`] for a token that we did not sign, [`Code::TokenExpired`] if its key is gone.
pub fn verify(keyring: &Keyring, token: &str, now: Timestamp) -> Result<Verified, Problem> {
    let refused = || Problem::new(Code::Unauthorized, "this is not a token that this relay signed");
    let claims = match open(keyring, None, token) {
        Opened::Signed(claims) => claims,
        // Perhaps it was ours: whoever holds it gets a new one, as for any token whose time is over.
        Opened::KeyGone(_) => {
            let detail = "the key that signed this token is no longer in use; get a new one";
            return Err(Problem::new(Code::TokenExpired, detail));
        }
        Opened::Refused => return Err(refused()),
    };
    let claims: Claims = serde_json::from_slice(&claims).map_err(|_| refused())?;
    let expired = claims.exp <= now.seconds();
    Ok(Verified { claims, expired })
}

/// As [`verify`], for everything but a renewal: an expired token is refused.
///
/// # Errors
/// [`Code::Unauthorized`] or [`Code::TokenExpired`].
pub fn verify_live(keyring: &Keyring, token: &str, now: Timestamp) -> Result<Claims, Problem> {
    let verified = verify(keyring, token, now)?;
    if verified.expired {
        return Err(Problem::new(Code::TokenExpired, "the token has expired; get a new one"));
    }
    Ok(verified.claims)
}

fn mac(key: &[u8; 32], signed: &str) -> Result<Hmac<Sha256>, Problem> {
    let mac = Hmac::<Sha256>::new_from_slice(key);
    let mut mac = mac.map_err(|_| Problem::new(Code::NotConfigured, "the signing key is unusable"))?;
    mac.update(signed.as_bytes());
    Ok(mac)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use shared::token::Role;

    fn ring(json: &str) -> Keyring {
        Keyring::parse(json).unwrap()
    }

    const OLD: &str = r#"{"k1":"AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE"}"#;
    const ROTATED: &str =
        r#"{"k1":"AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE","k2":"AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI"}"#;
    const NEW: &str = r#"{"k2":"AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI"}"#;
    const OTHER: &str = r#"{"k1":"AwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwM"}"#;

    fn claims() -> Claims {
        Claims {
            org: "acme".into(),
            role: Role::Visitor,
            sub: -7,
            name: String::new(),
            iat: 0,
            exp: 100,
            jti: "j".into(),
        }
    }

    #[test]
    fn a_token_is_good_until_its_second_and_for_its_key() {
        let token = sign(&ring(OLD), &claims()).unwrap();
        assert_eq!(verify_live(&ring(OLD), &token, Timestamp(99_999)), Ok(claims()));
        assert_eq!(verify_live(&ring(OLD), &token, Timestamp(100_000)).unwrap_err().code, Code::TokenExpired);
        assert_eq!(verify_live(&ring(OTHER), &token, Timestamp(0)).unwrap_err().code, Code::Unauthorized);
    }

    #[test]
    fn a_rotation_keeps_old_tokens_alive_until_the_old_key_goes() {
        let old = sign(&ring(OLD), &claims()).unwrap();
        assert!(verify_live(&ring(ROTATED), &old, Timestamp(0)).is_ok());
        assert_eq!(verify_live(&ring(NEW), &old, Timestamp(0)).unwrap_err().code, Code::TokenExpired);
        let new = sign(&ring(ROTATED), &claims()).unwrap();
        assert!(verify_live(&ring(NEW), &new, Timestamp(0)).is_ok());
    }

    #[test]
    fn a_changed_token_is_refused() {
        let token = sign(&ring(OLD), &claims()).unwrap();
        for position in 0..token.len() {
            let mut bytes = token.clone().into_bytes();
            bytes[position] = if bytes[position] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(bytes).unwrap();
            // The last character's low bits are no part of the signature, and are checked to be zero.
            assert!(verify(&ring(OLD), &changed, Timestamp(0)).is_err(), "position {position}");
        }
        let none =
            format!("{}.{}.", URL_SAFE_NO_PAD.encode(r#"{"alg":"none","kid":"k1"}"#), token.split('.').nth(1).unwrap());
        assert!(verify(&ring(OLD), &none, Timestamp(0)).is_err());
        for junk in ["", ".", "..", "a.b.c", &"x".repeat(TOKEN_BYTES_MAX + 1)] {
            assert!(verify(&ring(OLD), junk, Timestamp(0)).is_err());
        }
    }
}
