//! The parts of a response: single answers, their names for certificates, extensions, times.
//!
//! Not here: the frame around them (`response`).

use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use super::OcspError::{self, Malformed, UnknownCritical};
use super::oid;
use crate::crl::{RevocationReason, RevokedEntry};
use crate::der_reader::{DerReader, NotDer, tag};
use crate::{Certificate, Timestamp};

/// Most extensions of a response, and of one answer.
const EXTENSIONS_MAX: usize = 16;

/// [0] and [2], implicit NULL; [1], implicit RevokedInfo.
const GOOD: u8 = 0x80;
const REVOKED: u8 = 0xA1;
const UNKNOWN: u8 = 0x82;

/// What a responder says of a certificate (RFC 6960 §2.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OcspStatus {
    /// Not revoked. It need not have been issued.
    Good,
    /// Revoked, or suspended where the reason is [`RevocationReason::CertificateHold`]. Responders may say that of
    /// certificates that were never issued: suspended since 1970 (RFC 6960 §2.2).
    Revoked(RevokedEntry),
    /// The responder does not know it.
    Unknown,
}

/// One answer (RFC 6960 §4.2.1, SingleResponse).
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Single {
    pub(super) id: CertificateId,
    pub(super) said: Said,
}

/// What is said of a certificate, and for when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Said {
    pub(super) status: OcspStatus,
    pub(super) this_update: Timestamp,
    pub(super) next_update: Option<Timestamp>,
}

/// A hash that certificates are named by.
#[derive(Clone, Copy, PartialEq, Eq)]
enum IdHash {
    Sha1,
    Sha256,
    /// Any other: the certificate so named is none that was asked about.
    Other,
}

/// How a response names a certificate (RFC 6960 §4.1.1, CertID).
#[derive(Clone, PartialEq, Eq)]
pub(super) struct CertificateId {
    hash: IdHash,
    issuer_name_hash: Vec<u8>,
    issuer_key_hash: Vec<u8>,
    serial: Vec<u8>,
}

impl CertificateId {
    /// Whether it names this certificate of this issuer.
    pub(super) fn names(&self, certificate: &Certificate, issuer: &Certificate) -> bool {
        if self.serial != certificate.serial() {
            return false;
        }
        let (name, key) = (certificate.issuer_der(), issuer);
        let hashed = |algorithm| ring::digest::digest(algorithm, name);
        match self.hash {
            IdHash::Sha1 => {
                self.issuer_key_hash == key.key_sha1()
                    && self.issuer_name_hash == hashed(&ring::digest::SHA1_FOR_LEGACY_USE_ONLY).as_ref()
            }
            IdHash::Sha256 => {
                self.issuer_key_hash == key.key_bits_sha256()
                    && self.issuer_name_hash == hashed(&ring::digest::SHA256).as_ref()
            }
            IdHash::Other => false,
        }
    }
}

/// The next answer.
pub(super) fn single(reader: &mut DerReader<'_>) -> Result<Single, OcspError> {
    let malformed = |NotDer| Malformed("an answer");
    let mut inside = reader.enter(tag::SEQUENCE).map_err(malformed)?;
    let id = certificate_id(&mut inside).map_err(|NotDer| Malformed("a certificate's identifier"))?;
    let status = status(&mut inside)?;
    let this_update = instant(&mut inside).map_err(|NotDer| Malformed("thisUpdate"))?;
    let next_update = match inside.optional(tag::CONTEXT_0).map_err(malformed)? {
        Some(explicit) => Some(only_instant(explicit.content).map_err(|NotDer| Malformed("nextUpdate"))?),
        None => None,
    };
    if next_update.is_some_and(|next| next < this_update) {
        return Err(Malformed("nextUpdate, before thisUpdate"));
    }
    if let Some(explicit) = inside.optional(tag::CONTEXT_1).map_err(malformed)? {
        extensions(explicit.content)?;
    }
    inside.end().map_err(malformed)?;
    let said = Said {
        status,
        this_update,
        next_update,
    };
    Ok(Single { id, said })
}

