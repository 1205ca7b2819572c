//! Writers that are killed, several at once, and a disk that is full: the store stays whole.

use std::time::{Duration, Instant};

use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{Rng as _, SeedableRng as _};
use varco_trust_store::store::TrustStore;

use crate::writer::{
    DONE, READY, folder_in_memory, say, this_program, this_program_with_little_room, told, wait_for, writer,
};
use crate::*;

/// The writer's half: a newer trusted list and a newer revocation list.
fn write_as_told(folder: &Path) -> Result<(), StoreError> {
    let (xml, der) = (
        std::fs::read(folder.join("list")).unwrap(),
        std::fs::read(folder.join("crl")).unwrap(),
    );
    let store = TrustStore::open(&folder.join("store")).unwrap();
    say(READY);
    let written = import_list(&store, &xml).and_then(|_| store.import_crl(&der, &[], None, now()));
    say(DONE);
    written.map(drop)
}

/// A folder with a store and what the writer brings.
fn prepared() -> tempfile::TempDir {
    let folder = folder_in_memory();
    let path = folder.path();
    std::fs::write(path.join("list"), list(42)).unwrap();
    std::fs::write(path.join("crl"), crl(8, "260201000000Z", 4_000)).unwrap();
    filled(&path.join("store"));
    let status = std::process::Command::new("cp")
        .arg("-r")
        .args([path.join("store"), path.join("kept")])
        .status();
    assert!(status.unwrap().success());
    folder
}

fn restore(path: &Path) {
    std::fs::remove_dir_all(path.join("store")).unwrap();
    let status = std::process::Command::new("cp")
        .arg("-r")
        .args([path.join("kept"), path.join("store")])
        .status();
    assert!(status.unwrap().success());
}

#[test]
fn whenever_a_writer_is_killed_the_store_is_whole() {
    const TEST: &str = "killed::whenever_a_writer_is_killed_the_store_is_whole";
    if let Some(folder) = told() {
        write_as_told(&folder).unwrap();
        return;
    }
    let folder = prepared();
    let path = folder.path();
    let mut random = ChaCha20Rng::seed_from_u64(75);
    let mut whole_us = 0;
    let mut seen = [0; 3];
    for round in 0..=200 {
        restore(path);
        let (mut child, mut lines) = writer(this_program(), TEST, path);
        if round == 0 {
            let begun = Instant::now();
            wait_for(&mut lines, DONE);
            whole_us = u64::try_from(begun.elapsed().as_micros()).unwrap();
        } else {
            std::thread::sleep(Duration::from_micros(random.next_u64() % (whole_us * 5 / 4 + 1)));
        }
        child.kill().unwrap();
        child.wait().unwrap();

        let store = TrustStore::open(&path.join("store")).unwrap();
        let status = store.status(now()).unwrap();
        assert!(!status.is_bad(), "round {round}: {status:?}");
        let (number, entries) = (
            store.lists().unwrap()[0].sequence_number,
            store.crls().unwrap()[0].entries,
        );
        assert_eq!(store.anchors(now()).unwrap().len(), 4, "round {round}");
        let step = match (number, entries) {
            (41, old) if old < 100 => 0,
            (42, old) if old < 100 => 1,
            (42, 4_000) => 2,
            other => panic!("round {round}: {other:?}"),
        };
        seen[step] += 1;
        // Nothing that it left behind is in the way.
        if round % 20 == 0 {
            write_again(&store, path);
        }
    }
    assert!(seen[2] > 0, "the first round ends with all of it");
    println!("neither, list, both: {seen:?}, {whole_us} µs for both");
}

fn write_again(store: &TrustStore, path: &Path) {
    import_list(store, &std::fs::read(path.join("list")).unwrap()).unwrap();
    let der = std::fs::read(path.join("crl")).unwrap();
    store.import_crl(&der, &[], None, now()).unwrap();
    assert_eq!(store.crls().unwrap()[0].entries, 4_000);
}

#[test]
fn a_disk_that_is_full_leaves_the_store_as_it_was() {
    const TEST: &str = "killed::a_disk_that_is_full_leaves_the_store_as_it_was";
    if let Some(folder) = told() {
        let error = write_as_told(&folder).unwrap_err();
        assert!(
            ["store-no-room", "crl-index-no-room"].contains(&error.code()),
            "{error}"
        );
        assert!(error.path().unwrap().starts_with(&folder));
        return;
    }
    let folder = prepared();
    let path = folder.path();
    let (mut child, mut lines) = writer(this_program_with_little_room(60), TEST, path);
    wait_for(&mut lines, DONE);
    std::io::copy(&mut lines, &mut std::io::sink()).unwrap();
    assert!(child.wait().unwrap().success());
    let store = TrustStore::open(&path.join("store")).unwrap();
    assert!(!store.status(now()).unwrap().is_bad());
    assert!(store.crls().unwrap()[0].entries < 100);
    write_again(&store, path);
}

#[test]
fn processes_that_change_the_store_at_once_lose_nothing_of_each_other() {
    const TEST: &str = "killed::processes_that_change_the_store_at_once_lose_nothing_of_each_other";
    const EACH: u32 = 20;
    if let Some(path) = told() {
        let store = TrustStore::create(&path.join("store")).unwrap();
        say(READY);
        for turn in 0..EACH {
            let host = format!("host-{}-{turn}.example", std::process::id());
            store.allow_host(&host, false).unwrap();
        }
        say(DONE);
        return;
    }
    let folder = folder_in_memory();
    let writers: Vec<_> = (0..3)
        .map(|_| writer(this_program(), TEST, folder.path()))
        .collect();
    for (mut child, mut lines) in writers {
        wait_for(&mut lines, DONE);
        std::io::copy(&mut lines, &mut std::io::sink()).unwrap();
        assert!(child.wait().unwrap().success());
    }
    let store = TrustStore::open(&folder.path().join("store")).unwrap();
    assert_eq!(store.hosts().unwrap().len(), 3 * EACH as usize);
}
