//! Tests of SELECT and READ BINARY, by claim.

use varco_apdu::Aid;

use super::*;

const AID: &[u8] = &[0xA0, 0x00, 0x00, 0x05, 0x30];

/// 2F02, 1000/1003 (16 bytes), 1100/1101 (300 bytes), 1100/1102 (PIN), 1100/1103 (never), 1200, 1400/9001/2002.
fn tree() -> FileTree {
    let mut tree = FileTree::new();
    let path = |ids: &[u16]| -> Vec<FileId> { ids.iter().map(|&id| FileId(id)).collect() };
    let numbered = |size: u16| -> Vec<u8> { (0..size).map(|n| n.to_le_bytes()[0]).collect() };
    for (ids, size, read) in [
        (&[0x2F02][..], 4, Access::Always),
        (&[0x1000, 0x1003], 16, Access::Always),
        (&[0x1100, 0x1101], 300, Access::Always),
        (&[0x1100, 0x1102], 4, Access::Pin(0x10)),
        (&[0x1100, 0x1103], 4, Access::Never),
        (&[0x1100, 0x1104], 0, Access::Always),
        (&[0x1400, 0x9001, 0x2002], 4, Access::Always),
    ] {
        tree.add_file(&path(ids), numbered(size), read).unwrap();
    }
    tree.add_directory(&path(&[0x1200]), Some(Aid::new(AID).unwrap()))
        .unwrap();
    tree
}

fn select(position: &mut Position, tree: &FileTree, p1: u8, data: &[u8]) -> Result<u16, u16> {
    position
        .select(tree, p1, data)
        .map(|node| node.id().0)
        .map_err(u16::from)
}

#[test]
fn selection_finds_what_the_standard_says_it_finds() {
    let tree = tree();
    // P1, data, what is then current; one after the other.
    let mut position = Position::default();
    for (p1, data, found) in [
        (0x00, &[0x11, 0x00][..], Ok(0x1100)),
        (0x00, &[0x11, 0x01], Ok(0x1101)),
        (0x00, &[0x11, 0x02], Ok(0x1102)),
        (0x00, &[0x11, 0x00], Ok(0x1100)),
        (0x00, &[0x12, 0x00], Ok(0x1200)),
        (0x00, &[0x11, 0x01], Err(0x6A82)),
        (0x00, &[0x3F, 0x00], Ok(0x3F00)),
        (0x00, &[0x3F, 0x00], Ok(0x3F00)),
        (0x00, &[0x2F, 0x02], Ok(0x2F02)),
        (0x08, &[0x14, 0x00, 0x90, 0x01, 0x20, 0x02], Ok(0x2002)),
        (0x00, &[0x14, 0x00], Ok(0x1400)),
        (0x09, &[0x90, 0x01, 0x20, 0x02], Ok(0x2002)),
        (0x09, &[0x20, 0x02], Ok(0x2002)),
        (0x04, AID, Ok(0x1200)),
        (0x04, &AID[..4], Err(0x6A82)),
        (0x00, &[], Ok(0x3F00)),
    ] {
        assert_eq!(
            select(&mut position, &tree, p1, data),
            found,
            "{p1:02X} {data:02X?}"
        );
    }
}

#[test]
fn failed_selection_keeps_the_current_file() {
    let tree = tree();
    let mut position = Position::default();
    select(&mut position, &tree, 0x08, &[0x11, 0x00, 0x11, 0x01]).unwrap();
    let before = position;
    for (p1, data, status) in [
        (0x00, &[0xDE, 0xAD][..], 0x6A82),
        (0x00, &[0x11], 0x6700),
        (0x00, &[0x11, 0x00, 0x11], 0x6700),
        (0x08, &[0x11, 0x00, 0x11], 0x6700),
        (0x08, &[], 0x6700),
        (0x08, &[0x11, 0x00, 0xDE, 0xAD], 0x6A82),
        (0x08, &[0x11, 0x00, 0x11, 0x01, 0x00, 0x01], 0x6A82),
        (0x08, &[0x3F, 0x00, 0x11, 0x00], 0x6A82),
        (0x09, &[0x12, 0x00], 0x6A82),
        (0x04, &[0xA0, 0x00, 0x00, 0x00, 0x63], 0x6A82),
        (0x04, &[], 0x6A82),
        (0x01, &[0x11, 0x00], 0x6A86),
        (0x03, &[], 0x6A86),
        (0xFF, &[], 0x6A86),
    ] {
        assert_eq!(
            select(&mut position, &tree, p1, data),
            Err(status),
            "{p1:02X} {data:02X?}"
        );
        assert_eq!(position, before);
    }
}

