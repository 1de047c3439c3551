//! Keys by id: the newest is the one in use, the others still open what they once closed. That is how keys rotate.
//!
//! The newest is the one with the longest id, and of these the greatest: `k10` is newer than `k9`, `20261101` than `20261001`.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// 256-bit keys by id.
#[derive(Clone)]
pub struct Keyring {
    /// By the id's length and the id, so that the last one is the newest.
    keys: BTreeMap<(usize, String), [u8; 32]>,
}

impl std::fmt::Debug for Keyring {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Keyring").field("ids", &self.ids().collect::<Vec<_>>()).finish()
    }
}

impl Keyring {
    /// Reads `{"k1":"<32 bytes, base64url>", ...}`.
    ///
    /// # Errors
    /// A sentence for whoever set the secret, without its content.
    pub fn parse(json: &str) -> Result<Self, &'static str> {
        let texts: BTreeMap<String, String> =
            serde_json::from_str(json).map_err(|_| "is not a JSON object of strings")?;
        let mut keys = BTreeMap::new();
        for (id, text) in texts {
            if id.is_empty() || !id.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
                return Err("has a key id that is not letters and digits");
            }
            let bytes =
                URL_SAFE_NO_PAD.decode(text.trim_end_matches('=')).map_err(|_| "has a key that is not base64url")?;
            let key = bytes.try_into().map_err(|_| "has a key that is not 32 bytes long")?;
            keys.insert((id.len(), id), key);
        }
        if keys.is_empty() { Err("has no key") } else { Ok(Self { keys }) }
    }

    pub(crate) fn current(&self) -> Option<(&str, &[u8; 32])> {
        self.keys.iter().next_back().map(|((_, id), key)| (id.as_str(), key))
    }

    pub(crate) fn get(&self, id: &str) -> Option<&[u8; 32]> {
        self.keys.get(&(id.len(), id.to_owned()))
    }

    /// The ids, oldest first.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.keys.keys().map(|(_, id)| id.as_str())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_key_has_the_longest_and_then_the_greatest_id() {
        let key = "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE";
        let ring = |ids: &[&str]| {
            let members: Vec<String> = ids.iter().map(|id| format!("\"{id}\":\"{key}\"")).collect();
            Keyring::parse(&format!("{{{}}}", members.join(","))).unwrap()
        };
        for (ids, newest) in [(["k9", "k10"], "k10"), (["k2", "k1"], "k2"), (["20261101", "20261001"], "20261101")] {
            assert_eq!(ring(&ids).current().unwrap().0, newest);
        }
        assert!(ring(&["k1"]).get("k2").is_none());
    }

    #[test]
    fn what_is_wrong_with_a_secret_is_said() {
        for (json, part) in [
            ("", "JSON"),
            ("{}", "no key"),
            (r#"{"k 1":""}"#, "id"),
            (r#"{"k1":"*"}"#, "base64url"),
            (r#"{"k1":"AAAA"}"#, "32 bytes"),
        ] {
            assert!(Keyring::parse(json).is_err_and(|sentence| sentence.contains(part)), "{json}");
        }
    }
}
