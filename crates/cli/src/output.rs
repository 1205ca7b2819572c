//! Where words go: text for people or JSON for programs, in one language.
//!
//! Not here: the words (crate `messages`). What is written cannot control a terminal, whatever was read.

use std::cell::Cell;
use std::io::{self, Write};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use serde::Serialize;
use serde_json::{Value, json};
use varco_messages::{Arg, Messages, controls_display, displayable};

use crate::exit::Exit;
use crate::problem::Problem;

/// Version of the JSON: docs/schema/varco-cli-1.schema.json.
const FORMAT: u32 = 1;

/// For whom the output is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Format {
    /// People.
    Text,
    /// Programs: one JSON object on each line.
    Json,
}

impl Format {
    pub(crate) fn chosen(json: bool) -> Self {
        if json { Self::Json } else { Self::Text }
    }
}

/// The way out of a command.
pub(crate) struct Output {
    messages: Messages,
    format: Format,
    /// Something was not written, and not because nobody reads.
    failed: Cell<bool>,
}

impl Output {
    pub(crate) fn new(messages: Messages, format: Format) -> Self {
        Self {
            messages,
            format,
            failed: Cell::new(false),
        }
    }

    pub(crate) fn messages(&self) -> &Messages {
        &self.messages
    }

    pub(crate) fn format(&self) -> Format {
        self.format
    }

    /// The text of a code.
    pub(crate) fn say(&self, code: &str, arguments: &[(&str, Arg<'_>)]) -> String {
        self.messages.text(code, arguments)
    }

    /// A problem by its code.
    pub(crate) fn problem(&self, code: &'static str, arguments: &[(&str, Arg<'_>)]) -> Problem {
        Problem::new(&self.messages, code, arguments)
    }

    /// Bytes on standard output, as they are.
    pub(crate) fn write(&self, bytes: &[u8]) {
        let mut stdout = io::stdout().lock();
        match stdout.write_all(bytes).and_then(|()| stdout.flush()) {
            // Nobody reads any more.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {}
            Err(_) => self.failed.set(true),
            Ok(()) => {}
        }
    }

    /// One line of text on standard output.
    pub(crate) fn line(&self, text: &str) {
        self.write(format!("{}\n", displayable(text)).as_bytes());
    }

    /// Labels, by their codes, and values on standard output, aligned.
    pub(crate) fn table(&self, rows: &[(&str, String)]) {
        let labels: Vec<String> = rows.iter().map(|(label, _)| self.say(label, &[])).collect();
        let width = labels.iter().map(|label| label.chars().count()).max();
        let width = width.unwrap_or_default();
        for (label, (_, value)) in labels.iter().zip(rows) {
            self.line(&format!("{label:<width$}  {value}"));
        }
    }

    /// One JSON object on a line of its own on standard output, with the format's number put in.
    pub(crate) fn json(&self, mut object: Value) {
        if let Value::Object(fields) = &mut object {
            fields.insert("format".to_owned(), FORMAT.into());
        }
        self.write(format!("{}\n", escaped(&object)).as_bytes());
    }

    /// One line of text on standard error, which is for people in either case.
    pub(crate) fn note(&self, text: &str) {
        note(text);
    }

    /// Tells a problem, and how the command ends by it.
    pub(crate) fn fail(&self, problem: &Problem) -> Exit {
        match self.format {
            Format::Json => self.json(json!({ "error": problem.to_json() })),
            Format::Text => self.explain(problem),
        }
        problem.exit()
    }

    /// Tells people a problem: what happened, then what to do.
    pub(crate) fn explain(&self, problem: &Problem) {
        self.note(&problem.told.message);
        let labelled = |label: &str, text: &str| self.note(&format!("{}: {text}", self.say(label, &[])));
        labelled("label-advice", &problem.told.advice);
        if let Some(detail) = &problem.detail {
            labelled("label-detail", detail);
        }
    }

    /// The end of the command: an output that was cut is no success.
    pub(crate) fn ended(&self, exit: Exit) -> Exit {
        if !self.failed.get() || exit != Exit::Done {
            return exit;
        }
        let problem = self.problem("file-unwritable", &[("path", Arg::Text("/dev/stdout"))]);
        self.explain(&problem);
        problem.exit()
    }
}

/// JSON in which what could control a terminal is written by its number, as it may be: all of it stands within strings.
fn escaped(object: &Value) -> String {
    let text = object.to_string();
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match controls_display(character) {
            true => out.push_str(&format!("\\u{:04x}", u32::from(character))),
            false => out.push(character),
        }
    }
    out
}

/// One line of text on standard error, from any thread.
pub(crate) fn note(text: &str) {
    // Where there is no standard error, nobody can be told.
    let _ = writeln!(io::stderr().lock(), "{}", displayable(text));
}

/// A value as it is serialised.
pub(crate) fn to_json(value: &impl Serialize) -> Value {
    serde_json::to_value(value).unwrap_or(Value::Null)
}

/// Whether whoever read standard output has gone.
pub(crate) fn is_stdout_closed() -> bool {
    let stdout = io::stdout();
    let mut descriptors = [PollFd::new(&stdout, PollFlags::empty())];
    let at_once = Timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    poll(&mut descriptors, Some(&at_once)).is_ok_and(|ready| ready > 0)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "test code")]
mod tests {
    use super::*;

    #[test]
    fn json_cannot_control_a_terminal_and_says_the_same() {
        let object = json!({ "what\u{85}": "\u{1b}[2J\u{9b}31m\u{7f}\u{202e}01\u{2028}\"\\ Forlì" });
        let text = escaped(&object);
        assert!(!text.chars().any(controls_display), "{text}");
        assert!(text.contains(r"\u009b31m\u007f\u202e01"), "{text}");
        assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), object);
    }
}
