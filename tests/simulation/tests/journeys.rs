//! Some journeys with faults, on every test run; `cargo xtask simulate journeys` is the long one.
//!
//! Not here: the simulation (the library), and the bugs that it must find (`cargo xtask simulate planted`).

#![allow(clippy::panic, reason = "test code: what fails here fails the test")]

use varco_simulation::journeys::{Ends, Run, run};

const SEEDS: [u64; 2] = [1, 2];
const JOURNEYS: u64 = 1_500;

#[test]
fn no_invariant_is_broken_whatever_goes_wrong_and_journeys_end_in_many_ways() {
    let mut all = Ends::default();
    for seed in SEEDS {
        match run(&Run {
            seed,
            count: JOURNEYS,
            planted: None,
            wanted: None,
        }) {
            Ok(ends) => all.add(&ends),
            Err(broken) => panic!("{broken}"),
        }
    }
    assert!(all.different() >= 40, "{all}");
    assert!(all.documents() >= 50, "{all}");
    for end in [
        "good: permitted",
        "good: logged in, denied",
        "good: PIN changed",
        "good: PIN unblocked",
        "pin-wrong",
        "pin-blocked",
        "pin-last-try",
        "card-removed",
        "card-reset",
        "link-timed-out",
        "cancelled",
        "key-not-proven",
        "challenge-expired",
        "change-in-doubt",
        "certificate-revoked",
        "secure-channel",
    ] {
        assert!(all.of(end) > 0, "{end} never happened\n{all}");
    }
    // Four journeys in five, at least, had something go wrong.
    assert!(all.struck() * 5 >= all.journeys * 4, "{all}");
    let of_the_catalogue = [
        "remove",
        "remove-before",
        "reader-gone",
        "reader-gone-before",
        "reset",
        "reset-before",
        "suspend",
        "suspend-before",
        "usb-reset",
        "usb-reset-before",
        "clock-jump",
        "mute",
        "lost",
        "late",
        "slow",
        "wtx",
        "cut",
        "lengthen",
        "flip",
        "status",
        "loop-61xx",
        "loop-6cxx",
        "pin-tries",
        "pin-blocked",
        "puk-blocked",
        "no-certificate",
        "cut-certificate",
    ];
    let of_the_journey = [
        "out",
        "out-and-in",
        "swap",
        "reset",
        "wrong-pin",
        "right-pin",
        "hold",
        "clock",
        "cancel",
        "deadline",
        "abandon",
        "old-answer",
        "reset-fails",
    ];
    for fault in of_the_catalogue.iter().chain(&of_the_journey) {
        assert!(all.of_fault(fault) > 0, "{fault} never struck\n{all}");
    }
}
