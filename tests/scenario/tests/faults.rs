//! Every fault of the catalogue at every instruction of a login, with a CNS and with an identity card, in process: the login
//! ends as the catalogue says, costs at most the try that was typed, leaves nothing verified, and the next one is good.
//!
//! Not here: the faults one by one (`emulator`), and real pcscd, libccid and libnfc (crates/cli/tests/faults.rs).
#![allow(clippy::unwrap_used, reason = "test code: what fails here fails the test")]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use varco::played::fault::{Fault, FaultPlan, Instruction, Moment, Target, When, catalogue};
use varco::steps::{Attendance, Pin, PinId};
use varco::{EntryError, PinEntry, PinQuestion};
use varco_card::ExtendedLength;
use varco_scenario::identity::{self, code};
use varco_scenario::{PIN, Stage};

/// How a kind of card is put on the stage.
struct Kind {
    stage: fn(&str) -> Stage,
    profiles: &'static [&'static str],
    pin: &'static str,
    wrong: &'static str,
    reference: u8,
}

/// Whole answers, and answers in parts by T=0.
const CNS: Kind = Kind {
    stage: Stage::new,
    profiles: &["cns-st", "cns-t0"],
    pin: PIN,
    wrong: "54321",
    reference: 0x10,
};

const CIE: Kind = Kind {
    stage: |profile| identity::stage(profile, ExtendedLength::Supported),
    profiles: &["cie-nxp", "cie-st"],
    pin: identity::PIN,
    wrong: identity::WRONG,
    reference: identity::REFERENCE,
};

impl Kind {
    fn tries(&self, stage: &Stage) -> u8 {
        stage
            .hand
            .look(|card| card.unwrap().snapshot().tries_left(self.reference))
            .unwrap()
    }

    /// The commands of a whole login.
    fn headers(&self, profile: &str) -> Vec<[u8; 4]> {
        let stage = (self.stage)(profile);
        assert_eq!(code(&stage.login(self.pin).unwrap()), "identified");
        stage.hand.look(|card| {
            let log = card.unwrap().log();
            log.events().map(|event| event.header).collect()
        })
    }
}

/// The first and the last of each instruction of a login.
fn places(headers: &[[u8; 4]]) -> Vec<When> {
    let mut counts: BTreeMap<&str, (Instruction, u64)> = BTreeMap::new();
    for instruction in headers.iter().copied().filter_map(Instruction::of) {
        counts.entry(instruction.name()).or_insert((instruction, 0)).1 += 1;
    }
    let ends = counts.into_values().flat_map(|(instruction, count)| {
        let both = BTreeSet::from([1, count]);
        both.into_iter()
            .map(move |nth| When::Instruction(instruction, nth))
    });
    ends.collect()
}

fn in_process() -> impl Iterator<Item = Fault> {
    let plays = |fault: &Fault| {
        catalogue()
            .iter()
            .any(|entry| entry.name == fault.name() && entry.at.contains(&Target::InProcess))
    };
    Fault::ALL.into_iter().filter(plays)
}

/// What a fault leaves of the card's tries, which clearing it does not give back.
fn is_lasting(fault: Fault) -> bool {
    matches!(fault, Fault::PinTries(_) | Fault::PinBlocked)
}

/// One login with a fault at one place, and the next; how the first ended, `None` where the fault did not come about.
fn log_in(kind: &Kind, profile: &str, typed: &str, plan: FaultPlan) -> Option<String> {
    let fault = plan.fault();
    let stage = (kind.stage)(profile);
    if stage.hand.add_fault(plan).is_err() {
        return None;
    }
    let place = format!("{profile} {plan} {typed}");
    let ended = match stage.login(typed) {
        Ok(report) => {
            assert!(
                !report.reset_failed || fault == Fault::ReaderGone(Moment::After),
                "{place}"
            );
            code(&report)
        }
        Err(error) => error.code(),
    };
    let fired = stage.hand.fired().len();
    let (verified, verifies) = (
        stage.hand.look(|card| card.unwrap().verified()),
        stage.hand.look(|card| card.unwrap().log().count(0x20)),
    );
    assert!(verified.is_empty(), "{place}: {ended}");
    let spent = usize::from(typed != kind.pin && verifies > 0);
    if !is_lasting(fault) {
        assert!(kind.tries(&stage) as usize >= 3 - spent, "{place}: {ended}");
    }

    stage.hand.clear_faults();
    // Where a fault left the card inside there is nothing to put in.
    let _ = stage.hand.insert_again();
    if !is_lasting(fault) {
        let next = stage.login(kind.pin).unwrap();
        assert_eq!(code(&next), "identified", "{place}: after {ended}");
        assert_eq!(kind.tries(&stage), 3, "{place}");
    }
    (fired > 0).then(|| ended.to_owned())
}

