//! The HTTP client, fitted to one connection: to addresses that were checked, with nothing from the environment.
//!
//! ureq speaks HTTP and rustls TLS. What is ours is where the connection goes, and that a wait can be cancelled.
//! Their parts that may change between minor versions are used in this file alone (ADR 74).
//!
//! Not here: what is asked and what is made of the answer (`exchange`).

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use ureq::config::Config;
use ureq::http::Uri;
use ureq::tls::{Certificate, RootCerts, TlsConfig};
use ureq::unversioned::resolver::{ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{
    Buffers, ConnectionDetails, Connector, NextTimeout, RustlsConnector, TcpConnector, Transport,
};
use ureq::{Agent, Error};

use super::cancel::{Cancel, LOOK_EVERY};
use super::look_up::ADDRESSES_MAX;

/// Longest head of an answer, in bytes.
const HEAD_LENGTH_MAX: usize = 16 * 1024;
/// Room for what was received and not yet read, in bytes.
const INPUT_LENGTH: usize = 64 * 1024;
/// Room for what is sent, in bytes.
const OUTPUT_LENGTH: usize = 16 * 1024;
/// What servers see of us.
const USER_AGENT: &str = "varco";

/// What one connection is given.
pub(crate) struct Line {
    /// Where it goes, checked.
    pub(crate) addresses: Vec<SocketAddr>,
    /// By whom servers are trusted. None for http.
    pub(crate) roots: Option<Roots>,
    /// What is left of the whole time.
    pub(crate) left: Duration,
    /// Longest wait for the connection.
    pub(crate) connect: Duration,
    /// Longest wait for the next bytes.
    pub(crate) idle: Duration,
}

/// Certificates by which servers are trusted.
#[derive(Clone)]
pub(crate) struct Roots(Arc<Vec<Certificate<'static>>>);

impl Roots {
    pub(crate) fn new<'a>(certificates: impl Iterator<Item = &'a [u8]>) -> Self {
        let owned = certificates.map(|der| Certificate::from_der(der).to_owned());
        Self(Arc::new(owned.collect()))
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// A client for one connection.
pub(crate) fn agent(line: Line, cancel: &Cancel) -> Agent {
    let provider = rustls::crypto::ring::default_provider();
    let roots = line.roots.map_or_else(|| Arc::new(Vec::new()), |roots| roots.0);
    let tls = TlsConfig::builder()
        .root_certs(RootCerts::Specific(roots))
        .unversioned_rustls_crypto_provider(Arc::new(provider))
        .build();
    let config = Agent::config_builder()
        .proxy(None)
        .tls_config(tls)
        .http_status_as_error(false)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .user_agent(USER_AGENT)
        .accept("*/*")
        .accept_encoding("identity")
        .max_response_header_size(HEAD_LENGTH_MAX)
        .input_buffer_size(INPUT_LENGTH)
        .output_buffer_size(OUTPUT_LENGTH)
        .max_idle_connections(0)
        .timeout_global(Some(line.left))
        .timeout_connect(Some(line.connect))
        .timeout_per_read(Some(line.idle))
        .timeout_per_write(Some(line.idle))
        .build();
    let connector =
        ().chain(TcpConnector::default())
            .chain(Cancellable(cancel.clone()))
            .chain(RustlsConnector::default());
    Agent::with_parts(config, connector, Pinned(line.addresses))
}

/// Answers with the addresses that were checked, whatever is asked.
#[derive(Debug)]
struct Pinned(Vec<SocketAddr>);

impl Resolver for Pinned {
    fn resolve(&self, _: &Uri, _: &Config, _: NextTimeout) -> Result<ResolvedSocketAddrs, Error> {
        let mut addresses = self.empty();
        for address in self.0.iter().take(ADDRESSES_MAX) {
            addresses.push(*address);
        }
        Ok(addresses)
    }
}

/// Puts [`Watched`] around a connection.
#[derive(Debug)]
struct Cancellable(Cancel);

impl<In: Transport> Connector<In> for Cancellable {
    type Out = Watched<In>;

    fn connect(&self, _: &ConnectionDetails<'_>, chained: Option<In>) -> Result<Option<Self::Out>, Error> {
        let watched = chained.map(|inner| Watched {
            inner,
            cancel: self.0.clone(),
        });
        Ok(watched)
    }
}

/// A connection whose waits are cut into short ones, with a look at the flag between them.
#[derive(Debug)]
struct Watched<In> {
    inner: In,
    cancel: Cancel,
}

impl<In> Watched<In> {
    fn go_on(&self) -> Result<(), Error> {
        if self.cancel.is_cancelled() {
            // Whoever asked looks at the flag, not at this error.
            return Err(Error::Io(std::io::Error::other("cancelled")));
        }
        Ok(())
    }
}

impl<In: Transport> Transport for Watched<In> {
    fn buffers(&mut self) -> &mut dyn Buffers {
        self.inner.buffers()
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), Error> {
        self.go_on()?;
        self.inner.transmit_output(amount, timeout)
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, Error> {
        let whole = timeout.for_read();
        let began = Instant::now();
        loop {
            self.go_on()?;
            let left = whole.after.saturating_sub(began.elapsed());
            if left.is_zero() {
                return Err(Error::Timeout(whole.reason));
            }
            let slice = NextTimeout {
                after: left.min(LOOK_EVERY).into(),
                per_read: None,
                per_write: None,
                ..whole
            };
            match self.inner.await_input(slice) {
                Err(Error::Timeout(_)) => {}
                outcome => return outcome,
            }
        }
    }

    fn is_open(&mut self) -> bool {
        self.inner.is_open()
    }

    fn is_tls(&self) -> bool {
        self.inner.is_tls()
    }
}
