//! Hosts where Ozon's methods answer and no other path of ours: for clients that know a host and drop any path before a method's.

/// Whether a request to this host and port (none: its scheme's own) is to one of `named`, a list with commas:
/// `ozon.example.ru` at any port, `ozon.example.ru:8443`, or `:8788`, which is any host at this port.
#[must_use]
pub fn is_named(named: &str, host: &str, port: Option<u16>) -> bool {
    named.split(',').map(str::trim).filter(|one| !one.is_empty()).any(|one| {
        let is_port = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        let (name, wanted) = match one.rsplit_once(':') {
            Some((name, port)) if is_port(port) => (name, Some(port.parse().ok())),
            _ => (one, None),
        };
        (name.is_empty() || name.eq_ignore_ascii_case(host))
            && wanted.is_none_or(|wanted| wanted.is_some() && wanted == port)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_named_with_or_without_a_port_or_by_its_port_alone() {
        let named = "ozon.example.ru, Ozon.Lavka.example:8443,[::1]:8790, :8788";
        for (host, port, is) in [
            ("ozon.example.ru", None, true),
            ("ozon.example.ru", Some(8080), true),
            ("ozon.lavka.example", Some(8443), true),
            ("ozon.lavka.example", None, false),
            ("[::1]", Some(8790), true),
            ("127.0.0.1", Some(8788), true),
            ("127.0.0.1", Some(8787), false),
            ("chat.example.ru", None, false),
            ("example.ru", None, false),
        ] {
            assert_eq!(is_named(named, host, port), is, "{host} {port:?}");
        }
    }

    #[test]
    fn what_names_no_host_is_no_host() {
        for named in ["", ",", " , ", ":", ":0x", ":99999", "a:99999"] {
            assert!(!is_named(named, "a", None) && !is_named(named, "", Some(1)), "{named:?}");
        }
    }
}
