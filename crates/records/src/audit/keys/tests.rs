//! Keys are read back, name themselves, and show nothing of themselves.

use super::*;
use crate::audit::AuditError;

fn person() -> varco_auth::CodiceFiscale {
    varco_auth::CodiceFiscale::parse("DMNNCL80C14H501S").unwrap()
}

#[test]
fn every_key_is_read_back_from_its_text() {
    let pem = CheckpointKey::pem_of_seed(&[7; 32]);
    let key = CheckpointKey::from_pem(&pem).unwrap();
    let text = format!("  {}\n", key.public().to_text());
    assert_eq!(CheckpointPublicKey::parse(&text), Ok(key.public()));

    let key = AuditorKey::from_bytes([8; 32].into());
    let again = AuditorKey::parse(&key.to_text()).unwrap();
    assert_eq!(again.public(), key.public());
    let public = key.public().unwrap();
    assert_eq!(AuditorPublicKey::parse(&public.to_text()), Ok(public));

    let key = PseudonymKey::from_bytes([9; 32].into());
    let again = PseudonymKey::parse(&key.to_text()).unwrap();
    assert_eq!(again.id(), key.id());
    assert_eq!(again.pseudonym(&person()), key.pseudonym(&person()));
}

#[test]
fn another_key_gives_another_pseudonym_and_another_name() {
    let (one, other) = (
        PseudonymKey::from_bytes([1; 32].into()),
        PseudonymKey::from_bytes([2; 32].into()),
    );
    assert_ne!(one.id(), other.id());
    assert_ne!(one.pseudonym(&person()), other.pseudonym(&person()));
}

#[test]
fn what_is_no_key_is_refused() {
    for text in [
        "",
        "varco-audit-pseudonym-key",
        "varco-audit-pseudonym-key:",
        "varco-audit-pseudonym-key:AAAA",
        "varco-audit-pseudonym-key:*",
        "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----",
        "-----BEGIN PRIVATE KEY----------END PRIVATE KEY-----",
        "-----BEGIN PRIVATE KEY-----",
    ] {
        assert!(PseudonymKey::parse(text).is_err(), "{text}");
        assert!(AuditorKey::parse(text).is_err(), "{text}");
        assert!(AuditorPublicKey::parse(text).is_err(), "{text}");
        assert!(CheckpointPublicKey::parse(text).is_err(), "{text}");
        assert!(CheckpointKey::from_pem(text).is_err(), "{text}");
    }
    // One kind is not taken for another.
    let auditor = AuditorKey::from_bytes([8; 32].into());
    assert!(PseudonymKey::parse(&auditor.to_text()).is_err());
    assert!(AuditorPublicKey::parse(&auditor.to_text()).is_err());
}

#[test]
fn no_key_prints_itself() {
    let keys = AuditKeys {
        checkpoint: CheckpointKey::from_pem(&CheckpointKey::pem_of_seed(&[0xA7; 32])).unwrap(),
        pseudonym: PseudonymKey::from_bytes([0xA7; 32].into()),
        auditor: AuditorKey::from_bytes([0xA7; 32].into()).public().unwrap(),
    };
    let auditor = AuditorKey::from_bytes([0xA7; 32].into());
    let shown = format!("{keys:?} {auditor:?} {:?} {:?}", keys.checkpoint, keys.pseudonym);
    for form in ["a7a7a7", "A7A7A7", "p6en", "167, 167"] {
        assert!(!shown.contains(form), "{shown}");
    }
}

#[test]
fn a_secret_that_others_may_read_is_refused() {
    use std::os::unix::fs::PermissionsExt as _;

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("pseudonym.key");
    let key = PseudonymKey::from_bytes([9; 32].into());
    write_secret(&path, &key.to_text()).unwrap();
    assert_eq!(
        PseudonymKey::parse(&read_secret(&path).unwrap()).unwrap().id(),
        key.id()
    );
    assert!(matches!(
        write_secret(&path, "again").unwrap_err(),
        AuditError::Write { .. }
    ));
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
    assert_eq!(read_secret(&path).unwrap_err().code(), "audit-unsafe");
    assert!(read_public(&path).is_ok());
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o664)).unwrap();
    assert_eq!(read_public(&path).unwrap_err().code(), "audit-unsafe");
    assert_eq!(read_secret(folder.path()).unwrap_err().code(), "audit-unsafe");
}
