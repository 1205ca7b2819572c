//! Lists made to order: what is read of them, and what is refused. The public ones are in `tests/crl_pkits.rs`.

use std::sync::LazyLock;

use varco_testkit::crl::{CrlDraft, Hash, Signer, der, entry, extension, name, number, reason};

use super::*;
use crate::{GeneralName, PointName, Reasons};

static SIGNER: LazyLock<Signer> = LazyLock::new(|| Signer::of_fixture("ca-cns").unwrap());

fn authority(name: &str) -> Certificate {
    let file = format!("{}/../../fixtures/pki/{name}.der", env!("CARGO_MANIFEST_DIR"));
    Certificate::parse(&std::fs::read(file).unwrap()).unwrap()
}

fn draft() -> CrlDraft {
    CrlDraft::new(&name("TEST authority"))
}

fn revoked(serial: &[u8]) -> Vec<u8> {
    entry(serial, "260102030405Z", &[])
}

fn held(draft: &CrlDraft) -> HeldList {
    HeldList::parse(draft.unsigned(), None).unwrap()
}

fn header(draft: &CrlDraft) -> CrlHeader {
    RevocationList::parse(&draft.unsigned()).unwrap().header().clone()
}

/// What a list is refused for.
fn fault(draft: &CrlDraft) -> CrlError {
    RevocationList::parse(&draft.unsigned()).unwrap_err()
}

fn with(extensions: Vec<Vec<u8>>) -> CrlDraft {
    CrlDraft {
        extensions,
        ..draft()
    }
}

fn with_entry(extensions: &[Vec<u8>]) -> CrlDraft {
    draft().with_entries([entry(&[5], "260102030405Z", extensions)])
}

#[test]
fn a_list_of_version_1_is_read() {
    let mut draft = CrlDraft {
        version: None,
        next_update: None,
        extensions: Vec::new(),
        ..draft().with_entries([revoked(&[5])])
    };
    let read = header(&draft);
    assert_eq!((read.next_update, &read.number, read.entries), (None, &None, 1));
    assert_eq!(read.scope, CrlScope::WHOLE);
    assert_eq!(read.issuer, draft.issuer);
    assert!(held(&draft).find(&[5]).unwrap().is_some());

    draft.extensions = vec![number(&[1])];
    assert_eq!(fault(&draft), CrlError::Malformed("extensions in version 1"));
    draft.extensions = Vec::new();
    draft.entries = Some(entry(&[5], "260102030405Z", &[reason(1)]));
    assert_eq!(fault(&draft), CrlError::Malformed("extensions in version 1"));
}

#[test]
fn only_version_2_is_written_out() {
    for version in [&[0][..], &[2], &[0, 1], &[]] {
        let draft = CrlDraft {
            version: Some(version.to_vec()),
            ..draft()
        };
        assert_eq!(fault(&draft), CrlError::Malformed("version"));
    }
}

#[test]
fn a_list_without_entries_is_read_whether_it_says_so_or_not() {
    for entries in [None, Some(Vec::new())] {
        let draft = CrlDraft { entries, ..draft() };
        let list = held(&draft);
        assert_eq!(list.header().entries, 0);
        assert_eq!(list.find(&[5]), Ok(None));
        assert_eq!(list.header().number, CrlNumber::new(&[1]));
        assert_eq!(list.header().this_update.to_string(), "2026-01-01T00:00:00Z");
        assert_eq!(
            list.header().next_update.unwrap().to_string(),
            "2026-07-01T00:00:00Z"
        );
    }
}

#[test]
fn serial_numbers_are_found_however_they_are_written() {
    let long = [0x7F; 20];
    let long_and_zero: Vec<u8> = [&[0][..], &[0xEE; 20]].concat();
    let draft = draft().with_entries([
        revoked(&long),
        revoked(&long_and_zero),
        revoked(&[0, 0, 0x21]),
        revoked(&[0xFF]),
        revoked(&[0]),
    ]);
    let list = held(&draft);
    for serial in [
        &long[..],
        &long_and_zero,
        &[0x21],
        &[0, 0x21],
        &[0xFF],
        &[0],
        &[0, 0],
    ] {
        assert!(list.find(serial).unwrap().is_some(), "{serial:02X?}");
    }
    for serial in [&[0xEE; 20][..], &[0, 0xFF], &[0x21, 0], &[1], &[], &[0x11; 40]] {
        assert_eq!(list.find(serial), Ok(None), "{serial:02X?}");
    }
    for serial in [&[][..], &[0x11; 21], &[0; 22]] {
        let draft = self::draft().with_entries([revoked(serial)]);
        assert_eq!(fault(&draft), CrlError::Malformed("serial number"));
    }
}

