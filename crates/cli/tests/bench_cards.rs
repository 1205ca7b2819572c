//! `varco bench record-card` and `compare` at the command line: what is told, and that what cannot be done leaves nothing behind.
//!
//! Not here: the same behind pcscd (`tests/conformance/tests/record_card.rs`), and card by card (crate `bench`).
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "test code")]

mod program;

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use program::{Ran, command, run, run_command, workspace};

fn record(reader: &str, name: &str, out: &Path, options: &[&str]) -> Ran {
    let out = out.to_str().unwrap();
    let mut arguments = vec!["--json", "bench", "record-card", "--name", name, "--out", out];
    if !reader.is_empty() {
        arguments.extend(["--reader", reader]);
    }
    arguments.extend(options);
    run(&arguments, "")
}

fn compare(reader: &str, with: &str, options: &[&str]) -> Ran {
    let arguments = ["--json", "bench", "compare", "--reader", reader, "--with", with];
    run(&[&arguments[..], options].concat(), "")
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn what_was_recorded_is_told_in_both_languages_and_stands_beside_the_card() {
    let folder = tempfile::tempdir().unwrap();
    for (language, expected) in [
        (
            "it",
            [
                "Nessun PIN è stato chiesto e nessun tentativo è stato speso.",
                "Osservato:",
                "Sostituito con",
                "supposto:",
            ],
        ),
        (
            "en",
            [
                "No PIN was asked for, and no try was spent.",
                "Observed:",
                "Replaced by",
                "assumed:",
            ],
        ),
    ] {
        let out = folder.path().join(language);
        let arguments = [
            "--lang",
            language,
            "bench",
            "record-card",
            "--reader",
            "played:cns-st",
            "--name",
            "mine",
            "--out",
            out.to_str().unwrap(),
        ];
        let ran = run(&arguments, "");
        assert_eq!(ran.exit, 0, "{}", ran.err);
        for text in expected {
            assert!(ran.out.contains(text), "{text}: {}", ran.out);
        }
        assert!(ran.out.contains(out.to_str().unwrap()), "{}", ran.out);
    }
    let out = folder.path().join("third");
    let told = record("played:cns-st", "mine", &out, &[]).json();
    let told = &told["recorded"];
    assert_eq!(told["files"].as_u64(), Some(names(&out).len() as u64));
    let about: serde_json::Value =
        serde_json::from_slice(&fs::read(out.join("recording.json")).unwrap()).unwrap();
    for key in ["observed", "replaced", "assumed", "timing", "like"] {
        assert_eq!(told[key], about[key], "{key}");
    }
    assert_eq!(told["observed"]["chaining"], "true");
    assert_eq!(names(folder.path()), ["en", "it", "third"]);
}

#[test]
fn what_cannot_be_recorded_is_told_and_nothing_is_lost_or_left() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    fs::create_dir(at("there")).unwrap();
    fs::write(at("there/mine"), "kept").unwrap();
    fs::create_dir(at("empty")).unwrap();
    fs::write(at("file"), "kept").unwrap();
    symlink("nowhere", at("link")).unwrap();
    let before = names(folder.path());
    for (out, exit, code) in [
        ("there", 60, "recording-exists"),
        ("empty", 60, "recording-exists"),
        ("file", 60, "recording-exists"),
        ("link", 60, "recording-exists"),
        ("no-such/mine", 60, "file-unwritable"),
        ("file/mine", 60, "file-unwritable"),
    ] {
        // Found out before a reader is looked for.
        for reader in ["played:cns-st", "no such reader"] {
            let ran = record(reader, "mine", &at(out), &[]);
            assert_eq!((ran.exit, ran.error_code().as_str()), (exit, code), "{out}");
        }
    }
    let long = "n".repeat(65);
    for name in ["", "../mine", ".mine", "due parole", "à", long.as_str()] {
        let ran = record("played:cns-st", name, &at("new"), &[]);
        assert_eq!((ran.exit, ran.error_code().as_str()), (64, "usage"), "{name}");
    }
    let ran = record("played:cns-of-nobody", "mine", &at("new"), &[]);
    assert_eq!((ran.exit, ran.error_code().as_str()), (64, "profile-unknown"));
    let ran = record("no such reader", "mine", &at("new"), &[]);
    assert_eq!((ran.exit, ran.error_code().as_str()), (30, "no-service"));
    let unknown = unknown_card(&at("unknown"));
    let ran = record(&format!("played:{}", unknown.display()), "mine", &at("new"), &[]);
    assert_eq!((ran.exit, ran.error_code().as_str()), (33, "card-not-recognised"));
    fs::remove_dir_all(unknown).unwrap();
    assert_eq!(names(folder.path()), before);
    assert_eq!(fs::read(at("there/mine")).unwrap(), b"kept");
    assert_eq!(fs::read(at("file")).unwrap(), b"kept");
}

/// A card that no driver knows: of another answer to reset, and its files elsewhere.
fn unknown_card(folder: &Path) -> PathBuf {
    fs::create_dir(folder).unwrap();
    let of = workspace().join("fixtures/cards/cns-st");
    for name in names(&of) {
        fs::copy(of.join(&name), folder.join(&name)).unwrap();
    }
    let text = fs::read_to_string(of.join("card.toml")).unwrap();
    let (head, files) = text.split_once("[[file]]").unwrap();
    let (before, atr) = head.split_once("atr = \"").unwrap();
    let (_, after) = atr.split_once('"').unwrap();
    let files = ["1", "2"].iter().fold(files.to_owned(), |files, path| {
        files.replace(&format!("path = \"{path}"), "path = \"5")
    });
    fs::write(
        folder.join("card.toml"),
        format!("{before}atr = \"3B021450\"{after}[[file]]{files}"),
    )
    .unwrap();
    folder.to_owned()
}