/// The ends of each fault, at every place; those of a wrong PIN do not count, as most of them are its own.
fn ends(kind: &Kind) -> BTreeMap<&'static str, BTreeSet<String>> {
    let mut ends: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for profile in kind.profiles {
        let places = places(&kind.headers(profile));
        for fault in in_process() {
            let found = ends.entry(fault.name()).or_default();
            for when in &places {
                found.extend(log_in(kind, profile, kind.pin, FaultPlan::new(fault).at(*when)));
            }
            let at_verify = FaultPlan::new(fault).at(When::Instruction(Instruction::Verify, 1));
            log_in(kind, profile, kind.wrong, at_verify);
        }
    }
    ends
}

fn compare(kind: &Kind, which: &str) {
    let found = ends(kind);
    let mut told = String::new();
    for entry in catalogue() {
        let documented: &[String] = if which == "cns" { &entry.cns } else { &entry.cie };
        let found = found.get(entry.name.as_str()).cloned().unwrap_or_default();
        if documented.iter().cloned().collect::<BTreeSet<_>>() != found {
            writeln!(told, "{}: {which} = {found:?}", entry.name).unwrap();
        }
    }
    assert!(
        told.is_empty(),
        "crates/emulator/data/faults.toml says otherwise:\n{told}"
    );
}

#[test]
fn a_login_with_a_cns_ends_as_the_catalogue_says_whatever_goes_wrong_wherever() {
    compare(&CNS, "cns");
}

#[test]
fn a_login_with_an_identity_card_ends_as_the_catalogue_says_whatever_goes_wrong_wherever() {
    compare(&CIE, "cie");
}

/// Types these, one after the other.
struct Answers(Vec<&'static str>);

impl PinEntry for Answers {
    fn attendance(&self) -> Attendance {
        Attendance::Attended
    }
    fn ask(&mut self, _: &PinQuestion<'_>) -> Result<Pin, EntryError> {
        let answer = self.0.remove(0);
        Pin::take_from(&mut answer.as_bytes().to_vec()).map_err(|_| EntryError::TooLong)
    }
}

#[test]
fn a_pin_that_was_changed_and_whose_answer_is_lost_is_told_as_in_doubt() {
    for (plan, holds) in [
        ("lost@change", "24680"),
        ("remove@change", "24680"),
        ("mute@change", PIN),
        ("remove-before@change", PIN),
    ] {
        let stage = Stage::new("cns-st");
        stage.hand.add_fault(plan.parse().unwrap()).unwrap();
        let mut person = Answers(vec![PIN, "24680", "24680"]);
        let report = stage
            .varco
            .change_pin(&stage.options, PinId::User, &mut person, None)
            .unwrap();
        assert_eq!(report.outcome.unwrap_err().code(), "change-in-doubt", "{plan}");
        stage.hand.clear_faults();
        let _ = stage.hand.insert_again();
        assert_eq!(code(&stage.login(holds).unwrap()), "identified", "{plan}");
    }
}

#[test]
fn faults_of_time_are_counted_and_nobody_waits() {
    let stage = Stage::new("cns-st");
    stage
        .hand
        .set_faults(vec![
            "slow=1h@every".parse().unwrap(),
            "wtx=4@verify".parse().unwrap(),
        ])
        .unwrap();
    let report = stage.login(PIN).unwrap();
    assert_eq!(code(&report), "identified");
    let hours = core::time::Duration::from_secs(3_600) * report.exchanges;
    assert_eq!(stage.hand.clock(), hours + 4 * varco::played::fault::WAITING_TIME);
}