#[test]
fn entries_out_of_order_are_all_found() {
    let serials: Vec<[u8; 2]> = (1..=500_u16)
        .map(|n| (n.wrapping_mul(12_347) % 0x7FFF).to_be_bytes())
        .collect();
    let draft = draft().with_entries(serials.iter().map(|serial| revoked(serial)));
    let (list, bytes) = (held(&draft), draft.unsigned());
    assert!(serials.iter().all(|serial| list.find(serial).unwrap().is_some()));
    let parsed = RevocationList::parse(&bytes).unwrap();
    let sorted: Vec<OrderedEntry> = parsed.in_order().unwrap().map(Result::unwrap).collect();
    assert!(sorted.len() > 400 && sorted.is_sorted_by(|a, b| a.serial < b.serial));
    let given: Vec<&[u8]> = parsed.entries().map(|entry| entry.unwrap().0).collect();
    assert_eq!(given, serials);
}

#[test]
fn of_entries_with_one_serial_number_the_stricter_counts() {
    let common = [0x55; 12];
    let serial = |last: u8| [&common[..], &[last]].concat();
    let dated = |last, date, code| entry(&serial(last), date, &[reason(code)]);
    let entries = [
        dated(1, "260101000000Z", 6),
        dated(2, "260101000000Z", 6),
        dated(1, "260103000000Z", 4),
        dated(3, "260101000000Z", 8),
        dated(1, "260102000000Z", 1),
    ];
    for turned in [false, true] {
        let mut entries = entries.to_vec();
        if turned {
            entries.reverse();
        }
        let list = held(&draft().with_entries(entries));
        let found = |last| {
            let found = list.find(&serial(last)).unwrap().unwrap();
            (found.reason, found.revoked_at.to_string())
        };
        assert_eq!(
            found(1),
            (RevocationReason::KeyCompromise, "2026-01-02T00:00:00Z".to_owned())
        );
        assert_eq!(found(2).0, RevocationReason::CertificateHold);
        assert_eq!(found(3).0, RevocationReason::RemoveFromCrl);
        assert_eq!(list.header().entries, 5);
    }
}

#[test]
fn extensions_of_entries_are_read() {
    let since = extension(24, false, b"\x18\x0F20251231235959Z");
    let bytes = with_entry(&[reason(6), since]).unsigned();
    let list = RevocationList::parse(&bytes).unwrap();
    let read = list.all_entries().next().unwrap().unwrap();
    assert_eq!(read.revoked().reason, RevocationReason::CertificateHold);
    assert_eq!(read.revoked().revoked_at.to_string(), "2026-01-02T03:04:05Z");
    assert_eq!(read.invalid_since().unwrap().to_string(), "2025-12-31T23:59:59Z");
    assert!(!list.header().has_unknown_critical && read.is_of_issuer());
    assert_eq!(format!("{read:?}").find("05\""), None);
}

#[test]
fn a_reason_that_does_not_exist_still_revokes() {
    for code in [7, 11, 0x80] {
        let list = held(&with_entry(&[reason(code)]));
        let found = list.find(&[5]).unwrap().unwrap();
        assert_eq!(found.reason, RevocationReason::Unspecified);
    }
    for value in [&[0x0A, 0][..], &[0x0A, 2, 0, 1], &[0x02, 1, 1], &[0x0A, 1, 1, 0]] {
        let draft = with_entry(&[extension(21, false, value)]);
        assert_eq!(fault(&draft), CrlError::Malformed("reasonCode"));
    }
}

#[test]
fn unknown_critical_extensions_are_noted_wherever_they_stand() {
    let unknown = |critical| extension(99, critical, &[5, 0]);
    assert!(header(&with(vec![number(&[1]), unknown(true)])).has_unknown_critical);
    assert!(!header(&with(vec![number(&[1]), unknown(false)])).has_unknown_critical);
    assert!(header(&with_entry(&[unknown(true)])).has_unknown_critical);
    assert!(!header(&with_entry(&[unknown(false)])).has_unknown_critical);
    assert!(held(&with_entry(&[unknown(true)])).find(&[5]).unwrap().is_some());
}

