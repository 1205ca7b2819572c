//! Tests of plans, of the catalogue, and of what each fault makes of an exchange.

use core::time::Duration;

use varco_apdu::{Atr, CommandApdu, StatusWord};
use zeroize::Zeroizing;

use super::*;
use crate::{Alteration, CardOs, CardState, Emulated, Feature, LinkHabits, PlayedCard, Reply, StateError};

/// Answers each command with as many bytes of its own number as P2 says; has a PIN and certificates by word only.
#[derive(Default)]
struct Number {
    commands: u8,
    tries: Option<u8>,
    altered: Vec<Alteration>,
    has_less: bool,
}

impl CardOs for Number {
    fn execute(&mut self, command: &CommandApdu) -> Reply {
        self.commands += 1;
        let data = vec![self.commands; command.p2().into()];
        Reply::data(Zeroizing::new(data), StatusWord::SUCCESS)
    }
    fn open(&mut self, protected: &CommandApdu) -> Result<CommandApdu, StatusWord> {
        Ok(protected.clone())
    }
    fn reset(&mut self) {}
    fn verified(&self) -> Vec<u8> {
        Vec::new()
    }
    fn snapshot(&self) -> CardState {
        CardState::new("number", Vec::new())
    }
    fn restore(&mut self, _: &CardState) -> Result<(), StateError> {
        Ok(())
    }
    fn alter(&mut self, alteration: Alteration) -> bool {
        if let Alteration::PinTries(left) = alteration {
            self.tries = Some(left);
        }
        self.altered.push(alteration);
        true
    }
    fn has(&self, feature: Feature) -> bool {
        !self.has_less || feature == Feature::PinCounters
    }
}

fn card() -> Emulated<Number> {
    let mut card = Emulated::new(
        Atr::new(&[0x3B, 0x00]).unwrap(),
        LinkHabits::default(),
        Number::default(),
    );
    card.power_on();
    card
}

fn armed(target: Target, plans: &[&str]) -> FaultSet {
    let mut set = FaultSet::new(target);
    set.set_helper(true);
    for plan in plans {
        set.arm(plan.parse().unwrap(), None).unwrap();
    }
    set
}

const SELECT: [u8; 5] = [0x00, 0xA4, 0, 2, 0];
const VERIFY: [u8; 4] = [0x00, 0x20, 0, 0];
const READ: [u8; 5] = [0x00, 0xB0, 0, 2, 2];

/// The answers to these commands; `None` where there is none.
fn answers(set: &mut FaultSet, commands: &[&[u8]]) -> Vec<Vec<u8>> {
    let mut card = card();
    let process = |command: &&[u8]| set.process(&mut card, command).response.to_vec();
    commands.iter().map(process).collect()
}

#[test]
fn every_fault_is_read_back_from_what_it_shows_at_every_time() {
    let times = Instruction::ALL
        .iter()
        .flat_map(|known| [When::Instruction(*known, 1), When::Instruction(*known, 3)])
        .chain([
            When::Next,
            When::Exchange(1),
            When::Exchange(u64::MAX),
            When::Every,
        ]);
    for when in times {
        for fault in Fault::ALL {
            let plan = FaultPlan::new(fault).at(when);
            for plan in [plan, plan.until_cleared()] {
                assert_eq!(plan.to_string().parse(), Ok(plan), "{plan}");
            }
        }
    }
    for (text, shown) in [
        ("remove", "remove"),
        ("slow=300ms@every", "slow=300ms@every"),
        ("slow=2000ms@every+", "slow=2s@every"),
        ("slow", "slow=1s"),
        ("status=6a82@select#2", "status=6A82@select#2"),
        ("flip=17@read#3+", "flip=17@read#3+"),
        ("wtx=3@sign", "wtx=3@sign"),
        ("clock-jump=-1h", "clock-jump=-3600s"),
        ("clock-jump=+2d@5+", "clock-jump=+172800s@5+"),
        ("mute@5", "mute@5"),
    ] {
        assert_eq!(text.parse::<FaultPlan>().unwrap().to_string(), shown);
    }
}

