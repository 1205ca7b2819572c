//! Reading a log: nobody is in it in clear; the auditor opens it; who has the pseudonym key finds a person.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use varco_access_policy::Effect;
use varco_records::audit::*;

use crate::rig::*;

fn read(rig: &Rig) -> Vec<LoggedDecision> {
    let mut all = Vec::new();
    decisions(&rig.path(), &mut |decision| {
        all.push(decision);
        Ok(())
    })
    .unwrap();
    all
}

/// Forms in which a text could be found.
fn forms(text: &str) -> Vec<Vec<u8>> {
    let hex = |upper: bool| -> String {
        text.bytes()
            .map(|byte| {
                if upper {
                    format!("{byte:02X}")
                } else {
                    format!("{byte:02x}")
                }
            })
            .collect()
    };
    let mut forms = vec![
        text.as_bytes().to_vec(),
        text.to_lowercase().into_bytes(),
        hex(false).into_bytes(),
        hex(true).into_bytes(),
    ];
    // Base64 at each of the three places in a group, without what its neighbours change.
    for shift in 0..3 {
        let padded = [&b"xxx"[..shift], text.as_bytes()].concat();
        for encoded in [STANDARD.encode(&padded), URL_SAFE.encode(&padded)] {
            forms.push(encoded.as_bytes()[4..encoded.len() - 4].to_vec());
        }
    }
    let digest = Digest::of(text.as_bytes());
    forms.push(digest.to_string().into_bytes());
    forms
}

fn holds(bytes: &[u8], form: &[u8]) -> bool {
    bytes.windows(form.len()).any(|window| window == form)
}

#[test]
fn nobody_is_in_the_log_in_clear() {
    let rig = Rig::with(6);
    let mut plain = Vec::new();
    export(&rig.path(), ExportFormat::JsonLines, None, &mut plain).unwrap();
    export(&rig.path(), ExportFormat::Csv, None, &mut plain).unwrap();
    let mut shown = format!("{:?} {:?}", entry("e0"), read(&rig));
    for decision in read(&rig) {
        shown += &format!("{:?}", decision.open(&[auditor(3)]));
    }
    let mut files = rig.snapshot();
    files.push(("export".into(), plain));
    files.push(("debug".into(), shown.into_bytes()));
    for text in [CAMILLA, OTHER] {
        for form in forms(text) {
            for (path, bytes) in &files {
                assert!(
                    !holds(bytes, &form),
                    "{}: {}",
                    path.display(),
                    String::from_utf8_lossy(&form)
                );
            }
        }
    }
    // The search finds what is there.
    let mut opened = Vec::new();
    export(
        &rig.path(),
        ExportFormat::JsonLines,
        Some(&[auditor(3)]),
        &mut opened,
    )
    .unwrap();
    assert!(holds(&opened, CAMILLA.as_bytes()) && holds(&opened, OTHER.as_bytes()));
}

#[test]
fn the_auditor_opens_both_persons_of_each_record() {
    let rig = Rig::with(2);
    rig.open().unwrap().rotate(keys_of(1, 2, 13)).unwrap();
    let log = AuditLog::open(&rig.path(), keys_of(1, 2, 13), SMALL, sources()).unwrap();
    log.append(entry("e2")).unwrap();
    let unknown = Entry::new(
        Effect::Deny,
        "info.public",
        "2026-11-28T09:00:00Z".parse().unwrap(),
    );
    log.append(unknown).unwrap();
    let all = read(&rig);
    let both = [auditor(13), auditor(3)];
    for decision in &all[..3] {
        let persons = decision.open(&both).unwrap();
        assert_eq!(persons.subject, Some(person(CAMILLA)));
        assert_eq!(persons.acting_for, Some(person(OTHER)));
    }
    let persons = all[3].open(&both).unwrap();
    assert_eq!((persons.subject, persons.acting_for), (None, None));
    // Each key opens what was sealed to it.
    assert!(all[0].open(&both[..1]).is_none() && all[2].open(&both[1..]).is_none());
}

#[test]
fn a_person_is_found_under_each_key_that_is_at_hand() {
    let rig = Rig::with(2);
    rig.open().unwrap().rotate(keys_of(1, 12, 3)).unwrap();
    let log = AuditLog::open(&rig.path(), keys_of(1, 12, 3), SMALL, sources()).unwrap();
    log.append(entry("e2")).unwrap();
    let found = |who: &str, keys: &[PseudonymKey]| {
        let mut all = Vec::new();
        let out_of_reach = find(&rig.path(), &person(who), keys, &mut |decision| {
            assert_eq!(decision.names(&person(who), keys), Some(true));
            all.push(decision.decided.evidence.unwrap());
            Ok(())
        });
        (all, out_of_reach.unwrap())
    };
    let both = [pseudonym_key(2), pseudonym_key(12)];
    assert_eq!(found(CAMILLA, &both), (numbered(3), 0));
    assert_eq!(found(OTHER, &both), (numbered(3), 0), "for whom somebody acted");
    assert_eq!(found(CAMILLA, &both[..1]), (numbered(2), 1));
    assert_eq!(found("BNCGVN85T10F205G", &both), (vec![], 0));
}

#[test]
fn an_export_has_a_row_for_each_decision() {
    let rig = Rig::with(4);
    let mut table = Vec::new();
    let count = export(&rig.path(), ExportFormat::Csv, Some(&[auditor(3)]), &mut table).unwrap();
    let table = String::from_utf8(table).unwrap();
    let rows: Vec<&str> = table.lines().collect();
    assert_eq!((count, rows.len()), (4, 5));
    assert!(rows[0].starts_with("seq,recorded_at,at,effect,service,"));
    assert!(rows[1].contains(",permit,inps.estratto-conto,consultation-card,permit-consultation,"));
    assert!(rows[1].ends_with(&format!(",true,{CAMILLA},{OTHER}")));
    let mut objects = Vec::new();
    export(
        &rig.path(),
        ExportFormat::JsonLines,
        Some(&[auditor(99)]),
        &mut objects,
    )
    .unwrap();
    for line in String::from_utf8(objects).unwrap().lines() {
        let object: serde_json::Value = serde_json::from_str(line).unwrap();
        assert_eq!(object["opened"], false);
        assert_eq!(object["quality"], "guardian");
        assert_eq!(object["delegation"], 7);
    }
}

#[test]
fn an_altered_log_is_read_up_to_where_it_is_altered_and_says_so() {
    let rig = Rig::with(8);
    let mut all = lines(&rig.segment(2));
    let number = |line: &[u8]| {
        let line: serde_json::Value = serde_json::from_slice(line).unwrap();
        line["seq"].as_u64().unwrap()
    };
    let altered = number(&all[1]);
    all[1][40] ^= 1;
    std::fs::write(rig.segment(2), all.concat()).unwrap();
    let mut out = Vec::new();
    let error = export(&rig.path(), ExportFormat::JsonLines, None, &mut out).unwrap_err();
    assert_eq!(error.code(), "audit-altered");
    let numbers: Vec<u64> = out
        .split(|byte| *byte == b'\n')
        .filter(|line| !line.is_empty())
        .map(number)
        .collect();
    assert!(
        !numbers.is_empty() && numbers.iter().all(|number| *number < altered),
        "{numbers:?} {altered}"
    );
}
