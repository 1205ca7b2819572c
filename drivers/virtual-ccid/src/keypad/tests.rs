//! Tests of the keypad, by claim.

use super::*;

fn operation(conditions: u8, confirm: u8) -> Operation {
    let mut structure = vec![
        1, 0, 0x82, 0x08, 0, 0, 8, 8, 5, confirm, conditions, 0xFF, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x24, 0, 1, 16,
    ];
    structure.extend([0xFF; 16]);
    Operation::parse(&structure).unwrap()
}

/// How the entry of a new value ends, and what was typed.
fn ends(conditions: u8, keys: &str) -> Result<Vec<u8>, EntryEnd> {
    match Dialogue::new(operation(conditions, 0)).take(&Entry::typed(keys).unwrap()) {
        After::Whole(command) => {
            let digits = command[13..].iter().copied().take_while(u8::is_ascii_digit);
            Ok(digits.collect())
        }
        After::Ended(end) => Err(end),
        After::Next => panic!("nothing else is asked for"),
    }
}

#[test]
fn digits_are_corrected_and_counted() {
    let key = condition::KEY_PRESSED;
    assert_eq!(ends(key, "12345").unwrap(), b"12345");
    assert_eq!(ends(key, "129<<2345").unwrap(), b"12345");
    assert_eq!(ends(key, "<<12345").unwrap(), b"12345");
    assert_eq!(ends(key, "123456789<").unwrap(), b"12345678");
    for keys in ["", "1234", "12345<", "123456789"] {
        assert_eq!(ends(key, keys), Err(EntryEnd::WrongLength), "{keys}");
    }
}

#[test]
fn the_last_digit_or_time_may_end_an_entry() {
    assert_eq!(ends(condition::MAX_REACHED, "1234567890").unwrap(), b"12345678");
    assert_eq!(ends(condition::MAX_REACHED, "1234567"), Err(EntryEnd::TimedOut));
    assert_eq!(ends(condition::TIMED_OUT, "12345").unwrap(), b"12345");
}

#[test]
fn new_values_that_differ_end_the_entry() {
    let take = |dialogue: &mut Dialogue, keys: &str| dialogue.take(&Entry::typed(keys).unwrap());
    let mut dialogue = Dialogue::new(operation(condition::KEY_PRESSED, 3));
    for (of, keys) in [(EntryOf::Current, "12345"), (EntryOf::New, "11111")] {
        assert!(matches!(dialogue.asked(), KeypadEvent::Asked { of: asked, .. } if asked == of));
        assert!(matches!(take(&mut dialogue, keys), After::Next));
    }
    assert!(matches!(
        dialogue.asked(),
        KeypadEvent::Asked {
            of: EntryOf::Confirmation,
            ..
        }
    ));
    assert!(matches!(
        take(&mut dialogue, "11112"),
        After::Ended(EntryEnd::Differing)
    ));
    assert!(matches!(take(&mut dialogue, "11111"), After::Whole(_)));
}

#[test]
fn a_person_may_cancel_or_do_nothing() {
    for (entry, end) in [
        (Entry::Cancelled, EntryEnd::Cancelled),
        (Entry::TimedOut, EntryEnd::TimedOut),
    ] {
        let mut dialogue = Dialogue::new(operation(condition::KEY_PRESSED, 0));
        assert!(matches!(dialogue.take(&entry), After::Ended(ended) if ended == end));
    }
}

#[test]
fn keys_do_not_print_and_other_keys_are_none() {
    assert_eq!(
        format!("{:?}", Entry::typed("90817").unwrap()),
        "Typed(Keys(hidden))"
    );
    assert!(matches!(Entry::parse("cancel"), Some(Entry::Cancelled)));
    assert!(matches!(Entry::parse("timeout"), Some(Entry::TimedOut)));
    assert!(matches!(Entry::parse("12345"), Some(Entry::Typed(_))));
    for word in ["12a", "1 2", "ok", "-1", &"1".repeat(65)] {
        assert!(Entry::parse(word).is_none(), "{word}");
    }
}
