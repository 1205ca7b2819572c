//! The manners that no compiler checks, each a small function over the source text.
//!
//! They read lines, not syntax: a check that a determined writer can evade is still enough to stop an accident.

mod source;

use std::process::Stdio;

use crate::layers::table::Layers;
use crate::{Outcome, shell};
use source::Source;

/// Everything that may stand at the top of the repository.
const TOP: &[&str] = &[
    ".cargo",
    ".ci",
    ".git",
    ".github",
    ".gitignore",
    "CONTRIBUTING.md",
    "Cargo.lock",
    "Cargo.toml",
    "LICENSE-APACHE",
    "LICENSE-MIT",
    "README.md",
    "clippy.toml",
    "crates",
    "deny.toml",
    "docs",
    "drivers",
    "fixtures",
    "rust-toolchain.toml",
    "rustfmt.toml",
    "tests",
];

/// What git does not see either: build output, editors' folders.
const TOP_IGNORED: &[&str] = &["target", ".idea", ".vscode"];

const LINES_MAX: usize = 800;
const LINES_MEDIAN_MAX: usize = 180;
const LINES_P90_MAX: usize = 500;

/// Where the rules live that may issue a permit for a command that spends a PIN try.
const PERMIT_ISSUER: &str = "crates/credential/";

/// Where permits are spent. Its tests have to make some; what it ships does not.
const PERMIT_SPENDERS: [&str; 2] = ["crates/card/", "crates/sm/"];

/// What is a link or wraps one. Everybody else speaks through a transaction, where the PIN guard stands.
const LINK_USERS: &[&str] = &[
    "crates/card/",
    "crates/emulator/",
    "crates/roster/",
    "crates/testkit/",
    "drivers/reader-",
    "drivers/virtual-",
    "tests/",
];

/// Clocks, random sources, files, environment and sockets. Written in two halves, so that this list is not
/// found by its own search.
const OUTSIDE_WORLD: &[&str] = &[
    concat!("SystemTime::", "now"),
    concat!("Instant::", "now"),
    concat!("Timestamp::", "now"),
    concat!("Zoned::", "now"),
    concat!("std::", "env"),
    concat!("std::", "fs"),
    concat!("std::", "net"),
    concat!("std::os::", "unix::net"),
    concat!("std::", "process"),
    concat!("System", "Random"),
    concat!("Os", "Rng"),
    concat!("Sys", "Rng"),
    concat!("thread_", "rng"),
    concat!("getrandom", "::"),
];

/// Runs all checks and gives one line for each thing found.
pub(crate) fn run(layers: &Layers) -> Outcome<Vec<String>> {
    let sources = source::all()?;
    let mut findings = Vec::new();
    findings.extend(sources.iter().filter_map(without_head));
    findings.extend(sources.iter().flat_map(permits_elsewhere));
    findings.extend(sources.iter().flat_map(links_without_transaction));
    findings.extend(sources.iter().flat_map(skipped_tests));
    let blind = sources
        .iter()
        .filter(|source| !layers.sees_outside_world(source.folder()));
    findings.extend(blind.flat_map(reaches_outside));
    findings.extend(sizes(&sources));
    findings.extend(strange_at_top()?);
    findings.extend(lock_drift()?);
    Ok(findings)
}

fn without_head(source: &Source) -> Option<String> {
    let opens = source.text.starts_with("//!");
    (!opens).then(|| format!("{}: opens without `//!` that says what the file is", source.path))
}

fn permits_elsewhere(source: &Source) -> Vec<String> {
    let call = [concat!("PinPermit::", "issue")];
    let why = "only the PIN rules of credential issue permits";
    if source.path.starts_with(PERMIT_ISSUER) {
        Vec::new()
    } else if PERMIT_SPENDERS
        .iter()
        .any(|folder| source.path.starts_with(folder))
    {
        source.shipped().having(&call, why)
    } else {
        source.having(&call, why)
    }
}

fn links_without_transaction(source: &Source) -> Vec<String> {
    if LINK_USERS.iter().any(|folder| source.path.starts_with(folder)) {
        return Vec::new();
    }
    let calls = [concat!(".trans", "mit("), concat!(".trans", "mit_pad_entry(")];
    source.having(&calls, "a card is spoken to through a transaction only")
}

fn skipped_tests(source: &Source) -> Vec<String> {
    source.having(
        &[concat!("#[", "ignore")],
        "a test that is not run proves nothing",
    )
}

fn reaches_outside(source: &Source) -> Vec<String> {
    source
        .shipped()
        .having(OUTSIDE_WORLD, "below layer 7 this is an argument, not a call")
}

fn sizes(sources: &[Source]) -> Vec<String> {
    let long = sources.iter().filter(|source| source.lines() > LINES_MAX);
    let mut findings: Vec<String> = long
        .map(|source| format!("{}: {} lines, over {LINES_MAX}", source.path, source.lines()))
        .collect();
    let mut lines: Vec<usize> = sources.iter().map(Source::lines).collect();
    lines.sort_unstable();
    let at = |percent: usize| {
        lines
            .get(lines.len() * percent / 100)
            .copied()
            .unwrap_or_default()
    };
    let (median, p90) = (at(50), at(90));
    println!(
        "{} source files: median {median} lines, 90th percentile {p90}",
        lines.len()
    );
    if median > LINES_MEDIAN_MAX {
        findings.push(format!(
            "the median file has {median} lines, over {LINES_MEDIAN_MAX}"
        ));
    }
    if p90 > LINES_P90_MAX {
        findings.push(format!(
            "one file in ten has {p90} lines or more, over {LINES_P90_MAX}"
        ));
    }
    findings
}

fn strange_at_top() -> Outcome<Vec<String>> {
    let mut findings = Vec::new();
    for entry in std::fs::read_dir(shell::workspace()?)? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        let known = TOP.iter().chain(TOP_IGNORED).any(|known| *known == name);
        if !known {
            findings.push(format!(
                "{name}: the top of the repository holds only what tools want there"
            ));
        }
    }
    Ok(findings)
}

fn lock_drift() -> Outcome<Option<String>> {
    let mut cargo = shell::command("cargo", &["metadata", "--locked", "--format-version", "1"])?;
    let output = cargo.stdout(Stdio::null()).output()?;
    let drifted = || format!("Cargo.lock: {}", String::from_utf8_lossy(&output.stderr).trim());
    Ok((!output.status.success()).then(drifted))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn permits_are_issued_by_credential_and_by_tests_of_card_only() {
        let issues = concat!("let permit = PinPermit::", "issue(scope);\n");
        let found = |path: &str, text: &str| {
            let source = Source {
                path: path.to_owned(),
                text: text.to_owned(),
            };
            permits_elsewhere(&source).len()
        };
        assert_eq!(found("crates/credential/src/rules.rs", issues), 0);
        assert_eq!(found("crates/card/src/guard.rs", issues), 1);
        let in_a_test = format!("#[cfg(test)]\nmod tests {{\n{issues}}}\n");
        assert_eq!(found("crates/card/src/guard.rs", &in_a_test), 0);
        assert_eq!(found("crates/card/src/transaction/tests.rs", issues), 0);
        assert_eq!(found("crates/session/src/tests.rs", issues), 1);
        assert_eq!(found("tests/scenario/src/lib.rs", issues), 1);
    }
}
