//! Programs that are killed at any moment: what they were told is durable is there.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, SystemTime};

use varco_records::audit::AuditLog;

use crate::rig::*;

/// Tells a program of the test which folder it works in, and its name.
const FOLDER: &str = "VARCO_TEST_AUDIT_FOLDER";
const NAME: &str = "VARCO_TEST_AUDIT_NAME";

/// The folder and the name, where this is such a program.
pub(crate) fn told() -> Option<(PathBuf, String)> {
    let folder = std::env::var_os(FOLDER)?;
    Some((folder.into(), std::env::var(NAME).unwrap()))
}

/// This program again, as one that adds.
pub(crate) fn child(mut command: Command, test: &str, folder: &Path, name: &str) -> Command {
    command
        .args(["--exact", test, "--nocapture", "--test-threads=1"])
        .env(FOLDER, folder)
        .env(NAME, name);
    command
}

/// Adds by three threads until it is killed, and says what was acknowledged.
fn add(folder: &Path, name: &str) {
    let log = AuditLog::open(folder, keys(), SMALL, sources()).unwrap();
    println!("\nready");
    std::thread::scope(|scope| {
        for thread in 0..3 {
            let log = &log;
            scope.spawn(move || {
                for turn in 0..100_000 {
                    let evidence = format!("{name}-{thread}-{turn}");
                    log.append(entry(&evidence)).unwrap();
                    println!("\nacknowledged {evidence}");
                }
            });
        }
    });
}

#[test]
fn whenever_programs_are_killed_what_was_acknowledged_is_there() {
    const TEST: &str = "killed::whenever_programs_are_killed_what_was_acknowledged_is_there";
    const ROUNDS: u64 = 40;
    if let Some((folder, name)) = told() {
        return add(&folder, &name);
    }
    let seed = SystemTime::UNIX_EPOCH.elapsed().unwrap().as_nanos() as u64;
    println!("seed {seed}");
    let mut dice = Dice(seed);
    let rig = Rig::with(0);
    let (mut acknowledged, mut torn, mut unacknowledged) = (Vec::new(), 0, 0);
    for round in 0..ROUNDS {
        // Every fourth time two at once, of which one is killed first.
        let count = if round % 4 == 0 { 2 } else { 1 };
        let mut programs: Vec<_> = (0..count)
            .map(|which| {
                let this = Command::new(std::env::current_exe().unwrap());
                let mut command = child(this, TEST, &rig.path(), &format!("r{round}p{which}"));
                let mut program = command.stdout(Stdio::piped()).spawn().unwrap();
                (BufReader::new(program.stdout.take().unwrap()), program)
            })
            .collect();
        for (lines, _) in &mut programs {
            let mut line = String::new();
            while line.trim() != "ready" {
                line.clear();
                assert!(
                    lines.read_line(&mut line).unwrap() > 0,
                    "seed {seed}, round {round}"
                );
            }
        }
        for (lines, program) in &mut programs {
            std::thread::sleep(Duration::from_micros(dice.roll(40_000)));
            program.kill().unwrap();
            program.wait().unwrap();
            acknowledged.extend(lines.lines().filter_map(|line| {
                // The last line may be cut off: only one with an end counts, and `lines` gives that too, so it must be ours.
                line.unwrap()
                    .strip_prefix("acknowledged ")
                    .filter(|evidence| is_whole(evidence))
                    .map(str::to_owned)
            }));
        }
        let told = rig.verify();
        assert!(told.is_good(), "seed {seed}, round {round}: {:?}", told.findings);
        torn += u32::from(told.torn.is_some());
        unacknowledged += told.unacknowledged;
    }
    drop(rig.open().unwrap());
    let told = rig.verify();
    assert!(
        told.is_good() && told.torn.is_none() && told.unacknowledged == 0,
        "seed {seed}: {told:?}"
    );
    let there: std::collections::HashSet<String> = rig.evidences().into_iter().collect();
    for evidence in &acknowledged {
        assert!(there.contains(evidence), "seed {seed}: {evidence} is lost");
    }
    println!(
        "{} acknowledged, {} there, {torn} torn, {unacknowledged} whole but not acknowledged, {} mended",
        acknowledged.len(),
        there.len(),
        told.recoveries
    );
    assert!(acknowledged.len() > 100, "seed {seed}");
}

/// A name as a program says it, with no part missing but digits of its turn; of these the shorter is an earlier turn.
fn is_whole(evidence: &str) -> bool {
    let parts: Vec<&str> = evidence.split('-').collect();
    parts.len() == 3 && parts[2].parse::<u32>().is_ok()
}
