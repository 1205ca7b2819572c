//! The whole table, row by row, written out by hand.

use super::*;
use AssuranceLevel::{High, Low, Substantial};
use CredentialKind::{Cie, Cns};
use OriginKnown::{NotApplicable, NotProven, Proven};

fn known(kind: CredentialKind, origin: OriginKnown) -> Known {
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
