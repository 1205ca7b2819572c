//! The commands that need no PIN, and what comes of a service that is not there.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "test code")]

mod program;

use std::process::Stdio;

use program::{command, run, run_command};
use serde_json::{Value, json};

#[test]
fn a_card_tells_its_maker_number_and_tries() {
    let told = run(&["card", "--json", "--reader", "played:cns-st"], "").json();
    assert_eq!(told["card"]["kind"], "cns");
    assert_eq!(told["card"]["profile"], "st-incard-1.1");
    assert_eq!(told["card"]["number"], "6999000000001016");
    assert_eq!(told["pin"]["tries_left"], 3);
    let told = run(&["card", "--json", "--reader", "played:cns-athena"], "").json();
    assert_eq!(told["pin"]["tries_left"], Value::Null);
    let told = run(&["card", "--json", "--reader", "played:cns-blocked"], "").json();
    assert_eq!(told["pin"]["tries_left"], 0);
}

#[test]
fn a_certificate_comes_as_text_pem_der_and_json() {
    let reader = ["--reader", "played:cns-st"];
    let text = run(&[&["cert"][..], &reader].concat(), "");
    assert!(
        text.exit == 0 && text.out.contains("DMNNCL80C14H501S"),
        "{}",
        text.out
    );
    let pem = run(&[&["cert", "--pem"][..], &reader].concat(), "").out;
    assert!(pem.starts_with("-----BEGIN CERTIFICATE-----\n"), "{pem}");
    let json = run(&[&["cert", "--json"][..], &reader].concat(), "").json();
    assert_eq!(json["certificate"]["pem"], pem.as_str());
    let der = command(&[&["cert", "--der"][..], &reader].concat())
        .output()
        .unwrap()
        .stdout;
    assert_eq!(der[0], 0x30);
    let both = run(&[&["cert", "--der", "--pem"][..], &reader].concat(), "");
    assert_eq!(both.exit, 64);
    let absent = run(&["cert", "--json", "--reader", "played:cns-no-certificate"], "");
    assert_eq!(
        (absent.exit, absent.error_code().as_str()),
        (38, "certificate-absent")
    );
}

#[test]
fn personal_data_want_a_yes_and_are_told_with_their_agreement() {
    let reader = ["--json", "--reader", "played:cns-st"];
    let refused = run(&[&["data"][..], &reader].concat(), "");
    assert_eq!(
        (refused.exit, refused.error_code().as_str()),
        (64, "personal-data-consent")
    );
    let yes = [&["data", "--yes-personal-data"][..], &reader].concat();
    let told = run(&yes, "").json();
    assert_eq!(told["personal_data"]["surname"], "D'AMÀNZIO");
    assert_eq!(told["personal_data"]["birth_date"], "1980-03-14");
    assert_eq!(told["personal_data"]["height_cm"], Value::Null);
    assert_eq!(told["card"]["team_number"], "80380009990000000010");
    assert_eq!(told["exchanges"]["personal_data"], 2);
    assert_eq!(
        told["agreement"],
        json!({ "personal_data": "matches", "card_number": "matches" })
    );
    let alone = run(&[&yes[..], &["--without-certificate"]].concat(), "").json();
    assert_eq!(alone["exchanges"]["all"], 4);
    assert_eq!(alone["agreement"]["personal_data"], "unknown");
    let other = [
        "data",
        "--yes-personal-data",
        "--json",
        "--reader",
        "played:cns-nfc-st2022",
    ];
    assert_eq!(run(&other, "").json()["agreement"]["personal_data"], "differs");
    // Without the certificate's container there is nothing to compare with; the data are there all the same.
    let bit4id = [
        "data",
        "--yes-personal-data",
        "--json",
        "--reader",
        "played:cns-bit4id",
    ];
    assert_eq!(run(&bit4id, "").json()["agreement"]["personal_data"], "unknown");
}

#[test]
fn text_says_that_no_pin_protects_the_data() {
    let reader = ["--reader", "played:cns-st", "--lang"];
    for (language, notice) in [("it", "non serve il PIN"), ("en", "no PIN is needed")] {
        let told = run(
            &[&["data", "--yes-personal-data"][..], &reader, &[language]].concat(),
            "",
        );
        assert!(told.exit == 0 && told.err.contains(notice), "{}", told.err);
        assert!(told.out.contains("D'AMÀNZIO"), "{}", told.out);
    }
}

