//! `varco policy` by its exit codes, its JSON and its words.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "test code")]

mod check;
mod claims;
mod corpus;
mod explain;
mod operator;
#[path = "../program/mod.rs"]
mod program;
mod validate;

use std::path::{Path, PathBuf};

use program::{Ran, run};
use tempfile::TempDir;

pub(crate) const PERSON: &str = "DMNNCL80C14H501S";
pub(crate) const OTHER: &str = "BNCGLI75D52F205U";

/// A folder with this file in it.
pub(crate) fn with_file(name: &str, text: &str) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, text).unwrap();
    (folder, path)
}

pub(crate) fn text_of(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// A check for programs of what is claimed of [`PERSON`].
pub(crate) fn check(options: &[&str]) -> Ran {
    let arguments = ["policy", "check", "--json", "--codice-fiscale", PERSON];
    run(&[&arguments[..], options].concat(), "")
}

/// The same as people read it, in a language.
pub(crate) fn check_in(language: &str, options: &[&str]) -> Ran {
    let arguments = ["policy", "check", "--lang", language, "--codice-fiscale", PERSON];
    run(&[&arguments[..], options].concat(), "")
}

pub(crate) const FILING: &[&str] = &["--service", "inps.domanda"];
pub(crate) const READING: &[&str] = &["--service", "inps.cedolino"];

pub(crate) fn of(credential: &str, options: &[&str]) -> Ran {
    check(&[&["--credential", credential], options].concat())
}

/// The codes of one of the lists of a decision.
pub(crate) fn codes(ran: &Ran, list: &str) -> Vec<String> {
    let told = ran.json();
    let list = told["decision"][list].as_array().unwrap();
    list.iter()
        .map(|one| one["code"].as_str().unwrap().to_owned())
        .collect()
}

pub(crate) const SERVICES: &str = r#"
[[service]]
id = "comune.anagrafe"
class = "operator"
title = { it = "Anagrafe", en = "Registry" }
"#;

pub(crate) fn rule(id: &str, body: &str) -> String {
    let notes = "@it(\"Regola del Comune.\")\n@en(\"Rule of the town.\")\n@source(\"council, act 12\")";
    format!("@id(\"{id}\")\n{notes}\n{body}\n")
}

pub(crate) fn own_rules() -> String {
    rule(
        "comune-anagrafe",
        "permit (principal, action == Action::\"use\", resource == Service::\"comune.anagrafe\")\n\
         when { context has login && context.login.level >= 3 };",
    ) + &rule(
        "comune-niente-cedolini",
        "forbid (principal, action, resource == Service::\"inps.cedolino\");",
    )
}

/// A folder of an operator's files, with one that is neither services nor rules.
pub(crate) fn operator() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("services.toml"), SERVICES).unwrap();
    std::fs::write(folder.path().join("rules.cedar"), own_rules()).unwrap();
    std::fs::write(folder.path().join("README.md"), "Not for the program.").unwrap();
    folder
}
