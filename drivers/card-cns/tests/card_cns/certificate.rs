//! Claims about reading the certificate: what it costs, what is never read, and how it fails.

use varco_card::ExtendedLength;
use varco_credential::CardError;

use crate::script::{ATHENA, ST_1_1, ST_2021, Script, hex};

const SELECT: &str = "00A4080C0411001101";

/// DER of this total length, no two neighbouring bytes of its content equal.
fn der(total: usize) -> Vec<u8> {
    let mut der = if total < 260 {
        vec![0x30, 0x81, u8::try_from(total - 3).unwrap()]
    } else {
        let [high, low] = u16::try_from(total - 4).unwrap().to_be_bytes();
        vec![0x30, 0x82, high, low]
    };
    der.extend((der.len()..total).map(|at| u8::try_from(at % 251).unwrap()));
    der
}

/// READ BINARY of so many bytes from an offset, in the form they need.
fn read(offset: usize, length: usize) -> String {
    if length <= 256 {
        format!("00B0{offset:04X}{:02X}", length % 256)
    } else {
        format!("00B0{offset:04X}00{length:04X}")
    }
}

/// Reads with a script of these blocks: offset, bytes asked for, answer.
fn run(atr: &str, reader: ExtendedLength, blocks: &[(usize, usize, String)]) -> Result<Vec<u8>, CardError> {
    let mut script = Script::new(atr, reader);
    script.expect(SELECT, "9000");
    for (offset, length, answer) in blocks {
        script.expect(read(*offset, *length), answer);
    }
    script.run(|card, channel| card.read_certificate(channel))
}

fn ok(bytes: &[u8]) -> String {
    format!("{}9000", hex(bytes))
}

