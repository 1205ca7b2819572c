//! `varco doctor`: from the outside in, what stands between this user and a card, and what to do about it.
//!
//! Not here: the facts (`reader-pcsc` and `reader-nfc` find them).

#[cfg(feature = "nfc")]
mod nfc;
#[cfg(feature = "pcsc")]
mod pcsc;

use serde_json::{Map, Value, json};

use crate::arguments::DoctorArguments;
use crate::exit::Exit;
use crate::output::{Format, Output};

/// One thing that was looked at.
struct Check {
    label: &'static str,
    /// `None`: not looked at, as something before it is wrong.
    good: Option<bool>,
    said: Vec<String>,
}

/// One kind of reader, looked at in order: what stands behind a problem is not looked at.
struct Examination {
    /// Of the first that is not good.
    exit: Exit,
    checks: Vec<Check>,
    /// The facts, for programs.
    facts: Map<String, Value>,
}

impl Examination {
    fn new() -> Self {
        Self {
            exit: Exit::Done,
            checks: Vec::new(),
            facts: Map::new(),
        }
    }

    fn fact(&mut self, name: &str, value: Value) {
        self.facts.insert(name.to_owned(), value);
    }

    fn check(&mut self, label: &'static str, problem: Option<Exit>, said: Vec<String>) {
        let tried = self.exit == Exit::Done;
        self.checks.push(Check {
            label,
            good: tried.then_some(problem.is_none()),
            said: if tried { said } else { Vec::new() },
        });
        if let (Exit::Done, Some(problem)) = (self.exit, problem) {
            self.exit = problem;
        }
    }
}

pub(crate) fn run(arguments: &DoctorArguments, output: &Output) -> Exit {
    let mut found = Vec::new();
    #[cfg(feature = "pcsc")]
    found.push(pcsc::examine(output));
    #[cfg(feature = "nfc")]
    match nfc::examine(arguments, output) {
        Ok(examination) => found.extend(examination),
        Err(problem) => return output.fail(&problem),
    }
    #[cfg(not(feature = "nfc"))]
    let _ = arguments;
    let exit = exit(&found);
    match output.format() {
        Format::Json => {
            let checks = found.iter().flat_map(|examination| &examination.checks);
            let checks =
                checks.map(|check| json!({ "check": check.label, "good": check.good, "said": check.said }));
            let mut told = json!({ "ready": exit == Exit::Done, "checks": checks.collect::<Vec<Value>>() });
            if let Value::Object(fields) = &mut told {
                found
                    .into_iter()
                    .for_each(|examination| fields.extend(examination.facts));
            }
            output.json(told);
        }
        Format::Text => {
            found
                .iter()
                .flat_map(|examination| &examination.checks)
                .for_each(|check| tell(check, output));
            if exit == Exit::Done {
                output.line(&output.say("doctor-ready", &[]));
            }
        }
    }
    exit
}

/// One kind of reader that is ready is enough. Else what is wrong with a reader that there is says more than that there is none.
fn exit(found: &[Examination]) -> Exit {
    let exits: Vec<Exit> = found.iter().map(|examination| examination.exit).collect();
    let is_none = |exit: &&Exit| matches!(exit, Exit::NoService | Exit::NoReader);
    let ready = exits.iter().find(|exit| **exit == Exit::Done);
    let telling = || exits.iter().find(|exit| !is_none(exit));
    *ready.or_else(telling).or(exits.last()).unwrap_or(&Exit::NoReader)
}

fn tell(check: &Check, output: &Output) {
    let state = match check.good {
        Some(true) => "doctor-fine",
        Some(false) => "doctor-problem",
        None => "doctor-not-tried",
    };
    output.line(&format!(
        "{}: {}",
        output.say(check.label, &[]),
        output.say(state, &[])
    ));
    check
        .said
        .iter()
        .for_each(|line| output.line(&format!("  {line}")));
}