#[test]
fn makers_that_a_user_brings_are_taken_from_a_folder_and_faults_in_them_named() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().to_str().unwrap();
    let card = |dir: &str| {
        let arguments = [
            "card",
            "--json",
            "--profiles",
            dir,
            "--reader",
            "played:cns-digest-info",
        ];
        run(&arguments, "")
    };
    let known = card(concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/makers")).json();
    assert_eq!(known["card"]["profile"], "digest-info");
    let empty = card(dir);
    assert_eq!((empty.exit, empty.error_code().as_str()), (64, "makers-empty"));
    rustix::fs::mknodat(
        rustix::fs::CWD,
        folder.path().join("pipe.toml"),
        rustix::fs::FileType::Fifo,
        rustix::fs::Mode::RUSR,
        0,
    )
    .unwrap();
    let pipe = card(dir);
    assert_eq!((pipe.exit, pipe.error_code().as_str()), (64, "makers-unreadable"));
    std::fs::remove_file(folder.path().join("pipe.toml")).unwrap();
    let missing = card(&format!("{dir}/nowhere"));
    assert_eq!(
        (missing.exit, missing.error_code().as_str()),
        (64, "makers-unreadable")
    );
    std::fs::write(folder.path().join("mine.toml"), "name = \"mine\"\npin = 3\n").unwrap();
    let wrong = card(dir);
    assert_eq!(
        (wrong.exit, wrong.error_code().as_str()),
        (64, "maker-profile-invalid")
    );
    let told = wrong.json();
    let detail = told["error"]["detail"].as_str().unwrap();
    assert!(detail.contains("mine.toml, line 2"), "{detail}");
}

#[test]
fn how_a_card_was_recognised_is_told() {
    for (profile, maker, by) in [
        ("cns-st", "st-incard-1.1", "answer-to-reset"),
        ("cns-idemia-2021", "idemia-2021", "answer-to-reset"),
        ("cns-nfc-st2022", "st-2022-nfc", "application"),
    ] {
        let reader = format!("played:{profile}");
        let told = run(&["card", "--json", "--reader", &reader], "").json();
        assert_eq!(told["card"]["profile"], maker);
        assert_eq!(told["card"]["recognised_by"], by);
    }
}

#[test]
fn services_are_listed_with_their_class() {
    let told = run(&["services", "--json"], "").json();
    let services = told["services"].as_array().unwrap();
    assert!(
        services
            .iter()
            .any(|s| s["id"] == "inps.domanda" && s["class"] == "disposition"),
        "{told:#}"
    );
}

#[test]
fn virtual_cards_are_listed_with_their_pin() {
    let told = run(&["emulate", "--list", "--json"], "").json();
    let cards = told["virtual_cards"].as_array().unwrap();
    let names: Vec<&str> = cards.iter().map(|card| card["name"].as_str().unwrap()).collect();
    for name in [
        "cns-st",
        "cns-st-2021",
        "cns-athena",
        "cns-last-try",
        "cns-blocked",
        "cns-expired",
        "cns-no-certificate",
        "cie-nxp",
        "cie-clone-device",
    ] {
        assert!(names.contains(&name), "{name} in {names:?}");
    }
    for card in cards {
        let codes = if card["name"].as_str().unwrap().starts_with("cie-") {
            ("12345678", "87654321")
        } else {
            ("12345", "12345678")
        };
        assert_eq!(
            (card["pin"].as_str().unwrap(), card["puk"].as_str().unwrap()),
            codes
        );
    }
    let text = run(&["emulate", "--list"], "").out;
    assert!(text.contains("PIN 12345, PUK 12345678"), "{text}");
}

