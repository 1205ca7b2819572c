//! Which addresses belong to the public Internet.
//!
//! A name that a certificate brings could lead into the network of whoever fetches: to a router's page, to the
//! metadata service of a cloud, to a program on the same machine. The tables are those of the IANA special-purpose
//! registries (RFC 6890, as updated by RFC 8190) and of what is set aside for multicast.
//!
//! Not here: which hosts may be asked at all (`rules`), and names (`look_up`).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// A block of IPv4: its first address, the length of its prefix, why it is not public.
type Block4 = ([u8; 4], u32, &'static str);
/// A block of IPv6, likewise.
type Block6 = ([u16; 8], u32, &'static str);

/// Every block of IPv4 that is not global unicast. Of 192.0.0.0/24 the registry calls two addresses global (PCP and
/// TURN anycast, RFC 7723 and RFC 8155): no list is published there, so they stay in.
const BLOCKS_4: &[Block4] = &[
    ([0, 0, 0, 0], 8, "this network (RFC 791)"),
    ([10, 0, 0, 0], 8, "private (RFC 1918)"),
    ([100, 64, 0, 0], 10, "shared by a provider (RFC 6598)"),
    ([127, 0, 0, 0], 8, "loopback (RFC 1122)"),
    ([169, 254, 0, 0], 16, "link local (RFC 3927)"),
    ([172, 16, 0, 0], 12, "private (RFC 1918)"),
    ([192, 0, 0, 0], 24, "protocol assignments (RFC 6890)"),
    ([192, 0, 2, 0], 24, "documentation (RFC 5737)"),
    ([192, 31, 196, 0], 24, "AS112 (RFC 7535)"),
    ([192, 52, 193, 0], 24, "AMT (RFC 7450)"),
    ([192, 88, 99, 0], 24, "6to4 relays (RFC 7526)"),
    ([192, 168, 0, 0], 16, "private (RFC 1918)"),
    ([192, 175, 48, 0], 24, "AS112 (RFC 7534)"),
    ([198, 18, 0, 0], 15, "benchmarking (RFC 2544)"),
    ([198, 51, 100, 0], 24, "documentation (RFC 5737)"),
    ([203, 0, 113, 0], 24, "documentation (RFC 5737)"),
    ([224, 0, 0, 0], 4, "multicast (RFC 5771)"),
    ([240, 0, 0, 0], 4, "reserved or broadcast (RFC 1112, RFC 919)"),
];

/// Where global unicast of IPv6 is given out today (RFC 3587). What is outside is not public.
const GLOBAL_6: ([u16; 8], u32) = ([0x2000, 0, 0, 0, 0, 0, 0, 0], 3);

/// The blocks in it that are not.
const BLOCKS_6: &[Block6] = &[
    // Teredo, benchmarking, AMT, ORCHID and the rest of the protocol assignments.
    (
        [0x2001, 0, 0, 0, 0, 0, 0, 0],
        23,
        "protocol assignments (RFC 2928)",
    ),
    ([0x2001, 0x0DB8, 0, 0, 0, 0, 0, 0], 32, "documentation (RFC 3849)"),
    // An IPv4 address is inside: a private one would be reached by a relay.
    ([0x2002, 0, 0, 0, 0, 0, 0, 0], 16, "6to4 (RFC 3056)"),
    ([0x2620, 0x004F, 0x8000, 0, 0, 0, 0, 0], 48, "AS112 (RFC 7534)"),
    ([0x3FFF, 0, 0, 0, 0, 0, 0, 0], 20, "documentation (RFC 9637)"),
];

/// Addresses by which a network without IPv4 reaches IPv4 (RFC 6052): as public as the address inside.
const NAT64: ([u16; 8], u32) = ([0x0064, 0xFF9B, 0, 0, 0, 0, 0, 0], 96);

/// Why this address is not of the public Internet. None where it is.
#[must_use]
pub fn why_not_public(address: IpAddr) -> Option<&'static str> {
    match address {
        IpAddr::V4(address) => not_public_4(address),
        IpAddr::V6(address) => not_public_6(address),
    }
}

fn not_public_4(address: Ipv4Addr) -> Option<&'static str> {
    BLOCKS_4
        .iter()
        .find(|(first, length, _)| is_in_4(address, *first, *length))
        .map(|(_, _, why)| *why)
}

