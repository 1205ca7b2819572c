//! A TLS client whose key is on a card: it logs in with the PIN once, keeps the card, and connects twice without it.
//!
//! ```text
//! cargo run --example mtls-login
//! cargo run --example mtls-login -- --played cie-nxp          # an identity card: TLS 1.2
//! cargo run --example mtls-login -- --played cie-nxp --tls13  # and what it says of a server with TLS 1.3 alone
//! cargo run --example mtls-login -- --server www.example.it:443 --roots ca.pem --reader any --trust ca.pem --crl ca.crl
//! ```
//!
//! Without `--server` the server is in this program too: it requires the card's certificate, judges it, and greets.
//! Not here: a protocol above TLS.

#[path = "../../varco/examples/common/mod.rs"]
mod common;

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use common::Failed;
use rcgen::generate_simple_self_signed;
use varco::KeepCard;
use varco::trust::{AnchorKind, RevocationMode, TrustAnchors};
use varco_tls::rustls::pki_types::pem::PemObject as _;
use varco_tls::rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use varco_tls::rustls::{RootCertStore, version};
use varco_tls::{CardClient, CardClientVerifier, CardServer, ClientTrust, KeptCard, TestMaterial};

fn main() -> Result<(), Failed> {
    let mut setup = common::setup("https://mtls.example.it")?;
    setup.options.keep_card(KeepCard::Exclusively);
    let option = |name: &str| {
        let mut after = setup.rest.iter().skip_while(|option| *option != name);
        after.next().map(|_| after.next().cloned().unwrap_or_default())
    };
    let mut roots = RootCertStore::empty();
    let address = match option("--server") {
        Some(address) => {
            let file = option("--roots").ok_or("--server wants --roots FILE")?;
            for certificate in CertificateDer::pem_file_iter(file)? {
                roots.add(certificate?)?;
            }
            address
        }
        None => serve(&mut roots, option("--tls13").is_some())?,
    };

    let prompt = common::prompt(setup.entry, setup.locale)?;
    let logged_in = setup
        .varco
        .begin_login(setup.options)
        .start_boxed(prompt)
        .wait()?;
    let card = KeptCard::of(&logged_in).ok_or("the card was not kept")?;
    let client = CardClient::new(Arc::new(card), roots)?;
    let host = address.rsplit_once(':').ok_or("--server wants HOST:PORT")?.0;
    for _ in 0..2 {
        let tcp = TcpStream::connect(&address)?;
        tcp.set_read_timeout(Some(Duration::from_secs(30)))?;
        let mut connected = match client.connect(ServerName::try_from(host.to_owned())?, tcp) {
            Ok(connected) => connected,
            Err(error) => {
                let messages = varco::Messages::new(setup.locale);
                println!("{} [{}]", messages.text(error.code(), &[]), error.code());
                return Err(error.into());
            }
        };
        let signed = connected.notes().signed_by().map(|scheme| scheme.name());
        let version = connected.stream.conn.protocol_version();
        println!("{version:?}, signed on the card by {}", signed.unwrap_or("?"));
        // In TLS 1.3 a refusal comes instead of the first bytes.
        if let Err(error) = ask(&mut connected.stream, host) {
            return Err(connected.explain(error).into());
        }
    }
    println!("{:?}", logged_in.log_out());
    Ok(())
}

/// Asks for a page, and shows the last line of what comes.
fn ask(stream: &mut (impl Read + Write), host: &str) -> std::io::Result<()> {
    // In one piece: a server may answer its first line, and close.
    stream.write_all(format!("GET / HTTP/1.0\r\nHost: {host}\r\n\r\n").as_bytes())?;
    stream.flush()?;
    let mut answer = Vec::new();
    stream.take(65_536).read_to_end(&mut answer)?;
    let answer = String::from_utf8_lossy(&answer);
    println!("{}", answer.lines().last().unwrap_or_default());
    Ok(())
}

/// A server in this program that requires the certificate of a played card; its address.
fn serve(roots: &mut RootCertStore, is_tls13_alone: bool) -> Result<String, Failed> {
    let own = generate_simple_self_signed(vec!["localhost".to_owned()])?;
    roots.add(own.cert.der().clone())?;
    let mut anchors = TrustAnchors::default();
    for name in ["ca-cns.der", "ca-cie-sub.der"] {
        let file = format!("{}/../../fixtures/pki/{name}", env!("CARGO_MANIFEST_DIR"));
        for anchor in varco::trust::load_anchors(file.as_ref(), AnchorKind::Test)? {
            anchors.add(anchor);
        }
    }
    // A server that serves persons asks for lists too.
    let trust = ClientTrust::new(anchors)
        .revocation(RevocationMode::Off)
        .test_material(TestMaterial::Permitted);
    let key = PrivateKeyDer::try_from(own.signing_key.serialize_der())?;
    let mut server = CardServer::new(CardClientVerifier::new(trust)?, vec![own.cert.der().clone()], key)?;
    if is_tls13_alone {
        server = server.versions(&[&version::TLS13]);
    }
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = format!("localhost:{}", listener.local_addr()?.port());
    thread::spawn(move || {
        for tcp in listener.incoming().flatten() {
            match server.accept(tcp) {
                Ok(mut accepted) => {
                    let mut asked = [0; 1024];
                    let _ = accepted.stream.read(&mut asked);
                    let name = accepted
                        .client
                        .leaf()
                        .subject_given_name()
                        .unwrap_or("?")
                        .to_owned();
                    let _ = write!(accepted.stream, "HTTP/1.0 200 OK\r\n\r\nBenvenuto, {name}.");
                    accepted.stream.conn.send_close_notify();
                    let _ = accepted.stream.flush();
                }
                Err(error) => println!("    the server: {error} [{}]", error.code()),
            }
        }
    });
    Ok(address)
}
