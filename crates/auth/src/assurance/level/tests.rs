//! The whole table, row by row, written out by hand.

use super::*;
use AssuranceLevel::{High, Low, Substantial};
use CredentialKind::{Cie, Cns};
use KeyClass::{Current, Under2048};
use OriginKnown::{NotApplicable, NotProven, Proven};
use RevocationKnown::{Good, NotChecked, Unknown};

fn known(kind: CredentialKind, key: KeyClass, origin: OriginKnown, revocation: RevocationKnown) -> Known {
    Known {
        kind,
        pin_verified: true,
        key,
        origin,
        revocation,
    }
}

#[test]
fn every_row_has_its_level() {
    for (kind, key, origin, revocation, level) in [
        (Cns, Current, NotApplicable, NotChecked, Substantial),
        (Cns, Current, NotApplicable, Good, Substantial),
        (Cns, Current, NotApplicable, Unknown, Low),
        (Cns, Under2048, NotApplicable, NotChecked, Low),
        (Cns, Under2048, NotApplicable, Good, Low),
        (Cns, Under2048, NotApplicable, Unknown, Low),
        (Cie, Current, Proven, NotChecked, High),
        (Cie, Current, Proven, Good, High),
        (Cie, Current, Proven, Unknown, Substantial),
        (Cie, Under2048, Proven, NotChecked, Substantial),
        (Cie, Under2048, Proven, Good, Substantial),
        (Cie, Under2048, Proven, Unknown, Low),
        (Cie, Current, NotProven, NotChecked, Substantial),
        (Cie, Current, NotProven, Good, Substantial),
        (Cie, Current, NotProven, Unknown, Low),
        (Cie, Under2048, NotProven, NotChecked, Low),
        (Cie, Under2048, NotProven, Good, Low),
        (Cie, Under2048, NotProven, Unknown, Low),
    ] {
        let row = known(kind, key, origin, revocation);
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
    assert_eq!(
        codes(known(Cns, Current, NotApplicable, NotChecked)),
        ["cns-with-pin"]
    );
    assert_eq!(
        codes(known(Cie, Under2048, NotProven, Unknown)),
        [
            "cie-with-pin",
            "origin-not-proven",
            "key-under-2048-bits",
            "revocation-not-known"
        ]
    );
    let unverified = Known {
        pin_verified: false,
        ..known(Cns, Current, NotApplicable, NotChecked)
    };
    assert_eq!(codes(unverified), ["no-pin"]);
}

#[test]
fn what_nobody_checked_takes_nothing_away() {
    assert_eq!(RevocationKnown::from(Revocation::NotChecked), NotChecked);
}
