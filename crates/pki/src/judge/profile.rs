//! What a kind of card asks of its certificate `[cns §6]`, `[cie §6]`.
//!
//! Not here: path, dates, revocation.

use crate::{AnchorPurpose, Certificate, CieSubject, CnsSubject, Misuse, PublicKey, SubjectError};

/// Policies that mark a CNS authentication certificate: the national one, then Lombardy's two equivalents.
const CNS_POLICIES: [&str; 3] = ["1.3.76.16.2.1", "1.3.159.6.1.3.2.10", "1.3.76.12.1.1.10.2.2.10"];
/// The policy of certificates on identity cards.
const CIE_POLICY: &str = "1.3.76.47.4";
/// id-kp-clientAuth (RFC 5280 §4.2.1.12).
const CLIENT_AUTHENTICATION: &str = "1.3.6.1.5.5.7.3.2";
/// RSA lengths in bits that CNS cards have had, and some room above.
const RSA_BITS: std::ops::RangeInclusive<usize> = 1024..=4096;

/// What a kind of card asks of its certificate.
pub(super) struct LeafProfile {
    pub(super) purpose: AnchorPurpose,
    policies: &'static [&'static str],
    no_policy: Misuse,
    rsa_bits: std::ops::RangeInclusive<usize>,
}

pub(super) const CNS: LeafProfile = LeafProfile {
    purpose: AnchorPurpose::Cns,
    policies: &CNS_POLICIES,
    no_policy: Misuse::NoCnsPolicy,
    rsa_bits: RSA_BITS,
};
pub(super) const CIE: LeafProfile = LeafProfile {
    purpose: AnchorPurpose::Cie,
    policies: &[CIE_POLICY],
    no_policy: Misuse::NoCiePolicy,
    rsa_bits: 2048..=4096,
};

/// What speaks against a certificate as one of a kind of card, its subject aside, in the order in which one is told.
pub(super) fn misuses(leaf: &Certificate, profile: &LeafProfile) -> Vec<Misuse> {
    let states = |policy: &String| profile.policies.contains(&policy.as_str());
    let is_for_clients = |usage: &String| usage == CLIENT_AUTHENTICATION;
    let (is_kind, is_small) = match leaf.key() {
        PublicKey::Rsa { bits, exponent, .. } => (profile.rsa_bits.contains(bits), is_small(exponent)),
        _ => (false, false),
    };
    [
        (leaf.is_ca(), Misuse::Authority),
        (!leaf.policies().iter().any(states), profile.no_policy),
        (!leaf.may_sign_challenges(), Misuse::NoDigitalSignature),
        (leaf.may_sign_documents(), Misuse::NonRepudiation),
        (
            !leaf.extended_key_usages().iter().any(is_for_clients),
            Misuse::NoClientAuthentication,
        ),
        (!is_kind, Misuse::KeyKind),
        (is_small, Misuse::SmallExponent),
    ]
    .into_iter()
    .filter_map(|(is_so, misuse)| is_so.then_some(misuse))
    .collect()
}

/// Whether a certificate states the policy of identity cards: what it says that it is, and no verdict. `[cie §6]`
#[must_use]
pub fn states_identity_card(leaf: &Certificate) -> bool {
    leaf.policies().iter().any(|policy| policy == CIE_POLICY)
}

/// All that speaks against a CNS certificate as such, in the order in which one is told. `[cns §6]`
#[must_use]
pub fn cns_misuses(leaf: &Certificate) -> Vec<Misuse> {
    with_subject(leaf, &CNS, |name| CnsSubject::parse(name).map(drop))
}

/// All that speaks against an identity card's certificate as such, in the order in which one is told. `[cie §6]`
#[must_use]
pub fn cie_misuses(leaf: &Certificate) -> Vec<Misuse> {
    with_subject(leaf, &CIE, |name| {
        CieSubject::parse(name, leaf.subject_serial_number()).map(drop)
    })
}

fn with_subject(
    leaf: &Certificate,
    profile: &LeafProfile,
    subject: impl FnOnce(&str) -> Result<(), SubjectError>,
) -> Vec<Misuse> {
    let subject = match leaf.subject_common_name() {
        Some(name) => subject(name).err(),
        None => Some(SubjectError::CommonName),
    };
    let mut found = misuses(leaf, profile);
    found.extend(subject.map(Misuse::Subject));
    found
}

/// Whether a public exponent is under 65537: big-endian without zeros in front.
fn is_small(exponent: &[u8]) -> bool {
    exponent.len() < 3 || (exponent.len() == 3 && exponent < [0x01, 0x00, 0x01].as_slice())
}
