//! Mending that is interrupted itself, again and again, comes to an end and loses nothing.

use varco_records::audit::*;

use crate::rig::*;

fn wide() -> Settings {
    Settings {
        checkpoint_every: 1_000,
        ..Settings::default()
    }
}

#[test]
fn mending_that_never_reaches_the_head_writes_its_records_once() {
    for count in [1, 64] {
        let rig = Rig::with(0);
        let old = std::fs::read(rig.head()).unwrap();
        let log = AuditLog::open(&rig.path(), keys(), wide(), sources()).unwrap();
        for number in 0..count {
            log.append(entry(&format!("e{number}"))).unwrap();
        }
        drop(log);
        for turn in 0..100 {
            std::fs::write(rig.head(), &old).unwrap();
            let told = rig.verify();
            assert!(told.is_good(), "{turn}: {:?}", told.findings);
            let whole = count + if turn == 0 { 0 } else { 2 };
            assert_eq!((told.unacknowledged, told.torn), (whole, None), "{turn}");
            let recovered = rig.open().unwrap().recovered().unwrap();
            assert_eq!((recovered.sequence, recovered.unacknowledged), (count + 1, count));
        }
        assert_eq!(rig.verify().recoveries, 1);
        assert_eq!(rig.evidences(), numbered(count));
    }
}

#[test]
fn mending_that_is_interrupted_at_any_byte_again_and_again_comes_to_an_end() {
    let rig = Rig::with(1);
    let head = std::fs::read(rig.head()).unwrap();
    let old = std::fs::read(rig.segment(1)).unwrap();
    std::fs::write(rig.segment(1), [&old[..], b"{\"seq\":"].concat()).unwrap();
    let mut turns = 0;
    let mut step = 1;
    loop {
        drop(rig.open().unwrap_or_else(|error| panic!("{turns}: {error}")));
        let mended = std::fs::read(rig.segment(1)).unwrap();
        let cut = old.len() + step;
        if cut >= mended.len() {
            break;
        }
        // What was put aside before stays.
        std::fs::write(rig.segment(1), &mended[..cut]).unwrap();
        std::fs::write(rig.head(), &head).unwrap();
        let told = rig.verify();
        assert!(told.is_good(), "{turns}: {:?}", told.findings);
        turns += 1;
        step += 7;
    }
    assert!(turns > 100, "{turns}");
    let told = rig.verify();
    assert!(told.is_good(), "{:?}", told.findings);
    assert_eq!((told.recoveries, told.unacknowledged, told.torn), (1, 0, None));
    let files = rig.snapshot();
    let aside = files
        .iter()
        .filter(|(path, _)| path.to_string_lossy().contains("torn-"));
    assert_eq!(aside.count(), 16);
    rig.open().unwrap().append(entry("e1")).unwrap();
    assert_eq!(rig.evidences(), numbered(2));
}

#[test]
fn more_records_behind_the_head_than_are_written_at_once_are_no_interruption() {
    let rig = Rig::with(0);
    let old = std::fs::read(rig.head()).unwrap();
    let log = AuditLog::open(&rig.path(), keys(), wide(), sources()).unwrap();
    for number in 0..69 {
        log.append(entry(&format!("e{number}"))).unwrap();
    }
    log.checkpoint().unwrap();
    drop(log);
    std::fs::write(rig.head(), &old).unwrap();
    assert_eq!(rig.codes(), ["audit-head-behind"]);
    assert_eq!(rig.refusal(), "audit-head-behind");
}

#[test]
fn what_says_that_something_was_mended_counts_only_with_its_signature() {
    let rig = Rig::with(1);
    let (sequence, prev) = rig.verify().last.unwrap();
    let old = std::fs::read(rig.segment(1)).unwrap();
    let body = format!(
        "{{\"seq\":{},\"prev\":\"{prev}\",\"at\":\"2026-11-28T09:00:00Z\",\"what\":{{\"recovered\":{{\"unacknowledged\":0,\"torn\":[]}}}}",
        sequence + 1
    );
    let line = format!("{body},\"hash\":\"{}\"}}\n", Digest::of(body.as_bytes()));
    Line::parse(line.trim_end().as_bytes()).unwrap();
    std::fs::write(rig.segment(1), [&old[..], line.as_bytes()].concat()).unwrap();
    let recovered = rig.open().unwrap().recovered().unwrap();
    assert_eq!((recovered.unacknowledged, recovered.torn.len()), (0, 1));
    let aside = rig.path().join(&recovered.torn[0].file);
    assert_eq!(std::fs::read(aside).unwrap(), line.as_bytes());
    assert!(rig.verify().is_good(), "{:?}", rig.codes());
}