#[test]
fn what_is_no_plan_is_refused_with_what_would_be_one() {
    let long = "x".repeat(TEXT_BYTES_MAX + 1);
    for text in [
        "",
        "@5",
        "+",
        "burn",
        "remove=1",
        "remove@",
        "remove@0",
        "remove@-1",
        "remove@verify#0",
        "remove@verify#",
        "remove@verify#x",
        "remove@5#2",
        "remove@Verify",
        "remove@verify++",
        "remove @verify",
        "slow=",
        "slow=5",
        "slow=5 s",
        "slow=25h",
        "slow=99999999999999999999s",
        "clock-jump=1h",
        "clock-jump=+1ms",
        "clock-jump=+99999d",
        "wtx=0",
        "wtx=256",
        "cut=0",
        "flip=524288",
        "status=6",
        "status=+6A8",
        "pin-tries=16",
        "mute@99999999999999999999",
        "mute@ù",
        "slow=ùs",
        &long,
    ] {
        let error = text.parse::<FaultPlan>().unwrap_err();
        assert_eq!(error.code(), "fault-form", "{text}: {error}");
    }
    let error = "slow=x".parse::<FaultPlan>().unwrap_err().to_string();
    assert!(error.contains("300ms"), "{error}");
    let error = "mute@pin".parse::<FaultPlan>().unwrap_err().to_string();
    assert!(error.contains("get-challenge"), "{error}");
}

#[test]
fn the_catalogue_has_each_fault_once_and_somewhere() {
    let names: Vec<&str> = catalogue().iter().map(|entry| entry.name.as_str()).collect();
    assert_eq!(names, Fault::ALL.map(|fault| fault.name()));
    for (entry, fault) in catalogue().iter().zip(Fault::ALL) {
        assert_eq!(
            entry.value.is_empty(),
            !fault.to_string().contains('='),
            "{fault}"
        );
        assert!(!entry.at.is_empty() || !entry.helped.is_empty(), "{fault}");
        assert!(
            entry.helped.iter().all(|target| !entry.at.contains(target)),
            "{fault}"
        );
        assert!(entry.what.ends_with('.'), "{fault}");
    }
}

#[test]
fn what_a_target_cannot_play_is_refused_and_told_where_it_can() {
    for target in Target::ALL {
        for fault in Fault::ALL {
            let entry = entry(fault).unwrap();
            for has_helper in [false, true] {
                let mut set = FaultSet::new(target);
                set.set_helper(has_helper);
                let can = entry.at.contains(&target) || has_helper && entry.helped.contains(&target);
                let armed = set.arm(FaultPlan::new(fault), None);
                assert_eq!(armed.is_ok(), can, "{fault} {target}");
                if let Err(error) = armed {
                    assert_eq!(error.code(), "fault-not-here");
                    assert_eq!(set.armed().count(), 0);
                }
            }
        }
    }
    let refused = |plan: &str, target| {
        let set = &mut FaultSet::new(target);
        set.arm(plan.parse().unwrap(), None).unwrap_err().to_string()
    };
    assert_eq!(
        refused("clock-jump", Target::Vpcd),
        "clock-jump cannot be played behind vpcd; it can in process"
    );
    assert!(
        refused("service-restart", Target::InProcess)
            .contains("behind vpcd or in a virtual CCID reader where")
    );
}

#[test]
fn what_cannot_happen_to_a_card_is_refused_at_that_card() {
    let less = Number {
        has_less: true,
        ..Number::default()
    };
    let card = Emulated::new(Atr::new(&[0x3B, 0x00]).unwrap(), LinkHabits::default(), less);
    let mut set = FaultSet::new(Target::InProcess);
    for plan in ["mac", "no-certificate", "cut-certificate"] {
        let error = set.arm(plan.parse().unwrap(), Some(&card)).unwrap_err();
        assert_eq!(error.code(), "fault-not-here", "{error}");
    }
    set.arm("pin-blocked".parse().unwrap(), Some(&card)).unwrap();
}

#[test]
fn there_are_no_more_plans_than_can_be() {
    let mut set = armed(Target::InProcess, &["mute"; PLANS_MAX]);
    assert_eq!(set.arm("mute".parse().unwrap(), None), Err(FaultError::TooMany));
    set.process(&mut card(), &SELECT);
    assert_eq!(set.armed().count(), PLANS_MAX - 1);
    set.arm("mute".parse().unwrap(), None).unwrap();
}

