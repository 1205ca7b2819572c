//! What a command costs through libnfc alone and through `varco-nfcd`, in turn in one run; and how long a login with an
//! identity card takes on a link at its usual speed, beside the sum of its bytes.
//!
//! `cargo xtask bench nfc`. Not here: claims; nothing fails by being slow.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a bench")]

use core::time::Duration;
use std::time::Instant;

use nfc1::{BaudRate, Context, Device, Modulation, ModulationType, Timeout};
use varco::played::pn532::{CardType, LinkSpeed};
use varco::steps::{Disposition, ReaderDriver as _, ReaderName};
use varco_apdu::{Atr, CommandApdu, StatusWord};
use varco_emulator::{CardOs, CardState, Emulated, LinkHabits, Reply, StateError};
use varco_scenario::identity::{PIN, card, code, options};
use varco_scenario::nfc::Field;
use zeroize::Zeroizing;

const ROUNDS: usize = 25;
const COMMANDS: u32 = 200;
/// What a frame adds to an APDU of at most 250 bytes: its own seven, direction, code, and target or status.
const FRAME_BYTES: usize = 10;
const ACK_BYTES: usize = 6;

/// A card that answers as many bytes as P2 says.
struct Answers;

impl CardOs for Answers {
    fn execute(&mut self, command: &CommandApdu) -> Reply {
        Reply::data(
            Zeroizing::new(vec![0x5A; command.p2().into()]),
            StatusWord::SUCCESS,
        )
    }
    fn reset(&mut self) {}
    fn snapshot(&self) -> CardState {
        CardState::new("answers", Vec::new())
    }
    fn restore(&mut self, _: &CardState) -> Result<(), StateError> {
        Ok(())
    }
}

fn answering() -> Field {
    let atr = Atr::new(&[0x3B, 0x80, 0x80, 0x01, 0x01]).unwrap();
    Field::with(
        Box::new(Emulated::new(atr, LinkHabits::default(), Answers)),
        CardType::A,
    )
}

fn median(mut times: Vec<Duration>) -> f64 {
    times.sort();
    times[times.len() / 2].as_secs_f64() * 1e6 / f64::from(COMMANDS)
}

fn bare(context: &mut Context, field: &Field) -> Device {
    let mut device = context.open_with_connstring(&field.connection()).unwrap();
    device.initiator_init().unwrap();
    let modulation = Modulation {
        modulation_type: ModulationType::Iso14443a,
        baud_rate: BaudRate::Baud106,
    };
    device.initiator_select_passive_target(&modulation).unwrap();
    device
}

fn commands(context: &mut Context, answer_bytes: u8) {
    let (near, far) = (answering(), answering());
    let mut device = bare(context, &near);
    let name = ReaderName::new(&format!("nfc:{}", far.connection()));
    let mut link = far.readers().connect(&name, Duration::ZERO).unwrap();
    let command = [0x00, 0xB0, 0x00, answer_bytes, 0x00];
    let (mut alone, mut apart) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let begun = Instant::now();
        for _ in 0..COMMANDS {
            let timeout = Timeout::Duration(Duration::from_secs(5));
            device.initiator_transceive_bytes(&command, 264, timeout).unwrap();
        }
        alone.push(begun.elapsed());
        let begun = Instant::now();
        for _ in 0..COMMANDS {
            link.transmit(&command).unwrap();
        }
        apart.push(begun.elapsed());
    }
    link.close(Disposition::Leave).unwrap();
    let (alone, apart) = (median(alone), median(apart));
    println!(
        "answer of {answer_bytes:>3} bytes   libnfc alone {alone:>7.1} us   through varco-nfcd {apart:>7.1} us   {:>+6.1} us",
        apart - alone
    );
}

fn login(profile: &str, card_type: CardType) {
    let options = options();
    let begun = |field: &Field| {
        let begun = Instant::now();
        let report = field.login(&options, PIN).unwrap();
        assert_eq!(code(&report), "identified");
        begun.elapsed()
    };
    let quick = begun(&Field::with(card(profile), card_type));
    let speed = LinkSpeed::USUAL;
    let field = Field::at_speed(card(profile), card_type, speed);
    let slow = begun(&field);
    let sum: Duration = field.control.with_card(|card| {
        let events = card.log().events();
        events
            .map(|event| {
                let line = event.command_bytes + event.answer_bytes + 2 * FRAME_BYTES + ACK_BYTES;
                speed.on_line(line) + speed.in_air(event.command_bytes) + speed.in_air(event.answer_bytes)
            })
            .sum()
    });
    println!(
        "{profile:<14} {card_type:?}   no link time {:>5.0} ms   115,200 baud and 106 kbit/s {:>5.0} ms   sum of its bytes {:>5.0} ms",
        quick.as_secs_f64() * 1e3,
        slow.as_secs_f64() * 1e3,
        sum.as_secs_f64() * 1e3,
    );
}

fn main() {
    let mut context = Context::new().unwrap();
    println!("One command, median of {ROUNDS} rounds of {COMMANDS}:");
    for answer_bytes in [8, 100, 253] {
        commands(&mut context, answer_bytes);
    }
    println!("One login, everything included (the port opened twice):");
    for profile in ["cie-nxp", "cie-gemalto"] {
        for card_type in [CardType::A, CardType::B] {
            login(profile, card_type);
        }
    }
}
