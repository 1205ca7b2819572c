//! Living through journeys, spread over the processors; and how one that breaks an invariant is told.
//!
//! Not here: a journey's parts.

use std::num::NonZero;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

use super::act::{Process, at_stake};
use super::bench::{Bench, Endless};
use super::fault::Fault;
use super::invariant;
use super::oracle::{self, Acted};
use super::pool;
use super::report::{Broken, Ends};
use super::shrink::shrink;
use super::spec::{Spec, act_dice};
use super::watch;
use super::witness::{Card, Ears, Heard};

/// How much of what.
#[derive(Clone, Debug)]
pub struct Run {
    /// What everything follows from.
    pub seed: u64,
    /// So many journeys, from number 0.
    pub count: u64,
    /// The name of the bug that is planted, for the command that runs it again.
    pub planted: Option<&'static str>,
    /// The invariant that is looked for: journeys that break another are counted and passed over.
    pub wanted: Option<&'static str>,
}

/// What a journey broke, and what it was made of.
pub(crate) struct Breach {
    pub(crate) invariant: String,
    pub(crate) told: Vec<String>,
    acts: Vec<u32>,
    faults: Vec<Fault>,
}

/// Runs all of them, and gives the counts and how many were made. One that does not end ends the program (`watch`).
///
/// # Errors
/// The first journey, by its number among those that were tried, that breaks an invariant.
pub fn run(run: &Run) -> Result<Ends, Box<Broken>> {
    watch::set_planted(run.planted);
    let next = AtomicU64::new(0);
    let is_broken = AtomicBool::new(false);
    let done = Mutex::new((Ends::default(), None::<(u64, Breach)>));
    let work = || {
        let mut ends = Ends::default();
        while !is_broken.load(Ordering::SeqCst) {
            let journey = next.fetch_add(1, Ordering::SeqCst);
            if journey >= run.count {
                break;
            }
            let (lived, verdict) = live(&spec(run, journey));
            ends.add(&lived);
            if let Err(breach) = verdict {
                let is_other = |wanted: &str| !breach.invariant.starts_with(wanted);
                if run.wanted.is_some_and(is_other) {
                    ends.broke_another();
                    continue;
                }
                is_broken.store(true, Ordering::SeqCst);
                let mut done = done.lock().unwrap();
                if done.1.as_ref().is_none_or(|(known, _)| *known > journey) {
                    done.1 = Some((journey, breach));
                }
            }
        }
        done.lock().unwrap().0.add(&ends);
    };
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, NonZero::get) {
            scope.spawn(work);
        }
    });
    let (ends, broken) = done.into_inner().unwrap();
    match broken {
        None => Ok(ends),
        Some((journey, breach)) => Err(Box::new(told(&spec(run, journey), breach, run.planted))),
    }
}

fn spec(run: &Run, journey: u64) -> Spec {
    Spec {
        seed: run.seed,
        journey,
        acts: None,
        faults: None,
    }
}

/// One journey again, or a part of it.
///
/// # Errors
/// What it breaks.
pub fn again(spec: &Spec, planted: Option<&'static str>) -> Result<(Ends, Vec<String>), Box<Broken>> {
    watch::set_planted(planted);
    let mut told_of = Vec::new();
    match live_telling(spec, &mut told_of) {
        (ends, Ok(())) => Ok((ends, told_of)),
        (_, Err(breach)) => Err(Box::new(told(spec, breach, planted))),
    }
}

fn told(spec: &Spec, breach: Breach, planted: Option<&'static str>) -> Broken {
    let shortest = shrink(spec, &breach.acts, &breach.faults, &breach.invariant);
    let told = live(&shortest).1.err().map_or(breach.told, |again| again.told);
    Broken {
        invariant: breach.invariant,
        spec: spec.clone(),
        shortest,
        told,
        planted,
    }
}

/// Lives through it.
pub(crate) fn live(spec: &Spec) -> (Ends, Result<(), Breach>) {
    live_telling(spec, &mut Vec::new())
}