#[test]
fn reading_gives_the_bytes_asked_for_and_says_where_the_file_ends() {
    let tree = tree();
    let mut position = Position::default();
    select(&mut position, &tree, 0x08, &[0x11, 0x00, 0x11, 0x01]).unwrap();
    // Offset, Le, bytes, status for cards that say 9000, status for those that say 6282.
    for (offset, expected, length, success, end_of_file) in [
        (0, 4, 4, 0x9000, 0x9000),
        (0, 255, 255, 0x9000, 0x9000),
        (255, 45, 45, 0x9000, 0x9000),
        (255, 46, 45, 0x9000, 0x6282),
        (299, 255, 1, 0x9000, 0x6282),
        (0, 256, 256, 0x9000, 0x9000),
        (256, 256, 44, 0x9000, 0x9000),
        (0, 65_536, 300, 0x9000, 0x9000),
        (0, 512, 300, 0x9000, 0x6282),
    ] {
        for (habit, status) in [(ShortRead::Success, success), (ShortRead::EndOfFile, end_of_file)] {
            let (bytes, got, read) = position
                .read_binary(&tree, offset, expected, habit, |_| false)
                .unwrap();
            assert_eq!(
                (bytes.len(), u16::from(got)),
                (length, status),
                "{offset} {expected}"
            );
            assert_eq!(bytes[0], offset.to_le_bytes()[0]);
            let file = FileId(0x1101);
            assert_eq!(read, FileRead { file, offset, length });
        }
    }
}

#[test]
fn reading_is_refused_with_the_reason() {
    let tree = tree();
    for (path, offset, verified, status) in [
        (&[0x11, 0x00][..], 0, true, 0x6986),
        (&[0x11, 0x00, 0x11, 0x01], 300, false, 0x6B00),
        (&[0x11, 0x00, 0x11, 0x01], 32_767, false, 0x6B00),
        (&[0x11, 0x00, 0x11, 0x02], 0, false, 0x6982),
        (&[0x11, 0x00, 0x11, 0x02], 9, true, 0x6B00),
        (&[0x11, 0x00, 0x11, 0x03], 0, true, 0x6982),
        (&[0x11, 0x00, 0x11, 0x04], 0, true, 0x6B00),
    ] {
        let mut position = Position::default();
        select(&mut position, &tree, 0x08, path).unwrap();
        let answer = position.read_binary(&tree, offset, 4, ShortRead::Success, |_| verified);
        assert_eq!(
            answer.unwrap_err(),
            StatusWord::from(status),
            "{path:02X?} {offset}"
        );
    }
}

#[test]
fn file_behind_a_pin_is_read_once_its_own_pin_is_verified() {
    let tree = tree();
    let mut position = Position::default();
    select(&mut position, &tree, 0x08, &[0x11, 0x00, 0x11, 0x02]).unwrap();
    let read = |verified: u8| {
        position
            .read_binary(&tree, 0, 4, ShortRead::Success, |pin| pin == verified)
            .map(|(bytes, ..)| bytes.len())
    };
    assert_eq!(read(0x10), Ok(4));
    assert_eq!(read(0x11), Err(StatusWord::SECURITY_STATUS_NOT_SATISFIED));
}
