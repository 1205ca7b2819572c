//! What a client with a card comes to, at servers of rustls.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::sync::Arc;

use rustls::client::danger::HandshakeSignatureValid;
use rustls::pki_types::{CertificateDer, UnixTime};
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::{
    ClientConnection, DigitallySignedStruct, DistinguishedName, Error, HandshakeKind, RootCertStore,
    ServerConfig, SignatureScheme, StreamOwned, SupportedProtocolVersion, version,
};
use varco_pki::Certificate;
use varco_tls::{CardClient, CardClientVerifier, CardKeyError, CardScheme, Issuers, TlsError};

use crate::keys::{SoftKey, certificate, fixture};
use crate::played::PlayedCard;
use crate::servers::{card_server, client, log_in, name, own, roots, serve_card, serve_config, verifier};

/// A verifier that asks for what a test wants.
#[derive(Debug)]
struct Asking {
    verifier: CardClientVerifier,
    schemes: Vec<SignatureScheme>,
    names: Vec<DistinguishedName>,
    is_mandatory: bool,
}

impl Asking {
    fn new() -> Self {
        Self {
            schemes: verifier().supported_verify_schemes(),
            verifier: verifier(),
            names: Vec::new(),
            is_mandatory: true,
        }
    }
}

impl ClientCertVerifier for Asking {
    fn client_auth_mandatory(&self) -> bool {
        self.is_mandatory
    }
    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &self.names
    }
    fn verify_client_cert(
        &self,
        leaf: &CertificateDer<'_>,
        above: &[CertificateDer<'_>],
        now: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        self.verifier.verify_client_cert(leaf, above, now)
    }
    fn verify_tls12_signature(
        &self,
        message: &[u8],
        leaf: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.verifier.verify_tls12_signature(message, leaf, signed)
    }
    fn verify_tls13_signature(
        &self,
        message: &[u8],
        leaf: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.verifier.verify_tls13_signature(message, leaf, signed)
    }
    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.schemes.clone()
    }
}

const TLS12: &[&SupportedProtocolVersion] = &[&version::TLS12];
const TLS13: &[&SupportedProtocolVersion] = &[&version::TLS13];

fn config(versions: &[&'static SupportedProtocolVersion], asking: Asking) -> ServerConfig {
    let (chain, key) = own();
    ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_protocol_versions(versions)
        .unwrap()
        .with_client_cert_verifier(Arc::new(asking))
        .with_single_cert(chain, key)
        .unwrap()
}

fn code(outcome: Result<impl Sized, TlsError>) -> &'static str {
    outcome.err().map_or("logged in", |error| error.code())
}

#[test]
fn a_cns_logs_in_by_either_version_and_signs_by_pss() {
    let client = client(PlayedCard::new("cns-st"));
    for (versions, number) in [(TLS12, 0x0303), (TLS13, 0x0304)] {
        let server = serve_config(config(versions, Asking::new()));
        let connected = log_in(&client, server.address).unwrap();
        assert_eq!(connected.notes().signed_by(), Some(CardScheme::RsaPssSha256));
        assert_eq!(connected.notes().issuers(), Issuers::NotNamed);
        assert_eq!(server.end().unwrap(), (number, 1));
    }
}

#[test]
fn an_identity_card_logs_in_by_tls_1_2() {
    let server = serve_card(card_server(verifier()));
    let client = client(PlayedCard::new("cie-st"));
    let connected = log_in(&client, server.address).unwrap();
    assert_eq!(connected.notes().signed_by(), Some(CardScheme::RsaPkcs1Sha256));
    assert_eq!(connected.notes().issuers(), Issuers::Fit);
    let judged = server.end().unwrap();
    assert!(judged.holder().cns().is_none() && judged.is_test_material());
}

#[test]
fn an_identity_card_is_told_why_a_server_of_tls_1_3_alone_will_not_do() {
    let key = SoftKey::cie().shared();
    let server = serve_config(config(TLS13, Asking::new()));
    let error = log_in(&client(key.clone()), server.address).unwrap_err();
    assert_eq!(error.code(), "tls-needs-1-2");
    assert!(error.to_string().contains("PKCS #1 v1.5 only"), "{error}");
    assert!(server.end().is_err());
    assert_eq!(key.signatures(), 0);
}

