//! The publishable key: names the organization, so that no registry is asked. It is not a secret; the list of origins and
//! the signed visitor token protect what it opens.

use shared::limits::ORGANIZATION_ID_BYTES_MAX;
use shared::problem::{Code, Problem};

/// The shortest and longest last part of a key, in bytes.
const SUFFIX_BYTES: std::ops::RangeInclusive<usize> = 8..=64;

/// Whether this can be an organization's id: small letters, digits and inner hyphens.
#[must_use]
pub fn is_organization_id(id: &str) -> bool {
    (1..=ORGANIZATION_ID_BYTES_MAX).contains(&id.len())
        && id.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
        && !id.starts_with('-')
        && !id.ends_with('-')
}

/// The organization that a key `pk_{organization}_{suffix}` names.
///
/// # Errors
/// [`Code::UnknownKey`] if it is not of that form.
pub fn organization_of(key: &str) -> Result<&str, Problem> {
    let parts = key.strip_prefix("pk_").and_then(|rest| rest.rsplit_once('_'));
    match parts {
        Some((id, suffix))
            if is_organization_id(id)
                && SUFFIX_BYTES.contains(&suffix.len())
                && suffix.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') =>
        {
            Ok(id)
        }
        _ => Err(Problem::new(
            Code::UnknownKey,
            "a publishable key looks like pk_<organization>_<random>; copy it again",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_names_its_organization() {
        assert_eq!(organization_of("pk_demo_storefront"), Ok("demo"));
        assert_eq!(organization_of("pk_lavka-2_0123abcd"), Ok("lavka-2"));
        for key in [
            "",
            "pk_",
            "pk_demo",
            "pk_demo_short",
            "sk_demo_storefront",
            "pk_-x_storefront",
            "pk_Demo_storefront",
            "pk_a/b_storefront",
            "pk__storefront",
        ] {
            assert!(organization_of(key).is_err(), "{key}");
        }
        assert!(is_organization_id(&"a".repeat(ORGANIZATION_ID_BYTES_MAX)));
        assert!(!is_organization_id(&"a".repeat(ORGANIZATION_ID_BYTES_MAX + 1)));
    }
}
