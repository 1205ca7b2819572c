//! What counts as a difference of two traces.
#![allow(clippy::unwrap_used, clippy::panic, reason = "test code")]

use varco_apdu::StatusWord;

use super::*;
use crate::said::Field;

fn exchange(header: [u8; 4], status: u16) -> Exchange {
    Exchange {
        at_us: 0,
        header,
        data: Field::empty(),
        expected: None,
        secured: false,
        by_pad: false,
        answer: Answer::Given {
            at_us: 900,
            data: Field::empty(),
            status: StatusWord::from(status),
        },
    }
}

fn withheld(length_bytes: usize, label: &str) -> Field {
    Field::Withheld {
        length_bytes,
        kind: "secret".to_owned(),
        label: Some(label.to_owned()),
    }
}

fn said(header: [u8; 4], status: u16) -> Said {
    Said::Exchange(exchange(header, status))
}

const SELECT: [u8; 4] = [0, 0xA4, 8, 0x0C];
const READ: [u8; 4] = [0, 0xB0, 0, 0];
const VERIFY: [u8; 4] = [0, 0x20, 0, 0x90];

fn differing(comparison: &Comparison) -> Vec<&Row> {
    comparison.rows.iter().filter(|row| row.differs(true)).collect()
}

#[test]
fn a_trace_means_the_same_as_itself() {
    let trace = vec![
        said(SELECT, 0x9000),
        Said::Reset { at_us: 3 },
        said(VERIFY, 0x63C2),
    ];
    let comparison = compare(&trace, &trace);
    assert!(comparison.is_equal(true) && comparison.rows.len() == 3);
}

#[test]
fn what_one_lacks_is_told_and_the_rest_stays_side_by_side() {
    let left = vec![said(SELECT, 0x9000), said(READ, 0x9000), said(VERIFY, 0x9000)];
    let right = vec![
        said(SELECT, 0x9000),
        said(VERIFY, 0x9000),
        Said::Reset { at_us: 0 },
    ];
    let comparison = compare(&left, &right);
    assert_eq!(differing(&comparison), [&Row::Left(1), &Row::Right(2)]);
    assert!(!comparison.is_equal(false));
}

#[test]
fn status_lengths_and_headers_differ_in_place() {
    let mut changed = exchange(VERIFY, 0x63C1);
    changed.data = withheld(8, "1");
    let left = vec![said(SELECT, 0x9000), said(VERIFY, 0x9000), said(READ, 0x9000)];
    let right = vec![
        said([0, 0xA4, 4, 0x0C], 0x9000),
        Said::Exchange(changed),
        said(READ, 0x9000),
    ];
    let comparison = compare(&left, &right);
    let found: Vec<Vec<Difference>> = comparison
        .rows
        .iter()
        .map(|row| match row {
            Row::Both { differences, .. } => differences.clone(),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(
        found,
        [
            vec![Difference::Header],
            vec![Difference::CommandLength, Difference::Status],
            vec![]
        ]
    );
}

#[test]
fn labels_are_compared_by_which_places_hold_the_same_data() {
    let with = |labels: [&str; 3]| -> Vec<Said> {
        labels
            .iter()
            .map(|label| {
                let mut exchange = exchange(VERIFY, 0x9000);
                exchange.data = withheld(8, label);
                Said::Exchange(exchange)
            })
            .collect()
    };
    assert!(compare(&with(["1", "2", "1"]), &with(["a", "b", "a"])).is_equal(true));
    for other in [["a", "b", "b"], ["a", "a", "a"], ["a", "b", "c"]] {
        let comparison = compare(&with(["1", "2", "1"]), &with(other));
        assert!(
            matches!(
                differing(&comparison).as_slice(),
                [Row::Both { differences, .. }] if *differences == [Difference::CommandLabel]
            ),
            "{other:?}"
        );
    }
}

#[test]
fn time_differs_by_orders_of_magnitude_and_counts_where_it_is_asked_for() {
    let taking = |us: u64| {
        let mut exchange = exchange(READ, 0x9000);
        exchange.answer = Answer::Given {
            at_us: us,
            data: Field::empty(),
            status: StatusWord::SUCCESS,
        };
        vec![Said::Exchange(exchange)]
    };
    for (a, b, differs) in [
        (1, 900, false),
        (1, 9_999, false),
        (1, 10_000, true),
        (9_000, 11_000, false),
        (20_000, 300_000, true),
    ] {
        let comparison = compare(&taking(a), &taking(b));
        assert_eq!(comparison.is_equal(true), !differs, "{a} {b}");
        assert!(comparison.is_equal(false));
    }
}

#[test]
fn the_same_command_in_clear_and_under_secure_messaging_differs_in_that() {
    let mut secured = exchange(READ, 0x9000);
    secured.secured = true;
    let rows = compare(&[said(READ, 0x9000)], &[Said::Exchange(secured)]).rows;
    let [Row::Both { differences, .. }] = &rows[..] else {
        panic!("{rows:?}");
    };
    assert_eq!(differences, &[Difference::Secured]);
    let missing = |status: Option<u16>| {
        let mut exchange = exchange(READ, 0x9000);
        exchange.answer = Answer::Missing {
            at_us: 900,
            code: "secure-channel".to_owned(),
            status: status.map(StatusWord::from),
        };
        Said::Exchange(exchange)
    };
    assert!(compare(&[missing(None)], &[missing(None)]).is_equal(false));
    assert!(!compare(&[missing(Some(0x6988))], &[missing(Some(0x6987))]).is_equal(false));
}
