//! Files good and bad, folders, and the authorities of 2018 where they are at hand.

use varco_pki::{AnchorError, Legacy, TrustAnchors};

use super::*;

fn fixture(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../../fixtures/pki")
        .join(name)
}

/// A folder with these files.
fn folder(files: &[(&str, &[u8])]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in files {
        std::fs::write(folder.path().join(name), bytes).unwrap();
    }
    folder
}

/// What is wrong with a file of these bytes.
fn problem(bytes: &[u8]) -> Problem {
    let folder = folder(&[("one.pem", bytes)]);
    let error = load_anchors(&folder.path().join("one.pem"), AnchorKind::Test).unwrap_err();
    assert!(error.path().ends_with("one.pem") && error.to_string().contains("one.pem"));
    error.problem()
}

#[test]
fn pem_and_der_give_the_same_anchor() {
    let pem = load_anchors(&fixture("ca-cns.pem"), AnchorKind::Test).unwrap();
    let der = load_anchors(&fixture("ca-cns.der"), AnchorKind::Test).unwrap();
    assert_eq!((pem.len(), &pem), (1, &der));
    assert_eq!(pem[0].kind(), AnchorKind::Test);
}

#[test]
fn a_file_of_many_with_text_between_gives_all() {
    let read = |name| std::fs::read_to_string(fixture(name)).unwrap();
    let key = "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n";
    let text = format!(
        "# two\r\n{}{key}subject=x\n{}",
        read("ca-cns.pem").replace('\n', "\r\n"),
        read("ca-cns-legacy.pem")
    );
    let folder = folder(&[("all.PEM", text.as_bytes())]);
    let anchors = load_anchors(folder.path(), AnchorKind::Test).unwrap();
    let at = "2026-06-01T00:00:00Z".parse().unwrap();
    let legacy: Vec<Legacy> = anchors.iter().map(|anchor| anchor.legacy_at(at)).collect();
    assert_eq!(legacy, [Legacy::Refused, Legacy::Accepted]);
}

#[test]
fn a_folder_is_read_by_name_and_not_below() {
    let read = |name| std::fs::read(fixture(name)).unwrap();
    let (first, second) = (read("ca-cns.der"), read("ca-untrusted.pem"));
    let folder = folder(&[
        ("b.CER", &second),
        ("a.der", &first),
        ("notes.txt", b"not read"),
        ("c.bak", b"nor this"),
    ]);
    let below = folder.path().join("below.pem");
    std::fs::create_dir(&below).unwrap();
    std::fs::write(below.join("d.pem"), b"nor this").unwrap();
    let anchors = load_anchors(folder.path(), AnchorKind::Test).unwrap();
    let hashes: Vec<[u8; 32]> = anchors
        .iter()
        .map(|anchor| anchor.certificate().sha256())
        .collect();
    let expected =
        ["ca-cns.der", "ca-untrusted.der"].map(|name| Certificate::parse(&read(name)).unwrap().sha256());
    assert_eq!(hashes, expected);
}

#[test]
fn one_bad_file_spoils_the_folder_and_is_named() {
    let good = std::fs::read(fixture("ca-cns.der")).unwrap();
    let folder = folder(&[("a.der", &good), ("b.der", &good[..900])]);
    let error = load_anchors(folder.path(), AnchorKind::Test).unwrap_err();
    assert_eq!(
        error.problem(),
        Problem::Certificate {
            place: 1,
            error: varco_pki::CertificateError::Truncated
        }
    );
    assert!(error.path().ends_with("b.der"));
}

#[test]
fn what_is_not_there_or_empty_is_told() {
    let empty = folder(&[("readme.txt", b"")]);
    assert_eq!(
        load_anchors(empty.path(), AnchorKind::Test).unwrap_err().code(),
        "trust-folder-empty"
    );
    let missing = load_anchors(&empty.path().join("missing.pem"), AnchorKind::Test).unwrap_err();
    assert_eq!(missing.code(), "trust-file-not-found");
    assert!(
        missing
            .to_string()
            .ends_with("missing.pem: cannot be read (entity not found)")
    );
}

