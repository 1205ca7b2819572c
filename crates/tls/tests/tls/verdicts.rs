//! Whom a server with pki's verdict believes, what it learns, and what the client hears.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::sync::Arc;

use rustls::client::{ResolvesClientCert, Resumption};
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use rustls::{AlertDescription, ClientConfig, ClientConnection, HandshakeKind, SignatureScheme, StreamOwned};
use varco_pki::{RevocationMode, Timestamp};
use varco_tls::{Accepts, CardClientVerifier, ClientTrust, Issuers, LastRefusal, TestMaterial, TlsError};

use crate::keys::{SoftKey, certificate, fixture};
use crate::servers::{
    Serving, anchors, card_server, client, evidence, log_in, name, roots, serve_card, serve_config, trust,
    verifier,
};

fn at() -> Timestamp {
    "2026-06-01T09:00:00Z".parse().unwrap()
}

#[test]
fn the_server_learns_whose_card_it_is() {
    for key in [SoftKey::cns(), SoftKey::cie()] {
        let server = serve_card(card_server(verifier()));
        log_in(&client(key.shared()), server.address).unwrap();
        let judged = server.end().unwrap();
        assert_eq!(judged.revocation().code(), "good");
        assert_eq!(judged.holder().codice_fiscale().as_str().len(), 16);
        assert!(judged.is_test_material());
    }
}

#[test]
fn each_refusal_is_told_to_the_server_by_its_code_and_to_the_client_by_its_alert() {
    use AlertDescription as Alert;
    for (leaf, code, alert) in [
        ("leaf-revoked", "certificate-revoked", Alert::CertificateRevoked),
        (
            "leaf-suspended",
            "certificate-suspended",
            Alert::CertificateRevoked,
        ),
        ("leaf-expired", "certificate-expired", Alert::CertificateExpired),
        (
            "leaf-not-yet-valid",
            "certificate-not-yet-valid",
            Alert::CertificateExpired,
        ),
        ("leaf-untrusted", "certificate-not-trusted", Alert::UnknownCA),
        ("leaf-bad-signature", "certificate-not-trusted", Alert::UnknownCA),
        (
            "leaf-weak-signature",
            "certificate-not-trusted",
            Alert::CertificateUnknown,
        ),
        ("leaf-rekeyed", "certificate-not-trusted", Alert::UnknownCA),
        (
            "leaf-unknown-critical",
            "certificate-not-trusted",
            Alert::CertificateUnknown,
        ),
        (
            "leaf-for-documents",
            "certificate-wrong-purpose",
            Alert::UnsupportedCertificate,
        ),
        (
            "leaf-without-client-authentication",
            "certificate-wrong-purpose",
            Alert::UnsupportedCertificate,
        ),
        (
            "leaf-without-policy",
            "certificate-wrong-purpose",
            Alert::UnsupportedCertificate,
        ),
    ] {
        // By the first TLS 1.3, by the second TLS 1.2, where the alert comes within the handshake.
        for is_pss in [true, false] {
            let key = SoftKey::with_leaf(&format!("pki/{leaf}.der"));
            let key = if is_pss {
                key
            } else {
                key.signing_by(|scheme| !scheme.is_for_tls13())
            };
            let server = serve_card(card_server(verifier()));
            let told = log_in(&client(key.shared()), server.address).unwrap_err();
            let learnt = server.end().unwrap_err();
            assert_eq!(learnt.code(), code, "{leaf}: {learnt}");
            let TlsError::Refused { alert: heard, .. } = told else {
                panic!("{leaf}: {told:?}")
            };
            assert_eq!(heard, alert, "{leaf}");
        }
    }
}

#[test]
fn what_is_not_known_of_revocation_is_refused_unless_less_is_asked() {
    let of = |mode| {
        let trust = ClientTrust::new(anchors(&["ca-cns"]))
            .revocation(mode)
            .test_material(TestMaterial::Permitted);
        let server = serve_card(card_server(CardClientVerifier::new(trust).unwrap()));
        let told = log_in(&client(SoftKey::cns().shared()), server.address);
        (told.is_ok(), server.end().map_err(|error| error.code()).map(drop))
    };
    assert_eq!(of(RevocationMode::Hard), (false, Err("revocation-unknown")));
    assert_eq!(of(RevocationMode::Soft), (true, Ok(())));
}

#[test]
fn a_server_may_take_one_kind_of_card_only() {
    for (accepts, cns, cie) in [
        (Accepts::Either, None, None),
        (Accepts::Cns, None, Some("certificate-wrong-purpose")),
        (Accepts::Cie, Some("certificate-wrong-purpose"), None),
    ] {
        let verifier = CardClientVerifier::new(trust().accepts(accepts)).unwrap();
        let code = |path| {
            let outcome = verifier.judge(&[certificate(path)], at());
            outcome.err().map(|refusal| refusal.code())
        };
        assert_eq!(code("pki/leaf-good.der"), cns);
        assert_eq!(code("cards/cie-st/ef-1003.bin"), cie);
    }
}

#[test]
fn authorities_that_a_client_sends_may_stand_between() {
    let trust = ClientTrust::new(anchors(&["ca-cie-root"]))
        .evidence(evidence(&["crl-cie-root", "crl-cie-sub"]))
        .test_material(TestMaterial::Permitted);
    let server = card_server(CardClientVerifier::new(trust).unwrap());
    let alone = serve_card(server.clone());
    let told = log_in(&client(SoftKey::cie().shared()), alone.address).unwrap_err();
    // The server named its root, of which a card that comes alone says nothing.
    let TlsError::Refused { issuers, .. } = told else {
        panic!("{told:?}")
    };
    assert_eq!(issuers, Issuers::Others);
    assert_eq!(alone.end().unwrap_err().code(), "certificate-not-trusted");

    let with_it = serve_card(server);
    let key = SoftKey::cie()
        .above("pki/crl-cns.crl")
        .above("pki/ca-cie-sub.der");
    log_in(&client(key.shared()), with_it.address).unwrap();
    assert_eq!(with_it.end().unwrap().path().issuers().len(), 1);
}

