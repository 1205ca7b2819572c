//! Handshakes on runtimes of both flavours: nobody else waits for the card, and who does may go.

use std::sync::mpsc;
use std::sync::{Arc, Mutex};

use rustls::pki_types::ServerName;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::{Builder, Runtime};
use varco_tls::{CardKeyError, TlsError};

use crate::keys::SoftKey;
use crate::servers::{Serving, card_server, client, name, serve_card, verifier};

fn runtimes() -> [Runtime; 2] {
    let one = Builder::new_current_thread().enable_io().build().unwrap();
    let many = Builder::new_multi_thread()
        .worker_threads(1)
        .enable_io()
        .build()
        .unwrap();
    [one, many]
}

/// A card that says when it is asked, and signs when it is let.
fn slow_card() -> (
    SoftKey,
    tokio::sync::mpsc::UnboundedReceiver<()>,
    mpsc::Sender<()>,
) {
    let (ask, asked) = tokio::sync::mpsc::unbounded_channel();
    let (go, gone) = mpsc::channel();
    let gone = Mutex::new(gone);
    let key = SoftKey::cns().with_fault(move || {
        let _ = ask.send(());
        let _ = gone.lock().unwrap().recv();
        None
    });
    (key, asked, go)
}

#[test]
fn client_and_server_meet_on_one_runtime_while_the_card_is_slow() {
    for runtime in runtimes() {
        let (key, mut asked, go) = slow_card();
        let client = client(key.shared());
        runtime.block_on(async move {
            let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
            let address = listener.local_addr().unwrap();
            let server = tokio::spawn(async move {
                let (tcp, _) = listener.accept().await.unwrap();
                let mut accepted = card_server(verifier()).accept_async(tcp).await.unwrap();
                let byte = accepted.stream.read_u8().await.unwrap();
                accepted.stream.write_u8(byte).await.unwrap();
                accepted.stream.shutdown().await.unwrap();
                accepted.client.revocation().code()
            });
            // The only worker has time for this while the card is asked, or the test would stand still.
            tokio::spawn(async move {
                asked.recv().await.unwrap();
                go.send(()).unwrap();
            });
            let tcp = TcpStream::connect(address).await.unwrap();
            let mut connected = client.connect_async(name(), tcp).await.unwrap();
            assert!(connected.notes().signed_by().is_some());
            connected.stream.write_u8(7).await.unwrap();
            assert_eq!(connected.stream.read_u8().await.unwrap(), 7);
            assert_eq!(server.await.unwrap(), "good");
        });
    }
}

#[test]
fn who_does_not_wait_any_more_is_not_logged_in() {
    for versions in [&[&rustls::version::TLS12][..], &[&rustls::version::TLS13][..]] {
        for runtime in runtimes() {
            let (key, mut asked, go) = slow_card();
            let client = client(key.shared());
            let card_server = card_server(verifier()).versions(versions);
            // What counts is whether the server takes it, and not what comes after.
            let server = Serving::new(move |tcp| card_server.accept(tcp).map(drop));
            let address = server.address;
            runtime.block_on(async move {
                let tcp = TcpStream::connect(address).await.unwrap();
                let login = tokio::spawn(async move { client.connect_async(name(), tcp).await.map(drop) });
                asked.recv().await.unwrap();
                login.abort();
                assert!(login.await.unwrap_err().is_cancelled());
                // The card finishes what it has begun, for nobody.
                go.send(()).unwrap();
            });
            let code = server.end().unwrap_err().code();
            assert!(["tls-connection", "tls-failed"].contains(&code), "{code}");
        }
    }
}

#[test]
fn peers_that_say_nothing_hold_up_nobody() {
    // One thread for work that blocks, and more silent peers than that.
    let runtime = Builder::new_multi_thread()
        .worker_threads(2)
        .max_blocking_threads(1)
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let (accept, accepted) = tokio::sync::oneshot::channel();
        tokio::spawn(async move {
            let server = card_server(verifier());
            let mut accept = Some(accept);
            for number in 0.. {
                let (tcp, _) = listener.accept().await.unwrap();
                let (server, accept) = (server.clone(), if number == 4 { accept.take() } else { None });
                tokio::spawn(async move {
                    let outcome = server.accept_async(tcp).await.map(drop);
                    if let Some(accept) = accept {
                        let _ = accept.send(outcome.is_ok());
                    }
                });
            }
        });
        let mut silent = Vec::new();
        for _ in 0..4 {
            silent.push(TcpStream::connect(address).await.unwrap());
        }
        let client = client(SoftKey::cns().shared());
        std::thread::spawn(move || crate::servers::log_in(&client, address).map(drop));
        assert!(accepted.await.unwrap());
        drop(silent);
    });
    runtime.shutdown_background();
}

#[test]
fn who_goes_before_the_server_has_answered_leaves_the_card_alone() {
    for runtime in runtimes() {
        let key = SoftKey::cns().shared();
        let client = client(key.clone());
        let (greet, greeted) = tokio::sync::oneshot::channel();
        let server = Serving::new(move |mut tcp| {
            use std::io::Read as _;
            let mut hello = [0; 1];
            tcp.read_exact(&mut hello).unwrap();
            greet.send(()).unwrap();
            // Until the client is gone.
            tcp.read_to_end(&mut Vec::new()).unwrap();
        });
        let address = server.address;
        runtime.block_on(async move {
            let tcp = TcpStream::connect(address).await.unwrap();
            let login = tokio::spawn(async move { client.connect_async(name(), tcp).await.map(drop) });
            greeted.await.unwrap();
            login.abort();
            assert!(login.await.unwrap_err().is_cancelled());
        });
        server.end();
        assert_eq!(key.signatures(), 0);
    }
}

#[test]
fn errors_are_those_of_who_blocks() {
    for runtime in runtimes() {
        let removed = || Some(Err(CardKeyError::new("card-removed", "the card was removed")));
        let client = client(SoftKey::cns().with_fault(removed).shared());
        let wrong_name = ServerName::try_from("elsewhere.example").unwrap();
        for (server_name, code) in [(name(), "card-removed"), (wrong_name, "tls-server-not-trusted")] {
            let server = serve_card(card_server(verifier()));
            let address = server.address;
            let outcome: Result<_, TlsError> = runtime.block_on(async {
                let tcp = TcpStream::connect(address).await.unwrap();
                client.connect_async(server_name, tcp).await
            });
            assert_eq!(outcome.unwrap_err().code(), code);
            assert!(server.end().is_err());
        }
    }
}

#[test]
fn what_panics_in_the_cards_code_panics_in_the_caller() {
    let [runtime, _] = runtimes();
    let client = client(Arc::new(SoftKey::cns().with_fault(|| panic!("a defect"))));
    let server = serve_card(card_server(verifier()));
    let address = server.address;
    let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        runtime.block_on(async {
            let tcp = TcpStream::connect(address).await.unwrap();
            client.connect_async(name(), tcp).await.map(drop)
        })
    }));
    assert!(outcome.is_err());
    assert!(server.end().is_err());
}