fn certificate_id(reader: &mut DerReader<'_>) -> Result<CertificateId, NotDer> {
    let mut inside = reader.enter(tag::SEQUENCE)?;
    let mut algorithm = inside.enter(tag::SEQUENCE)?;
    let hash = match algorithm.expect(tag::OBJECT_IDENTIFIER)?.content {
        oid::SHA1 => IdHash::Sha1,
        oid::SHA256 => IdHash::Sha256,
        _ => IdHash::Other,
    };
    if !algorithm.is_empty() {
        // Parameters: NULL with the hashes known here, anything with others.
        let parameters = algorithm.object()?;
        if hash != IdHash::Other && parameters.raw != [tag::NULL, 0] {
            return Err(NotDer);
        }
        algorithm.end()?;
    }
    let id = CertificateId {
        hash,
        issuer_name_hash: inside.expect(tag::OCTET_STRING)?.content.to_vec(),
        issuer_key_hash: inside.expect(tag::OCTET_STRING)?.content.to_vec(),
        serial: inside.expect(tag::INTEGER)?.content.to_vec(),
    };
    inside.end()?;
    Ok(id)
}

fn status(reader: &mut DerReader<'_>) -> Result<OcspStatus, OcspError> {
    let malformed = |NotDer| Malformed("a certificate's status");
    let object = reader.object().map_err(malformed)?;
    match (object.tag, object.content) {
        (GOOD, []) => Ok(OcspStatus::Good),
        (UNKNOWN, []) => Ok(OcspStatus::Unknown),
        (REVOKED, content) => revoked(content).map(OcspStatus::Revoked).map_err(malformed),
        _ => Err(malformed(NotDer)),
    }
}

/// RevokedInfo. A reason that does not exist is refused, and so is removeFromCRL, which only lists of changes have: whoever
/// read it as "revoked no more" would be wrong.
fn revoked(content: &[u8]) -> Result<RevokedEntry, NotDer> {
    let mut inside = DerReader::new(content);
    let revoked_at = instant(&mut inside)?;
    let reason = match inside.optional(tag::CONTEXT_0)? {
        None => RevocationReason::Unspecified,
        Some(explicit) => {
            let mut explicit = DerReader::new(explicit.content);
            let code = match *explicit.expect(tag::ENUMERATED)?.content {
                [code] => code,
                _ => return Err(NotDer),
            };
            explicit.end()?;
            RevocationReason::from_code(code)
                .filter(|reason| *reason != RevocationReason::RemoveFromCrl)
                .ok_or(NotDer)?
        }
    };
    inside.end()?;
    Ok(RevokedEntry { revoked_at, reason })
}

/// Extensions, given what is inside their tag; gives the value of the nonce. Those known here change nothing of an answer,
/// critical or not; others are passed over unless they are critical (RFC 6960 §4.4).
pub(super) fn extensions(content: &[u8]) -> Result<Option<Vec<u8>>, OcspError> {
    let malformed = |NotDer| Malformed("extensions");
    let mut outer = DerReader::new(content);
    let mut list = outer.enter(tag::SEQUENCE).map_err(malformed)?;
    outer.end().map_err(malformed)?;
    let mut seen: Vec<&[u8]> = Vec::new();
    let mut nonce = None;
    while !list.is_empty() {
        if seen.len() == EXTENSIONS_MAX {
            return Err(Malformed("more than 16 extensions"));
        }
        let (identifier, is_critical, value) = extension(&mut list).map_err(malformed)?;
        if seen.contains(&identifier) {
            return Err(Malformed("an extension that occurs twice"));
        }
        seen.push(identifier);
        match identifier {
            oid::NONCE => nonce = Some(value.to_vec()),
            oid::CRL | oid::ARCHIVE_CUTOFF | oid::EXTENDED_REVOKE => {}
            _ if is_critical => return Err(UnknownCritical),
            _ => {}
        }
    }
    Ok(nonce)
}

/// The next extension: identifier, whether it is critical, value.
fn extension<'a>(list: &mut DerReader<'a>) -> Result<(&'a [u8], bool, &'a [u8]), NotDer> {
    let mut inside = list.enter(tag::SEQUENCE)?;
    let identifier = inside.expect(tag::OBJECT_IDENTIFIER)?.content;
    let is_critical = match inside.optional(tag::BOOLEAN)?.map(|object| object.content) {
        // FALSE is the default and not to be written; there are responders that do.
        None | Some([0x00]) => false,
        Some([0xFF]) => true,
        Some(_) => return Err(NotDer),
    };
    let value = inside.expect(tag::OCTET_STRING)?.content;
    inside.end()?;
    Ok((identifier, is_critical, value))
}

fn only_instant(content: &[u8]) -> Result<Timestamp, NotDer> {
    let mut reader = DerReader::new(content);
    let instant = instant(&mut reader)?;
    reader.end()?;
    Ok(instant)
}

