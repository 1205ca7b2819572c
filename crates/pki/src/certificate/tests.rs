//! Reading: what a certificate says, and what hostile bytes do.

use super::*;
use crate::tests::{card_certificate, certificate};

#[test]
fn a_cns_certificate_gives_its_parts() {
    let leaf = card_certificate("cns-st");
    assert!(leaf.subject().starts_with("CN=DMNNCL80C14H501S/"));
    assert!(
        leaf.subject().ends_with("OU=Regione Esempio, C=IT"),
        "{}",
        leaf.subject()
    );
    assert!(
        leaf.issuer()
            .starts_with("CN=TEST Regione Esempio - CA Cittadini, OU=")
    );
    assert_eq!(leaf.subject_common_name().unwrap().len(), 62);
    assert_eq!(leaf.serial_hex().len(), 32);
    assert_eq!(leaf.not_before().to_string(), "2025-01-01T00:00:00Z");
    assert_eq!(leaf.not_after().to_string(), "2044-12-31T23:00:00Z");
    assert!(matches!(leaf.key(), PublicKey::Rsa { bits: 2048, exponent, .. } if exponent == &[1, 0, 1]));
    assert_eq!(leaf.signature_hash(), SignatureHash::Sha256);
    assert_eq!(leaf.policies(), ["1.3.76.16.2.1"]);
    assert_eq!(leaf.extended_key_usages()[0], "1.3.6.1.5.5.7.3.2");
    assert!(leaf.may_sign_challenges() && !leaf.may_sign_documents() && !leaf.is_ca());
}

#[test]
fn the_default_card_has_a_certificate_of_usual_length() {
    assert!((1380..=1430).contains(&card_certificate("cns-st").der().len()));
}

#[test]
fn key_hash_tells_keys_apart_and_not_certificates() {
    let (one, other) = (card_certificate("cns-st"), certificate("leaf-without-policy"));
    assert_ne!(one.sha256(), other.sha256());
    assert_eq!(one.key_sha256(), other.key_sha256());
    assert_ne!(
        certificate("ca-cns").key_sha256(),
        certificate("ca-untrusted").key_sha256()
    );
}

#[test]
fn an_rsa_key_has_one_encoding_and_so_one_hash() {
    let der = certificate("ca-cns").der().to_vec();
    let algorithm = [0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x01];
    let place = der.windows(11).position(|eleven| eleven == algorithm).unwrap();
    // The parameters' NULL becomes an empty RELATIVE-OID, OCTET STRING, or context tag: still an RSA key to many.
    for tag in [0x0D, 0x04, 0x80] {
        let mut other = der.clone();
        assert_eq!(other[place + 11..place + 13], [0x05, 0x00]);
        other[place + 11] = tag;
        assert!(
            matches!(Certificate::parse(&other), Err(CertificateError::Malformed(_))),
            "{tag:02X}"
        );
    }
}

#[test]
fn a_key_on_a_curve_has_one_encoding_and_so_one_hash() {
    let der = certificate("ca-ec").der().to_vec();
    let PublicKey::Ec { point, .. } = certificate("ca-ec").key().clone() else {
        panic!("ca-ec has no key on a curve");
    };
    // The point ends in three bits of zero: a BIT STRING that does not count them holds the same bytes.
    assert_eq!(point.last().unwrap() & 0x07, 0);
    let place = der
        .windows(point.len())
        .position(|window| window == point)
        .unwrap();
    for unused in 1..=3 {
        let mut other = der.clone();
        other[place - 1] = unused;
        assert_eq!(
            Certificate::parse(&other),
            Err(CertificateError::Malformed("encoding of the elliptic curve key"))
        );
    }
}

#[test]
fn pem_is_the_same_certificate_in_lines_of_64() {
    let pem = certificate("ca-cns").to_pem();
    let lines: Vec<&str> = pem.lines().collect();
    assert_eq!((lines[0], lines[1].len()), ("-----BEGIN CERTIFICATE-----", 64));
    let der = STANDARD.decode(lines[1..lines.len() - 1].concat()).unwrap();
    assert_eq!(Certificate::parse(&der).unwrap(), certificate("ca-cns"));
    assert!(pem.ends_with("-----END CERTIFICATE-----\n"));
}

#[test]
fn a_dump_lets_no_control_or_direction_character_through() {
    let leaf = certificate("leaf-hostile-name");
    let dump = leaf.to_text();
    assert!(
        dump.contains("\\u{1b}[2J\\u{202e}Nicolò\\u{d}\\u{a}Issuer: CN\\=altro"),
        "{dump}"
    );
    let odd = |c: char| (c.is_control() && c != '\n') || c == '\u{202E}';
    assert!(!dump.contains(odd) && !leaf.subject().contains(odd) && !leaf.subject().contains('\n'));
}

