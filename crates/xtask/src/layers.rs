//! `cargo xtask layers`: the layer table against what cargo says, the map against the table, and the tidy checks.

mod metadata;
mod planted;
pub(crate) mod table;

use std::fmt::Write;

use crate::{Outcome, shell, tidy};
use metadata::Package;
use table::{Layers, fits};

/// What to do about the table in the architecture page.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Table {
    Compare,
    Write,
}

const MAP: &str = "docs/architecture.md";
const BEGIN: &str = "<!-- layers: begin, written by `cargo xtask layers --write` -->\n";
const END: &str = "<!-- layers: end -->\n";

/// The binding to the system's PC/SC library: what reaches it needs more than cargo to build.
const NEEDS_A_LIBRARY: &str = "pcsc";

/// Runs every check, prints everything found, and fails when something was.
pub(crate) fn run(table: Table) -> Outcome {
    let layers = Layers::read()?;
    let packages = metadata::packages()?;
    let mut findings = upward_arrows(&layers);
    findings.extend(packages.iter().flat_map(|package| arrows(&layers, package)));
    findings.extend(misnamed(&packages));
    findings.extend(tools_need_a_library(&packages));
    findings.extend(planted::findings(&layers, &packages));
    findings.extend(map(&layers, table)?);
    findings.extend(tidy::run(&layers)?);
    if findings.is_empty() {
        println!("{} crates keep to their layers and manners.", packages.len());
        return Ok(());
    }
    for finding in &findings {
        println!("- {finding}");
    }
    Err(format!(
        "{} findings. To look again:\n  cargo xtask layers",
        findings.len()
    )
    .into())
}

/// A row of the table that points at a higher row would make the picture lie.
fn upward_arrows(layers: &Layers) -> Vec<String> {
    let mut findings = Vec::new();
    for layer in &layers.layer {
        for name in layer.may_depend_on.iter().filter(|name| *name != "*") {
            let target = layers
                .layer
                .iter()
                .find(|row| row.members.iter().any(|member| fits(name, member)));
            if target.is_some_and(|target| target.number > layer.number) {
                findings.push(format!("layers.toml: `{}` points upward, at {name}", layer.name));
            }
        }
    }
    findings
}

fn arrows(layers: &Layers, package: &Package) -> Vec<String> {
    let folder = &package.folder;
    let Some(layer) = layers.of(folder) else {
        return vec![format!("{folder} is in no row of crates/xtask/layers.toml")];
    };
    let allowed = |dependency: &str| layer.may_depend_on.iter().any(|name| fits(name, dependency));
    let refused = package.inside.iter().filter(|dependency| !allowed(dependency));
    refused
        .map(|dependency| {
            format!(
                "{folder} depends on {dependency}, which layer {} ({}) may not; see crates/xtask/layers.toml",
                layer.number, layer.name
            )
        })
        .collect()
}

/// One name for folder and package, so that nobody has to look it up.
fn misnamed(packages: &[Package]) -> Vec<String> {
    let expected = |package: &Package| match package.folder.as_str() {
        "varco" => "varco".to_owned(),
        folder => format!("varco-{folder}"),
    };
    let misnamed = packages
        .iter()
        .filter(|package| package.name != expected(package));
    misnamed
        .map(|package| format!("{} should be named {}", package.name, expected(package)))
        .collect()
}

/// This very program installs the PC/SC library, so it must build without it.
fn tools_need_a_library(packages: &[Package]) -> Vec<String> {
    let mut reached = vec!["xtask".to_owned()];
    let mut next = 0;
    while let Some(folder) = reached.get(next).cloned() {
        next += 1;
        let package = packages.iter().find(|package| package.folder == folder);
        for dependency in package.into_iter().flat_map(|package| &package.inside) {
            if !reached.contains(dependency) {
                reached.push(dependency.clone());
            }
        }
    }
    let links = |package: &&Package| package.outside.iter().any(|name| name == NEEDS_A_LIBRARY);
    let guilty = packages
        .iter()
        .filter(|package| reached.contains(&package.folder))
        .filter(links);
    guilty
        .map(|package| format!("xtask reaches {}, which links {NEEDS_A_LIBRARY}", package.folder))
        .collect()
}

