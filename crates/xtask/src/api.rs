//! `cargo xtask api`: what applications can name, as text under docs/api that a reviewer reads and a comparison holds.
//!
//! rustdoc tells it as JSON, on the compiler that the workspace pins; the crate `public-api` turns that into lines (ADR 94).
//! A face gives on much of inner crates: their items stand below its own, since they are promised as well.
//!
//! Not here: what a change means for the version (docs/stability.md), and which items of inner crates are meant (`surface`).

mod surface;
mod unnamed;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use serde::Deserialize;
use surface::{Surface, Wanted};

use crate::{Outcome, shell};

/// The crates that applications depend on, with every feature that they have. One that is not in the workspace is an error.
const FACES: &[&str] = &["varco", "varco-tls"];

const FOLDER: &str = "docs/api";

/// rustdoc's output as JSON is unstable; the version of `public-api` is the one that reads what the pinned compiler writes.
const RUSTDOCFLAGS: &str = "-Zunstable-options --output-format json --cap-lints allow";

/// Set where cargo is to start this program in place of rustdoc.
const AS_RUSTDOC: &str = "VARCO_XTASK_AS_RUSTDOC";

/// Most lines of a difference that are shown.
const SHOWN_MAX: usize = 60;

/// What to do about the files.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Baseline {
    Compare,
    Write,
}

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
    target_directory: PathBuf,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    version: String,
    features: std::collections::BTreeMap<String, Vec<String>>,
}

impl Package {
    /// Every feature but the name of the usual ones.
    fn features(&self) -> Vec<&str> {
        let features = self.features.keys().map(String::as_str);
        features.filter(|name| *name != "default").collect()
    }

    fn crate_name(&self) -> String {
        self.name.replace('-', "_")
    }
}

/// Compares the files with the source, or writes them.
pub(crate) fn run(baseline: Baseline) -> Outcome {
    let metadata = metadata()?;
    let faces = FACES
        .iter()
        .map(|name| {
            let found = metadata.packages.iter().find(|package| package.name == *name);
            found.ok_or_else(|| format!("the workspace has no package {name}"))
        })
        .collect::<Result<Vec<_>, _>>()?;
    let folder = metadata.target_directory.join("doc");
    tell(&faces, &folder)?;
    let inside: BTreeSet<String> = metadata.packages.iter().map(Package::crate_name).collect();
    let mut changed = Vec::new();
    for face in faces {
        let file = format!("{FOLDER}/{}.txt", face.name);
        let new = rendered(face, &folder, &inside)?;
        if settle(&file, &new, baseline)? == Settled::Changed {
            changed.push(file);
        }
    }
    if changed.is_empty() {
        return Ok(());
    }
    Err(format!(
        "the public interface is not what {} says. If that is meant, see docs/stability.md, and\n  cargo xtask api --write",
        changed.join(", ")
    )
    .into())
}

/// In place of rustdoc: the same with unstable options permitted. Only where cargo was told so by [`tell`]. To set that variable for cargo
/// would have a good part of the dependencies built again, as their build scripts look at it.
pub(crate) fn as_rustdoc() -> Option<ExitCode> {
    std::env::var_os(AS_RUSTDOC)?;
    let status = Command::new("rustdoc")
        .args(std::env::args_os().skip(1))
        .env_remove(AS_RUSTDOC)
        .env("RUSTC_BOOTSTRAP", "1")
        .status();
    match status {
        Ok(status) if status.success() => Some(ExitCode::SUCCESS),
        Ok(_) => Some(ExitCode::FAILURE),
        Err(error) => {
            eprintln!("rustdoc: {error}");
            Some(ExitCode::FAILURE)
        }
    }
}

fn metadata() -> Outcome<Metadata> {
    let arguments = ["metadata", "--locked", "--no-deps", "--format-version", "1"];
    let output = shell::command("cargo", &arguments)?.output()?;
    if !output.status.success() {
        return Err(format!("cargo metadata: {}", String::from_utf8_lossy(&output.stderr)).into());
    }
    Ok(serde_json::from_slice(&output.stdout)?)
}

/// Has rustdoc tell of every crate as JSON. Of the whole workspace, programs too, so that what `cargo doc` has checked need not be
/// checked again with other features; `--lib` would ask for those that have no documentation.
fn tell(faces: &[&Package], folder: &Path) -> Outcome {
    let features: Vec<String> = faces
        .iter()
        .flat_map(|face| {
            face.features()
                .into_iter()
                .map(|feature| format!("{}/{feature}", face.name))
        })
        .collect();
    let features = features.join(",");
    let arguments = [
        "doc",
        "--quiet",
        "--locked",
        "--workspace",
        "--no-deps",
        "--features",
        &features,
    ];
    let mut doc = shell::command("cargo", &arguments)?;
    doc.env("RUSTDOCFLAGS", RUSTDOCFLAGS)
        .env("RUSTDOC", this_program()?)
        .env(AS_RUSTDOC, "1");
    shell::run(&mut doc)?;
    if folder.is_dir() {
        Ok(())
    } else {
        Err(format!("rustdoc wrote nothing to {}", folder.display()).into())
    }
}