#[test]
fn times_are_counted_from_arming_and_what_stays_stays() {
    let commands: [&[u8]; 6] = [&SELECT, &VERIFY, &SELECT, &READ, &VERIFY, &SELECT];
    for (plan, muted) in [
        ("mute", &[1][..]),
        ("mute+", &[1, 2, 3, 4, 5, 6]),
        ("mute@every", &[1, 2, 3, 4, 5, 6]),
        ("mute@3", &[3]),
        ("mute@3+", &[3, 4, 5, 6]),
        ("mute@select", &[1]),
        ("mute@select#2", &[3]),
        ("mute@select#2+", &[3, 6]),
        ("mute@verify+", &[2, 5]),
        ("mute@sign", &[]),
    ] {
        let mut set = armed(Target::InProcess, &[plan]);
        let answers = answers(&mut set, &commands);
        let found: Vec<usize> = (1..)
            .zip(&answers)
            .filter(|(_, a)| a.is_empty())
            .map(|(n, _)| n)
            .collect();
        assert_eq!(found, muted, "{plan}");
        let told: Vec<u64> = set.fired().map(|fired| fired.exchange).collect();
        assert_eq!(
            told,
            muted.iter().map(|n| *n as u64).collect::<Vec<_>>(),
            "{plan}"
        );
        assert_eq!(set.news().len(), muted.len());
        assert!(set.news().is_empty());
        let goes_on = plan.ends_with('+') || plan.ends_with("every") || muted.is_empty();
        assert_eq!(set.armed().count(), usize::from(goes_on), "{plan}");
        set.clear(None);
        assert_eq!((set.armed().count(), set.fired().len()), (0, 0));
    }
}

#[test]
fn answers_are_spoilt_as_armed() {
    for (plan, command, answer) in [
        ("cut", &SELECT[..], &[1, 0x90, 0][..]),
        ("cut=9", &SELECT, &[0x90, 0]),
        ("cut", &VERIFY, &[0x90]),
        ("lengthen=2", &SELECT, &[1, 1, 0, 0, 0x90, 0]),
        ("lengthen=1", &VERIFY, &[0, 0x90, 0]),
        ("flip", &SELECT, &[0x81, 1, 0x90, 0]),
        ("flip=15", &SELECT, &[1, 0, 0x90, 0]),
        ("flip=32", &SELECT, &[0x81, 1, 0x90, 0]),
        ("status=6A82", &SELECT, &[0x6A, 0x82]),
        ("lost", &SELECT, &[]),
        ("mute", &SELECT, &[]),
        ("slow", &SELECT, &[1, 1, 0x90, 0]),
        ("wtx", &SELECT, &[1, 1, 0x90, 0]),
    ] {
        let mut card = card();
        let mut set = armed(Target::InProcess, &[plan]);
        let played = set.process(&mut card, command);
        assert_eq!(played.response.as_slice(), answer, "{plan}");
        let is_heard = !matches!(plan, "mute" | "status=6A82");
        assert_eq!(card.log().total(), u64::from(is_heard), "{plan}");
        let after = set.process(&mut card, &SELECT);
        assert!(after.response.ends_with(&[0x90, 0]), "{plan}");
    }
}

#[test]
fn a_check_is_spoilt_under_protection_only() {
    // Ten bytes that look like a check, as the card's data.
    struct Sealed;
    impl CardOs for Sealed {
        fn execute(&mut self, _: &CommandApdu) -> Reply {
            let data = vec![0x99, 2, 0x90, 0, 0x8E, 8, 1, 2, 3, 4, 5, 6, 7, 8];
            Reply::data(Zeroizing::new(data), StatusWord::SUCCESS)
        }
        fn open(&mut self, protected: &CommandApdu) -> Result<CommandApdu, StatusWord> {
            Ok(protected.clone())
        }
        fn reset(&mut self) {}
        fn verified(&self) -> Vec<u8> {
            Vec::new()
        }
        fn snapshot(&self) -> CardState {
            CardState::new("sealed", Vec::new())
        }
        fn restore(&mut self, _: &CardState) -> Result<(), StateError> {
            Ok(())
        }
    }
    let mut card = Emulated::new(Atr::new(&[0x3B, 0x00]).unwrap(), LinkHabits::default(), Sealed);
    card.power_on();
    let mut set = armed(Target::InProcess, &["mac"]);
    let clear = set.process(&mut card, &[0x00, 0xB0, 0, 0, 0]);
    assert_eq!(clear.response[6..14], [1, 2, 3, 4, 5, 6, 7, 8]);
    let protected = set.process(&mut card, &[0x0C, 0xB0, 0, 0, 0]);
    assert_eq!(protected.response[6..14], [0, 2, 3, 4, 5, 6, 7, 8]);
    assert_eq!(set.armed().count(), 0);
}

