//! Whatever is done to a log by who has no key is found; what is put back as a whole, by a checkpoint that was kept.

use varco_records::audit::*;

use crate::rig::*;

/// Segments, keys that changed, an interruption with bytes put aside: everything that a log can hold.
fn full() -> Rig {
    let rig = Rig::with(3);
    let log = rig.open().unwrap();
    log.rotate(keys_of(1, 12, 3)).unwrap();
    drop(log);
    // An interruption.
    let mut bytes = std::fs::read(rig.last_segment()).unwrap();
    bytes.extend_from_slice(b"{\"seq\":");
    std::fs::write(rig.last_segment(), bytes).unwrap();
    let log = AuditLog::open(&rig.path(), keys_of(1, 12, 3), SMALL, sources()).unwrap();
    assert_eq!(log.recovered().unwrap().torn.len(), 1);
    for number in 3..7 {
        log.append(entry(&format!("e{number}"))).unwrap();
    }
    assert!(rig.verify().is_good());
    assert!(rig.segment(2).exists());
    rig
}

#[test]
fn any_byte_that_is_changed_anywhere_is_found() {
    let rig = full();
    let mut count = 0;
    for (path, bytes) in rig.snapshot() {
        for place in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[place] ^= 1 << (place % 8);
            std::fs::write(&path, &changed).unwrap();
            let told = rig.verify();
            assert!(!told.is_good(), "{} {place}", path.display());
            count += 1;
        }
        std::fs::write(&path, &bytes).unwrap();
    }
    assert!(count > 10_000);
    assert!(rig.verify().is_good());
}

#[test]
fn a_head_that_is_gone_damaged_or_made_of_a_checkpoint_is_found() {
    let rig = Rig::with(4);
    let whole = rig.snapshot();
    std::fs::remove_file(rig.head()).unwrap();
    assert_eq!(rig.codes(), ["audit-head-missing"]);
    assert_eq!(rig.refusal(), "audit-head-missing");

    rig.restore(&whole);
    std::fs::write(rig.head(), "").unwrap();
    assert_eq!(rig.codes(), ["audit-head-damaged"]);
    assert_eq!(rig.refusal(), "audit-head-damaged");

    // The log is cut off at a checkpoint in it, and that is made the head.
    let mut all = lines(&rig.segment(1));
    let place = all
        .iter()
        .position(|line| holds(line, "checkpoint\":{\"key"))
        .unwrap();
    let line = Line::parse(all[place].trim_ascii_end()).unwrap();
    let told = rig.verify();
    let value: serde_json::Value = serde_json::from_slice(&all[place]).unwrap();
    let signed = &value["what"]["checkpoint"];
    let (log, key) = (told.log.unwrap(), signed["key"].as_str().unwrap());
    let signature = signed["signature"].as_str().unwrap();
    let (sequence, hash, at) = (line.seq - 1, line.prev, line.at);
    let text = format!("varco-audit-checkpoint 1 {log} {sequence} {hash} {at} {key} {signature}");
    let kept = Checkpoint::parse(&text).unwrap();
    assert!(kept.is_signed_by(&checkpoint_key(1).public()));
    for number in 2..=told.segments {
        std::fs::remove_file(rig.segment(number)).unwrap();
    }
    all.truncate(place);
    std::fs::write(rig.segment(1), all.concat()).unwrap();
    std::fs::write(rig.head(), format!("{text}\n")).unwrap();
    assert_eq!(rig.codes(), ["audit-head-damaged"]);
    std::fs::write(rig.head(), format!("{}\n", text.replace("checkpoint", "head"))).unwrap();
    assert_eq!(rig.codes(), ["audit-head-signature"]);
    assert_eq!(rig.refusal(), "audit-head-signature");
}

fn holds(line: &[u8], text: &str) -> bool {
    String::from_utf8_lossy(line).contains(text)
}

/// Changes the lines of a segment, and gives what is found then; opening refuses too where it looks.
fn after(rig: &Rig, segment: u32, change: impl FnOnce(&mut Vec<Vec<u8>>)) -> Vec<&'static str> {
    let whole = rig.snapshot();
    let path = rig.segment(segment);
    let mut all = lines(&path);
    change(&mut all);
    std::fs::write(&path, all.concat()).unwrap();
    let codes = rig.codes();
    if path == rig.last_segment() {
        assert!(rig.refusal().starts_with("audit-"));
    }
    rig.restore(&whole);
    codes
}