#[test]
fn what_is_not_certificates_is_told() {
    assert_eq!(problem(b""), Problem::NoCertificate);
    assert_eq!(problem(b"hello"), Problem::NoCertificate);
    assert_eq!(problem(&[0xFF; 100]), Problem::NoCertificate);
    assert_eq!(
        problem(b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"),
        Problem::NoCertificate
    );
    assert_eq!(
        problem(b"-----BEGIN CERTIFICATE-----\nAAAA\n"),
        Problem::Pem { place: 1 }
    );
    assert_eq!(
        problem(b"-----BEGIN CERTIFICATE-----\n?\n-----END CERTIFICATE-----\n"),
        Problem::Pem { place: 1 }
    );
    assert_eq!(
        problem(b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END X-----\n"),
        Problem::Pem { place: 1 }
    );
    assert!(matches!(
        problem(b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"),
        Problem::Certificate { place: 1, .. }
    ));
    assert_eq!(problem(&vec![b'x'; 4 * 1024 * 1024 + 1]), Problem::TooLong);
}

#[test]
fn a_cards_certificate_is_refused() {
    let card = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/cards/cns-st/ef-1101.bin");
    let error = load_anchors(&card, AnchorKind::Test).unwrap_err();
    assert_eq!(
        error.problem(),
        Problem::Anchor {
            place: 1,
            error: AnchorError::NotAnAuthority
        }
    );
    assert_eq!(error.code(), "trust-file-not-an-authority");
}

#[test]
fn test_material_is_refused_as_real_trust() {
    for kind in [AnchorKind::Production, AnchorKind::Legacy] {
        let error = load_anchors(&fixture("ca-cns.pem"), kind).unwrap_err();
        assert_eq!(error.code(), "trust-file-test-material");
    }
}

/// The certificates of the Italian trusted list of 2018 are public but not ours to hand on: they are read from
/// the folder that VARCO_SHARED_DATA names, where somebody has them.
#[test]
fn the_authorities_of_2018_load_as_anchors() {
    let Some(data) = std::env::var_os("VARCO_SHARED_DATA") else {
        eprintln!("VARCO_SHARED_DATA is not set: the Italian authorities of 2018 were not tried");
        return;
    };
    let bundle = Path::new(&data).join("italian_ca_2018/bundle.pem");
    let anchors = load_anchors(&bundle, AnchorKind::Production).unwrap();
    assert_eq!(anchors.len(), 349);
    assert_eq!(anchors.into_iter().collect::<TrustAnchors>().len(), 349);
}

/// A file of revocation lists and what is wrong with it.
fn list_problem(bytes: &[u8]) -> TrustStoreError {
    let folder = folder(&[("one.crl", bytes)]);
    let error = load_crl(&folder.path().join("one.crl"), None).unwrap_err();
    assert!(error.path().ends_with("one.crl"));
    error
}

fn list_in_pem(der: &[u8]) -> String {
    use base64::Engine as _;
    let content = base64::engine::general_purpose::STANDARD.encode(der);
    format!("-----BEGIN X509 CRL-----\n{content}\n-----END X509 CRL-----\n")
}

#[test]
fn lists_load_from_der_and_from_pem_of_several() {
    use varco_pki::KnownList as _;
    let pkits = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/vectors/pkits/crls");
    let (good, root) = (pkits.join("GoodCACRL.crl"), pkits.join("TrustAnchorRootCRL.crl"));
    let [one] = &load_crl(&good, None).unwrap()[..] else {
        panic!("one list in DER")
    };
    assert_eq!(one.header().entries, 2);
    let ders = [good, root].map(|path| std::fs::read(path).unwrap());
    let text = format!(
        "# two\n{}between\n{}",
        list_in_pem(&ders[0]),
        list_in_pem(&ders[1])
    );
    let folder = folder(&[("two.pem", text.as_bytes())]);
    let path = folder.path().join("two.pem");
    let lists = load_crl(&path, Some(varco_pki::Timestamp::UNIX_EPOCH)).unwrap();
    assert_eq!(
        lists.iter().map(varco_pki::HeldList::der).collect::<Vec<_>>(),
        ders
    );
    assert!(lists.iter().all(|list| list.fetched_at().is_some()));
    assert_eq!(read_crl(&path).unwrap(), ders);
}

#[test]
fn files_that_are_not_lists_are_told() {
    assert_eq!(list_problem(b"hello").code(), "crl-file-not-lists");
    assert_eq!(list_problem(&[0x30, 0x03, 0x02]).code(), "crl-file-bad-list");
    let certificate = std::fs::read(fixture("ca-cns.pem")).unwrap();
    assert_eq!(list_problem(&certificate).problem(), Problem::NoList);
    let broken = b"-----BEGIN X509 CRL-----\n?\n-----END X509 CRL-----\n";
    assert_eq!(list_problem(broken).problem(), Problem::Pem { place: 1 });
    let error = varco_pki::CrlError::Truncated;
    let cut = list_in_pem(&[0x30, 0x03, 0x02]);
    assert_eq!(
        list_problem(cut.as_bytes()).problem(),
        Problem::List { place: 1, error }
    );
    assert_eq!(
        list_problem(cut.repeat(65).as_bytes()).problem(),
        Problem::TooManyLists
    );
    assert_eq!(
        list_problem(&vec![b'x'; 96 * 1024 * 1024 + 1]).code(),
        "crl-file-too-large"
    );
    let folder = folder(&[]);
    assert_eq!(
        load_crl(folder.path(), None).unwrap_err().problem(),
        Problem::EmptyFolder
    );
}