#[test]
fn anchors_for_tests_are_refused_unless_permitted_and_none_is_no_server() {
    let new = |trust: ClientTrust| {
        CardClientVerifier::new(trust)
            .map(drop)
            .map_err(|error| error.code())
    };
    let test = || ClientTrust::new(anchors(&["ca-cns"]));
    assert_eq!(new(test()), Err("tls-test-material"));
    assert_eq!(new(test().test_material(TestMaterial::Permitted)), Ok(()));
    let none = ClientTrust::new(anchors(&[])).test_material(TestMaterial::Permitted);
    assert_eq!(new(none), Err("trust-anchors-missing"));
}

#[test]
fn short_keys_are_refused_with_a_reason_also_where_pki_takes_them() {
    let trust = ClientTrust::new(anchors(&["ca-cns-legacy"]))
        .evidence(evidence(&["crl-legacy"]))
        .test_material(TestMaterial::Permitted);
    let verifier = CardClientVerifier::new(trust).unwrap();
    let refusal = verifier.judge(&[certificate("cards/cns-athena/ef-1101.bin")], at());
    assert_eq!(refusal.unwrap_err().code(), "key-unsupported");
    assert_eq!(
        verifier.judge(&[], at()).unwrap_err().code(),
        "certificate-unreadable"
    );
}

/// A client of rustls's own, with a card's certificate or none.
fn foreign_client(resolver: Arc<dyn ResolvesClientCert>) -> ClientConnection {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots())
        .with_client_cert_resolver(resolver);
    ClientConnection::new(Arc::new(config), name()).unwrap()
}

#[derive(Debug)]
struct Nobody;

impl ResolvesClientCert for Nobody {
    fn resolve(&self, _: &[&[u8]], _: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        None
    }
    fn has_certs(&self) -> bool {
        false
    }
}

fn with_foreign_client(resolver: Arc<dyn ResolvesClientCert>) -> &'static str {
    let server = Serving::new(|tcp| card_server(verifier()).accept(tcp).map(drop));
    let mut tcp = TcpStream::connect(server.address).unwrap();
    let mut connection = foreign_client(resolver);
    while connection.is_handshaking() || connection.wants_write() {
        if connection.complete_io(&mut tcp).is_err() {
            break;
        }
    }
    server.end().unwrap_err().code()
}

#[test]
fn a_client_without_a_certificate_is_not_accepted() {
    assert_eq!(with_foreign_client(Arc::new(Nobody)), "tls-no-certificate");
}

#[test]
fn a_client_with_somebody_elses_certificate_is_not_accepted() {
    let key = std::fs::read(fixture("cards/cns-wrong-key/key.p8")).unwrap();
    let key = rustls::pki_types::PrivatePkcs8KeyDer::from(key).into();
    let key = rustls::crypto::ring::sign::any_supported_type(&key).unwrap();
    let certified = CertifiedKey::new(vec![certificate("pki/leaf-good.der")], key);
    let resolver = Arc::new(SingleCertAndKey::from(certified));
    assert_eq!(with_foreign_client(resolver), "key-not-proven");
}

#[test]
fn a_verifier_for_many_connections_tells_its_observer() {
    use rustls::pki_types::UnixTime;
    use rustls::server::danger::ClientCertVerifier as _;
    let last = Arc::new(LastRefusal::default());
    let verifier = verifier().observed_by(last.clone());
    let now = UnixTime::since_unix_epoch(std::time::Duration::from_secs(1_780_304_400));
    let outcome = verifier.verify_client_cert(&certificate("pki/leaf-revoked.der"), &[], now);
    assert!(outcome.is_err());
    assert_eq!(last.take().unwrap().code(), "certificate-revoked");
    assert!(last.take().is_none());
    assert!(
        verifier
            .verify_client_cert(&certificate("pki/leaf-good.der"), &[], now)
            .is_ok()
    );
    assert!(last.take().is_none());
    assert_eq!(verifier.root_hint_subjects().len(), 2);
    assert!(verifier.client_auth_mandatory());
}

#[test]
fn a_server_resumes_nobody_who_would() {
    for is_pss in [true, false] {
        let key = SoftKey::cns();
        let key = if is_pss {
            key
        } else {
            key.signing_by(|scheme| !scheme.is_for_tls13())
        };
        let (mut config, _) = client(key.shared()).config().unwrap();
        config.resumption = Resumption::in_memory_sessions(8);
        let config = Arc::new(config);
        let of_server = card_server(verifier()).config_with(verifier()).unwrap();
        for _ in 0..3 {
            let server = serve_config(of_server.clone());
            let connection = ClientConnection::new(Arc::clone(&config), name()).unwrap();
            let tcp = TcpStream::connect(server.address).unwrap();
            let mut stream = StreamOwned::new(connection, tcp);
            stream.write_all(b"ciao\n").unwrap();
            stream.read_exact(&mut [0; 5]).unwrap();
            assert_eq!(stream.conn.handshake_kind(), Some(HandshakeKind::Full));
            server.end().unwrap();
        }
    }
}
