//! What an identity was proven with: a kind of card, or SPID at a level.
//!
//! Not here: the kinds of card by themselves ([`CredentialKind`], which drivers know), and what each kind is worth (`assurance`).

use varco_credential::CredentialKind;

/// The levels of SPID, as its identity providers state them (DPCM of 24 October 2014, article 6: levels 2 to 4 of
/// ISO/IEC 29115).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum SpidLevel {
    /// User name and password.
    L1,
    /// And a second factor, such as a one-time password.
    L2,
    /// And a key that only its holder's device or card has.
    L3,
}

impl SpidLevel {
    const ALL: [Self; 3] = [Self::L1, Self::L2, Self::L3];

    /// The class by which SAML names it (`AuthnContextClassRef`).
    #[must_use]
    pub fn authn_context(self) -> &'static str {
        match self {
            Self::L1 => "https://www.spid.gov.it/SpidL1",
            Self::L2 => "https://www.spid.gov.it/SpidL2",
            Self::L3 => "https://www.spid.gov.it/SpidL3",
        }
    }

    /// The level of this class, compared byte by byte.
    #[must_use]
    pub fn from_authn_context(class: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|level| level.authn_context() == class)
    }
}

/// What a person can prove an identity with.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub enum IdentityKind {
    /// Carta Nazionale dei Servizi, TS-CNS included.
    Cns,
    /// Carta d'Identità Elettronica 3.0, with chip and PIN.
    Cie,
    /// SPID at level 1.
    SpidL1,
    /// SPID at level 2.
    SpidL2,
    /// SPID at level 3.
    SpidL3,
}

impl IdentityKind {
    /// The stable name in JSON, policies, messages and records.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Cns => "cns",
            Self::Cie => "cie",
            Self::SpidL1 => "spid-l1",
            Self::SpidL2 => "spid-l2",
            Self::SpidL3 => "spid-l3",
        }
    }

    /// The kind of card, if it is one.
    #[must_use]
    pub fn card(self) -> Option<CredentialKind> {
        match self {
            Self::Cns => Some(CredentialKind::Cns),
            Self::Cie => Some(CredentialKind::Cie),
            Self::SpidL1 | Self::SpidL2 | Self::SpidL3 => None,
        }
    }

    /// The level of SPID, if it is that.
    #[must_use]
    pub fn spid_level(self) -> Option<SpidLevel> {
        match self {
            Self::Cns | Self::Cie => None,
            Self::SpidL1 => Some(SpidLevel::L1),
            Self::SpidL2 => Some(SpidLevel::L2),
            Self::SpidL3 => Some(SpidLevel::L3),
        }
    }
}

impl From<SpidLevel> for IdentityKind {
    fn from(level: SpidLevel) -> Self {
        match level {
            SpidLevel::L1 => Self::SpidL1,
            SpidLevel::L2 => Self::SpidL2,
            SpidLevel::L3 => Self::SpidL3,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_is_a_card_or_a_level_of_spid() {
        for level in SpidLevel::ALL {
            let kind = IdentityKind::from(level);
            assert_eq!((kind.spid_level(), kind.card()), (Some(level), None));
            assert_eq!(SpidLevel::from_authn_context(level.authn_context()), Some(level));
        }
        for kind in [IdentityKind::Cns, IdentityKind::Cie] {
            assert_eq!(kind.card().map(CredentialKind::name), Some(kind.name()));
            assert_eq!(kind.spid_level(), None);
        }
        for class in [
            "",
            "https://www.spid.gov.it/SpidL4",
            "https://www.spid.gov.it/spidl2",
            "2",
        ] {
            assert_eq!(SpidLevel::from_authn_context(class), None);
        }
    }
}