/// Compares the table in the architecture page with this one, or writes it there.
fn map(layers: &Layers, table: Table) -> Outcome<Option<String>> {
    let path = shell::workspace()?.join(MAP);
    let page = std::fs::read_to_string(&path).map_err(|error| format!("{MAP}: {error}"))?;
    let parts = page
        .split_once(BEGIN)
        .and_then(|(head, rest)| Some((head, rest.split_once(END)?)));
    let Some((head, (old, tail))) = parts else {
        return Ok(Some(format!("{MAP} has lost the markers of its layer table")));
    };
    let new = rendered(layers);
    match table {
        Table::Compare if old != new => Ok(Some(format!(
            "{MAP} shows another layer table: run `cargo xtask layers --write`"
        ))),
        Table::Write if old != new => {
            std::fs::write(&path, [head, BEGIN, &new, END, tail].concat())?;
            println!("{MAP}: table written");
            Ok(None)
        }
        Table::Compare | Table::Write => Ok(None),
    }
}

fn rendered(layers: &Layers) -> String {
    let mut text = "\n| | layer | members | may depend on |\n|---|---|---|---|\n".to_owned();
    for layer in &layers.layer {
        let allowed = match layer.may_depend_on.as_slice() {
            [] => "nothing inside".to_owned(),
            [all] if all == "*" => "anything".to_owned(),
            names => names.join(", "),
        };
        let star = if layer.outside_world && layer.number < 7 {
            " †"
        } else {
            ""
        };
        let members = layer.members.join(", ");
        // Writing to a String cannot fail.
        let _ = writeln!(
            text,
            "| {} | {}{star} | {members} | {allowed} |",
            layer.number, layer.name
        );
    }
    text.push_str(
        "\n† below layer 7, only these see files, sockets, environment, clocks and random sources.\n\n",
    );
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn package(folder: &str, inside: &[&str]) -> Package {
        Package {
            name: format!("varco-{folder}"),
            folder: folder.to_owned(),
            inside: inside.iter().map(|name| (*name).to_owned()).collect(),
            outside: Vec::new(),
            features: Default::default(),
            asked: Vec::new(),
        }
    }

    fn found(folder: &str, inside: &[&str]) -> String {
        arrows(&Layers::read().unwrap(), &package(folder, inside)).join("\n")
    }

    #[test]
    fn table_points_down_only() {
        assert_eq!(upward_arrows(&Layers::read().unwrap()), Vec::<String>::new());
    }

    #[test]
    fn card_driver_that_opens_a_reader_is_refused() {
        assert!(found("card-cns", &["card", "reader-pcsc"]).contains("card-cns depends on reader-pcsc"));
    }

    #[test]
    fn reader_driver_that_knows_a_card_is_refused() {
        assert!(found("reader-pcsc", &["card", "card-cns"]).contains("reader-pcsc depends on card-cns"));
    }

    #[test]
    fn access_policy_that_knows_an_apdu_is_refused() {
        assert!(found("access-policy", &["auth", "apdu"]).contains("access-policy depends on apdu"));
    }

    #[test]
    fn only_roster_names_drivers() {
        assert_eq!(found("roster", &["card-cns", "reader-pcsc", "virtual-cns"]), "");
        assert!(!found("cli", &["card-cns"]).is_empty());
        assert!(!found("varco", &["reader-pcsc"]).is_empty());
    }

    #[test]
    fn nothing_shipped_depends_on_the_tools() {
        assert!(!found("session", &["testkit"]).is_empty());
        assert!(!found("cli", &["xtask"]).is_empty());
    }

    #[test]
    fn crate_outside_the_table_is_refused() {
        assert!(found("helpers", &[]).contains("no row"));
    }

    #[test]
    fn tool_that_reaches_the_pcsc_library_is_found() {
        let mut reader = package("reader-pcsc", &[]);
        reader.outside.push("pcsc".to_owned());
        let packages = [
            package("xtask", &["testkit"]),
            package("testkit", &["reader-pcsc"]),
            reader,
        ];
        assert_eq!(tools_need_a_library(&packages).len(), 1);
    }
}
