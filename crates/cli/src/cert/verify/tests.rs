//! What is read of a file, whatever it holds: a certificate cut at every length, and files that are none.

use varco_messages::{Locale, Messages};

use super::*;
use crate::output::Format;

const LEAF: &[u8] = include_bytes!("../../../../../fixtures/pki/leaf-good.der");
const AUTHORITY: &str = include_str!("../../../../../fixtures/pki/ca-cns.pem");

fn output() -> Output {
    Output::new(Messages::new(Locale::English), Format::Json)
}

/// What is read of a file that holds these bytes.
fn read_bytes(bytes: &[u8]) -> Result<Vec<Certificate>, Unread> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, bytes).unwrap();
    read(&file, &output()).unwrap()
}

#[test]
fn a_certificate_that_was_cut_is_none_at_any_length() {
    assert_eq!(read_bytes(LEAF).unwrap().len(), 1);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    for length in 0..LEAF.len() {
        std::fs::write(&file, &LEAF[..length]).unwrap();
        let unread = read(&file, &output()).unwrap().unwrap_err();
        let expected = if length == 0 {
            CertificateError::NotDer
        } else {
            CertificateError::Truncated
        };
        assert_eq!(unread, expected.into(), "{length} bytes");
    }
}

#[test]
fn a_pem_file_that_was_cut_is_none_at_any_length_before_its_end() {
    let end = AUTHORITY.trim_end().len();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    for length in 0..end {
        std::fs::write(&file, &AUTHORITY.as_bytes()[..length]).unwrap();
        let unread = read(&file, &output()).unwrap().unwrap_err();
        assert_eq!(unread, CertificateError::NotDer.into(), "{length} bytes");
    }
    assert_eq!(read_bytes(&AUTHORITY.as_bytes()[..end]).unwrap().len(), 1);
}

#[test]
fn what_is_longer_than_a_certificate_is_too_large_or_has_a_rest() {
    let behind = [LEAF, &[0]].concat();
    assert_eq!(
        read_bytes(&behind).unwrap_err(),
        CertificateError::TrailingBytes.into()
    );
    // A header that tells 20,000 bytes, with as many behind it; and more than any file may have.
    let mut told = vec![0x30, 0x82, 0x4E, 0x20];
    told.resize(20_004, 0);
    let mut endless = LEAF.to_vec();
    endless.resize(10_000_000, 0);
    for long in [told, endless] {
        assert_eq!(read_bytes(&long).unwrap_err(), CertificateError::TooLarge.into());
    }
}

#[test]
fn which_certificate_of_several_is_damaged_is_known() {
    let damaged = AUTHORITY.replacen("MII", "AAA", 1);
    let second = format!("{AUTHORITY}{damaged}");
    assert_eq!(
        read_bytes(second.as_bytes()).unwrap_err().in_path,
        InPath::Intermediate
    );
    let first = format!("{damaged}{AUTHORITY}");
    assert_eq!(read_bytes(first.as_bytes()).unwrap_err().in_path, InPath::Leaf);
}

#[test]
fn what_is_no_file_is_told_as_a_file_that_cannot_be_read() {
    for path in ["/nonexistent/certificate", "/", "/dev/null"] {
        let problem = read(Path::new(path), &output()).unwrap_err();
        assert_eq!(problem.told.code, "file-unreadable", "{path}");
        assert_eq!(problem.exit(), Exit::Store, "{path}");
    }
}
