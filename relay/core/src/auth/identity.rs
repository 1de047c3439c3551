//! A customer whom the merchant vouches for: a JWT (RFC 7519) that the merchant's server signs with HMAC-SHA-256 under an
//! identity secret of its organization, a moment before the page is shown.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use serde::Deserialize;
use serde_json::Value;
use sha2::Sha256;
use shared::limits::{
    ATTRIBUTE_NAME_BYTES_MAX, ATTRIBUTE_VALUE_CHARS_MAX, ATTRIBUTES_MAX, CUSTOMER_ID_BYTES_MAX, IDENTITY_BYTES_MAX,
    IDENTITY_SKEW_S, IDENTITY_TTL_MAX_S,
};
use shared::problem::{Code, Problem};
use shared::time::Timestamp;

/// What is known of a person: `name`, `email`, `phone` and whatever the merchant calls theirs. Values are texts, numbers and
/// truth values.
pub type Attributes = BTreeMap<String, Value>;

/// A customer, as vouched for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// Who they are to the merchant.
    pub customer_id: String,
    /// What the merchant says about them.
    pub attributes: Attributes,
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
}

#[derive(Deserialize)]
struct Claims {
    sub: Value,
    exp: i64,
    iat: Option<i64>,
    name: Option<String>,
    email: Option<String>,
    phone: Option<String>,
    #[serde(default)]
    attributes: Attributes,
}

/// Reads a JWT that one of these secrets, by their ids, has signed.
///
/// # Errors
/// [`Code::Unauthorized`] if none has, [`Code::TokenExpired`] if its time is over, [`Code::Invalid`] for what it says.
pub fn verify(secrets: &[(String, String)], jwt: &str, now: Timestamp) -> Result<Identity, Problem> {
    let refused = || {
        let detail = "identity is not a JWT signed with one of the organization's identity secrets (HS256)";
        Problem::new(Code::Unauthorized, detail)
    };
    if jwt.len() > IDENTITY_BYTES_MAX {
        return Err(Problem::new(Code::TooLarge, format!("identity has at most {IDENTITY_BYTES_MAX} bytes")));
    }
    let (signed, signature) = jwt.rsplit_once('.').ok_or_else(refused)?;
    let (header, claims) = signed.split_once('.').ok_or_else(refused)?;
    let decode = |part: &str| URL_SAFE_NO_PAD.decode(part).map_err(|_| refused());
    let header: Header = serde_json::from_slice(&decode(header)?).map_err(|_| refused())?;
    // The algorithm is ours to choose, never the token's.
    if header.alg != "HS256" {
        return Err(refused());
    }
    let signature = decode(signature)?;
    let is_meant = |id: &str| header.kid.as_deref().is_none_or(|kid| kid == id);
    let signed_by = |secret: &str| {
        Hmac::<Sha256>::new_from_slice(secret.as_bytes())
            .is_ok_and(|mac| mac.chain_update(signed.as_bytes()).verify_slice(&signature).is_ok())
    };
    if !secrets.iter().any(|(id, secret)| is_meant(id) && signed_by(secret)) {
        return Err(refused());
    }
    let claims: Claims = serde_json::from_slice(&decode(claims)?).map_err(|error| {
        Problem::new(Code::Invalid, format!("identity's claims are not as expected (sub, exp, ...): {error}"))
    })?;
    let now_s = now.seconds();
    if claims.exp <= now_s {
        return Err(Problem::new(Code::TokenExpired, "the identity has expired; sign a new one"));
    }
    let latest = now_s.saturating_add(IDENTITY_TTL_MAX_S + IDENTITY_SKEW_S);
    if claims.exp > latest || claims.iat.is_some_and(|iat| iat > now_s.saturating_add(IDENTITY_SKEW_S)) {
        let detail =
            format!("identity is good for at most {IDENTITY_TTL_MAX_S} s from now, and not issued in the future");
        return Err(Problem::new(Code::Invalid, detail));
    }
    let customer_id = match claims.sub {
        Value::String(text) => text,
        Value::Number(number) => number.to_string(),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => String::new(),
    };
    if customer_id.is_empty() || customer_id.len() > CUSTOMER_ID_BYTES_MAX {
        let detail = format!("sub is the customer's id, 1 to {CUSTOMER_ID_BYTES_MAX} bytes");
        return Err(Problem::new(Code::Invalid, detail));
    }
    let mut attributes = claims.attributes;
    for (name, value) in [("name", claims.name), ("email", claims.email), ("phone", claims.phone)] {
        if let Some(value) = value {
            attributes.insert(name.into(), Value::String(value));
        }
    }
    check(&attributes)?;
    Ok(Identity { customer_id, attributes })
}

