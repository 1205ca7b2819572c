//! The card of somebody who is logged in with `varco`, as the key of a TLS client.
//!
//! Not here: the login, which must keep the card
//! ([`KeepCard::Exclusively`](varco::KeepCard::Exclusively)).

use rustls::pki_types::CertificateDer;
use varco::{CardSigner, LoggedIn};
use varco_pki::{Certificate, SignatureScheme};

use crate::{CardKey, CardKeyError, CardScheme};

/// A card that was kept after a login: it signs handshakes without the PIN, for as long as the login lasts, and not after.
/// It signs with SHA-256 only, which every server takes that follows RFC 8446 §9.1.
pub struct KeptCard {
    signer: CardSigner,
    between: Vec<CertificateDer<'static>>,
}

impl KeptCard {
    /// Of somebody who is logged in; `None` where the card was not kept.
    #[must_use]
    pub fn of(logged_in: &LoggedIn) -> Option<Self> {
        Some(Self {
            signer: logged_in.signer()?.clone(),
            between: Vec::new(),
        })
    }

    /// With certificates between the card's and an anchor, which the server may lack, the card's issuer first.
    #[must_use]
    pub fn with_intermediates<'c>(mut self, between: impl IntoIterator<Item = &'c Certificate>) -> Self {
        let between = between
            .into_iter()
            .map(|certificate| certificate.der().to_vec().into());
        self.between.extend(between);
        self
    }
}

/// The scheme as the card's driver calls it; `None` for those with longer hashes.
fn named(scheme: CardScheme) -> Option<SignatureScheme> {
    match scheme {
        CardScheme::RsaPssSha256 => Some(SignatureScheme::RsaPssSha256),
        CardScheme::RsaPkcs1Sha256 => Some(SignatureScheme::RsaPkcs1Sha256),
        _ => None,
    }
}

impl CardKey for KeptCard {
    fn certificate_chain(&self) -> Vec<CertificateDer<'static>> {
        let leaf = self.signer.certificate().der().to_vec().into();
        [leaf].into_iter().chain(self.between.iter().cloned()).collect()
    }

    fn can(&self, scheme: CardScheme) -> bool {
        named(scheme).is_some_and(|scheme| self.signer.signs_by(scheme))
    }

    fn sign(&self, scheme: CardScheme, message: &[u8]) -> Result<Vec<u8>, CardKeyError> {
        let scheme = named(scheme).ok_or_else(|| {
            CardKeyError::new(
                "signature-scheme-unsupported",
                "a kept card signs with SHA-256 only",
            )
        })?;
        let signed = self.signer.sign(scheme, message).wait();
        signed.map_err(|error| CardKeyError::new(error.code(), error.to_string()))
    }
}
