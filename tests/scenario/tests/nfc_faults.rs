//! A reader that is faulty, at every step of a login: what is told, and that nothing is lost by it.
//!
//! Not here: what the reader's own programs make of it (`virtual-pn532`), and children that are none (`reader-nfc`).
#![allow(clippy::unwrap_used, reason = "test code: what fails here fails the test")]

use core::time::Duration;
use varco::played::pn532::{CardType, LineFault, LinkSpeed, SlotEvent};
use varco_scenario::identity::{PIN, card, code, options};
use varco_scenario::nfc::Field;
use varco_testkit::program::nfcd;

/// How long a card may take over a command where the reader says nothing for ever. Nothing else rests on it.
const IMPATIENT: Duration = Duration::from_millis(500);
/// No played card takes so long.
const PATIENT: Duration = Duration::from_secs(10);

/// How many exchanges a login takes, and which of them, from 0, is the VERIFY.
fn whole_login() -> (u64, u64) {
    let field = Field::of("cie-nxp");
    let report = field.login(&options(), PIN).unwrap();
    assert_eq!(code(&report), "identified");
    let verify = field.control.with_card(|card| {
        let mut events = card.log().events();
        events.position(|event| event.ins() == 0x20).unwrap()
    });
    (report.exchanges.into(), verify.try_into().unwrap())
}

fn verifies(field: &Field) -> usize {
    field
        .control
        .with_card(|card| card.log().events().filter(|event| event.ins() == 0x20).count())
}

/// A login with this fault at one exchange in turn, and one without at the end. All that is told must be among `told`.
fn at_every_step(fault: LineFault, told: &[&str], steps: impl Iterator<Item = u64>) {
    let limit = match fault {
        LineFault::Mute | LineFault::Late | LineFault::EndlessParts => IMPATIENT,
        _ => PATIENT,
    };
    let options = options();
    let (_, verify) = whole_login();
    let field = Field::of("cie-nxp");
    for step in steps {
        let (before, verified) = (field.exchanges(), verifies(&field));
        field.control.set_line_fault(Some(fault.after(step)));
        let place = format!("{fault} {step}");
        let report = field.login_within(limit, &options, PIN).unwrap();
        let said = code(&report);
        assert!(told.contains(&said), "{place}: {said}");
        // Nothing more is said in that session, and no PIN twice.
        if said != "identified" {
            assert!(field.exchanges() - before <= step + 1, "{place}");
        }
        let sent = verifies(&field) - verified;
        assert!(
            sent <= usize::from(step >= verify || said == "identified"),
            "{place}"
        );
        // A card that was told its PIN does not keep it.
        // Nobody can reach a reader that was pulled out: it may have power of its own, and the report says so.
        let is_out_of_reach = fault == LineFault::HangUp && step >= verify;
        assert_eq!(report.reset_failed, is_out_of_reach, "{place}");
        assert!(sent == 0 || !field.is_powered(), "{place}");
        assert_eq!(field.tries(), 3, "{place}");
        field.mend();
    }
    assert_eq!(
        code(&field.login(&options, PIN).unwrap()),
        "identified",
        "after {fault}"
    );
}

fn every_step() -> impl Iterator<Item = u64> {
    0..whole_login().0
}

#[test]
fn a_reader_that_says_nothing_is_told_as_timed_out() {
    at_every_step(LineFault::Mute, &["link-timed-out"], every_step());
}

#[test]
fn late_answers_are_told_as_timed_out_and_never_taken_for_other_ones() {
    at_every_step(LineFault::Late, &["link-timed-out"], every_step());
}

#[test]
fn a_disturbed_line_is_told_as_such() {
    for fault in [LineFault::NoAck, LineFault::Nack, LineFault::BadChecksum] {
        at_every_step(fault, &["link-protocol"], every_step());
    }
}

#[test]
fn a_child_that_the_reader_kills_costs_one_session() {
    at_every_step(LineFault::NadBit, &["reader-driver-crashed"], every_step());
}

#[test]
fn a_card_that_leaves_between_two_parts_is_noticed() {
    // Half an answer that ends like a status word is found out by the secure channel, or by what it should hold.
    let told = ["card-removed", "secure-channel", "card-status", "card-misbehaved"];
    at_every_step(LineFault::Cut, &told, every_step());
}

#[test]
fn a_status_of_the_chip_is_no_answer() {
    let statuses = [
        (0x01, "card-removed"),
        (0x0B, "card-removed"),
        (0x27, "card-removed"),
        (0x29, "card-removed"),
        (0x07, "link-protocol"),
    ];
    // At every step one of them.
    for (first, (status, told)) in statuses.into_iter().enumerate() {
        let steps = every_step().skip(first).step_by(statuses.len());
        at_every_step(LineFault::Status(status), &[told], steps);
    }
}

#[test]
fn a_slow_card_is_waited_for() {
    let field = Field::of("cie-nxp");
    let slow = "slow=30ms@every".parse().unwrap();
    field.control.set_faults(vec![slow]).unwrap();
    let report = field.login_within(PATIENT, &options(), PIN).unwrap();
    assert_eq!(code(&report), "identified");
    assert_eq!(field.control.fired().len(), report.exchanges as usize);
}

