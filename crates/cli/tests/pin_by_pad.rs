//! A person at the reader's own keypad: the program over the real pcscd and libccid, with a virtual pin pad behind them.
//!
//! Not here: the program as such a reader (`pin_pad`), and other programs on it (tests/conformance).
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "test code"
)]

mod program;

use program::{Ran, TRUST, command, run_command};
use varco_testkit::pin_pad::{PIN_PAD_NAME, PLAIN_NAME, PinPad};
use varco_virtual_ccid::{Entry, Model, PadFault};
use varco_virtual_cns::Profile;

/// A pin pad with this card in it.
struct Desk(PinPad);

impl Desk {
    fn new(profile: &str) -> Self {
        Self::with(profile, Model::PinPad)
    }

    fn with(profile: &str, model: Model) -> Self {
        let card = Profile::builtin(profile).unwrap().into_card();
        Self(PinPad::start(Box::new(card), model).expect("pcscd and libccid"))
    }

    /// Runs the program while a person types these on the reader.
    fn run(&self, arguments: &[&str], typed: Vec<Entry>) -> Ran {
        self.0.control().forget_entries();
        for entry in typed {
            self.0.control().press(entry);
        }
        let mut program = command(arguments);
        for (name, value) in self.0.service().env() {
            program.env(name, value);
        }
        run_command(&mut program, "")
    }

    fn pin(&self, command: &str, typed: Vec<Entry>) -> Ran {
        self.run(
            &[
                "pin",
                command,
                "--json",
                "--entry",
                "pad",
                "--reader",
                PIN_PAD_NAME,
            ],
            typed,
        )
    }

    fn login(&self, typed: Vec<Entry>) -> Ran {
        let mut arguments = vec!["login", "--json", "--entry", "pad", "--reader", PIN_PAD_NAME];
        arguments.extend(TRUST);
        self.run(&arguments, typed)
    }

    fn tries(&self, reference: u8) -> u8 {
        self.0
            .control()
            .with_card(|card| card.snapshot().tries_left(reference))
            .unwrap()
    }
}

fn typed(digits: &str) -> Entry {
    Entry::typed(digits).unwrap()
}

#[test]
fn a_login_a_wrong_pin_a_cancel_and_a_time_out_by_the_readers_keypad() {
    let desk = Desk::new("cns-st");
    let ran = desk.login(vec![typed("12345")]);
    assert_eq!(ran.exit, 0, "{}{}", ran.out, ran.err);
    assert_eq!(ran.json()["identity"]["codice_fiscale"], "DMNNCL80C14H501S");
    assert!(ran.err.contains("on the keypad of the reader"), "{}", ran.err);

    let ran = desk.login(vec![typed("54321")]);
    assert_eq!((ran.exit, ran.error_code().as_str()), (20, "pin-wrong"));
    assert_eq!(
        (ran.json()["pin"]["tries_left"].as_u64(), desk.tries(0x10)),
        (Some(2), 2)
    );
    for (entry, exit, code) in [
        (Entry::Cancelled, 50, "entry-cancelled"),
        (Entry::TimedOut, 25, "entry-timed-out"),
        (typed("1234"), 23, "pin-wrong-form"),
    ] {
        let ran = desk.login(vec![entry]);
        assert_eq!((ran.exit, ran.error_code().as_str()), (exit, code), "{}", ran.out);
        assert_eq!((&ran.json()["pin"]["sent"], desk.tries(0x10)), (&false.into(), 2));
    }
    let ran = desk.login(vec![typed("12345")]);
    assert_eq!((ran.exit, desk.tries(0x10)), (0, 3), "{}", ran.out);
}

#[test]
fn a_change_and_an_unblocking_by_the_readers_keypad() {
    let desk = Desk::new("cns-blocked");
    let ran = desk.pin("unblock", vec![typed("87654321"), typed("24680"), typed("24680")]);
    assert_eq!(
        (ran.exit, ran.error_code().as_str()),
        (20, "puk-wrong"),
        "{}",
        ran.out
    );
    assert_eq!((desk.tries(0x10), desk.tries(0x11)), (0, 9));
    let ran = desk.pin("unblock", vec![typed("12345678"), typed("24680"), typed("24681")]);
    assert_eq!(
        (ran.exit, ran.error_code().as_str()),
        (23, "new-pin-differs"),
        "{}",
        ran.out
    );
    assert_eq!((desk.tries(0x10), desk.tries(0x11)), (0, 9), "nothing was sent");
    let ran = desk.pin("unblock", vec![typed("12345678"), typed("24680"), typed("24680")]);
    assert_eq!(ran.exit, 0, "{}{}", ran.out, ran.err);
    assert!(ran.err.contains("twice for the new PIN"), "{}", ran.err);
    assert_eq!((desk.tries(0x10), desk.tries(0x11)), (3, 10));

    let ran = desk.pin("change", vec![typed("24680"), Entry::Cancelled]);
    assert_eq!(
        (ran.exit, ran.error_code().as_str()),
        (50, "entry-cancelled"),
        "{}",
        ran.out
    );
    let ran = desk.pin("change", vec![typed("13579"), typed("975310"), typed("975310")]);
    assert_eq!(
        (ran.exit, ran.error_code().as_str()),
        (20, "pin-wrong"),
        "{}",
        ran.out
    );
    let ran = desk.pin("change", vec![typed("24680"), typed("975310"), typed("975310")]);
    assert_eq!(ran.exit, 0, "{}{}", ran.out, ran.err);
    let ran = desk.login(vec![typed("975310")]);
    assert_eq!(ran.exit, 0, "{}{}", ran.out, ran.err);
}

#[test]
fn a_card_of_t0_takes_its_pin_from_the_keypad_too() {
    let desk = Desk::new("cns-t0");
    let ran = desk.pin("change", vec![typed("12345"), typed("24680"), typed("24680")]);
    assert_eq!(ran.exit, 0, "{}{}", ran.out, ran.err);
    let ran = desk.login(vec![typed("24680")]);
    assert_eq!(ran.exit, 0, "{}{}", ran.out, ran.err);
}

#[test]
fn a_reader_without_a_keypad_or_with_a_broken_one_is_told_and_costs_nothing() {
    let desk = Desk::with("cns-st", Model::Plain);
    let arguments = [
        "pin", "change", "--json", "--entry", "pad", "--reader", PLAIN_NAME,
    ];
    let ran = desk.run(&arguments, vec![]);
    assert_eq!(
        (ran.exit, ran.error_code().as_str()),
        (37, "pin-pad-unsupported"),
        "{}",
        ran.out
    );

    let desk = Desk::new("cns-st");
    desk.0.control().set_fault(Some(PadFault::Missing));
    let ran = desk.login(vec![]);
    assert_eq!(ran.exit, 37, "{}", ran.out);
    assert_eq!(desk.tries(0x10), 3);
    desk.0.control().set_fault(None);
    let ran = desk.login(vec![typed("12345")]);
    assert_eq!(ran.exit, 0, "{}{}", ran.out, ran.err);
}
