//! The verifier of clients' certificates for rustls servers: pki decides, TLS is told.
//!
//! Not here: whom to believe (`trust`).

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use rustls::client::danger::HandshakeSignatureValid;
use rustls::pki_types::{CertificateDer, UnixTime};
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::{DigitallySignedStruct, DistinguishedName, Error, SignatureScheme};
use varco_pki::{Certificate, ChainValid, PublicKey, Rejection, Timestamp};

use crate::refusal::instant;
use crate::{CardScheme, ClientRefusal, ClientTrust, ClientTrustError, RefusalObserver, TracedRefusals};

/// Most certificates looked at of those that a client sends behind its own.
pub(crate) const SENT_MAX: usize = 8;
/// Shortest modulus whose signatures count, in bits.
const MODULUS_BITS_MIN: usize = 2048;
/// Most bytes of names that are sent as a hint. Clients read about 16 KiB of a CertificateRequest.
const NAMES_BYTES_MAX: usize = 12 * 1024;

/// Demands a card's certificate of every client, and has pki judge it at the instant of the handshake.
///
/// One may serve all connections of a server; then its observer is told of refusals without the connection's name.
/// [`CardServer`](crate::CardServer) makes one for each.
#[derive(Clone)]
pub struct CardClientVerifier {
    trust: Arc<ClientTrust>,
    names: Arc<[DistinguishedName]>,
    observer: Arc<dyn RefusalObserver>,
    verdict: Option<Arc<Verdict>>,
}

/// Where the verdict of one handshake waits until its end.
#[derive(Default)]
pub(crate) struct Verdict(Mutex<Option<ChainValid>>);

impl Verdict {
    pub(crate) fn take(&self) -> Option<ChainValid> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

impl CardClientVerifier {
    /// Of whom to believe. A `ServerConfig` that it is put into must not resume sessions, as rustls does by default: a resumed one
    /// is not judged again ([`CardServer::config_with`](crate::CardServer::config_with) does it right).
    ///
    /// Refusals go to the log until [`CardClientVerifier::observed_by`] says otherwise.
    ///
    /// # Errors
    /// [`ClientTrustError`]: no anchors, or one for tests where [`TestMaterial::Permitted`](crate::TestMaterial::Permitted) was not said.
    pub fn new(trust: ClientTrust) -> Result<Self, ClientTrustError> {
        trust.check()?;
        let mut names: Vec<DistinguishedName> = Vec::new();
        let mut bytes = 0;
        for anchor in trust.anchors().iter() {
            let name = DistinguishedName::from(anchor.certificate().subject_der().to_vec());
            if !names.iter().any(|known| known.as_ref() == name.as_ref()) {
                // Each goes behind its length.
                bytes += name.as_ref().len() + 2;
                names.push(name);
            }
        }
        // Some of the names would keep cards of the others away; none at all keeps nobody away.
        if bytes > NAMES_BYTES_MAX {
            names.clear();
        }
        Ok(Self {
            trust: Arc::new(trust),
            names: names.into(),
            observer: Arc::new(TracedRefusals),
            verdict: None,
        })
    }

    /// The same with another observer, for servers of rustls that are given this verifier. Within a
    /// [`CardServer`](crate::CardServer) refusals are told by `accept`, and not to an observer.
    #[must_use]
    pub fn observed_by(&self, observer: Arc<dyn RefusalObserver>) -> Self {
        Self {
            observer,
            ..self.clone()
        }
    }

    /// For one connection whose verdict is wanted.
    pub(crate) fn for_one(&self, observer: Arc<dyn RefusalObserver>) -> (Self, Arc<Verdict>) {
        let verdict = Arc::new(Verdict::default());
        let one = Self {
            observer,
            verdict: Some(Arc::clone(&verdict)),
            ..self.clone()
        };
        (one, verdict)
    }

    /// Judges the certificates of a client, the card's own first. It says nothing about who has the key: for a connection
    /// that this verifier guarded, rustls has seen that
    /// (`connection.peer_certificates()`, once the handshake is done).
    ///
    /// # Errors
    /// [`ClientRefusal`]; no certificate at all is one that cannot be read.
    pub fn judge(&self, sent: &[CertificateDer<'_>], at: Timestamp) -> Result<ChainValid, ClientRefusal> {
        match sent.split_first() {
            Some((leaf, above)) => self.judge_chain(leaf, above, at),
            None => self.judge_chain(&[], &[], at),
        }
    }

    fn judge_chain(
        &self,
        leaf: &[u8],
        above: &[CertificateDer<'_>],
        at: Timestamp,
    ) -> Result<ChainValid, ClientRefusal> {
        let leaf = Certificate::parse(leaf).map_err(Rejection::from)?;
        // What else a client sends is an offer; what cannot be read offers nothing.
        let above: Vec<Certificate> = above
            .iter()
            .take(SENT_MAX)
            .filter_map(|der| Certificate::parse(der).ok())
            .collect();
        let chain = self.trust.judge(leaf, &above, at)?;
        match chain.leaf().key() {
            PublicKey::Rsa { bits, .. } if *bits >= MODULUS_BITS_MIN => Ok(chain),
            _ => Err(ClientRefusal::KeyTooShort),
        }
    }

    fn refuse(&self, refusal: &ClientRefusal) -> Error {
        self.observer.refused(refusal);
        refusal.to_rustls()
    }

    /// By ring, with the key as pki read it: one reading of the certificate decides and verifies.
    fn verify(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
        takes: fn(CardScheme) -> bool,
    ) -> Result<HandshakeSignatureValid, Error> {
        let refused = |refusal: ClientRefusal| self.refuse(&refusal);
        let certificate =
            Certificate::parse(certificate).map_err(|error| refused(Rejection::from(error).into()))?;
        let scheme = CardScheme::from_rustls(signed.scheme).filter(|scheme| takes(*scheme));
        match scheme {
            Some(scheme) if scheme.has_signed(certificate.key(), message, signed.signature()) => {
                Ok(HandshakeSignatureValid::assertion())
            }
            _ => Err(refused(ClientRefusal::KeyNotProven)),
        }
    }
}

impl ClientCertVerifier for CardClientVerifier {
    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &self.names
    }

    fn verify_client_cert(
        &self,
        leaf: &CertificateDer<'_>,
        above: &[CertificateDer<'_>],
        now: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        let at = instant(now).ok_or(Error::FailedToGetCurrentTime)?;
        let chain = self
            .judge_chain(leaf, above, at)
            .map_err(|refusal| self.refuse(&refusal))?;
        if let Some(verdict) = &self.verdict {
            *verdict.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(chain);
        }
        Ok(ClientCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.verify(message, certificate, signed, |_| true)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.verify(message, certificate, signed, CardScheme::is_for_tls13)
    }

    /// All keys of cards are RSA.
    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        CardScheme::ALL.map(CardScheme::to_rustls).to_vec()
    }
}

impl fmt::Debug for CardClientVerifier {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("CardClientVerifier")
            .field("trust", &self.trust)
            .finish_non_exhaustive()
    }
}
