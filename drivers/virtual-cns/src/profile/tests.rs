//! Tests of profiles, by claim.

use varco_emulator::PlayedCard;

use super::*;
use crate::testing::profile;

#[test]
fn small_profile_is_playable() {
    let profile = profile(&[]).unwrap();
    assert_eq!((profile.name(), profile.title_it()), ("cns-small", "piccola"));
    let card = profile.into_card();
    assert_eq!(card.atr().as_bytes().len(), 25);
    assert_eq!(card.snapshot().tries_left(0x10), Some(3));
}

#[test]
fn every_word_of_a_choice_is_taken() {
    for (from, to) in [
        ("\"6300\"", "\"63cx\""),
        ("\"count\"", "\"refused\""),
        ("\"count\"", "\"burns\""),
        ("\"required\"", "\"absent\""),
        ("\"9000\"", "\"6282\""),
        ("read = \"pin\"", "read = \"never\""),
        (
            "security_environment = 3",
            "security_environment = 3\nget_response = true",
        ),
        ("tries_left = 3", "tries_left = 0"),
    ] {
        assert!(profile(&[(from, to)]).is_ok(), "{to}");
    }
}

#[test]
fn bad_value_is_named_with_what_is_expected() {
    for (from, to, key, expected) in [
        ("format = 1", "format = 2", "format", "expected 1"),
        ("\"cns-small\"", "\"../x\"", "name", "letters"),
        ("\"3B FF 18", "\"3B FG 18", "atr", "hex"),
        ("\"3B FF 18", "\"3B FF 1", "atr", "hex"),
        (" 31 80 8C\"", "\"", "atr", "structure"),
        ("0x11", "0x10", "puk.reference", "another"),
        ("0x10", "0x20", "pin.reference", "0x1F"),
        ("\"12345\"", "\"1234\"", "pin", "5 to 8 characters"),
        ("tries_left = 3", "tries_left = 4", "pin", "4 of 3 tries"),
        ("\"key.p8\"", "\"number.bin\"", "key[0].file", "PKCS#8"),
        ("\"key.p8\"", "\"../key.p8\"", "key[0].file", "same folder"),
        (
            "\"number.bin\"",
            "\"/etc/passwd\"",
            "file[0].content",
            "same folder",
        ),
        ("\"number.bin\"", "\"a\\\\b\"", "file[0].content", "same folder"),
        ("\"number.bin\"", "\"..\"", "file[0].content", "same folder"),
        ("\"number.bin\"", "\"\"", "file[0].content", "same folder"),
        (
            "\"number.bin\"",
            "\"large.bin\"",
            "file[0].content",
            "at most 65536",
        ),
        ("size = 16", "size = 15", "file[0].size", "expected 16 to"),
        ("size = 400", "size = 65537", "file[2].size", "to 65536"),
        ("size = 400", "size = 40000", "file[2].path", "32768"),
        ("1000/1003", "1000/103", "file[0].path", "4 hex digits"),
        ("1000/1003", "", "file[0].path", "4 hex digits"),
        ("1000/1003", "3F00/1003", "file[0].path", "below the master file"),
        ("1100/1102", "1100/1101", "file[2].path", "already there"),
        ("1000/1003", "1/2/3/4/5/6/7/8/9", "file[0].path", "4 hex digits"),
        ("read = \"pin\"", "", "file[2].read", "`always`"),
        ("A0 00 00 05 30", "A0", "file[3].aid", "5 to 16"),
        (
            "format = 1",
            "format = 1\nsecurity_application = \"A000000530\"",
            "security_application",
            "one of the applications",
        ),
        (
            "aid = \"A0 00 00 05 30\"",
            "[[application]]\naid = \"A0\"",
            "application[0].aid",
            "5 to 16",
        ),
        (
            "aid = \"A0 00 00 05 30\"",
            "[[application]]\naid = \"A000000530\"\n[[application]]\naid = \"A000000530\"",
            "application[1].aid",
            "another one",
        ),
        (
            "aid = \"A0 00 00 05 30\"",
            "[[application]]\naid = \"A000000530\"\ndata = [{ tag = \"80\", value = \"\" }]",
            "application[0].data[0].tag",
            "2 bytes",
        ),
        (
            "reference = 0x01",
            "reference = 0x01\nfolder = \"1400/\"",
            "key[0].folder",
            "4 hex digits",
        ),
    ] {
        let error = profile(&[(from, to)]).expect_err(to);
        let ProfileError::Value { key: found, .. } = &error else {
            panic!("{to}: {error}");
        };
        assert_eq!(found, key, "{to}");
        assert!(error.to_string().contains(expected), "{to}: {error}");
    }
}

#[test]
fn text_that_is_no_profile_is_refused_with_its_line() {
    for (from, to, line, expected) in [
        ("format = 1", "format = one", 2, ""),
        ("format = 1", "format = -1", 2, ""),
        ("kind = \"cns\"", "kind = \"cie\"", 3, "cns"),
        ("\"count\"", "\"counts\"", 10, "count"),
        (
            "chaining = true",
            "chaining = true\nchainig = true",
            13,
            "chainig",
        ),
        ("security_environment = 3", "security_environment = 300", 15, ""),
        ("update = \"never\"", "update = \"always\"", 38, "never"),
        ("title_it = \"piccola\"", "", 1, "title_it"),
    ] {
        let error = profile(&[(from, to)]).unwrap_err();
        assert_eq!(error.code(), "profile-form", "{to}");
        let message = error.to_string();
        assert!(
            message.starts_with(&format!("card.toml, line {line}:")),
            "{to}: {message}"
        );
        assert!(
            message.contains(expected) && !message.contains('\n'),
            "{to}: {message}"
        );
    }
}

#[test]
fn missing_file_is_named() {
    let error = profile(&[("number.bin", "no-number.bin")]).unwrap_err();
    assert_eq!(error.code(), "profile-unreadable");
    assert!(error.to_string().starts_with("no-number.bin cannot be read"));
}

#[test]
fn debug_shows_no_pin() {
    assert_eq!(format!("{:?}", profile(&[]).unwrap()), "profile cns-small");
}