fn unreadable(outcome: Result<Vec<u8>, CardError>) -> &'static str {
    match outcome.unwrap_err() {
        CardError::CertificateUnreadable { what } => what,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_certificate_of_1400_bytes_costs_a_select_and_six_short_reads() {
    let certificate = der(1400);
    let mut blocks: Vec<_> = (0..5)
        .map(|n| (n * 256, 256, ok(&certificate[n * 256..(n + 1) * 256])))
        .collect();
    blocks.push((1280, 120, ok(&certificate[1280..])));
    for (atr, reader) in [
        (ST_1_1, ExtendedLength::Unknown),
        (ST_1_1, ExtendedLength::Unsupported),
        (ST_2021, ExtendedLength::Unsupported),
        (ATHENA, ExtendedLength::Supported),
    ] {
        assert_eq!(run(atr, reader, &blocks).unwrap(), certificate);
    }
}

#[test]
fn with_extended_length_it_costs_a_select_and_two_reads() {
    let certificate = der(1400);
    let blocks = [
        (0, 256, ok(&certificate[..256])),
        (256, 1144, ok(&certificate[256..])),
    ];
    for (atr, reader) in [
        (ST_1_1, ExtendedLength::Supported),
        (ST_2021, ExtendedLength::Supported),
        (ST_2021, ExtendedLength::Unknown),
    ] {
        assert_eq!(run(atr, reader, &blocks).unwrap(), certificate);
    }
}

#[test]
fn a_card_that_refuses_a_long_read_gets_short_ones_for_the_rest() {
    let certificate = der(520);
    let blocks = [
        (0, 256, ok(&certificate[..256])),
        (256, 264, "6700".to_owned()),
        (256, 256, ok(&certificate[256..512])),
        (512, 8, ok(&certificate[512..])),
    ];
    assert_eq!(
        run(ST_2021, ExtendedLength::Supported, &blocks).unwrap(),
        certificate
    );
    // A short one that is refused is not tried again.
    let refused = run(ST_2021, ExtendedLength::Supported, &[(0, 256, "6700".to_owned())]);
    assert_eq!(refused.unwrap_err().code(), "card-status");
}

#[test]
fn what_follows_a_short_certificate_in_its_first_block_is_dropped() {
    let mut block = der(200);
    block.resize(256, 0);
    assert_eq!(
        run(ST_1_1, ExtendedLength::Unknown, &[(0, 256, ok(&block))]).unwrap(),
        der(200)
    );
    // A file shorter than the block, in both words that cards use for it.
    for word in ["9000", "6282"] {
        let answer = format!("{}{word}", hex(&der(200)));
        assert_eq!(
            run(ST_1_1, ExtendedLength::Unknown, &[(0, 256, answer)]).unwrap(),
            der(200)
        );
    }
}

#[test]
fn short_answers_go_on_where_they_ended() {
    let certificate = der(300);
    let blocks = [
        (0, 256, ok(&certificate[..3])),
        (3, 256, ok(&certificate[3..100])),
        (100, 200, ok(&certificate[100..299])),
        (299, 1, format!("{}9001", hex(&certificate[299..]))),
    ];
    assert_eq!(
        run(ST_1_1, ExtendedLength::Unknown, &blocks).unwrap(),
        certificate
    );
}

#[test]
fn a_corrected_length_is_taken() {
    let certificate = der(200);
    let mut script = Script::st();
    script.expect(SELECT, "9000");
    script.expect("00B0000000", "6CC8");
    script.expect("00B00000C8", ok(&certificate));
    let outcome = script.run(|card, channel| card.read_certificate(channel));
    assert_eq!(outcome.unwrap(), certificate);
}

#[test]
fn no_file_an_empty_file_and_a_blank_file_are_no_certificate() {
    let mut script = Script::st();
    script.expect(SELECT, "6A82");
    let outcome = script.run(|card, channel| card.read_certificate(channel));
    assert_eq!(outcome.unwrap_err(), CardError::CertificateAbsent);
    for answer in [
        ok(&[0x00; 256]),
        ok(&[0xFF; 256]),
        "6B00".to_owned(),
        "6282".to_owned(),
    ] {
        let outcome = run(ST_1_1, ExtendedLength::Unknown, &[(0, 256, answer)]);
        assert_eq!(outcome.unwrap_err(), CardError::CertificateAbsent);
    }
}

#[test]
fn a_file_that_ends_before_its_certificate_is_cut_short() {
    let certificate = der(600);
    for end in ["6282", "6B00"] {
        let blocks = [
            (0, 256, ok(&certificate[..256])),
            (256, 256, format!("{}6282", hex(&certificate[256..400]))),
            (400, 200, end.to_owned()),
        ];
        assert_eq!(
            unreadable(run(ST_1_1, ExtendedLength::Unknown, &blocks)),
            "it is cut short"
        );
    }
}

#[test]
fn what_is_not_der_is_named() {
    for (start, what) in [
        (
            [0x5A, 0x82, 0x05, 0x00],
            "it is in a compressed container of Bit4id, which is not supported",
        ),
        (
            [0x7A, 0x82, 0x05, 0x00],
            "it is in a compressed container of Bit4id, which is not supported",
        ),
        ([0x78, 0x9C, 0x05, 0x00], "its compressed form is damaged"),
        ([0x78, 0x9D, 0x05, 0x00], "it is not DER"),
        ([0x30, 0x82, 0x3F, 0xFD], "it is longer than 16 KiB"),
        ([0x30, 0x84, 0xFF, 0xFF], "it is longer than 16 KiB"),
        ([0x30, 0x82, 0x00, 0xFF], "it is not DER"),
        ([0x30, 0x81, 0x7F, 0x00], "it is not DER"),
        ([0x30, 0x80, 0x02, 0x01], "it is not DER"),
        ([0x00, 0x04, 0x00, 0x00], "it is not DER"),
    ] {
        let mut block = start.to_vec();
        block.resize(256, 0xA5);
        let outcome = run(ST_1_1, ExtendedLength::Unknown, &[(0, 256, ok(&block))]);
        assert_eq!(unreadable(outcome), what);
    }
}

#[test]
fn the_largest_certificate_is_read_below_offset_4000() {
    let certificate = der(16_384);
    let blocks: Vec<_> = (0..64)
        .map(|n| (n * 256, 256, ok(&certificate[n * 256..(n + 1) * 256])))
        .collect();
    assert_eq!(
        run(ST_1_1, ExtendedLength::Unknown, &blocks).unwrap(),
        certificate
    );
}

#[test]
fn a_card_that_gives_byte_by_byte_is_stopped_after_80_reads() {
    let certificate = der(4096);
    let blocks: Vec<_> = (0..80)
        .map(|at| {
            let asked = if at < 4 { 256 } else { (4096 - at).min(256) };
            (at, asked, ok(&certificate[at..=at]))
        })
        .collect();
    assert_eq!(
        unreadable(run(ST_1_1, ExtendedLength::Unknown, &blocks)),
        "it never ends"
    );
}

#[test]
fn a_card_that_says_done_and_gives_nothing_is_stopped_at_once() {
    let nothing = run(ST_1_1, ExtendedLength::Unknown, &[(0, 256, "9000".into())]);
    assert_eq!(nothing.unwrap_err(), CardError::CertificateAbsent);
    let certificate = der(600);
    let then_nothing = [(0, 256, ok(&certificate[..256])), (256, 256, "9000".to_owned())];
    assert_eq!(
        unreadable(run(ST_1_1, ExtendedLength::Unknown, &then_nothing)),
        "it is cut short"
    );
}

#[test]
fn more_bytes_than_asked_for_are_refused() {
    let certificate = der(600);
    let greedy = run(
        ST_1_1,
        ExtendedLength::Unknown,
        &[(0, 256, ok(&certificate[..257]))],
    );
    assert_eq!(greedy.unwrap_err().code(), "card-misbehaved");
    let past_the_end = [
        (0, 256, ok(&certificate[..256])),
        (256, 256, ok(&certificate[256..512])),
        (512, 88, ok(&[0xA5; 89])),
    ];
    let greedy = run(ST_1_1, ExtendedLength::Unknown, &past_the_end);
    assert_eq!(greedy.unwrap_err().code(), "card-misbehaved");
}

#[test]
fn other_refusals_keep_command_file_and_status_word() {
    let refused = run(ST_1_1, ExtendedLength::Unknown, &[(0, 256, "6982".to_owned())]);
    assert_eq!(
        refused.unwrap_err().to_string(),
        "the card answered 6982 to READ BINARY (EF.C_Carta)"
    );
    let mut script = Script::st();
    script.expect(SELECT, "6E00");
    let refused = script.run(|card, channel| card.read_certificate(channel));
    assert_eq!(
        refused.unwrap_err().to_string(),
        "the card answered 6E00 to SELECT (EF.C_Carta)"
    );
}