fn not_public_6(address: Ipv6Addr) -> Option<&'static str> {
    if is_in_6(address, NAT64.0, NAT64.1) {
        let [.., a, b, c, d] = address.octets();
        return not_public_4(Ipv4Addr::new(a, b, c, d));
    }
    if !is_in_6(address, GLOBAL_6.0, GLOBAL_6.1) {
        return Some(outside_global_6(address));
    }
    BLOCKS_6
        .iter()
        .find(|(first, length, _)| is_in_6(address, *first, *length))
        .map(|(_, _, why)| *why)
}

/// The word for what lies outside the global block: only the word depends on it, not the refusal.
fn outside_global_6(address: Ipv6Addr) -> &'static str {
    if address.is_loopback() {
        "loopback (RFC 4291)"
    } else if address.to_ipv4_mapped().is_some() {
        "IPv4 in IPv6 clothes (RFC 4291)"
    } else if address.is_unique_local() {
        "private (RFC 4193)"
    } else if address.is_unicast_link_local() {
        "link local (RFC 4291)"
    } else if address.is_multicast() {
        "multicast (RFC 4291)"
    } else {
        "not global unicast (RFC 4291)"
    }
}

fn is_in_4(address: Ipv4Addr, first: [u8; 4], prefix_bits: u32) -> bool {
    let rest = 32_u32.saturating_sub(prefix_bits);
    let differing = address.to_bits() ^ u32::from_be_bytes(first);
    differing.checked_shr(rest).unwrap_or(0) == 0
}

fn is_in_6(address: Ipv6Addr, first: [u16; 8], prefix_bits: u32) -> bool {
    let rest = 128_u32.saturating_sub(prefix_bits);
    let differing = address.to_bits() ^ Ipv6Addr::from(first).to_bits();
    differing.checked_shr(rest).unwrap_or(0) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_public(text: &str) -> bool {
        why_not_public(text.parse().unwrap()).is_none()
    }

    #[test]
    fn addresses_of_the_public_internet_are_public() {
        for text in [
            "1.1.1.1",
            "9.255.255.255",
            "11.0.0.0",
            "100.63.255.255",
            "100.128.0.0",
            "172.15.255.255",
            "172.32.0.0",
            "192.0.1.0",
            "198.20.0.0",
            "223.255.255.255",
            "2001:200::1",
            "2a00:1450:4002::8",
            "2606:4700::1111",
            "64:ff9b::101:101",
        ] {
            assert!(is_public(text), "{text}");
        }
    }

    #[test]
    fn both_ends_of_every_block_of_ipv4_are_not_public() {
        for (first, length, why) in BLOCKS_4 {
            let low = u32::from_be_bytes(*first);
            let high = low | (u32::MAX >> length);
            for bits in [low, high] {
                let address = IpAddr::V4(Ipv4Addr::from_bits(bits));
                assert_eq!(why_not_public(address), Some(*why), "{address}");
            }
        }
    }

    #[test]
    fn what_leads_inward_by_ipv6_is_not_public() {
        for text in [
            "::",
            "::1",
            "::127.0.0.1",
            "::ffff:10.0.0.1",
            "::ffff:1.1.1.1",
            "64:ff9b::10.0.0.1",
            "64:ff9b::169.254.169.254",
            "64:ff9b:1::1",
            "100::1",
            "2001::1",
            "2001:db8::1",
            "2002:7f00:1::1",
            "2002:a00:1::",
            "2620:4f:8000::1",
            "3fff::1",
            "4000::1",
            "5f00::1",
            "fc00::1",
            "fdff::1",
            "fe80::1",
            "fec0::1",
            "ff02::1",
        ] {
            assert!(!is_public(text), "{text}");
        }
    }

    #[test]
    fn the_metadata_service_of_clouds_is_not_public() {
        assert_eq!(
            why_not_public("169.254.169.254".parse().unwrap()),
            Some("link local (RFC 3927)")
        );
    }
}
