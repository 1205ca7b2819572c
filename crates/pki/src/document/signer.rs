//! Whether a certificate is one to sign identity cards' security objects with, at an instant (ICAO 9303-12 §7.1, table 6;
//! `[cie §4.4]`).
//!
//! A country signer's certificates sign passports, lists and other things too: a key that was stolen from those must not
//! make an identity card.
//!
//! Not here: the path above it.

use x509_cert::der::Decode as _;
use x509_cert::der::asn1::{GeneralizedTime, ObjectIdentifier};
use x509_cert::ext::pkix::PrivateKeyUsagePeriod;
use x509_cert::name::Name;

use crate::der_reader::{DerReader, NotDer, tag};
use crate::{Certificate, PublicKey, Timestamp};

/// The shortest RSA key of a signer, in bits.
const BITS_MIN: usize = 2048;
/// The extension that lists the kinds of document (ICAO 9303-12 §7.1.1.6).
const DOCUMENT_TYPES: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.23.136.1.1.6.2");
/// Identity cards, by the first letter of their machine-readable zone.
const IDENTITY_CARD: &[u8] = b"C";
const COUNTRY_NAME: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.6");
const ITALY: &str = "IT";

/// Says what is against it.
pub(super) fn check_use(signer: &Certificate, at: Timestamp) -> Result<(), &'static str> {
    if signer.is_ca() || !signer.may_sign_challenges() {
        return Err("its key is not for signatures");
    }
    if !signer.extended_key_usages().is_empty() {
        return Err("its key is for another use");
    }
    if !matches!(signer.key(), PublicKey::Rsa { bits, .. } if *bits >= BITS_MIN) {
        return Err("its key is not RSA of 2048 bits or more");
    }
    let certificate = x509_cert::Certificate::from_der(signer.der()).map_err(|_| "it is malformed")?;
    let fields = certificate.tbs_certificate();
    if ![fields.subject(), fields.issuer()].into_iter().all(is_of_italy) {
        return Err("it is another country's");
    }
    let mut extensions = fields.extensions().into_iter().flatten();
    if let Some(types) = extensions.find(|extension| extension.extn_id == DOCUMENT_TYPES)
        && lists_identity_cards(types.extn_value.as_bytes()) != Ok(true)
    {
        return Err("it is for other documents");
    }
    let period = fields.get_extension::<PrivateKeyUsagePeriod>();
    match period.map_err(|_| "the period of its key is malformed")? {
        Some((_, period)) => check_period(&period, at),
        None => Ok(()),
    }
}

/// Whether a name has Italy for its country, and no other.
fn is_of_italy(name: &Name) -> bool {
    let mut countries = name
        .iter_rdn()
        .flat_map(|part| part.iter())
        .filter(|attribute| attribute.oid == COUNTRY_NAME)
        .peekable();
    countries.peek().is_some()
        && countries.all(|country| country.value.value().eq_ignore_ascii_case(ITALY.as_bytes()))
}

/// `SEQUENCE { version INTEGER, SET OF PrintableString }`.
fn lists_identity_cards(bytes: &[u8]) -> Result<bool, NotDer> {
    let mut outer = DerReader::new(bytes);
    let mut list = outer.enter(tag::SEQUENCE)?;
    outer.end()?;
    list.expect(tag::INTEGER)?;
    let mut types = list.enter(tag::SET)?;
    list.end()?;
    let mut is_listed = false;
    while !types.is_empty() {
        is_listed |= types.expect(tag::PRINTABLE_STRING)?.content == IDENTITY_CARD;
    }
    Ok(is_listed)
}

/// Nothing can have been signed by a key before its use began; documents outlive the end of it.
fn check_period(period: &PrivateKeyUsagePeriod, at: Timestamp) -> Result<(), &'static str> {
    let instant = |time: GeneralizedTime| {
        i64::try_from(time.to_unix_duration().as_secs())
            .ok()
            .and_then(|seconds| Timestamp::from_second(seconds).ok())
            .ok_or("the period of its key is malformed")
    };
    let from = period.not_before.map(instant).transpose()?;
    let to = period.not_after.map(instant).transpose()?;
    match (from, to) {
        (Some(from), Some(to)) if from > to => Err("the period of its key is malformed"),
        (Some(from), _) if at < from => Err("its key is not in use yet"),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SecurityObject;

    fn signer(from: &[u8], to: &[u8]) -> Certificate {
        let path = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../../fixtures/cards/cie-nxp/ef-1006.bin"
        );
        let object = SecurityObject::parse(&std::fs::read(path).unwrap()).unwrap();
        let mut der = object.signer().der().to_vec();
        while let Some(at) = der.windows(from.len()).position(|part| part == from) {
            der.splice(at..at + from.len(), to.iter().copied());
        }
        Certificate::parse(&der).unwrap()
    }

    #[test]
    fn signers_of_other_documents_and_of_other_countries_are_refused() {
        let at = "2026-01-01T00:00:00Z".parse().unwrap();
        let types = [0x31, 0x03, 0x13, 0x01, b'C'];
        for (from, to, expected) in [
            (&[][..0], &[][..], Ok(())),
            (
                &types,
                &[0x31, 0x03, 0x13, 0x01, b'P'],
                Err("it is for other documents"),
            ),
            (
                &types,
                &[0x31, 0x03, 0x0C, 0x01, b'C'],
                Err("it is for other documents"),
            ),
            (
                &types,
                &[0x31, 0x03, 0x13, 0x02, b'C'],
                Err("it is for other documents"),
            ),
            (b"\x13\x02IT", b"\x13\x02FR", Err("it is another country's")),
            (b"\x13\x02IT", b"\x13\x02it", Ok(())),
        ] {
            let signer = if from.is_empty() {
                signer(&[0xFF; 9], &[])
            } else {
                signer(from, to)
            };
            assert_eq!(check_use(&signer, at), expected, "{to:02X?}");
        }
    }
}
