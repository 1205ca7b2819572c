//! Threads and programs that add at once, and a disk that is full.

use std::process::{Command, Stdio};

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
fn where_no_room_is_left_nothing_is_lost_and_it_goes_on_when_there_is() {
    const TEST: &str = "together::where_no_room_is_left_nothing_is_lost_and_it_goes_on_when_there_is";
    if let Some((folder, _)) = told() {
        let log = varco_records::audit::AuditLog::open(&folder, keys(), wide(), sources()).unwrap();
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
