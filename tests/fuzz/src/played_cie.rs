//! The played CIE against any sequence of commands and losses of power, in clear and through a channel.
//!
//! Not here: its profile (`cie_profile`), and a driver that talks to it (`identity_card`).

use std::cell::RefCell;

use varco_apdu::{CommandApdu, LengthForm, ResponseApdu, tlv};
use varco_card::{
    CardChannel, Epoch, ExtendedLength, GetResponse, Limits, LinkError, LongCommands, PinPad, Protocol,
    Request,
};
use varco_emulator::{CardState, PlayedCard};
use varco_pki::rsa_public_key;
use varco_sm::{Group, RootKey, RsaPublicKey, SecureMessaging, Strength, Terms, authenticate};
use varco_virtual_cie::{Profile, VirtualCie};
use zeroize::Zeroizing;

use crate::card_numbers::root_template;
use crate::fixtures;
use crate::input::Input;

/// Short commands; extended length; one try left; an agreed secret that is no secret.
const CARDS: [&str; 4] = ["cie-nxp", "cie-gemalto2", "cie-last-try", "cie-dh-one"];
const REFERENCES: [u8; 2] = [0x81, 0x82];
/// An agreement and a signature each cost some milliseconds.
const COMMANDS_MAX: usize = 48;

struct Fresh {
    card: RefCell<VirtualCie>,
    state: CardState,
    group: Group,
    root: RootKey,
    device_key: RsaPublicKey,
}

thread_local! {
    static PLAYED: [Fresh; 4] = CARDS.map(fresh);
}

fn fresh(name: &str) -> Fresh {
    let file = |file: &str| fixtures::read(&format!("cards/{name}/{file}.bin"));
    let (modulus, exponent) = rsa_public_key(&file("ef-1004")).unwrap();
    let card = Profile::builtin(name).unwrap().into_card();
    let [p, q, g] = ["dh-p", "dh-q", "dh-g"].map(file);
    Fresh {
        state: card.snapshot(),
        card: RefCell::new(card),
        group: Group::new(&p, &q, &g, Strength::SPECIFIED).unwrap(),
        root: RootKey::read(&tlv::read(&root_template(name)).unwrap()[0]).unwrap(),
        device_key: RsaPublicKey::new(&modulus, &exponent).unwrap(),
    }
}

/// Any command gets a status word; in clear no PIN is ever tried, and through a channel a counter rises only after the
/// right value was said.
///
/// The first byte chooses the card, and with its highest bit a channel to begin with. Then each byte below 80 is the
/// length of a command that follows; others are commands by number, or a switch of the power.
pub fn target(data: &[u8]) {
    PLAYED.with(|cards| {
        let mut input = Input::new(data);
        let first = input.byte();
        let fresh = &cards[usize::from(first & 0x7F) % cards.len()];
        fresh.card.borrow_mut().restore(&fresh.state).unwrap();
        fresh.card.borrow_mut().power_on();
        if first & 0x80 != 0
            && let Some(mut channel) = open(fresh)
        {
            speak(&mut channel, &fresh.card, &mut input);
        }
        let card = &mut *fresh.card.borrow_mut();
        for _ in 0..COMMANDS_MAX {
            match input.next() {
                None => break,
                Some(0xFF) => card.power_on(),
                Some(0xFE) => card.reset(),
                Some(0xFD) => {
                    card.power_off();
                    assert!(card.process(&[0x00, 0xB0, 0x00, 0x00, 0x00]).response.is_empty());
                    card.power_on();
                }
                Some(choice) => exchange(card, chosen(choice, &mut input)),
            }
        }
    });
}

fn chosen<'d>(choice: u8, input: &mut Input<'d>) -> &'d [u8] {
    match choice {
        length @ 0..0x80 => input.take(length.into()),
        number => COMMANDS[usize::from(number) % COMMANDS.len()],
    }
}

fn exchange(card: &mut VirtualCie, command: &[u8]) {
    let before = card.snapshot();
    let response = ResponseApdu::parse(&card.process(command).response).unwrap();
    assert!(response.data().len() <= 65_536);
    assert_eq!(card.snapshot(), before, "a PIN that was tried in clear");
}

