//! Traces played to conversations that are, and are not, the recorded ones.
//!
//! Not here: logins (`tests/scenario`).
#![allow(clippy::unwrap_used, reason = "test code")]

use varco_card::Disposition;

use super::*;

const EXACT: &str = r#"{"event":"connect","format":2,"at_us":0,"capture":"exact","reader":"played","atr":"3B00"}
{"event":"command","at_us":1,"header":"00A4080C","data":{"length_bytes":2,"hex":"3F00"},"expected":null,"apdu":"00A4080C023F00"}
{"event":"response","at_us":2,"data":{"length_bytes":0,"hex":""},"status":"9000"}
{"event":"command","at_us":3,"header":"002A9E9A","data":{"length_bytes":1,"hex":"AA"},"expected":256,"apdu":"002A9E9A01AA00"}
{"event":"response","at_us":4,"data":{"length_bytes":2,"hex":"0102"},"status":"9000"}
{"event":"reset","at_us":5}
"#;

fn play(text: &str, mode: Mode) -> (ReplayReaders, Box<dyn CardLink>) {
    let readers = ReplayReaders::new("replay", Script::parse(text.as_bytes()).unwrap(), mode);
    let link = readers
        .connect(&ReaderName::new("replay"), Duration::ZERO)
        .unwrap();
    (readers, link)
}

const SELECT: &[u8] = &[0x00, 0xA4, 0x08, 0x0C, 2, 0x3F, 0x00];
const SIGN: &[u8] = &[0x00, 0x2A, 0x9E, 0x9A, 1, 0xAA, 0];

#[test]
fn the_recorded_conversation_is_answered_to_its_end() {
    let (readers, mut link) = play(EXACT, Mode::Strict);
    assert_eq!(**link.transmit(SELECT).unwrap(), [0x90, 0]);
    assert_eq!(**link.transmit(SIGN).unwrap(), [1, 2, 0x90, 0]);
    link.close(Disposition::Reset).unwrap();
    assert_eq!(
        readers.outcome(),
        Outcome {
            said: 2,
            commands: 2,
            difference: None,
            next_line: None,
            secured: 0,
            needs_keys: false,
        }
    );
    // It is played once.
    assert!(
        readers
            .connect(&ReaderName::new("replay"), Duration::ZERO)
            .is_err()
    );
}

#[test]
fn each_difference_is_told_by_its_line_and_nothing_is_answered_after_it() {
    let cases: [(&[u8], What); 6] = [
        (&[0x00, 0x2A, 0x9E, 0x9B, 1, 0xAA, 0], What::Header),
        (&[0x00, 0x2A, 0x9E, 0x9A, 2, 0xAA, 0xAA, 0], What::Length),
        (&[0x00, 0x2A, 0x9E, 0x9A, 1, 0xAB, 0], What::Data),
        (&[0x00, 0x2A, 0x9E, 0x9A, 1, 0xAA, 9], What::Expected),
        (&[0x00, 0x2A, 0x9E, 0x9A, 0, 0, 1, 0xAA, 1, 0], What::Form),
        (&[0x00, 0x2A], What::Form),
    ];
    for (said, what) in cases {
        let (readers, mut link) = play(EXACT, Mode::Strict);
        link.transmit(SELECT).unwrap();
        assert!(matches!(link.transmit(said), Err(LinkError::Protocol { .. })));
        let difference = Some(Difference { line: 4, what });
        assert_eq!(readers.outcome().difference, difference, "{said:02X?}");
        assert!(link.transmit(SIGN).is_err());
        assert_eq!(readers.outcome().difference, difference);
    }
}

#[test]
fn tolerantly_a_cryptogram_is_a_placeholder_and_a_path_is_none() {
    let (readers, mut link) = play(EXACT, Mode::Tolerant);
    link.transmit(SELECT).unwrap();
    link.transmit(&[0x00, 0x2A, 0x9E, 0x9A, 1, 0xAB, 0]).unwrap();
    assert_eq!(readers.outcome().difference, None);
    let (readers, mut link) = play(EXACT, Mode::Tolerant);
    assert!(link.transmit(&[0x00, 0xA4, 0x08, 0x0C, 2, 0x3F, 0x01]).is_err());
    let difference = Some(Difference {
        line: 2,
        what: What::Data,
    });
    assert_eq!(readers.outcome().difference, difference);
}

