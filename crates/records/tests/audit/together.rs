//! Threads and programs that add at once, and a disk that is full.

use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};

use varco_records::audit::{AuditLog, Sources};

use crate::killed::{child, told};
use crate::rig::*;

#[test]
fn threads_and_logs_on_one_folder_lose_nothing_of_each_other() {
    let rig = Rig::with(0);
    let logs = [rig.open().unwrap(), rig.open().unwrap()];
    std::thread::scope(|scope| {
        for (which, log) in logs.iter().enumerate() {
            for thread in 0..4 {
                scope.spawn(move || {
                    for turn in 0..10 {
                        log.append(entry(&format!("{which}-{thread}-{turn}"))).unwrap();
                    }
                });
            }
        }
    });
    let told = rig.verify();
    assert!(told.is_good(), "{:?}", told.findings);
    let mut all = rig.evidences();
    // Of one thread in its order.
    for (which, thread) in [(0, 0), (0, 3), (1, 2)] {
        let begin = format!("{which}-{thread}-");
        let mine: Vec<_> = all
            .iter()
            .filter(|evidence| evidence.starts_with(&begin))
            .cloned()
            .collect();
        let expected: Vec<_> = (0..10).map(|turn| format!("{begin}{turn}")).collect();
        assert_eq!(mine, expected);
    }
    all.sort();
    all.dedup();
    assert_eq!(all.len(), 80);
    assert!(logs.iter().all(|log| log.recovered().is_none()));
}

#[test]
fn where_the_lock_is_taken_away_who_held_it_is_refused_and_nothing_is_lost() {
    let rig = Rig::with(0);
    let held = rig.open().unwrap();
    held.append(entry("before")).unwrap();
    std::fs::remove_file(rig.path().join("lock")).unwrap();
    let error = held.append(entry("lost")).unwrap_err();
    assert_eq!(error.code(), "audit-lock-replaced", "no lock is there at all");
    let opened = rig.open().unwrap();
    let told = std::thread::scope(|scope| {
        let add = |log: &'static str, with: &AuditLog| -> Vec<String> {
            (0..40)
                .map(|turn| format!("{log}{turn}"))
                .filter(|evidence| with.append(entry(evidence)).is_ok())
                .collect()
        };
        let (held, opened) = (&held, &opened);
        let first = scope.spawn(move || add("held", held));
        let second = scope.spawn(move || add("opened", opened));
        (first.join().unwrap(), second.join().unwrap())
    });
    assert_eq!((told.0.len(), told.1.len()), (0, 40));
    let expected: Vec<String> = std::iter::once("before".to_owned()).chain(told.1).collect();
    assert_eq!(rig.evidences(), expected);
    assert!(rig.verify().is_good(), "{:?}", rig.codes());
    assert_eq!(held.checkpoint().unwrap_err().code(), "audit-lock-replaced");
}

#[test]
fn where_the_lock_is_taken_away_while_something_is_added_nobody_is_told_that_it_is_durable() {
    let rig = Rig::with(1);
    let path = rig.path().join("lock");
    let once = AtomicBool::new(false);
    let random = sources().random;
    // Asked for with the lock held, before anything is written.
    let taking_away = Sources {
        random: Box::new(move |place| {
            if !once.swap(true, Ordering::Relaxed) {
                std::fs::remove_file(&path).unwrap();
            }
            random(place)
        }),
        ..sources()
    };
    let log = AuditLog::open(&rig.path(), keys(), wide(), taking_away).unwrap();
    let error = log.append(entry("e1")).unwrap_err();
    assert_eq!(error.code(), "audit-lock-replaced");
    assert_eq!(log.append(entry("lost")).unwrap_err().code(), "audit-broken");
    let opened = rig.open().unwrap();
    assert_eq!(opened.recovered().unwrap().unacknowledged, 1);
    opened.append(entry("e2")).unwrap();
    assert_eq!(rig.evidences(), numbered(3));
    assert!(rig.verify().is_good(), "{:?}", rig.codes());
}

#[test]
fn where_no_room_is_left_nothing_is_lost_and_it_goes_on_when_there_is() {
    const TEST: &str = "together::where_no_room_is_left_nothing_is_lost_and_it_goes_on_when_there_is";
    if let Some((folder, _)) = told() {
        let log = AuditLog::open(&folder, keys(), wide(), sources()).unwrap();
        let mut codes = Vec::new();
        for turn in 0..60 {
            match log.append(entry(&format!("e{turn}"))) {
                Ok(()) => println!("\nacknowledged e{turn}"),
                Err(error) => codes.push(error.code()),
            }
        }
        assert!(
            !codes.is_empty() && codes.iter().all(|code| *code == "audit-no-room"),
            "{codes:?}"
        );
        return;
    }
    let rig = Rig::new();
    drop(rig.create(wide()));
    let mut shell = Command::new("sh");
    shell.args(["-c", r#"trap "" XFSZ; ulimit -f 40; exec "$0" "$@""#]);
    shell.arg(std::env::current_exe().unwrap());
    let output = child(shell, TEST, &rig.path(), "0")
        .stdout(Stdio::piped())
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stdout)
    );
    let text = String::from_utf8(output.stdout).unwrap();
    let acknowledged: Vec<&str> = text
        .lines()
        .filter_map(|line| line.strip_prefix("acknowledged "))
        .collect();
    assert!(acknowledged.len() > 5);
    assert!(rig.verify().is_good(), "{:?}", rig.codes());
    assert_eq!(rig.evidences(), acknowledged);
    rig.open().unwrap().append(entry("more")).unwrap();
}

fn wide() -> varco_records::audit::Settings {
    varco_records::audit::Settings::default()
}
