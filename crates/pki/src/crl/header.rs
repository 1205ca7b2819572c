//! What a revocation list says of itself, and of one certificate.

use crate::path::same_name;
use crate::{Certificate, PointName, Reasons, Timestamp};

/// A CRL number (RFC 5280 §5.2.3): at most 20 bytes, compared as a number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CrlNumber(Vec<u8>);

impl CrlNumber {
    /// From the content of an INTEGER; `None` when it is negative, empty or longer than 20 bytes (21 with a leading zero).
    #[must_use]
    pub fn new(content: &[u8]) -> Option<Self> {
        let number = match content {
            [] | [0x80..=0xFF, ..] => return None,
            [0, rest @ ..] => rest,
            number => number,
        };
        (number.len() <= 20).then(|| Self(number.to_vec()))
    }

    /// Big-endian, without zeros in front; empty for 0.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl Ord for CrlNumber {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        let length = self.0.len().cmp(&other.0.len());
        length.then_with(|| self.0.cmp(&other.0))
    }
}

impl PartialOrd for CrlNumber {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

/// Whose certificates a list tells of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subjects {
    /// All.
    All,
    /// Those of end entities only.
    EndEntities,
    /// Those of authorities only.
    Authorities,
    /// Attribute certificates only: none of ours.
    Attributes,
}

/// What a list speaks of (IssuingDistributionPoint, RFC 5280 §5.2.5).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CrlScope {
    /// The point that it was published for.
    pub name: Option<PointName>,
    /// Whose certificates.
    pub subjects: Subjects,
    /// Which reasons; `None` means all.
    pub reasons: Option<Reasons>,
    /// Whether it tells of other issuers' certificates too.
    pub indirect: bool,
}

impl CrlScope {
    /// That of a list that restricts nothing.
    pub const WHOLE: Self = Self {
        name: None,
        subjects: Subjects::All,
        reasons: None,
        indirect: false,
    };
}

/// What a list says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CrlHeader {
    /// Its issuer's Name in DER.
    pub issuer: Vec<u8>,
    /// When it was made.
    pub this_update: Timestamp,
    /// When the next one is due at the latest; version 1 lists may leave it out.
    pub next_update: Option<Timestamp>,
    /// Its number.
    pub number: Option<CrlNumber>,
    /// The identifier of the key that signed it.
    pub authority_key_identifier: Option<Vec<u8>>,
    /// What it speaks of.
    pub scope: CrlScope,
    /// Whether it tells changes to another list only (RFC 5280 §5.2.4). Such a list is not used.
    pub is_delta: bool,
    /// Whether it holds a critical extension, of itself or of an entry, that is not known here. Such a list may still
    /// revoke, but must not clear (RFC 5280 §5.2).
    pub has_unknown_critical: bool,
    /// SHA-256 of the whole list in DER.
    pub sha256: [u8; 32],
    /// How many certificates it revokes.
    pub entries: u64,
}

impl CrlHeader {
    /// Whether its issuer bears the name of this certificate's subject: who could have signed it, before a signature over
    /// a long list is checked.
    #[must_use]
    pub fn is_named_after(&self, certificate: &Certificate) -> bool {
        same_name(&self.issuer, certificate.subject_der())
    }
}

/// Why a certificate was revoked (RFC 5280 §5.3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum RevocationReason {
    /// Not told.
    Unspecified,
    /// The holder's key is, or may be, in other hands.
    KeyCompromise,
    /// The authority's is.
    CaCompromise,
    /// The holder's name or place changed.
    AffiliationChanged,
    /// There is a newer certificate.
    Superseded,
    /// It is needed no more.
    CessationOfOperation,
    /// Suspended: it may come back.
    CertificateHold,
    /// Suspended no more; in lists of changes only.
    RemoveFromCrl,
    /// The holder may no longer do what it was for.
    PrivilegeWithdrawn,
    /// An attribute authority's key is in other hands.
    AaCompromise,
}

