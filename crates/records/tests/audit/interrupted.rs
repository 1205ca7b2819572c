//! What an interruption can leave is told from tampering, put aside and said; nothing that was acknowledged is lost.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use varco_records::audit::*;

use crate::rig::*;

type Files = Vec<(PathBuf, Vec<u8>)>;

/// A log before and after one more decision was put down, in the same segment.
fn before_and_after() -> (Rig, Files, Files) {
    let rig = Rig::with(1);
    let before = rig.snapshot();
    let log = AuditLog::open(&rig.path(), keys(), Settings::default(), sources()).unwrap();
    log.append(entry("e1")).unwrap();
    let after = rig.snapshot();
    assert_eq!(before.len(), after.len());
    (rig, before, after)
}

fn bytes_of(files: &Files, name: &str) -> Vec<u8> {
    files
        .iter()
        .find(|(path, _)| path.ends_with(name))
        .unwrap()
        .1
        .clone()
}

/// With this tail behind what was acknowledged: it verifies, is mended by opening, and the bytes are put aside.
fn is_mended(rig: &Rig, tail: &[u8], acknowledged: &[String], whole: u64) {
    let told = rig.verify();
    assert!(told.is_good(), "{:?}", told.findings);
    assert_eq!(told.unacknowledged, whole);
    assert_eq!(told.torn.map_or(0, |torn| torn.bytes), tail.len() as u64);
    let recovered = rig.open().unwrap().recovered();
    if tail.is_empty() && whole == 0 {
        assert_eq!(recovered, None);
    } else {
        let recovered = recovered.unwrap();
        assert_eq!(recovered.unacknowledged, whole);
        if !tail.is_empty() {
            let [torn] = recovered.torn.as_slice() else {
                panic!("{recovered:?}")
            };
            assert_eq!(std::fs::read(rig.path().join(&torn.file)).unwrap(), tail);
            assert_eq!((torn.bytes, torn.sha256), (tail.len() as u64, Digest::of(tail)));
        }
    }
    let told = rig.verify();
    assert!(told.is_good() && told.torn.is_none(), "{:?}", told.findings);
    rig.open().unwrap().append(entry("next")).unwrap();
    let mut expected = acknowledged.to_vec();
    expected.push("next".to_owned());
    assert_eq!(rig.evidences(), expected);
    assert!(rig.verify().is_good());
}

#[test]
fn a_record_that_was_not_acknowledged_and_is_cut_anywhere_is_torn() {
    let (rig, before, after) = before_and_after();
    let (old, new) = (
        bytes_of(&before, "00000001.log"),
        bytes_of(&after, "00000001.log"),
    );
    for cut in old.len()..=new.len() {
        rig.restore(&before);
        std::fs::write(rig.segment(1), &new[..cut]).unwrap();
        if cut == new.len() {
            is_mended(&rig, b"", &numbered(2), 1);
        } else {
            is_mended(&rig, &new[old.len()..cut], &numbered(1), 0);
        }
    }
}

#[test]
fn a_record_that_was_acknowledged_and_is_cut_anywhere_is_gone_and_shows() {
    let (rig, before, after) = before_and_after();
    let (old, new) = (
        bytes_of(&before, "00000001.log"),
        bytes_of(&after, "00000001.log"),
    );
    for cut in 0..new.len() {
        rig.restore(&after);
        std::fs::write(rig.segment(1), &new[..cut]).unwrap();
        let told = rig.verify();
        assert!(!told.is_good(), "{cut}");
        if cut >= old.len() {
            assert!(
                rig.codes().contains(&"audit-truncated"),
                "{cut}: {:?}",
                rig.codes()
            );
        }
        let files = rig.snapshot();
        assert!(matches!(rig.open(), Err(AuditError::Altered(_))), "{cut}");
        assert_eq!(rig.snapshot(), files, "nothing is changed in what was altered");
    }
}

#[test]
fn what_a_power_cut_leaves_is_torn_in_whatever_form() {
    let (rig, before, after) = before_and_after();
    let (old, new) = (
        bytes_of(&before, "00000001.log"),
        bytes_of(&after, "00000001.log"),
    );
    let tail = &new[old.len()..];
    let mut middle_lost = tail.to_vec();
    middle_lost[100..600].fill(0);
    let mut beginning_lost = tail.to_vec();
    beginning_lost[..600].fill(0);
    let zeros = vec![0; tail.len()];
    let garbage = vec![0xA5; 4096];
    let two_lines = [&beginning_lost[..], tail].concat();
    for tail in [
        middle_lost,
        beginning_lost,
        zeros,
        garbage,
        two_lines,
        b"\n\n\n".to_vec(),
    ] {
        rig.restore(&before);
        std::fs::write(rig.segment(1), [&old[..], &tail].concat()).unwrap();
        is_mended(&rig, &tail, &numbered(1), 0);
    }
    // Not what can have been written at once.
    rig.restore(&before);
    std::fs::write(rig.segment(1), [&old[..], &vec![0; 2 << 20]].concat()).unwrap();
    assert_eq!(rig.codes(), ["audit-line-too-long"]);
    assert_eq!(rig.refusal(), "audit-line-too-long");
}

#[test]
fn a_head_that_was_being_written_is_mended() {
    let (rig, before, after) = before_and_after();
    let (old, new) = (bytes_of(&before, "head"), bytes_of(&after, "head"));
    for cut in 0..=new.len() {
        rig.restore(&after);
        std::fs::write(rig.head(), &old).unwrap();
        std::fs::write(rig.path().join("head.new"), &new[..cut]).unwrap();
        is_mended(&rig, b"", &numbered(2), 1);
    }
}

