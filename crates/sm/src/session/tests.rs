//! Protection and opening, held against the worked values of the sheet and of ICAO 9303-11.

use super::*;

fn bytes(hex: &str) -> Vec<u8> {
    let digits: Vec<u8> = hex
        .chars()
        .map(|c| u8::try_from(c.to_digit(16).unwrap()).unwrap())
        .collect();
    digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect()
}

fn answer(hex: &str) -> ResponseApdu {
    ResponseApdu::parse(&bytes(hex)).unwrap()
}

fn wire(command: &CommandApdu) -> Vec<u8> {
    command
        .encode(if command.fits_short() {
            varco_apdu::LengthForm::Short
        } else {
            varco_apdu::LengthForm::Extended
        })
        .unwrap()
        .to_vec()
}

/// The session of the sheet: secret 00 01 .. FF, counter 1 [cie §3.6].
fn session() -> Session {
    let secret: Vec<u8> = (0..=255).collect();
    Session::new(SessionKeys::from_shared_secret(&secret), 1)
}

#[test]
fn the_worked_values_of_the_sheet_come_out_byte_for_byte() {
    let mut session = session();
    let steps = [
        (
            CommandApdu::new(0, 0x22, 0x81, 0xB6)
                .with_data(&bytes("800141830184"))
                .expecting(256),
            "0C2281B618870901F5CFEBE9570FD6FF9701008E0887C9A9853EAB270000",
            "990290008E086DDD6702023F1F879000",
            ("9000", ""),
        ),
        (
            CommandApdu::new(0, 0x84, 0, 0).expecting(8),
            "0C8400000D9701088E0820F396AD8183084C00",
            "871101DA6347917893509AB7B6D66CFACD221F990290008E08930650C230E16EFB9000",
            ("9000", "0102030405060708"),
        ),
        (
            CommandApdu::new(0, 0x20, 0, 0x81).with_secret_data(Zeroizing::new(b"12345678".to_vec())),
            "0C2000811D871101C0C020864CCCE390B9B0B11267FF1A978E081D1FFAB37DFAA59600",
            "990263C28E08EA512C9E78164E0D9000",
            ("63C2", ""),
        ),
    ];
    for (command, protected, raw, (status, data)) in steps {
        assert_eq!(wire(&session.protect(&command).unwrap()), bytes(protected));
        let opened = session.open(&answer(raw)).unwrap();
        assert_eq!(
            (opened.status().to_string(), opened.data()),
            (status.to_owned(), &bytes(data)[..])
        );
    }
    let counter = CommandApdu::new(0, 0xCB, 0x3F, 0xFF).with_data(&bytes("4D087006BF810102A080"));
    assert_eq!(
        wire(&session.protect(&counter).unwrap()),
        bytes("0CCB3FFF1C851079C228FC5287C178D72116EC1A0F716F8E08B4DA7CDEB4A7C78D00")
    );
}

#[derive(serde::Deserialize)]
#[expect(non_snake_case, reason = "the names of the public file")]
struct Vectors {
    BAC: Bac,
}

#[derive(serde::Deserialize)]
#[expect(non_snake_case, reason = "the names of the public file")]
struct Bac {
    KS_enc: String,
    KS_mac: String,
    SSC0: String,
    secure_messaging: Vec<Step>,
}

#[derive(serde::Deserialize)]
struct Step {
    step: String,
    protected_capdu: String,
    protected_rapdu: String,
    plain_response: String,
}

#[test]
fn the_worked_example_of_icao_9303_comes_out_byte_for_byte() {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../fixtures/vectors/icao9303/worked_examples.json"
    );
    let vectors: Vectors = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let example = vectors.BAC;
    let key = |hex: &str| Zeroizing::new(<[u8; 16]>::try_from(bytes(hex)).unwrap());
    let counter = u64::from_be_bytes(bytes(&example.SSC0).try_into().unwrap());
    let keys = SessionKeys::new(key(&example.KS_enc), key(&example.KS_mac));
    let mut session = Session::new(keys, counter);
    let commands = [
        CommandApdu::new(0, 0xA4, 0x02, 0x0C).with_data(&[0x01, 0x1E]),
        CommandApdu::new(0, 0xB0, 0, 0).expecting(4),
        CommandApdu::new(0, 0xB0, 0, 4).expecting(18),
    ];
    assert_eq!(example.secure_messaging.len(), commands.len());
    for (command, step) in commands.iter().zip(&example.secure_messaging) {
        let protected = session.protect(command).unwrap();
        assert_eq!(wire(&protected), bytes(&step.protected_capdu), "{}", step.step);
        let opened = session.open(&answer(&step.protected_rapdu)).unwrap();
        assert_eq!(opened.data(), bytes(&step.plain_response), "{}", step.step);
    }
}

/// What the second exchange of the sheet is answered, and the session that waits for it.
fn waiting() -> (Session, Vec<u8>) {
    let mut session = session();
    session.counter = 4;
    (
        session,
        bytes("871101DA6347917893509AB7B6D66CFACD221F990290008E08930650C230E16EFB9000"),
    )
}

#[test]
fn no_changed_byte_passes() {
    let (mut session, raw) = waiting();
    assert!(session.open(&ResponseApdu::parse(&raw).unwrap()).is_ok());
    for at in 0..raw.len() {
        for bit in 0..8 {
            let (mut session, mut raw) = waiting();
            raw[at] ^= 1 << bit;
            let opened = session.open(&ResponseApdu::parse(&raw).unwrap());
            assert!(opened.is_err(), "byte {at}, bit {bit}");
        }
    }
    for cut in 0..raw.len() - 2 {
        let (mut session, raw) = waiting();
        let cut = [&raw[..cut], &[0x90, 0x00]].concat();
        assert!(session.open(&ResponseApdu::parse(&cut).unwrap()).is_err());
    }
}

