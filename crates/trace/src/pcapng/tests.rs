//! What a capture says beside the bytes. That Wireshark reads one: `tests/conformance`.
#![allow(clippy::unwrap_used, reason = "test code")]

use super::*;
use crate::lines;

const CONNECT: &str = r#"{"event":"connect","format":2,"at_us":0,"atr":"3B00"}"#;
const SELECT: &str = r#"{"event":"command","at_us":1,"name":"SELECT","header":"00A4080C","data":{"length_bytes":2,"hex":"3F00"},"expected":null}"#;

fn captured(lines: &[&str]) -> String {
    let mut out = Vec::new();
    write(&lines::read(lines.join("\n").as_bytes()).unwrap(), 0, &mut out).unwrap();
    String::from_utf8_lossy(&out).into_owned()
}

#[test]
fn what_happened_last_is_in_the_capture() {
    let missing = r#"{"event":"no-answer","at_us":2,"code":"card-removed"}"#;
    let removed = r#"{"event":"removed","at_us":3}"#;
    let capture = captured(&[CONNECT, SELECT, missing, removed]);
    assert!(capture.contains("to this, no answer came: card-removed"));
    assert!(capture.contains("after this, the card left"));
    let capture = captured(&[CONNECT, SELECT]);
    assert!(capture.contains("to this, the trace has no answer"));
}

#[test]
fn what_comes_before_any_packet_is_said_of_the_first() {
    let unknown = CONNECT.replace("3B00", "");
    let capture = captured(&[&unknown, SELECT]);
    assert!(capture.contains("a conversation with the card begins"));
}

#[test]
fn a_packet_has_so_many_comments_and_each_is_whole() {
    let long = format!(
        r#"{{"event":"control","at_us":1,"what":"{}"}}"#,
        "è".repeat(60_000)
    );
    let controls = vec![&*long; 300];
    let capture = captured(&[&[CONNECT], &*controls].concat());
    assert!(capture.contains("and more"));
    assert!(capture.len() < 64 * 4 * 1_100);
    assert!(!capture.contains("\u{FFFD}\u{FFFD}è"), "a character is cut");
}
