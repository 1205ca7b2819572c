//! What an exact trace holds of a conversation.
//!
//! Not here: whole logins, and their replay (`tests/scenario`).
#![allow(clippy::unwrap_used, reason = "test code")]

use varco_card::ExtendedLength;

use super::*;
use crate::played::Profile;

fn recipe() -> Recipe {
    Recipe {
        profile: "cns-st".to_owned(),
        from_folder: false,
        seed: 7,
        instant: "2026-11-29T08:00:00Z".to_owned(),
        audience: "kiosk-7.example".to_owned(),
        service: None,
        nonce: None,
        signature: "pkcs1".to_owned(),
        birth_date_from_card: false,
        test_pin: "12345".to_owned(),
    }
}

#[test]
fn each_byte_reset_and_removal_is_in_it() {
    let mut readers = PlayedReaders::new();
    let hand = readers.add("played", ExtendedLength::Supported);
    hand.insert(Profile::builtin("cns-st").unwrap().into_card());
    let (recorded, trace) = ExactReaders::new(readers, hand.clone(), recipe());
    let name = ReaderName::new("played");
    let mut link = recorded.connect(&name, Duration::ZERO).unwrap();
    link.begin(Duration::ZERO).unwrap();
    link.transmit(&[0, 0xA4, 0, 0x0C, 2, 0x3F, 0]).unwrap();
    link.end(Disposition::Reset).unwrap();
    link.reset().unwrap();
    link.begin(Duration::ZERO).unwrap();
    assert!(hand.remove().is_some());
    assert!(link.transmit(&[0, 0x20, 0, 0x90]).is_err());
    drop(link);
    let text = String::from_utf8(trace.text()).unwrap();
    let events: Vec<String> = text
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap()["event"].to_string())
        .collect();
    let expected = [
        "connect",
        "command",
        "response",
        "reset",
        "reset",
        "command",
        "no-answer",
        "removed",
        "reset",
    ];
    assert_eq!(events, expected.map(|event| format!("\"{event}\"")), "{text}");
    assert!(text.contains(r#""apdu":"00A4000C023F00"}"#) && text.contains(r#""seed":7"#));
    assert!(!trace.is_cut());
    let script = varco_reader_replay::Script::parse(text.as_bytes()).unwrap();
    assert_eq!(script.recipe(), Some(&recipe()));
    assert_eq!(script.capture(), Capture::Exact);
}

#[test]
fn more_than_is_kept_cuts_it_between_lines() {
    let trace = ExactTrace(Arc::default());
    let what: Cow<'static, str> = Cow::Owned("x".repeat(1 << 20));
    for at_us in 0..17 {
        trace.write(&Line::Control {
            at_us,
            what: what.clone(),
        });
    }
    assert!(trace.is_cut() && trace.text().len() <= TEXT_MAX_BYTES);
    assert_eq!(trace.text().last(), Some(&b'\n'));
}
