//! Played cards for applications that want to be tested or shown without a card.
//!
//! Not here: how they are played (`emulator`, `virtual-*`).

pub use varco_roster::fault;
pub use varco_roster::played::Profile;
pub use varco_roster::played::{PlayedReader, PlayedReaders};
pub use varco_roster::{PlayedCard, PlayedProfileError as ProfileError};
pub use varco_roster::{ccid, pn532, vpcd};

pub mod exact;

use std::sync::Arc;

use varco_card::ExtendedLength;
use varco_pki::{AnchorKind, Certificate, EvidenceAtHand, HeldList, TrustAnchor};

use crate::LoginOptions;

/// Readers in this process, called `played:NAME`, each with the card of a built-in profile in it; and the hands at
/// them, in the same order.
///
/// # Errors
/// [`ProfileError`] when there is no profile of this name.
pub fn readers(profiles: &[&str]) -> Result<(PlayedReaders, Vec<PlayedReader>), ProfileError> {
    let profiles = profiles
        .iter()
        .map(|name| Ok((*name, Profile::builtin(name)?)))
        .collect::<Result<Vec<_>, ProfileError>>()?;
    Ok(readers_with(profiles))
}

/// The same with profiles that need not be built in, each behind the NAME of its reader.
#[must_use]
pub fn readers_with(profiles: Vec<(&str, Profile)>) -> (PlayedReaders, Vec<PlayedReader>) {
    let mut readers = PlayedReaders::new();
    let hands = profiles
        .into_iter()
        .map(|(name, profile)| {
            let hand = readers.add(&format!("played:{name}"), ExtendedLength::Supported);
            hand.insert(profile.into_card());
            hand
        })
        .collect();
    (readers, hands)
}

/// An authority of the test material, or a list of what it revoked.
macro_rules! fixture {
    ($name:literal) => {
        include_bytes!(concat!("../../../fixtures/pki/", $name))
    };
}

/// Believes the test authorities that issued the played cards, and their revocation lists, so that nothing else is needed to
/// log in with one. Identities that rest on them are marked as test material.
///
/// # Errors
/// [`BelieveError`]: the material that was compiled in is damaged.
pub fn believe(options: &mut LoginOptions) -> Result<(), BelieveError> {
    let anchor = |der: &[u8]| -> Result<TrustAnchor, BelieveError> {
        Ok(TrustAnchor::new(Certificate::parse(der)?, AnchorKind::Test)?)
    };
    for der in [
        &fixture!("ca-cns.der")[..],
        fixture!("ca-cns-legacy.der"),
        fixture!("ca-cie-sub.der"),
    ] {
        options.trust([anchor(der)?]);
    }
    for der in [&fixture!("csca.der")[..], fixture!("csca-old.der")] {
        options.country_signers([anchor(der)?]);
    }
    let mut evidence = EvidenceAtHand::default();
    for der in [
        &fixture!("crl-cns.crl")[..],
        fixture!("crl-legacy.crl"),
        fixture!("crl-cie-sub.crl"),
    ] {
        evidence.add_list(Arc::new(HeldList::parse(der.to_vec(), None)?));
    }
    options.evidence(evidence);
    Ok(())
}

/// The test material that was compiled in is damaged.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BelieveError {
    /// A certificate.
    #[error(transparent)]
    Certificate(#[from] varco_pki::CertificateError),
    /// An anchor.
    #[error(transparent)]
    Anchor(#[from] varco_pki::AnchorError),
    /// A revocation list.
    #[error(transparent)]
    List(#[from] varco_pki::CrlError),
}