#[test]
fn lines_that_are_taken_out_swapped_or_doubled_are_found() {
    let rig = Rig::with(12);
    assert!(rig.segment(2).exists());
    for segment in [1, 2] {
        assert_eq!(
            after(&rig, segment, |all| drop(all.remove(2))),
            ["audit-sequence"]
        );
        assert_eq!(
            after(&rig, segment, |all| all.insert(2, all[1].clone()))[0],
            "audit-sequence"
        );
        assert_eq!(after(&rig, segment, |all| all.swap(2, 3))[0], "audit-sequence");
        assert_eq!(
            after(&rig, segment, |all| all[2] = b"{}\n".to_vec()),
            ["audit-line-form"]
        );
        assert_eq!(
            after(&rig, segment, |all| all[2] = b"\n".to_vec()),
            ["audit-line-form"]
        );
        let long = [vec![b'x'; 100_000], b"\n".to_vec()].concat();
        assert_eq!(after(&rig, segment, |all| all[2] = long), ["audit-line-too-long"]);
        assert!(!after(&rig, segment, |all| drop(all.remove(0))).is_empty());
        assert!(!after(&rig, segment, Vec::clear).is_empty());
    }
    // A line of another place that is whole in itself.
    let moved = lines(&rig.segment(1))[2].clone();
    assert_eq!(after(&rig, 2, |all| all[2] = moved)[0], "audit-sequence");
    // Cut off at the end, by lines.
    for count in 1..3 {
        let last = rig.verify().segments;
        let codes = after(&rig, last, |all| all.truncate(all.len() - count));
        assert_eq!(codes, ["audit-truncated"], "{count}");
    }
}

#[test]
fn segments_that_are_taken_away_or_exchanged_are_found() {
    let rig = Rig::with(20);
    let whole = rig.snapshot();
    let last = rig.verify().segments;
    assert!(last > 3);
    for number in 1..=last {
        std::fs::remove_file(rig.segment(number)).unwrap();
        let wanted = if number == last {
            "audit-truncated"
        } else {
            "audit-segment-missing"
        };
        assert_eq!(rig.codes()[0], wanted, "{number}");
        assert_eq!(rig.refusal(), wanted);
        rig.restore(&whole);
    }
    std::fs::copy(rig.segment(1), rig.segment(2)).unwrap();
    assert!(!rig.codes().is_empty());
    rig.restore(&whole);
    // A whole log of somebody else under the same head.
    let other = Rig::with(20);
    for number in 1..=last {
        std::fs::copy(other.segment(number), rig.segment(number)).unwrap();
    }
    assert_eq!(rig.codes(), ["audit-head-differs"]);
    assert_eq!(rig.refusal(), "audit-head-differs");
    std::fs::copy(rig.segment(1), rig.segment(last + 1)).unwrap();
    assert!(rig.codes().contains(&"audit-sequence"), "{:?}", rig.codes());
}

/// Makes lines follow each other again, as anybody can.
fn chain_again(all: &mut [Vec<u8>], from: usize) {
    for place in from..all.len() {
        let mut line: serde_json::Value = serde_json::from_slice(&all[place]).unwrap();
        let before: serde_json::Value = serde_json::from_slice(&all[place - 1]).unwrap();
        let old_prev = format!("\"prev\":{}", line["prev"]);
        let text = String::from_utf8(all[place].clone()).unwrap();
        let text = text.replacen(&old_prev, &format!("\"prev\":{}", before["hash"]), 1);
        let body = &text[..text.len() - 76];
        line["hash"] = Digest::of(body.as_bytes()).to_string().into();
        all[place] = format!("{body},\"hash\":{}}}\n", line["hash"]).into_bytes();
    }
}

