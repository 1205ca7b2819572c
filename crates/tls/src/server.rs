//! A server that knows of each connection whose card is at its other end, or why not.
//!
//! Not here: the verdict (`verify`), and handshakes on a runtime (`off_workers`).

use std::fmt;
use std::io::{self, Read, Write};
use std::sync::Arc;

use rustls::crypto::CryptoProvider;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{NoServerSessionStorage, ResolvesServerCert};
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use rustls::{Error, ServerConfig, ServerConnection, StreamOwned, SupportedProtocolVersion};
use varco_pki::ChainValid;

use crate::verify::Verdict;
use crate::{CardClientVerifier, ClientRefusal, LastRefusal, RefusalObserver};

/// Accepts connections of clients that log in with a card, in TLS 1.2 and 1.3.
#[derive(Clone)]
pub struct CardServer {
    verifier: CardClientVerifier,
    provider: Arc<CryptoProvider>,
    certificate: Arc<dyn ResolvesServerCert>,
    protocols: Vec<Vec<u8>>,
    versions: Vec<&'static SupportedProtocolVersion>,
}

/// A connection, and the judged certificate of the card that signed its handshake.
pub struct Accepted<S> {
    /// What to read and write.
    pub stream: S,
    /// Whose card it is, judged at the instant of the handshake. The key is proven for this connection; what else is not is
    /// said in the crate's documentation.
    pub client: ChainValid,
}

/// Why no client was accepted.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AcceptError {
    /// Its certificate or signature was refused.
    #[error(transparent)]
    Refused(ClientRefusal),
    /// It sent no certificate.
    #[error("the client sent no certificate")]
    NoCertificate,
    /// The handshake failed otherwise.
    #[error("no protected connection was made: {0}")]
    Failed(Error),
    /// The connection underneath.
    #[error("the connection broke: {0}")]
    Io(io::Error),
}

impl AcceptError {
    /// A stable name for messages and programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Refused(refusal) => refusal.code(),
            Self::NoCertificate => "tls-no-certificate",
            Self::Failed(_) => "tls-failed",
            Self::Io(_) => "tls-connection",
        }
    }
}

/// What is learnt of one handshake.
pub(crate) struct Learnt {
    refusal: Arc<LastRefusal>,
    verdict: Arc<Verdict>,
}

impl CardServer {
    /// With the server's own certificate, those above it, and its key.
    ///
    /// # Errors
    /// rustls's, when the key is of no kind that ring knows or not that of the certificate.
    pub fn new(
        verifier: CardClientVerifier,
        chain: Vec<CertificateDer<'static>>,
        key: PrivateKeyDer<'static>,
    ) -> Result<Self, Error> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let certified = CertifiedKey::from_der(chain, key, &provider)?;
        Ok(Self {
            verifier,
            provider,
            certificate: Arc::new(SingleCertAndKey::from(certified)),
            protocols: Vec::new(),
            versions: rustls::ALL_VERSIONS.to_vec(),
        })
    }

    /// With these versions of TLS alone. TLS 1.3 alone keeps identity cards out, which cannot sign for it; TLS 1.2 shows
    /// certificates to whoever sees the packets.
    #[must_use]
    pub fn versions(mut self, versions: &[&'static SupportedProtocolVersion]) -> Self {
        self.versions = versions.to_vec();
        self
    }

    /// With protocols that are spoken, the preferred first (ALPN, RFC 7301).
    #[must_use]
    pub fn protocols(mut self, protocols: impl IntoIterator<Item = Vec<u8>>) -> Self {
        self.protocols = protocols.into_iter().collect();
        self
    }

    /// A configuration for rustls with a verifier, for programs that accept their connections by other means. Sessions are
    /// not resumed: a resumed one is not judged, and needs no card.
    ///
    /// # Errors
    /// rustls's, which would be a defect of this program.
    pub fn config_with(&self, verifier: CardClientVerifier) -> Result<ServerConfig, Error> {
        let mut config = ServerConfig::builder_with_provider(Arc::clone(&self.provider))
            .with_protocol_versions(&self.versions)?
            .with_client_cert_verifier(Arc::new(verifier))
            .with_cert_resolver(Arc::clone(&self.certificate));
        config.session_storage = Arc::new(NoServerSessionStorage {});
        config.send_tls13_tickets = 0;
        config.max_early_data_size = 0;
        config.alpn_protocols.clone_from(&self.protocols);
        Ok(config)
    }

    /// A configuration for one connection, and what will be learnt of it.
    pub(crate) fn begin(&self) -> Result<(ServerConfig, Learnt), AcceptError> {
        let refusal = Arc::new(LastRefusal::default());
        let (verifier, verdict) = self
            .verifier
            .for_one(Arc::clone(&refusal) as Arc<dyn RefusalObserver>);
        let config = self.config_with(verifier).map_err(AcceptError::Failed)?;
        Ok((config, Learnt { refusal, verdict }))
    }

    /// Makes the handshake with a client that must log in. It blocks for the client as long as the stream does, whose timeouts
    /// are the caller's, and for evidence about revocation where its source fetches.
    ///
    /// # Errors
    /// [`AcceptError`]. Refusals are told here, and not to the verifier's observer.
    pub fn accept<T: Read + Write>(
        &self,
        mut io: T,
    ) -> Result<Accepted<StreamOwned<ServerConnection, T>>, AcceptError> {
        let (config, learnt) = self.begin()?;
        let mut connection = ServerConnection::new(Arc::new(config)).map_err(AcceptError::Failed)?;
        while connection.is_handshaking() || connection.wants_write() {
            let (read, written) = connection
                .complete_io(&mut io)
                .map_err(|error| learnt.explain(error))?;
            if (read, written) == (0, 0) {
                return Err(AcceptError::Io(io::ErrorKind::UnexpectedEof.into()));
            }
        }
        learnt.accepted(StreamOwned::new(connection, io))
    }
}

impl Learnt {
    /// What ended a handshake.
    pub(crate) fn explain(&self, error: io::Error) -> AcceptError {
        if let Some(refusal) = self.refusal.take() {
            return AcceptError::Refused(refusal);
        }
        let inside = error.get_ref().and_then(|inside| inside.downcast_ref::<Error>());
        match inside.cloned() {
            Some(Error::NoCertificatesPresented) => AcceptError::NoCertificate,
            Some(inside) => AcceptError::Failed(inside),
            None => AcceptError::Io(error),
        }
    }

    /// A handshake is done: the verdict that was waiting for it.
    pub(crate) fn accepted<S>(&self, stream: S) -> Result<Accepted<S>, AcceptError> {
        match self.verdict.take() {
            Some(client) => Ok(Accepted { stream, client }),
            None => Err(AcceptError::NoCertificate),
        }
    }
}

impl fmt::Debug for CardServer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("CardServer")
            .field("verifier", &self.verifier)
            .finish_non_exhaustive()
    }
}

/// Hides whose card it is.
impl<S> fmt::Debug for Accepted<S> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Accepted").finish_non_exhaustive()
    }
}
