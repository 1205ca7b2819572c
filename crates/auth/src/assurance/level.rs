//! From what is known of a login to its eIDAS level, as a table, with the reasons.
//!
//! Not here: whether a level is enough for a service (`access-policy`).
//!
//! | known | level | reason |
//! |---|---|---|
//! | a CNS that accepted its PIN | substantial: its scheme is not notified under eIDAS, and national practice equates it with SPID level 2 | `cns-with-pin` |
//! | an identity card that accepted its PIN | high: notified in 2019 for chip and PIN | `cie-with-pin` |
//! | SPID at level 1 | low: one factor | `spid-l1` |
//! | SPID at level 2 | substantial: two factors | `spid-l2` |
//! | SPID at level 3 | high: two factors, one of them a key in hardware; notified in 2018 at all three levels | `spid-l3` |
//! | nobody showed that the document is genuine | at most substantial: that its hardware resists duplication is not known | `origin-not-proven` |
//!
//! A card without a PIN, and kinds that are in no row, are low. A weak key or signature, and revocation that is not
//! known, take nothing away: they are marks ([`Downgrade`](varco_pki::Downgrade)), with which a service of disposition permits
//! nothing (ADR 42).

use super::AssuranceLevel;
use crate::IdentityKind;

/// Whether it was shown that a card is what its issuer made.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum OriginKnown {
    /// Its security object is genuine, and the card proved the device key that the object names.
    Proven,
    /// It is a document, and nobody showed that.
    NotProven,
    /// Cards of this kind have no such proof, or there was no card.
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

/// All that the level depends on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Known {
    /// What the person proved the identity with.
    pub kind: IdentityKind,
    /// Whether the card accepted a PIN; of no meaning for SPID.
    pub pin_verified: bool,
    /// Whether the card is genuine.
    pub origin: OriginKnown,
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
    /// An identity provider of SPID vouched for one factor.
    SpidL1,
    /// For two factors.
    SpidL2,
    /// For two factors, one of them a key in hardware.
    SpidL3,
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
            Self::SpidL1 => "spid-l1",
            Self::SpidL2 => "spid-l2",
            Self::SpidL3 => "spid-l3",
        }
    }
}

/// What each kind is worth, a card once it accepted its PIN.
const WORTH: &[(IdentityKind, AssuranceLevel, AssuranceReason)] = &[
    (
        IdentityKind::Cns,
        AssuranceLevel::Substantial,
        AssuranceReason::CnsWithPin,
    ),
    (
        IdentityKind::Cie,
        AssuranceLevel::High,
        AssuranceReason::CieWithPin,
    ),
    (IdentityKind::SpidL1, AssuranceLevel::Low, AssuranceReason::SpidL1),
    (
        IdentityKind::SpidL2,
        AssuranceLevel::Substantial,
        AssuranceReason::SpidL2,
    ),
    (
        IdentityKind::SpidL3,
        AssuranceLevel::High,
        AssuranceReason::SpidL3,
    ),
];

/// A row that limits: where it applies, the highest level left, and why.
type Limit = (fn(&Known) -> bool, AssuranceLevel, AssuranceReason);

const LIMITS: &[Limit] = &[(
    |known| known.origin == OriginKnown::NotProven,
    AssuranceLevel::Substantial,
    AssuranceReason::OriginNotProven,
)];

impl Known {
    /// The level that this earns, and why: first what it began from, then what took away from it.
    #[must_use]
    pub fn level(&self) -> (AssuranceLevel, Vec<AssuranceReason>) {
        let is_proven = self.pin_verified || self.kind.card().is_none();
        let row = WORTH.iter().find(|(kind, ..)| is_proven && *kind == self.kind);
        let (mut level, begun) = row.map_or((AssuranceLevel::Low, AssuranceReason::NoPin), |row| {
            (row.1, row.2)
        });
        let mut reasons = vec![begun];
        for (applies, most, reason) in LIMITS {
            if applies(self) {
                level = level.min(*most);
                reasons.push(*reason);
            }
        }
        (level, reasons)
    }
}

#[cfg(test)]
mod tests;
