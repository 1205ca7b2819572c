//! `cargo xtask simulate journeys` and `cargo xtask simulate planted`: journeys with faults, and the bugs that they must find.
//!
//! Not here: the simulation (the library).

use std::process::ExitCode;
use std::time::Instant;

use varco_simulation::journeys::{Fault, Run, Spec, again, run};

const USAGE: &str = "simulate journeys [--count N] [--seed S] [--journey K [--acts N,N] [--faults 'FAULT,FAULT']] [--plant BUG]";
const COUNT_DEFAULT: u64 = 100_000;

/// What was asked for.
struct Asked {
    count: u64,
    seed: u64,
    journey: Option<u64>,
    acts: Option<Vec<u32>>,
    faults: Option<Vec<Fault>>,
    plant: Option<String>,
}

fn main() -> ExitCode {
    let asked = match asked(std::env::args().skip(1)) {
        Ok(asked) => asked,
        Err(why) => {
            eprintln!("{why}\nusage: {USAGE}");
            return ExitCode::from(64);
        }
    };
    let planted = match asked.plant.as_deref().map(plant::one).transpose() {
        Ok(planted) => planted,
        Err(why) => {
            eprintln!("{why}");
            return ExitCode::from(64);
        }
    };
    if asked.plant.is_none() && plant::are_all_wanted() {
        return plant::all(asked.seed, asked.count);
    }
    match asked.journey {
        Some(journey) => one(&asked, journey, planted),
        None => many(&asked, planted),
    }
}

fn one(asked: &Asked, journey: u64, planted: Option<&'static str>) -> ExitCode {
    let spec = Spec {
        seed: asked.seed,
        journey,
        acts: asked.acts.clone(),
        faults: asked.faults.clone(),
    };
    match again(&spec, planted) {
        Ok((ends, told)) => {
            told.iter().for_each(|told| println!("  {told}"));
            print!("{ends}");
            ExitCode::SUCCESS
        }
        Err(broken) => {
            eprintln!("{broken}");
            ExitCode::FAILURE
        }
    }
}

fn many(asked: &Asked, planted: Option<&'static str>) -> ExitCode {
    let begun = Instant::now();
    let ran = run(&Run {
        seed: asked.seed,
        count: asked.count,
        planted,
    });
    let seconds = begun.elapsed().as_secs_f64();
    match ran {
        Ok(ends) => {
            print!("{ends}");
            #[allow(clippy::cast_precision_loss, reason = "a figure for people")]
            let rate = ends.journeys as f64 / seconds.max(0.001);
            println!(
                "seed {}: {seconds:.1} s, {rate:.0} journeys a second; everything holds",
                asked.seed
            );
            ExitCode::SUCCESS
        }
        Err(broken) => {
            eprintln!("{broken}");
            ExitCode::FAILURE
        }
    }
}

fn asked(mut words: impl Iterator<Item = String>) -> Result<Asked, String> {
    let mut asked = Asked {
        count: COUNT_DEFAULT,
        seed: 1,
        journey: None,
        acts: None,
        faults: None,
        plant: None,
    };
    while let Some(word) = words.next() {
        let value = words.next().ok_or_else(|| format!("{word} wants a value"))?;
        let number = || value.parse().map_err(|_| format!("{word}: {value} is no number"));
        match word.as_str() {
            "--count" => asked.count = number()?,
            "--seed" => asked.seed = number()?,
            "--journey" => asked.journey = Some(number()?),
            "--acts" => {
                let acts = value.split(',').filter(|act| !act.is_empty());
                let acts = acts.map(str::parse).collect::<Result<_, _>>();
                asked.acts = Some(acts.map_err(|_| format!("{word}: {value} are no numbers"))?);
            }
            "--faults" => {
                let faults = value.split(',').map(str::trim).filter(|fault| !fault.is_empty());
                asked.faults = Some(faults.map(str::parse).collect::<Result<_, _>>()?);
            }
            "--plant" => asked.plant = Some(value),
            _ => return Err(format!("{word} is not known")),
        }
    }
    if asked.journey.is_none() && (asked.acts.is_some() || asked.faults.is_some()) {
        return Err("--acts and --faults are about one --journey".to_owned());
    }
    Ok(asked)
}

/// Without the feature there is nothing to plant.
#[cfg(not(feature = "planted-bugs"))]
mod plant {
    use std::process::ExitCode;

    pub(super) fn one(_: &str) -> Result<&'static str, String> {
        Err(
            "this program was built without planted bugs: cargo xtask simulate journeys --plant BUG"
                .to_owned(),
        )
    }

    pub(super) fn are_all_wanted() -> bool {
        false
    }

    pub(super) fn all(_: u64, _: u64) -> ExitCode {
        ExitCode::FAILURE
    }
}

/// Bugs on purpose, one after the other.
#[cfg(feature = "planted-bugs")]
mod plant {
    use std::process::ExitCode;
    use std::time::Instant;

    use varco_planted::Bug;
    use varco_simulation::journeys::{Run, run};

    pub(super) fn one(name: &str) -> Result<&'static str, String> {
        let Some(bug) = Bug::named(name) else {
            let names: Vec<&str> = Bug::ALL.iter().map(|bug| bug.name()).collect();
            return Err(format!(
                "no bug has the name {name}: there are {}",
                names.join(", ")
            ));
        };
        varco_planted::plant(Some(bug));
        Ok(bug.name())
    }

    /// With planted bugs built in and none named, all are tried.
    pub(super) fn are_all_wanted() -> bool {
        true
    }

    /// Each must be found; without one, everything must hold.
    pub(super) fn all(seed: u64, count: u64) -> ExitCode {
        let mut is_good = true;
        for bug in Bug::ALL {
            varco_planted::plant(Some(bug));
            let begun = Instant::now();
            let planted = Some(bug.name());
            match run(&Run { seed, count, planted }) {
                Ok(_) => {
                    println!("{}: NOT FOUND in {count} journeys", bug.name());
                    is_good = false;
                }
                Err(broken) => {
                    println!(
                        "{}: found by journey {}, {:.1} s\n{broken}\n",
                        bug.name(),
                        broken.spec.journey,
                        begun.elapsed().as_secs_f64()
                    );
                }
            }
        }
        if is_good {
            println!(
                "all {} planted bugs are found within {count} journeys",
                Bug::ALL.len()
            );
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        }
    }
}