#[test]
fn every_scheme_is_used_where_the_server_takes_no_other() {
    for scheme in CardScheme::ALL {
        for (versions, is_taken) in [(TLS12, true), (TLS13, scheme.is_for_tls13())] {
            let asking = Asking {
                schemes: vec![SignatureScheme::ECDSA_NISTP256_SHA256, scheme.to_rustls()],
                ..Asking::new()
            };
            let key = SoftKey::cns().shared();
            let server = serve_config(config(versions, asking));
            let outcome = log_in(&client(key.clone()), server.address);
            if is_taken {
                assert_eq!(outcome.unwrap().notes().signed_by(), Some(scheme));
            } else {
                assert_eq!(code(outcome), "tls-no-common-scheme");
            }
            assert_eq!(key.signatures(), usize::from(is_taken));
            assert_eq!(server.end().is_ok(), is_taken);
        }
    }
}

#[test]
fn a_server_that_takes_no_signature_of_the_card_is_named_as_that_even_if_it_would_go_on() {
    for is_mandatory in [true, false] {
        let asking = Asking {
            schemes: vec![SignatureScheme::RSA_PSS_SHA256],
            is_mandatory,
            ..Asking::new()
        };
        let key = SoftKey::cie().shared();
        let server = serve_config(config(TLS12, asking));
        let outcome = log_in(&client(key.clone()), server.address);
        let Err(TlsError::NoCommonScheme { offered }) = outcome else {
            panic!("{outcome:?}")
        };
        assert_eq!(offered, [SignatureScheme::RSA_PSS_SHA256]);
        assert_eq!(key.signatures(), 0);
        assert!(server.end().is_err());
    }
}

#[test]
fn a_server_that_does_not_ask_has_nobody_logged_in() {
    for versions in [TLS12, TLS13] {
        let (chain, key) = own();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(versions)
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(chain, key)
            .unwrap();
        let server = serve_config(config);
        let key = SoftKey::cns().shared();
        assert_eq!(
            code(log_in(&client(key.clone()), server.address)),
            "tls-not-asked"
        );
        assert_eq!(key.signatures(), 0);
        assert!(server.end().is_err(), "nothing was sent");
    }
}

#[test]
fn a_server_that_names_other_authorities_gets_the_certificate_and_the_notes_say_so() {
    let names = |file: &str| {
        let named = Certificate::parse(&certificate(file)).unwrap();
        vec![DistinguishedName::from(named.subject_der().to_vec())]
    };
    let chain = || SoftKey::cie().above("pki/ca-cie-sub.der");
    for (key, file, issuers) in [
        (SoftKey::cns(), "pki/ca-cns.der", Issuers::Fit),
        (SoftKey::cns(), "pki/ca-cie-root.der", Issuers::Others),
        (SoftKey::cie(), "pki/ca-cie-root.der", Issuers::Others),
        (chain(), "pki/ca-cie-root.der", Issuers::Fit),
    ] {
        let asking = Asking {
            names: names(file),
            ..Asking::new()
        };
        let server = serve_config(config(TLS12, asking));
        let connected = log_in(&client(key.shared()), server.address).unwrap();
        assert_eq!(connected.notes().issuers(), issuers);
        server.end().unwrap();
    }
}

#[test]
fn no_session_is_resumed_each_login_is_signed() {
    for versions in [TLS12, TLS13] {
        let key = SoftKey::cns().shared();
        // One configuration on either side, of which the server's would resume.
        let (of_client, notes) = client(key.clone()).config().unwrap();
        let of_client = Arc::new(of_client);
        let of_server = config(versions, Asking::new());
        for times in 1..=3 {
            let server = serve_config(of_server.clone());
            let connection = ClientConnection::new(Arc::clone(&of_client), name()).unwrap();
            let tcp = TcpStream::connect(server.address).unwrap();
            let mut stream = StreamOwned::new(connection, tcp);
            stream.write_all(b"ciao\n").unwrap();
            stream.read_exact(&mut [0; 5]).unwrap();
            assert_eq!(stream.conn.handshake_kind(), Some(HandshakeKind::Full));
            assert_eq!(key.signatures(), times);
            assert!(notes.signed_by().is_some());
            server.end().unwrap();
        }
    }
}

