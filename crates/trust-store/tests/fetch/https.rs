//! TLS: whom a fetch trusts, and what it refuses.

use std::io::Write as _;
use std::net::TcpStream;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer};
use rustls::{ServerConfig, ServerConnection, Stream};
use varco_trust_store::fetch::{
    AllowedHost, Cancel, FetchKind, FetchProblem, FetchRules, Fetcher, RedirectFault, Remedy,
};

use crate::certificates::{Key, authority, server};
use crate::server::{Request, Server, ok};
use crate::{OVERALL, body, get_by, problem, with_overall};

const FAR: &str = "21000101000000Z";

/// A TLS server with this certificate, that answers with these bytes.
fn tls_server(certificate: Vec<u8>, key: &Key, answer: Vec<u8>) -> Server {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(
            vec![CertificateDer::from(certificate)],
            PrivatePkcs8KeyDer::from(key.pkcs8()).into(),
        )
        .unwrap();
    let config = Arc::new(config);
    Server::raw(move |socket: &mut TcpStream| {
        let mut connection = ServerConnection::new(Arc::clone(&config)).unwrap();
        let mut stream = Stream::new(&mut connection, socket);
        // A client that does not trust leaves here.
        if Request::read(&mut stream).is_some() {
            let _ = stream.write_all(&answer);
            stream.conn.send_close_notify();
            let _ = stream.flush();
        }
    })
}

/// Rules for `localhost` at the ports of these servers, and a fetcher that trusts this authority.
fn fetcher(servers: &[&Server], root: &Key) -> Fetcher {
    let hosts = servers.iter().map(|server| {
        let host = format!("localhost:{}", server.port());
        AllowedHost::parse(&host).unwrap().with_private_addresses()
    });
    let rules = with_overall(FetchRules::new(hosts), FetchKind::Crl, OVERALL);
    Fetcher::with_roots(rules, &[authority(root)])
}

fn url(server: &Server) -> String {
    format!("https://localhost:{}/a.crl", server.port())
}

#[test]
fn a_server_below_a_given_authority_is_trusted() {
    let (root, key) = (Key::new(1), Key::new(2));
    let server = tls_server(server("localhost", &key, &root, FAR), &key, ok("", b"list"));
    assert_eq!(body(get_by(&fetcher(&[&server], &root), &url(&server))), b"list");
}

#[test]
fn a_long_list_comes_whole_by_tls() {
    let (root, key) = (Key::new(1), Key::new(2));
    let long: Vec<u8> = (0..1_000_000_u32).map(|number| number as u8).collect();
    let server = tls_server(server("localhost", &key, &root, FAR), &key, ok("", &long));
    assert_eq!(body(get_by(&fetcher(&[&server], &root), &url(&server))), long);
}

#[test]
fn another_authority_another_name_and_an_old_certificate_are_not_trusted() {
    let (root, key) = (Key::new(1), Key::new(2));
    for certificate in [
        server("localhost", &key, &Key::new(3), FAR),
        server("other.example", &key, &root, FAR),
        server("localhost", &key, &root, "20200102000000Z"),
    ] {
        let server = tls_server(certificate, &key, ok("", b"list"));
        let error = get_by(&fetcher(&[&server], &root), &url(&server)).unwrap_err();
        assert_eq!(
            (error.code(), error.remedy()),
            ("fetch-server-not-trusted", Remedy::CheckSystem)
        );
    }
}

#[test]
fn a_server_that_speaks_no_tls_is_told() {
    let server = Server::raw(|stream| {
        stream.write_all(&ok("", b"list")).unwrap();
        let _ = std::io::copy(stream, &mut std::io::sink());
    });
    let outcome = get_by(&fetcher(&[&server], &Key::new(1)), &url(&server));
    assert_eq!(problem(outcome), FetchProblem::Tls);
}

#[test]
fn a_handshake_that_stalls_ends_by_the_wait_for_bytes() {
    let server = Server::raw(|stream| {
        let _ = std::io::copy(stream, &mut std::io::sink());
    });
    let fetcher = fetcher(&[&server], &Key::new(1));
    let rules = fetcher
        .rules()
        .clone()
        .with_waits(OVERALL, Duration::from_millis(200));
    let fetcher = Fetcher::with_roots(rules, &[authority(&Key::new(1))]);
    let outcome = get_by(&fetcher, &url(&server));
    assert_eq!(problem(outcome).code(), "fetch-timed-out");
}

#[test]
fn a_handshake_that_is_cancelled_ends_long_before_its_own_end() {
    let cancel = Cancel::default();
    let flag = cancel.clone();
    let server = Server::raw(move |stream| {
        flag.cancel();
        let _ = std::io::copy(stream, &mut std::io::sink());
    });
    let rules = fetcher(&[&server], &Key::new(1)).rules().clone();
    let fetcher = Fetcher::with_roots(rules.with_waits(OVERALL, OVERALL), &[authority(&Key::new(1))]);
    let began = Instant::now();
    let outcome = fetcher.get(&url(&server), FetchKind::Crl, None, &cancel, &mut |_| ());
    assert_eq!(problem(outcome), FetchProblem::Cancelled);
    assert!(began.elapsed() < OVERALL / 2);
}

#[test]
fn without_authorities_nobody_is_trusted() {
    let (root, key) = (Key::new(1), Key::new(2));
    let server = tls_server(server("localhost", &key, &root, FAR), &key, ok("", b"list"));
    let rules = fetcher(&[&server], &root).rules().clone();
    for roots in [vec![], vec![b"no certificate".to_vec()]] {
        let error = get_by(&Fetcher::with_roots(rules.clone(), &roots), &url(&server)).unwrap_err();
        assert_eq!(error.remedy(), Remedy::CheckSystem);
    }
}

#[test]
fn the_system_does_not_trust_the_authority_of_a_test() {
    let (root, key) = (Key::new(1), Key::new(2));
    let server = tls_server(server("localhost", &key, &root, FAR), &key, ok("", b"list"));
    let rules = fetcher(&[&server], &root).rules().clone();
    // With certificates of the system or, where it has none, without.
    let error = get_by(&Fetcher::new(rules), &url(&server)).unwrap_err();
    assert_eq!(error.remedy(), Remedy::CheckSystem);
}

#[test]
fn nothing_leads_from_https_down_to_http() {
    let (root, key) = (Key::new(1), Key::new(2));
    let plain = Server::answering(ok("", b"list"));
    let down = format!(
        "HTTP/1.1 302 Found\r\nLocation: http://localhost:{}/\r\nContent-Length: 0\r\n\r\n",
        plain.port()
    );
    let secure = tls_server(server("localhost", &key, &root, FAR), &key, down.into_bytes());
    let outcome = get_by(&fetcher(&[&secure, &plain], &root), &url(&secure));
    assert_eq!(
        problem(outcome),
        FetchProblem::Redirected(RedirectFault::Downgrade)
    );
    assert_eq!(plain.connections(), 0);
}

#[test]
fn http_may_lead_up_to_https() {
    let (root, key) = (Key::new(1), Key::new(2));
    let secure = tls_server(server("localhost", &key, &root, FAR), &key, ok("", b"list"));
    let up = format!(
        "HTTP/1.1 301 Moved\r\nLocation: {}\r\nContent-Length: 0\r\n\r\n",
        url(&secure)
    );
    let plain = Server::answering(up);
    let fetcher = fetcher(&[&secure, &plain], &root);
    let from = format!("http://localhost:{}/", plain.port());
    assert_eq!(body(get_by(&fetcher, &from)), b"list");
}
