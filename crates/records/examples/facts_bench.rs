//! How long a decision's question takes where a million persons are known, and what a change and a telephone PIN cost.
//!
//! `cargo run --release -p varco-records --example facts_bench -- [FOLDER] [PERSONS]`. Not here: any claim; a test that
//! depends on time is none.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a measurement that fails says so by panicking"
)]

use std::path::PathBuf;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use rusqlite::Connection;
use varco_access_policy::{
    Change, FactQuery, FactSource as _, FactStore as _, NewEnablement, PhonePin, PhonePinChecked,
    PhonePinStore as _, ServiceId, Validity,
};
use varco_auth::CodiceFiscale;
use varco_records::facts::Records;

const PATIENT: Duration = Duration::from_secs(10);
const QUESTIONS: u32 = 200_000;

/// An invented person of a number.
fn person(number: u32) -> CodiceFiscale {
    let letter = |place: u32| char::from(b'A' + u8::try_from(number / 26_u32.pow(place) % 26).unwrap());
    let letters: String = (0..6).map(letter).collect();
    ('A'..='Z')
        .find_map(|check| CodiceFiscale::parse(&format!("{letters}10A41H501{check}")).ok())
        .unwrap()
}

/// Of every person an enablement; of every fourth that he acts for the next; of every tenth a category.
fn fill(path: &std::path::Path, persons: u32) {
    let mut raw = Connection::open(path).unwrap();
    raw.pragma_update(None, "cache_size", -400_000).unwrap();
    let all = raw.transaction().unwrap();
    for number in 0..persons {
        // In no order, as persons come.
        let one = u32::try_from(u64::from(number) * 48_271 % u64::from(persons)).unwrap();
        let (one, next) = (person(one), person((one + 1) % persons));
        let from = i64::from(number) * 1_000_000;
        all.prepare_cached(
            "INSERT INTO enablement (holder, service, from_us, granted_who, granted_us, granted_act) \
             VALUES (?1, 'comune.siuss', ?2, 'office 7000, clerk 12', ?2, 'protocol 2026/1')",
        )
        .unwrap()
        .execute((one.as_str(), from))
        .unwrap();
        if number % 4 == 0 {
            all.prepare_cached(
                "INSERT INTO delegation (delegator, delegate, kind, from_us, channel, registered_who, registered_us, \
                 registered_act) VALUES (?1, ?2, 'delegate', ?3, 'office', 'office 7000', ?3, 'protocol 2026/1')",
            )
            .unwrap()
            .execute((next.as_str(), one.as_str(), from))
            .unwrap();
        }
        if number % 10 == 0 {
            all.prepare_cached(
                "INSERT INTO category (person, category, from_us, recorded_who, recorded_us, recorded_act) \
                 VALUES (?1, 'ward', ?2, 'office 7000', ?2, 'protocol 2026/1')",
            )
            .unwrap()
            .execute((one.as_str(), from))
            .unwrap();
        }
    }
    all.commit().unwrap();
}

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

    let service = ServiceId::parse("comune.siuss").unwrap();
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
                    service: &service,
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
        service: &service,
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
