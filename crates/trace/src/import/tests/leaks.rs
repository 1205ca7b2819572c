//! Logs that would show a person or a PIN, were they believed: out of step, of two cards, with lines that are lost or damaged.
//!
//! What holds of all of them is held against the written trace: none of what must not be shown stands in it.

use super::*;
use crate::lines;

/// A codice fiscale.
const PERSON: &str = "44 4D 4E 4E 43 4C 38 30 43 31 34 48 35 30 31 53";
const PIN: &str = "31 32 33 34 35";
const ATR: &str =
    "00000004 Card ATR: 3B FF 18 00 FF 81 31 FE 55 00 6B 02 09 17 17 01 11 01 43 4E 53 11 31 80 8C \n";

/// The trace of a log of pcscd: `>` is a command, `<` an answer, `!` a line as it is.
fn trace(log: &[&str]) -> String {
    let mut text = ATR.to_owned();
    for line in log {
        let (kind, rest) = line.split_at(2);
        text += &match kind {
            "> " => format!("00000001 APDU: {rest} \n"),
            "< " => format!("00000001 SW: {rest} \n"),
            _ => format!("{rest}\n"),
        };
    }
    written(LogKind::Pcscd, &text)
}

fn written(kind: LogKind, log: &str) -> String {
    let imported = import(kind, log.as_bytes()).unwrap();
    let mut out = Vec::new();
    lines::write(&imported.said, &mut out).unwrap();
    // Whatever is imported can be read.
    assert_eq!(lines::read(&out), Ok(imported.said));
    String::from_utf8(out).unwrap()
}

fn shows(trace: &str, what: &str) -> bool {
    trace.contains(&what.replace(' ', ""))
}

#[test]
fn an_answer_that_comes_while_conversations_overlap_is_not_shown() {
    let person = format!("< {PERSON} 90 00");
    for log in [
        &[
            "> 00 B0 00 00 10",
            "> 00 A4 04 0C 06 A0 00 00 00 00 39",
            &person,
            "< 90 00",
        ][..],
        // The second answer has no command, and from there on nobody can tell.
        &[
            "> 00 A4 04 0C 06 A0 00 00 00 00 39",
            "< 90 00",
            "< 90 00",
            "> 00 A4 00 00 02 2F 00",
            &person,
        ],
        // What another card's reset cut is answered later.
        &[
            "> 00 B0 00 00 10",
            "! 1 winscard.c:609:SCardReconnect() Reset complete.",
            "> 00 A4 00 00 02 2F 00",
            &person,
        ],
    ] {
        assert!(!shows(&trace(log), PERSON), "{log:?}");
    }
    let opensc = format!(
        "P:1; T:0x1 10:00:00.000 [a] x\nOutgoing APDU (5 bytes):\n00 B0 00 00 10 .....\n\
P:2; T:0x1 10:00:00.001 [b] x\nOutgoing APDU (11 bytes):\n00 A4 04 0C 06 A0 00 00 00 00 39 ...........\n\
P:1; T:0x1 10:00:00.002 [a] x\nIncoming APDU (18 bytes):\n{PERSON} ................\n90 00 ..\n"
    );
    assert!(!shows(&written(LogKind::OpenSc, &opensc), PERSON));
}

#[test]
fn out_of_step_nothing_is_shown_that_would_be_harmless_in_step() {
    let select = "> 00 A4 00 00 02 2F 00";
    let harmless = "6F 06 82 01 01 8A 01 05";
    let answer = &*format!("< {harmless} 90 00");
    assert!(shows(&trace(&[select, answer]), harmless));
    for before in [
        &["> 00 84 00 00 08"][..],
        &["< 90 00"],
        &["! 1 APDU: 00 8Z"],
        &["! 1 SW: 9Z"],
        &["! 1 Card ATR: 3B"],
        &["> 00 20 00 90 08 31 32 33 34 35", "< 90 00"],
        &["> 00 20 00 90 05 31 32 33 34 35", "< 90 00"],
        &["> 00 DA 01 00 05 31 32 33 34 35", "< 90 00"],
    ] {
        let log = [before, &[select, answer]].concat();
        assert!(!shows(&trace(&log), harmless), "{log:?}");
    }
}

#[test]
fn what_is_read_is_not_shown_whatever_file_seems_to_be_current() {
    let person = format!("< {PERSON} 90 00");
    let dir = "> 00 A4 00 0C 02 2F 00";
    for log in [
        // Two cards.
        &[
            "> 00 A4 08 0C 04 11 00 11 02",
            "< 90 00",
            dir,
            "< 90 00",
            "> 00 B0 00 00 10",
            &person,
        ][..],
        // A SELECT whose answer is lost, and one whose line is damaged.
        &[
            dir,
            "< 90 00",
            "> 00 A4 08 0C 04 11 00 11 02",
            "> 00 B0 00 00 10",
            &person,
        ],
        &[
            dir,
            "< 90 00",
            "! 1 APDU: 00 A4 08 0C 04 11 00 11 0",
            "> 00 B0 00 00 10",
            &person,
        ],
        // Another logical channel.
        &[
            "> 00 A4 08 0C 04 11 00 11 02",
            "< 90 00",
            "> 01 A4 00 0C 02 2F 00",
            "< 90 00",
            "> 00 B0 00 00 10",
            &person,
        ],
        // By a short identifier, with a length that is corrected.
        &[
            dir,
            "< 90 00",
            "> 00 B0 83 00 00",
            "< 6C 10",
            "> 00 B0 00 00 10",
            &person,
        ],
        &[dir, "< 90 00", "> 00 B0 9D 00 10", &person],
    ] {
        assert!(!shows(&trace(log), PERSON), "{log:?}");
    }
}

