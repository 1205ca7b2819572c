//! Writers of an index that are killed, or run out of room: the index in place stays whole.
//!
//! Each test starts its own program again as the writer, told by an environment variable.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "test code: what fails here fails the test"
)]

mod writer;

use std::path::Path;
use std::time::{Duration, Instant};

use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{Rng as _, SeedableRng as _};
use varco_pki::{Certificate, KnownList as _, Timestamp};
use varco_testkit::crl::{CrlDraft, Signer, entry, name};
use varco_trust_store::{CrlIndex, IndexProblem};

use writer::{
    DONE, READY, folder_in_memory, say, this_program, this_program_with_little_room, told, wait_for, writer,
};

fn authority() -> Certificate {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/pki/ca-cns.der");
    Certificate::parse(&std::fs::read(file).unwrap()).unwrap()
}

fn build(list: &[u8], place: &Path) -> Result<CrlIndex, varco_trust_store::CrlIndexError> {
    CrlIndex::build(list, &authority(), Timestamp::UNIX_EPOCH, place)
}

/// A folder with `old` and `new`, two lists of one issuer.
fn folder() -> tempfile::TempDir {
    let folder = folder_in_memory();
    let signer = Signer::of_fixture("ca-cns").unwrap();
    for (file, number, entries) in [("old", 1, 500_u32), ("new", 2, 4_000)] {
        let serials = (0..entries).map(|index| index.wrapping_mul(0x9E37_79B1) >> 1);
        let entries = serials.map(|serial| entry(&serial.to_be_bytes(), "260101000000Z", &[]));
        let draft = CrlDraft::new(&name("TEST authority")).with_entries(entries);
        let list = draft.numbered(&[number]).signed(&signer).unwrap();
        std::fs::write(folder.path().join(file), list).unwrap();
    }
    folder
}

fn read(folder: &Path, name: &str) -> Vec<u8> {
    std::fs::read(folder.join(name)).unwrap()
}

/// The writer's half: puts the new list in place.
fn write_as_told(folder: &Path) -> Result<CrlIndex, varco_trust_store::CrlIndexError> {
    let list = read(folder, "new");
    say(READY);
    let index = build(&list, &folder.join("index"));
    say(DONE);
    index
}

#[test]
fn whenever_a_writer_is_killed_the_old_or_the_new_index_is_whole() {
    const TEST: &str = "whenever_a_writer_is_killed_the_old_or_the_new_index_is_whole";
    if let Some(folder) = told() {
        write_as_told(&folder).unwrap();
        return;
    }
    let folder = folder();
    let folder = folder.path();
    let (index, previous) = (folder.join("index"), folder.join("index.previous"));
    let (old, new) = (read(folder, "old"), read(folder, "new"));
    let mut random = ChaCha20Rng::seed_from_u64(71);
    let mut whole_us = 0;
    let (mut olds, mut news) = (0, 0);
    for round in 0..=200 {
        for file in [&index, &previous] {
            let _ = std::fs::remove_file(file);
        }
        build(&old, &index).unwrap();
        let (mut child, mut lines) = writer(this_program(), TEST, folder);
        if round == 0 {
            // How long it takes when it is let be.
            let begun = Instant::now();
            wait_for(&mut lines, DONE);
            whole_us = u64::try_from(begun.elapsed().as_micros()).unwrap();
        } else {
            std::thread::sleep(Duration::from_micros(random.next_u64() % (whole_us * 5 / 4 + 1)));
        }
        child.kill().unwrap();
        child.wait().unwrap();

        match CrlIndex::open(&index).unwrap().header().entries {
            500 => olds += 1,
            4_000 => news += 1,
            entries => panic!("an index of {entries} entries"),
        }
        if previous.exists() {
            assert_eq!(
                CrlIndex::open(&previous).unwrap().header().entries,
                500,
                "round {round}"
            );
        }
        // Nothing that it left behind is in the way.
        assert_eq!(
            build(&new, &index).unwrap().header().entries,
            4_000,
            "round {round}"
        );
    }
    assert!(news > 0, "the first round ends with the new index");
    println!("old {olds}, new {news}, {whole_us} µs a replacement");
}

#[test]
fn a_disk_that_is_full_leaves_the_old_index_and_names_the_file() {
    const TEST: &str = "a_disk_that_is_full_leaves_the_old_index_and_names_the_file";
    if let Some(folder) = told() {
        let error = write_as_told(&folder).unwrap_err();
        assert!(matches!(error.problem(), IndexProblem::Write(_)), "{error}");
        assert_eq!(error.code(), "crl-index-no-room");
        assert!(error.path().ends_with("index.new") && error.to_string().contains("index.new"));
        return;
    }
    let folder = folder();
    let folder = folder.path();
    build(&read(folder, "old"), &folder.join("index")).unwrap();
    // No file may grow past 50 kB (bash) or 25 kB (dash); the new index measures 128 kB.
    let (mut child, mut lines) = writer(this_program_with_little_room(50), TEST, folder);
    wait_for(&mut lines, DONE);
    std::io::copy(&mut lines, &mut std::io::sink()).unwrap();
    assert!(child.wait().unwrap().success());

    assert_eq!(
        CrlIndex::open(&folder.join("index")).unwrap().header().entries,
        500
    );
    assert!(!folder.join("index.new").exists());
    let later = build(&read(folder, "new"), &folder.join("index")).unwrap();
    assert_eq!(later.header().entries, 4_000);
}
