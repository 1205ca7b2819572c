//! Indexes in order, damaged, swapped and going back. Writers that are killed or run out of room are in `tests/crl_index.rs`.

use std::path::PathBuf;
use std::sync::LazyLock;

use tempfile::TempDir;
use varco_pki::{HeldList, RevocationReason};
use varco_testkit::crl::{CrlDraft, Hash, Signer, entry, extension, name, number, reason};

use super::place::Place;
use super::*;

static SIGNER: LazyLock<Signer> = LazyLock::new(|| Signer::of_fixture("ca-cns").unwrap());

fn authority(name: &str) -> Certificate {
    let file = format!("{}/../../fixtures/pki/{name}.der", env!("CARGO_MANIFEST_DIR"));
    Certificate::parse(&std::fs::read(file).unwrap()).unwrap()
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

fn serial(index: u32) -> Vec<u8> {
    // Scattered over two bytes and more, positive, no two alike.
    let scattered = u64::from(index).wrapping_mul(0x9E37_79B1) & 0xFFFF_FFFF;
    let bytes = [&[1][..], &scattered.to_be_bytes()[4..], &[0xAB; 11]].concat();
    bytes[..if index.is_multiple_of(3) { 5 } else { 16 }].to_vec()
}

fn draft(entries: u32) -> CrlDraft {
    let one = |index| {
        entry(
            &serial(index),
            "260102030405Z",
            &[reason(u8::from(index % 2 == 0) * 4 + 1)],
        )
    };
    CrlDraft::new(&name("TEST authority")).with_entries((0..entries).map(one))
}

fn signed(draft: &CrlDraft) -> Vec<u8> {
    draft.signed(&SIGNER).unwrap()
}

/// A folder, and a place in it.
fn place() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("one.crlx");
    (folder, place)
}

fn build(draft: &CrlDraft, place: &Path) -> Result<CrlIndex, CrlIndexError> {
    CrlIndex::build(&signed(draft), &authority("ca-cns"), at(1000), place)
}

fn refused(draft: &CrlDraft, place: &Path) -> IndexProblem {
    build(draft, place).unwrap_err().problem()
}

#[test]
fn an_index_says_what_the_list_in_memory_says() {
    for entries in [0, 1, 31, 32, 33, 64, 65, 1000] {
        let (_folder, place) = place();
        let list = draft(entries);
        let built = build(&list, &place).unwrap();
        let opened = CrlIndex::open(&place).unwrap();
        let held = HeldList::parse(signed(&list), None).unwrap();
        for index in [&built, &opened] {
            assert_eq!(index.header(), held.header());
            assert_eq!(index.fetched_at(), Some(at(1000)));
            assert_eq!(index.signer_key_sha256(), authority("ca-cns").key_sha256());
            for number in 0..entries + 50 {
                let serial = serial(number);
                assert_eq!(index.find(&serial), held.find(&serial));
                assert_eq!(index.find(&serial).unwrap().is_some(), number < entries);
                assert_eq!(index.find(&[&[0][..], &serial].concat()), held.find(&serial));
            }
            assert_eq!(index.find(&[]), Ok(None));
            assert_eq!(index.find(&[0x11; 40]), Ok(None));
        }
    }
}

#[test]
fn a_header_with_everything_in_it_comes_back() {
    let (_folder, place) = place();
    let point = b"\x30\x1D\xA0\x1B\xA0\x19\x86\x17http://crl.example/a.cr";
    let mut list = draft(3);
    list.next_update = Some("20991231235959Z".to_owned());
    list.extensions = vec![
        number(&[0, 0xFF, 0xEE]),
        extension(28, true, point),
        extension(35, false, &[0x30, 4, 0x80, 2, 0xAB, 0xCD]),
        extension(99, true, &[5, 0]),
    ];
    build(&list, &place).unwrap();
    let opened = CrlIndex::open(&place).unwrap();
    let held = HeldList::parse(signed(&list), None).unwrap();
    assert_eq!(opened.header(), held.header());
    assert!(opened.header().scope.name.is_some() && opened.header().has_unknown_critical);

    list.extensions = vec![number(&[0])];
    list.next_update = None;
    let other = place.with_extension("other");
    build(&list, &other).unwrap();
    let held = HeldList::parse(signed(&list), None).unwrap();
    assert_eq!(CrlIndex::open(&other).unwrap().header(), held.header());
}