/// A link to the card that changes nothing and refuses nothing: what the guard above a reader would hold back passes.
struct Direct<'c>(&'c RefCell<VirtualCie>);

impl CardChannel for Direct<'_> {
    fn exchange(&mut self, request: Request<'_>) -> Result<ResponseApdu, LinkError> {
        let Request::Command(command) = request else {
            panic!("no permit is given here: {request:?}");
        };
        let form = match command.fits_short() {
            true => LengthForm::Short,
            false => LengthForm::Extended,
        };
        let answer = self.0.borrow_mut().process(&command.encode(form).unwrap());
        Ok(ResponseApdu::parse(&answer.response).unwrap())
    }
    fn limits(&self) -> Limits {
        Limits {
            extended_length: ExtendedLength::Supported,
            pin_pad: PinPad::Absent,
            protocol: Protocol::Apdu,
        }
    }
    fn epoch(&self) -> Epoch {
        Epoch::default()
    }
    fn reset(&mut self) -> Result<(), LinkError> {
        self.0.borrow_mut().reset();
        Ok(())
    }
}

type Channel<'c> = SecureMessaging<GetResponse<Direct<'c>>>;

/// As a terminal opens it; `None` to the card that agrees on no secret.
fn open(fresh: &Fresh) -> Option<Channel<'_>> {
    let terms = Terms {
        group: &fresh.group,
        root: &fresh.root,
        device_key: &fresh.device_key,
        long_commands: LongCommands::Chained,
        answer_bytes: 256,
    };
    let channel = GetResponse::new(Direct(&fresh.card));
    authenticate(channel, terms, Zeroizing::new([9; 32])).ok()
}

/// Goes on until the channel closes, the power is switched, or nothing is left to say.
fn speak(channel: &mut Channel<'_>, card: &RefCell<VirtualCie>, input: &mut Input<'_>) {
    // All that was said under protection.
    let mut said = Vec::new();
    for _ in 0..COMMANDS_MAX {
        let command = match input.next() {
            None | Some(0xFD..) => return,
            Some(choice) => chosen(choice, input),
        };
        let Ok((command, _)) = CommandApdu::parse(command) else {
            continue;
        };
        let before = card.borrow().snapshot();
        said.extend_from_slice(command.data());
        let answer = channel.send(&command);
        check_counters(&before, &card.borrow().snapshot(), &said);
        match answer {
            Ok(answer) => assert!(answer.data().len() <= 65_536),
            Err(_) => {
                assert!(channel.is_closed());
                return;
            }
        }
    }
}

fn check_counters(before: &CardState, after: &CardState, said: &[u8]) {
    for reference in REFERENCES {
        let (was, is) = (
            before.tries_left(reference).unwrap(),
            after.tries_left(reference).unwrap(),
        );
        assert!(is + 1 >= was, "one command costs one try at most");
        if is > was {
            let is_right = |block: &[u8; 8]| said.windows(8).any(|window| window == block);
            assert!(
                before.pins().iter().any(|pin| is_right(&pin.block)),
                "{reference:02X}: {was} to {is}"
            );
            // The PUK has nothing above it: once blocked it stays so.
            assert!(was > 0 || reference == REFERENCES[0]);
        }
    }
}

