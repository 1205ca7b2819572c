//! Claims about the card's own number.

use varco_credential::CardError;

use crate::script::{Script, hex};

const SELECT: &str = "00A4080C0410001003";
const READ: &str = "00B0000010";

fn read(answer: &str) -> Result<String, CardError> {
    let mut script = Script::st();
    script.expect(SELECT, "9000");
    script.expect(READ, answer);
    script.run(|card, channel| card.read_card_id(channel).map(|id| id.as_str().to_owned()))
}

#[test]
fn sixteen_digits_with_a_right_check_digit_are_a_number() {
    let digits = hex(b"6090000000000016");
    assert_eq!(read(&format!("{digits}9000")).unwrap(), "6090000000000016");
    assert_eq!(read(&format!("{digits}6282")).unwrap(), "6090000000000016");
}

#[test]
fn anything_else_is_an_answer_that_makes_no_sense() {
    for content in [
        &b"6090000000000017"[..],
        b"609000000000001",
        b"60900000000000160",
        b"",
        b"\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF",
        b"6090 00000000016",
    ] {
        let error = read(&format!("{}9000", hex(content))).unwrap_err();
        assert_eq!(error.code(), "card-misbehaved");
        assert!(error.to_string().contains("EF.ID_Carta"));
    }
}

#[test]
fn refusals_keep_command_file_and_status_word() {
    let error = read("6982").unwrap_err();
    assert_eq!(
        error.to_string(),
        "the card answered 6982 to READ BINARY (EF.ID_Carta)"
    );
    let mut script = Script::st();
    script.expect(SELECT, "6A82");
    let error = script
        .run(|card, channel| card.read_card_id(channel))
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "the card answered 6A82 to SELECT (EF.ID_Carta)"
    );
}
