//! Addresses to fetch from, and what servers say in headers about where and when.
//!
//! The first line is an address, the second a redirect from there; all of it is a host for the list of those that may be
//! asked, a `Retry-After` and a pair of validators.

use std::net::IpAddr;

use varco_trust_store::fetch::{
    ADDRESS_LENGTH_MAX, AllowedHost, Backoff, FetchAddress, FetchRules, Host, Reach, RetryAfter, Scheme,
    Validators, why_not_public,
};

/// What is read is written so that it is read the same again; nothing shown controls a display or tells a query.
pub fn target(data: &[u8]) {
    addresses_of_bytes(data);
    let Ok(text) = str::from_utf8(data) else {
        return;
    };
    let mut lines = text.lines();
    let first = lines.next().unwrap_or_default();
    match FetchAddress::parse(first) {
        Ok(address) => {
            holds(&address);
            if let Ok(next) = address.join(lines.next().unwrap_or_default()) {
                holds(&next);
            }
        }
        Err(fault) => assert!(fault.code().starts_with("fetch-")),
    }
    if let Ok(host) = AllowedHost::parse(first) {
        let rules = FetchRules::new([host]);
        let Ok(address) = FetchAddress::parse(&format!("http://{first}")) else {
            panic!("a host that may be asked and is in no address");
        };
        assert_eq!(rules.check(&address), Ok(Reach::Public));
    }
    let validators = Validators::new(Some(first), lines.next());
    for value in [validators.etag(), validators.last_modified()]
        .into_iter()
        .flatten()
    {
        assert!(value.bytes().all(|byte| (b' '..0x7F).contains(&byte)));
    }
    if let Some(retry_after) = RetryAfter::parse(first) {
        let now = "2026-11-25T12:00:00Z".parse().unwrap();
        let mut backoff = Backoff::default();
        backoff.failed(now, Some(retry_after));
        let wait = backoff.not_before().unwrap().as_second() - now.as_second();
        assert!((30..=86_400).contains(&wait));
        assert!(backoff.check(now).is_err());
    }
}

/// What holds for every address that was read.
fn holds(address: &FetchAddress) {
    let url = address.to_url();
    assert!(url.bytes().all(|byte| byte.is_ascii_graphic()) && url.len() <= ADDRESS_LENGTH_MAX + 16);
    if url.len() <= ADDRESS_LENGTH_MAX {
        assert_eq!(FetchAddress::parse(&url).as_ref(), Ok(address));
    }
    let shown = address.to_string();
    assert!(!shown.contains(['?', '#']) && shown.chars().all(|letter| letter.is_ascii_graphic()));
    assert!(matches!(address.scheme(), Scheme::Http | Scheme::Https) && address.port() != 0);
    match address.host() {
        // No resolver may take it for a number, whatever forms it knows.
        Host::Name(name) => {
            let last = name.rsplit('.').next().unwrap();
            assert!(name.parse::<IpAddr>().is_err() && last.parse::<u64>().is_err());
            assert_eq!(*name, name.to_ascii_lowercase());
        }
        Host::V4(host) => assert_eq!(Host::parse(&host.to_string()), Ok(Host::V4(*host))),
        Host::V6(host) => assert_eq!(Host::parse(&format!("[{host}]")), Ok(Host::V6(*host))),
    }
    assert!(
        FetchRules::default().check(address).is_err(),
        "an empty list allows nothing"
    );
    let rules = FetchRules::new([AllowedHost::of(address)]);
    assert_eq!(rules.check(address), Ok(Reach::Public));
}

/// The standard library knows some of the addresses that are not public: those are never taken for public.
fn addresses_of_bytes(data: &[u8]) {
    if let Some(octets) = data.first_chunk::<4>() {
        let address = std::net::Ipv4Addr::from(*octets);
        let is_inside = address.is_private()
            || address.is_loopback()
            || address.is_link_local()
            || address.is_multicast()
            || address.is_broadcast()
            || address.is_documentation()
            || address.is_unspecified();
        assert!(!is_inside || why_not_public(address.into()).is_some());
        assert!(why_not_public(address.to_ipv6_mapped().into()).is_some());
    }
    if let Some(octets) = data.first_chunk::<16>() {
        let address = std::net::Ipv6Addr::from(*octets);
        let is_inside = address.is_unique_local()
            || address.is_loopback()
            || address.is_unicast_link_local()
            || address.is_multicast()
            || address.is_unspecified()
            || address.to_ipv4_mapped().is_some();
        assert!(!is_inside || why_not_public(address.into()).is_some());
    }
}

/// One of each.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    [
        "http://ldap.cie.interno.gov.it/ciesubca1.crl\n/new/ciesubca1.crl",
        "https://ocsp.example:8443/a/b?x=%20\n../c#d",
        "http://crl.example/a.crl\nhttps://mirror.example/a.crl",
        "http://crl.example/a.crl\n//mirror.example:8080",
        "http://[2001:db8::1]:80/\n?x",
        "http://192.0.2.7/\n./../..",
        "http://0x7f.1/",
        "http://user:word@127.0.0.1/",
        "crl.example:8080",
        "[::1]:80",
        "120",
        "Wed, 25 Nov 2026 07:28:00 GMT",
        "W/\"v1\"\nWed, 25 Nov 2026 07:28:00 GMT",
    ]
    .map(|text| text.as_bytes().to_vec())
    .to_vec()
}