#[test]
fn what_is_chained_again_without_the_key_is_found() {
    let rig = Rig::with(8);
    let rewrite = |all: &mut Vec<Vec<u8>>, place: usize| {
        let text = String::from_utf8(all[place].clone()).unwrap();
        assert!(text.contains("\"effect\":\"permit\""));
        all[place] = text.replacen("\"permit\"", "\"deny\"", 1).into_bytes();
        chain_again(all, place);
    };
    // In the first segment: its checkpoints do not hold, and the next segment does not follow.
    let codes = after(&rig, 1, |all| rewrite(all, 1));
    assert_eq!(codes[0], "audit-signature");
    // Behind the last checkpoint: the head does not fit.
    let last = rig.verify().segments;
    let codes = after(&rig, last, |all| {
        let place = all.len() - 1;
        let is_decision = String::from_utf8_lossy(&all[place]).contains("\"permit\"");
        rewrite(all, if is_decision { place } else { place - 1 });
    });
    assert!(
        codes.contains(&"audit-head-differs") || codes.contains(&"audit-signature"),
        "{codes:?}"
    );
}

#[test]
fn a_log_of_another_key_is_not_believed() {
    let rig = Rig::new();
    let log = AuditLog::create(&rig.path(), keys_of(66, 2, 3), SMALL, sources()).unwrap();
    log.append(entry("forged")).unwrap();
    assert_eq!(rig.codes(), ["audit-key-unknown"]);
    assert_eq!(rig.refusal(), "audit-other-key");
    // A beginning of another log or of other keys.
    let mine = Rig::with(2);
    let first = lines(&rig.segment(1))[0].clone();
    assert_eq!(after(&mine, 1, |all| all[0] = first)[0], "audit-key-unknown");
}

#[test]
fn what_is_put_back_as_a_whole_shows_by_a_kept_checkpoint_only() {
    let rig = Rig::with(5);
    let old = rig.snapshot();
    let log = rig.open().unwrap();
    log.append(entry("e5")).unwrap();
    let kept = log.checkpoint().unwrap();
    log.append(entry("e6")).unwrap();
    drop(log);
    assert_eq!(rig.verify_with(std::slice::from_ref(&kept)).kept, 1);

    rig.restore(&old);
    assert!(rig.verify().is_good(), "without what was kept it does not show");
    let told = rig.verify_with(std::slice::from_ref(&kept));
    assert_eq!(told.findings[0].fault, Fault::KeptNotReached);

    // It goes on from there otherwise: rewritten by who has the key.
    let log = rig.open().unwrap();
    for number in 0..6 {
        log.append(entry(&format!("forged{number}"))).unwrap();
    }
    drop(log);
    assert!(rig.verify().is_good());
    let told = rig.verify_with(std::slice::from_ref(&kept));
    assert_eq!(told.findings[0].fault, Fault::KeptDiffers);

    let other = Rig::with(9);
    let told = other.verify_with(&[kept]);
    assert_eq!(told.findings[0].fault, Fault::KeptOtherLog);
    let elsewhere = Rig::new();
    let forged = AuditLog::create(&elsewhere.path(), keys_of(66, 2, 3), SMALL, sources()).unwrap();
    let told = other.verify_with(&[forged.checkpoint().unwrap()]);
    assert_eq!(told.findings[0].fault, Fault::KeptSignature);
}

#[test]
fn what_was_put_aside_must_stay() {
    let rig = full();
    let torn = std::fs::read_dir(rig.path())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .find(|path| path.to_string_lossy().contains("torn-"));
    std::fs::remove_file(torn.unwrap()).unwrap();
    assert_eq!(rig.codes(), ["audit-torn-file"]);
}

#[test]
fn a_log_that_is_put_back_or_exchanged_under_a_writer_is_noticed_by_it() {
    let rig = Rig::with(3);
    let old = rig.snapshot();
    let log = rig.open().unwrap();
    log.append(entry("e3")).unwrap();
    for (path, bytes) in &old {
        std::fs::write(path, bytes).unwrap();
    }
    assert_eq!(log.append(entry("e4")).unwrap_err().code(), "audit-altered");
    let same = std::fs::read(rig.segment(1)).unwrap();
    std::fs::remove_file(rig.segment(1)).unwrap();
    std::fs::write(rig.segment(1), same).unwrap();
    assert_eq!(log.append(entry("e4")).unwrap_err().code(), "audit-altered");
    rig.restore(&old);
    assert_eq!(log.append(entry("e4")).unwrap_err().code(), "audit-lock-replaced");
}