/// Commands near those that a CIE has, so that a byte gets past the dispatch.
const COMMANDS: [&[u8]; 32] = [
    b"\x00\xA4\x04\x0C\x06\xA0\x00\x00\x00\x00\x39",
    b"\x00\xA4\x04\x00\x0D\xA0\x00\x00\x00\x30\x80\x00\x00\x00\x09\x81\x60\x01\x00",
    b"\x00\xA4\x00\x0C\x02\x3F\x00",
    b"\x00\xA4\x02\x00\x02\x10\x03\x00",
    b"\x00\xB0\x81\x00\x0C",
    b"\x00\xB0\x83\x00\xE7",
    b"\x00\xB0\x86\x00\x00",
    b"\x00\xB0\x00\xE7\xE7",
    b"\x00\xB0\x86\x00\x00\x0B\x40",
    b"\x00\xB1\x00\x06\x00\x00\x04\x54\x02\x00\x10\x0B\x40",
    b"\x00\xB1\x00\x00\x03\x54\x01\x05\x00",
    b"\x00\xC0\x00\x00\x00",
    b"\x00\xCB\x3F\xFF\x0A\x4D\x08\x70\x06\xBF\xA1\x01\x02\xA3\x80\x00",
    b"\x00\xCB\x3F\xFF\x0C\x4D\x0A\x70\x08\xBF\xA1\x01\x04\xA3\x02\x98\x00\x00",
    b"\x00\xCB\x3F\xFF\x0B\x4D\x09\x70\x07\xBF\xA0\x04\x03\x7F\x49\x80\x00",
    b"\x00\xCB\x3F\xFF\x0A\x4D\x08\x70\x06\xBF\x81\x01\x02\xA0\x80\x00",
    b"\x00\x22\x41\xA6\x0A\x80\x01\x9B\x83\x01\x81\x91\x02\x01\x07",
    b"\x00\xCB\x3F\xFF\x06\x4D\x04\xA6\x02\x91\x00\x00",
    b"\x00\x22\x81\xB6\x06\x80\x01\x41\x83\x01\x84",
    b"\x10\x2A\x00\xAE\x04\x7F\x21\x01\x00",
    b"\x00\x2A\x00\xAE\x04\x7F\x21\x01\x00",
    b"\x00\x84\x00\x00\x08",
    b"\x00\x82\x00\x00\x09\x20\x00\x00\x00\x00\x00\x00\x01\x00",
    b"\x00\x22\x41\xA4\x06\x80\x01\x02\x84\x01\x83",
    b"\x00\x22\x41\xA4\x06\x80\x01\x02\x84\x01\x81",
    b"\x00\x88\x00\x00\x02\x30\x31\x00",
    b"\x00\x20\x00\x81\x0812345678",
    b"\x00\x20\x00\x81\x0899999999",
    b"\x00\x20\x00\x82\x0887654321",
    b"\x00\x24\x00\x81\x0811112222",
    b"\x00\x2C\x02\x81\x0833334444",
    b"\x00\x2C\x03\x81",
];

/// Every command alone, in clear and through a channel; a login, a blocking, an unblocking; what ends a channel.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    let number = |index: u8| 0x80 + index;
    let numbered: Vec<u8> = (0..COMMANDS.len() as u8).map(number).collect();
    let raw = |index: usize| [&[COMMANDS[index].len() as u8][..], COMMANDS[index]].concat();
    let all: Vec<u8> = (0..COMMANDS.len()).flat_map(raw).collect();
    let through = |card: u8, commands: &[u8]| {
        let commands: Vec<u8> = commands.iter().map(|index| number(*index)).collect();
        [&[0x80 | card], &commands[..]].concat()
    };
    vec![
        [&[0][..], &numbered].concat(),
        [&[1][..], &all, &[0xFD, 0xFE, 0xFF]].concat(),
        [&[3][..], &[number(16), number(17)], &raw(26)].concat(),
        // What neither agrees anew nor selects.
        through(0, &[4, 6, 7, 10, 12, 13, 14, 15, 18, 19, 20, 21, 22, 23, 25]),
        through(1, &[15, 26, 15, 5, 7, 8, 9, 24, 25, 25]),
        through(0, &[27, 15, 27, 27, 26, 15, 28, 31, 15, 26]),
        through(2, &[27, 26, 28, 30, 15, 26]),
        [&through(1, &[26, 29])[..], b"\x0D\x00\x20\x00\x81\x0811112222"].concat(),
        through(0, &[26, 16, 17, 26, 5]),
        [&through(0, &[0, 4, 1, 26])[..], &[0xFF], &raw(26)].concat(),
        through(3, &[26]),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn through_the_channel_a_pin_is_right_or_costs_a_try() {
        let fresh = fresh("cie-nxp");
        fresh.card.borrow_mut().power_on();
        let mut channel = open(&fresh).unwrap();
        let mut send = |index: usize| {
            let (command, _) = CommandApdu::parse(COMMANDS[index]).unwrap();
            channel.send(&command).unwrap().status().to_string()
        };
        assert_eq!([27, 26, 24, 25].map(&mut send), ["63C2", "9000", "9000", "9000"]);
        drop(channel);
        assert_eq!(fresh.card.borrow().snapshot(), fresh.state);
    }
}