#[test]
fn keys_that_nobody_was_told_of_are_not_in_use() {
    let rig = Rig::with(1);
    let before = rig.snapshot();
    rig.open().unwrap().rotate(keys_of(11, 12, 13)).unwrap();
    let new = std::fs::read(rig.segment(1)).unwrap();
    rig.restore(&before);
    std::fs::write(rig.segment(1), &new).unwrap();
    let told = rig.verify();
    assert!(
        told.is_good() && told.torn.is_some() && told.unacknowledged == 1,
        "{told:?}"
    );
    rig.open().unwrap().rotate(keys_of(11, 12, 13)).unwrap();
    assert!(rig.verify_rotated(&[]).is_good());
}

/// A log whose last segment is full, with its head; and the second segment with its first line, which no head speaks about.
fn at_a_new_segment() -> (Rig, Files, Vec<u8>) {
    let rig = Rig::with(2);
    let clock = Arc::new(AtomicU64::new(0));
    let heads = Arc::new(Mutex::new(Vec::new()));
    // The clock is asked before each word is signed: what the head says is seen there.
    let (path, seen) = (rig.head(), Arc::clone(&heads));
    let watching = Sources {
        now: Box::new(move || {
            seen.lock().unwrap().push(std::fs::read(&path).unwrap());
            let second = clock.fetch_add(1, Ordering::Relaxed) as i64;
            jiff::Timestamp::from_second(1_800_000_000 + second).unwrap()
        }),
        // The segment is begun, and then there is nothing to seal with.
        random: Box::new(|_| Err(NoRandomness)),
    };
    let tight = Settings {
        segment_length: 1,
        ..SMALL
    };
    let log = AuditLog::open(&rig.path(), keys(), tight, watching).unwrap();
    log.append(entry("lost")).unwrap_err();
    let second = std::fs::read(rig.segment(2)).unwrap();
    std::fs::remove_file(rig.segment(2)).unwrap();
    let head = heads.lock().unwrap().last().unwrap().clone();
    std::fs::write(rig.head(), &head).unwrap();
    assert!(rig.verify().is_good(), "{:?}", rig.codes());
    let files = rig.snapshot();
    (rig, files, second)
}

#[test]
fn a_segment_that_was_being_begun_is_mended_wherever_it_ends() {
    let (rig, files, second) = at_a_new_segment();
    for cut in 0..=second.len() {
        rig.restore(&files);
        std::fs::write(rig.segment(2), &second[..cut]).unwrap();
        if cut == second.len() {
            is_mended(&rig, b"", &numbered(2), 1);
        } else {
            is_mended(&rig, &second[..cut], &numbered(2), 0);
        }
    }
}

#[test]
fn who_was_interrupted_while_mending_loses_nothing() {
    let rig = Rig::with(1);
    let whole = std::fs::read(rig.segment(1)).unwrap();
    let files = rig.snapshot();
    // Put aside and taken off, but not said.
    let next = rig.verify().last.unwrap().0 + 1;
    let aside = rig.path().join(format!("torn-{next}.bin"));
    std::fs::write(&aside, b"{\"seq\":").unwrap();
    let recovered = rig.open().unwrap().recovered().unwrap();
    assert_eq!(recovered.torn.len(), 1);
    assert!(rig.verify().is_good());
    // Put aside, not taken off; and other bytes came to be there.
    for (tail, count) in [(&b"{\"seq\":"[..], 1), (b"{\"se", 2)] {
        rig.restore(&files);
        std::fs::write(&aside, b"{\"seq\":").unwrap();
        std::fs::write(rig.segment(1), [&whole[..], tail].concat()).unwrap();
        let recovered = rig.open().unwrap().recovered().unwrap();
        assert_eq!(recovered.torn.len(), count);
        assert!(rig.verify().is_good(), "{:?}", rig.codes());
    }
}

#[test]
fn what_another_program_put_aside_and_did_not_say_is_said_by_who_goes_on() {
    for is_cut in [false, true] {
        let rig = Rig::with(1);
        let log = rig.open().unwrap();
        let next = rig.verify().last.unwrap().0 + 1;
        let half = b"{\"half\":";
        std::fs::write(rig.path().join(format!("torn-{next}.bin")), half).unwrap();
        if !is_cut {
            let bytes = std::fs::read(rig.segment(1)).unwrap();
            std::fs::write(rig.segment(1), [&bytes[..], half].concat()).unwrap();
        }
        log.append(entry("e1")).unwrap();
        let recovered = log.recovered().unwrap();
        assert_eq!((recovered.sequence, recovered.torn.len()), (next, 1), "{is_cut}");
        assert_eq!(recovered.torn[0].sha256, Digest::of(half));
        assert_eq!(rig.verify().recoveries, 1);
        assert!(rig.verify().is_good(), "{:?}", rig.codes());
        assert_eq!(rig.evidences(), numbered(2));
    }
}

#[test]
fn another_program_that_is_interrupted_is_mended_by_who_goes_on() {
    let (rig, before, after) = before_and_after();
    rig.restore(&before);
    let log = rig.open().unwrap();
    let new = bytes_of(&after, "00000001.log");
    std::fs::write(rig.segment(1), &new[..new.len() - 9]).unwrap();
    log.append(entry("e1")).unwrap();
    assert_eq!(log.recovered().unwrap().torn.len(), 1);
    assert!(rig.verify().is_good());
    assert_eq!(rig.evidences(), numbered(2));
}