/// Checks what somebody says about a person.
///
/// # Errors
/// [`Code::Invalid`].
pub fn check(attributes: &Attributes) -> Result<(), Problem> {
    let is_name = |name: &str| !name.is_empty() && name.len() <= ATTRIBUTE_NAME_BYTES_MAX;
    let is_value = |value: &Value| match value {
        Value::String(text) => text.chars().count() <= ATTRIBUTE_VALUE_CHARS_MAX,
        Value::Number(_) | Value::Bool(_) => true,
        Value::Null | Value::Array(_) | Value::Object(_) => false,
    };
    if attributes.len() > ATTRIBUTES_MAX || !attributes.iter().all(|(name, value)| is_name(name) && is_value(value)) {
        return Err(Problem::new(
            Code::Invalid,
            format!(
                "attributes are at most {ATTRIBUTES_MAX}, with names of 1 to {ATTRIBUTE_NAME_BYTES_MAX} bytes and texts of at most {ATTRIBUTE_VALUE_CHARS_MAX} characters, numbers or truth values"
            ),
        ));
    }
    Ok(())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use serde_json::json;

    const NOW: Timestamp = Timestamp(1_768_059_000_000);

    fn jwt(secret: &str, header: &Value, claims: &Value) -> String {
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", part(header), part(claims));
        let mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap().chain_update(signed.as_bytes());
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes()))
    }

    fn secrets() -> Vec<(String, String)> {
        vec![("a".into(), "old secret".into()), ("b".into(), "new secret".into())]
    }

    fn read(secret: &str, header: Value, claims: Value) -> Result<Identity, Code> {
        verify(&secrets(), &jwt(secret, &header, &claims), NOW).map_err(|problem| problem.code)
    }

    #[test]
    fn either_live_secret_vouches_and_no_other_does() {
        let exp = NOW.seconds() + 60;
        let claims = || json!({"sub": "42", "exp": exp});
        for (secret, kid, good) in [
            ("old secret", None, true),
            ("new secret", None, true),
            ("old secret", Some("a"), true),
            ("old secret", Some("b"), false),
            ("old secret", Some("gone"), false),
            ("other", None, false),
            ("", None, false),
        ] {
            let mut header = json!({"alg": "HS256", "typ": "JWT"});
            if let Some(kid) = kid {
                header["kid"] = json!(kid);
            }
            assert_eq!(read(secret, header, claims()).is_ok(), good, "{secret} {kid:?}");
        }
        for alg in ["none", "HS512", "RS256", "hs256"] {
            assert_eq!(read("new secret", json!({"alg": alg}), claims()), Err(Code::Unauthorized));
        }
        assert_eq!(
            verify(&[], &jwt("", &json!({"alg": "HS256"}), &claims()), NOW).unwrap_err().code,
            Code::Unauthorized
        );
        let good = jwt("new secret", &json!({"alg": "HS256"}), &claims());
        let other = jwt("new secret", &json!({"alg": "HS256"}), &json!({"sub": "43", "exp": exp}));
        let parts = |jwt: &str| jwt.split('.').map(str::to_owned).collect::<Vec<_>>();
        let (good, other) = (parts(&good), parts(&other));
        let mixed = [good[0].as_str(), &other[1], &good[2]].join(".");
        assert_eq!(verify(&secrets(), &mixed, NOW).unwrap_err().code, Code::Unauthorized);
        for junk in ["", ".", "..", "a.b.c", "…"] {
            assert_eq!(verify(&secrets(), junk, NOW).unwrap_err().code, Code::Unauthorized);
        }
        let long = "a".repeat(IDENTITY_BYTES_MAX + 1);
        assert_eq!(verify(&secrets(), &long, NOW).unwrap_err().code, Code::TooLarge);
    }

    #[test]
    fn it_is_good_for_its_time_and_not_for_long() {
        let at = |exp: i64, iat: Option<i64>| {
            read("new secret", json!({"alg": "HS256"}), json!({"sub": 42, "exp": exp, "iat": iat}))
        };
        let now = NOW.seconds();
        assert_eq!(at(now, None), Err(Code::TokenExpired));
        assert_eq!(at(now + 1, None).unwrap().customer_id, "42");
        assert!(at(now + IDENTITY_TTL_MAX_S + IDENTITY_SKEW_S, Some(now + IDENTITY_SKEW_S)).is_ok());
        assert_eq!(at(now + IDENTITY_TTL_MAX_S + IDENTITY_SKEW_S + 1, None), Err(Code::Invalid));
        assert_eq!(at(now + 1, Some(now + IDENTITY_SKEW_S + 1)), Err(Code::Invalid));
        assert_eq!(at(i64::MAX, None), Err(Code::Invalid));
    }

    #[test]
    fn what_it_says_is_kept_as_far_as_it_is_plain() {
        let exp = NOW.seconds() + 60;
        let say = |claims: Value| {
            let mut all = json!({"sub": "42", "exp": exp});
            all.as_object_mut().unwrap().extend(claims.as_object().unwrap().clone());
            read("new secret", json!({"alg": "HS256"}), all)
        };
        let full = json!({"name": "Анна", "email": "a@b.ru", "phone": "+7", "attributes": {"vip": true, "orders": 3, "name": "нет"}});
        let attributes = say(full).unwrap().attributes;
        let expected = json!({"name": "Анна", "email": "a@b.ru", "phone": "+7", "vip": true, "orders": 3});
        assert_eq!(serde_json::to_value(attributes).unwrap(), expected);
        let many =
            |count: usize| json!({"attributes": (0..count).map(|n| (n.to_string(), json!(n))).collect::<Attributes>()});
        assert!(say(many(ATTRIBUTES_MAX)).is_ok());
        assert_eq!(say(many(ATTRIBUTES_MAX + 1)), Err(Code::Invalid));
        let value = |value: Value| say(json!({"attributes": {"a": value}}));
        assert!(value(json!("ы".repeat(ATTRIBUTE_VALUE_CHARS_MAX))).is_ok());
        for wrong in [json!("ы".repeat(ATTRIBUTE_VALUE_CHARS_MAX + 1)), json!(null), json!([]), json!({})] {
            assert_eq!(value(wrong), Err(Code::Invalid));
        }
        for sub in [json!(""), json!(null), json!([]), json!("a".repeat(CUSTOMER_ID_BYTES_MAX + 1))] {
            assert_eq!(say(json!({"sub": sub})), Err(Code::Invalid));
        }
        assert!(say(json!({"sub": "a".repeat(CUSTOMER_ID_BYTES_MAX)})).is_ok());
        assert_eq!(say(json!({"name": 7})), Err(Code::Invalid));
    }
}
