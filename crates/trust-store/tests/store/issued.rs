//! An authority of our own with a card's certificate that names addresses, made by openssl.
//!
//! Not here: anything whose dates count: these certificates are as old as the test.

use std::fmt::Write as _;
use std::path::Path;

use ring::rand::SystemRandom;
use ring::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use varco_pki::Certificate;
use varco_testkit::crl::{CrlDraft, entry};

use crate::signer::run;

/// An authority and a card below it.
pub(crate) struct Issued {
    pub(crate) authority: Certificate,
    pub(crate) card: Certificate,
    key: RsaKeyPair,
    name: Vec<u8>,
}

/// The addresses in two certificates.
#[derive(Default)]
pub(crate) struct Addresses {
    /// Where the authority's own list is, by its own certificate.
    pub(crate) authority_crl: Option<String>,
    /// Where the list about the card is.
    pub(crate) card_crl: Option<String>,
    /// Who answers about the card.
    pub(crate) card_ocsp: Option<String>,
}

fn openssl(folder: &Path, arguments: &str) {
    let arguments: Vec<&str> = arguments.split(' ').collect();
    let (good, _, errors) = run("openssl", &arguments, folder);
    assert!(good, "{arguments:?}: {errors}");
}

impl Issued {
    pub(crate) fn new(addresses: &Addresses) -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self::keeping(addresses, folder.path())
    }

    /// The same, and what openssl made stays in a folder: `ca.pem`, `ca.key`, `leaf.pem`.
    pub(crate) fn keeping(addresses: &Addresses, folder: &Path) -> Self {
        let mut config =
            "[req]\ndistinguished_name=dn\nprompt=no\n[dn]\nC=IT\nO=Prova\nCN=CA di prova\n".to_owned();
        config.push_str("[ca]\nbasicConstraints=critical,CA:true\nkeyUsage=critical,keyCertSign,cRLSign\n");
        if let Some(url) = &addresses.authority_crl {
            writeln!(config, "crlDistributionPoints=URI:{url}").unwrap();
        }
        config.push_str("[leaf]\nkeyUsage=critical,digitalSignature\n");
        if let Some(url) = &addresses.card_crl {
            writeln!(config, "crlDistributionPoints=URI:{url}").unwrap();
        }
        if let Some(url) = &addresses.card_ocsp {
            writeln!(config, "authorityInfoAccess=OCSP;URI:{url}").unwrap();
        }
        std::fs::write(folder.join("config"), config).unwrap();
        for name in ["ca", "leaf"] {
            openssl(
                folder,
                &format!("genpkey -algorithm RSA -outform PEM -out {name}.key"),
            );
        }
        openssl(
            folder,
            "req -x509 -config config -extensions ca -key ca.key -days 3650 -out ca.pem",
        );
        openssl(
            folder,
            "req -new -config config -key leaf.key -subj /C=IT/CN=carta -out leaf.csr",
        );
        openssl(
            folder,
            "x509 -req -in leaf.csr -CA ca.pem -CAkey ca.key -set_serial 77 -days 3650 -extfile config -extensions leaf -out leaf.pem",
        );
        openssl(folder, "pkcs8 -topk8 -nocrypt -in ca.key -outform DER -out ca.p8");
        let read = |file: &str| {
            let certificates = varco_trust_store::load_certificates(&folder.join(file)).unwrap();
            certificates.into_iter().next().unwrap()
        };
        let authority = read("ca.pem");
        let key = RsaKeyPair::from_pkcs8(&std::fs::read(folder.join("ca.p8")).unwrap()).unwrap();
        Self {
            card: read("leaf.pem"),
            name: subject(authority.der()),
            authority,
            key,
        }
    }

    /// Its list with this number, made and due at these instants.
    pub(crate) fn crl(&self, number: u8, made_at: &str, due_at: &str, serials: &[u8]) -> Vec<u8> {
        let number = varco_testkit::crl::number(&[number]);
        self.crl_with(vec![number], made_at, due_at, serials)
    }

    /// The same with these extensions.
    pub(crate) fn crl_with(
        &self,
        extensions: Vec<Vec<u8>>,
        made_at: &str,
        due_at: &str,
        serials: &[u8],
    ) -> Vec<u8> {
        let entries = serials
            .iter()
            .map(|serial| entry(&[*serial], "260601000000Z", &[]));
        let mut draft = CrlDraft::new(&self.name).with_entries(entries).made_at(made_at);
        draft.extensions = extensions;
        draft.next_update = Some(due_at.to_owned());
        let sign = |message: &[u8]| {
            let mut signature = vec![0; self.key.public().modulus_len()];
            self.key
                .sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message, &mut signature)
                .map_err(|_| std::io::ErrorKind::InvalidInput)?;
            Ok(signature)
        };
        draft.signed_by(sign).unwrap()
    }
}

/// The subject of a certificate that issued itself: its issuer, the fourth part of what is signed.
fn subject(der: &[u8]) -> Vec<u8> {
    let inside = content(content(der));
    let mut rest = inside;
    for _ in 0..3 {
        rest = &rest[length(rest)..];
    }
    rest[..length(rest)].to_vec()
}

fn header(der: &[u8]) -> (usize, usize) {
    match der[1] {
        short @ 0..=0x7F => (2, short.into()),
        0x81 => (3, der[2].into()),
        0x82 => (4, usize::from(der[2]) << 8 | usize::from(der[3])),
        other => panic!("length of length {other}"),
    }
}

fn length(der: &[u8]) -> usize {
    let (header, content) = header(der);
    header + content
}

fn content(der: &[u8]) -> &[u8] {
    &der[header(der).0..length(der)]
}
