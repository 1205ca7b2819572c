//! How many decisions one core makes in a second, beside Cedar alone over the same policies, entities and request, and what
//! it takes to look a person up among few and many. One line of JSON.
//!
//! `cargo run --release -p varco-records --example policy_speed -- [ROUNDS] [PERSONS ...]`. In every round each is timed, one
//! after the other, so that what disturbs the machine disturbs all. Stores are made in a temporary folder and taken away.
//! Not here: claims; nothing fails by being slow.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::cast_precision_loss,
    reason = "a bench: what fails here ends it"
)]

mod bare;
mod cases;
#[path = "../population/mod.rs"]
mod population;

use std::hint::black_box;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use varco_access_policy::{AccessPolicy, Effect, FactQuery, FactSource as _};
use varco_auth::CodiceFiscale;
use varco_records::facts::Records;

use cases::{Case, cases, with_facts};

const PATIENT: Duration = Duration::from_secs(10);
const ROUNDS: usize = 60;
/// Timed one by one, then another measure has its turn.
const BATCH: usize = 200;
/// Persons drawn of a store. Each of its two measures begins with another, so that neither finds what the other just read.
const DRAWN: usize = 40_000;
/// Links of one template, to compare.
const LINKS: u32 = 1_000;

/// Something to be timed, with the nanoseconds that each call took.
struct Measure<'m> {
    what: String,
    persons: Option<u32>,
    call: Box<dyn FnMut() + 'm>,
    times: Vec<u64>,
    /// Calls in a second, of each round.
    rates: Vec<f64>,
}

impl<'m> Measure<'m> {
    fn new(what: impl Into<String>, persons: Option<u32>, call: impl FnMut() + 'm) -> Self {
        Self {
            what: what.into(),
            persons,
            call: Box::new(call),
            times: Vec::new(),
            rates: Vec::new(),
        }
    }

    fn take_turn(&mut self) {
        let begun = Instant::now();
        for _ in 0..BATCH {
            let called = Instant::now();
            (self.call)();
            self.times
                .push(u64::try_from(called.elapsed().as_nanos()).unwrap());
        }
        self.rates.push(BATCH as f64 / begun.elapsed().as_secs_f64());
    }

    fn told(mut self) -> Value {
        self.times.sort_unstable();
        self.rates.sort_by(f64::total_cmp);
        let at = |percent: usize| self.times[(self.times.len() - 1) * percent / 100] as f64 / 1e3;
        json!({
            "what": self.what,
            "persons": self.persons,
            "p50_us": at(50),
            "p99_us": at(99),
            "per_s": self.rates[self.rates.len() / 2].round(),
        })
    }
}

/// A store in its folder, and persons drawn of it.
struct Store {
    persons: u32,
    records: Records,
    drawn: Vec<CodiceFiscale>,
    _folder: tempfile::TempDir,
}

impl Store {
    fn fill(persons: u32) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("facts.db");
        let records = Records::create_or_open(&path, PATIENT).unwrap();
        population::fill(&path, persons);
        let number = |turn: u32| u64::from(turn) * 2_654_435_761 % u64::from(persons);
        let drawn = (0..u32::try_from(DRAWN).unwrap().min(persons))
            .map(|turn| population::person(u32::try_from(number(turn)).unwrap()))
            .collect();
        Self {
            persons,
            records,
            drawn,
            _folder: folder,
        }
    }

    fn measures<'s>(&'s self, policy: &'s AccessPolicy, case: &'s Case) -> [Measure<'s>; 2] {
        let known = |subject| {
            let query = FactQuery {
                subject,
                acting_for: None,
                service: case.request.act.service(),
            };
            self.records.known(query).unwrap()
        };
        let mut looked_up = self.drawn.iter().cycle();
        let mut asked = self.drawn.iter().cycle().skip(self.drawn.len() / 2);
        [
            Measure::new("facts looked up", Some(self.persons), move || {
                let known = known(looked_up.next().unwrap());
                assert_eq!(known.enablements.len(), 1);
            }),
            Measure::new(
                format!("{}: facts looked up and decided", case.name),
                Some(self.persons),
                move || {
                    let subject = asked.next().unwrap();
                    let (claims, facts) = with_facts(subject, known(subject));
                    let simulation = policy.simulate(&claims, &case.request, &facts, cases::at());
                    assert_eq!(simulation.would_be().effect, Effect::Permit);
                },
            ),
        ]
    }
}

fn run(rounds: usize, persons: &[u32]) -> Value {
    let policy = AccessPolicy::builtin();
    let all = cases(&policy);
    let links = bare::linked(&all[1].bare, LINKS);
    let stores: Vec<Store> = persons.iter().map(|persons| Store::fill(*persons)).collect();
    let mut measures = Vec::new();
    for case in &all {
        measures.push(Measure::new(format!("{}: Cedar alone", case.name), None, || {
            drop(black_box(case.bare.ask()));
        }));
        measures.push(Measure::new(format!("{}: decided", case.name), None, || {
            drop(black_box(case.simulate(&policy)));
        }));
    }
    measures.push(Measure::new(
        format!("{LINKS} links of a template: Cedar alone"),
        None,
        || drop(black_box(links.ask())),
    ));
    for store in &stores {
        measures.extend(store.measures(&policy, &all[1]));
    }
    // The first round is to warm up.
    for round in 0..=rounds {
        for measure in &mut measures {
            measure.take_turn();
            if round == 0 {
                measure.times.clear();
                measure.rates.clear();
            }
        }
    }
    let told: Vec<Value> = measures.into_iter().map(Measure::told).collect();
    json!({ "rounds": rounds, "batch": BATCH, "measures": told })
}

fn main() {
    let mut numbers = std::env::args().skip(1).map(|text| text.parse::<u32>().unwrap());
    let rounds = numbers
        .next()
        .map_or(ROUNDS, |rounds| usize::try_from(rounds).unwrap());
    let mut persons: Vec<u32> = numbers.collect();
    if persons.is_empty() {
        persons = vec![10_000, 1_000_000];
    }
    println!("{}", run(rounds, &persons));
}

#[test]
fn every_measure_is_told_with_its_figures() {
    let told = run(1, &[50, 100]);
    let measures = told["measures"].as_array().unwrap();
    let expected = 2 * cases(&AccessPolicy::builtin()).len() + 1 + 2 * 2;
    assert_eq!(measures.len(), expected);
    for measure in measures {
        assert!(
            measure["p99_us"].as_f64() >= measure["p50_us"].as_f64(),
            "{measure}"
        );
        assert!(measure["per_s"].as_f64() > Some(0.0), "{measure}");
    }
}