/// A GeneralizedTime in whole seconds of UTC: YYYYMMDDHHMMSSZ (RFC 5280 §4.1.2.5.2). What lies behind the last timestamp there
/// is, on the last day of 9999, is taken for it.
pub(super) fn instant(reader: &mut DerReader<'_>) -> Result<Timestamp, NotDer> {
    let [y1, y2, y3, y4, mo1, mo2, d1, d2, h1, h2, mi1, mi2, s1, s2, b'Z'] =
        *reader.expect(tag::GENERALIZED_TIME)?.content
    else {
        return Err(NotDer);
    };
    let century = two_digits(y1, y2)?;
    let year = i16::from(century) * 100 + i16::from(two_digits(y3, y4)?);
    let civil = DateTime::new(
        year,
        two_digits(mo1, mo2)?,
        two_digits(d1, d2)?,
        two_digits(h1, h2)?,
        two_digits(mi1, mi2)?,
        two_digits(s1, s2)?,
        0,
    );
    let civil = civil.map_err(|_| NotDer)?;
    Ok(TimeZone::UTC.to_timestamp(civil).unwrap_or(Timestamp::MAX))
}

fn two_digits(tens: u8, ones: u8) -> Result<i8, NotDer> {
    let digit = |character: u8| match character {
        b'0'..=b'9' => i8::try_from(character - b'0').map_err(|_| NotDer),
        _ => Err(NotDer),
    };
    Ok(digit(tens)? * 10 + digit(ones)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn time(text: &str) -> Result<Timestamp, NotDer> {
        let length = u8::try_from(text.len()).unwrap();
        let der = [&[tag::GENERALIZED_TIME, length][..], text.as_bytes()].concat();
        only_instant(&der)
    }

    #[test]
    fn times_are_whole_seconds_of_utc() {
        let read = time("20240229235959Z").unwrap();
        assert_eq!(read.to_string(), "2024-02-29T23:59:59Z");
        assert_eq!(time("99991231235959Z").unwrap(), Timestamp::MAX);
        for text in [
            "20230229000000Z",
            "20240229235960Z",
            "20240229240000Z",
            "202402292359Z",
            "20240229235959.5Z",
            "20240229235959+",
            "2024022923595 Z",
            "+0240229235959Z",
            "20240229235959",
            "",
        ] {
            assert!(time(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_reason_that_does_not_exist_or_un_revokes_is_refused() {
        let with_reason = |code: u8| {
            let mut content = b"\x18\x0f20240101000000Z".to_vec();
            content.extend([tag::CONTEXT_0, 3, tag::ENUMERATED, 1, code]);
            revoked(&content).map(|entry| entry.reason)
        };
        assert_eq!(with_reason(6), Ok(RevocationReason::CertificateHold));
        assert_eq!(with_reason(10), Ok(RevocationReason::AaCompromise));
        for code in [7, 8, 11, 0xFF] {
            assert_eq!(with_reason(code), Err(NotDer), "{code}");
        }
    }

    #[test]
    fn critical_extensions_must_be_known_and_none_may_occur_twice() {
        let list = |extensions: &[&[u8]]| {
            let content = extensions.concat();
            let length = u8::try_from(content.len()).unwrap();
            super::extensions(&[&[tag::SEQUENCE, length][..], &content].concat())
        };
        let nonce = [&[0x30, 15, 6, 9][..], oid::NONCE, &[4, 2, 0xAA, 0xBB]].concat();
        let unknown: &[u8] = &[0x30, 7, 6, 1, 0x2A, 4, 2, 1, 1];
        let critical: &[u8] = &[0x30, 10, 6, 1, 0x2B, 1, 1, 0xFF, 4, 2, 1, 1];
        let not_so: &[u8] = &[0x30, 10, 6, 1, 0x2B, 1, 1, 0x00, 4, 2, 1, 1];
        assert_eq!(list(&[&nonce, unknown, not_so]), Ok(Some(vec![0xAA, 0xBB])));
        assert_eq!(list(&[unknown, critical]), Err(UnknownCritical));
        assert_eq!(
            list(&[unknown, unknown]),
            Err(Malformed("an extension that occurs twice"))
        );
        let many: Vec<Vec<u8>> = (0..17).map(|n| vec![0x30, 5, 6, 1, n, 4, 0]).collect();
        let many: Vec<&[u8]> = many.iter().map(Vec::as_slice).collect();
        assert_eq!(list(&many), Err(Malformed("more than 16 extensions")));
        assert_eq!(list(&many[1..]), Ok(None));
    }
}
