//! What somebody who has the folder, or a key that was replaced, makes of a log: told as what it is, in bounded work.

use varco_records::audit::*;

use crate::rig::*;

/// A line that anybody can make.
fn line(sequence: u64, prev: &str, what: &str) -> (String, String) {
    let body =
        format!("{{\"seq\":{sequence},\"prev\":\"{prev}\",\"at\":\"2026-11-28T09:00:00Z\",\"what\":{what}");
    let hash = Digest::of(body.as_bytes()).to_string();
    (format!("{body},\"hash\":\"{hash}\"}}\n"), hash)
}

#[test]
fn a_log_that_is_put_back_to_before_its_key_was_replaced_shows() {
    let rig = Rig::with(2);
    let before = rig.snapshot();
    let log = rig.open().unwrap();
    let kept = log.rotate(keys_of(11, 2, 3)).unwrap();
    log.append(entry("new")).unwrap();
    drop(log);
    let told = rig.verify_rotated(std::slice::from_ref(&kept));
    assert!(told.is_good() && told.kept == 1, "{:?}", told.findings);

    rig.restore(&before);
    // By who has the key that was replaced.
    let log = rig.open().unwrap();
    for number in 0..50 {
        log.append(entry(&format!("forged{number}"))).unwrap();
    }
    drop(log);
    let told = rig.verify_rotated(&[]);
    assert_eq!(told.findings.len(), 1, "{:?}", told.findings);
    assert_eq!(told.findings[0].fault, Fault::HeadOldKey);
    assert_eq!(told.findings[0].fault.code(), "audit-head-old-key");
    let told = rig.verify_rotated(&[kept]);
    assert_eq!(told.findings[0].fault, Fault::KeptDiffers);
}

#[test]
fn a_segment_that_somebody_without_a_key_put_behind_the_head_is_torn_whatever_keys_it_names() {
    let rig = Rig::with(1);
    let whole = rig.snapshot();
    let (sequence, prev) = rig.verify().last.unwrap();
    let first = String::from_utf8(lines(&rig.segment(1))[0].clone()).unwrap();
    let keys_at = first.find("\"keys\":").unwrap();
    let end = first.find("}},\"hash\"").unwrap();
    let changes = [(
        auditor(3).public().unwrap().to_text(),
        auditor(9).public().unwrap().to_text(),
    )];
    for (mine, theirs) in changes {
        let keys = first[keys_at..end].replace(&mine, &theirs);
        let log = rig.verify().log.unwrap();
        let what = format!("{{\"segment\":{{\"format\":1,\"log\":\"{log}\",\"segment\":2,{keys}}}}}");
        let (forged, _) = line(sequence + 1, &prev.to_string(), &what);
        Line::parse(forged.trim_end().as_bytes()).unwrap();
        std::fs::write(rig.segment(2), &forged).unwrap();
        let told = rig.verify();
        assert!(told.is_good() && told.torn.is_some(), "{told:?}");
        let recovered = rig.open().unwrap().recovered().unwrap();
        let aside = rig.path().join(&recovered.torn[0].file);
        assert_eq!(std::fs::read(aside).unwrap(), forged.as_bytes());
        assert!(!rig.segment(2).exists());
        assert!(rig.verify().is_good());
        rig.restore(&whole);
    }
}

#[test]
fn a_record_names_each_file_that_was_put_aside_once_and_no_more_than_there_can_be() {
    let rig = Rig::with(1);
    let old = std::fs::read(rig.segment(1)).unwrap();
    let (sequence, prev) = rig.verify().last.unwrap();
    let bytes = vec![0; 1_000];
    let named = |file: &str| {
        std::fs::write(rig.path().join(file), &bytes).unwrap();
        format!(
            "{{\"file\":\"{file}\",\"bytes\":{},\"sha256\":\"{}\"}}",
            bytes.len(),
            Digest::of(&bytes)
        )
    };
    let codes = |named: &[String]| {
        let what = format!(
            "{{\"recovered\":{{\"unacknowledged\":0,\"torn\":[{}]}}}}",
            named.join(",")
        );
        let (line, _) = line(sequence + 1, &prev.to_string(), &what);
        std::fs::write(rig.segment(1), [&old[..], line.as_bytes()].concat()).unwrap();
        rig.codes()
    };
    let many: Vec<String> = (0..18).map(|turn| named(&format!("torn-7-{turn}.bin"))).collect();
    assert!(codes(&many[..17]).is_empty());
    assert_eq!(codes(&many), ["audit-torn-file"]);
    assert_eq!(codes(&[many[0].clone(), many[0].clone()]), ["audit-torn-file"]);
    let longer = many[0].replace("1000", "1001");
    assert_eq!(codes(&[longer]), ["audit-torn-file"]);
}

