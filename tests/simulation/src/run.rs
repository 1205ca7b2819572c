//! A run: worlds one after the other, each of so many steps, spread over the processors; and how a failure is told.
//!
//! Not here: a step (`step`).

use core::fmt;
use std::collections::BTreeMap;
use std::num::NonZero;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

use crate::card::Ears;
use crate::dice::Dice;
use crate::stage::Stage;
use crate::tally::Tally;
use crate::{cards, step};

/// How many steps a failure tells.
const STEPS_TOLD: usize = 6;
const STEPS_TOLD_AGAIN: usize = 1_000;

/// Which cards.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// CNS.
    Cns,
    /// Identity cards.
    Cie,
}

impl Kind {
    /// Steps of a world.
    fn world_steps(self) -> u64 {
        match self {
            Self::Cns => 200,
            Self::Cie => 25,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Cns => "cns",
            Self::Cie => "cie",
        }
    }
}

/// How much of what.
#[derive(Clone, Copy, Debug)]
pub struct Run {
    /// The cards.
    pub kind: Kind,
    /// What everything follows from.
    pub seed: u64,
    /// At least so many steps; worlds are not cut.
    pub steps: u64,
    /// This world alone.
    pub world: Option<u64>,
}

/// What does not hold: of each invariant the first world that breaks it.
#[derive(Debug, Default)]
pub struct Failures(BTreeMap<String, Failure>);

impl Failures {
    fn add(&mut self, failure: Failure) {
        let name = failure.text.lines().next().unwrap_or_default().to_owned();
        match self.0.get(&name) {
            Some(known) if known.world <= failure.world => {}
            _ => drop(self.0.insert(name, failure)),
        }
    }
}

impl fmt::Display for Failures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.values().try_for_each(|failure| writeln!(f, "{failure}\n"))
    }
}

#[derive(Debug)]
struct Failure {
    run: Run,
    world: u64,
    step: u64,
    text: String,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (kind, seed, world) = (self.run.kind.name(), self.run.seed, self.world);
        writeln!(f, "{}", self.text)?;
        writeln!(f, "seed {seed}, world {world} of {kind}, step {}", self.step)?;
        write!(
            f,
            "to run it again: cargo xtask simulate pins --seed {seed} --world {kind}:{world}"
        )
    }
}

/// Runs, and gives the counts of what happened and the number of steps.
///
/// # Errors
/// [`Failures`]; a world ends with its first one, the others are tried all the same.
pub fn run(run: Run) -> Result<(u64, Tally), Failures> {
    let worlds = match run.world {
        Some(world) => world..world + 1,
        None => 0..run.steps.div_ceil(run.kind.world_steps()),
    };
    let next = AtomicU64::new(worlds.start);
    let done = Mutex::new((0, Tally::default(), Failures::default()));
    let work = || {
        loop {
            let world = next.fetch_add(1, Ordering::SeqCst);
            if world >= worlds.end {
                return;
            }
            let told = Told { run, world };
            let lived = live(run, world);
            drop(told);
            let mut done = done.lock().unwrap();
            match lived {
                Ok(tally) => {
                    done.0 += run.kind.world_steps();
                    done.1.add(&tally);
                }
                Err(failure) => done.2.add(*failure),
            }
        }
    };
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, NonZero::get) {
            scope.spawn(work);
        }
    });
    let (steps, tally, failures) = done.into_inner().unwrap();
    if failures.0.is_empty() {
        Ok((steps, tally))
    } else {
        Err(failures)
    }
}

fn live(run: Run, world: u64) -> Result<Tally, Box<Failure>> {
    let mut dice = Dice::new(run.seed, world);
    let ears = Arc::<Ears>::default();
    // A world that is run again tells more of what led there.
    let told = if run.world.is_some() {
        STEPS_TOLD_AGAIN
    } else {
        STEPS_TOLD
    };
    let cards = match run.kind {
        Kind::Cns => cards::cns(&mut dice, &ears),
        Kind::Cie => cards::documents(&mut dice, &ears),
    };
    let stage = Stage::new(cards, ears, dice, told);
    for step in 0..run.kind.world_steps() {
        step::outer(&stage);
        if let Some(text) = stage.failure() {
            let failure = Failure {
                run,
                world,
                step,
                text,
            };
            stage.end();
            return Err(Box::new(failure));
        }
    }
    stage.end();
    Ok(stage.take_tally())
}

/// Tells which world it was should the code under test panic.
struct Told {
    run: Run,
    world: u64,
}

impl Drop for Told {
    fn drop(&mut self) {
        if thread::panicking() {
            let failure = Failure {
                run: self.run,
                world: self.world,
                step: 0,
                text: "a panic".to_owned(),
            };
            eprintln!("{failure}");
        }
    }
}
