//! Tests of the reader by the messages that libccid sends it, by claim.

use proptest::prelude::*;
use varco_emulator::{EntryEnd, KeypadEvent};
use varco_virtual_cns::Profile;

use super::*;

/// A reader with a card, and a host that counts its messages.
struct Rig {
    reader: Dialogue,
    card: Box<dyn PlayedCard>,
    insertion: u64,
    is_in: bool,
    sequence: u8,
}

impl Rig {
    fn new(profile: &str, model: Model) -> Self {
        Self {
            reader: Dialogue::new(model),
            card: Box::new(Profile::builtin(profile).unwrap().into_card()),
            insertion: 1,
            is_in: true,
            sequence: 0,
        }
    }

    /// The status, the error and the data of the answer.
    fn say_to(&mut self, slot: u8, kind: u8, specific: [u8; 3], data: &[u8]) -> (u8, u8, Vec<u8>) {
        self.sequence = self.sequence.wrapping_add(1);
        let mut message = vec![kind];
        message.extend(u32::try_from(data.len()).unwrap().to_le_bytes());
        message.extend([slot, self.sequence]);
        message.extend(specific);
        message.extend(data);
        let card = self.is_in.then_some(&mut self.card as &mut dyn PlayedCard);
        let said = self.reader.say(&frame(&message), card, self.insertion);
        let echoed = frame(&echo(&message));
        let moved = usize::from(said[0] == 0x50) * 2;
        let answer = said[moved..].strip_prefix(echoed.as_slice()).unwrap();
        assert_eq!(answer[2 + 6], self.sequence);
        (answer[9], answer[10], answer[12..answer.len() - 1].to_vec())
    }

    fn say(&mut self, kind: u8, specific: [u8; 3], data: &[u8]) -> (u8, u8, Vec<u8>) {
        self.say_to(0, kind, specific, data)
    }

    fn power_on(&mut self) -> Vec<u8> {
        let (status, _, atr) = self.say(0x62, [1, 0, 0], &[]);
        assert_eq!(status, 0);
        atr
    }

    /// As libccid does before the first command by T=1.
    fn begin_t1(&mut self) {
        self.power_on();
        let pps = [0xFF, 0x11, 0x18, 0xF6];
        assert_eq!(self.say(0x6F, [0, 0, 0], &pps), (0, 0, pps.to_vec()));
        let parameters = [0x18, 0x10, 0xFF, 0x55, 0x00, 0xFE, 0x00];
        assert_eq!(
            self.say(0x61, [1, 0, 0], &parameters),
            (0, 0, parameters.to_vec())
        );
        let (status, _, block) = self.say(0x6F, [0, 0, 0], &[0, 0xC1, 1, 0xFE, 0x3E]);
        assert_eq!((status, block), (0, vec![0, 0xE1, 1, 0xFE, 0x1E]));
    }

    fn secure(&mut self, apdu: &[u8], entries: &[&str]) -> (u8, u8, Vec<u8>) {
        self.reader.entries = entries.iter().map(|entry| Entry::parse(entry).unwrap()).collect();
        let head = [0, 30, 0x82, 0x08, 0, 8, 5, 2, 1, 9, 4, 0, 0, 0, 13];
        self.say(0x69, [0, 0, 0], &[&head[..], apdu].concat())
    }

    fn keypad(&mut self) -> Vec<KeypadEvent> {
        let events = core::mem::take(&mut self.reader.events);
        let keypad = |event| match event {
            SlotEvent::Keypad(event) => Some(event),
            _ => None,
        };
        events.into_iter().filter_map(keypad).collect()
    }
}

const VERIFY: &[u8] = b"\x00\x20\x00\x90\x08\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF";

