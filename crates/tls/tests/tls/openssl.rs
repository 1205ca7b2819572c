//! The openssl program as the server that requires the certificate.

use std::io::{BufRead as _, BufReader, Read as _};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};

use rustls::AlertDescription;
use varco_tls::{CardKey, CardScheme, TlsError};

use crate::keys::SoftKey;
use crate::played::PlayedCard;
use crate::servers::{client, files, log_in};

/// `openssl s_server` for one connection, which sends each line back reversed.
struct Openssl {
    process: Child,
    address: SocketAddr,
}

impl Openssl {
    fn new(version: &str, more: &[&str]) -> Self {
        let mut command = Command::new("openssl");
        command
            .args(["s_server", "-accept", "127.0.0.1:0", "-naccept", "1", "-rev"])
            .args(["-Verify", "3", "-verify_return_error", version, "-CAfile"])
            .arg(files().join("clients.pem"))
            .arg("-cert")
            .arg(files().join("server.pem"))
            .arg("-key")
            .arg(files().join("server.key"))
            .args(more);
        let pipes = command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut process = pipes.stderr(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let line = lines
            .by_ref()
            .map(Result::unwrap)
            .find(|line| line.starts_with("ACCEPT"));
        let address = line.unwrap().split_once(' ').unwrap().1.parse().unwrap();
        // Read on, or the program would stop at a full pipe.
        std::thread::spawn(move || lines.for_each(drop));
        Self { process, address }
    }

    /// What it said of the connection.
    fn end(mut self) -> String {
        let mut said = String::new();
        let mut errors = self.process.stderr.take().unwrap();
        errors.read_to_string(&mut said).unwrap();
        self.process.wait().unwrap();
        said
    }
}

/// A test that fails leaves no process.
impl Drop for Openssl {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn login(server: &Openssl, key: std::sync::Arc<dyn CardKey>) -> Result<Option<CardScheme>, TlsError> {
    let mut connected = log_in(&client(key), server.address)?;
    connected.stream.conn.send_close_notify();
    let _ = connected.stream.conn.complete_io(&mut connected.stream.sock);
    Ok(connected.notes().signed_by())
}

#[test]
fn a_cns_logs_in_by_tls_1_2_and_1_3() {
    for version in ["-tls1_2", "-tls1_3"] {
        let server = Openssl::new(version, &[]);
        let signed = login(&server, PlayedCard::new("cns-st"));
        assert_eq!(signed.unwrap(), Some(CardScheme::RsaPssSha256));
        let said = server.end();
        assert!(said.contains("verify return:1"), "{said}");
    }
}

#[test]
fn every_scheme_of_a_cns_is_verified() {
    for (version, scheme, name) in [
        ("-tls1_2", CardScheme::RsaPkcs1Sha256, "RSA+SHA256"),
        ("-tls1_2", CardScheme::RsaPkcs1Sha384, "RSA+SHA384"),
        ("-tls1_2", CardScheme::RsaPkcs1Sha512, "RSA+SHA512"),
        ("-tls1_3", CardScheme::RsaPssSha256, "rsa_pss_rsae_sha256"),
        ("-tls1_3", CardScheme::RsaPssSha384, "rsa_pss_rsae_sha384"),
        ("-tls1_3", CardScheme::RsaPssSha512, "rsa_pss_rsae_sha512"),
    ] {
        let server = Openssl::new(version, &["-client_sigalgs", name]);
        let signed = login(&server, SoftKey::cns().shared());
        assert_eq!(signed.unwrap(), Some(scheme));
        server.end();
    }
}

#[test]
fn an_identity_card_logs_in_by_tls_1_2_alone() {
    let server = Openssl::new("-tls1_2", &[]);
    let signed = login(&server, PlayedCard::new("cie-nxp"));
    assert_eq!(signed.unwrap(), Some(CardScheme::RsaPkcs1Sha256));
    let said = server.end();
    assert!(said.contains("verify return:1"), "{said}");

    let server = Openssl::new("-tls1_3", &[]);
    let refused = login(&server, SoftKey::cie().shared()).unwrap_err();
    assert_eq!(refused.code(), "tls-needs-1-2");
    let said = server.end();
    assert!(said.contains("unsupported protocol"), "{said}");
}

#[test]
fn what_it_does_not_take_is_told() {
    for version in ["-tls1_2", "-tls1_3"] {
        let server = Openssl::new(version, &[]);
        let refused = login(&server, SoftKey::with_leaf("pki/leaf-expired.der").shared()).unwrap_err();
        let TlsError::Refused { alert, .. } = refused else {
            panic!("{refused:?}")
        };
        assert_eq!(alert, AlertDescription::CertificateExpired);
        server.end();
    }
    let server = Openssl::new("-tls1_2", &["-client_sigalgs", "rsa_pss_rsae_sha256"]);
    let refused = login(&server, SoftKey::cie().shared()).unwrap_err();
    assert_eq!(refused.code(), "tls-no-common-scheme");
    server.end();
}
