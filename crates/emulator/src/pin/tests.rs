//! Tests of the PIN objects, by claim.

use super::*;

const PIN: u8 = 0x10;
const PUK: u8 = 0x11;

fn set(wrong: WrongPin, empty: EmptyVerify) -> PinSet {
    let objects = vec![
        PinObject::new(PIN, b"12345", 5, 8, 3).unwrap(),
        PinObject::new(PUK, b"12345678", 8, 8, 10).unwrap(),
    ];
    PinSet::new(objects, wrong, empty)
}

fn counting() -> PinSet {
    set(WrongPin::Counter, EmptyVerify::Count)
}

fn tries(pins: &PinSet, reference: u8) -> u8 {
    let states = pins.states();
    states
        .iter()
        .find(|state| state.reference == reference)
        .unwrap()
        .tries_left
}

fn block(characters: &str) -> [u8; 8] {
    padded_block(characters.as_bytes()).unwrap()
}

fn two(first: &str, second: &str) -> Vec<u8> {
    [block(first), block(second)].concat()
}

fn word(status: StatusWord) -> u16 {
    status.into()
}

#[test]
fn wrong_values_count_down_to_blocked_and_the_right_one_no_longer_helps() {
    for (wrong, words) in [
        (WrongPin::Counter, [0x63C2, 0x63C1, 0x63C0, 0x6983, 0x6983]),
        (WrongPin::NoCounter, [0x6300, 0x6300, 0x6300, 0x6983, 0x6983]),
    ] {
        let mut pins = set(wrong, EmptyVerify::Count);
        for (index, expected) in words.into_iter().enumerate() {
            let typed = if index == 4 { "12345" } else { "99999" };
            assert_eq!(word(pins.verify(PIN, &block(typed))), expected);
            assert!(!pins.is_verified(PIN));
        }
        assert_eq!((tries(&pins, PIN), tries(&pins, PUK)), (0, 10));
    }
}

#[test]
fn right_value_restores_the_counter_and_a_wrong_one_takes_the_status_away() {
    let mut pins = counting();
    pins.verify(PIN, &block("99999"));
    assert_eq!(word(pins.verify(PIN, &block("12345"))), 0x9000);
    assert!(pins.is_verified(PIN) && tries(&pins, PIN) == 3);
    assert_eq!(word(pins.verify(PIN, &block("1234"))), 0x63C2);
    assert!(!pins.is_verified(PIN));
}

#[test]
fn any_other_block_of_eight_bytes_is_a_wrong_try() {
    for typed in [
        *b"12345\x00\x00\x00",
        *b"12345   ",
        [0xFF; 8],
        [0x00; 8],
        *b"abcdefgh",
    ] {
        let mut pins = counting();
        assert_eq!(word(pins.verify(PIN, &typed)), 0x63C2);
    }
}

#[test]
fn other_lengths_are_refused_without_a_try() {
    for length in [1, 5, 7, 9, 16, 255] {
        let mut pins = counting();
        let data = vec![0x31; length];
        assert_eq!(word(pins.verify(PIN, &data)), 0x6700);
        if length != 16 {
            assert_eq!(word(pins.change(PIN, &data)), 0x6700);
            assert_eq!(word(pins.unblock(PIN, PUK, &data)), 0x6700);
        }
        assert_eq!((tries(&pins, PIN), tries(&pins, PUK)), (3, 10));
    }
}

#[test]
fn empty_verify_does_what_the_make_of_card_does() {
    // Before, after a right value, after one wrong value, when blocked; then the tries left at the end.
    for (empty, words, left) in [
        (EmptyVerify::Count, [0x63C3, 0x9000, 0x63C2, 0x6983], 0),
        (EmptyVerify::Refused, [0x6700, 0x6700, 0x6700, 0x6700], 0),
        (EmptyVerify::Burns, [0x6300, 0x6300, 0x6300, 0x6983], 0),
    ] {
        let mut pins = set(WrongPin::NoCounter, empty);
        assert_eq!(word(pins.verify(PIN, &[])), words[0], "{empty:?}");
        pins.verify(PIN, &block("12345"));
        assert_eq!(word(pins.verify(PIN, &[])), words[1], "{empty:?}");
        pins.verify(PIN, &block("12345"));
        pins.verify(PIN, &block("99999"));
        assert_eq!(word(pins.verify(PIN, &[])), words[2], "{empty:?}");
        for _ in 0..3 {
            pins.verify(PIN, &block("99999"));
        }
        assert_eq!(word(pins.verify(PIN, &[])), words[3], "{empty:?}");
        assert_eq!(tries(&pins, PIN), left);
    }
}

#[test]
fn empty_verify_that_burns_costs_a_try_and_the_others_do_not() {
    for (empty, left) in [
        (EmptyVerify::Count, 3),
        (EmptyVerify::Refused, 3),
        (EmptyVerify::Burns, 2),
    ] {
        let mut pins = set(WrongPin::Counter, empty);
        pins.verify(PIN, &[]);
        assert_eq!(tries(&pins, PIN), left);
    }
}

