//! `varco enablement`, `delegation`, `category` and `phone-pin`: what one process enters, the next one goes by.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "test code")]

mod delegations;
mod enablements;
mod phone_pins;
#[path = "../program/mod.rs"]
mod program;
mod stores;

use std::path::PathBuf;

use program::{Ran, login, run};
use serde_json::Value;
use tempfile::TempDir;
use varco::CodiceFiscale;

/// Whose card it is.
pub(crate) const PERSON: &str = "DMNNCL80C14H501S";
pub(crate) const OTHER: &str = "BNCGLI75D52F205U";
/// Who enters things.
pub(crate) const BY: &str = "--who clerk --act protocol-1";
/// The instant of a login, where none is named.
pub(crate) const THEN: &str = "2026-06-01T09:00:00Z";

/// The invented person of a number: a codice fiscale whose names are the number.
pub(crate) fn person(number: u8) -> String {
    let letter = char::from(b'A' + number);
    let code = |check: char| format!("AAAAA{letter}10A41H501{check}");
    ('A'..='Z')
        .map(code)
        .find(|code| CodiceFiscale::parse(code).is_ok())
        .unwrap()
}

/// The place of a store, in a folder that is gone with the test.
pub(crate) struct Place {
    _folder: TempDir,
    pub(crate) path: PathBuf,
}

impl Place {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("records.db");
        Self {
            _folder: folder,
            path,
        }
    }

    pub(crate) fn path(&self) -> &str {
        self.path.to_str().unwrap()
    }

    /// A command on the store: words, a person's codice fiscale for PERSON and OTHER.
    pub(crate) fn run(&self, words: &str) -> Ran {
        self.run_with(words, "--json", "")
    }

    pub(crate) fn run_with(&self, words: &str, options: &str, input: &str) -> Ran {
        let words = words
            .replace("PERSON", PERSON)
            .replace("OTHER", OTHER)
            .replace("BY", BY);
        let mut arguments: Vec<&str> = words.split(' ').collect();
        // The option stands before `grant` and its like, and after `check`, which is its own.
        let place = if arguments[0] == "phone-pin" {
            arguments.len()
        } else {
            1
        };
        arguments.splice(place..place, ["--records", self.path()]);
        arguments.extend(options.split_whitespace());
        run(&arguments, input)
    }

    /// One that must succeed, and what it told.
    pub(crate) fn done(&self, words: &str) -> Value {
        let ran = self.run(words);
        assert_eq!(ran.exit, 0, "{words}: {}{}", ran.out, ran.err);
        ran.json()
    }

    /// One that must not: its exit and code.
    pub(crate) fn refused(&self, words: &str) -> (i32, String) {
        let ran = self.run(words);
        (ran.exit, ran.error_code())
    }

    /// A login by PERSON's card for a service, by this store.
    pub(crate) fn login(&self, service: &str, options: &str) -> Ran {
        let options = options.replace("OTHER", OTHER);
        let mut arguments = vec!["--service", service, "--records", self.path()];
        arguments.extend(options.split_whitespace());
        login("cns-st", &arguments, "12345\n")
    }
}

/// The codes of the reasons of a decision.
pub(crate) fn reasons(ran: &Ran) -> Vec<String> {
    let told = ran.json();
    let told = [&told["decision"], &told["admission"]]
        .into_iter()
        .find(|one| one.is_object());
    let list = told.unwrap()["reasons"].as_array().unwrap();
    list.iter()
        .map(|one| one["code"].as_str().unwrap().to_owned())
        .collect()
}