#[test]
fn of_entries_with_one_serial_number_the_stricter_is_indexed() {
    let (_folder, place) = place();
    let dated = |date, code| entry(&[5], date, &[reason(code)]);
    let entries = [
        dated("260101000000Z", 6),
        dated("260103000000Z", 4),
        dated("260104000000Z", 1),
    ];
    let index = build(&draft(0).with_entries(entries), &place).unwrap();
    let found = index.find(&[5]).unwrap().unwrap();
    assert_eq!(found.reason, RevocationReason::Superseded);
    assert_eq!((index.header().entries, index.head.records), (3, 1));
}

#[test]
fn no_index_is_made_of_a_list_that_its_signer_did_not_sign() {
    let (folder, place) = place();
    let der = signed(&draft(3));
    let wrong = CrlIndex::build(&der, &authority("ca-untrusted"), at(0), &place).unwrap_err();
    assert_eq!((wrong.code(), wrong.path()), ("crl-index-not-signed", &*place));
    let mut changed = der.clone();
    let last = changed.len() - 1;
    changed[last] ^= 1;
    let wrong = CrlIndex::build(&changed, &authority("ca-cns"), at(0), &place).unwrap_err();
    assert_eq!(wrong.code(), "crl-index-not-signed");
    let cut = CrlIndex::build(&der[..last], &authority("ca-cns"), at(0), &place).unwrap_err();
    assert_eq!(cut.code(), "crl-truncated");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn a_weak_list_is_indexed_only_where_that_is_said_and_stays_weak() {
    let (_folder, place) = place();
    let list = CrlDraft {
        hash: Hash::Sha1,
        ..draft(3)
    };
    assert_eq!(refused(&list, &place), IndexProblem::Signature(ListFault::Weak));
    CrlIndex::build_even_if_weak(&signed(&list), &authority("ca-cns"), at(0), &place).unwrap();
    let opened = CrlIndex::open(&place).unwrap();
    assert_eq!(opened.check_signature(&authority("ca-cns")), Err(ListFault::Weak));
    assert_eq!(
        opened.check_signature(&authority("ca-untrusted")),
        Err(ListFault::NotSigned)
    );
}

#[test]
fn a_list_of_changes_is_not_indexed() {
    let (_folder, place) = place();
    let mut list = draft(3);
    list.extensions.push(extension(27, true, &[2, 1, 1]));
    assert_eq!(refused(&list, &place), IndexProblem::Delta);
}

#[test]
fn a_list_does_not_go_back_in_number_or_time() {
    let (_folder, place) = place();
    let list = |number: u8, date: &str| draft(u32::from(number)).numbered(&[number]).made_at(date);
    build(&list(5, "260105000000Z"), &place).unwrap();
    assert_eq!(
        refused(&list(4, "260106000000Z"), &place),
        IndexProblem::NumberGoesBack
    );
    assert_eq!(
        refused(&list(6, "260104235959Z"), &place),
        IndexProblem::TimeGoesBack
    );
    let mut without = list(5, "260106000000Z");
    without.extensions.clear();
    assert_eq!(refused(&without, &place), IndexProblem::NumberGoesBack);
    assert_eq!(CrlIndex::open(&place).unwrap().header().entries, 5);

    build(&list(6, "260105000000Z"), &place).unwrap();
    assert_eq!(CrlIndex::open(&place).unwrap().header().entries, 6);
    assert_eq!(
        CrlIndex::open(&place::previous(&place)).unwrap().header().entries,
        5
    );
}

#[test]
fn damage_does_not_open_the_way_back() {
    let (_folder, place) = place();
    build(&draft(1).numbered(&[5]), &place).unwrap();
    build(&draft(2).numbered(&[6]), &place).unwrap();
    std::fs::write(&place, b"damaged").unwrap();
    assert_eq!(
        refused(&draft(3).numbered(&[4]), &place),
        IndexProblem::NumberGoesBack
    );
    let mended = build(&draft(3).numbered(&[6]), &place).unwrap();
    assert_eq!(mended.header().entries, 3);
}

#[test]
fn damage_after_damage_does_not_open_the_way_back() {
    let (_folder, place) = place();
    build(&draft(1).numbered(&[2]), &place).unwrap();
    build(&draft(2).numbered(&[3]), &place).unwrap();
    for mended in 4..7 {
        std::fs::write(&place, b"VARCOCRL damaged").unwrap();
        build(&draft(3).numbered(&[mended]), &place).unwrap();
        let kept = CrlIndex::open(&place::previous(&place)).unwrap();
        assert_eq!(kept.header().entries, 1, "the last good one before");
        std::fs::write(&place, b"VARCOCRL damaged").unwrap();
        assert_eq!(
            refused(&draft(9).numbered(&[1]), &place),
            IndexProblem::NumberGoesBack
        );
    }
    build(&draft(4).numbered(&[8]), &place).unwrap();
    build(&draft(5).numbered(&[9]), &place).unwrap();
    let kept = CrlIndex::open(&place::previous(&place)).unwrap();
    assert_eq!(kept.header().entries, 4);
}

#[test]
fn an_index_that_is_removed_does_not_open_the_way_back() {
    let (_folder, place) = place();
    build(&draft(1).numbered(&[5]), &place).unwrap();
    build(&draft(2).numbered(&[6]), &place).unwrap();
    std::fs::remove_file(&place).unwrap();
    assert_eq!(
        refused(&draft(3).numbered(&[1]), &place),
        IndexProblem::NumberGoesBack
    );
    std::fs::remove_file(place::previous(&place)).unwrap();
    build(&draft(3).numbered(&[1]), &place).unwrap();
}

#[test]
fn a_writer_that_ends_between_its_two_steps_leaves_two_good_files() {
    let (_folder, place) = place();
    build(&draft(1).numbered(&[5]), &place).unwrap();
    let standing = build(&draft(2).numbered(&[6]), &place).unwrap();
    let halfway = Place::lock(&place).unwrap();
    halfway.keep_previous(&standing).unwrap();
    drop(halfway);
    // In place, as a program or a disk would do it.
    std::fs::write(&place, b"VARCOCRL damaged").unwrap();
    assert_eq!(
        refused(&draft(3).numbered(&[5]), &place),
        IndexProblem::NumberGoesBack
    );
    build(&draft(3).numbered(&[7]), &place).unwrap();
    let kept = CrlIndex::open(&place::previous(&place)).unwrap();
    assert_eq!(kept.header().entries, 2);
}

#[test]
fn an_index_that_was_changed_since_it_was_opened_is_not_kept() {
    let (_folder, place) = place();
    build(&draft(1).numbered(&[5]), &place).unwrap();
    let standing = build(&draft(2).numbered(&[6]), &place).unwrap();
    let mut bytes = std::fs::read(&place).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    std::fs::write(&place, bytes).unwrap();
    let halfway = Place::lock(&place).unwrap();
    let error = halfway.keep_previous(&standing).unwrap_err();
    assert_eq!(error.code(), "crl-index-damaged");
    assert!(!place.with_extension("crlx.previous.new").exists());
    let kept = CrlIndex::open(&place::previous(&place)).unwrap();
    assert_eq!(kept.header().entries, 1);
}

#[test]
fn of_two_lists_with_one_number_and_one_date_the_first_stays() {
    for (full, less) in [
        (draft(40).numbered(&[5]), draft(10).numbered(&[5])),
        (draft(40), draft(10)),
    ] {
        for (first, second) in [(&full, &less), (&less, &full)] {
            let (_folder, place) = place();
            build(first, &place).unwrap();
            let error = build(second, &place).unwrap_err();
            assert_eq!(error.code(), "crl-index-number-reused");
            build(first, &place).unwrap();
            let later = second.clone().made_at("990101000000Z");
            assert_eq!(refused(&later, &place), IndexProblem::TimeGoesBack);
        }
    }
}

#[test]
fn a_place_keeps_to_one_key_though_another_authority_has_the_same_name() {
    let (_folder, place) = place();
    build(&draft(40).numbered(&[2]), &place).unwrap();
    let namesake = Signer::of_fixture("ca-untrusted").unwrap();
    let der = draft(1).numbered(&[0x7F, 0xFF]).signed(&namesake).unwrap();
    for damaged in [false, true] {
        if damaged {
            build(&draft(41).numbered(&[3]), &place).unwrap();
            std::fs::write(&place, b"damaged").unwrap();
        }
        let error = CrlIndex::build(&der, &authority("ca-untrusted"), at(1000), &place).unwrap_err();
        assert_eq!(error.code(), "crl-index-other-signer");
    }
    build(&draft(41).numbered(&[3]), &place).unwrap();
}

#[test]
fn a_weak_list_does_not_take_the_place_of_a_strong_one() {
    let (_folder, place) = place();
    let weak = |number| CrlDraft {
        hash: Hash::Sha1,
        ..draft(1).numbered(&[number])
    };
    let build_weak = |number| {
        CrlIndex::build_even_if_weak(&signed(&weak(number)), &authority("ca-cns"), at(1), &place)
            .map_err(|error| error.code())
    };
    build_weak(4).unwrap();
    build_weak(5).unwrap();
    build(&draft(40).numbered(&[6]), &place).unwrap();
    assert_eq!(build_weak(7).unwrap_err(), "crl-index-weak-signature");
    build(&draft(41).numbered(&[8]), &place).unwrap();
}

#[test]
fn the_same_list_again_renews_when_it_was_fetched() {
    let (_folder, place) = place();
    build(&draft(1).numbered(&[1]), &place).unwrap();
    let der = signed(&draft(2).numbered(&[2]));
    // One clock that was wrong does not stay for ever.
    for (second, kept) in [(10, 10), (99_999_999_999, 99_999_999_999), (20, 20)] {
        let index = CrlIndex::build(&der, &authority("ca-cns"), at(second), &place).unwrap();
        assert_eq!(index.fetched_at(), Some(at(kept)));
        assert_eq!(CrlIndex::open(&place).unwrap().fetched_at(), Some(at(kept)));
    }
    assert_eq!(
        CrlIndex::open(&place::previous(&place)).unwrap().header().entries,
        1
    );
}

#[test]
fn a_place_keeps_to_one_issuer_and_one_scope() {
    let (_folder, place) = place();
    build(&draft(1), &place).unwrap();
    let other = CrlDraft {
        issuer: name("TEST other authority"),
        ..draft(2).numbered(&[9])
    };
    assert_eq!(refused(&other, &place), IndexProblem::OtherIssuer);
    let mut narrower = draft(2).numbered(&[9]);
    narrower
        .extensions
        .push(extension(28, true, &[0x30, 3, 0x81, 1, 0xFF]));
    assert_eq!(refused(&narrower, &place), IndexProblem::OtherScope);
}

#[test]
fn an_index_that_was_cut_lengthened_or_altered_is_not_opened() {
    let (folder, place) = place();
    build(&draft(40), &place).unwrap();
    let whole = std::fs::read(&place).unwrap();
    let changed = place.with_extension("changed");
    let fault = |bytes: &[u8]| {
        std::fs::write(&changed, bytes).unwrap();
        let error = CrlIndex::open(&changed).unwrap_err();
        assert_eq!(error.path(), changed);
        error.problem()
    };
    for length in 0..whole.len() {
        let problem = fault(&whole[..length]);
        assert!(matches!(problem, IndexProblem::Damaged(_)), "{length}: {problem}");
    }
    for more in [1, 32] {
        let longer = [&whole[..], &vec![0; more]].concat();
        assert_eq!(fault(&longer), IndexProblem::Damaged("length"));
    }
    for at in 0..whole.len() {
        let mut bytes = whole.clone();
        bytes[at] ^= 1 << (at % 8);
        let problem = fault(&bytes);
        let expected = matches!(problem, IndexProblem::Damaged(_)) || at < 12;
        assert!(expected, "{at}: {problem}");
    }
    assert_eq!(
        fault(b"VARCOCRL\x00\x00\x00\x02\x00\x00\x00\x00"),
        IndexProblem::OtherFormat
    );
    assert_eq!(
        CrlIndex::open(folder.path()).unwrap_err().problem(),
        IndexProblem::OtherFormat
    );
    let missing = CrlIndex::open(&place.with_extension("missing")).unwrap_err();
    assert_eq!(missing.code(), "crl-index-not-found");
}

#[test]
fn an_index_swapped_for_another_issuers_shows_it() {
    let (_folder, place) = place();
    build(&draft(5), &place).unwrap();
    let other = place.with_extension("other");
    let list = CrlDraft {
        issuer: name("TEST other authority"),
        ..draft(5)
    };
    let namesake = Signer::of_fixture("ca-untrusted").unwrap();
    let der = list.signed(&namesake).unwrap();
    CrlIndex::build(&der, &authority("ca-untrusted"), at(0), &other).unwrap();
    std::fs::copy(&other, &place).unwrap();
    let swapped = CrlIndex::open(&place).unwrap();
    assert_eq!(swapped.header().issuer, name("TEST other authority"));
    assert_eq!(
        swapped.check_signature(&authority("ca-cns")),
        Err(ListFault::NotSigned)
    );
}

#[test]
fn an_index_changed_in_place_while_open_is_noticed_where_it_is_read() {
    let (_folder, place) = place();
    build(&draft(200), &place).unwrap();
    let open = CrlIndex::open(&place).unwrap();
    assert!(open.find(&serial(7)).unwrap().is_some());
    let whole = std::fs::read(&place).unwrap();
    let records = whole.len() - 200 * record::RECORD_LENGTH;
    let mut changed = whole.clone();
    changed[records..].iter_mut().for_each(|byte| *byte ^= 1);
    std::fs::write(&place, &changed).unwrap();
    assert_eq!(open.find(&serial(7)), Err(ListFault::Unreadable));
    std::fs::write(&place, &whole[..records]).unwrap();
    assert_eq!(open.find(&serial(7)), Err(ListFault::Unreadable));
    std::fs::write(&place, &whole).unwrap();
    assert!(open.find(&serial(7)).unwrap().is_some());
}

#[test]
fn an_open_index_outlives_its_replacement() {
    let (_folder, place) = place();
    let old = build(&draft(10), &place).unwrap();
    build(&draft(20).numbered(&[2]), &place).unwrap();
    build(&draft(30).numbered(&[3]), &place).unwrap();
    assert!(old.find(&serial(9)).unwrap().is_some() && old.find(&serial(15)).unwrap().is_none());
}

#[test]
fn two_writers_do_not_meet() {
    let (folder, place) = place();
    let lock = File::create(folder.path().join("one.crlx.lock")).unwrap();
    lock.lock().unwrap();
    let error = build(&draft(1), &place).unwrap_err();
    assert_eq!((error.code(), error.path()), ("crl-index-locked", &*place));
    drop(lock);

    let lists: Vec<Vec<u8>> = (1..=8)
        .map(|n| signed(&draft(u32::from(n) * 100).numbered(&[n])))
        .collect();
    let signer = authority("ca-cns");
    std::thread::scope(|scope| {
        for der in &lists {
            scope.spawn(|| match CrlIndex::build(der, &signer, at(0), &place) {
                Ok(_) => {}
                Err(error) => {
                    let met = matches!(
                        error.problem(),
                        IndexProblem::Locked | IndexProblem::NumberGoesBack
                    );
                    assert!(met, "{error}");
                }
            });
        }
    });
    let last = CrlIndex::open(&place).unwrap();
    assert!(last.header().entries.is_multiple_of(100) && last.header().entries > 0);
}

#[test]
fn what_is_no_place_for_a_file_is_told() {
    let nowhere = Path::new("/nonexistent/folder/one.crlx");
    assert_eq!(
        build(&draft(1), nowhere).unwrap_err().code(),
        "crl-index-not-written"
    );
    assert_eq!(refused(&draft(1), Path::new("/")), IndexProblem::NotAPlace);
    let (folder, _) = place();
    let name = folder.path().join("folder");
    std::fs::create_dir(&name).unwrap();
    assert!(build(&draft(1), &name).is_err());
}