#[test]
fn a_log_of_a_later_format_is_told_as_that_and_not_as_altered() {
    let what = "{\"segment\":{\"format\":2,\"new\":[true],\"log\":\"x\"}}";
    let (later, _) = line(0, &"0".repeat(64), what);
    // One that began so, and one that was gone on with so.
    for segment in [1, 2] {
        let rig = Rig::with(1);
        std::fs::write(rig.segment(segment), &later).unwrap();
        std::fs::write(rig.head(), "varco-audit-head 2 whatever\n").unwrap();
        assert_eq!(rig.open().unwrap_err(), AuditError::OtherFormat(2));
        let error = verify(&rig.path(), &[], &[]).unwrap_err();
        assert_eq!(error, AuditError::OtherFormat(2));
        assert_eq!(error.code(), "audit-other-format");
    }
    // A byte that was changed is no format.
    let rig = Rig::with(1);
    std::fs::write(rig.segment(1), later.replace("[true]", "[null]")).unwrap();
    assert!(rig.codes().contains(&"audit-line-form"), "{:?}", rig.codes());
}

#[test]
fn what_is_sealed_has_one_length() {
    let rig = Rig::with(1);
    let all = lines(&rig.segment(1));
    let text = String::from_utf8(all[1].clone()).unwrap();
    let begin = text.find("\"sealed\":\"").unwrap() + 10;
    let sealed = &text[begin..begin + 236];
    let prev = Line::parse(all[1].trim_ascii_end()).unwrap().prev.to_string();
    let at = text.find("\"what\":").unwrap() + 7;
    let end = text.find(",\"hash\"").unwrap();
    for (other, is_taken) in [
        (sealed.to_owned(), true),
        (sealed[..232].to_owned(), false),
        (format!("{sealed}AAAA"), false),
        (String::new(), false),
        ("not Base64 ".repeat(30)[..236].to_owned(), false),
    ] {
        let (line, _) = line(1, &prev, &text[at..end].replace(sealed, &other));
        let read = Line::parse(line.trim_end().as_bytes());
        assert_eq!(read.is_ok(), is_taken, "{other}");
        assert!(is_taken || read == Err(Fault::LineForm));
    }
}

#[test]
fn nothing_is_written_into_what_lies_in_the_place_of_the_next_head() {
    let rig = Rig::with(1);
    let new = rig.path().join("head.new");
    let elsewhere = rig.path().with_file_name("elsewhere");
    std::fs::write(&elsewhere, "theirs").unwrap();
    std::fs::hard_link(&elsewhere, &new).unwrap();
    rig.open().unwrap().append(entry("e1")).unwrap();
    std::os::unix::fs::symlink(&elsewhere, &new).unwrap();
    rig.open().unwrap().append(entry("e2")).unwrap();
    assert_eq!(std::fs::read(&elsewhere).unwrap(), b"theirs");
    // Nor waited for: a pipe that nobody reads.
    let made = std::process::Command::new("mkfifo").arg(&new).status().unwrap();
    assert!(made.success());
    rig.open().unwrap().append(entry("e3")).unwrap();
    assert!(rig.verify().is_good());
    assert_eq!(rig.evidences(), numbered(4));
}

#[test]
fn what_lies_in_the_place_of_the_next_segment_stays_where_that_cannot_be_made() {
    let rig = Rig::with(1);
    let tight = Settings {
        segment_length: 1,
        ..SMALL
    };
    let log = AuditLog::open(&rig.path(), keys(), tight, sources()).unwrap();
    // Leads nowhere, so that it is not seen as a segment.
    std::os::unix::fs::symlink("nowhere", rig.segment(2)).unwrap();
    let error = log.append(entry("lost")).unwrap_err();
    assert_eq!(error.code(), "audit-not-written");
    assert!(rig.segment(2).is_symlink());
    std::fs::remove_file(rig.segment(2)).unwrap();
    rig.open().unwrap().append(entry("e1")).unwrap();
    assert_eq!(rig.evidences(), numbered(2));
}
