//! The client: a configuration that logs in with a card, and handshakes on streams that block.
//!
//! Not here: handshakes on a runtime (`off_workers`).

use std::fmt;
use std::io::{self, Read, Write};
use std::sync::Arc;

use rustls::client::Resumption;
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned, SupportedProtocolVersion, version};

use crate::error::Offers;
use crate::notes::Part;
use crate::resolve::{Card, CardInHandshake};
use crate::{CardKey, HandshakeNotes, TlsError};

const TLS12: &[&SupportedProtocolVersion] = &[&version::TLS12];
const TLS13: &[&SupportedProtocolVersion] = &[&version::TLS13];
const BOTH: &[&SupportedProtocolVersion] = &[&version::TLS13, &version::TLS12];

/// Logs in to servers with a card.
#[derive(Clone)]
pub struct CardClient {
    card: Arc<Card>,
    roots: Arc<RootCertStore>,
    protocols: Vec<Vec<u8>>,
    is_tls13_alone: bool,
}

/// A connection whose handshake the card has signed.
///
/// In TLS 1.3 the server looks at the certificate after the client's handshake is done (RFC 8446 §4.4.4): its refusal comes
/// instead of the first bytes, and [`CardConnection::explain`] says what it was.
pub struct CardConnection<S> {
    /// What to read and write.
    pub stream: S,
    notes: Arc<HandshakeNotes>,
    offers: Offers,
}

impl CardClient {
    /// With a card, and the certificates by which servers are trusted. The card is not asked for anything but its certificate.
    ///
    /// # Errors
    /// [`TlsError::NoRoots`]; [`TlsError::CertificateAbsent`], [`TlsError::CertificateUnreadable`],
    /// [`TlsError::KeyUnsupported`].
    pub fn new(key: Arc<dyn CardKey>, servers: impl Into<Arc<RootCertStore>>) -> Result<Self, TlsError> {
        let roots = servers.into();
        if roots.is_empty() {
            return Err(TlsError::NoRoots);
        }
        Ok(Self {
            card: Arc::new(Card::new(key)?),
            roots,
            protocols: Vec::new(),
            is_tls13_alone: false,
        })
    }

    /// With protocols to offer, the preferred first (ALPN, RFC 7301).
    #[must_use]
    pub fn protocols(mut self, protocols: impl IntoIterator<Item = Vec<u8>>) -> Self {
        self.protocols = protocols.into_iter().collect();
        self
    }

    /// With TLS 1.3 alone, where the certificate, with name and codice fiscale, does not travel in clear. A server that does
    /// TLS 1.2 only is not logged in to.
    ///
    /// # Errors
    /// [`TlsError::NeedsTls12`]: the card cannot sign for TLS 1.3.
    pub fn tls13_alone(mut self) -> Result<Self, TlsError> {
        if !self.card.is_for_tls13() {
            return Err(TlsError::NeedsTls12);
        }
        self.is_tls13_alone = true;
        Ok(self)
    }

    fn offers(&self) -> Offers {
        if self.is_tls13_alone {
            Offers::Tls13
        } else if self.card.is_for_tls13() {
            Offers::Both
        } else {
            Offers::Tls12
        }
    }

    /// A configuration for rustls, and what will be noted of its handshakes; for programs that make their connections by
    /// other means, best one for each connection. Each of its handshakes has the card sign, and blocks meanwhile.
    ///
    /// TLS 1.2 and 1.3, or 1.2 alone for a card that cannot sign by RSASSA-PSS. Sessions are not resumed and nothing is
    /// sent early: either would log in again with what the card signed before, after it has left the reader.
    ///
    /// # Errors
    /// [`TlsError::Failed`], which would be a defect of this program.
    pub fn config(&self) -> Result<(ClientConfig, Arc<HandshakeNotes>), TlsError> {
        let notes = Arc::new(HandshakeNotes::default());
        let versions = match self.offers() {
            Offers::Tls12 => TLS12,
            Offers::Tls13 => TLS13,
            Offers::Both => BOTH,
        };
        let resolver = CardInHandshake {
            card: Arc::clone(&self.card),
            notes: Arc::clone(&notes),
        };
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut config = ClientConfig::builder_with_provider(provider)
            .with_protocol_versions(versions)
            .map_err(TlsError::Failed)?
            .with_root_certificates(Arc::clone(&self.roots))
            .with_client_cert_resolver(Arc::new(resolver));
        config.resumption = Resumption::disabled();
        config.enable_early_data = false;
        config.alpn_protocols.clone_from(&self.protocols);
        Ok((config, notes))
    }

    /// Makes the handshake on a connection, and logs in. It blocks for the server as long as the stream does, whose
    /// timeouts are the caller's, and for the card.
    ///
    /// # Errors
    /// [`TlsError`]; among them that the server did not ask for a certificate.
    pub fn connect<T: Read + Write>(
        &self,
        server: ServerName<'static>,
        mut io: T,
    ) -> Result<CardConnection<StreamOwned<ClientConnection, T>>, TlsError> {
        let (config, notes) = self.config()?;
        let offers = self.offers();
        let mut connection = ClientConnection::new(Arc::new(config), server).map_err(TlsError::Failed)?;
        while connection.is_handshaking() || connection.wants_write() {
            let (read, written) = connection
                .complete_io(&mut io)
                .map_err(|error| TlsError::explain_io(error, &notes, offers))?;
            if (read, written) == (0, 0) {
                return Err(TlsError::Io(io::ErrorKind::UnexpectedEof.into()));
            }
        }
        CardConnection::logged_in(StreamOwned::new(connection, io), notes, offers)
    }

    /// What async handshakes begin with.
    #[cfg(feature = "tokio")]
    pub(crate) fn begin(&self) -> Result<(ClientConfig, Arc<HandshakeNotes>, Offers), TlsError> {
        let (config, notes) = self.config()?;
        Ok((config, notes, self.offers()))
    }
}

impl fmt::Debug for CardClient {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("CardClient")
            .field("offers", &self.offers())
            .finish_non_exhaustive()
    }
}

impl<S> CardConnection<S> {
    /// Only if the card has signed.
    pub(crate) fn logged_in(stream: S, notes: Arc<HandshakeNotes>, offers: Offers) -> Result<Self, TlsError> {
        match TlsError::on_the_card(notes.part()) {
            Ok(error) => Err(error),
            Err(Part::Signed(_)) => Ok(Self {
                stream,
                notes,
                offers,
            }),
            Err(_) => Err(TlsError::NotAsked),
        }
    }

    /// What was noted of the handshake.
    #[must_use]
    pub fn notes(&self) -> &HandshakeNotes {
        &self.notes
    }

    /// What an error of the stream means, the server's late refusal above all.
    #[must_use]
    pub fn explain(&self, error: io::Error) -> TlsError {
        TlsError::explain_io(error, &self.notes, self.offers)
    }
}

impl<S> fmt::Debug for CardConnection<S> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("CardConnection")
            .field("notes", &self.notes)
            .finish_non_exhaustive()
    }
}
