//! Where a request comes from, as far as somebody trustworthy says so.
//!
//! A header is as good as whoever wrote it. On Cloudflare the runtime writes `CF-Connecting-IP` itself. Alone on a server
//! everybody can send that header, and only what one's own proxies append to `X-Forwarded-For` counts: as many entries
//! from its end as there are proxies (`TRUSTED_PROXY_HOPS`).

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// What is known of the sender of a request.
#[derive(Clone, Copy, Debug, Default)]
pub struct Seen<'a> {
    /// Who opened the connection, with or without a port.
    pub peer: Option<&'a str>,
    /// `CF-Connecting-IP`.
    pub cloudflare: Option<&'a str>,
    /// `X-Forwarded-For`, several headers joined by commas.
    pub forwarded: Option<&'a str>,
}

/// An address on the internet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Address(IpAddr);

impl Address {
    /// Whose request it is. `proxies` is how many of the host's own proxies stand before the relay; `None` means that
    /// Cloudflare does.
    #[must_use]
    pub fn of(seen: Seen<'_>, proxies: Option<usize>) -> Option<Self> {
        let peer = seen.peer.and_then(Self::parse);
        match proxies {
            None => seen.cloudflare.and_then(Self::parse).or(peer),
            Some(0) => peer,
            // Too short a list did not come through the proxies: then nobody trustworthy has written it.
            Some(proxies) => seen
                .forwarded
                .and_then(|list| list.rsplit(',').nth(proxies.saturating_sub(1)))
                .and_then(Self::parse)
                .or(peer),
        }
    }

    /// An address as a header or a runtime writes it: with or without a port, with or without brackets.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let bare = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text);
        let parsed = bare.parse::<IpAddr>().ok().or_else(|| text.parse::<SocketAddr>().ok().map(|at| at.ip()));
        parsed.map(|address| Self(address.to_canonical()))
    }

    /// As a number.
    #[must_use]
    pub fn ip(self) -> IpAddr {
        self.0
    }

    /// What is counted as one sender: an IPv4 address, or an IPv6 network of 64 bits, which is what one household or
    /// server gets and can change the rest of at will.
    #[must_use]
    pub fn sender(self) -> Self {
        match self.0 {
            IpAddr::V4(address) => Self(IpAddr::V4(address)),
            IpAddr::V6(address) => {
                let network = address.to_bits() >> 64 << 64;
                Self(IpAddr::V6(Ipv6Addr::from_bits(network)))
            }
        }
    }

    /// Nobody's address: all whose address is not known are counted together.
    #[must_use]
    pub fn unknown() -> Self {
        Self(IpAddr::V4(Ipv4Addr::UNSPECIFIED))
    }
}

impl fmt::Display for Address {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn of(peer: &str, cloudflare: &str, forwarded: &str, proxies: Option<usize>) -> String {
        let some = |text| Some(text).filter(|text: &&str| !text.is_empty());
        let seen = Seen { peer: some(peer), cloudflare: some(cloudflare), forwarded: some(forwarded) };
        Address::of(seen, proxies).map_or("nobody".into(), |address| address.to_string())
    }

    #[test]
    fn a_header_counts_only_from_whom_the_host_trusts() {
        let (peer, forged) = ("127.0.0.1:4711", "6.6.6.6");
        assert_eq!(of(peer, "203.0.113.7", forged, None), "203.0.113.7", "Cloudflare's own word");
        assert_eq!(of(peer, forged, forged, Some(0)), "127.0.0.1", "no proxy: nobody's word");
        assert_eq!(of(peer, forged, "6.6.6.6, 203.0.113.7", Some(1)), "203.0.113.7", "what the proxy appended");
        assert_eq!(of(peer, forged, "6.6.6.6,203.0.113.7,198.51.100.2", Some(2)), "203.0.113.7");
        assert_eq!(of(peer, forged, "203.0.113.7", Some(2)), "127.0.0.1", "it did not come through both");
        assert_eq!(of(peer, forged, "", Some(1)), "127.0.0.1", "it did not come through the proxy");
        assert_eq!(of(peer, "", "6.6.6.6, rubbish", Some(1)), "127.0.0.1");
        assert_eq!(of("", "", "", None), "nobody");
    }

    #[test]
    fn every_usual_spelling_is_read() {
        for (text, read) in [
            ("203.0.113.7", "203.0.113.7"),
            (" 203.0.113.7:443 ", "203.0.113.7"),
            ("2001:db8::1", "2001:db8::1"),
            ("[2001:db8::1]", "2001:db8::1"),
            ("[2001:db8::1]:443", "2001:db8::1"),
            ("::ffff:203.0.113.7", "203.0.113.7"),
        ] {
            assert_eq!(Address::parse(text).unwrap().to_string(), read);
        }
        for text in ["", "unknown", "_hidden", "1.2.3", "unix:", "203.0.113.7, 1.1.1.1"] {
            assert_eq!(Address::parse(text), None, "{text}");
        }
    }

    #[test]
    fn all_addresses_of_one_ipv6_network_are_one_sender() {
        let sender = |text| Address::parse(text).unwrap().sender();
        assert_eq!(sender("2001:db8:1:2::1"), sender("2001:db8:1:2:ffff:ffff:ffff:ffff"));
        assert_ne!(sender("2001:db8:1:2::1"), sender("2001:db8:1:3::1"));
        assert_ne!(sender("203.0.113.7"), sender("203.0.113.8"));
        assert_eq!(sender("::ffff:203.0.113.7"), sender("203.0.113.7"));
    }
}
