//! What binds a certificate to the one above it, and what a responder's certificate must allow.
//!
//! Not here: whole paths (`path`); this is for whoever is believed only because one key signed their certificate.

use super::{Certificate, read};
use crate::der_reader::{DerReader, NotDer, tag};
use crate::signed::{SignedFault, Strength};

/// Critical extensions that do not stand against using a certificate: either what they say is asked by name, or nothing
/// asked here can go against it (RFC 5280 §4.2).
const CRITICAL_KNOWN: [&str; 5] = [
    // Key usage, basic constraints, policies, extended key usage.
    "2.5.29.15",
    "2.5.29.19",
    "2.5.29.32",
    "2.5.29.37",
    // That nobody need ask about a responder.
    "1.3.6.1.5.5.7.48.1.5",
];

/// The three parts of a certificate (RFC 5280 §4.1): what is signed and the algorithm, both with their headers, and the
/// signature.
struct Parts<'a> {
    signed: &'a [u8],
    algorithm: &'a [u8],
    signature: &'a [u8],
}

fn parts(der: &[u8]) -> Result<Parts<'_>, NotDer> {
    let mut outer = DerReader::new(der);
    let mut inside = outer.enter(tag::SEQUENCE)?;
    outer.end()?;
    let signed = inside.expect(tag::SEQUENCE)?.raw;
    let algorithm = inside.expect(tag::SEQUENCE)?.raw;
    let signature = match inside.expect(tag::BIT_STRING)?.content {
        [0, signature @ ..] => signature,
        _ => return Err(NotDer),
    };
    inside.end()?;
    Ok(Parts {
        signed,
        algorithm,
        signature,
    })
}

impl Certificate {
    /// That the key of `issuer` signed it, and how strongly. Names and dates are not asked.
    pub(crate) fn is_signed_by(&self, issuer: &Self) -> Result<Strength, SignedFault> {
        let parts = parts(self.der()).map_err(|NotDer| SignedFault::Unsupported)?;
        issuer.has_signed(parts.algorithm, parts.signed, parts.signature)
    }

    /// The part that is signed, with its header.
    pub(crate) fn signed_part(&self) -> Option<&[u8]> {
        parts(self.der()).ok().map(|parts| parts.signed)
    }

    /// SHA-256 of the public key's bits, as [`Certificate::key_sha1`] is their SHA-1.
    pub(crate) fn key_bits_sha256(&self) -> [u8; 32] {
        self.0.fields.key_bits_sha256
    }

    /// Whether its key may sign OCSP responses: it says so, or restricts nothing. Either bit goes with that use (RFC 5280
    /// §4.2.1.12, id-kp-OCSPSigning).
    pub(crate) fn may_sign_responses(&self) -> bool {
        let bits = read::DIGITAL_SIGNATURE | read::NON_REPUDIATION;
        self.0.fields.key_usage.is_none_or(|usage| usage & bits != 0)
    }

    /// Whether it holds a critical extension that nobody here looks at.
    pub(crate) fn has_unknown_critical(&self) -> bool {
        let known = |oid: &String| CRITICAL_KNOWN.contains(&oid.as_str());
        !self.0.fields.critical.iter().all(known)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::{card_certificate, certificate};

    #[test]
    fn a_certificate_is_signed_by_its_issuer_and_by_no_namesake() {
        let card = card_certificate("cns-st");
        assert_eq!(card.is_signed_by(&certificate("ca-cns")), Ok(Strength::Current));
        let namesake = card.is_signed_by(&certificate("ca-untrusted"));
        assert_eq!(namesake, Err(SignedFault::Mismatch));
        let weak = certificate("leaf-weak-signature");
        assert_eq!(weak.is_signed_by(&certificate("ca-cns")), Ok(Strength::Legacy));
    }

    #[test]
    fn a_key_usage_that_cannot_be_read_allows_nothing() {
        let mut der = card_certificate("cns-st").der().to_vec();
        // Key usage: OID, critical, an OCTET STRING of a BIT STRING, whose tag is spoilt.
        let place = der
            .windows(5)
            .position(|five| five == [0x06, 3, 0x55, 0x1D, 0x0F]);
        let bits = place.unwrap() + 10;
        assert_eq!(der[bits], tag::BIT_STRING);
        der[bits] = tag::INTEGER;
        let spoilt = Certificate::parse(&der).unwrap();
        assert!(!spoilt.may_sign_responses() && !spoilt.may_sign_lists() && !spoilt.may_sign_challenges());
        assert!(card_certificate("cns-st").may_sign_responses());
    }
}
