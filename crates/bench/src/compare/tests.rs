//! Tests of the comparison, by claim, between played cards.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "test code")]

use varco::played::{PlayedReader, Profile};

use super::*;

const WAIT: Duration = Duration::from_secs(10);

fn played(name: &str) -> (Varco, Vec<PlayedReader>) {
    let (readers, hands) = varco::played::readers_with(vec![(name, Profile::builtin(name).unwrap())]);
    (Varco::with_readers(vec![Box::new(readers)]), hands)
}

fn compared(here: &str, there: &str) -> Comparison {
    let (first, _hands) = played(here);
    let (second, _others) = played(there);
    let side = |varco| Side {
        varco,
        reader: None,
        wait: WAIT,
    };
    let probes = conformance().unwrap();
    compare(&side(&first), &side(&second), &probes, &BTreeSet::new()).unwrap()
}

#[test]
fn a_card_is_like_itself_in_every_probe_of_its_kind() {
    for name in Profile::names() {
        let comparison = compared(name, name);
        assert!(comparison.is_alike() && comparison.steps.len() > 40, "{name}");
        assert_eq!(comparison.slower().count(), 0, "{name}");
    }
}

#[test]
fn makes_differ_where_their_profiles_do() {
    let names = |here: &str, there: &str| -> BTreeSet<String> {
        let comparison = compared(here, there);
        let differing = comparison
            .steps
            .iter()
            .filter(|step| step.outcome == Outcome::Differs);
        differing.map(|step| step.probe.clone()).collect()
    };
    let chains = names("cns-st", "cns-st-2021");
    assert!(chains.contains("chained-selection"), "{chains:?}");
    assert!(!chains.contains("read-extended"), "{chains:?}");
    assert!(names("cns-st", "cns-short").contains("read-extended"));
    assert!(names("cns-st", "cns-gd-2025").contains("read-certificate"));
    assert!(names("cie-nxp", "cie-gemalto").contains("parameters-of-the-group"));
}

#[test]
fn no_probe_costs_a_try_or_sends_what_does_not_read() {
    for name in Profile::names() {
        let (varco, hands) = played(name);
        let before = hands[0].look(|card| card.unwrap().snapshot());
        let side = Side {
            varco: &varco,
            reader: None,
            wait: WAIT,
        };
        let probes = conformance().unwrap();
        compare(&side, &side, &probes, &BTreeSet::new()).unwrap();
        hands[0].look(|card| {
            let card = card.unwrap();
            let sent: BTreeSet<u8> = card.log().events().map(varco_emulator::Event::ins).collect();
            let read = BTreeSet::from([0x84, 0xA4, 0xB0, 0xB4, 0xC0, 0xCA, 0xCB]);
            assert!(sent.is_subset(&read), "{name}: {sent:02X?}");
            assert_eq!(card.snapshot().pins(), before.pins(), "{name}");
        });
    }
}

#[test]
fn what_a_recording_replaces_is_told_apart() {
    let ended = |status: &str, length: usize, sha256: &str| Answer::Answered {
        status: status.to_owned(),
        length,
        sha256: Some(sha256.to_owned()),
        timing: crate::timing::TimingClass::Ms,
    };
    let answer = |length: usize, sha256: &str| ended("9000", length, sha256);
    let probes = conformance().unwrap();
    let group = probes
        .iter()
        .find(|probe| probe.part.as_deref() == Some("group"))
        .unwrap();
    let judged = |replaced: &[&str], there: &Answer| {
        let replaced = replaced.iter().map(|part| (*part).to_owned()).collect();
        outcome(group, &answer(8, "aa"), there, &replaced)
    };
    assert_eq!(judged(&[], &answer(8, "aa")), Outcome::Equal);
    assert_eq!(judged(&[], &answer(8, "bb")), Outcome::Differs);
    assert_eq!(judged(&["group"], &answer(8, "bb")), Outcome::Replaced);
    assert_eq!(judged(&["group"], &answer(9, "aa")), Outcome::Differs);
    assert_eq!(judged(&["size of group"], &answer(9, "aa")), Outcome::Replaced);
    for (status, wanted) in [
        ("6282", Outcome::Replaced),
        ("6B00", Outcome::Replaced),
        ("6C05", Outcome::Replaced),
        // Another right to read is no other size.
        ("6982", Outcome::Differs),
    ] {
        assert_eq!(
            judged(&["size of group"], &ended(status, 8, "aa")),
            wanted,
            "{status}"
        );
    }
    assert_eq!(judged(&[], &Answer::NotCarried), Outcome::NotTried);
    assert_eq!(judged(&[], &Answer::Reset), Outcome::Differs);
}