#[test]
fn without_a_service_every_command_says_so() {
    for arguments in [&["readers"][..], &["card"], &["cert"], &["doctor"]] {
        let ran = run(&[arguments, &["--json"]].concat(), "");
        assert_eq!(ran.exit, 30, "{arguments:?}: {}", ran.out);
    }
    assert_eq!(run(&["card", "--json"], "").error_code(), "no-service");
    let doctor = run(&["doctor", "--json"], "").json();
    assert_eq!(
        (&doctor["ready"], &doctor["socket"]["state"]),
        (&json!(false), &json!("socket-absent"))
    );
    let doctor = run(&["doctor"], "").out;
    assert!(doctor.contains("sudo apt install pcscd"), "{doctor}");
}

#[test]
fn an_output_that_cannot_be_written_is_no_success() {
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let mut child = command(&["services"])
        .stdout(full)
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(60));
}

#[test]
fn a_reader_that_stops_reading_is_no_failure() {
    let mut child = command(&["man"]).stdout(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[test]
fn the_locale_decides_the_language() {
    let mut italian = command(&["cert", "--reader", "played:cns-no-certificate"]);
    let ran = run_command(italian.env("LC_ALL", "it_IT.UTF-8"), "");
    assert!(ran.err.contains("Che cosa fare"), "{}", ran.err);
}

#[test]
fn pages_and_completions_are_written() {
    let folder = tempfile::tempdir().unwrap();
    let pages = folder.path().join("man1");
    assert_eq!(run(&["man", "--dir", pages.to_str().unwrap()], "").exit, 0);
    let page = std::fs::read_to_string(pages.join("varco-login.1")).unwrap();
    assert!(page.contains("allow\\-last\\-try"), "{page}");
    assert!(run(&["man"], "").out.contains(".TH varco"));
    for shell in ["bash", "zsh", "fish"] {
        let ran = run(&["completions", shell], "");
        assert!(ran.exit == 0 && ran.out.contains("login"), "{shell}");
    }
}

/// A built-in card's folder with another answer to reset.
fn answering(folder: &std::path::Path, card: &str, atr: &str) -> String {
    let fixtures = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/cards/");
    for entry in std::fs::read_dir(format!("{fixtures}{card}")).unwrap() {
        let entry = entry.unwrap();
        std::fs::copy(entry.path(), folder.join(entry.file_name())).unwrap();
    }
    let path = folder.join("card.toml");
    let text = std::fs::read_to_string(&path).unwrap();
    let (before, after) = text.split_once("atr = \"").unwrap();
    let (_, after) = after.split_once('"').unwrap();
    std::fs::write(&path, format!("{before}atr = \"{atr}\"{after}")).unwrap();
    format!("played:{}", folder.display())
}

#[test]
fn a_card_of_others_is_named_in_the_language_asked_for() {
    for (language, name) in [
        ("it", "Carta d'Identità Elettronica della seconda serie"),
        ("en", "Italian identity card of the second series"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let atr = "3BFF1800FF8131FE55006B0209130002495449442020 3180D3".replace(' ', "");
        let reader = answering(folder.path(), "cns-athena", &atr);
        let told = run(&["card", "--json", "--lang", language, "--reader", &reader], "");
        assert_eq!((told.exit, told.error_code().as_str()), (33, "card-foreign"));
        let message = told.json()["error"]["message"].as_str().unwrap().to_owned();
        assert!(message.contains(name), "{message}");
    }
}

#[test]
fn an_unknown_card_that_reads_as_a_cns_logs_in_and_says_how_it_was_recognised() {
    let folder = tempfile::tempdir().unwrap();
    let reader = answering(folder.path(), "cns-athena", "3B8980014E554C4C30303030303D");
    let told = run(&["card", "--json", "--reader", &reader], "").json();
    assert_eq!(told["card"]["profile"], "generic");
    assert_eq!(told["card"]["recognised_by"], "files");
    assert_eq!(
        told["pin"]["tries_left"],
        Value::Null,
        "never asked of an unknown card"
    );
    let text = run(&["card", "--lang", "it", "--reader", &reader], "").out;
    assert!(text.contains("il modello non è fra quelli noti"), "{text}");
    let ca = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../fixtures/pki/ca-cns-legacy.der"
    );
    let login = [
        "login",
        "--json",
        "--pin-stdin",
        "--trust-test",
        ca,
        "--revocation",
        "off",
        "--reader",
        &reader,
    ];
    assert_eq!(run(&login, "12345\n").exit, 0);
}
