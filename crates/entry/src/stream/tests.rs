//! Lines of pipes, files and terminals; ends, limits, and what is left unread.

use std::fs::File;
use std::io::{Read, Seek, Write, pipe};
use std::os::fd::AsRawFd;

use super::*;
use crate::sample::asking;

fn ask(entry: &mut StreamEntry) -> Result<Pin, EntryError> {
    asking(|_| (), |question| entry.ask(question))
}

/// What is asked from a pipe with these bytes that was closed.
fn from(bytes: &[u8]) -> Result<Pin, EntryError> {
    let (reader, mut writer) = pipe().unwrap();
    writer.write_all(bytes).unwrap();
    drop(writer);
    ask(&mut StreamEntry::new(reader))
}

fn shown(pin: &Pin) -> Vec<u8> {
    pin.padded(16, b'.').unwrap().to_vec()
}

#[test]
fn the_first_line_is_the_pin_whatever_ends_it() {
    for bytes in ["12345", "12345\n", "12345\r\n", "12345\r", "12345\nrest\n"] {
        assert_eq!(
            shown(&from(bytes.as_bytes()).unwrap()),
            b"12345...........",
            "{bytes:?}"
        );
    }
    assert_eq!(shown(&from(b" 1\r2\0").unwrap()), b" 1\r2\0...........");
}

#[test]
fn nothing_is_a_pin_without_digits() {
    for bytes in ["", "\n", "\r\n", "\n12345\n"] {
        assert_eq!(from(bytes.as_bytes()).unwrap().length(), 0, "{bytes:?}");
    }
}

#[test]
fn sixteen_characters_are_taken_and_more_are_too_long() {
    assert_eq!(from(b"1234567890123456\r\n").unwrap().length(), 16);
    assert_eq!(from(b"12345678901234567\n").unwrap_err(), EntryError::TooLong);
    assert_eq!(from("è".repeat(9).as_bytes()).unwrap_err(), EntryError::TooLong);
    assert_eq!(from(&[b'1'; 5000]).unwrap_err(), EntryError::TooLong);
    let endless = File::open("/dev/zero").unwrap();
    assert_eq!(
        ask(&mut StreamEntry::new(endless)).unwrap_err(),
        EntryError::TooLong
    );
}

#[test]
fn what_follows_the_line_stays_in_the_stream() {
    let (mut reader, mut writer) = pipe().unwrap();
    writer.write_all(b"12345\nfor somebody else").unwrap();
    drop(writer);
    let mut entry = StreamEntry::new(reader.try_clone().unwrap());
    ask(&mut entry).unwrap();
    let mut rest = String::new();
    reader.read_to_string(&mut rest).unwrap();
    assert_eq!(rest, "for somebody else");
}

#[test]
fn a_writer_that_writes_no_whole_line_is_not_waited_for_without_end() {
    let (reader, mut writer) = pipe().unwrap();
    writer.write_all(b"12").unwrap();
    let mut entry = StreamEntry::new(reader).with_time_limit(Duration::from_millis(1));
    assert_eq!(ask(&mut entry).unwrap_err(), EntryError::TimedOut);
    let mut entry = entry.with_time_limit(Duration::MAX);
    assert!(matches!(ask(&mut entry), Err(EntryError::Unavailable { .. })));
}

#[test]
fn a_descriptor_is_named_by_its_number() {
    let (reader, mut writer) = pipe().unwrap();
    writer.write_all(b"12345\n").unwrap();
    let number = u32::try_from(reader.as_raw_fd()).unwrap();
    assert_eq!(
        ask(&mut StreamEntry::descriptor(number).unwrap())
            .unwrap()
            .length(),
        5
    );

    let mut file = tempfile::tempfile().unwrap();
    file.write_all(b"1234567\n").unwrap();
    file.rewind().unwrap();
    let number = u32::try_from(file.as_raw_fd()).unwrap();
    assert_eq!(
        ask(&mut StreamEntry::descriptor(number).unwrap())
            .unwrap()
            .length(),
        7
    );
}

#[test]
fn a_descriptor_that_cannot_be_read_is_unavailable() {
    assert!(matches!(
        StreamEntry::descriptor(u32::MAX),
        Err(EntryError::Unavailable { .. })
    ));
    let folder = File::open("/").unwrap();
    assert!(matches!(
        ask(&mut StreamEntry::new(folder)),
        Err(EntryError::Unavailable { .. })
    ));
}

#[test]
fn each_question_takes_the_next_line_and_none_is_made_up() {
    let (reader, mut writer) = pipe().unwrap();
    writer.write_all(b"12345\r\n\n54321").unwrap();
    drop(writer);
    let number = u32::try_from(reader.as_raw_fd()).unwrap();
    let mut entry = StreamEntry::descriptor(number).unwrap();
    let lines = [b"12345...........", b"................", b"54321..........."];
    for line in lines {
        assert_eq!(shown(&ask(&mut entry).unwrap()), line);
    }
    for _ in 0..2 {
        let ended = ask(&mut entry).unwrap_err();
        assert_eq!(ended.code(), "entry-unavailable");
    }
}

#[test]
fn a_file_is_read_line_by_line_too() {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(b"12345678\n87654321\n").unwrap();
    let number = u32::try_from(file.as_raw_fd()).unwrap();
    let mut entry = StreamEntry::descriptor(number).unwrap();
    assert_eq!(shown(&ask(&mut entry).unwrap()), b"12345678........");
    assert_eq!(shown(&ask(&mut entry).unwrap()), b"87654321........");
    assert_eq!(ask(&mut entry).unwrap_err().code(), "entry-unavailable");
}

#[test]
fn a_stream_is_scripted() {
    let (reader, _) = pipe().unwrap();
    assert_eq!(StreamEntry::new(reader).attendance(), Attendance::Scripted);
}
