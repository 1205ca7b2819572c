//! The dump behind `varco cert --text`.
//!
//! It shows what a person checks on a card's certificate, not every byte: unknown extensions are named only.

use std::fmt::Write as _;

use super::{Certificate, PublicKey, SignatureHash, hex, name};

/// Names of object identifiers that appear on CNS certificates.
const KNOWN: &[(&str, &str)] = &[
    ("1.3.76.16.2.1", "CNS authentication"),
    ("1.3.159.6.1.3.2.10", "CNS authentication, Lombardy"),
    ("1.3.76.12.1.1.10.2.2.10", "CNS authentication, Lombardy"),
    ("1.3.76.47.4", "CIE authentication"),
    ("2.5.29.32.0", "any policy"),
    ("1.3.6.1.5.5.7.3.2", "TLS client authentication"),
    ("1.3.6.1.5.5.7.3.4", "e-mail protection"),
    ("1.3.6.1.4.1.311.20.2.2", "smart-card logon"),
];

pub(super) fn dump(certificate: &Certificate) -> String {
    let mut text = String::new();
    let hash = match certificate.signature_hash() {
        SignatureHash::Sha1 => "SHA-1",
        SignatureHash::Sha256 => "SHA-256",
        SignatureHash::Sha384 => "SHA-384",
        SignatureHash::Sha512 => "SHA-512",
        SignatureHash::Other => "not named",
    };
    let lines = [
        ("Subject", certificate.subject().to_owned()),
        ("Issuer", certificate.issuer().to_owned()),
        ("Serial number", certificate.serial_hex()),
        ("Not before", certificate.not_before().to_string()),
        ("Not after", certificate.not_after().to_string()),
        ("Public key", key(certificate.key())),
        ("Key SHA-256", hex(&certificate.key_sha256())),
        ("Signature hash", hash.to_owned()),
        (
            "Authority",
            if certificate.is_ca() { "yes" } else { "no" }.to_owned(),
        ),
        ("Key usage", key_usage(certificate)),
        (
            "Extended key usage",
            identifiers(certificate.extended_key_usages()),
        ),
        ("Policies", identifiers(certificate.policies())),
        ("SHA-256", hex(&certificate.sha256())),
        ("Length", format!("{} bytes", certificate.der().len())),
    ];
    for (label, value) in lines {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{label:<19} {}", visible(&value));
    }
    text
}

fn key(key: &PublicKey) -> String {
    match key {
        PublicKey::Rsa { bits, exponent, .. } => format!("RSA {bits} bits, exponent {}", hex(exponent)),
        PublicKey::Ec { curve, .. } => format!("elliptic curve {curve}"),
        PublicKey::Other { algorithm } => format!("algorithm {algorithm}"),
    }
}

/// Names of the key usage bits, in the order of RFC 5280 §4.2.1.3.
fn key_usage(certificate: &Certificate) -> String {
    const NAMES: [&str; 9] = [
        "digitalSignature",
        "nonRepudiation",
        "keyEncipherment",
        "dataEncipherment",
        "keyAgreement",
        "keyCertSign",
        "cRLSign",
        "encipherOnly",
        "decipherOnly",
    ];
    let Some(bits) = certificate.0.fields.key_usage else {
        return "not stated".to_owned();
    };
    let set: Vec<&str> = NAMES
        .iter()
        .enumerate()
        .filter(|(bit, _)| bits >> bit & 1 == 1)
        .map(|(_, name)| *name)
        .collect();
    set.join(", ")
}

fn identifiers(dotted: &[String]) -> String {
    if dotted.is_empty() {
        return "none".to_owned();
    }
    let named: Vec<String> = dotted
        .iter()
        .map(|oid| match KNOWN.iter().find(|(known, _)| known == oid) {
            Some((_, name)) => format!("{oid} ({name})"),
            None => oid.clone(),
        })
        .collect();
    named.join(", ")
}

fn visible(value: &str) -> String {
    let mut text = String::with_capacity(value.len());
    value
        .chars()
        .for_each(|character| name::push_visible(&mut text, character));
    text
}
