//! Credentials at rest: AES-256-GCM under a key that lives in the Worker's secrets, bound to where they belong.

use aes_gcm::aead::{Aead, KeyInit, Payload};
use aes_gcm::{Aes256Gcm, Nonce};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, Mac};
use sha2::Sha256;
use shared::problem::{Code, Problem};

use super::keyring::Keyring;

/// Bytes of a nonce. Each sealing takes fresh ones.
pub const NONCE_BYTES: usize = 12;

/// Seals `secret` for the place that `context` names. The result is `key id.nonce.ciphertext`, safe to store.
///
/// # Errors
/// [`Code::NotConfigured`] if there is no key.
pub fn seal(keyring: &Keyring, context: &str, secret: &str, nonce: [u8; NONCE_BYTES]) -> Result<String, Problem> {
    let (id, key) = keyring.current().ok_or_else(|| Problem::new(Code::NotConfigured, "there is no sealing key"))?;
    let payload = Payload { msg: secret.as_bytes(), aad: context.as_bytes() };
    let sealed = cipher(key)?.encrypt(&Nonce::from(nonce), payload);
    let sealed = sealed.map_err(|_| Problem::new(Code::Internal, "the credentials could not be sealed"))?;
    Ok(format!("{id}.{}.{}", URL_SAFE_NO_PAD.encode(nonce), URL_SAFE_NO_PAD.encode(sealed)))
}

/// As [`seal`], with a nonce that follows from key, place and secret: the same secret in the same place gets the same seal,
/// and no two secrets share a nonce.
///
/// # Errors
/// [`Code::NotConfigured`] if there is no key.
pub fn seal_steadily(keyring: &Keyring, context: &str, secret: &str) -> Result<String, Problem> {
    let unusable = || Problem::new(Code::NotConfigured, "there is no usable sealing key");
    let (_, key) = keyring.current().ok_or_else(unusable)?;
    let mac = Hmac::<Sha256>::new_from_slice(key).map_err(|_| unusable())?;
    let mac = mac.chain_update(b"nonce\0").chain_update(context.as_bytes()).chain_update([0]);
    let digest = mac.chain_update(secret.as_bytes()).finalize().into_bytes();
    let nonce = digest.get(..NONCE_BYTES).and_then(|nonce| nonce.try_into().ok()).ok_or_else(unusable)?;
    seal(keyring, context, secret, nonce)
}

/// Seals anew, under the key in use, what another one has sealed. None if it is sealed so already, or does not open.
#[must_use]
pub fn reseal(keyring: &Keyring, context: &str, sealed: &str) -> Option<String> {
    let (current, _) = keyring.current()?;
    if sealed.split('.').next() == Some(current) {
        return None;
    }
    let secret = open(keyring, context, sealed).ok()?;
    seal_steadily(keyring, context, &secret).ok()
}

/// Opens what [`seal`] made for the same place.
///
/// # Errors
/// [`Code::NotConfigured`] if its key is gone, or it was made for another place, or changed.
pub fn open(keyring: &Keyring, context: &str, sealed: &str) -> Result<String, Problem> {
    let refused =
        || Problem::new(Code::NotConfigured, "the stored credentials do not open: is their key still in SEALING_KEYS?");
    let mut parts = sealed.splitn(3, '.');
    let (Some(id), Some(nonce), Some(text)) = (parts.next(), parts.next(), parts.next()) else { return Err(refused()) };
    let key = keyring.get(id).ok_or_else(refused)?;
    let nonce: [u8; NONCE_BYTES] =
        URL_SAFE_NO_PAD.decode(nonce).ok().and_then(|bytes| bytes.try_into().ok()).ok_or_else(refused)?;
    let text = URL_SAFE_NO_PAD.decode(text).map_err(|_| refused())?;
    let payload = Payload { msg: &text, aad: context.as_bytes() };
    let opened = cipher(key)?.decrypt(&Nonce::from(nonce), payload).map_err(|_| refused())?;
    String::from_utf8(opened).map_err(|_| refused())
}

fn cipher(key: &[u8; 32]) -> Result<Aes256Gcm, Problem> {
    Aes256Gcm::new_from_slice(key).map_err(|_| Problem::new(Code::NotConfigured, "the sealing key is unusable"))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn only_the_same_place_and_key_open_a_seal() {
        let ring = Keyring::parse(r#"{"k1":"AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE"}"#).unwrap();
        let other = Keyring::parse(r#"{"k1":"AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI"}"#).unwrap();
        let sealed = seal(&ring, "acme/ozon", "key", [7; NONCE_BYTES]).unwrap();
        assert!(!sealed.contains("key"));
        assert_eq!(open(&ring, "acme/ozon", &sealed).unwrap(), "key");
        assert!(open(&ring, "evil/ozon", &sealed).is_err());
        assert!(open(&other, "acme/ozon", &sealed).is_err());
        for broken in ["", "k1", "k1.x.y", &sealed[..sealed.len() - 2]] {
            assert!(open(&ring, "acme/ozon", broken).is_err());
        }
    }

    #[test]
    fn what_an_old_key_has_sealed_is_sealed_anew_and_opens_when_the_old_key_is_gone() {
        let ring = |json: &str| Keyring::parse(json).unwrap();
        let (one, two) = (
            "\"k1\":\"AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE\"",
            "\"k2\":\"AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI\"",
        );
        let (old, new) = (ring(&format!("{{{one}}}")), ring(&format!("{{{two}}}")));
        let both = ring(&format!("{{{one},{two}}}"));
        let sealed = seal_steadily(&old, "acme/ozon", "key").unwrap();
        assert_eq!(seal_steadily(&old, "acme/ozon", "key").unwrap(), sealed);
        assert_ne!(seal_steadily(&old, "acme/other", "key").unwrap(), sealed);
        assert_eq!(reseal(&old, "acme/ozon", &sealed), None);
        assert_eq!(reseal(&new, "acme/ozon", &sealed), None);
        let resealed = reseal(&both, "acme/ozon", &sealed).unwrap();
        assert_eq!(open(&new, "acme/ozon", &resealed).unwrap(), "key");
        assert_eq!(reseal(&both, "acme/ozon", &resealed), None);
    }
}