#[test]
fn an_answer_to_select_is_shown_where_nothing_in_it_can_be_a_name() {
    let select = "> 00 A4 04 00 06 A0 00 00 00 00 39";
    let shown = |answer: &str| shows(&trace(&[select, &format!("< {answer} 90 00")]), answer);
    assert!(shown("62 0E 80 02 00 10 82 01 01 83 02 2F 00 8A 01 05"));
    assert!(shown("6F 08 81 02 00 10 8C 02 01 00"));
    for withheld in [
        // A name, proprietary data, discretionary data, a value that is too long, one that is a number in digits.
        "6F 12 84 10 44 4D 4E 4E 43 4C 38 30 43 31 34 48 35 30 31 53",
        "6F 07 A5 05 31 32 33 34 35",
        "6F 07 85 05 31 32 33 34 35",
        "62 07 83 05 31 32 33 34 35",
        "62 06 81 04 31 32 33 34",
        // No template, more than one, lengths that do not fit.
        "31 32 33 34 35",
        "62 00 31 32 33 34",
        "62 03 83 02 2F",
        "62 04 83 03 2F 00",
        "84 05 31 32 33 34 35",
    ] {
        assert!(!shown(withheld), "{withheld}");
    }
    // What the command may not show, the answer may not either.
    let log = [
        &*format!("> 00 A4 04 00 10 {PERSON} 00"),
        &format!("< 6F 12 84 10 {PERSON} 90 00"),
    ];
    assert!(!shows(&trace(&log), PERSON));
    let serial = "D2 76 00 01 24 01 03 04 00 06 12 34 56 78 00 00";
    let log = [
        "> 00 A4 04 00 06 D2 76 00 01 24 01 00",
        &*format!("< 6F 12 84 10 {serial} 90 00"),
    ];
    assert!(!shows(&trace(&log), serial));
}

#[test]
fn more_of_an_answer_is_not_shown() {
    let log = [
        "> 00 A4 00 0C 02 2F 00",
        "< 90 00",
        "> 00 CB 3F FF 04 5C 02 DF 30 00",
        "> 00 C0 00 00 10",
    ];
    assert!(!shows(
        &trace(&[&log[..], &[&format!("< {PERSON} 90 00")]].concat()),
        PERSON
    ));
}

#[test]
fn after_whatever_carries_a_pin_no_answer_is_shown() {
    let harmless = "62 06 82 01 01 8A 01 05";
    let answer = format!("< {harmless} 90 00");
    for command in [
        "> 00 20 00 90 05",
        "> 00 21 00 90 05",
        "> 00 24 01 90 05",
        "> 00 25 00 90 05",
        "> 00 26 00 90 05",
        "> 00 28 00 90 05",
        "> 00 2C 02 90 05",
        "> 00 2D 00 90 05",
        "> 00 D6 00 00 05",
        "> 00 C2 00 00 05",
        "> 80 20 00 00 05",
        // A length that does not fit: no command, and left out.
        "> 00 20 00 90 08",
    ] {
        let command = format!("{command} {PIN}");
        let log = [&*command, "< 90 00", "> 00 A4 00 00 02 3F 00 00", &answer];
        let trace = trace(&log);
        assert!(!shows(&trace, PIN) && !shows(&trace, harmless), "{log:?}");
    }
}

#[test]
fn digits_stand_nowhere_in_clear() {
    let eight = "31 32 33 34 35 36 37 38";
    for command in [
        "00 A4 00 00 08",
        "00 A4 08 00 08",
        "00 A4 09 00 08",
        "00 A4 03 00 08",
        "00 A4 04 00 08",
        "00 22 41 A4 0A 83 08",
        "00 22 41 A4 0A 84 08",
        "00 22 41 A4 0A 80 08",
        "00 22 41 A4 0A 81 08",
        "00 CB 3F FF 0A 5C 08",
        "00 CB 3F FF 0A 4D 08",
        "00 B1 00 00 0A 54 08",
    ] {
        let log = [&*format!("> {command} {eight}"), "< 90 00"];
        assert!(!shows(&trace(&log), eight), "{command}");
    }
    // The data of a command, written as if it were one.
    for command in ["31 32 33 34 35", eight] {
        let log = [
            "> 00 A4 00 00 02 3F 00",
            "< 90 00",
            &*format!("> {command}"),
            "< 90 00",
        ];
        let trace = trace(&log);
        assert!(!shows(&trace, "31 32 33 34"), "{trace}");
    }
    let log = ["> 00 A4 04 00 0C A0 00 00 00 31 32 33 34 35 36 37 38", "< 90 00"];
    assert!(!shows(&trace(&log), eight));
}

#[test]
fn an_answer_to_reset_that_is_none_is_left_out() {
    for long in [format!("{PERSON} ").repeat(3), "3B".to_owned(), PERSON.to_owned()] {
        for log in [
            format!(
                "00000004 Card ATR: {} \n00000001 APDU: 00 84 00 00 08 \n00000001 SW: 90 00 \n",
                long.trim()
            ),
            format!(
                "x: ATR     : {}\nOutgoing APDU (5 bytes):\n00 84 00 00 08 .....\nIncoming APDU (2 bytes):\n90 00 ..\n",
                long.trim().replace(' ', ":").to_lowercase()
            ),
        ] {
            let kind = LogKind::detect(log.as_bytes()).unwrap();
            assert_eq!(import(kind, log.as_bytes()).unwrap().left_out, 1);
            assert!(!shows(&written(kind, &log), "444D4E"));
        }
    }
}
