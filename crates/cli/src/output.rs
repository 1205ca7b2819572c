//! Where words go: text for people or JSON for programs, in one language.
//!
//! Not here: the words (crate `messages`).

use std::io::{self, Write};

use varco_messages::Messages;

/// For whom the output is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Audience {
    People,
    Programs,
}

/// The way out of a command.
pub(crate) struct Output {
    pub(crate) messages: Messages,
    pub(crate) audience: Audience,
}

impl Output {
    /// One line of text on standard output. A closed pipe is not an error: nobody reads any more.
    pub(crate) fn line(&self, text: &str) {
        let _ = writeln!(io::stdout().lock(), "{text}");
    }

    /// One line of text on standard error.
    pub(crate) fn complain(&self, text: &str) {
        let _ = writeln!(io::stderr().lock(), "{text}");
    }

    /// One JSON value on a line of its own on standard output.
    pub(crate) fn json(&self, value: &serde_json::Value) {
        let _ = writeln!(io::stdout().lock(), "{value}");
    }
}
