//! The whole table, row by row, written out by hand.

use super::*;
use AssuranceLevel::{High, Low, Substantial};
use IdentityKind::{Cie, Cns, SpidL1, SpidL2, SpidL3};
use OriginKnown::{NotApplicable, NotProven, Proven};

fn known(kind: IdentityKind, origin: OriginKnown) -> Known {
    Known {
        kind,
        pin_verified: true,
        origin,
    }
}

#[test]
fn every_row_has_its_level() {
    for (kind, origin, level) in [
        (Cns, NotApplicable, Substantial),
        (Cie, Proven, High),
        (Cie, NotProven, Substantial),
    ] {
        let row = known(kind, origin);
        assert_eq!(row.level().0, level, "{row:?}");
        let unverified = Known {
            pin_verified: false,
            ..row
        };
        assert_eq!(unverified.level().0, Low, "{unverified:?}");
    }
}

#[test]
fn a_level_says_why_from_its_beginning_down() {
    let codes = |known: Known| -> Vec<&str> { known.level().1.iter().map(|one| one.code()).collect() };
    assert_eq!(codes(known(Cns, NotApplicable)), ["cns-with-pin"]);
    assert_eq!(
        codes(known(Cie, NotProven)),
        ["cie-with-pin", "origin-not-proven"]
    );
    let unverified = Known {
        pin_verified: false,
        ..known(Cns, NotApplicable)
    };
    assert_eq!(codes(unverified), ["no-pin"]);
}

#[test]
fn a_level_of_spid_is_its_level_of_assurance_without_any_pin() {
    for (kind, level, code) in [
        (SpidL1, Low, "spid-l1"),
        (SpidL2, Substantial, "spid-l2"),
        (SpidL3, High, "spid-l3"),
    ] {
        for pin_verified in [false, true] {
            let known = Known {
                pin_verified,
                ..known(kind, NotApplicable)
            };
            let (earned, reasons) = known.level();
            assert_eq!(earned, level);
            assert_eq!(reasons.iter().map(|one| one.code()).collect::<Vec<_>>(), [code]);
            assert_eq!(kind.name(), code);
        }
    }
}