#[test]
fn resets_and_what_is_too_much_are_differences_and_what_is_left_is_told() {
    let (readers, mut link) = play(EXACT, Mode::Strict);
    assert!(link.reset().is_err());
    assert_eq!(
        readers.outcome().difference,
        Some(Difference {
            line: 2,
            what: What::Reset
        })
    );
    let (readers, mut link) = play(EXACT, Mode::Strict);
    link.transmit(SELECT).unwrap();
    assert_eq!(readers.outcome().next_line, Some(4));
    link.transmit(SIGN).unwrap();
    link.reset().unwrap();
    assert!(link.transmit(SELECT).is_err());
    assert_eq!(
        readers.outcome().difference,
        Some(Difference {
            line: 6,
            what: What::More
        })
    );
}

#[test]
fn what_was_left_out_is_zeros_of_its_length_and_an_error_is_the_recorded_one() {
    let text = EXACT
        .replace("\"exact\"", "\"redacted\"")
        .replace(r#","apdu":"002A9E9A01AA00""#, "")
        .replace(r#""hex":"0102""#, r#""redacted":"secret""#)
        .replace(
            r#"{"event":"response","at_us":2,"data":{"length_bytes":0,"hex":""},"status":"9000"}"#,
            r#"{"event":"no-answer","at_us":2,"code":"card-removed"}
{"event":"removed","at_us":2}
{"event":"control","at_us":2,"what":"rejoin"}"#,
        );
    let (readers, mut link) = play(&text, Mode::Strict);
    let before = link.epoch();
    assert_eq!(link.transmit(SELECT), Err(LinkError::CardRemoved));
    assert!(link.epoch() > before);
    link.rejoin(Duration::ZERO).unwrap();
    assert_eq!(**link.transmit(SIGN).unwrap(), [0, 0, 0x90, 0]);
    assert!(link.rejoin(Duration::ZERO).is_err());
    assert_eq!(readers.outcome().difference, None);
}

#[test]
fn a_trace_without_an_answer_to_reset_cannot_be_played() {
    let text = EXACT.replace("3B00", "");
    assert!(matches!(Script::parse(text.as_bytes()), Err(ScriptError::Atr(_))));
    assert!(matches!(Script::parse(b"{}"), Err(ScriptError::Read(_))));
}

#[test]
fn one_trace_is_held_against_another_to_its_end() {
    let exact = Script::parse(EXACT.as_bytes()).unwrap();
    let redacted = EXACT
        .replace("\"exact\"", "\"redacted\"")
        .replace(r#""hex":"AA""#, r#""redacted":"secret""#);
    for (text, difference) in [
        (redacted.clone(), None),
        (
            redacted.replace("00A4080C\"", "00A4000C\""),
            Some((2, What::Header)),
        ),
        (
            redacted.replace("002A9E9A\"", "002A9E9B\""),
            Some((4, What::Header)),
        ),
    ] {
        let script = Script::parse(text.as_bytes()).unwrap();
        let readers = ReplayReaders::new("replay", script, Mode::Tolerant);
        readers.hold(&exact);
        let outcome = readers.outcome();
        let difference = difference.map(|(line, what)| Difference { line, what });
        assert_eq!(outcome.difference, difference);
        assert_eq!(outcome.said == outcome.commands, difference.is_none());
    }
}

/// As a redacted trace of an identity card has it: in clear up to the channel, then as it was meant.
const SECURED: &str = r#"{"event":"connect","format":2,"at_us":0,"capture":"redacted","reader":"pcsc","atr":"3B00"}
{"event":"command","at_us":1,"header":"00A4040C","data":{"length_bytes":2,"hex":"A000"},"expected":null}
{"event":"response","at_us":2,"data":{"length_bytes":0,"hex":""},"status":"9000"}
{"event":"command","at_us":3,"header":"00840000","data":{"length_bytes":0,"hex":""},"expected":8,"secured":true}
{"event":"response","at_us":4,"data":{"length_bytes":8,"hex":"0102030405060708"},"status":"9000"}
{"event":"command","at_us":5,"header":"00200081","data":{"length_bytes":8,"redacted":"secret"},"expected":null,"secured":true}
{"event":"response","at_us":6,"data":{"length_bytes":0,"hex":""},"status":"9000"}
"#;

#[test]
fn what_went_under_secure_messaging_needs_keys_that_nobody_has() {
    let select: &[u8] = &[0x00, 0xA4, 0x04, 0x0C, 2, 0xA0, 0x00];
    let cases: [(&[u8], Option<What>); 5] = [
        // As it is protected; as the first part of a chain; with another header; in clear; and no command.
        (&[0x0C, 0x84, 0, 0, 1, 0x8E, 0], None),
        (&[0x1C, 0x84, 0, 0, 1, 0x8E], None),
        (&[0x0C, 0x84, 0, 1, 1, 0x8E, 0], Some(What::Header)),
        (&[0x00, 0x84, 0, 0, 8], Some(What::Secured)),
        (&[0x0C, 0x84], Some(What::Form)),
    ];
    for mode in [Mode::Strict, Mode::Tolerant] {
        for (said, what) in cases {
            let (readers, mut link) = play(SECURED, mode);
            link.transmit(select).unwrap();
            let refused = link.transmit(said).unwrap_err();
            let outcome = readers.outcome();
            let difference = what.map(|what| Difference { line: 4, what });
            assert_eq!(outcome.difference, difference, "{said:02X?}");
            assert_eq!(outcome.needs_keys, what.is_none());
            assert_eq!(refused.to_string().contains("keys"), what.is_none(), "{refused}");
            // Nothing is answered after it, and a reset does no harm where nothing was different.
            assert!(link.transmit(select).is_err());
            assert_eq!(link.reset().is_ok(), what.is_none());
            let outcome = readers.outcome();
            assert_eq!(outcome.difference, difference);
            assert_eq!((outcome.said, outcome.commands, outcome.secured), (1, 3, 2));
            assert_eq!(outcome.next_line, Some(4));
        }
    }
}

#[test]
fn traces_above_secure_messaging_are_held_against_each_other_to_their_end() {
    let challenge = r#""header":"00840000","data":{"length_bytes":0,"hex":""},"expected":8"#;
    let cases = [
        (SECURED.to_owned(), None),
        // Other answers are no matter.
        (SECURED.replace("0102030405060708", "0807060504030201"), None),
        (
            SECURED.replace("\"expected\":8", "\"expected\":16"),
            Some((4, What::Expected)),
        ),
        (
            SECURED.replace(
                &format!("{challenge},\"secured\":true"),
                &format!("{challenge},\"secured\":false"),
            ),
            Some((4, What::Secured)),
        ),
        (SECURED.replace("00200081", "00200082"), Some((6, What::Header))),
        (
            SECURED.replace(
                "\"length_bytes\":8,\"redacted\"",
                "\"length_bytes\":7,\"redacted\"",
            ),
            Some((6, What::Length)),
        ),
    ];
    for mode in [Mode::Strict, Mode::Tolerant] {
        for (text, difference) in &cases {
            let script = Script::parse(SECURED.as_bytes()).unwrap();
            assert!(script.is_above_secure_messaging());
            let readers = ReplayReaders::new("replay", script, mode);
            readers.hold(&Script::parse(text.as_bytes()).unwrap());
            let outcome = readers.outcome();
            let difference = difference.map(|(line, what)| Difference { line, what });
            assert_eq!(outcome.difference, difference, "{text}");
            assert_eq!(outcome.said == outcome.commands, difference.is_none());
        }
    }
}