#[test]
fn power_comes_and_goes_with_the_card() {
    let mut rig = Rig::new("cns-st", Model::PinPad);
    assert_eq!(rig.say(0x65, [0; 3], &[]).0, 0x01);
    let atr = rig.card.atr().as_bytes().to_vec();
    assert_eq!(rig.power_on(), atr);
    assert_eq!(rig.say(0x65, [0; 3], &[]).0, 0x00);
    assert_eq!(rig.power_on(), atr);
    assert_eq!(rig.say(0x63, [0; 3], &[]).0, 0x01);
    assert_eq!(rig.say(0x6F, [0; 3], &[0, 0, 0, 0]), (0x41, 0xFE, vec![]));
    assert_eq!(rig.say(0x62, [4, 0, 0], &[]), (0x41, 0x07, vec![]));
    rig.power_on();
    // Another card in its place is one without power.
    rig.insertion += 1;
    assert_eq!(rig.say(0x65, [0; 3], &[]).0, 0x01);
    rig.is_in = false;
    for kind in [0x62, 0x6F, 0x69, 0x6C] {
        assert_eq!(rig.say(kind, [0; 3], &[0]), (0x42, 0xFE, vec![]));
    }
    assert_eq!(rig.say(0x65, [0; 3], &[]).0, 0x02);
    use SlotEvent::{PowerOff, PowerOn, Reset};
    assert_eq!(rig.reader.events, [PowerOn, Reset, PowerOff, PowerOn]);
}

#[test]
fn what_is_unknown_or_wrong_is_refused_as_the_class_says() {
    let mut rig = Rig::new("cns-st", Model::PinPad);
    assert_eq!(rig.say(0x6A, [0; 3], &[]), (0x41, 0x00, vec![]));
    assert_eq!(rig.say(0x00, [0; 3], &[]), (0x41, 0x00, vec![]));
    assert_eq!(rig.say_to(1, 0x65, [0; 3], &[]).1, 0x05);
    rig.power_on();
    assert_eq!(rig.say(0x6F, [0; 3], &[]), (0x40, 0x01, vec![]));
    assert_eq!(rig.say(0x6F, [0, 1, 0], &[0]), (0x40, 0x08, vec![]));
    assert_eq!(rig.say(0x61, [0, 0, 0], &[0; 5]), (0x40, 0x07, vec![]));
    assert_eq!(rig.say(0x61, [1, 0, 0], &[0; 5]), (0x40, 0x01, vec![]));
    assert_eq!(
        rig.say(0x6C, [0; 3], &[]),
        (0, 0, vec![0x18, 0x10, 0, 0x4D, 0, 0xFE, 0])
    );
    assert_eq!(rig.say(0x6B, [0; 3], &[0x99]), (0x40, 0x0A, vec![]));
    assert_eq!(rig.say(0x6B, [0; 3], &[0x02]).2, b"varco-virtual-ccid");
    // A PPS for a protocol that the card has not.
    rig.power_on();
    assert_eq!(
        rig.say(0x6F, [0; 3], &[0xFF, 0x10, 0x18, 0xF7]),
        (0x40, 0xFE, vec![])
    );
}

#[test]
fn a_pin_is_verified_over_t1_and_nothing_of_it_shows() {
    let mut rig = Rig::new("cns-st", Model::PinPad);
    rig.begin_t1();
    let (status, _, block) = rig.secure(VERIFY, &["9<12345"]);
    assert_eq!((status, block), (0, vec![0, 0, 2, 0x90, 0x00, 0x92]));
    assert!(!format!("{:?}", rig.reader.events).contains("12345"));
    let asked = KeypadEvent::Asked {
        of: varco_emulator::EntryOf::Pin,
        digits_min: 5,
        digits_max: 8,
        timeout_s: 30,
        message: Some(0),
    };
    assert_eq!(rig.keypad(), [asked, KeypadEvent::Ended(EntryEnd::Typed)]);
    assert_eq!(
        asked.to_string(),
        "entry asked: pin, min 5 max 8, timeout 30 s, message 0"
    );
}

#[test]
fn an_entry_that_ends_otherwise_never_reaches_the_card() {
    let mut rig = Rig::new("cns-st", Model::PinPad);
    rig.begin_t1();
    let before = rig.card.log().total();
    assert_eq!(rig.secure(VERIFY, &["cancel"]), (0x40, 0xEF, vec![]));
    assert_eq!(rig.secure(VERIFY, &["timeout"]), (0x40, 0xF0, vec![]));
    assert_eq!(rig.secure(VERIFY, &[]), (0x40, 0xF0, vec![]));
    assert_eq!(rig.secure(VERIFY, &["1234"]), (0, 0, vec![0x64, 0x03]));
    assert_eq!(rig.card.log().total(), before);
    // Nor has it spent a sequence number.
    assert_eq!(rig.secure(VERIFY, &["12345"]).2[3..5], [0x90, 0x00]);
}

