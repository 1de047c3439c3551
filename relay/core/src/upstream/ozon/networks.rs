//! Where Ozon's push notifications come from (UPSTREAMS 1.7). They are not signed, so this and the secret in the address are
//! all that vouches for them.

use std::net::{IpAddr, Ipv4Addr};

/// A network and the bits of its prefix.
const NETWORKS: [(Ipv4Addr, u32); 3] =
    [(Ipv4Addr::new(195, 34, 21, 0), 24), (Ipv4Addr::new(185, 73, 192, 0), 22), (Ipv4Addr::new(91, 223, 93, 0), 24)];

/// Whether the address is one of Ozon's. An IPv4 address written as IPv6 counts as what it is; Ozon has no IPv6 of its own.
#[must_use]
pub fn is_ozons(address: IpAddr) -> bool {
    let IpAddr::V4(address) = address.to_canonical() else { return false };
    NETWORKS.iter().any(|(network, bits)| {
        let mask = u32::MAX << 32_u32.saturating_sub(*bits).min(31);
        address.to_bits() & mask == network.to_bits()
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn each_network_is_ozons_from_its_first_address_to_its_last_and_not_one_further() {
        for (before, first, last, after) in [
            ("195.34.20.255", "195.34.21.0", "195.34.21.255", "195.34.22.0"),
            ("185.73.191.255", "185.73.192.0", "185.73.195.255", "185.73.196.0"),
            ("91.223.92.255", "91.223.93.0", "91.223.93.255", "91.223.94.0"),
        ] {
            for (address, expected) in [(before, false), (first, true), (last, true), (after, false)] {
                assert_eq!(is_ozons(address.parse().unwrap()), expected, "{address}");
                let mapped = format!("::ffff:{address}");
                assert_eq!(is_ozons(mapped.parse().unwrap()), expected, "{mapped}");
            }
        }
    }

    #[test]
    fn other_addresses_are_not() {
        for address in ["0.0.0.0", "255.255.255.255", "127.0.0.1", "::1", "2001:db8::c322:1500", "::c322:1500"] {
            assert!(!is_ozons(address.parse().unwrap()), "{address}");
        }
    }
}
