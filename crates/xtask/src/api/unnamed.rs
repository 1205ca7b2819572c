//! Types that an application meets in a field, argument or result, and has no path for: each is a gap in what a face gives on, or
//! meant to be out of reach.
//!
//! By crate and name alone, as the lines show inner paths where they use a type: two types of one name in one crate are told as one.
//!
//! Not here: whether a gap is meant.

use std::collections::BTreeSet;

/// What a line of a definition begins with, attributes left out.
const DEFINITIONS: &[&str] = &[
    "pub struct ",
    "pub enum ",
    "pub trait ",
    "pub type ",
    "pub union ",
];

/// The types of crates inside that the lines use and do not define, as `crate::Type`.
pub(super) fn unnamed<'l>(
    lines: impl Iterator<Item = &'l str> + Clone,
    inside: &BTreeSet<String>,
) -> Vec<String> {
    let mut named = BTreeSet::new();
    let mut used = BTreeSet::new();
    for line in lines {
        let defined = DEFINITIONS
            .iter()
            .any(|start| undecorated(line).starts_with(start));
        if defined && let Some(first) = types(line, inside).next() {
            named.insert(first);
        }
        // An arrow's right side is told by the definition that it leads to.
        if !line.starts_with("pub use ") {
            used.extend(types(line, inside));
        }
    }
    used.difference(&named).cloned().collect()
}

/// A line without `#[non_exhaustive]` and its like.
fn undecorated(line: &str) -> &str {
    let mut rest = line;
    while let Some((_, behind)) = rest
        .strip_prefix("#[")
        .and_then(|attribute| attribute.split_once("] "))
    {
        rest = behind;
    }
    rest
}

/// The types that a line names: of every path of a crate inside, the first name that begins as types do.
fn types(line: &str, inside: &BTreeSet<String>) -> impl Iterator<Item = String> {
    let is_of_path = |c: char| c.is_alphanumeric() || c == '_' || c == ':';
    let paths = line.split(move |c: char| !is_of_path(c));
    paths.filter_map(|path| {
        let mut names = path.trim_end_matches(':').split("::");
        let crate_name = names.next().filter(|name| inside.contains(*name))?;
        let of_type = |name: &&str| {
            let mut letters = name.chars();
            letters.next().is_some_and(char::is_uppercase) && letters.any(char::is_lowercase)
        };
        Some(format!("{crate_name}::{}", names.find(of_type)?))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_that_is_met_and_not_defined_is_told_once() {
        let lines = [
            "pub use v::Report = w::Report",
            "#[non_exhaustive] pub enum v::Error",
            "pub v::Error::Link(w::link::LinkError)",
            "pub fn v::Error::again(&self) -> w::link::LinkError",
            "pub fn v::report() -> core::option::Option<w::report::Report>",
            "pub struct w::Report",
            "pub const w::LENGTH_MAX: usize",
            "pub trait w::Link: core::marker::Send",
            "pub fn v::take(alloc::boxed::Box<dyn w::link::Link>)",
        ];
        let inside = BTreeSet::from(["v".to_owned(), "w".to_owned()]);
        assert_eq!(unnamed(lines.into_iter(), &inside), ["w::LinkError"]);
    }
}
