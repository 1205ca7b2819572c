//! One crate as rustdoc's JSON tells it: its public lines, and what it gives on of other crates.
//!
//! `public-api` makes the lines. It does not follow `pub use` into another crate, so the arrows are read here, from the same file.
//!
//! Not here: files and comparison (`api`).

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::Value;

use crate::Outcome;

/// A public path of one crate that stands for a path of another: `varco::entry` for `varco_entry`.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Arrow {
    from: String,
    to: String,
}

/// What is wanted of crates, and what was taken already.
#[derive(Default)]
pub(super) struct Wanted {
    open: BTreeMap<String, BTreeSet<String>>,
    taken: BTreeSet<String>,
}

impl Wanted {
    fn add(&mut self, path: String) {
        if self.taken.insert(path.clone()) {
            let name = first(&path).to_owned();
            self.open.entry(name).or_default().insert(path);
        }
    }

    /// A crate of the workspace, and the paths wanted of it. Of crates from outside the arrow alone is told.
    pub(super) fn take(&mut self, inside: &BTreeSet<String>) -> Option<(String, BTreeSet<String>)> {
        loop {
            let (name, paths) = self.open.pop_first()?;
            if inside.contains(&name) {
                return Some((name, paths));
            }
        }
    }
}

/// A crate's lines and arrows.
pub(super) struct Surface {
    name: String,
    lines: Vec<String>,
    arrows: Vec<Arrow>,
}

impl Surface {
    /// Reads the file of this crate.
    pub(super) fn read(folder: &Path, name: &str) -> Outcome<Self> {
        let file = folder.join(format!("{name}.json"));
        let text = std::fs::read_to_string(&file).map_err(|error| format!("{}: {error}", file.display()))?;
        Ok(Self {
            name: name.to_owned(),
            lines: lines(&file)?,
            arrows: arrows(&serde_json::from_str(&text)?, name),
        })
    }

    /// The lines at and below a path.
    pub(super) fn lines(&self, path: &str) -> Vec<String> {
        let wanted =
            |line: &&String| subject(line, &self.name).is_some_and(|subject| is_below(subject, path));
        let renamed = |line: &String| {
            let arrow = self
                .arrows
                .iter()
                .find(|arrow| *line == format!("pub use {}", arrow.from));
            arrow.map_or_else(
                || line.clone(),
                |arrow| format!("pub use {} = {}", arrow.from, arrow.to),
            )
        };
        self.lines.iter().filter(wanted).map(renamed).collect()
    }

    /// Adds what is given on at and below a path, and what a wanted path beyond an arrow comes to.
    pub(super) fn follow(&self, path: &str, wanted: &mut Wanted) {
        for arrow in &self.arrows {
            if is_below(&arrow.from, path) {
                wanted.add(arrow.to.clone());
            } else if let Some(rest) = path.strip_prefix(&arrow.from)
                && rest.starts_with("::")
            {
                wanted.add(format!("{}{rest}", arrow.to));
            }
        }
    }
}

/// Everything but what the compiler makes for every type. Of what is derived the trait is told, not its methods; of `Send` and
/// `Sync`, which types are not.
fn lines(file: &Path) -> Outcome<Vec<String>> {
    let builder = public_api::Builder::from_rustdoc_json(file).omit_blanket_impls(true);
    let short = builder
        .clone()
        .omit_auto_trait_impls(true)
        .omit_auto_derived_impls(true)
        .build()?;
    let short: BTreeSet<String> = short.items().map(ToString::to_string).collect();
    let whole = builder.build()?;
    let is_told = |line: &String| {
        let header = line.starts_with("impl");
        let is_auto = AUTO_TRAITS.iter().any(|name| line.contains(name));
        let is_refused = NOT_THREAD_SAFE.iter().any(|name| line.contains(name));
        (short.contains(line) && !line.ends_with(FORMATS))
            || is_refused
            || (header && !is_auto && !line.contains(STRUCTURAL))
    };
    Ok(folded(whole.items().map(ToString::to_string).filter(is_told)))
}

/// What the method of `Debug` and `Display` ends in; that it is there is told by the trait.
const FORMATS: &str = "::fmt(&self, &mut core::fmt::Formatter<'_>) -> core::fmt::Result";