#[test]
fn change_takes_the_old_value_and_a_new_one_in_the_right_form() {
    let mut pins = counting();
    for (data, status, left) in [
        (two("99999", "54321"), 0x63C2, 2),
        (two("12345", "1234"), 0x6A80, 2),
        (two("12345", ""), 0x6A80, 2),
        ([*b"12345\xFF\xFF\xFF", *b"54321\xFF1\xFF"].concat(), 0x6A80, 2),
        (two("12345", "54321"), 0x9000, 3),
        (two("12345", "54321"), 0x63C2, 2),
    ] {
        assert_eq!((word(pins.change(PIN, &data)), tries(&pins, PIN)), (status, left));
        assert!(!pins.is_verified(PIN));
    }
    assert_eq!(word(pins.verify(PIN, &block("54321"))), 0x9000);
}

#[test]
fn unblocking_costs_tries_of_the_puk_alone() {
    let mut pins = counting();
    for _ in 0..3 {
        pins.verify(PIN, &block("99999"));
    }
    for (data, status, pin_left, puk_left) in [
        (two("00000000", "54321"), 0x63C9, 0, 9),
        (two("12345678", "123"), 0x6A80, 0, 9),
        (two("12345678", "54321"), 0x9000, 3, 10),
    ] {
        assert_eq!(word(pins.unblock(PIN, PUK, &data)), status);
        assert_eq!((tries(&pins, PIN), tries(&pins, PUK)), (pin_left, puk_left));
    }
    assert!(!pins.is_verified(PIN));
    assert_eq!(word(pins.verify(PIN, &block("54321"))), 0x9000);
    for _ in 0..10 {
        pins.unblock(PIN, PUK, &two("00000000", "54321"));
    }
    assert_eq!(word(pins.unblock(PIN, PUK, &two("12345678", "54321"))), 0x6983);
    assert_eq!(tries(&pins, PUK), 0);
}

#[test]
fn unknown_reference_is_said_and_costs_nothing() {
    let mut pins = counting();
    assert_eq!(word(pins.verify(0x1A, &block("12345"))), 0x6A88);
    assert_eq!(word(pins.change(0x1A, &two("12345", "54321"))), 0x6A88);
    assert_eq!(word(pins.unblock(PIN, 0x1B, &two("12345678", "54321"))), 0x6A88);
    assert_eq!((tries(&pins, PIN), tries(&pins, PUK)), (3, 10));
}

#[test]
fn reset_forgets_what_was_verified_but_not_the_counter() {
    let mut pins = counting();
    pins.verify(PIN, &block("12345"));
    pins.verify(PUK, &block("00000000"));
    pins.reset();
    assert!(!pins.is_verified(PIN));
    assert_eq!((tries(&pins, PIN), tries(&pins, PUK)), (3, 9));
}

#[test]
fn what_cannot_be_a_pin_object_is_refused() {
    for (value, min, max, tries_max) in [
        (&b"1234"[..], 5, 8, 3),
        (b"123456789", 5, 8, 3),
        (b"12345", 0, 8, 3),
        (b"12345", 5, 9, 3),
        (b"12345", 8, 5, 3),
        (b"12345", 5, 8, 0),
        (b"12345", 5, 8, 16),
        (b"12345\xFF", 5, 8, 3),
        (b"123\xFF5", 3, 8, 3),
    ] {
        assert!(PinObject::new(PIN, value, min, max, tries_max).is_err());
    }
    let object = PinObject::new(PIN, b"12345", 5, 8, 3).unwrap();
    assert_eq!(
        object.with_tries_left(4).unwrap_err(),
        PinError::Tries { left: 4, max: 3 }
    );
}

#[test]
fn state_of_other_objects_or_with_too_many_tries_changes_nothing() {
    let mut pins = counting();
    let good = pins.states();
    let altered = |alter: &dyn Fn(&mut Vec<PinState>)| {
        let mut states = good.clone();
        alter(&mut states);
        states
    };
    for states in [
        altered(&|states| states.truncate(1)),
        altered(&|states| states[1].reference = 0x1B),
        altered(&|states| states[0].block = *b"1\xFF2\xFF\xFF\xFF\xFF\xFF"),
        altered(&|states| states[1].tries_left = 11),
    ] {
        assert!(pins.restore(&states).is_err());
        assert_eq!(pins.states(), good);
    }
    let worn = altered(&|states| states[0].tries_left = 1);
    pins.restore(&worn).unwrap();
    assert_eq!(pins.states(), worn);
}

#[test]
fn debug_shows_no_value() {
    let pins = counting();
    let shown = format!("{pins:?} {:?}", pins.states());
    assert!(!shown.contains("12345") && !shown.contains("49"));
    assert!(shown.contains("PIN object 10, 3/3"));
}
