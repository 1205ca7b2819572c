//! Servers for one connection, and a server's certificate that the openssl program makes.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::Command;
use std::sync::{Arc, OnceLock};
use std::thread::JoinHandle;

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{RootCertStore, ServerConfig, ServerConnection, StreamOwned};
use tempfile::TempDir;
use varco_pki::{AnchorKind, Certificate, ChainValid, EvidenceAtHand, HeldList, TrustAnchor, TrustAnchors};
use varco_tls::{
    AcceptError, CardClient, CardClientVerifier, CardConnection, CardKey, CardServer, ClientTrust,
    TestMaterial, TlsError,
};

use crate::keys::{certificate, fixture};

/// Files of a server called localhost: `ca.pem`, `server.pem`, `server.key`; and the clients' authorities, `clients.pem`.
pub(crate) fn files() -> &'static Path {
    static FILES: OnceLock<TempDir> = OnceLock::new();
    FILES.get_or_init(make_files).path()
}

fn make_files() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("names"), "subjectAltName=DNS:localhost\n").unwrap();
    let clients = ["pki/ca-cns.pem", "pki/ca-cie-root.pem", "pki/ca-cie-sub.pem"]
        .map(|name| std::fs::read_to_string(fixture(name)).unwrap());
    std::fs::write(folder.path().join("clients.pem"), clients.concat()).unwrap();
    let key = "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes";
    for line in [
        format!("req -x509 {key} -keyout ca.key -out ca.pem -days 30 -subj /CN=authority"),
        format!("req {key} -keyout server.key -out server.csr -subj /CN=localhost"),
        "x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 30 -extfile names \
         -out server.pem"
            .to_owned(),
    ] {
        let mut openssl = Command::new("openssl");
        openssl.args(line.split_whitespace()).current_dir(folder.path());
        let output = openssl.output().unwrap();
        assert!(output.status.success(), "openssl {line}: {output:?}");
    }
    folder
}

pub(crate) fn own() -> (Vec<CertificateDer<'static>>, PrivateKeyDer<'static>) {
    let chain = CertificateDer::from_pem_file(files().join("server.pem")).unwrap();
    let key = PrivateKeyDer::from_pem_file(files().join("server.key")).unwrap();
    (vec![chain], key)
}

/// Those who trust the server.
pub(crate) fn roots() -> RootCertStore {
    let mut roots = RootCertStore::empty();
    roots
        .add(CertificateDer::from_pem_file(files().join("ca.pem")).unwrap())
        .unwrap();
    roots
}

pub(crate) fn anchors(names: &[&str]) -> TrustAnchors {
    let anchor = |name: &&str| {
        let certificate = Certificate::parse(&certificate(&format!("pki/{name}.der"))).unwrap();
        TrustAnchor::new(certificate, AnchorKind::Test).unwrap()
    };
    names.iter().map(anchor).collect()
}

pub(crate) fn evidence(lists: &[&str]) -> EvidenceAtHand {
    let mut evidence = EvidenceAtHand::default();
    for list in lists {
        let der = std::fs::read(fixture(&format!("pki/{list}.crl"))).unwrap();
        evidence.add_list(Arc::new(HeldList::parse(der, None).unwrap()));
    }
    evidence
}

/// Believes the authorities of the fixtures, and knows what they have revoked.
pub(crate) fn trust() -> ClientTrust {
    ClientTrust::new(anchors(&["ca-cns", "ca-cie-sub"]))
        .evidence(evidence(&["crl-cns", "crl-cie-sub"]))
        .test_material(TestMaterial::Permitted)
}

pub(crate) fn verifier() -> CardClientVerifier {
    CardClientVerifier::new(trust()).unwrap()
}

pub(crate) fn card_server(verifier: CardClientVerifier) -> CardServer {
    let (chain, key) = own();
    CardServer::new(verifier, chain, key).unwrap()
}

/// A server for one connection: where it is, and what it comes to.
pub(crate) struct Serving<T> {
    pub(crate) address: SocketAddr,
    thread: JoinHandle<T>,
}

impl<T: Send + 'static> Serving<T> {
    pub(crate) fn new(serve: impl FnOnce(TcpStream) -> T + Send + 'static) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let thread = std::thread::spawn(move || serve(listener.accept().unwrap().0));
        Self { address, thread }
    }

    pub(crate) fn end(self) -> T {
        self.thread.join().unwrap()
    }
}

/// Accepts a card, and answers five bytes with the same.
pub(crate) fn serve_card(server: CardServer) -> Serving<Result<ChainValid, AcceptError>> {
    Serving::new(move |tcp| {
        let mut accepted = server.accept(tcp)?;
        let mut bytes = [0; 5];
        accepted.stream.read_exact(&mut bytes).map_err(AcceptError::Io)?;
        accepted.stream.write_all(&bytes).map_err(AcceptError::Io)?;
        Ok(accepted.client)
    })
}

/// The same by a configuration of rustls; tells the TLS version and how many certificates the client sent.
pub(crate) fn serve_config(config: ServerConfig) -> Serving<std::io::Result<(u16, usize)>> {
    Serving::new(move |tcp| {
        let connection = ServerConnection::new(Arc::new(config)).unwrap();
        let mut stream = StreamOwned::new(connection, tcp);
        let mut bytes = [0; 5];
        stream.read_exact(&mut bytes)?;
        stream.write_all(&bytes)?;
        let sent = stream.conn.peer_certificates().map_or(0, <[_]>::len);
        Ok((stream.conn.protocol_version().unwrap().into(), sent))
    })
}

pub(crate) fn name() -> ServerName<'static> {
    ServerName::try_from("localhost").unwrap()
}

pub(crate) fn client(key: Arc<dyn CardKey>) -> CardClient {
    CardClient::new(key, roots()).unwrap()
}

pub(crate) type Connected = CardConnection<StreamOwned<rustls::ClientConnection, TcpStream>>;

/// Logs in, and has five bytes come back: only then has the server accepted the card.
pub(crate) fn log_in(client: &CardClient, server: SocketAddr) -> Result<Connected, TlsError> {
    let tcp = TcpStream::connect(server).unwrap();
    let mut connected = client.connect(name(), tcp)?;
    let mut bytes = [0; 5];
    let told = connected
        .stream
        .write_all(b"ciao\n")
        .and_then(|()| connected.stream.read_exact(&mut bytes));
    match told {
        Ok(()) => {
            let mut sorted = bytes;
            sorted.sort_unstable();
            assert_eq!(&sorted, b"\nacio");
            Ok(connected)
        }
        Err(error) => Err(connected.explain(error)),
    }
}
