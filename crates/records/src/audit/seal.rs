//! Who it was, sealed to the auditor: HPKE (RFC 9180) in base mode, X25519, HKDF-SHA-256, ChaCha20-Poly1305.
//!
//! Not here: the keys (`keys/auditor.rs`), and pseudonyms.

use std::convert::Infallible;
use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hpke::aead::ChaCha20Poly1305;
use hpke::kdf::HkdfSha256;
use hpke::kem::X25519HkdfSha256;
use hpke::rand_core::{TryCryptoRng, TryRng};
use hpke::{Deserializable as _, Kem, OpModeR, OpModeS, Serializable as _};
use serde::{Deserialize, Serialize};
use varco_auth::CodiceFiscale;
use zeroize::Zeroizing;

use super::{AuditError, AuditorKey, AuditorPublicKey, LogId};

/// `info` of HPKE begins so.
const INFO: &str = "varco-audit-sealed 1";
/// The length of what is sealed, whoever it is about.
const PLAIN_LENGTH: usize = 128;
/// The length of an encapsulated key.
const KEY_LENGTH: usize = 32;
/// All of it: the encapsulated key, what is sealed, and the tag.
const SEALED_LENGTH: usize = KEY_LENGTH + PLAIN_LENGTH + 16;

/// What is sealed: a JSON object, filled up with spaces.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Plain<'t> {
    #[serde(borrow)]
    subject: Option<&'t str>,
    #[serde(borrow)]
    acting_for: Option<&'t str>,
}

/// Who it was. Shows nothing of the persons.
#[derive(Clone, PartialEq, Eq)]
pub struct Persons {
    /// Whom the decision is about.
    pub subject: Option<CodiceFiscale>,
    /// For whom that person acts.
    pub acting_for: Option<CodiceFiscale>,
}

impl fmt::Debug for Persons {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Persons")
    }
}

/// Seals who it was, into the record of this number in this log.
pub(super) fn seal(
    auditor: &AuditorPublicKey,
    (log, sequence): (LogId, u64),
    subject: Option<&CodiceFiscale>,
    acting_for: Option<&CodiceFiscale>,
    random: Zeroizing<[u8; 32]>,
) -> Result<String, AuditError> {
    let plain = Plain {
        subject: subject.map(CodiceFiscale::as_str),
        acting_for: acting_for.map(CodiceFiscale::as_str),
    };
    let mut bytes = Zeroizing::new(Vec::with_capacity(PLAIN_LENGTH));
    serde_json::to_writer(&mut *bytes, &plain).map_err(|_| AuditError::Seal)?;
    bytes.resize(PLAIN_LENGTH, b' ');
    let mut drawn = Drawn { random: Some(random) };
    let (key, sealed) = hpke::single_shot_seal_with_rng::<ChaCha20Poly1305, HkdfSha256, X25519HkdfSha256>(
        &OpModeS::Base,
        &auditor.key().map_err(|_| AuditError::Seal)?,
        place(log, sequence).as_bytes(),
        &bytes,
        b"",
        &mut drawn,
    )
    .map_err(|_| AuditError::Seal)?;
    // What was drawn is used once and as a whole, or nothing was sealed.
    if drawn.random.is_some() {
        return Err(AuditError::Seal);
    }
    Ok(STANDARD.encode([key.to_bytes().as_slice(), &sealed].concat()))
}

/// Whether a text is as long as everything that is sealed, and in the form that it has.
pub(super) fn is_sealed(text: &str) -> bool {
    let mut bytes = [0; SEALED_LENGTH.next_multiple_of(3)];
    STANDARD.decode_slice(text, &mut bytes) == Ok(SEALED_LENGTH)
}

/// Opens what was sealed into the record of this number in this log; `None` where it was not sealed to this key, or there.
pub(super) fn open(auditor: &AuditorKey, (log, sequence): (LogId, u64), sealed: &str) -> Option<Persons> {
    let sealed = STANDARD.decode(sealed).ok()?;
    let (key, sealed) = sealed.split_at_checked(KEY_LENGTH)?;
    let key = <X25519HkdfSha256 as Kem>::EncappedKey::from_bytes(key).ok()?;
    let plain = hpke::single_shot_open::<ChaCha20Poly1305, HkdfSha256, X25519HkdfSha256>(
        &OpModeR::Base,
        &auditor.key().ok()?,
        &key,
        place(log, sequence).as_bytes(),
        sealed,
        b"",
    )
    .ok()?;
    let plain = Zeroizing::new(plain);
    let plain: Plain<'_> = serde_json::from_slice(&plain).ok()?;
    let read = |text: Option<&str>| text.map(CodiceFiscale::parse).transpose();
    Some(Persons {
        subject: read(plain.subject).ok()?,
        acting_for: read(plain.acting_for).ok()?,
    })
}

/// `info` of HPKE: a sealed part opens in its own record only. There is no `aad`, which not every library can be given.
fn place(log: LogId, sequence: u64) -> String {
    format!("{INFO} {log} {sequence}")
}

/// A random source of 32 bytes that were drawn before: HPKE takes so many for a key, and once.
struct Drawn {
    random: Option<Zeroizing<[u8; 32]>>,
}

impl TryRng for Drawn {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        self.random = Some([0; 32].into());
        Ok(0)
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        self.try_next_u32().map(u64::from)
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        match self.random.take() {
            Some(random) if bytes.len() == random.len() => bytes.copy_from_slice(random.as_slice()),
            // Not what was agreed: the marker is set back, and `seal` refuses.
            _ => self.random = Some([0; 32].into()),
        }
        Ok(())
    }
}

impl TryCryptoRng for Drawn {}

#[cfg(test)]
mod tests {
    use super::*;

    fn log(byte: u8) -> LogId {
        LogId::from_bytes([byte; 16])
    }

    fn person(text: &str) -> CodiceFiscale {
        CodiceFiscale::parse(text).unwrap()
    }

    fn sealed(subject: Option<&CodiceFiscale>, acting_for: Option<&CodiceFiscale>) -> (AuditorKey, String) {
        let auditor = AuditorKey::from_bytes([5; 32].into());
        let public = auditor.public().unwrap();
        let sealed = seal(&public, (log(1), 7), subject, acting_for, [6; 32].into()).unwrap();
        (auditor, sealed)
    }

    #[test]
    fn what_is_sealed_opens_in_its_own_record_only() {
        let subject = person("DMNNCL80C14H501S");
        let (auditor, sealed) = sealed(Some(&subject), None);
        let persons = open(&auditor, (log(1), 7), &sealed).unwrap();
        assert_eq!((persons.subject, persons.acting_for), (Some(subject), None));
        assert!(open(&auditor, (log(1), 8), &sealed).is_none(), "another record");
        assert!(open(&auditor, (log(2), 7), &sealed).is_none(), "another log");
        let other = AuditorKey::from_bytes([6; 32].into());
        assert!(open(&other, (log(1), 7), &sealed).is_none(), "another key");
        for bad in [
            "",
            "*",
            "AAAA",
            "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        ] {
            assert!(open(&auditor, (log(1), 7), bad).is_none());
        }
    }

    #[test]
    fn the_length_of_what_is_sealed_says_nothing() {
        let subject = person("DMNNCL80C14H501S");
        let lengths = [
            sealed(None, None),
            sealed(Some(&subject), None),
            sealed(Some(&subject), Some(&subject)),
        ]
        .map(|(_, sealed)| sealed.len());
        assert!(lengths.iter().all(|length| *length == lengths[0]), "{lengths:?}");
    }
}