#[test]
fn a_reader_that_is_pulled_out_is_told_as_gone() {
    at_every_step(LineFault::HangUp, &["reader-gone"], every_step());
}

#[test]
fn answers_without_end_have_one() {
    // The child is given up two seconds after its own limit.
    at_every_step(
        LineFault::EndlessParts,
        &["link-timed-out"],
        every_step().step_by(17),
    );
}

#[test]
fn whatever_a_reader_babbles_ends_the_session_alone() {
    let told = [
        "link-protocol",
        "link-timed-out",
        "reader-driver-crashed",
        "card-removed",
        "secure-channel",
        "card-status",
        "card-misbehaved",
    ];
    at_every_step(LineFault::Garbage, &told, every_step());
}

#[test]
fn every_fault_has_its_test_here() {
    for fault in LineFault::all() {
        assert!(
            matches!(
                fault,
                LineFault::Mute
                    | LineFault::NoAck
                    | LineFault::Nack
                    | LineFault::BadChecksum
                    | LineFault::Late
                    | LineFault::NadBit
                    | LineFault::ZeroAts
                    | LineFault::Cut
                    | LineFault::EndlessParts
                    | LineFault::HangUp
                    | LineFault::Status(_)
                    | LineFault::Garbage
            ),
            "{fault}"
        );
    }
}

#[test]
fn crashes_in_a_row_are_counted_and_the_next_card_is_waited_for() {
    let options = options();
    let field = Field::of("cie-nxp");
    let varco = field.varco();
    for _ in 0..3 {
        field.control.set_line_fault(Some(LineFault::NadBit.now()));
        let report = varco
            .login(&options, &mut varco_scenario::Typed::new(PIN))
            .unwrap();
        assert_eq!(code(&report), "reader-driver-crashed");
    }
    // The rests after the first two are over by the third login.
    let rests = Duration::from_millis(125 + 250);
    let begun = std::time::Instant::now();
    for _ in 0..2 {
        field.control.set_line_fault(Some(LineFault::NadBit.now()));
        varco
            .login(&options, &mut varco_scenario::Typed::new(PIN))
            .unwrap();
    }
    assert!(begun.elapsed() > rests);
    assert_eq!(code(&field.login(&options, PIN).unwrap()), "identified");
}

#[test]
fn a_reader_that_babbles_for_ever_is_given_up_in_time() {
    let field = Field::of("cie-nxp");
    field.control.set_line_fault(Some(LineFault::Garbage.for_good()));
    for _ in 0..8 {
        // It ends at all.
        let error = field.login(&options(), PIN).unwrap_err();
        let told = [
            "no-reader",
            "link-protocol",
            "link-timed-out",
            "reader-driver-crashed",
        ];
        assert!(told.contains(&error.code()), "{}", error.code());
    }
    field.mend();
    assert_eq!(code(&field.login(&options(), PIN).unwrap()), "identified");
}

#[test]
fn an_ats_of_no_bytes_kills_the_child_and_not_the_next_login() {
    let options = options();
    let field = Field::of("cie-nxp");
    // It is selected once to be seen and once to be used.
    for selection in 0..2 {
        field
            .control
            .set_line_fault(Some(LineFault::ZeroAts.after(selection)));
        let error = field.login(&options, PIN).unwrap_err();
        assert_eq!(error.code(), "reader-driver-crashed");
        field.mend();
        assert_eq!(code(&field.login(&options, PIN).unwrap()), "identified");
    }
}

#[test]
fn a_child_that_is_killed_at_any_exchange_costs_one_session() {
    let folder = tempfile::tempdir().unwrap();
    let (script, number) = (folder.path().join("nfcd"), folder.path().join("pid"));
    let text = format!(
        "#!/bin/sh\necho $$ > {}\nexec {}\n",
        number.display(),
        nfcd().display()
    );
    std::fs::write(&script, text).unwrap();
    std::fs::set_permissions(&script, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let options = options();
    let (exchanges, _) = whole_login();
    for exchange in 0..exchanges {
        let (number, mut seen) = (number.clone(), 0);
        let field = Field::watched(card("cie-nxp"), CardType::A, LinkSpeed::NONE, move |event| {
            if matches!(event, SlotEvent::Exchange(_)) {
                if seen == exchange {
                    let child = std::fs::read_to_string(&number).unwrap();
                    let child = rustix::process::Pid::from_raw(child.trim().parse().unwrap()).unwrap();
                    rustix::process::kill_process(child, rustix::process::Signal::KILL).unwrap();
                }
                seen += 1;
            }
        });
        let varco = || varco::Varco::with_readers(vec![Box::new(field.readers_by(script.clone()))]);
        let mut person = varco_scenario::Typed::new(PIN);
        let report = varco().login(&options, &mut person).unwrap();
        assert_eq!(code(&report), "reader-driver-crashed", "{exchange}");
        let report = varco().login(&options, &mut person).unwrap();
        assert_eq!((code(&report), field.tries()), ("identified", 3), "{exchange}");
    }
}
