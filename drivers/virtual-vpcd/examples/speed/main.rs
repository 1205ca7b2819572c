//! How fast a played card answers: in process, and through pcscd and vpcd beside a card that does nothing at all. Prints one
//! line of JSON; `cargo xtask bench emulator` makes a table of it.
//!
//! Not here: what a card says (`virtual-cns`), and the card that does nothing (`null_card`).

mod null_card;
mod through_pcscd;

use std::error::Error;
use std::hint::black_box;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use varco_emulator::PlayedCard;
use varco_virtual_cns::Profile;

type Outcome<T> = Result<T, Box<dyn Error>>;

const PROFILE: &str = "cns-st";
const ROUNDS: usize = 31;
const BATCH: u32 = 20_000;

/// What is said again and again: a name, what goes before, the command, and how many bytes of answer come with 9000.
type Said = (&'static str, &'static [&'static [u8]], &'static [u8], usize);
pub(crate) const PLAIN: [Said; 4] = [
    (
        "SELECT, no answer",
        &[],
        &[0x00, 0xA4, 0x00, 0x0C, 0x02, 0x3F, 0x00],
        0,
    ),
    (
        "SELECT, FCI",
        &[],
        &[0x00, 0xA4, 0x08, 0x00, 0x04, 0x11, 0x00, 0x11, 0x02, 0x00],
        0,
    ),
    (
        "READ BINARY, 16 bytes",
        &[EF_PERSONAL],
        &[0x00, 0xB0, 0x00, 0x00, 0x10],
        16,
    ),
    (
        "READ BINARY, 252 bytes",
        &[EF_PERSONAL],
        &[0x00, 0xB0, 0x00, 0x00, 0xFC],
        252,
    ),
];
/// EF.Dati_personali by path [cns §4].
const EF_PERSONAL: &[u8] = &[0x00, 0xA4, 0x08, 0x0C, 0x04, 0x11, 0x00, 0x11, 0x02];

fn main() -> Outcome<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let told = match arguments
        .iter()
        .map(String::as_str)
        .collect::<Vec<_>>()
        .as_slice()
    {
        [] => json!({
            "profile": PROFILE,
            "rounds": ROUNDS,
            "batch": BATCH,
            "in_process": in_process()?,
            "through_pcscd": through_pcscd::start()?,
        }),
        ["pinned"] => through_pcscd::pinned()?,
        ["inside", ports @ ..] => through_pcscd::inside(ports)?,
        _ => return Err("no argument is needed".into()),
    };
    println!("{told}");
    Ok(())
}

fn in_process() -> Outcome<Vec<Value>> {
    let mut card = Profile::builtin(PROFILE)?.into_card();
    let mut measures = Vec::new();
    for (name, before, command, answer_bytes) in PLAIN {
        card.power_on();
        for command in before {
            said(&mut card, command, 0)?;
        }
        let length = said(&mut card, command, answer_bytes)?;
        let mut rounds: Vec<f64> = (0..ROUNDS).map(|_| rate(&mut card, command)).collect();
        rounds.sort_by(f64::total_cmp);
        measures.push(json!({
            "what": name,
            "answer_bytes": length,
            "per_s_median": middle(&rounds),
            "per_s_least": rounds.first(),
        }));
    }
    Ok(measures)
}

fn rate(card: &mut dyn PlayedCard, command: &[u8]) -> f64 {
    let began = Instant::now();
    for _ in 0..BATCH {
        black_box(card.process(black_box(command)));
    }
    f64::from(BATCH) / began.elapsed().as_secs_f64()
}

/// A measure of refusals would be a measure of something else.
fn said(card: &mut dyn PlayedCard, command: &[u8], answer_bytes: usize) -> Outcome<usize> {
    let response = card.process(command).response;
    if response.ends_with(&[0x90, 0x00]) && response.len() >= answer_bytes + 2 {
        Ok(response.len())
    } else {
        Err(format!("{command:02X?} was answered {:02X?}", response.as_slice()).into())
    }
}

pub(crate) fn middle(sorted: &[f64]) -> Option<f64> {
    sorted.get(sorted.len() / 2).copied()
}

pub(crate) fn microseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}