impl RevocationReason {
    /// By its number; `None` for 7 and for those that do not exist.
    #[must_use]
    pub fn from_code(code: u8) -> Option<Self> {
        Some(match code {
            0 => Self::Unspecified,
            1 => Self::KeyCompromise,
            2 => Self::CaCompromise,
            3 => Self::AffiliationChanged,
            4 => Self::Superseded,
            5 => Self::CessationOfOperation,
            6 => Self::CertificateHold,
            8 => Self::RemoveFromCrl,
            9 => Self::PrivilegeWithdrawn,
            10 => Self::AaCompromise,
            _ => return None,
        })
    }

    /// Its number.
    #[must_use]
    pub fn code(self) -> u8 {
        match self {
            Self::Unspecified => 0,
            Self::KeyCompromise => 1,
            Self::CaCompromise => 2,
            Self::AffiliationChanged => 3,
            Self::Superseded => 4,
            Self::CessationOfOperation => 5,
            Self::CertificateHold => 6,
            Self::RemoveFromCrl => 8,
            Self::PrivilegeWithdrawn => 9,
            Self::AaCompromise => 10,
        }
    }

    /// Its name in RFC 5280, stable in JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Unspecified => "unspecified",
            Self::KeyCompromise => "keyCompromise",
            Self::CaCompromise => "cACompromise",
            Self::AffiliationChanged => "affiliationChanged",
            Self::Superseded => "superseded",
            Self::CessationOfOperation => "cessationOfOperation",
            Self::CertificateHold => "certificateHold",
            Self::RemoveFromCrl => "removeFromCRL",
            Self::PrivilegeWithdrawn => "privilegeWithdrawn",
            Self::AaCompromise => "aACompromise",
        }
    }
}

/// What a list says of a certificate that it revokes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RevokedEntry {
    /// Since when.
    pub revoked_at: Timestamp,
    /// Why.
    pub reason: RevocationReason,
}

impl RevokedEntry {
    /// Which of two entries about one serial number counts: revoked for good before suspended before suspended no more,
    /// then the earlier instant, then the reason with the lower number. The order of the two does not matter.
    #[must_use]
    pub fn stricter(self, other: Self) -> Self {
        let rank = |entry: &Self| {
            let lasting = match entry.reason {
                RevocationReason::RemoveFromCrl => 2_u8,
                RevocationReason::CertificateHold => 1,
                _ => 0,
            };
            (lasting, entry.revoked_at, entry.reason.code())
        };
        if rank(&other) < rank(&self) { other } else { self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_compare_as_numbers() {
        let number = |bytes: &[u8]| CrlNumber::new(bytes).unwrap();
        assert!(number(&[0]) < number(&[1]) && number(&[2]) < number(&[1, 0]));
        assert!(number(&[0, 0xFF]) < number(&[1, 0]));
        assert!(CrlNumber::new(&[]).is_none() && CrlNumber::new(&[0x80]).is_none());
        assert!(CrlNumber::new(&[1; 21]).is_none() && CrlNumber::new(&[0; 21]).is_some());
    }

    #[test]
    fn of_two_entries_the_stricter_counts_in_either_order() {
        let entry = |second, reason| RevokedEntry {
            revoked_at: Timestamp::from_second(second).unwrap(),
            reason,
        };
        let sorted = [
            entry(5, RevocationReason::KeyCompromise),
            entry(5, RevocationReason::Superseded),
            entry(6, RevocationReason::Unspecified),
            entry(1, RevocationReason::CertificateHold),
            entry(2, RevocationReason::CertificateHold),
            entry(0, RevocationReason::RemoveFromCrl),
        ];
        for (place, first) in sorted.iter().enumerate() {
            for second in &sorted[place..] {
                assert_eq!(first.stricter(*second), *first);
                assert_eq!(second.stricter(*first), *first);
            }
        }
    }

    #[test]
    fn reasons_survive_a_round_trip() {
        for code in (0..=10).filter(|code| *code != 7) {
            assert_eq!(RevocationReason::from_code(code).unwrap().code(), code);
        }
        assert!(RevocationReason::from_code(7).is_none() && RevocationReason::from_code(11).is_none());
    }
}