#[test]
fn an_answer_out_of_order_or_of_another_session_does_not_pass() {
    let (mut session, raw) = waiting();
    let replayed = ResponseApdu::parse(&raw).unwrap();
    session.open(&replayed).unwrap();
    assert_eq!(session.open(&replayed).err(), Some(SessionFault::Mac));
    let mut other = Session::new(SessionKeys::from_shared_secret(b"another"), 4);
    assert_eq!(other.open(&replayed).err(), Some(SessionFault::Mac));
    let (mut session, _) = waiting();
    assert_eq!(
        session.open(&answer("9000")).err(),
        Some(SessionFault::Unprotected)
    );
}

/// An answer made with the right keys, whatever its objects.
fn authentic(session: &Session, objects: &str, outside: &str) -> ResponseApdu {
    let objects = bytes(objects);
    let message = [&(session.counter + 1).to_be_bytes()[..], &objects].concat();
    let mac = session.keys.authenticate(&message);
    let raw = [&objects[..], &[0x8E, 8], &mac, &bytes(outside)].concat();
    ResponseApdu::parse(&raw).unwrap()
}

#[test]
fn authentic_answers_of_another_form_are_refused() {
    let cryptogram = "871101DA6347917893509AB7B6D66CFACD221F";
    for (objects, outside, expected) in [
        ("99029000".to_owned(), "9000", None),
        (format!("99029000{cryptogram}"), "9000", None),
        ("99026282".to_owned(), "6282", None),
        ("99026282".to_owned(), "9000", None),
        ("99029000".to_owned(), "6282", Some(SessionFault::Status)),
        ("99026A82".to_owned(), "6982", Some(SessionFault::Status)),
        (String::new(), "9000", Some(SessionFault::Malformed)),
        ("9901900000".to_owned(), "9000", Some(SessionFault::Malformed)),
        (
            "9902900099029000".to_owned(),
            "9000",
            Some(SessionFault::Malformed),
        ),
        (
            format!("{cryptogram}{cryptogram}99029000"),
            "9000",
            Some(SessionFault::Malformed),
        ),
        (cryptogram.to_owned(), "9000", Some(SessionFault::Malformed)),
        ("8101FF99029000".to_owned(), "9000", Some(SessionFault::Malformed)),
        ("87110299029000".to_owned(), "9000", Some(SessionFault::Malformed)),
        ("870099029000".to_owned(), "9000", Some(SessionFault::Malformed)),
        (
            "87010199029000".to_owned(),
            "9000",
            Some(SessionFault::Cryptogram),
        ),
        (
            "87080101020304050699029000".to_owned(),
            "9000",
            Some(SessionFault::Malformed),
        ),
        (
            "8709020102030405060708".to_owned() + "99029000",
            "9000",
            Some(SessionFault::Malformed),
        ),
        (
            "8709010102030405060708".to_owned() + "99029000",
            "9000",
            Some(SessionFault::Cryptogram),
        ),
    ] {
        let (mut session, _) = waiting();
        let raw = authentic(&session, &objects, outside);
        assert_eq!(session.open(&raw).err(), expected, "{objects} {outside}");
    }
}

#[test]
fn long_commands_are_protected_in_extended_form_and_the_longest_short_one_in_short_form() {
    let command = |data: usize| CommandApdu::new(0, 0x2A, 0, 0xAE).with_data(&vec![0x5A; data]);
    let longest = session()
        .protect(&command(crate::channel::SHORT_PART_BYTES).expecting(256))
        .unwrap();
    assert!(longest.fits_short());
    assert_eq!(longest.data().len(), 249);
    let longer = session().protect(&command(354)).unwrap();
    assert_eq!(
        (longer.expected(), longer.data()[0..2].to_vec()),
        (Some(65_536), vec![0x87, 0x82])
    );
    let reading = session()
        .protect(&CommandApdu::new(0, 0xB0, 0, 0).expecting(2_000))
        .unwrap();
    assert_eq!(reading.data()[..4], [0x97, 0x02, 0x07, 0xD0]);
    assert_eq!(reading.expected(), Some(65_536));
}

#[test]
fn a_command_of_another_class_is_not_protected() {
    for class in [0x0C, 0x04, 0x80, 0xFF, 0x01] {
        let command = CommandApdu::new(class, 0xB0, 0, 0);
        assert_eq!(session().protect(&command).unwrap_err(), SessionFault::Command);
    }
    let chained = CommandApdu::new(0x10, 0x2A, 0, 0xAE).with_data(&[1]);
    assert_eq!(session().protect(&chained).unwrap().cla(), 0x1C);
}

#[test]
fn marks_of_a_command_are_kept_but_for_repetition() {
    let secret = CommandApdu::new(0, 0x20, 0, 0x81)
        .with_secret_data(Zeroizing::new(vec![1]))
        .answering(Sensitivity::Personal)
        .repeatable();
    let protected = session().protect(&secret).unwrap();
    assert_eq!(protected.command_sensitivity(), Sensitivity::Secret);
    assert_eq!(protected.response_sensitivity(), Sensitivity::Personal);
    assert_eq!(protected.repeat(), varco_apdu::Repeat::Never);
}
