//! From what is known of a login to its eIDAS level, as a table, with the reasons.
//!
//! Not here: whether a level is enough for a service (`access-policy`).
//!
//! | known | level | reason |
//! |---|---|---|
//! | a CNS that accepted its PIN | substantial: its scheme is not notified under eIDAS, and national practice equates it with SPID level 2 | `cns-with-pin` |
//! | an identity card that accepted its PIN | high: notified in 2019 for chip and PIN | `cie-with-pin` |
//! | nobody showed that the document is genuine | at most substantial: that its hardware resists duplication is not known | `origin-not-proven` |
//! | an RSA key under 2048 bits in the path | one less | `key-under-2048-bits` |
//! | revocation is not known, or nobody asked | one less | `revocation-not-known` |
//!
//! Without a PIN, and for kinds that are in no row, the level is low. The last three apply in this order, each once; there is
//! nothing below low.

use varco_credential::CredentialKind;
use varco_pki::{Revocation, RevocationStatus};

use super::AssuranceLevel;

/// Whether it was shown that a card is what its issuer made.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum OriginKnown {
    /// Its security object is genuine, and the card proved the device key that the object names.
    Proven,
    /// It is a document, and nobody showed that.
    NotProven,
    /// Cards of this kind have no such proof.
    NotApplicable,
}

impl OriginKnown {
    /// The stable name in JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Proven => "proven",
            Self::NotProven => "not_proven",
            Self::NotApplicable => "not_applicable",
        }
    }
}

/// The key sizes that the table tells apart, over the whole path.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum KeyClass {
    /// RSA of less than 2048 bits somewhere.
    Under2048,
    /// None such.
    Current,
}

/// How far revocation is known, as the table tells it apart.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum RevocationKnown {
    /// Nobody asked.
    NotChecked,
    /// It is known that the certificate was not revoked, as surely as was asked.
    Good,
    /// Somebody asked and was not told.
    Unknown,
}

impl From<&Revocation> for RevocationKnown {
    /// A state that this table does not know is not taken for a good one.
    fn from(revocation: &Revocation) -> Self {
        match revocation.status() {
            RevocationStatus::NotChecked => Self::NotChecked,
            RevocationStatus::Good | RevocationStatus::GoodInGrace => Self::Good,
            _ => Self::Unknown,
        }
    }
}

/// All that the level depends on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Known {
    /// What the person proved the identity with.
    pub kind: CredentialKind,
    /// Whether the card accepted a PIN.
    pub pin_verified: bool,
    /// The shortest key in the path.
    pub key: KeyClass,
    /// Whether the card is genuine.
    pub origin: OriginKnown,
    /// Whether its certificate was revoked.
    pub revocation: RevocationKnown,
}

/// Why a level is what it is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub enum AssuranceReason {
    /// A CNS accepted its PIN.
    CnsWithPin,
    /// An identity card accepted its PIN.
    CieWithPin,
    /// No PIN was accepted, or the kind of card is in no row.
    NoPin,
    /// A document whose origin nobody showed.
    OriginNotProven,
    /// An RSA key under 2048 bits in the path.
    KeyUnder2048Bits,
    /// Revocation is not known, or nobody asked.
    RevocationUnknown,
}

impl AssuranceReason {
    /// Stable code for messages, policies and logs.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::CnsWithPin => "cns-with-pin",
            Self::CieWithPin => "cie-with-pin",
            Self::NoPin => "no-pin",
            Self::OriginNotProven => "origin-not-proven",
            Self::KeyUnder2048Bits => "key-under-2048-bits",
            Self::RevocationUnknown => "revocation-not-known",
        }
    }
}

/// What a card of each kind is worth once it accepted its PIN.
const WITH_PIN: &[(CredentialKind, AssuranceLevel, AssuranceReason)] = &[
    (
        CredentialKind::Cns,
        AssuranceLevel::Substantial,
        AssuranceReason::CnsWithPin,
    ),
    (
        CredentialKind::Cie,
        AssuranceLevel::High,
        AssuranceReason::CieWithPin,
    ),
];

/// What a row takes away.
enum Loss {
    OneLevel,
    AllAbove(AssuranceLevel),
}

/// A row that takes away: where it applies, what it takes, and why.
type Lowering = (fn(&Known) -> bool, Loss, AssuranceReason);

const LOWERINGS: &[Lowering] = &[
    (
        |known| known.origin == OriginKnown::NotProven,
        Loss::AllAbove(AssuranceLevel::Substantial),
        AssuranceReason::OriginNotProven,
    ),
    (
        |known| known.key == KeyClass::Under2048,
        Loss::OneLevel,
        AssuranceReason::KeyUnder2048Bits,
    ),
    (
        |known| known.revocation != RevocationKnown::Good,
        Loss::OneLevel,
        AssuranceReason::RevocationUnknown,
    ),
];

impl Known {
    /// The level that this earns, and why: first what it began from, then what took away from it.
    #[must_use]
    pub fn level(&self) -> (AssuranceLevel, Vec<AssuranceReason>) {
        let row = WITH_PIN
            .iter()
            .find(|(kind, ..)| self.pin_verified && *kind == self.kind);
        let (mut level, begun) = row.map_or((AssuranceLevel::Low, AssuranceReason::NoPin), |row| {
            (row.1, row.2)
        });
        let mut reasons = vec![begun];
        for (applies, loss, reason) in LOWERINGS {
            if applies(self) {
                level = match loss {
                    Loss::OneLevel => level.lower(),
                    Loss::AllAbove(most) => level.min(*most),
                };
                reasons.push(*reason);
            }
        }
        (level, reasons)
    }
}

#[cfg(test)]
mod tests;