#[test]
fn a_dump_names_what_the_profile_asks_for() {
    let dump = card_certificate("cns-st").to_text();
    for expected in [
        "digitalSignature, keyEncipherment",
        "1.3.76.16.2.1 (CNS authentication)",
        "1.3.6.1.5.5.7.3.2 (TLS client authentication)",
        "RSA 2048 bits",
        "2044-12-31T23:00:00Z",
    ] {
        assert!(dump.contains(expected), "{expected} is not in\n{dump}");
    }
}

#[test]
fn debug_names_nobody() {
    let shown = format!("{:?}", card_certificate("cns-st"));
    assert!(shown.starts_with("Certificate(sha256 ") && shown.len() < 50 && !shown.contains("DMN"));
}

#[test]
fn every_prefix_is_refused() {
    let der = card_certificate("cns-st").der().to_vec();
    for length in 0..der.len() {
        assert_eq!(
            Certificate::parse(&der[..length]),
            Err(CertificateError::Truncated),
            "{length} bytes"
        );
    }
}

#[test]
fn every_prefix_under_a_header_that_fits_is_malformed() {
    let der = card_certificate("cns-st").der().to_vec();
    for length in 260..der.len() {
        let mut cut = der[..length].to_vec();
        cut[2..4].copy_from_slice(&u16::try_from(length - 4).unwrap().to_be_bytes());
        assert!(
            matches!(Certificate::parse(&cut), Err(CertificateError::Malformed(_))),
            "{length} bytes"
        );
    }
}

#[test]
fn a_validity_without_end_is_read() {
    // notAfter as UTCTime, 13 bytes, becomes GeneralizedTime 99991231235959Z, two bytes longer.
    let der = card_certificate("cns-st").der().to_vec();
    let place = der
        .windows(15)
        .position(|part| part == b"\x17\x0D441231230000Z")
        .unwrap();
    let mut longer = [&der[..place], b"\x18\x0F99991231235959Z", &der[place + 15..]].concat();
    for header in [0, 4] {
        let length = u16::from_be_bytes([longer[header + 2], longer[header + 3]]) + 2;
        longer[header + 2..header + 4].copy_from_slice(&length.to_be_bytes());
    }
    longer[place - 16] += 2;
    let certificate = Certificate::parse(&longer).unwrap();
    assert_eq!(certificate.not_after(), Timestamp::MAX);
    assert_eq!(certificate.not_before(), "2025-01-01T00:00:00Z".parse().unwrap());
}

#[test]
fn trailing_bytes_are_refused() {
    let mut der = card_certificate("cns-st").der().to_vec();
    der.push(0);
    assert_eq!(Certificate::parse(&der), Err(CertificateError::TrailingBytes));
}

#[test]
fn a_blank_or_foreign_file_is_not_der() {
    for bytes in [
        vec![0; 2048],
        vec![0xFF; 2048],
        b"\x5A\x82\x05\x00".to_vec(),
        b"-----BEGIN".to_vec(),
    ] {
        assert_eq!(Certificate::parse(&bytes), Err(CertificateError::NotDer));
    }
}

#[test]
fn an_empty_or_filled_sequence_is_malformed() {
    assert!(matches!(
        Certificate::parse(&[0x30, 0]),
        Err(CertificateError::Malformed(_))
    ));
    let mut bytes = vec![0x30; CERTIFICATE_LENGTH_MAX];
    bytes[..4].copy_from_slice(&[0x30, 0x82, 0x3F, 0xFC]);
    assert!(matches!(
        Certificate::parse(&bytes),
        Err(CertificateError::Malformed(_))
    ));
}

#[test]
fn no_flipped_bit_panics_and_none_passes_for_the_original() {
    let original = card_certificate("cns-st");
    for bit in 0..original.der().len() * 8 {
        let mut der = original.der().to_vec();
        der[bit / 8] ^= 1 << (bit % 8);
        if let Ok(changed) = Certificate::parse(&der) {
            assert_ne!(changed.sha256(), original.sha256());
            let _ = (changed.to_text(), changed.to_pem(), format!("{changed:?}"));
        }
    }
}

#[test]
fn an_extension_that_occurs_twice_is_malformed() {
    // Key usage (2.5.29.15) is renamed to extended key usage (2.5.29.37), which is there already.
    let mut der = card_certificate("cns-st").der().to_vec();
    let place = der
        .windows(5)
        .position(|five| five == [0x06, 0x03, 0x55, 0x1D, 0x0F])
        .unwrap();
    der[place + 4] = 0x25;
    assert_eq!(
        Certificate::parse(&der),
        Err(CertificateError::Malformed("an extension that occurs twice"))
    );
}

#[test]
fn differing_inner_and_outer_algorithms_are_refused() {
    // The outer algorithm is the last sha256WithRSAEncryption; made sha384WithRSAEncryption.
    let mut der = card_certificate("cns-st").der().to_vec();
    let oid = [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x0B];
    let place = der.windows(9).rposition(|nine| nine == oid).unwrap();
    der[place + 8] = 0x0C;
    assert_eq!(
        Certificate::parse(&der),
        Err(CertificateError::Ambiguous("signature algorithm"))
    );
}
