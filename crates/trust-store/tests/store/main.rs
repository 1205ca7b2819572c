//! The trust store on disk: what goes in and comes out, what is damaged, killed, altered, fetched.
//!
//! Not here: lists, indexes and fetches by themselves, which have tests of their own.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::cast_possible_truncation,
    clippy::needless_pass_by_value,
    reason = "test code: what fails here fails the test"
)]

mod bundle;
mod contents;
mod damage;
mod issued;
mod killed;
#[path = "../lists/maker.rs"]
mod maker;
mod online;
mod places;
mod responder;
#[path = "../fetch/server.rs"]
#[allow(dead_code, reason = "these tests take a part")]
mod server;
#[path = "../lists/signer.rs"]
mod signer;
mod update;
#[path = "../writer/mod.rs"]
mod writer;

use std::path::Path;
use std::sync::LazyLock;

use varco_pki::{AnchorKind, AnchorPurpose, Certificate, Timestamp};
use varco_testkit::crl::{CrlDraft, Signer as CrlSigner, entry};
use varco_trust_store::store::{AnchorTerms, Imported, StoreError, TrustStore};

use maker::List;
use signer::{RSA_SHA256, Signer};

/// When most of these tests happen.
const NOW: &str = "2026-12-01T12:00:00Z";

/// Who signs the lists of these tests, and who another.
static SIGNER: LazyLock<Signer> = LazyLock::new(Signer::rsa);
static OTHER: LazyLock<Signer> = LazyLock::new(Signer::p256);

/// The key of the fixtures' authority.
static AUTHORITY: LazyLock<CrlSigner> = LazyLock::new(|| CrlSigner::of_fixture("ca-cns").unwrap());

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn now() -> Timestamp {
    at(NOW)
}

fn fixture(name: &str) -> Vec<u8> {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/pki/");
    std::fs::read(format!("{root}{name}")).unwrap()
}

fn certificate(name: &str) -> Certificate {
    Certificate::parse(&fixture(&format!("{name}.der"))).unwrap()
}

fn terms(kind: AnchorKind) -> AnchorTerms {
    AnchorTerms {
        kind,
        purpose: AnchorPurpose::Any,
        legacy_until: None,
    }
}

fn add_anchor(store: &TrustStore, name: &str) -> Imported {
    store
        .add_anchor(&certificate(name), &terms(AnchorKind::Test), "test", now())
        .unwrap()
}

fn import_crl(store: &TrustStore, name: &str) -> Result<Imported, StoreError> {
    store.import_crl(&fixture(&format!("{name}.crl")), &[], None, now())
}

/// A list of the fixtures' authority, made and signed here. Dates in the form `YYMMDDhhmmssZ`.
fn crl(number: u8, made_at: &str, entries: u32) -> Vec<u8> {
    let name = issuer_name();
    let serials = (0..entries).map(|index| index.wrapping_mul(0x9E37_79B1) >> 1);
    let entries = serials.map(|serial| entry(&serial.to_be_bytes(), "260101000000Z", &[]));
    let mut draft = CrlDraft::new(&name)
        .with_entries(entries)
        .numbered(&[number])
        .made_at(made_at);
    draft.next_update = Some("270701000000Z".to_owned());
    draft.signed(&AUTHORITY).unwrap()
}

/// The name of the fixtures' authority in DER, out of its own list.
fn issuer_name() -> Vec<u8> {
    let bytes = fixture("crl-cns.crl");
    let list = varco_pki::RevocationList::parse(&bytes).unwrap();
    list.header().issuer.clone()
}

/// An Italian list with this number, in date at [`NOW`], signed by [`SIGNER`].
fn list(number: u32) -> Vec<u8> {
    list_of(|list| list.number = number.to_string())
}

fn list_of(change: impl FnOnce(&mut List)) -> Vec<u8> {
    let mut list = List::small();
    list.issued = "2026-11-20T10:00:00Z".to_owned();
    list.next = Some("2027-03-01T10:00:00Z".to_owned());
    change(&mut list);
    SIGNER.sign(&list.xml(), RSA_SHA256).into_bytes()
}

fn import_list(store: &TrustStore, bytes: &[u8]) -> Result<Imported, StoreError> {
    store.import_list(bytes, "IT", AnchorKind::Test, None, now())
}

fn signer_certificate(signer: &Signer) -> Certificate {
    Certificate::parse(&signer.der).unwrap()
}

/// A store with an anchor, a signer, a list and a revocation list.
fn filled(path: &Path) -> TrustStore {
    let store = TrustStore::create(path).unwrap();
    assert_eq!(add_anchor(&store, "ca-cns"), Imported::New);
    store.add_signer("IT", &signer_certificate(&SIGNER)).unwrap();
    import_list(&store, &list(41)).unwrap();
    import_crl(&store, "crl-cns").unwrap();
    store
}

fn code(outcome: Result<impl std::fmt::Debug, StoreError>) -> &'static str {
    outcome.unwrap_err().code()
}