fn live_telling(spec: &Spec, told: &mut Vec<String>) -> (Ends, Result<(), Breach>) {
    #[cfg(feature = "planted-bugs")]
    varco_planted::begin_run();
    let _watched = watch::begin(spec);
    let drawn = spec.draw();
    let acts: Vec<u32> = drawn.acts.iter().map(|(act, _)| *act).collect();
    let faults = drawn.faults.clone();
    let ears = Arc::<Ears>::default();
    let cards = drawn.cards.into_iter().enumerate();
    let cards: Vec<Arc<Card>> = cards
        .map(|(number, card)| Arc::new(Card::new(number, card, &ears)))
        .collect();
    let mut ends = Ends::default();
    ends.journey(&cards[0].about.name, cards[0].about.is_document, faults.len());
    let bench = Arc::new(Bench::new(cards, ears, &faults, drawn.length));
    let mut process = Process::new(drawn.seed);
    let (mut verdict, mut has_panicked) = (Ok(()), false);
    for (act, kind) in drawn.acts {
        let lived = catch_unwind(AssertUnwindSafe(|| {
            let mut dice = act_dice(spec.seed, spec.journey, act);
            one(&bench, &mut process, (act, kind), &mut dice, &mut ends, told)
        }));
        has_panicked = lived.is_err();
        verdict = lived.unwrap_or_else(|panic| {
            if let Some(Endless(what)) = panic.downcast_ref() {
                return Err(format!("{}: {what}", invariant::ENDS));
            }
            let words = panic.downcast_ref::<String>().map(String::as_str);
            let words = words.or_else(|| panic.downcast_ref::<&str>().copied());
            Err(format!(
                "{}: {}",
                invariant::PANICS,
                words.unwrap_or("something did")
            ))
        });
        if verdict.is_err() {
            break;
        }
    }
    if has_panicked {
        // Whoever panicked may have left a card in any state: nothing of this journey is used again.
        std::mem::forget((bench, process));
    } else {
        give_back(bench);
    }
    let verdict = verdict.map_err(|invariant| Breach {
        invariant,
        told: std::mem::take(told),
        acts,
        faults,
    });
    (ends, verdict)
}

fn give_back(bench: Arc<Bench>) {
    let Some(bench) = Arc::into_inner(bench) else {
        return;
    };
    for card in bench.into_cards() {
        if let Some(card) = Arc::into_inner(card) {
            pool::give_back(card.into_pooled());
        }
    }
}

fn one(
    bench: &Arc<Bench>,
    process: &mut Process,
    (act, kind): (u32, super::spec::Kind),
    dice: &mut crate::dice::Dice,
    ends: &mut Ends,
    told: &mut Vec<String>,
) -> Result<(), String> {
    bench.begin_act();
    let (from, (before, _)) = (bench.ears.next_number(), bench.reader_time());
    let Some(done) = process.act(bench, kind, dice) else {
        ends.no_card();
        return Ok(());
    };
    bench.end_act();
    let (heard, said) = (bench.take_heard(), bench.ears.clock.take_said());
    let (struck, fired) = (bench.struck(), bench.fired());
    ends.act(&done, &struck, &fired, bench.sent());
    told.push(format!(
        "act {act}, {kind:?} with {} ({:?}, {:?}, last try {:?}): {}{}",
        done.about.name,
        at_stake(kind),
        done.terms.attendance,
        done.terms.last_try,
        words(&heard),
        done.end
    ));
    let acted = Acted {
        bench,
        kind,
        from,
        heard: &heard,
        said: &said,
        took: bench.reader_time().0.saturating_sub(before),
        struck: &struck,
        fired: &fired,
        done: &done,
    };
    oracle::judge(&acted, process)
}

/// What cards heard about PINs and signatures, without any value.
fn words(heard: &[Heard]) -> String {
    let mut text = String::new();
    for heard in heard {
        let who = if heard.is_other { "another: " } else { "" };
        match &heard.pin {
            Some(pin) => {
                text += &format!(
                    "{who}{:02X} {} -> {:04X} (PIN {}>{}, PUK {}>{}); ",
                    heard.ins,
                    if pin.is_value { "value" } else { "question" },
                    heard.status,
                    pin.before.pin,
                    pin.after.pin,
                    pin.before.puk,
                    pin.after.puk
                );
            }
            None if matches!(heard.ins, 0x2A | 0x88) => {
                text += &format!("{who}{:02X} -> {:04X}; ", heard.ins, heard.status);
            }
            None => {}
        }
    }
    text
}