/// The path of this program. A step before may have built it again, of the same source: then the system tells the old file's end.
fn this_program() -> Outcome<PathBuf> {
    let program = std::env::current_exe()?;
    let text = program.to_string_lossy();
    let again = PathBuf::from(text.strip_suffix(" (deleted)").unwrap_or(&text));
    match [&program, &again].into_iter().find(|path| path.is_file()) {
        Some(path) => Ok(path.clone()),
        None => Err(format!("{text} is not there any more; start this again").into()),
    }
}

/// The file of a face: its own items, then those that it gives on, by crate.
fn rendered(face: &Package, folder: &Path, inside: &BTreeSet<String>) -> Outcome<String> {
    let own = face.crate_name();
    let surface = Surface::read(folder, &own)?;
    let mut wanted = Wanted::default();
    surface.follow(&own, &mut wanted);
    let mut text = format!(
        "# What applications can name of {} {}, with the features {}.\n# Written by `cargo xtask api --write`. What a change means: docs/stability.md.\n\n",
        face.name,
        series(&face.version),
        face.features().join(" ")
    );
    surface.lines(&own).iter().for_each(|line| push(&mut text, line));
    let mut told: Vec<(String, Vec<String>)> = Vec::new();
    // What an inner crate gives on of another is met on the way: crates come again until nothing new is wanted.
    while let Some((name, paths)) = wanted.take(inside) {
        let inner = Surface::read(folder, &name)?;
        let mut lines = Vec::new();
        for path in &paths {
            inner.follow(path, &mut wanted);
            lines.extend(inner.lines(path));
        }
        told.push((name, lines));
    }
    told.sort();
    for (name, lines) in joined(told) {
        // Writing to a String cannot fail.
        let _ = write!(text, "\n# Of {name}\n\n");
        lines.iter().for_each(|line| push(&mut text, line));
    }
    // Another face is at hand for whoever meets its types here.
    let mut hidden = inside.clone();
    FACES.iter().for_each(|face| {
        hidden.remove(&face.replace('-', "_"));
    });
    let missing = unnamed::unnamed(text.lines().filter(|line| !line.starts_with("# ")), &hidden);
    if !missing.is_empty() {
        text.push_str("\n# Met above, and without a path for applications\n\n");
        missing.iter().for_each(|line| push(&mut text, line));
    }
    Ok(text)
}

/// One entry for each crate, with no line twice.
fn joined(told: Vec<(String, Vec<String>)>) -> Vec<(String, Vec<String>)> {
    let mut joined: Vec<(String, Vec<String>)> = Vec::new();
    for (name, lines) in told {
        match joined.last_mut() {
            Some((last, known)) if *last == name => known.extend(lines),
            _ => joined.push((name, lines)),
        }
    }
    for (_, lines) in &mut joined {
        let mut seen = BTreeSet::new();
        lines.retain(|line| seen.insert(line.clone()));
    }
    joined.retain(|(_, lines)| !lines.is_empty());
    joined
}

fn push(text: &mut String, line: &str) {
    text.push_str(line);
    text.push('\n');
}

/// The part of a version that says what is compatible: `0.1`, or `1`.
fn series(version: &str) -> String {
    let mut parts = version.split('.');
    match (parts.next(), parts.next()) {
        (Some("0"), Some(minor)) => format!("0.{minor}"),
        (Some(major), _) => major.to_owned(),
        _ => version.to_owned(),
    }
}

#[derive(PartialEq, Eq)]
enum Settled {
    Same,
    Changed,
}

fn settle(file: &str, new: &str, baseline: Baseline) -> Outcome<Settled> {
    let path = shell::workspace()?.join(file);
    let old = std::fs::read_to_string(&path).unwrap_or_default();
    let items = new
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with("# "))
        .count();
    if old == new {
        println!("{file}: {items} lines, as they were.");
        return Ok(Settled::Same);
    }
    for line in difference(&old, new).iter().take(SHOWN_MAX) {
        println!("{line}");
    }
    if baseline == Baseline::Compare {
        return Ok(Settled::Changed);
    }
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    std::fs::write(&path, new)?;
    println!("{file}: {items} lines written.");
    Ok(Settled::Same)
}

/// What is gone, then what is new. Order says nothing here, as the lines are sorted.
fn difference(old: &str, new: &str) -> Vec<String> {
    let (before, after): (BTreeSet<&str>, BTreeSet<&str>) = (old.lines().collect(), new.lines().collect());
    let gone = before.difference(&after).map(|line| format!("- {line}"));
    gone.chain(after.difference(&before).map(|line| format!("+ {line}")))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_difference_tells_what_is_gone_before_what_is_new() {
        assert_eq!(difference("a\nb\n", "b\nc\n"), ["- a", "+ c"]);
    }

    #[test]
    fn only_the_part_of_a_version_that_breaks_stands_in_the_file() {
        assert_eq!(series("0.1.7"), "0.1");
        assert_eq!(series("2.3.4"), "2");
    }

    #[test]
    fn lines_of_one_crate_stand_together_and_once() {
        let told = vec![
            ("a".to_owned(), vec!["x".to_owned(), "y".to_owned()]),
            ("a".to_owned(), vec!["y".to_owned(), "z".to_owned()]),
            ("b".to_owned(), Vec::new()),
        ];
        let lines = ["x", "y", "z"].map(str::to_owned).to_vec();
        assert_eq!(joined(told), [("a".to_owned(), lines)]);
    }
}
