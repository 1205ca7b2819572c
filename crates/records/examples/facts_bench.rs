//! How long a decision's question takes where a million persons are known, and what a change and a telephone PIN cost.
//!
//! `cargo run --release -p varco-records --example facts_bench -- [FOLDER] [PERSONS]`. Not here: any claim; a test that
//! depends on time is none.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a measurement that fails says so by panicking"
)]

mod population;

use std::path::PathBuf;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use varco_access_policy::{
    Change, FactQuery, FactSource as _, FactStore as _, NewEnablement, PhonePin, PhonePinChecked,
    PhonePinStore as _, ServiceId, Validity,
};
use varco_records::facts::Records;

use population::{SERVICE, fill, person};

const PATIENT: Duration = Duration::from_secs(10);
const QUESTIONS: u32 = 200_000;

fn tell(what: &str, mut times: Vec<Duration>) {
    times.sort_unstable();
    let at = |percent: usize| times.get((times.len() - 1) * percent / 100).copied().unwrap();
    println!(
        "{what}: median {:?}, 99 of 100 {:?}, longest {:?}",
        at(50),
        at(99),
        at(100)
    );
}

fn timed(times: u32, mut act: impl FnMut(u32)) -> Vec<Duration> {
    (0..times)
        .map(|turn| {
            let begun = Instant::now();
            act(turn);
            begun.elapsed()
        })
        .collect()
}

fn main() {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().map_or_else(std::env::temp_dir, PathBuf::from);
    let persons = arguments
        .next()
        .map_or(1_000_000, |number| number.parse().unwrap());
    let folder = tempfile::tempdir_in(folder).unwrap();
    let path = folder.path().join("facts.db");
    let records = Records::create_or_open(&path, PATIENT).unwrap();
    let begun = Instant::now();
    fill(&path, persons);
    println!(
        "{persons} persons in {:?}, {} MB",
        begun.elapsed(),
        path.metadata().unwrap().len() / 1_000_000
    );

    let service = ServiceId::parse(SERVICE).unwrap();
    let picked: Vec<_> = (0..QUESTIONS)
        .map(|turn| u32::try_from(u64::from(turn) * 2_654_435_761 % u64::from(persons)).unwrap())
        .map(|number| (person(number), person((number + 1) % persons)))
        .collect();
    for round in ["cold", "warm"] {
        for acts_for_another in [false, true] {
            let mut asked = picked.iter();
            let times = timed(QUESTIONS, |_| {
                let (subject, next) = asked.next().unwrap();
                let query = FactQuery {
                    subject,
                    acting_for: acts_for_another.then_some(next),
                    service: Some(&service),
                };
                assert_eq!(records.known(query).unwrap().enablements.len(), 1);
            });
            tell(
                &format!("known, {round}, for another: {acts_for_another}, anybody"),
                times,
            );
        }
    }
    let (subject, next) = picked.first().unwrap();
    let query = FactQuery {
        subject,
        acting_for: Some(next),
        service: Some(&service),
    };
    tell(
        "known, warm, for another, one person",
        timed(QUESTIONS, |_| drop(records.known(query).unwrap())),
    );

    let change = Change::new("office", Timestamp::UNIX_EPOCH, "act").unwrap();
    let validity = Validity::new(Timestamp::UNIX_EPOCH, None).unwrap();
    let other = ServiceId::parse("comune.isee").unwrap();
    let times = timed(300, |turn| {
        let new = NewEnablement {
            holder: person(turn),
            service: other.clone(),
            validity,
            granted: change.clone(),
        };
        records.grant_enablement(&new).unwrap();
    });
    tell("a change, on the disk", times);
    let pin = PhonePin::draw(&[7; 32]);
    let times = timed(50, |_| {
        let checked = records.check_phone_pin(subject, &pin, Timestamp::UNIX_EPOCH);
        assert_eq!(checked.unwrap(), PhonePinChecked::Refused);
    });
    tell("a telephone PIN checked", times);
    tell(
        "opening",
        timed(50, |_| drop(Records::open(&path, PATIENT).unwrap())),
    );
}
