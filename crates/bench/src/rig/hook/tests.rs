//! Tests of the command hook, by claim, with real programs.
#![allow(clippy::unwrap_used, reason = "test code")]

use std::fs;
use std::path::Path;
use std::time::Instant;

use super::*;
use crate::target::Blame;

#[test]
fn a_hook_is_told_what_to_do_and_tells_what_it_cannot() {
    let folder = tempfile::tempdir().unwrap();
    let (script, told) = (folder.path().join("hook"), folder.path().join("told"));
    let text = format!(
        "echo \"$* $VARCO_BENCH_SCENARIO/$VARCO_BENCH_READER/$VARCO_BENCH_PROFILES/$VARCO_BENCH_KINDS/$VARCO_BENCH_SERIAL\" >>{}\n\
         case $2 in none) echo no such card >&2; exit 77;; jam) echo it jams >&2; exit 1;; esac\n",
        told.display()
    );
    fs::write(&script, text).unwrap();
    let hook = by_shell(&script, &[]);
    let insert = |name| {
        let (profiles, kinds) = (["cns-st".to_owned(), "cie-nxp".to_owned()], ["cns".to_owned()]);
        let card = Wanted {
            name,
            profiles: &profiles,
            kinds: &kinds,
            serial: Some("6999"),
        };
        hook.insert("Reader 1", card)
    };
    insert("card").unwrap();
    hook.remove("Reader 1").unwrap();
    let told = fs::read_to_string(told).unwrap();
    assert_eq!(
        told,
        "insert card s-1/Reader 1/cns-st cie-nxp/cns/6999\nremove s-1/Reader 1///\n"
    );
    let cannot = insert("none").unwrap_err();
    assert_eq!(
        (cannot.blame(), cannot.code()),
        (Blame::NotApplicable, "bench-na-hook")
    );
    assert!(cannot.detail().ends_with("no such card"), "{}", cannot.detail());
    let jams = insert("jam").unwrap_err();
    assert_eq!((jams.blame(), jams.code()), (Blame::Rig, "bench-rig-hook"));
}

fn hook(folder: &Path, script: &str, arguments: &[&str]) -> CommandHook {
    let path = folder.join("hook");
    fs::write(&path, format!("cd {}\n{script}\n", folder.display())).unwrap();
    by_shell(&path, arguments)
}

/// Not run by itself: a file that was just written may stay open for writing in a process that another test is starting.
fn by_shell(script: &Path, arguments: &[&str]) -> CommandHook {
    let script = script.display().to_string();
    let arguments: Vec<String> = [script.as_str()]
        .iter()
        .chain(arguments)
        .map(ToString::to_string)
        .collect();
    CommandHook::new("/bin/sh".into(), "s-1").with_arguments(&arguments)
}

#[test]
fn digits_come_on_standard_input_and_stand_nowhere_else() {
    let folder = tempfile::tempdir().unwrap();
    let script = "echo \"$@\"; tee got; env >env; tr '\\0' ' ' </proc/$$/cmdline >argv";
    let hook = hook(folder.path(), script, &["port"]);
    let digits = Zeroizing::new(b"8135".to_vec());
    hook.press("Reader 1", Keys::Pin, Some(&digits)).unwrap();
    assert_eq!(fs::read(folder.path().join("got")).unwrap(), b"8135\n");
    for place in ["env", "argv"] {
        let text = fs::read_to_string(folder.path().join(place)).unwrap();
        assert!(!text.is_empty() && !text.contains("8135"), "{place}");
    }
}

#[test]
fn what_a_hook_says_is_told_without_digits_and_not_at_all_once_it_knows_some() {
    let folder = tempfile::tempdir().unwrap();
    let script =
        "read -r pin; echo \"arm 4 is ٣ off $pin\"; for k in 8 1 3 5; do echo \"key $k\"; done; exit 1";
    let hook = hook(folder.path(), script, &[]);
    let jams = hook.remove("Reader 1").unwrap_err();
    assert!(
        jams.detail()
            .ends_with("; arm • is • off  key • key • key • key •"),
        "{}",
        jams.detail()
    );
    let digits = Zeroizing::new(b"8135".to_vec());
    let presses = || hook.press("Reader 1", Keys::Pin, Some(&digits));
    // Also of what it does after it, and whatever it is that it remembers.
    for jams in [presses().unwrap_err(), hook.remove("Reader 1").unwrap_err()] {
        assert!(
            jams.detail()
                .ends_with("what it said is not told, as it knows what was pressed"),
            "{}",
            jams.detail()
        );
    }
}

#[test]
fn a_hook_that_does_not_end_is_killed_with_its_children() {
    let folder = tempfile::tempdir().unwrap();
    let script = "sleep 1000 & echo $! >child; echo stuck; wait";
    let hook = hook(folder.path(), script, &[]).with_time_limit(Duration::from_millis(500));
    let late = hook.remove("Reader 1").unwrap_err();
    assert_eq!((late.blame(), late.code()), (Blame::Rig, "bench-rig-hook"));
    assert!(late.detail().contains("killed; stuck"), "{}", late.detail());
    let child = fs::read_to_string(folder.path().join("child")).unwrap();
    let state = || fs::read_to_string(format!("/proc/{}/stat", child.trim())).unwrap_or_default();
    let begun = Instant::now();
    // One that nobody waits for may stay a while as a zombie.
    while !state().is_empty() && !state().contains(") Z ") {
        assert!(begun.elapsed() < Duration::from_secs(20), "{}", state());
        std::thread::sleep(Duration::from_millis(10));
    }
}
