//! Logs of both programs, in the form in which they write them.
#![allow(clippy::unwrap_used, clippy::panic, reason = "test code")]

use super::*;
use crate::said::{Answer, Exchange, Field};

mod leaks;

const PCSCD: &str = "\
00000000 ifdwrapper.c:477:IFDControl() Card not transacted: 606
00000004 Card ATR: 3B FF 18 00 FF 81 31 FE 55 00 6B 02 09 17 17 01 11 01 43 4E 53 11 31 80 8C 
00000859 APDU: 00 A4 08 0C 04 10 00 10 03 
00000076 SW: 90 00 
00000030 APDU: 00 B0 00 00 10 
00000028 SW: 36 39 39 39 90 00 
\u{1b}[34m00000010\u{1b}[0m APDU: 00 A4 00 0C 02 2F 01 
00000001 SW: 90 00 
00000030 APDU: 00 B0 00 00 02 
00000028 SW: 80 31 90 00 
00000151 APDU: 00 20 00 90 08 31 32 33 34 35 FF FF FF 
00000003 SW: 63 C2 
00000001 APDU: 00 20 00 90 08 31 32 33 34 35 FF FF FF 
00000003 SW: 90 00 
00000001 winscard.c:609:SCardReconnect() Reset complete.
00000002 Card ATR: 3B FF 18 00 FF 81 31 FE 55 00 6B 02 09 17 17 01 11 01 43 4E 53 11 31 80 8C 
00000005 APDU: 00 84 00 00 08 
00000005 eventhandler.c:340:EHStatusHandlerThread() Card Removed From Virtual PCD 00 00
00000005 SW: 90 00 
00000005 APDU: 00 8Z
";

fn exchanges(imported: &Imported) -> Vec<&Exchange> {
    imported
        .said
        .iter()
        .filter_map(|said| match said {
            Said::Exchange(exchange) => Some(exchange),
            _ => None,
        })
        .collect()
}

fn answered(exchange: &Exchange) -> &Field {
    match &exchange.answer {
        Answer::Given { data, .. } => data,
        other => panic!("{other:?}"),
    }
}

fn label(field: &Field) -> Option<&str> {
    match field {
        Field::Withheld { label, .. } => label.as_deref(),
        Field::Known(bytes) => panic!("{bytes:02X?}"),
    }
}

#[test]
fn a_log_of_pcscd_becomes_a_trace_that_shows_no_contents() {
    assert_eq!(LogKind::detect(PCSCD.as_bytes()), Some(LogKind::Pcscd));
    let imported = import(LogKind::Pcscd, PCSCD.as_bytes()).unwrap();
    let kinds: Vec<&str> = imported
        .said
        .iter()
        .map(|said| match said {
            Said::Connect { .. } => "connect",
            Said::Exchange(_) => "exchange",
            Said::Reset { .. } => "reset",
            Said::Removed { .. } => "removed",
            Said::Control { .. } => "control",
        })
        .collect();
    assert_eq!(
        kinds,
        [
            "connect", "exchange", "exchange", "exchange", "exchange", "exchange", "exchange", "reset",
            "exchange", "removed"
        ]
    );
    let said = exchanges(&imported);
    // The path: shown. What is in files: not.
    assert_eq!(said[0].data.bytes(), Some(&[0x10, 0x00, 0x10, 0x03][..]));
    assert_eq!(answered(said[1]).length_bytes(), 4);
    assert_eq!(answered(said[1]).bytes(), None);
    assert_eq!(label(answered(said[3])), Some("personal-2"));
    // Secrets have no label, and personal data one that does not follow from them.
    assert_eq!(said[4].data.length_bytes(), 8);
    assert_eq!(label(&said[4].data), None);
    assert_eq!(label(answered(said[1])), Some("personal-1"));
    assert_eq!(said[0].at_us, 863);
    assert_eq!(said[0].took_us(), Some(76));
    // What the removal cut has no answer, and an answer without a command and bytes that are none are told.
    assert_eq!(said[6].answer, Answer::Cut);
    assert_eq!(imported.left_out, 2);
}

const OPENSC: &str = "\
P:27268; T:0x140095860619328 23:59:59.900 [pkcs15-tool] card.c:1234:match_atr_table: ATR     : 3b:00
P:27268; T:0x140095860619328 23:59:59.900 [pkcs15-tool] card.c:1245:match_atr_table: ATR try : 3B:FF:00
P:27268; T:0x140095860619328 23:59:59.973 [pkcs15-tool] reader-pcsc.c:335:pcsc_transmit: 
Outgoing APDU (17 bytes):
00 A4 04 00 0B E8 2B 06 01 04 01 81 C3 1F 02 01 ......+.........
00                                              .

P:27268; T:0x140095860619328 00:00:00.173 [pkcs15-tool] reader-pcsc.c:335:pcsc_transmit: 
Incoming APDU (2 bytes):
6A 82 j.

P:27268; T:0x140095860619328 00:00:00.174 [pkcs15-tool] reader-pcsc.c:335:pcsc_transmit: 
Outgoing APDU (13 bytes):
00 20 00 90 08 31 32 33 34 35 FF FF FF . ...12345...

P:27268; T:0x140095860619328 00:00:00.175 [pkcs15-tool] reader-pcsc.c:335:pcsc_transmit: 
Incoming APDU (2 bytes):
90 00 ..

P:27268; T:0x140095860619328 00:00:00.176 [pkcs15-tool] reader-pcsc.c:290:pcsc_internal_transmit: x:SCardTransmit failed: 0x80100068
Outgoing APDU (5 bytes):
00 84 00
";

#[test]
fn a_debug_log_of_opensc_becomes_a_trace_over_midnight() {
    assert_eq!(LogKind::detect(OPENSC.as_bytes()), Some(LogKind::OpenSc));
    let imported = import(LogKind::OpenSc, OPENSC.as_bytes()).unwrap();
    let said = exchanges(&imported);
    assert_eq!(said.len(), 2);
    assert_eq!(said[0].data.length_bytes(), 11);
    assert_eq!((said[0].at_us, said[0].took_us()), (73_000, Some(200_000)));
    assert_eq!(said[1].data.bytes(), None);
    assert!(matches!(imported.said.last(), Some(Said::Reset { .. })));
    assert_eq!(imported.left_out, 1);
    assert!(!format!("{imported:?}").contains("49, 50, 51, 52, 53"));
}

#[test]
fn a_log_of_pcscd_in_colour_or_from_the_journal_is_read_with_its_times() {
    let first = "\u{1b}[36m00000004\u{1b}[0m [140327] \u{1b}[34mAPDU: 00 A4 00 0C 02 2F 01 \u{1b}[0m\n";
    let second = "\u{1b}[36m00000076\u{1b}[0m [140327] \u{1b}[34mSW: 90 00 \u{1b}[0m\n";
    let journal = "2026-11-29T08:00:00+00:00 host pcscd[7]: ";
    let short = "Nov 29 08:00:00 host pcscd[7]: ";
    let syslog = [
        format!("{short}APDU: 00 84 00 00 08 \n"),
        format!("{short}SW: 90 00 \n"),
    ];
    for (log, took_us) in [
        ([first.to_owned(), second.to_owned()], 76),
        ([first, second].map(|line| format!("{journal}{line}")), 76),
        ([first, second].map(|line| format!("{short}{line}")), 76),
        (syslog, 0),
    ] {
        let log = log.concat();
        assert_eq!(LogKind::detect(log.as_bytes()), Some(LogKind::Pcscd), "{log}");
        let imported = import(LogKind::Pcscd, log.as_bytes()).unwrap();
        assert_eq!(exchanges(&imported)[0].took_us(), Some(took_us), "{log}");
    }
}

#[test]
fn what_is_no_log_or_too_much_of_one_is_refused() {
    assert_eq!(LogKind::detect(b"hello\nworld"), None);
    assert_eq!(import(LogKind::Pcscd, b"hello"), Err(ImportError::Nothing));
    let long = vec![b' '; LINE_MAX_BYTES + 1];
    assert_eq!(
        import(LogKind::OpenSc, &long),
        Err(ImportError::LineTooLong { line: 1 })
    );
    let many = "0 APDU: 00 84 00 00\n".repeat(SAID_MAX + 1);
    assert_eq!(
        import(LogKind::Pcscd, many.as_bytes()),
        Err(ImportError::TooMany { line: SAID_MAX })
    );
}

#[test]
fn what_stands_where_a_name_should_is_shown_only_if_it_has_the_form_of_one() {
    let said = |command: &str| {
        let log = format!("00000004 Card ATR: 3B 00\n00000001 APDU: {command} \n00000001 SW: 90 00 \n");
        let imported = import(LogKind::Pcscd, log.as_bytes()).unwrap();
        matches!(exchanges(&imported)[0].data, Field::Known(_))
    };
    for shown in [
        "00 A4 04 0C 06 A0 00 00 00 18 09",
        "00 A4 08 0C 04 10 00 10 03",
        "00 22 41 B6 03 83 01 90",
        "00 CB 3F FF 04 5C 02 DF 30",
        "00 B1 00 00 04 54 02 00 10",
    ] {
        assert!(said(shown), "{shown}");
    }
    for held_back in [
        // A codice fiscale as the name of an application, a PIN where keys are named, and one behind a tag of none.
        "00 A4 04 0C 10 44 4D 4E 4E 43 4C 38 30 43 31 34 48 35 30 31 53",
        "00 A4 00 0C 05 31 32 33 34 35",
        "00 22 00 90 08 31 32 33 34 35 FF FF FF",
        "00 CB 3F FF 07 99 05 31 32 33 34 35",
        "00 B1 00 00 05 31 32 33 34 35",
    ] {
        assert!(!said(held_back), "{held_back}");
    }
}