/// Neighbouring lines `impl A for T` and `impl B for T` as one, `impl A, B for T`.
fn folded(lines: impl Iterator<Item = String>) -> Vec<String> {
    let parts = |line: &str| {
        let (traits, target) = line.strip_prefix("impl ")?.split_once(" for ")?;
        Some((traits.to_owned(), target.to_owned()))
    };
    let mut folded: Vec<String> = Vec::new();
    for line in lines {
        let last = folded.last_mut();
        let before = last.as_ref().and_then(|last| parts(last));
        match (last, before, parts(&line)) {
            (Some(last), Some((traits, target)), Some((another, same))) if target == same => {
                *last = format!("impl {traits}, {another} for {target}");
            }
            _ => folded.push(line),
        }
    }
    folded
}

const AUTO_TRAITS: &[&str] = &[
    "core::marker::Freeze for",
    "core::marker::Send for",
    "core::marker::Sync for",
    "core::marker::Unpin for",
    "core::marker::UnsafeUnpin for",
    "core::panic::unwind_safe::RefUnwindSafe for",
    "core::panic::unwind_safe::UnwindSafe for",
];

const NOT_THREAD_SAFE: &[&str] = &["!core::marker::Send for", "!core::marker::Sync for"];

/// Comes with every derived equality.
const STRUCTURAL: &str = "core::marker::StructuralPartialEq for";

/// What a line is about: the path behind ` for ` in an implementation, otherwise the first path of this crate.
fn subject<'l>(line: &'l str, name: &str) -> Option<&'l str> {
    let behind_for = line
        .starts_with("impl")
        .then(|| line.split_once(" for "))
        .flatten();
    let behind_for = behind_for.and_then(|(_, rest)| path_in(rest, name));
    behind_for.or_else(|| path_in(line, name))
}

/// The first path in a text that begins with this crate.
fn path_in<'l>(text: &'l str, name: &str) -> Option<&'l str> {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let is_whole = |at: usize| {
        let before = text.get(..at).and_then(|before| before.chars().next_back());
        let after = text.get(at + name.len()..).and_then(|after| after.chars().next());
        let stands_alone = before.is_none_or(|c| !is_word(c) && c != ':' && c != '\'');
        stands_alone && after.is_none_or(|c| !is_word(c))
    };
    let (at, _) = text.match_indices(name).find(|(at, _)| is_whole(*at))?;
    let rest = text.get(at..)?;
    let mut end = rest.len();
    for (here, c) in rest.char_indices() {
        let is_separator = c == ':' && rest.get(here..).is_some_and(|rest| rest.starts_with("::"))
            || c == ':' && here > 0 && rest.get(here - 1..).is_some_and(|rest| rest.starts_with("::"));
        if !is_word(c) && !is_separator {
            end = here;
            break;
        }
    }
    rest.get(..end).map(|path| path.trim_end_matches("::"))
}

fn is_below(path: &str, above: &str) -> bool {
    path.strip_prefix(above)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
}

fn first(path: &str) -> &str {
    path.split("::").next().unwrap_or(path)
}

static NOTHING: Value = Value::Null;

/// What stands at the end of these keys, or nothing.
fn at<'v>(value: &'v Value, keys: &[&str]) -> &'v Value {
    keys.iter()
        .try_fold(value, |value, key| value.get(key))
        .unwrap_or(&NOTHING)
}

/// What the file says of an item of its crate; nothing of another's.
fn described<'v>(json: &'v Value, id: &Value) -> &'v Value {
    at(json, &["index", &id.to_string()])
}

