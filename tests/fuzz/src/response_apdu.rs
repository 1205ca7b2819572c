//! R-APDUs and their status words as they come off the link.

use varco_apdu::{ResponseApdu, StatusKind, StatusWord};

/// Data and status word survive; ranges carry their number.
pub fn target(data: &[u8]) {
    let response = match ResponseApdu::parse(data) {
        Ok(response) => response,
        Err(error) => {
            assert!(data.len() < 2 && error.0 == data.len());
            return;
        }
    };
    assert_eq!(response.to_bytes().as_slice(), data);
    let status = response.status();
    assert_eq!(StatusWord::from(u16::from(status)), status);
    match status.kind() {
        StatusKind::Counter { tries_left } => {
            assert!(tries_left <= 15 && status.tries_left() == Some(tries_left));
        }
        StatusKind::MoreData { length_bytes } | StatusKind::CorrectLength { length_bytes } => {
            assert!((1..=256).contains(&length_bytes));
        }
        kind => assert_eq!(status.is_success(), kind == StatusKind::Success),
    }
    assert!(
        format!("{response:?}").len() < 60,
        "a response's Debug holds no data"
    );
}

/// Words with and without data.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    [
        &b"\x90\x00"[..],
        b"6090000000000016\x90\x00",
        b"\x63\xC2",
        b"\x61\x10",
        b"\x6C\x00",
        b"\x6A\x82",
    ]
    .map(<[u8]>::to_vec)
    .to_vec()
}
