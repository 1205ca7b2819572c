//! That planted bugs stay in the simulation: no crate has them by default, no dependency asks for them, and nothing that is
//! shipped has a feature by which anybody could.
//!
//! Not here: the bugs (`crates/planted` has their names), and the guard against optimised builds, which is in that crate.

use super::metadata::Package;
use super::table::Layers;

const FEATURE: &str = "planted-bugs";
const CRATE: &str = "varco-planted";

/// Layers of what is shipped as a program or a library of its own: there the feature does not even exist.
const SHIPPED: core::ops::RangeInclusive<u8> = 7..=9;

pub(super) fn findings(layers: &Layers, packages: &[Package]) -> Vec<String> {
    packages
        .iter()
        .filter(|package| package.name != CRATE)
        .flat_map(|package| of(layers, package))
        .collect()
}

fn of(layers: &Layers, package: &Package) -> Vec<String> {
    let mut findings = Vec::new();
    let folder = &package.folder;
    let is_shipped = layers
        .of(folder)
        .is_some_and(|layer| SHIPPED.contains(&layer.number));
    if is_shipped && package.features.contains_key(FEATURE) {
        findings.push(format!("{folder} is shipped and has a feature {FEATURE}"));
    }
    for (feature, asked) in &package.features {
        let reaches = |word: &String| {
            let (of, within) = word.split_once('/').unwrap_or((word, ""));
            within == FEATURE || word == FEATURE || of.contains(CRATE)
        };
        if feature != FEATURE && asked.iter().any(reaches) {
            findings.push(format!("{folder}: feature {feature} switches planted bugs on"));
        }
    }
    for asked in &package.asked {
        let is_asked = asked.features.iter().any(|feature| feature == FEATURE);
        if asked.name == CRATE && !asked.optional {
            findings.push(format!("{folder} depends on {CRATE}, which must be optional"));
        }
        if asked.name != CRATE && is_asked {
            findings.push(format!("{folder} asks {} for {FEATURE}", asked.name));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::super::metadata::Asked;
    use super::*;

    fn package(folder: &str, features: &[(&str, &[&str])], asked: &[(&str, bool, &[&str])]) -> Package {
        let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
        Package {
            name: format!("varco-{folder}"),
            folder: folder.to_owned(),
            inside: Vec::new(),
            outside: Vec::new(),
            features: features
                .iter()
                .map(|(name, on)| ((*name).to_owned(), words(on)))
                .collect(),
            asked: asked
                .iter()
                .map(|(name, optional, features)| Asked {
                    name: (*name).to_owned(),
                    optional: *optional,
                    features: words(features),
                })
                .collect(),
        }
    }

    fn found(package: Package) -> usize {
        findings(&Layers::read().unwrap(), &[package]).len()
    }

    #[test]
    fn a_crate_may_have_them_behind_their_own_feature() {
        let on: &[&str] = &["dep:varco-planted", "varco-card/planted-bugs"];
        let asked: &[(&str, bool, &[&str])] =
            &[("varco-planted", true, &[FEATURE]), ("varco-card", false, &[])];
        assert_eq!(found(package("credential", &[(FEATURE, on)], asked)), 0);
    }

    #[test]
    fn nobody_has_them_by_another_feature() {
        for word in [
            "planted-bugs",
            "varco-session/planted-bugs",
            "dep:varco-planted",
            "varco-planted?/x",
        ] {
            assert_eq!(
                found(package("session", &[("default", &[word])], &[])),
                1,
                "{word}"
            );
        }
    }

    #[test]
    fn nobody_asks_for_them_or_has_them_always() {
        assert_eq!(
            found(package("session", &[], &[("varco-card", false, &[FEATURE])])),
            1
        );
        assert_eq!(
            found(package("card", &[], &[("varco-planted", false, &[FEATURE])])),
            1
        );
    }

    #[test]
    fn what_is_shipped_has_no_such_feature() {
        for folder in ["roster", "varco", "cli", "tls", "libvarco"] {
            assert_eq!(found(package(folder, &[(FEATURE, &[])], &[])), 1, "{folder}");
        }
    }
}
