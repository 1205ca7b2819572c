//! What a recorder writes, and what it must not.
//!
//! Not here: whole logins (`tests/scenario`).

use varco_apdu::ins;
use zeroize::Zeroizing;

use super::*;
use crate::scripted::ScriptedLink;
use crate::{Chaining, GetResponse, LongCommands, PermitScope, PinPermit, Transaction, WAIT_DEFAULT};

fn verify(channel: &mut dyn CardChannel) {
    let verify = CommandApdu::new(0, ins::VERIFY, 0, 0x90)
        .with_secret_data(Zeroizing::new(b"12345\xFF\xFF\xFF".to_vec()));
    let mut permit = PinPermit::issue(PermitScope::TypedValue, ins::VERIFY, 0x90, channel.epoch());
    channel
        .exchange(Request::PinCommand {
            command: &verify,
            permit: &mut permit,
        })
        .unwrap();
}

#[test]
fn public_data_is_shown_and_personal_and_secret_data_never_reaches_the_sink() {
    let atr = Atr::new(&[0x3B, 0x00]).unwrap();
    let mut link = ScriptedLink::new(atr.clone());
    link.expect("00A4080C0411001101", "9000");
    link.expect("00B0000003", "ABCDEF9000");
    link.expect("00B0000003", "ABCDEF9000");
    link.expect("00200090083132333435FFFFFF", "6300");
    let mut sink = Vec::new();
    {
        let transaction = Transaction::begin(&mut link, WAIT_DEFAULT).unwrap();
        let mut trace = Trace::start(ReaderKind::Other, &atr, &mut sink, &|| Duration::from_micros(7));
        let mut recorder = Recorder::new(transaction, &mut trace);
        let select = CommandApdu::new(0, 0xA4, 8, 0x0C).with_data(&[0x11, 0x00, 0x11, 0x01]);
        recorder.send(&select).unwrap();
        let read = CommandApdu::new(0, 0xB0, 0, 0)
            .expecting(3)
            .answering(Sensitivity::Personal);
        recorder.send(&read).unwrap();
        recorder.send(&read).unwrap();
        verify(&mut recorder);
    }
    let text = String::from_utf8(sink).unwrap();
    assert_eq!(text.lines().count(), 9);
    assert!(text.contains(r#""hex":"11001101""#));
    let read = r#"{"event":"response","at_us":7,"data":{"length_bytes":3,"redacted":"personal","label":"personal-1"}"#;
    assert_eq!(text.matches(read).count(), 2, "{text}");
    let first =
        r#"{"event":"connect","format":2,"at_us":7,"capture":"redacted","reader":"other","atr":"3B00"}"#;
    assert!(text.starts_with(first), "{text}");
    assert!(!text.contains("ABCDEF") && !text.contains("3132333435"));
}

#[test]
fn a_card_that_echoes_the_pin_is_not_recorded_doing_so() {
    let atr = Atr::new(&[0x3B, 0x00]).unwrap();
    let mut link = ScriptedLink::new(atr.clone());
    link.expect("00200090083132333435FFFFFF", "31323334359000");
    link.expect("0022F303", "31323334359000");
    link.expect("00CA010000", "31323334359000");
    let mut sink = Vec::new();
    {
        let transaction = Transaction::begin(&mut link, WAIT_DEFAULT).unwrap();
        let mut trace = Trace::start(ReaderKind::Other, &atr, &mut sink, &|| Duration::ZERO);
        let mut recorder = Recorder::new(transaction, &mut trace);
        verify(&mut recorder);
        recorder.send(&CommandApdu::new(0, 0x22, 0xF3, 0x03)).unwrap();
        recorder
            .send(&CommandApdu::new(0, 0xCA, 0x01, 0x00).expecting(256))
            .unwrap();
    }
    let text = String::from_utf8(sink).unwrap();
    assert_eq!(text.lines().count(), 7, "{text}");
    assert!(!text.contains("3132333435"), "{text}");
}

#[test]
fn an_entry_on_a_pin_pad_is_recorded_by_its_header_and_its_end_alone() {
    let atr = Atr::new(&[0x3B, 0x00]).unwrap();
    let mut link = ScriptedLink::new(atr.clone());
    let mut sink = Vec::new();
    {
        let transaction = Transaction::begin(&mut link, WAIT_DEFAULT).unwrap();
        let mut trace = Trace::start(ReaderKind::Other, &atr, &mut sink, &|| Duration::ZERO);
        let mut recorder = Recorder::new(transaction, &mut trace);
        let entry = crate::PadEntry {
            task: crate::PadTask::Verify,
            template: CommandApdu::new(0, ins::VERIFY, 0, 0x90).with_data(&[0xFF; 8]),
            block_bytes: 8,
            length_min: 5,
            length_max: 8,
            timeout_s: 30,
            language: crate::PadLanguage::default(),
        };
        let mut permit = PinPermit::issue(PermitScope::TypedValue, ins::VERIFY, 0x90, recorder.epoch());
        let refused = recorder.exchange(Request::PadEntry {
            entry: &entry,
            permit: &mut permit,
        });
        assert_eq!(refused.unwrap_err(), LinkError::PinPadUnsupported);
    }
    let text = String::from_utf8(sink).unwrap();
    let lines: Vec<&str> = text.lines().skip(1).collect();
    assert_eq!(
        lines,
        [
            r#"{"event":"pad-entry","at_us":0,"name":"VERIFY","header":"00200090"}"#,
            r#"{"event":"no-answer","at_us":0,"code":"pin-pad-unsupported"}"#,
        ]
    );
}

struct Full;
impl Write for Full {
    fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
        Err(std::io::ErrorKind::StorageFull.into())
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_sink_that_fails_does_not_end_the_conversation() {
    let atr = Atr::new(&[0x3B, 0x00]).unwrap();
    let mut link = ScriptedLink::new(atr.clone());
    link.expect("00840000", "9000");
    let mut sink = Full;
    let transaction = Transaction::begin(&mut link, WAIT_DEFAULT).unwrap();
    let mut trace = Trace::start(ReaderKind::Other, &atr, &mut sink, &|| Duration::ZERO);
    let mut recorder = Recorder::new(transaction, &mut trace);
    assert!(
        recorder
            .send(&CommandApdu::new(0, 0x84, 0, 0))
            .unwrap()
            .status()
            .is_success()
    );
}

/// A channel that protects by one byte in front, in parts of two bytes, and fetches a rest.
struct Protecting<C>(C);

impl<C: CardChannel> CardChannel for Protecting<C> {
    fn exchange(&mut self, request: Request<'_>) -> Result<ResponseApdu, LinkError> {
        self.0.meant(Meaning::Command(&request));
        let outcome = match request {
            Request::Command(command) | Request::PinCommand { command, .. } if command.cla() < 0x80 => {
                let data = [&[0xEE][..], command.data()].concat();
                let sent = CommandApdu::new(command.cla() | 0x0C, command.ins(), command.p1(), command.p2())
                    .with_data(&data);
                let mut permit = PinPermit::issue(
                    PermitScope::TypedValue,
                    command.ins(),
                    command.p2(),
                    self.0.epoch(),
                );
                let answer = match command.ins() {
                    ins::VERIFY => self.0.exchange(Request::PinCommand {
                        command: &sent,
                        permit: &mut permit,
                    }),
                    _ => self.0.send(&sent),
                };
                answer.and_then(|answer| match answer.data().split_first() {
                    Some((0xEE, data)) => {
                        Ok(ResponseApdu::new(Zeroizing::new(data.to_vec()), answer.status()))
                    }
                    _ => Err(LinkError::SecureChannel {
                        command: command.name(),
                        status: Some(answer.status()),
                        what: "not protected",
                    }),
                })
            }
            _ => Err(LinkError::PinPadUnsupported),
        };
        self.0.meant(Meaning::Outcome(outcome.as_ref()));
        outcome
    }
    fn limits(&self) -> Limits {
        self.0.limits()
    }
    fn epoch(&self) -> Epoch {
        self.0.epoch()
    }
    fn is_secure(&self) -> bool {
        true
    }
    fn meant(&mut self, meaning: Meaning<'_>) {
        self.0.meant(meaning);
    }
    fn reset(&mut self) -> Result<(), LinkError> {
        self.0.reset()
    }
}

#[test]
fn what_goes_protected_is_recorded_as_it_was_meant_and_what_is_secret_in_it_is_not() {
    let atr = Atr::new(&[0x3B, 0x00]).unwrap();
    let mut link = ScriptedLink::new(atr.clone());
    link.expect("00A4040C", "9000");
    // A chain under protection, and an answer that is fetched.
    link.expect("1C2A00AE03EEC1C2", "EE9000");
    link.expect("0C2A00AE02EEC3", "6102");
    link.expect("00C0000002", "EE019000");
    link.expect("0CB0810001EE", "EE4D415249419000");
    link.expect("0C20008209EE3132333435FFFFFF", "EE3132333435FFFFFF9000");
    link.expect("0CCA010001EE", "EE31323334359000");
    link.expect("0C84000001EE", "6988");
    let mut sink = Vec::new();
    {
        let transaction = Transaction::begin(&mut link, WAIT_DEFAULT).unwrap();
        let mut trace = Trace::start(ReaderKind::Other, &atr, &mut sink, &|| Duration::ZERO);
        let mut clear = GetResponse::new(Recorder::new(transaction, &mut trace));
        clear.send(&CommandApdu::new(0, 0xA4, 4, 0x0C)).unwrap();
        let protecting = Protecting(&mut clear);
        let mut secure = Chaining::new(protecting, LongCommands::Chained).in_parts_of(2);
        let long = CommandApdu::new(0, 0x2A, 0x00, 0xAE).with_data(&[0xC1, 0xC2, 0xC3]);
        let long = long.expecting(256).answering(Sensitivity::Public);
        secure.send(&long).unwrap();
        let read = CommandApdu::new(0, 0xB0, 0x81, 0).expecting(5);
        secure.send(&read.answering(Sensitivity::Personal)).unwrap();
        let verify = CommandApdu::new(0, ins::VERIFY, 0, 0x82)
            .with_secret_data(Zeroizing::new(b"12345\xFF\xFF\xFF".to_vec()));
        let mut permit = PinPermit::issue(PermitScope::TypedValue, ins::VERIFY, 0x82, secure.epoch());
        secure
            .exchange(Request::PinCommand {
                command: &verify,
                permit: &mut permit,
            })
            .unwrap();
        // The card echoes it.
        let ask = CommandApdu::new(0, 0xCA, 0x01, 0x00).expecting(256);
        secure.send(&ask).unwrap();
        let challenge = CommandApdu::new(0, 0x84, 0, 0).expecting(8);
        assert_eq!(secure.send(&challenge).unwrap_err().code(), "secure-channel");
        // What cannot be protected does not leave, and is not said.
        assert!(secure.send(&CommandApdu::new(0x80, 0x84, 0, 0)).is_err());
    }
    let text = String::from_utf8(sink).unwrap();
    let lines: Vec<&str> = text.lines().skip(3).collect();
    let expected = [
        r#"{"event":"command","at_us":0,"name":"PERFORM SECURITY OPERATION","header":"002A00AE","data":{"length_bytes":3,"hex":"C1C2C3"},"expected":256,"secured":true}"#,
        r#"{"event":"response","at_us":0,"data":{"length_bytes":1,"hex":"01"},"status":"9000"}"#,
        r#"{"event":"command","at_us":0,"name":"READ BINARY","header":"00B08100","data":{"length_bytes":0,"hex":""},"expected":5,"secured":true}"#,
        r#"{"event":"response","at_us":0,"data":{"length_bytes":5,"redacted":"personal","label":"personal-1"},"status":"9000"}"#,
        r#"{"event":"command","at_us":0,"name":"VERIFY","header":"00200082","data":{"length_bytes":8,"redacted":"secret"},"expected":null,"secured":true}"#,
        r#"{"event":"response","at_us":0,"data":{"length_bytes":8,"redacted":"secret"},"status":"9000"}"#,
        r#"{"event":"command","at_us":0,"name":"GET DATA","header":"00CA0100","data":{"length_bytes":0,"hex":""},"expected":256,"secured":true}"#,
        r#"{"event":"response","at_us":0,"data":{"length_bytes":5,"redacted":"secret"},"status":"9000"}"#,
        r#"{"event":"command","at_us":0,"name":"GET CHALLENGE","header":"00840000","data":{"length_bytes":0,"hex":""},"expected":8,"secured":true}"#,
        r#"{"event":"no-answer","at_us":0,"code":"secure-channel","status":"6988"}"#,
    ];
    assert_eq!(lines, expected, "{text}");
}
