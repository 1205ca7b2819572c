//! Addresses good, odd and hostile.

use super::*;

fn url(text: &str) -> String {
    FetchAddress::parse(text).unwrap().to_url()
}

fn fault(text: &str) -> AddressFault {
    FetchAddress::parse(text).unwrap_err()
}

#[test]
fn addresses_of_real_authorities_are_read() {
    for text in [
        "http://ldap.cie.interno.gov.it/ciesubca1.crl",
        "http://cns.postecert.poste.it/pi-cns-ts/regionetoscana/crl.crl",
        "http://crl.arubapec.it/ArubaPECSpACertificationAuthorityC/LatestCRL.crl?x=1&y=%20",
        "https://ocsp.cie.interno.gov.it/",
        "http://crl.example:8080/a",
        "https://[2001:db8::1]:8443/a",
    ] {
        assert_eq!(url(text), text);
    }
}

#[test]
fn what_means_the_same_is_written_the_same() {
    assert_eq!(url("HTTP://CRL.Example"), "http://crl.example/");
    assert_eq!(url("http://crl.example:80/A"), "http://crl.example/A");
    assert_eq!(url("https://crl.example:443?q"), "https://crl.example/?q");
    assert_eq!(url("http://[0:0::1]/"), "http://[::1]/");
    assert_eq!(url("http://crl.example:00080/"), "http://crl.example/");
}

#[test]
fn other_ways_than_http_are_refused() {
    for text in [
        "ldap://ldap.example/cn=x",
        "file:///etc/passwd",
        "ftp://x/",
        "//x/",
        "/x",
        "",
        "http:/x",
        "javascript:x",
    ] {
        assert_eq!(fault(text), AddressFault::Scheme, "{text}");
    }
}

#[test]
fn a_user_in_an_address_is_refused() {
    for text in [
        "http://user@crl.example/",
        "http://user:secret@crl.example/",
        "http://allowed.example@127.0.0.1/",
        "http://@x/",
    ] {
        assert_eq!(fault(text), AddressFault::UserInfo, "{text}");
    }
}

#[test]
fn numbers_that_resolvers_read_differently_are_refused() {
    for host in [
        "0x7f.1",
        "2130706433",
        "0177.0.0.1",
        "127.1",
        "127.0.0.01",
        "0x7f000001",
        "1.2.3.4.5",
        "256.0.0.1",
        "a.0x",
        "127.0.0.0X1",
    ] {
        assert_eq!(
            fault(&format!("http://{host}/")),
            AddressFault::NumericHost,
            "{host}"
        );
    }
    assert_eq!(
        Host::parse("127.0.0.1").unwrap(),
        Host::V4(Ipv4Addr::new(127, 0, 0, 1))
    );
}

#[test]
fn hosts_in_odd_clothes_are_refused() {
    for host in [
        "",
        ".",
        "a.",
        ".a",
        "a..b",
        "-a.b",
        "a-.b",
        "a_b.c",
        "a%2eb",
        "[::1",
        "a]",
        "[fe80::1%25eth0]",
        "[::1]x",
        "[127.0.0.1]",
        "a*b",
    ] {
        assert_eq!(fault(&format!("http://{host}/")), AddressFault::Host, "{host}");
    }
    assert_eq!(fault(&format!("http://{}/", "a".repeat(64))), AddressFault::Host);
    assert_eq!(
        fault(&format!("http://{}a/", "a.".repeat(127))),
        AddressFault::Host
    );
}

#[test]
fn ports_are_plain_numbers() {
    for port in ["", "0", "65536", "+80", "-1", "80:80", "8a", "000080"] {
        assert_eq!(
            fault(&format!("http://a.example:{port}/")),
            AddressFault::Port,
            "{port}"
        );
    }
}

#[test]
fn controls_spaces_and_backslashes_are_refused() {
    for text in [
        "http://a.example/ b",
        "http://a.example/\r\nX: y",
        "http://\u{e0}.example/",
    ] {
        assert_eq!(fault(text), AddressFault::Characters, "{text:?}");
    }
    for text in [
        "http://a.example\\b",
        "http://a.example/%0",
        "http://a.example/%zz",
        "http://a.example/<",
    ] {
        assert_eq!(fault(text), AddressFault::Path, "{text:?}");
    }
    assert_eq!(fault("http://a.example/#x"), AddressFault::Fragment);
    assert_eq!(
        fault(&format!("http://a.example/{}", "a".repeat(1024))),
        AddressFault::TooLong
    );
}

#[test]
fn redirects_lead_where_the_standard_says() {
    let from = FetchAddress::parse("https://a.example:8443/lists/old/ca.crl?v=1").unwrap();
    let to = |location: &str| from.join(location).unwrap().to_url();
    assert_eq!(to("http://b.example/x"), "http://b.example/x");
    assert_eq!(to("//b.example/x"), "https://b.example/x");
    assert_eq!(to("/x?y=http://z"), "https://a.example:8443/x?y=http://z");
    assert_eq!(to("new.crl"), "https://a.example:8443/lists/old/new.crl");
    assert_eq!(to("../new.crl#top"), "https://a.example:8443/lists/new.crl");
    assert_eq!(to("../../../../new/./a/.."), "https://a.example:8443/new/");
    assert_eq!(to("?v=2"), "https://a.example:8443/lists/old/ca.crl?v=2");
    for location in [
        "",
        "#x",
        "ldap://x/",
        "mailto:x",
        " /x",
        "/x\u{7f}",
        "http://u@b.example/",
    ] {
        assert!(from.join(location).is_err(), "{location:?}");
    }
}

#[test]
fn a_query_is_not_shown_and_a_long_path_is_cut() {
    let address = FetchAddress::parse("http://a.example/x?token=secret").unwrap();
    assert_eq!(address.to_string(), "http://a.example/x");
    assert_eq!(format!("{address:?}"), "FetchAddress(http://a.example/x)");
    let long = FetchAddress::parse(&format!("http://a.example/{}", "b".repeat(900))).unwrap();
    assert!(long.to_string().len() < 160 && long.to_string().ends_with("b..."));
}
