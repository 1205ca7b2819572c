//! docs/faults.md is the catalogue of faults, written out.
//!
//! `VARCO_WRITE_FAULTS=1 cargo test -p varco-conformance --test faults` writes it anew.
//!
//! Not here: whether logins end so (tests/scenario and crates/cli, `faults`).
#![allow(clippy::unwrap_used, reason = "test code")]

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;

use varco_emulator::fault::{Entry, Fault, Instruction, Target, catalogue};

const HEAD: &str = include_str!("faults_head.md");

const FOOT: &str = include_str!("faults_foot.md");

fn code_list(names: &[String]) -> String {
    let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    names.join(", ")
}

fn row(entry: &Entry, fault: Fault) -> String {
    let shown = fault.to_string();
    let plan = match shown.split_once('=') {
        Some((name, usual)) => format!("`{name}[={usual}]`"),
        None => format!("`{shown}`"),
    };
    let value = match entry.value.as_str() {
        "" => String::new(),
        value => format!(" Value: {value}."),
    };
    let places = Target::ALL.map(|target| {
        if entry.at.contains(&target) {
            "yes"
        } else if entry.helped.contains(&target) {
            "helped"
        } else {
            ""
        }
    });
    let [here, vpcd, ccid, pn532] = places;
    let what = &entry.what;
    let (cns, cie) = (code_list(&entry.cns), code_list(&entry.cie));
    format!("| {plan} | {what}{value} | {here} | {vpcd} | {ccid} | {pn532} | {cns} | {cie} |\n")
}

fn written() -> String {
    let names = Instruction::ALL
        .map(|known| format!("`{}`", known.name()))
        .join(", ");
    let mut text = HEAD.replace("INSTRUCTIONS", &names);
    for (entry, fault) in catalogue().iter().zip(Fault::ALL) {
        text.write_str(&row(entry, fault)).unwrap();
    }
    text + FOOT
}

#[test]
fn the_page_is_the_catalogue() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/faults.md");
    let text = written();
    if std::env::var_os("VARCO_WRITE_FAULTS").is_some() {
        std::fs::write(&path, &text).unwrap();
    }
    let found = std::fs::read_to_string(&path).unwrap();
    assert!(
        found == text,
        "docs/faults.md: VARCO_WRITE_FAULTS=1 cargo test -p varco-conformance --test faults"
    );
}

#[test]
fn every_end_is_one_that_the_program_documents() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/cli.md");
    let page = std::fs::read_to_string(page).unwrap();
    let known: BTreeSet<&str> = page.split('`').skip(1).step_by(2).collect();
    for entry in catalogue() {
        for end in entry.cns.iter().chain(&entry.cie) {
            assert!(
                end == "identified" || known.contains(end.as_str()),
                "{}: {end}",
                entry.name
            );
        }
    }
}
