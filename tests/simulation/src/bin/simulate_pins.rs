//! `cargo xtask simulate pins`: the full run, with counts of what happened.
//!
//! Not here: the simulation (the library).

use std::process::ExitCode;
use std::time::Instant;

use varco_simulation::{Kind, Run, run};

const USAGE: &str = "simulate pins [--steps N] [--cie-steps N] [--seed S] [--world cns:W|cie:W]";
const STEPS_DEFAULT: u64 = 1_000_000;
const CIE_STEPS_DEFAULT: u64 = 10_000;

fn main() -> ExitCode {
    let Some(runs) = runs(std::env::args().skip(1)) else {
        eprintln!("usage: {USAGE}");
        return ExitCode::from(64);
    };
    for asked in runs {
        println!("{:?}, seed {}", asked.kind, asked.seed);
        let begun = Instant::now();
        match run(asked) {
            Ok((steps, tally)) => {
                let seconds = begun.elapsed().as_secs_f64();
                #[allow(clippy::cast_precision_loss, reason = "a figure for people")]
                let rate = steps as f64 / seconds.max(0.001);
                print!("{tally}");
                println!("{steps} steps in {seconds:.1} s, {rate:.0} a second\n");
            }
            Err(failure) => {
                eprintln!("{failure}");
                return ExitCode::FAILURE;
            }
        }
    }
    ExitCode::SUCCESS
}

fn runs(mut words: impl Iterator<Item = String>) -> Option<Vec<Run>> {
    let (mut steps, mut cie_steps, mut seed, mut world) = (STEPS_DEFAULT, CIE_STEPS_DEFAULT, 1, None);
    while let Some(word) = words.next() {
        let value = words.next()?;
        match word.as_str() {
            "--steps" => steps = value.parse().ok()?,
            "--cie-steps" => cie_steps = value.parse().ok()?,
            "--seed" => seed = value.parse().ok()?,
            "--world" => {
                let (kind, number) = value.split_once(':')?;
                let kind = match kind {
                    "cns" => Kind::Cns,
                    "cie" => Kind::Cie,
                    _ => return None,
                };
                world = Some((kind, number.parse().ok()?));
            }
            _ => return None,
        }
    }
    let of = |kind, steps| Run {
        kind,
        seed,
        steps,
        world: None,
    };
    Some(match world {
        Some((kind, number)) => vec![Run {
            world: Some(number),
            ..of(kind, 0)
        }],
        None => vec![of(Kind::Cns, steps), of(Kind::Cie, cie_steps)],
    })
}
