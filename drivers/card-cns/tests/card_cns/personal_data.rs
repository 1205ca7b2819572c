//! Claims about reading what the card holds about its holder: what it costs, and how it fails.

use varco_card::ExtendedLength;
use varco_credential::{CardError, Extent, PersonalData, PersonalField};

use crate::script::{ATHENA, Script, hex};

const SELECT: &str = "00A408000411001102 00";
const WITHOUT_FCI: &str = "00A4080C0411001102";
const FCI: &str = "6F10 80020190 8203010000 83021102 850101 9000";

/// The vector of the sheet `[cns §2.3]` with another surname.
fn file(surname: &[u8]) -> Vec<u8> {
    let mut file = b"000000046090080101202408311220 29".to_vec();
    file.retain(|byte| *byte != b' ');
    file.extend_from_slice(format!("{:02X}", surname.len()).as_bytes());
    file.extend_from_slice(surname);
    file.extend_from_slice(b"05MARIO080101198001M0010RSSMRA80A01H501U0004H501000004D6120000");
    let header = format!("{:06X}", file.len());
    file[..6].copy_from_slice(header.as_bytes());
    file.resize(400, 0x00);
    file
}

fn read(extent: Extent, script: &[(&str, String)]) -> Result<PersonalData, CardError> {
    let mut played = Script::new(ATHENA, ExtendedLength::Supported);
    for (command, answer) in script {
        played.expect(command.replace(' ', ""), answer.replace(' ', ""));
    }
    played.run(|card, channel| card.read_personal_data(channel, extent))
}

fn part(file: &[u8], range: core::ops::Range<usize>) -> String {
    format!("{}9000", hex(&file[range]))
}

#[test]
fn a_selection_and_one_read_are_enough() {
    let file = file(b"ROSSI");
    let script = [(SELECT, FCI.to_owned()), ("00B0000000", part(&file, 0..256))];
    let data = read(Extent::Fields, &script).unwrap();
    assert_eq!(data.get(PersonalField::Surname), Some("ROSSI"));
    let born = data.date(PersonalField::BirthDate).unwrap();
    assert_eq!(born.to_string(), "1980-01-01");
    assert_eq!(data.file().size_bytes, Some(400));
    assert_eq!(data.file().bytes.len(), 256);
}

#[test]
fn without_a_size_and_without_fci_it_is_read_all_the_same() {
    let file = file(b"ROSSI");
    for (select, answer) in [("9000", None), ("6F009000", None), ("6A86", Some("9000"))] {
        let mut script = vec![(SELECT, select.to_owned())];
        script.extend(answer.map(|answer| (WITHOUT_FCI, answer.to_owned())));
        script.push(("00B0000000", part(&file, 0..256)));
        let data = read(Extent::Fields, &script).unwrap();
        assert_eq!(data.file().size_bytes, None);
    }
}

#[test]
fn fields_that_go_on_past_the_first_block_are_followed_to_their_end_and_no_further() {
    let file = file(&[b'X'; 200]);
    let script = [
        (SELECT, FCI.to_owned()),
        ("00B0000000", part(&file, 0..256)),
        ("00B0010000", part(&file, 256..400)),
    ];
    let data = read(Extent::Fields, &script).unwrap();
    assert_eq!(data.get(PersonalField::Surname).unwrap().len(), 200);
    let data = read(Extent::WholeFile, &script).unwrap();
    assert!(data.file().is_whole());
}

#[test]
fn each_way_of_telling_the_end_ends_the_file() {
    let file = file(b"ROSSI");
    for end in ["6B00", "6282", "9000"] {
        let script = [
            (SELECT, "9000".to_owned()),
            ("00B0000000", part(&file, 0..256)),
            ("00B0010000", part(&file, 256..400)),
            ("00B0019000", end.to_owned()),
        ];
        assert!(
            read(Extent::WholeFile, &script).unwrap().file().is_whole(),
            "{end}"
        );
    }
}

#[test]
fn no_file_and_a_file_of_filling_hold_no_data() {
    for script in [
        vec![(SELECT, "6A82".to_owned())],
        vec![(SELECT, FCI.to_owned()), ("00B0000000", "6B00".to_owned())],
    ] {
        assert_eq!(
            read(Extent::Fields, &script).unwrap_err(),
            CardError::PersonalDataAbsent
        );
    }
    // Zeros are no hex digits; erased memory neither.
    let script = [(SELECT, FCI.to_owned()), ("00B0000000", part(&[0; 256], 0..256))];
    assert_eq!(
        read(Extent::Fields, &script).unwrap_err().code(),
        "personal-data-unreadable"
    );
}

#[test]
fn fields_past_the_end_of_the_file_are_named_and_nothing_of_them_is_shown() {
    let mut cut = file(b"ROSSI");
    cut.truncate(60);
    let script = [
        (SELECT, "9000".to_owned()),
        ("00B0000000", part(&cut, 0..60)),
        ("00B0003C00", "6B00".to_owned()),
    ];
    let error = read(Extent::Fields, &script).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the personal data cannot be read: field 8: it goes on past the end of the file"
    );
}
