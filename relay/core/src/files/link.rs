//! Signed links: an address that opens one file of one organization for a short while, without a token. For browsers,
//! which can set no header on an image.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use shared::limits::FILE_LINK_TTL_S;
use shared::problem::{Code, Problem};
use shared::route::FILES;
use shared::time::Timestamp;

use crate::auth::keyring::Keyring;

/// The address, and the second that it is good before.
///
/// # Errors
/// [`Code::NotConfigured`] if there is no key.
pub fn sign(keyring: &Keyring, organization: &str, file_id: &str, now: Timestamp) -> Result<(String, i64), Problem> {
    let (kid, key) = keyring.current().ok_or_else(|| Problem::new(Code::NotConfigured, "there is no signing key"))?;
    let expires = now.seconds().saturating_add(FILE_LINK_TTL_S);
    let signature = mac(key, organization, file_id, expires)?.finalize().into_bytes();
    let signature = URL_SAFE_NO_PAD.encode(signature);
    Ok((format!("{FILES}/{organization}/{file_id}?expires={expires}&signature={kid}.{signature}"), expires))
}

/// Checks a link that somebody follows.
///
/// # Errors
/// [`Code::Unauthorized`] for a link that we did not make, [`Code::TokenExpired`] for one whose time is over.
pub fn verify(
    keyring: &Keyring,
    organization: &str,
    file_id: &str,
    expires: Option<&str>,
    signature: Option<&str>,
    now: Timestamp,
) -> Result<(), Problem> {
    let refused = || Problem::new(Code::Unauthorized, "this is not a link that this relay made");
    // Only the form that we write: no sign, no zeros in front.
    let text = expires.ok_or_else(refused)?;
    let expires: i64 = text.parse().map_err(|_| refused())?;
    if expires.to_string() != text {
        return Err(refused());
    }
    let (kid, signature) = signature.and_then(|signature| signature.split_once('.')).ok_or_else(refused)?;
    let key = keyring.get(kid).ok_or_else(refused)?;
    let signature = URL_SAFE_NO_PAD.decode(signature).map_err(|_| refused())?;
    mac(key, organization, file_id, expires)?.verify_slice(&signature).map_err(|_| refused())?;
    if expires <= now.seconds() {
        return Err(Problem::new(Code::TokenExpired, "the link has expired; ask for a new one"));
    }
    Ok(())
}

/// The key signs tokens, too: a token's signed part has no line ends, so neither can stand for the other.
fn mac(key: &[u8; 32], organization: &str, file_id: &str, expires: i64) -> Result<Hmac<Sha256>, Problem> {
    let mac = Hmac::<Sha256>::new_from_slice(key);
    let mut mac = mac.map_err(|_| Problem::new(Code::NotConfigured, "the signing key is unusable"))?;
    mac.update(format!("file\n{organization}\n{file_id}\n{expires}").as_bytes());
    Ok(mac)
}
