//! A card as rustls sees one: who gives the client's certificate, the key behind it, and one signature.
//!
//! Not here: what TLS versions are offered for a card (`client`).

use std::fmt;
use std::sync::Arc;

use rustls::client::ResolvesClientCert;
use rustls::pki_types::CertificateDer;
use rustls::sign::{CertifiedKey, Signer, SigningKey};
use rustls::{Error, SignatureAlgorithm, SignatureScheme};
use varco_pki::{Certificate, PublicKey};

use crate::notes::Part;
use crate::{CardKey, CardScheme, HandshakeNotes, Issuers, TlsError};

/// A card whose certificate was read: what all its handshakes share.
pub(crate) struct Card {
    key: Arc<dyn CardKey>,
    chain: Vec<CertificateDer<'static>>,
    /// Names of those who issued the certificates of the chain, in DER.
    issuers: Vec<Vec<u8>>,
    public: PublicKey,
    /// By preference.
    schemes: Vec<CardScheme>,
}

impl Card {
    /// Reads the certificate. It is not judged: that is the server's part.
    pub(crate) fn new(key: Arc<dyn CardKey>) -> Result<Self, TlsError> {
        let chain = key.certificate_chain();
        let leaf = chain.first().ok_or(TlsError::CertificateAbsent)?;
        let leaf = Certificate::parse(leaf).map_err(TlsError::CertificateUnreadable)?;
        let PublicKey::Rsa { bits, .. } = leaf.key() else {
            return Err(TlsError::KeyUnsupported);
        };
        let fits = |scheme: &CardScheme| scheme.goes_with(*bits) && key.can(*scheme);
        let schemes: Vec<CardScheme> = CardScheme::ALL.into_iter().filter(fits).collect();
        if schemes.is_empty() {
            return Err(TlsError::KeyUnsupported);
        }
        // What cannot be read has no issuer that could be compared; it is sent as the application gave it.
        let above = chain
            .iter()
            .skip(1)
            .filter_map(|der| Certificate::parse(der).ok());
        let issuers = std::iter::once(leaf.issuer_der().to_vec())
            .chain(above.map(|certificate| certificate.issuer_der().to_vec()))
            .collect();
        Ok(Self {
            issuers,
            public: leaf.key().clone(),
            schemes,
            chain,
            key,
        })
    }

    /// Whether the card signs as TLS 1.3 wants it.
    pub(crate) fn is_for_tls13(&self) -> bool {
        self.schemes.iter().any(|scheme| scheme.is_for_tls13())
    }

    /// The first by our preference: of what the server takes, any is as good to it as another.
    fn choose(&self, offered: &[SignatureScheme]) -> Option<CardScheme> {
        let offers = |scheme: &&CardScheme| offered.contains(&scheme.to_rustls());
        self.schemes.iter().find(offers).copied()
    }

    fn compare_issuers(&self, named: &[&[u8]]) -> Issuers {
        if named.is_empty() {
            Issuers::NotNamed
        } else if self
            .issuers
            .iter()
            .any(|issuer| named.contains(&issuer.as_slice()))
        {
            Issuers::Fit
        } else {
            Issuers::Others
        }
    }
}

/// A card in the handshakes of one configuration.
#[derive(Clone)]
pub(crate) struct CardInHandshake {
    pub(crate) card: Arc<Card>,
    pub(crate) notes: Arc<HandshakeNotes>,
}

impl ResolvesClientCert for CardInHandshake {
    /// The card's certificate, whatever authorities the server names: both RFCs say SHOULD, lists of authorities are often
    /// incomplete or name roots only, the card has no other certificate, and the person chose to log in here. What was
    /// named is noted, so that a refusal can be explained.
    fn resolve(&self, named: &[&[u8]], offered: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        self.notes.note_issuers(self.card.compare_issuers(named));
        if self.card.choose(offered).is_none() {
            let offered = offered.to_vec();
            self.notes.note(Part::NoScheme { offered });
            return None;
        }
        self.notes.note(Part::Chosen);
        let key = Arc::new(self.clone());
        Some(Arc::new(CertifiedKey::new(self.card.chain.clone(), key)))
    }

    fn has_certs(&self) -> bool {
        true
    }
}

impl SigningKey for CardInHandshake {
    fn choose_scheme(&self, offered: &[SignatureScheme]) -> Option<Box<dyn Signer>> {
        let scheme = self.card.choose(offered)?;
        let of = self.clone();
        Some(Box::new(CardSigner { of, scheme }))
    }

    fn algorithm(&self) -> SignatureAlgorithm {
        SignatureAlgorithm::RSA
    }
}

/// The key says nothing of itself, and the certificate names a person.
impl fmt::Debug for CardInHandshake {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let schemes = &self.card.schemes;
        formatter
            .debug_struct("CardInHandshake")
            .field("schemes", schemes)
            .finish_non_exhaustive()
    }
}

/// One signature to be.
#[derive(Debug)]
struct CardSigner {
    of: CardInHandshake,
    scheme: CardScheme,
}

impl Signer for CardSigner {
    /// Asks the card once, and looks at the answer before anybody else sees it. A faulty signature by PKCS #1 v1.5 may
    /// give the private key away (Boneh, DeMillo, Lipton 1997).
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Error> {
        let CardInHandshake { card, notes } = &self.of;
        let ends = |part, why: &str| {
            notes.note(part);
            Err(Error::General(why.to_owned()))
        };
        if notes.is_abandoned() {
            return ends(Part::Abandoned, "nobody waits for the handshake any more");
        }
        match card.key.sign(self.scheme, message) {
            Err(error) => ends(Part::Failed(error), "the card did not sign"),
            Ok(_) if notes.is_abandoned() => ends(Part::Abandoned, "nobody waits for the handshake any more"),
            Ok(signature) if self.scheme.has_signed(&card.public, message, &signature) => {
                notes.note(Part::Signed(self.scheme));
                Ok(signature)
            }
            Ok(_) => ends(
                Part::NotProven,
                "the signature was not made by the key in the certificate",
            ),
        }
    }

    fn scheme(&self) -> SignatureScheme {
        self.scheme.to_rustls()
    }
}