#[test]
fn a_late_answer_is_given_to_the_next_command_and_a_reset_ends_it() {
    let commands: [&[u8]; 3] = [&SELECT, &VERIFY, &READ];
    let mut set = armed(Target::InProcess, &["late"]);
    assert_eq!(
        answers(&mut set, &commands),
        [&[][..], &[1, 1, 0x90, 0], &[3, 3, 0x90, 0]]
    );
    let mut set = armed(Target::InProcess, &["late+"]);
    assert_eq!(
        answers(&mut set, &commands),
        [&[][..], &[1, 1, 0x90, 0], &[0x90, 0]]
    );
    let mut set = armed(Target::InProcess, &["late"]);
    let mut card = card();
    set.process(&mut card, &SELECT);
    set.forget();
    assert_eq!(set.process(&mut card, &VERIFY).response.as_slice(), [0x90, 0]);
}

#[test]
fn circles_go_on_until_something_else_is_asked() {
    let response: &[u8] = &[0x00, 0xC0, 0, 0, 0x10];
    let mut set = armed(Target::InProcess, &["loop-61xx@read"]);
    assert_eq!(
        answers(&mut set, &[&READ, response, response, &SELECT, response]),
        [
            &[0x61, 0x10][..],
            &[0, 0x61, 0x10],
            &[0, 0x61, 0x10],
            &[1, 1, 0x90, 0],
            &[0x90, 0]
        ]
    );
    let mut set = armed(Target::InProcess, &["loop-6cxx@read"]);
    assert_eq!(
        answers(&mut set, &[&READ, &READ, &READ, &SELECT, &READ]),
        [
            &[0x6C, 0x10][..],
            &[0x6C, 0x11],
            &[0x6C, 0x12],
            &[1, 1, 0x90, 0],
            &[2, 2, 0x90, 0]
        ]
    );
}

#[test]
fn time_faults_add_to_what_the_exchange_took() {
    let mut set = armed(Target::InProcess, &["slow=300ms@every", "wtx=3@2"]);
    let mut card = card();
    assert_eq!(set.process(&mut card, &SELECT).took, Duration::from_millis(300));
    let second = set.process(&mut card, &SELECT);
    assert_eq!(
        (second.took, second.extensions),
        (Duration::from_millis(300) + 3 * WAITING_TIME, 3)
    );
}

#[test]
fn mishaps_come_before_the_card_acts_or_take_its_answer() {
    for fault in Fault::ALL {
        let Some((moment, mishap)) = fault.mishap() else {
            continue;
        };
        let target = Target::ALL
            .into_iter()
            .find(|target| {
                let entry = entry(fault).unwrap();
                entry.at.contains(target) || entry.helped.contains(target)
            })
            .unwrap();
        let mut set = armed(target, &[&format!("{fault}@select")]);
        let mut card = card();
        assert_eq!(set.process(&mut card, &READ).mishap, None, "{fault}");
        let played = set.process(&mut card, &SELECT);
        assert_eq!(played.mishap, Some(mishap), "{fault}");
        let keeps_answer = matches!(fault, Fault::ClockJump(_));
        assert_eq!(played.response.is_empty(), !keeps_answer, "{fault}");
        let reached = 1 + u64::from(moment == Moment::After);
        assert_eq!(card.log().total(), reached, "{fault}");
    }
}

#[test]
fn a_card_is_altered_before_the_command_and_its_certificates_are_mended() {
    let mut card = card();
    let mut set = armed(Target::InProcess, &["pin-tries@2", "no-certificate@2"]);
    set.process(&mut card, &SELECT);
    set.process(&mut card, &SELECT);
    set.clear(Some(&mut card));
    set.clear(Some(&mut card));
    let told = |card: &Emulated<Number>| card.os_for_tests().altered.clone();
    assert_eq!(
        told(&card),
        [
            Alteration::PinTries(1),
            Alteration::NoCertificate,
            Alteration::WholeCertificate
        ]
    );
}
