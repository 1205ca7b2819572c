//! Files of a store that are not what was written: each is an error that names it, and nothing passes in silence.

use std::path::{Path, PathBuf};

use varco_pki::{Asked, RevocationSource as _, Undetermined};
use varco_trust_store::store::TrustStore;

use crate::*;

fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let mut files: Vec<_> = entries
        .filter(|path| path.to_str().unwrap().ends_with(ending))
        .collect();
    files.sort();
    files
}

/// What using all of a store comes to: the first error, and the file that it names.
fn use_all(path: &Path) -> Result<(), (String, Option<PathBuf>)> {
    let told = |error: StoreError| (error.code().to_owned(), error.path().map(Path::to_path_buf));
    let store = TrustStore::open(path).map_err(told)?;
    store.anchors(now()).map_err(told)?;
    let (card, issuer) = (certificate("leaf-good"), certificate("ca-cns"));
    let asked = Asked {
        certificate: &card,
        issuer: &issuer,
    };
    store.evidence().look_up(asked).map_err(told)?;
    Ok(())
}

#[test]
fn a_file_that_is_altered_cut_or_gone_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store");
    filled(&path);
    assert_eq!(use_all(&path), Ok(()));
    let mut damaged = 0;
    for (inside, ending) in [
        ("certificates", ".der"),
        ("lists", ".xml"),
        ("crls", ".index"),
        ("", "store.json"),
    ] {
        for file in files(&path.join(inside), ending) {
            let good = std::fs::read(&file).unwrap();
            let (mut flipped, mut longer) = (good.clone(), good.clone());
            flipped[good.len() / 2] ^= 1;
            longer.push(b'{');
            for bad in [&good[..good.len() / 2], &flipped, &longer, &[]] {
                std::fs::write(&file, bad).unwrap();
                if let Err((code, named)) = use_all(&path) {
                    assert!(
                        ["store-damaged", "crl-index-damaged", "crl-index-other-format"]
                            .contains(&code.as_str()),
                        "{file:?}: {code}"
                    );
                    assert_eq!(named.as_deref(), Some(&*file));
                    damaged += 1;
                } else {
                    // A letter of the JSON's text, such as a digit of a date, may be another good one.
                    assert!(file.ends_with("store.json") && bad == flipped, "{file:?}");
                }
            }
            std::fs::remove_file(&file).unwrap();
            let (code, named) = use_all(&path).unwrap_err();
            assert!(
                ["store-file-missing", "store-not-found", "crl-index-not-found"].contains(&code.as_str()),
                "{code}"
            );
            if code != "store-not-found" {
                assert_eq!(named.as_deref(), Some(&*file));
            }
            std::fs::write(&file, good).unwrap();
            assert_eq!(use_all(&path), Ok(()));
        }
    }
    assert!(damaged >= 19, "{damaged}");
}

#[test]
fn a_damaged_index_counts_as_unreadable_and_importing_again_repairs_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    let store = filled(path);
    let index = files(&path.join("crls"), ".index").remove(0);
    std::fs::write(&index, "x").unwrap();
    let (card, issuer) = (certificate("leaf-good"), certificate("ca-cns"));
    let asked = Asked {
        certificate: &card,
        issuer: &issuer,
    };
    let known = store.evidence().known(asked);
    assert_eq!(known.trouble, Some(Undetermined::Unreadable));
    assert!(store.status(now()).unwrap().is_bad());
    import_crl(&store, "crl-cns").unwrap();
    assert_eq!(store.evidence().known(asked).lists.len(), 1);
    assert!(!store.status(now()).unwrap().is_bad());
}

#[test]
fn json_of_another_format_or_with_more_than_is_known_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    filled(path);
    let json = std::fs::read_to_string(path.join("store.json")).unwrap();
    let told = |text: &str| {
        std::fs::write(path.join("store.json"), text).unwrap();
        code(TrustStore::open(path))
    };
    assert_eq!(
        told(&json.replacen("\"format\": 1", "\"format\": 2, \"more\": []", 1)),
        "store-other-format"
    );
    assert_eq!(
        told(&json.replacen("\"format\": 1", "\"format\": 1, \"more\": []", 1)),
        "store-damaged"
    );
    assert_eq!(told(&json.replacen("\"IT\"", "\"it\"", 1)), "store-territory");
    assert_eq!(
        told(&json.replacen(
            "\"hosts\": []",
            "\"hosts\": [{\"host\":\"*\",\"private\":true}]",
            1
        )),
        "store-damaged"
    );
    assert_eq!(told(&"[".repeat(1_000_000)), "store-damaged");
    assert_eq!(told(&" ".repeat(9_000_000)), "store-damaged");
}

#[test]
fn what_killed_changes_left_behind_is_thrown_away_and_what_is_somebody_elses_stays() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    let store = filled(path);
    let left = path.join("crls").join(format!("{}.crl.new", "ab".repeat(32)));
    let letter = path.join("crls/letter.txt");
    std::fs::write(&left, "x").unwrap();
    std::fs::write(&letter, "x").unwrap();
    let before = files(&path.join("crls"), ".index").remove(0);
    import_crl(&store, "crl-cns-empty").unwrap();
    assert!(!left.exists() && letter.exists());
    // Who read the store just before may still open what was replaced.
    assert!(before.exists());
    store.set_list_grace(1).unwrap();
    assert!(!before.exists());
    assert_eq!(files(&path.join("crls"), ".index").len(), 1);
}

#[test]
fn json_that_names_a_thing_twice_is_damaged() {
    let folder = tempfile::tempdir().unwrap();
    let store = filled(folder.path());
    store.allow_host("crl.example", false).unwrap();
    let path = folder.path().join("store.json");
    let good: serde_json::Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    for group in ["hosts", "signers", "lists", "anchors", "crls"] {
        let mut twice = good.clone();
        let entries = twice[group].as_array_mut().unwrap();
        entries.push(entries[0].clone());
        std::fs::write(&path, twice.to_string()).unwrap();
        assert_eq!(code(TrustStore::open(folder.path())), "store-damaged", "{group}");
    }
}

#[test]
fn a_store_that_lost_its_json_is_damaged_and_is_not_made_anew() {
    let folder = tempfile::tempdir().unwrap();
    filled(folder.path());
    std::fs::remove_file(folder.path().join("store.json")).unwrap();
    assert_eq!(code(TrustStore::open(folder.path())), "store-file-missing");
    assert_eq!(code(TrustStore::create(folder.path())), "store-file-missing");
    assert!(!folder.path().join("store.json").exists());
}
