//! `cargo xtask simulate journeys` and `cargo xtask simulate planted`: journeys with faults, and the bugs that they must find.
//!
//! Not here: the simulation (the library).

use std::process::ExitCode;
use std::time::Instant;

use varco_simulation::journeys::{Fault, JOURNEY_MAX, Run, Spec, again, run, set_patience};

const USAGE: &str = "simulate journeys [--count N] [--seed S] [--journey K [--acts N,N] [--faults 'FAULT,FAULT']] [--plant BUG] [--patience SECONDS]
       simulate planted [--count N] [--seed S]";
const COUNT_DEFAULT: u64 = 100_000;

/// What was asked for.
struct Asked {
    count: u64,
    seed: u64,
    journey: Option<u64>,
    acts: Option<Vec<u32>>,
    faults: Option<Vec<Fault>>,
    plant: Option<String>,
    patience_s: Option<u64>,
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
    if let Some(seconds) = asked.patience_s {
        set_patience(seconds);
    }
    if asked.plant.is_none() && plant::are_all_wanted() {
        if asked.journey.is_some() {
            eprintln!("--journey wants --plant BUG where bugs are planted\nusage: {USAGE}");
            return ExitCode::from(64);
        }
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
        wanted: None,
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
        patience_s: None,
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
            "--patience" => asked.patience_s = Some(number()?),
            _ => return Err(format!("{word} is not known")),
        }
    }
    if asked.journey.is_some_and(|journey| journey > JOURNEY_MAX) {
        return Err(format!("there is no journey beyond {JOURNEY_MAX}"));
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
    use std::process::{Command, ExitCode};
    use std::time::Instant;

    use varco_planted::Bug;
    use varco_simulation::journeys::{Run, again, invariant, run};

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

    /// What each must break.
    fn broken_by(bug: Bug) -> &'static str {
        match bug {
            Bug::SentAgain => invariant::ONCE,
            Bug::NotReset => invariant::VERIFIED,
            Bug::LastTry => invariant::LAST_TRY,
            Bug::RefusedForgotten => invariant::REFUSED,
            Bug::SignatureUnchecked | Bug::AnswerTakenLate => invariant::FRESH,
            Bug::DecisionOfAnother => invariant::DECISION,
            Bug::EpochUnchecked | Bug::KeptAfterRemoval => invariant::KEPT,
            Bug::SentForEver | Bug::WaitsForEver => invariant::ENDS,
            Bug::OriginUnchecked
            | Bug::RevocationIgnored
            | Bug::DatesOfAnotherDay
            | Bug::TestMaterialPermitted => invariant::ENTITLED,
        }
    }

    /// Without a bug everything must hold; then each must be found, by the invariant that it breaks.
    pub(super) fn all(seed: u64, count: u64) -> ExitCode {
        varco_planted::plant(None);
        let begun = Instant::now();
        match run(&of(seed, count, None)) {
            Ok(ends) => println!(
                "without a bug everything holds in {count} journeys, of which a fault struck {}, {:.1} s\n",
                ends.struck(),
                begun.elapsed().as_secs_f64()
            ),
            Err(broken) => {
                println!("without a bug:\n{broken}");
                return ExitCode::FAILURE;
            }
        }
        let mut found = 0;
        for bug in Bug::ALL {
            // One that hangs ends whoever runs it.
            let is_found = if bug == Bug::WaitsForEver {
                is_hang_told(seed, count)
            } else {
                is_found(seed, count, bug)
            };
            found += usize::from(is_found);
        }
        if found == Bug::ALL.len() {
            println!("all {found} planted bugs are found within {count} journeys");
            ExitCode::SUCCESS
        } else {
            println!("{found} of {} planted bugs are found", Bug::ALL.len());
            ExitCode::FAILURE
        }
    }

    fn of(seed: u64, count: u64, bug: Option<Bug>) -> Run {
        Run {
            seed,
            count,
            planted: bug.map(Bug::name),
            wanted: bug.map(broken_by),
        }
    }

    fn is_found(seed: u64, count: u64, bug: Bug) -> bool {
        varco_planted::plant(Some(bug));
        let begun = Instant::now();
        let ran = run(&of(seed, count, Some(bug)));
        varco_planted::plant(None);
        let (name, wanted) = (bug.name(), broken_by(bug));
        let broken = match ran {
            Ok(ends) => {
                println!(
                    "{name}: NOT FOUND: in {count} journeys \"{wanted}\" held; {} broke something else",
                    ends.others()
                );
                return false;
            }
            Err(broken) => broken,
        };
        println!(
            "{name}: found by journey {}, {:.1} s\n{broken}\n",
            broken.spec.journey,
            begun.elapsed().as_secs_f64()
        );
        // It must be the bug that breaks it.
        match again(&broken.shortest, None) {
            Ok(_) => true,
            Err(broken) => {
                println!("{name}: the same journey breaks without the bug\n{broken}");
                false
            }
        }
    }

    /// Whether a journey that never ends is told, with the command that runs it again.
    fn is_hang_told(seed: u64, count: u64) -> bool {
        let name = Bug::WaitsForEver.name();
        let told = std::env::current_exe().and_then(|program| {
            Command::new(program)
                .args(["--plant", name, "--patience", "5"])
                .args(["--seed", &seed.to_string(), "--count", &count.to_string()])
                .output()
        });
        let told = told.map(|output| {
            (
                output.status.code(),
                String::from_utf8_lossy(&output.stderr).into_owned(),
            )
        });
        let is_told = told.as_ref().is_ok_and(|(code, text)| {
            let again = text.contains("simulate journeys --seed") && text.contains(name);
            *code == Some(1) && text.contains(broken_by(Bug::WaitsForEver)) && again
        });
        match (is_told, told) {
            (true, Ok((_, text))) => println!("{name}: found\n{text}"),
            (_, told) => println!("{name}: NOT FOUND: {told:?}"),
        }
        is_told
    }
}
