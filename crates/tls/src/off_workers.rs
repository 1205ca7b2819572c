//! Handshakes for programs on a tokio runtime: on a thread where one may block, while the runtime's workers go on.
//!
//! A card takes up to seconds to sign, and rustls waits for it inside a poll; evidence that is fetched is no faster. So the
//! whole handshake is driven by a thread of the runtime's blocking pool, on runtimes of either flavour; the connection
//! itself stays with the runtime.
//!
//! Not here: what a handshake is given and gives (`client`, `server`).

use std::future::Future;
use std::io;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};

use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::Notify;
use tokio::task::spawn_blocking;
use tokio_rustls::{TlsAcceptor, TlsConnector, client, server};

use crate::{AcceptError, Accepted, CardClient, CardConnection, CardServer, HandshakeNotes, TlsError};

/// Wakes who awaits the handshake's next poll.
struct Wakes(Notify);

impl Wake for Wakes {
    fn wake(self: Arc<Self>) {
        self.0.notify_one();
    }
}

/// Polls a handshake on the blocking pool, and holds a thread of it for no longer than a poll takes.
async fn off_workers<T: Send + 'static>(
    handshake: impl Future<Output = io::Result<T>> + Send + 'static,
) -> io::Result<T> {
    let mut handshake = Box::pin(handshake);
    let wakes = Arc::new(Wakes(Notify::new()));
    loop {
        let waker = Waker::from(Arc::clone(&wakes));
        let polled = spawn_blocking(move || {
            let polled = handshake.as_mut().poll(&mut Context::from_waker(&waker));
            (handshake, polled)
        });
        match polled.await {
            Ok((_, Poll::Ready(outcome))) => return outcome,
            Ok((pending, Poll::Pending)) => handshake = pending,
            Err(error) => match error.try_into_panic() {
                Ok(panic) => std::panic::resume_unwind(panic),
                Err(_) => return Err(io::ErrorKind::Interrupted.into()),
            },
        }
        wakes.0.notified().await;
    }
}

/// Says, when dropped, that nobody waits for the card any more.
struct Waiting(Arc<HandshakeNotes>);

impl Drop for Waiting {
    fn drop(&mut self) {
        self.0.abandon();
    }
}

impl CardClient {
    /// As [`CardClient::connect`], without blocking the runtime's workers. Needs a runtime with I/O, of either flavour.
    ///
    /// Dropping the future ends the handshake: the card is not asked any more, and the connection closes. A signature that
    /// the card has begun runs to its end on its own thread, and is not sent, unless the future is dropped in the instant between
    /// its arrival and its sending; a runtime that shuts down waits for it.
    ///
    /// A server that is silent is waited for as long as the stream lets one wait: give the future to `tokio::time::timeout`.
    ///
    /// # Errors
    /// As [`CardClient::connect`].
    ///
    /// # Panics
    /// Outside of a tokio runtime.
    pub async fn connect_async<IO>(
        &self,
        server: ServerName<'static>,
        io: IO,
    ) -> Result<CardConnection<client::TlsStream<IO>>, TlsError>
    where
        IO: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let (config, notes, offers) = self.begin()?;
        let _waiting = Waiting(Arc::clone(&notes));
        let connector = TlsConnector::from(Arc::new(config));
        let stream = off_workers(async move { connector.connect(server, io).await })
            .await
            .map_err(|error| TlsError::explain_io(error, &notes, offers))?;
        CardConnection::logged_in(stream, notes, offers)
    }
}

impl CardServer {
    /// As [`CardServer::accept`], without blocking the runtime's workers: judging takes milliseconds, and fetching evidence as
    /// long as it takes. Dropping the future ends the handshake.
    ///
    /// A client that is silent is waited for as long as the stream lets one wait: give the future to `tokio::time::timeout`, and
    /// bound how many are accepted at once. No thread is held meanwhile.
    ///
    /// # Errors
    /// As [`CardServer::accept`].
    ///
    /// # Panics
    /// Outside of a tokio runtime.
    pub async fn accept_async<IO>(&self, io: IO) -> Result<Accepted<server::TlsStream<IO>>, AcceptError>
    where
        IO: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let (config, learnt) = self.begin()?;
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let stream = off_workers(async move { acceptor.accept(io).await })
            .await
            .map_err(|error| learnt.explain(error))?;
        learnt.accepted(stream)
    }
}