#[test]
fn a_bench_file_names_the_reader_and_the_card_that_it_must_be() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let file = |serial: &str| {
        let text = format!(
            "format = 1\nreader = \"played:cns-st\"\nrig = {{ kind = \"prompt\" }}\n[cards.mine]\nserial = \"{serial}\"\n"
        );
        fs::write(at("bench.toml"), text).unwrap();
    };
    let bench = at("bench.toml");
    let bench = ["--bench", bench.to_str().unwrap()];
    // It permits nothing to be spent, and nothing is.
    file("6999000000001016");
    let ran = record("", "mine", &at("mine"), &bench);
    assert_eq!(ran.exit, 0, "{}{}", ran.out, ran.err);
    file("6999000000009999");
    let ran = record("", "mine", &at("other"), &bench);
    assert_eq!((ran.exit, ran.error_code().as_str()), (66, "bench-another-card"));
    assert!(!ran.out.contains("6999"), "{}", ran.out);
    fs::write(at("bench.toml"), "format = 2\n").unwrap();
    let ran = record("", "mine", &at("other"), &bench);
    assert_eq!(
        (ran.exit, ran.error_code().as_str()),
        (60, "bench-file-malformed")
    );
    let ran = record("played:cns-st", "mine", &at("other"), &bench);
    assert_eq!(ran.exit, 64);
    assert_eq!(names(folder.path()), ["bench.toml", "mine"]);
}

#[test]
fn cards_that_answer_alike_end_with_0_and_others_with_65() {
    let ran = compare("played:cns-st", "cns-st", &[]);
    assert_eq!(
        (ran.exit, ran.json()["compared"]["alike"].as_bool()),
        (0, Some(true))
    );
    for with in ["cns-athena", "reader:played:cns-athena", "cie-nxp"] {
        let ran = compare("played:cns-st", with, &[]);
        assert_eq!(
            (ran.exit, ran.error_code().as_str()),
            (65, "cards-differ"),
            "{with}"
        );
    }
    let unknown = tempfile::tempdir().unwrap();
    let unknown = unknown_card(&unknown.path().join("unknown"));
    let ran = compare("played:cns-st", unknown.to_str().unwrap(), &[]);
    assert_eq!(ran.exit, 65);
    assert!(ran.json()["compared"]["there"].is_null());
    let unknown = format!("played:{}", unknown.display());
    let ran = compare(&unknown, "cns-st", &[]);
    assert_eq!((ran.exit, ran.error_code().as_str()), (33, "card-not-recognised"));
    let ran = compare("played:cns-st", "reader:no such reader", &[]);
    assert_eq!((ran.exit, ran.error_code().as_str()), (30, "no-service"));
    let text = |language| {
        let mut asked = command(&[
            "--lang",
            language,
            "bench",
            "compare",
            "--reader",
            "played:cns-st",
        ]);
        run_command(asked.args(["--with", "cns-athena"]), "")
    };
    let (it, en) = (text("it"), text("en"));
    assert!(it.out.contains("passo") && it.out.contains("qui"), "{}", it.out);
    assert!(en.out.contains("step") && en.out.contains("here"), "{}", en.out);
    assert!(en.err.contains("do not answer alike"), "{}", en.err);
}

#[test]
fn what_a_recording_replaces_is_found_beside_it_or_by_its_folder() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("mine");
    assert_eq!(record("played:cie-gemalto", "mine", &out, &[]).exit, 0);
    let out_text = out.to_str().unwrap();
    let played = format!("played:{out_text}");
    // Nothing tells that its root key is not the card's.
    let other = edited(&out, &folder.path().join("edited"));
    let other = other.to_str().unwrap();
    for (reader, with, options, exit) in [
        ("played:cie-gemalto", out_text, &[][..], 0),
        (played.as_str(), "cie-gemalto", &[][..], 0),
        ("played:cie-gemalto", other, &[][..], 65),
        ("played:cie-gemalto", other, &["--recording", out_text][..], 0),
    ] {
        let ran = compare(reader, with, options);
        assert_eq!(ran.exit, exit, "{reader} {with}: {}", ran.out);
    }
    for text in [
        "",
        "{}",
        "{\"format\":2,\"replaced\":{}}",
        "{\"format\":1,\"replaced\":[]}",
    ] {
        fs::write(out.join("recording.json"), text).unwrap();
        let ran = compare("played:cie-gemalto", out_text, &[]);
        assert_eq!(
            (ran.exit, ran.error_code().as_str()),
            (60, "recording-malformed"),
            "{text}"
        );
    }
    fs::remove_file(out.join("recording.json")).unwrap();
    let ran = compare("played:cie-gemalto", "cie-gemalto", &["--recording", out_text]);
    assert_eq!((ran.exit, ran.error_code().as_str()), (60, "recording-malformed"));
}

/// The same recording without its `recording.json`, and with another root key.
fn edited(recording: &Path, folder: &Path) -> PathBuf {
    fs::create_dir(folder).unwrap();
    for name in names(recording).iter().filter(|name| *name != "recording.json") {
        let mut content = fs::read(recording.join(name)).unwrap();
        if name == "root-modulus.bin" {
            content[10] ^= 1;
        }
        fs::write(folder.join(name), content).unwrap();
    }
    folder.to_owned()
}
