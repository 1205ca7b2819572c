//! The played CNS against any sequence of commands and losses of power.

use std::cell::RefCell;

use varco_apdu::ResponseApdu;
use varco_emulator::{CardState, PlayedCard};
use varco_virtual_cns::{Profile, VirtualCns};

use crate::input::Input;

/// One that chains and one that does neither that nor extended length; wrong PINs are told in both ways.
const CARDS: [&str; 2] = ["cns-st", "cns-athena"];
/// References of PIN and PUK, without search bit.
const REFERENCES: [u8; 2] = [0x10, 0x11];

struct Fresh {
    card: VirtualCns,
    state: CardState,
}

thread_local! {
    static PLAYED: RefCell<[Fresh; 2]> = RefCell::new(CARDS.map(|name| {
        let card = Profile::builtin(name).unwrap().into_card();
        Fresh { state: card.snapshot(), card }
    }));
}

/// Any command gets a status word, and a counter rises only by a command that holds the right value.
///
/// The first byte chooses the card. Then each byte below 80 is the length of a command that follows; others are
/// commands by number, or a switch of the power.
pub fn target(data: &[u8]) {
    PLAYED.with_borrow_mut(|cards| {
        let mut input = Input::new(data);
        let Fresh { card, state } = &mut cards[usize::from(input.byte() & 1)];
        card.restore(state).unwrap();
        card.power_on();
        // What the present chain has carried so far, the last command included.
        let mut carried = Vec::new();
        while let Some(choice) = input.next() {
            match choice {
                0xFF => card.power_on(),
                0xFE => card.reset(),
                0xFD => {
                    card.power_off();
                    assert!(card.process(&[0x00, 0xB0, 0x00, 0x00, 0x00]).response.is_empty());
                    card.power_on();
                }
                length @ 0..0x80 => exchange(card, input.take(length.into()), &mut carried),
                number => exchange(card, COMMANDS[usize::from(number) % COMMANDS.len()], &mut carried),
            }
        }
    });
}

fn exchange(card: &mut VirtualCns, command: &[u8], carried: &mut Vec<u8>) {
    let before = card.snapshot();
    carried.extend_from_slice(command.get(5..).unwrap_or_default());
    let response = ResponseApdu::parse(&card.process(command).response).unwrap();
    assert!(response.data().len() <= 65_536);
    let after = card.snapshot();
    for reference in REFERENCES {
        let (was, is) = (
            before.tries_left(reference).unwrap(),
            after.tries_left(reference).unwrap(),
        );
        assert!(is + 1 >= was, "one command costs one try at most");
        if is > was {
            assert!(response.status().is_success());
            assert!(
                holds_a_right_value(&before, carried),
                "{reference:02X}: {was} to {is}"
            );
            // The PUK has nothing above it: once blocked it stays so.
            assert!(was > 0 || reference == REFERENCES[0]);
        }
    }
    if command.first().is_some_and(|cla| cla & 0x10 == 0) {
        carried.clear();
    }
}

fn holds_a_right_value(state: &CardState, carried: &[u8]) -> bool {
    let pins = CARDS.iter().find_map(|name| state.pins_of(name).ok()).unwrap();
    pins.iter()
        .any(|pin| carried.windows(pin.block.len()).any(|window| window == pin.block))
}

/// Commands near those that a CNS has, so that a byte gets past the dispatch.
const COMMANDS: [&[u8]; 21] = [
    b"\x00\xA4\x08\x0C\x04\x11\x00\x11\x01",
    b"\x00\xA4\x00\x00\x02\x11\x00\x00",
    b"\x00\xA4\x08\x00\x04\x11\x00\x11\x02\x00",
    b"\x00\xB0\x00\x00\x00",
    b"\x00\xB0\x00\x00\x00\x00\x00",
    b"\x00\xC0\x00\x00\x00",
    b"\x00\x20\x00\x90",
    b"\x00\x20\x00\x90\x0812345\xFF\xFF\xFF",
    b"\x00\x20\x00\x10\x0812345\xFF\xFF\xFF",
    b"\x00\x20\x00\x90\x0899999\xFF\xFF\xFF",
    b"\x00\x20\x00\x91\x0899999999",
    b"\x00\x24\x00\x90\x1012345\xFF\xFF\xFF54321\xFF\xFF\xFF",
    b"\x00\x2C\x00\x90\x101234567812345\xFF\xFF\xFF",
    b"\x00\x2C\x00\x90\x109999999912345\xFF\xFF\xFF",
    b"\x10\x20\x00\x90\x0412345",
    b"\x00\x20\x00\x90\x04\xFF\xFF\xFF",
    b"\x00\x22\xF3\x03\x00",
    b"\x00\x22\xF1\xB8\x03\x83\x01\x01",
    b"\x00\x2A\x80\x86\x02\x00\x00\x00",
    b"\x10\x2A\x80\x86\x02\x00\x00",
    b"\x00\xCA\x01\x00\x00",
];

/// Every command alone, a login, an unblocking, a blocking, and a chained value.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    let numbered: Vec<u8> = (0xA8..0xA8 + COMMANDS.len() as u8).collect();
    let raw = |command: &[u8]| [&[command.len() as u8][..], command].concat();
    vec![
        [&[0][..], &numbered].concat(),
        [&[1][..], &numbered].concat(),
        [
            vec![0],
            COMMANDS.iter().flat_map(|command| raw(command)).collect(),
        ]
        .concat(),
        [
            vec![0],
            raw(COMMANDS[9]).repeat(4),
            raw(COMMANDS[12]),
            raw(COMMANDS[7]),
        ]
        .concat(),
        [vec![1], raw(COMMANDS[10]).repeat(12), vec![0xFD, 0xFE, 0xFF]].concat(),
    ]
}