#[test]
fn an_extension_that_occurs_twice_is_refused() {
    let twice = CrlError::Malformed("an extension that occurs twice");
    assert_eq!(fault(&with(vec![number(&[1]), number(&[2])])), twice);
    let other = extension(99, false, &[5, 0]);
    assert_eq!(fault(&with(vec![other.clone(), number(&[1]), other])), twice);
    assert_eq!(fault(&with_entry(&[reason(1), reason(1)])), twice);
    let many: Vec<Vec<u8>> = (40..73).map(|arc| extension(arc, false, &[5, 0])).collect();
    assert_eq!(fault(&with(many.clone())), CrlError::Malformed("extensions"));
    assert!(RevocationList::parse(&with(many[1..].to_vec()).unsigned()).is_ok());
    assert_eq!(
        fault(&with_entry(&many[..9])),
        CrlError::Malformed("extensions of an entry")
    );
    assert!(RevocationList::parse(&with_entry(&many[..8]).unsigned()).is_ok());
}

#[test]
fn the_scope_is_read_whole() {
    let uri = der(0x86, &[b"http://crl.example/one.crl"]);
    let full = der(0xA0, &[&der(0xA0, &[&uri])]);
    let value = der(
        0x30,
        &[&full, &[0x81, 1, 0xFF], &[0x83, 2, 5, 0x60], &[0x84, 1, 0xFF]],
    );
    let read = header(&with(vec![extension(28, true, &value)])).scope;
    let uri = GeneralName::Uri("http://crl.example/one.crl".to_owned());
    assert_eq!(read.name, Some(PointName::Full(vec![uri])));
    assert_eq!(read.subjects, Subjects::EndEntities);
    assert!(read.indirect && read.reasons.is_some_and(|reasons| reasons != Reasons::ALL));
    assert_eq!(CrlScope::from_der(&value), Ok(read));

    let subjects = |flags: &[u8]| CrlScope::from_der(&der(0x30, &[flags])).map(|scope| scope.subjects);
    assert_eq!(subjects(&[]), Ok(Subjects::All));
    assert_eq!(subjects(&[0x82, 1, 0xFF]), Ok(Subjects::Authorities));
    assert_eq!(subjects(&[0x85, 1, 0xFF]), Ok(Subjects::Attributes));
    assert_eq!(subjects(&[0x81, 1, 0, 0x82, 1, 0xFF]), Ok(Subjects::Authorities));
    for flags in [
        &[0x81, 1, 0xFF, 0x82, 1, 0xFF][..],
        &[0x81, 1, 0xFF, 0x85, 1, 0xFF],
        &[0x82, 1, 0xFF, 0x81, 1, 0xFF],
        &[0x81, 1, 1],
        &[0x81, 0],
        &[0x83, 0],
        &[0xA0, 0],
        &[0x86, 1, 0xFF],
    ] {
        let refused = CrlError::Malformed("issuingDistributionPoint");
        assert_eq!(subjects(flags), Err(refused), "{flags:02X?}");
    }
}

#[test]
fn a_list_of_changes_says_so_and_numbers_are_positive() {
    let delta = extension(27, true, &[2, 1, 3]);
    assert!(header(&with(vec![number(&[4]), delta])).is_delta);
    let key = extension(35, false, &[0x30, 4, 0x80, 2, 0xAB, 0xCD]);
    assert_eq!(
        header(&with(vec![key])).authority_key_identifier.unwrap(),
        [0xAB, 0xCD]
    );
    for content in [&[][..], &[0x80], &[0, 1], &[1; 21]] {
        let refused = fault(&draft().numbered(content));
        assert_eq!(refused, CrlError::Malformed("cRLNumber"), "{content:02X?}");
    }
}

#[test]
fn entries_of_other_issuers_are_not_taken_for_the_lists_own() {
    let own = name("TEST authority");
    let issued_by = |issuer: &[u8]| {
        let directory = der(0xA4, &[issuer]);
        extension(29, true, &der(0x30, &[&directory]))
    };
    let dated = |serial: u8, extensions: &[Vec<u8>]| entry(&[serial], "260101000000Z", extensions);
    let entries = [
        dated(1, &[]),
        dated(2, &[issued_by(&name("TEST other"))]),
        dated(3, &[]),
        dated(4, &[issued_by(&own)]),
        dated(5, &[]),
    ];
    let indirect = extension(28, true, &[0x30, 3, 0x84, 1, 0xFF]);
    let mut draft = with(vec![indirect]).with_entries(entries);
    let list = held(&draft);
    let found: Vec<bool> = (1..=5)
        .map(|serial| list.find(&[serial]).unwrap().is_some())
        .collect();
    assert_eq!(found, [true, false, false, true, true]);
    assert_eq!(list.header().entries, 5);
    assert!(!list.header().has_unknown_critical);

    draft.extensions = vec![number(&[1])];
    let refused = CrlError::Malformed("certificateIssuer in a list that is not indirect");
    assert_eq!(fault(&draft), refused);
}

