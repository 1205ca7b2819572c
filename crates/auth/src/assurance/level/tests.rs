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
    for (kind, key, origin, good, unknown) in [
        (Cns, Current, NotApplicable, Substantial, Low),
        (Cns, Under2048, NotApplicable, Low, Low),
        (Cie, Current, Proven, High, Substantial),
        (Cie, Under2048, Proven, Substantial, Low),
        (Cie, Current, NotProven, Substantial, Low),
        (Cie, Under2048, NotProven, Low, Low),
    ] {
        for (revocation, level) in [(Good, good), (Unknown, unknown), (NotChecked, unknown)] {
            check(kind, key, origin, revocation, level);
        }
    }
}

fn check(
    kind: CredentialKind,
    key: KeyClass,
    origin: OriginKnown,
    revocation: RevocationKnown,
    level: AssuranceLevel,
) {
    let row = known(kind, key, origin, revocation);
    assert_eq!(row.level().0, level, "{row:?}");
    let unverified = Known {
        pin_verified: false,
        ..row
    };
    assert_eq!(unverified.level().0, Low, "{unverified:?}");
}

#[test]
fn a_level_says_why_from_its_beginning_down() {
    let codes = |known: Known| -> Vec<&str> { known.level().1.iter().map(|one| one.code()).collect() };
    assert_eq!(codes(known(Cns, Current, NotApplicable, Good)), ["cns-with-pin"]);
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
        ..known(Cns, Current, NotApplicable, Good)
    };
    assert_eq!(codes(unverified), ["no-pin"]);
}
