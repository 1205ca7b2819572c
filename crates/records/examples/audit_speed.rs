//! How fast the record of decisions is on a disk: `audit_speed FOLDER [APPENDS] [VERIFIED]`, in a folder that is not there.
//!
//! It appends by one thread and by eight, each answer waiting for the disk, then fills another log up and verifies that. Not
//! here: any claim; a number depends on the disk.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a measurement that fails has failed"
)]

use std::path::Path;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use ring::rand::{SecureRandom as _, SystemRandom};
use varco_access_policy::Effect;
use varco_auth::CodiceFiscale;
use varco_records::audit::{
    AuditKeys, AuditLog, AuditorKey, CheckpointKey, Entry, NoRandomness, PseudonymKey, Settings, Sources,
    verify,
};

fn create(folder: &Path) -> AuditLog {
    let random = SystemRandom::new();
    let sources = Sources {
        now: Box::new(Timestamp::now),
        random: Box::new(move |place| random.fill(place).map_err(|_| NoRandomness)),
    };
    AuditLog::create(folder, keys(), Settings::default(), sources).unwrap()
}

fn keys() -> AuditKeys {
    AuditKeys {
        checkpoint: CheckpointKey::from_pem(&CheckpointKey::pem_of_seed(&[1; 32])).unwrap(),
        pseudonym: PseudonymKey::from_bytes([2; 32].into()),
        auditor: AuditorKey::from_bytes([3; 32].into()).public().unwrap(),
    }
}

fn entry() -> Entry {
    let person = CodiceFiscale::parse("DMNNCL80C14H501S").unwrap();
    Entry::new(Effect::Permit, "inps.estratto-conto", Timestamp::now())
        .because(&["consultation-card"], &["permit-consultation"])
        .about(&person, "CNS", "substantial", "6f1d0c8a52b94e0f9f3c")
}

/// Appends by so many threads, each of its own so often.
fn append(log: &AuditLog, threads: usize, each: usize) {
    let begun = Instant::now();
    let mut took: Vec<Duration> = Vec::new();
    std::thread::scope(|scope| {
        let all: Vec<_> = (0..threads)
            .map(|_| {
                scope.spawn(move || {
                    let one = |_| {
                        let begun = Instant::now();
                        log.append(entry()).unwrap();
                        begun.elapsed()
                    };
                    (0..each).map(one).collect::<Vec<_>>()
                })
            })
            .collect();
        for thread in all {
            took.extend(thread.join().unwrap());
        }
    });
    let whole = begun.elapsed().as_secs_f64();
    took.sort();
    let (median, late) = (took[took.len() / 2], took[took.len() * 99 / 100]);
    let count = took.len();
    println!(
        "{threads} threads: {count} records, {:.0} a second, median {median:?}, p99 {late:?}",
        count as f64 / whole
    );
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number = |place: usize, or: usize| arguments.get(place).map_or(or, |text| text.parse().unwrap());
    let folder = Path::new(arguments.first().map_or("audit-speed", String::as_str));
    let (appends, verified) = (number(1, 2_000), number(2, 0));
    let log = create(&folder.join("appended"));
    append(&log, 1, appends);
    append(&log, 8, appends);
    append(&log, 64, appends);
    if verified == 0 {
        return;
    }
    let path = folder.join("verified");
    let log = create(&path);
    append(&log, 64, verified / 64);
    drop(log);
    let begun = Instant::now();
    let told = verify(&path, &[keys().checkpoint.public()], &[]).unwrap();
    let whole = begun.elapsed().as_secs_f64();
    println!(
        "verified: {} records in {whole:.1} s, {:.0} a second, {}",
        told.records,
        told.records as f64 / whole,
        if told.is_good() { "good" } else { "not good" }
    );
}