/// Every `pub use` of another crate, by the public path at which it stands.
fn arrows(json: &Value, name: &str) -> Vec<Arrow> {
    let mut arrows = Vec::new();
    let mut open = vec![(at(json, &["root"]), name.to_owned())];
    let mut seen = BTreeSet::new();
    while let Some((id, path)) = open.pop() {
        if !seen.insert((id.to_string(), path.clone())) {
            continue;
        }
        let items = at(described(json, id), &["inner", "module", "items"]).as_array();
        for item in items.into_iter().flatten() {
            let told = described(json, item);
            if let (true, Some(name)) = (is_module(told), at(told, &["name"]).as_str()) {
                open.push((item, format!("{path}::{name}")));
            }
            let used = at(told, &["inner", "use"]);
            let (Some(source), Some(name)) = (at(used, &["source"]).as_str(), at(used, &["name"]).as_str())
            else {
                continue;
            };
            let from = match at(used, &["is_glob"]) {
                Value::Bool(true) => path.clone(),
                _ => format!("{path}::{name}"),
            };
            let target = at(used, &["id"]);
            match described(json, target) {
                // What is not described is of another crate.
                Value::Null => arrows.push(Arrow {
                    from,
                    to: source.to_owned(),
                }),
                module if is_module(module) => open.push((target, from)),
                _ => {}
            }
        }
    }
    arrows.sort_by(|a, b| a.from.cmp(&b.from));
    arrows
}

fn is_module(told: &Value) -> bool {
    at(told, &["inner", "module"]).is_object()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_about_the_path_that_it_defines() {
        let cases = [
            (
                "pub fn v::Login::run(&mut self, &v::Options) -> w::Report",
                Some("v::Login::run"),
            ),
            ("#[non_exhaustive] pub enum v::StartError", Some("v::StartError")),
            (
                "impl core::convert::From<w::LinkError> for v::StartError",
                Some("v::StartError"),
            ),
            ("impl<'v> v::Login<'v>", Some("v::Login")),
            (
                "pub v::Report::at: core::option::Option<v::At>",
                Some("v::Report::at"),
            ),
            (
                "impl core::convert::From<v::Error> for alloc::string::String",
                Some("v::Error"),
            ),
            ("pub mod v", Some("v")),
            ("pub fn v_other::x()", None),
        ];
        for (line, expected) in cases {
            assert_eq!(subject(line, "v"), expected, "{line}");
        }
    }

    #[test]
    fn traits_of_one_type_stand_on_one_line() {
        let lines = [
            "impl A for v::T",
            "impl B for v::T",
            "impl C for v::U",
            "impl v::U",
            "impl<'a> A for v::W<'a>",
        ];
        let folded = folded(lines.into_iter().map(str::to_owned));
        assert_eq!(
            folded,
            [
                "impl A, B for v::T",
                "impl C for v::U",
                "impl v::U",
                "impl<'a> A for v::W<'a>"
            ]
        );
    }

    #[test]
    fn a_path_is_below_another_by_whole_names() {
        assert!(is_below("v::proof::Proof", "v::proof"));
        assert!(is_below("v::proof", "v::proof"));
        assert!(!is_below("v::proofs", "v::proof"));
    }

    fn surface(arrows: &[(&str, &str)]) -> Surface {
        let arrow = |(from, to): &(&str, &str)| Arrow {
            from: (*from).to_owned(),
            to: (*to).to_owned(),
        };
        Surface {
            name: "v".to_owned(),
            lines: vec!["pub use v::entry".to_owned(), "pub mod v::proof".to_owned()],
            arrows: arrows.iter().map(arrow).collect(),
        }
    }

    #[test]
    fn what_is_given_on_is_wanted_of_its_own_crate_from_either_side_of_the_arrow() {
        let inside = BTreeSet::from(["e".to_owned(), "p".to_owned()]);
        let surface = surface(&[("v::entry", "e"), ("v::r::pcsc", "p"), ("v::jiff", "outside")]);
        let mut wanted = Wanted::default();
        surface.follow("v::entry", &mut wanted);
        surface.follow("v::r::pcsc::Problem", &mut wanted);
        surface.follow("v::jiff", &mut wanted);
        assert_eq!(
            wanted.take(&inside),
            Some(("e".to_owned(), BTreeSet::from(["e".to_owned()])))
        );
        assert_eq!(
            wanted.take(&inside),
            Some(("p".to_owned(), BTreeSet::from(["p::Problem".to_owned()])))
        );
        assert_eq!(wanted.take(&inside), None);
        surface.follow("v::entry", &mut wanted);
        assert_eq!(wanted.take(&inside), None, "nothing is taken twice");
    }

    #[test]
    fn a_line_that_gives_on_says_whose_it_is() {
        let surface = surface(&[("v::entry", "e")]);
        assert_eq!(surface.lines("v"), ["pub use v::entry = e", "pub mod v::proof"]);
    }
}