#[test]
fn a_list_that_was_cut_is_refused_at_every_length() {
    let whole = with_entry(&[reason(1)]).signed(&SIGNER).unwrap();
    for length in 0..whole.len() {
        let refused = RevocationList::parse(&whole[..length]).unwrap_err();
        assert_eq!(refused, CrlError::Truncated, "{length}");
    }
    let longer = [&whole[..], &[0]].concat();
    assert_eq!(
        RevocationList::parse(&longer).unwrap_err(),
        CrlError::TrailingBytes
    );
    assert_eq!(RevocationList::parse(&[0x31, 0]).unwrap_err(), CrlError::NotDer);
    assert_eq!(
        RevocationList::parse(&[0x30, 0x80, 0, 0]).unwrap_err(),
        CrlError::NotDer
    );
    let long = vec![0x30; CRL_LENGTH_MAX + 1];
    assert_eq!(RevocationList::parse(&long).unwrap_err(), CrlError::TooLarge);
}

#[test]
fn no_flipped_bit_is_taken_for_signed() {
    let whole = with_entry(&[reason(1)]).signed(&SIGNER).unwrap();
    let signer = authority("ca-cns");
    assert_eq!(
        RevocationList::parse(&whole).unwrap().check_signature(&signer),
        Ok(())
    );
    for place in 0..whole.len() {
        for bit in 0..8 {
            let mut changed = whole.clone();
            changed[place] ^= 1 << bit;
            if let Ok(list) = RevocationList::parse(&changed) {
                let checked = list.check_signature(&signer);
                assert_eq!(checked, Err(ListFault::NotSigned), "byte {place}, bit {bit}");
            }
        }
    }
}

#[test]
fn only_the_key_that_signed_counts_whatever_its_name() {
    let list = HeldList::parse(draft().signed(&SIGNER).unwrap(), None).unwrap();
    let (signer, namesake) = (authority("ca-cns"), authority("ca-untrusted"));
    assert_eq!(signer.subject(), namesake.subject());
    // Twice, as the second answer comes from memory.
    for _ in 0..2 {
        assert_eq!(list.check_signature(&signer), Ok(()));
        assert_eq!(list.check_signature(&namesake), Err(ListFault::NotSigned));
    }
    fn shared_by_threads<T: Send + Sync>(_: &T) {}
    shared_by_threads(&list);
}

#[test]
fn a_signature_with_sha_1_is_weak_and_only_where_it_holds() {
    let draft = CrlDraft {
        hash: Hash::Sha1,
        ..draft()
    };
    let list = HeldList::parse(draft.signed(&SIGNER).unwrap(), None).unwrap();
    assert_eq!(list.check_signature(&authority("ca-cns")), Err(ListFault::Weak));
    assert_eq!(
        list.check_signature(&authority("ca-untrusted")),
        Err(ListFault::NotSigned)
    );
}

#[test]
fn two_algorithms_that_differ_are_refused() {
    let mut bytes = draft().signed(&SIGNER).unwrap();
    let identifier = [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x0B];
    let last = bytes.windows(9).rposition(|part| part == identifier).unwrap();
    bytes[last + 8] = 0x0C;
    let refused = RevocationList::parse(&bytes).unwrap_err();
    assert_eq!(refused, CrlError::Malformed("algorithms that differ"));
}

#[test]
fn dates_in_either_form_and_no_other_are_read() {
    assert_eq!(header(&draft().made_at("20260101000000Z")), {
        let mut same = header(&draft());
        same.sha256 = header(&draft().made_at("20260101000000Z")).sha256;
        same
    });
    assert_eq!(
        fault(&draft().made_at("2601010000Z")),
        CrlError::Malformed("thisUpdate")
    );
    let broken = draft().with_entries([entry(&[5], "261301000000Z", &[])]);
    assert_eq!(fault(&broken), CrlError::Malformed("revocationDate"));
}