#[test]
fn a_pin_is_verified_over_t0() {
    let mut rig = Rig::new("cns-t0", Model::PinPad);
    rig.power_on();
    assert_eq!(rig.say(0x61, [0, 0, 0], &[0x11, 0, 0, 10, 0]).0, 0);
    assert_eq!(rig.secure(VERIFY, &["99999"]).2, [0x63, 0xC2]);
    assert_eq!(rig.secure(VERIFY, &["12345"]).2, [0x90, 0x00]);
    // SELECT gives its answer by GET RESPONSE.
    let (_, _, more) = rig.say(0x6F, [0; 3], &[0, 0xA4, 0, 0, 2, 0x3F, 0]);
    assert_eq!(more[0], 0x61);
    let (_, _, fci) = rig.say(0x6F, [0; 3], &[0, 0xC0, 0, 0, more[1]]);
    assert_eq!((fci[0], fci.len()), (0x6F, usize::from(more[1]) + 2));
    assert_eq!(
        rig.say(0x6F, [0; 3], &[0, 0xA4, 0, 0, 2, 0x3F, 0, 0]),
        (0x40, 0x01, vec![])
    );
}

#[test]
fn a_block_that_is_none_for_one_command_is_refused() {
    let mut rig = Rig::new("cns-st", Model::PinPad);
    rig.begin_t1();
    let mut structure = vec![0, 30, 0x82, 0x08, 0, 8, 5, 2, 1, 9, 4, 0, 0, 0x20, 13];
    structure.extend(VERIFY);
    assert_eq!(rig.say(0x69, [0; 3], &structure), (0x40, 22, vec![]));
}

#[test]
fn a_reader_without_a_keypad_or_with_a_broken_one_asks_nobody() {
    let mut plain = Rig::new("cns-st", Model::Plain);
    plain.begin_t1();
    assert_eq!(plain.secure(VERIFY, &["12345"]), (0x40, 0x00, vec![]));
    let mut rig = Rig::new("cns-st", Model::PinPad);
    rig.begin_t1();
    rig.reader.fault = Some(PadFault::Missing);
    assert_eq!(rig.secure(VERIFY, &["12345"]), (0x40, 0x00, vec![]));
    rig.reader.fault = Some(PadFault::Garbage(vec![1, 2, 3]));
    assert_eq!(rig.secure(VERIFY, &["12345"]), (0, 0, vec![1, 2, 3]));
    assert!(rig.keypad().is_empty() && rig.reader.entries.len() == 1);
}

#[test]
fn a_card_that_moved_is_told_before_the_answer() {
    let mut rig = Rig::new("cns-st", Model::PinPad);
    let status = frame(&[0x65, 0, 0, 0, 0, 0, 1, 0, 0, 0]);
    assert_eq!(rig.reader.say(&status, None, 1)[..2], [0x50, 0x02]);
    assert_eq!(rig.reader.say(&status, None, 1)[0], 0x03);
    assert_eq!(
        rig.reader.say(&status, Some(&mut *rig.card), 2)[..2],
        [0x50, 0x03]
    );
}

#[test]
fn the_last_answer_comes_again_when_it_was_not_understood() {
    let mut rig = Rig::new("cns-st", Model::PinPad);
    rig.power_on();
    let again = rig.reader.say(&NAK, Some(&mut *rig.card), 1);
    assert!(again.windows(3).any(|bytes| bytes == b"CNS"));
}

proptest! {
    #[test]
    fn any_bytes_and_any_messages_are_survived(
        pieces: Vec<Vec<u8>>,
        messages in proptest::collection::vec((0x60_u8..0x74, any::<[u8; 3]>(), proptest::collection::vec(any::<u8>(), 0..60)), 0..30),
    ) {
        let mut rig = Rig::new("cns-t0", Model::PinPad);
        rig.power_on();
        for (kind, specific, data) in &messages {
            rig.reader.entries.push_back(Entry::typed("12345").unwrap());
            rig.say(*kind, *specific, data);
        }
        for piece in &pieces {
            rig.reader.say(piece, Some(&mut *rig.card), 1);
        }
    }
}
