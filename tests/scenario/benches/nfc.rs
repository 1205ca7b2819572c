//! What a command costs through libnfc alone and through `varco-nfcd`, in turn in one run; and how long a login with an
//! identity card takes on a link at its usual speed, beside the sum of its bytes.
//!
//! `cargo xtask bench nfc`. Not here: claims; nothing fails by being slow.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a bench")]

use core::time::Duration;
use std::time::Instant;

use nfc1::{BaudRate, Context, Device, Modulation, ModulationType, Timeout};
use varco::played::pn532::{CardType, LinkSpeed};
use varco::steps::{Disposition, ReaderDriver as _};
use varco_scenario::identity::{PIN, card, code, options};
use varco_scenario::nfc::Field;

const ROUNDS: usize = 25;
const COMMANDS: u32 = 200;
/// What a frame adds to an APDU of at most 250 bytes: its own seven, direction, code, and target or status.
const FRAME_BYTES: usize = 10;
const ACK_BYTES: usize = 6;

fn median(mut times: Vec<Duration>) -> f64 {
    times.sort();
    times[times.len() / 2].as_secs_f64() * 1e6 / f64::from(COMMANDS)
}

fn bare(context: &mut Context, field: &Field) -> Device {
    let mut device = context.open_with_connstring(field.connection().as_str()).unwrap();
    device.initiator_init().unwrap();
    let modulation = Modulation {
        modulation_type: ModulationType::Iso14443a,
        baud_rate: BaudRate::Baud106,
    };
    device.initiator_select_passive_target(&modulation).unwrap();
    device
}

fn commands(context: &mut Context, answer_bytes: u8) {
    let (near, far) = (Field::answering(), Field::answering());
    let mut device = bare(context, &near);
    let mut link = far.readers().connect(&far.name(), Duration::ZERO).unwrap();
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
    let timed = |field: &Field| {
        let begun = Instant::now();
        let report = field.login(&options, PIN).unwrap();
        assert_eq!(code(&report), "identified");
        (begun.elapsed(), report.exchanges)
    };
    let (quick, _) = timed(&Field::with(card(profile), card_type));
    let speed = LinkSpeed::USUAL;
    let field = Field::at_speed(card(profile), card_type, speed);
    let (slow, exchanges) = timed(&field);
    let sum: Duration = field.control.with_card(|card| {
        let events = card.log().events();
        events
            .map(|event| {
                let line = event.command_bytes + event.answer_bytes + 2 * FRAME_BYTES + ACK_BYTES;
                speed.on_line(line) + speed.in_air(event.command_bytes) + speed.in_air(event.answer_bytes)
            })
            .sum()
    });
    // A login opens the port twice: to see what is there, and to use it.
    let begun = Instant::now();
    for _ in 0..2 {
        field.readers().readers().unwrap();
    }
    let opening = begun.elapsed();
    let [quick, slow, sum, opening] = [quick, slow, sum, opening].map(|time| time.as_secs_f64() * 1e3);
    println!("{profile:<12} {card_type:?}   {exchanges} exchanges");
    println!("  without link time                  {quick:>6.0} ms");
    println!("  at 115,200 baud and 106 kbit/s     {slow:>6.0} ms");
    println!("  the sum of its bytes there         {sum:>6.0} ms");
    println!("  opening the port twice there       {opening:>6.0} ms");
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
