//! Which pages may start a chat: exact origins, or all subdomains of a host.

/// Whether an entry of the list is well-formed: `https://shop.ru`, `http://localhost:8787`, `https://*.shop.ru`.
#[must_use]
pub fn is_entry(entry: &str) -> bool {
    let Some(rest) = entry.strip_prefix("https://").or_else(|| entry.strip_prefix("http://")) else { return false };
    let host = rest.strip_prefix("*.").unwrap_or(rest);
    !host.is_empty()
        && host.len() <= 260
        && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b':' | b'[' | b']'))
        && !host.starts_with('.')
}

/// Whether this may stand before the parent's host: labels, each with its dot.
fn is_subdomain(labels: &str) -> bool {
    labels.strip_suffix('.').is_some_and(|labels| {
        labels.split('.').all(|label| {
            !label.is_empty() && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
        })
    })
}

/// Whether a page of this origin may, by this list. Hosts are compared without regard to case, as browsers send them.
#[must_use]
pub fn is_allowed(origin: &str, list: &[String]) -> bool {
    list.iter().any(|entry| match entry.split_once("://*.") {
        None => entry.eq_ignore_ascii_case(origin),
        Some((scheme, parent)) => {
            let origin = origin.to_ascii_lowercase();
            let host = origin.strip_prefix(scheme).and_then(|rest| rest.strip_prefix("://"));
            host.and_then(|host| host.strip_suffix(&parent.to_ascii_lowercase())).is_some_and(is_subdomain)
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_listed_origins_pass() {
        let list = ["https://shop.ru".to_owned(), "http://localhost:8787".to_owned(), "https://*.mall.ru".to_owned()];
        for origin in
            ["https://shop.ru", "https://SHOP.ru", "http://localhost:8787", "https://a.mall.ru", "https://a.b.mall.ru"]
        {
            assert!(is_allowed(origin, &list), "{origin}");
        }
        for origin in [
            "",
            "null",
            "http://shop.ru",
            "https://shop.ru:444",
            "https://evil.ru",
            "https://shop.ru.evil.ru",
            "https://mall.ru",
            "https://evilmall.ru",
            "http://a.mall.ru",
            "https://.mall.ru",
            "https://evil.ru/.mall.ru",
            "https://evil.ru:443@a.mall.ru",
            "https://a..mall.ru",
        ] {
            assert!(!is_allowed(origin, &list), "{origin}");
        }
    }

    #[test]
    fn a_list_holds_origins_only() {
        assert!(["https://shop.ru", "http://127.0.0.1:8787", "https://*.mall.ru"].iter().all(|entry| is_entry(entry)));
        assert!(
            !["", "*", "shop.ru", "https://", "https://*", "https://shop.ru/", "ftp://shop.ru", "https://a b"]
                .iter()
                .any(|entry| is_entry(entry))
        );
    }
}
