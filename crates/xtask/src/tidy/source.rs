//! The source files of the workspace, as text.

use std::path::Path;

use crate::{Outcome, shell};

/// Where source files are.
const ROOTS: &[&str] = &["crates", "drivers", "tests"];

/// A file with its path from the top of the repository, slashes forward.
pub(super) struct Source {
    pub(super) path: String,
    pub(super) text: String,
}

impl Source {
    /// The crate's folder: `card-cns` for `drivers/card-cns/src/lib.rs`.
    pub(super) fn folder(&self) -> &str {
        self.path.split('/').nth(1).unwrap_or_default()
    }

    pub(super) fn lines(&self) -> usize {
        self.text.lines().count()
    }

    /// This file without its tests: nothing of a test file, and an empty line for each line of its module `tests`.
    /// Other items that only tests compile stay, so that a stray attribute hides nothing.
    pub(super) fn shipped(&self) -> Self {
        let is_test = self.path.ends_with("/tests.rs") || self.path.contains("/tests/");
        let text = if is_test { "" } else { &self.text };
        let mut shipped = String::with_capacity(text.len());
        let mut inside = false;
        let mut last = "";
        for line in text.lines() {
            inside |= last == "#[cfg(test)]" && line == "mod tests {";
            if !inside {
                shipped.push_str(line);
            }
            shipped.push('\n');
            // rustfmt puts the brace that ends a module, and no other line inside it, at the margin.
            inside &= line != "}";
            last = line;
        }
        Self {
            path: self.path.clone(),
            text: shipped,
        }
    }

    /// One line for each line of code, comments aside, that contains one of `needles`.
    pub(super) fn having(&self, needles: &[&str], why: &str) -> Vec<String> {
        let mut findings = Vec::new();
        for (number, line) in self.text.lines().enumerate() {
            let code = line.trim_start();
            if code.starts_with("//") {
                continue;
            }
            for needle in needles.iter().filter(|needle| code.contains(**needle)) {
                findings.push(format!("{}:{}: `{needle}`: {why}", self.path, number + 1));
            }
        }
        findings
    }
}

/// All of them, in the order of their paths.
pub(super) fn all() -> Outcome<Vec<Source>> {
    let top = shell::workspace()?;
    let mut folders: Vec<_> = ROOTS.iter().map(|root| top.join(root)).collect();
    let mut sources = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                sources.push(Source {
                    path: relative(&path, &top)?,
                    text: std::fs::read_to_string(&path)?,
                });
            }
        }
    }
    sources.sort_by(|one, other| one.path.cmp(&other.path));
    Ok(sources)
}

fn relative(path: &Path, top: &Path) -> Outcome<String> {
    Ok(path.strip_prefix(top)?.to_string_lossy().replace('\\', "/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(path: &str, text: &str) -> Source {
        Source {
            path: path.to_owned(),
            text: text.to_owned(),
        }
    }

    #[test]
    fn comments_are_no_code() {
        let commented = source("crates/a/src/lib.rs", "//! std::fs\n    // std::fs\nlet x = 1;\n");
        assert_eq!(commented.having(&["std::fs"], "why"), Vec::<String>::new());
    }

    #[test]
    fn finding_names_file_and_line() {
        let reading = source("crates/a/src/lib.rs", "//! A.\nuse std::fs;\n");
        assert_eq!(
            reading.having(&["std::fs"], "why"),
            ["crates/a/src/lib.rs:2: `std::fs`: why"]
        );
    }

    #[test]
    fn tests_are_not_shipped() {
        let with_tests = source(
            "crates/a/src/lib.rs",
            "//! A.\n#[cfg(test)]\nmod tests {\n    use std::fs;\n}\n",
        );
        assert_eq!(
            with_tests.shipped().having(&["std::fs"], "why"),
            Vec::<String>::new()
        );
        assert_eq!(
            source("crates/a/src/b/tests.rs", "use std::fs;").shipped().text,
            ""
        );
        assert_eq!(source("crates/a/tests/c.rs", "use std::fs;").shipped().text, "");
    }

    #[test]
    fn what_only_tests_compile_hides_nothing_behind_it() {
        for head in [
            "#[cfg(test)]\nmod testing;\n",
            "#[cfg(test)]\nfn help() {}\n",
            "#[cfg(test)]\nmod tests;\n",
            "#[cfg(test)]\nmod tests {\n    use std::fs;\n}\n",
        ] {
            let file = source("crates/a/src/lib.rs", &format!("{head}use std::fs;\n"));
            let line = head.lines().count() + 1;
            assert_eq!(
                file.shipped().having(&["std::fs"], "why"),
                [format!("crates/a/src/lib.rs:{line}: `std::fs`: why")]
            );
        }
    }

    #[test]
    fn folder_is_the_crate() {
        assert_eq!(source("drivers/card-cns/src/a/b.rs", "").folder(), "card-cns");
    }
}
