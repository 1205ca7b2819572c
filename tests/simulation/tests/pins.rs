//! Some seeds of the simulation, on every test run; `cargo xtask simulate pins` is the long one.
//!
//! Not here: the simulation (the library).

#![allow(clippy::panic, reason = "test code: what fails here fails the test")]

use varco_simulation::{Kind, Run, Tally, run};

const SEEDS: [u64; 3] = [1, 2, 3];
const CNS_STEPS: u64 = 10_000;
const CIE_STEPS: u64 = 50;

fn runs(kind: Kind, steps: u64) -> Tally {
    let mut all = Tally::default();
    for seed in SEEDS {
        match run(Run {
            kind,
            seed,
            steps,
            world: None,
        }) {
            Ok((_, tally)) => all.add(&tally),
            Err(failure) => panic!("{failure}"),
        }
    }
    all
}

#[test]
fn no_try_of_a_cns_is_spent_that_nobody_typed() {
    let tally = runs(Kind::Cns, CNS_STEPS);
    for what in [
        "end: good",
        "end: pin-wrong",
        "end: puk-wrong",
        "end: pin-blocked",
        "end: pin-last-try",
        "end: pin-once-per-insertion",
        "end: entry-not-remembered",
        "end: pin-refused-before",
        "end: card-reset",
        "end: change-in-doubt",
        "end: unblock-in-doubt",
        "doubt: the card has the new PIN",
        "doubt: the card has the old PIN",
        "event: another process",
        "reset failed, and told",
    ] {
        assert!(tally.of(what) > 0, "{what} never happened\n{tally}");
    }
}

#[test]
fn no_try_of_an_identity_card_is_spent_that_nobody_typed() {
    let tally = runs(Kind::Cie, CIE_STEPS);
    for what in ["end: good", "end: pin-wrong"] {
        assert!(tally.of(what) > 0, "{what} never happened\n{tally}");
    }
}