#[test]
fn a_server_that_is_not_trusted_sees_no_card() {
    let mut others = RootCertStore::empty();
    others.add(certificate("pki/ca-cns.der")).unwrap();
    let key = SoftKey::cns().shared();
    let client = CardClient::new(key.clone(), others).unwrap();
    let server = serve_card(card_server(verifier()));
    assert_eq!(code(log_in(&client, server.address)), "tls-server-not-trusted");
    assert_eq!(key.signatures(), 0);
    assert_eq!(server.end().unwrap_err().code(), "tls-failed");
}

#[test]
fn what_fails_at_the_card_is_told_with_its_own_code() {
    let removed = || Some(Err(CardKeyError::new("card-removed", "the card was removed")));
    for versions in [TLS12, TLS13] {
        let key = SoftKey::cns().with_fault(removed).shared();
        let server = serve_config(config(versions, Asking::new()));
        let error = log_in(&client(key.clone()), server.address).unwrap_err();
        assert_eq!((error.code(), key.signatures()), ("card-removed", 1));
        assert!(server.end().is_err());
    }
}

#[test]
fn a_card_that_was_pulled_out_does_not_log_in() {
    let card = PlayedCard::new("cns-st");
    let _out_of_the_reader = card.hand.remove();
    let server = serve_card(card_server(verifier()));
    let outcome = log_in(&client(card), server.address);
    assert!(["card-removed", "no-card"].contains(&code(outcome)));
    assert!(server.end().is_err());
}

#[test]
fn a_signature_that_the_certificates_key_did_not_make_is_not_sent() {
    let other = || SoftKey::new("pki/leaf-good.der", "cards/cns-wrong-key/key.p8", |_| true);
    let zeros = || SoftKey::cns().with_fault(|| Some(Ok(vec![0; 256])));
    let empty = || SoftKey::cns().with_fault(|| Some(Ok(Vec::new())));
    for key in [other(), zeros(), empty()] {
        let server = serve_card(card_server(verifier()));
        assert_eq!(
            code(log_in(&client(key.shared()), server.address)),
            "key-not-proven"
        );
        // The server saw the connection end, and no signature.
        assert!(["tls-failed", "tls-connection"].contains(&server.end().unwrap_err().code()));
    }
}

#[test]
fn a_card_without_a_certificate_or_a_way_to_sign_is_refused_before_anything_is_sent() {
    let made = |key: SoftKey| CardClient::new(key.shared(), roots()).map(drop);
    assert_eq!(
        code(made(SoftKey::cns().signing_by(|_| false))),
        "key-unsupported"
    );
    let unreadable = SoftKey::new("pki/crl-cns.crl", "cards/cns-st/key.p8", |_| true);
    assert_eq!(code(made(unreadable)), "certificate-unreadable");
    let none = CardClient::new(SoftKey::cns().shared(), RootCertStore::empty());
    assert_eq!(code(none), "tls-no-roots");
}

#[test]
fn nothing_printed_names_the_holder() {
    let key = SoftKey::cns().shared();
    let client = client(key);
    let (config, notes) = client.config().unwrap();
    let printed = format!("{client:?} {config:?} {notes:?} {:?}", verifier());
    let leaf = std::fs::read(fixture("pki/leaf-good.der")).unwrap();
    let leaf = Certificate::parse(&leaf).unwrap();
    let code = leaf.subject_common_name().unwrap().split('/').next().unwrap();
    assert!(
        !printed.contains(code) && !printed.contains("AMANZIO"),
        "{printed}"
    );
}
