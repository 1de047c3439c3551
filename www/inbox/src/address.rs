//! Addresses that others sent, and what of them may become a link or a picture.

/// An address that a click may open: of the web, or of the relay. Whatever else somebody sent as a file (`javascript:`,
/// `data:`) is no link.
pub fn safe_address(path: &str) -> Option<String> {
    is_web(path).then_some(path).or_else(|| Some(path).filter(|path| path.starts_with('/'))).map(str::to_owned)
}

/// An address of the web, with its host.
pub fn is_web(address: &str) -> bool {
    ["https://", "http://"].iter().any(|start| address.starts_with(start))
}

/// A picture of somebody else's is only asked for where nobody on the way learns which.
pub fn is_picture(address: &str) -> bool {
    address.starts_with("https://")
}

/// Whose address it is: the host, without a name that may stand before it.
pub fn host(address: &str) -> &str {
    let rest = address.split_once("://").map_or(address, |(_, rest)| rest);
    let authority = rest.split(['/', '\\', '?', '#']).next().unwrap_or_default();
    authority.rsplit('@').next().unwrap_or_default()
}

/// An address as people read it.
pub fn bare(address: &str) -> &str {
    let bare = address.split_once("://").map_or(address, |(_, rest)| rest);
    bare.strip_suffix('/').filter(|host| !host.contains('/')).unwrap_or(bare)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_of_the_web_become_links() {
        for path in ["https://cdn.example/a.jpg", "http://cdn.example/a.jpg", "/v1/files/7"] {
            assert!(safe_address(path).is_some(), "{path}");
        }
        for path in ["javascript:alert(1)", "data:text/html,x", "", " https://a", "JavaScript:alert(1)", "file:///etc"]
        {
            assert!(safe_address(path).is_none(), "{path}");
            assert!(!is_web(path), "{path}");
        }
        assert!(!is_web("/v1/files/7"));
    }

    #[test]
    fn a_picture_comes_by_https() {
        assert!(is_picture("https://shop.ru/a.jpg"));
        for address in ["http://shop.ru/a.jpg", "data:image/png,x", "/a.jpg", ""] {
            assert!(!is_picture(address), "{address}");
        }
    }

    #[test]
    fn a_link_shows_whose_it_is() {
        for (address, expected) in [
            ("https://shop.ru/p?x=/y", "shop.ru"),
            ("https://shop.ru@evil.ru/", "evil.ru"),
            ("https://evil.ru\\@shop.ru/", "evil.ru"),
            ("http://localhost:8787", "localhost:8787"),
        ] {
            assert_eq!(host(address), expected, "{address}");
        }
        assert_eq!(
            [bare("https://shop.ru/"), bare("https://shop.ru/a/"), bare("shop.ru")],
            ["shop.ru", "shop.ru/a/", "shop.ru"]
        );
    }
}
