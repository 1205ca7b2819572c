//! `varco bench compare`: whether two cards answer alike.
//!
//! Not here: what they are asked (`varco_bench::compare`).

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::{Value, json};
use varco::Varco;
use varco_bench::compare::{self, Answer, Compared, Comparison, Outcome, Side};
use varco_bench::record_card;
use varco_bench::timing::TimingClass;
use varco_messages::Arg;

use super::record_card::of_looking;
use super::reserve;
use crate::arguments::CompareArguments;
use crate::emulate;
use crate::exit::Exit;
use crate::output::{Format, Output, to_json};
use crate::problem::Problem;
use crate::source::{PLAYED, name_of, varco_at, varco_for};

/// Before the name of a reader, as for `bench run --target`.
const READER: &str = "reader:";

pub(crate) fn run(arguments: &CompareArguments, output: &Output) -> Exit {
    compare(arguments, output).unwrap_or_else(|problem| output.fail(&problem))
}

fn compare(arguments: &CompareArguments, output: &Output) -> Result<Exit, Problem> {
    let replaced = replaced(arguments, output)?;
    let probes = compare::conformance().map_err(|error| output.problem("defect", &[]).detailed(&error))?;
    let other = arguments.with.strip_prefix(READER);
    let here = varco_for(&arguments.reader, output)?;
    let there = match other {
        Some(name) => varco_at(Some(name), &arguments.reader, output)?,
        None => played(&arguments.with, output)?,
    };
    let wait = arguments.reader.wait();
    let side = |varco, reader| Side { varco, reader, wait };
    let first = reserve::reader(&here, arguments.reader.name(), output)?;
    // A reader that both names mean is refused as one that is held.
    let second = other.map(|name| reserve::reader(&there, Some(name_of(name)), output));
    let second = second.transpose()?;
    let comparison = compare::compare(
        &side(&here, Some(&first.reader)),
        &side(&there, second.as_ref().map(|second| second.reader.as_str())),
        &probes,
        &replaced,
    );
    let comparison = comparison.map_err(|error| {
        let problem = of_looking(error.cause(), output);
        // Which of the two it is.
        problem.detailed(&error)
    })?;
    let problem = (!comparison.is_alike()).then(|| output.problem("cards-differ", &[]));
    match output.format() {
        Format::Json => tell_json(&comparison, problem.as_ref(), output),
        Format::Text => {
            tell(&comparison, arguments, output);
            match &problem {
                Some(problem) => output.explain(problem),
                None => output.line(&output.say("compared-alike", &[])),
            }
        }
    }
    Ok(problem.map_or(Exit::Done, |problem| problem.exit()))
}

fn played(profile: &str, output: &Output) -> Result<Varco, Problem> {
    let card = emulate::load(profile, output)?;
    let (readers, _hands) = varco::played::readers_with(vec![(profile, card)]);
    Ok(Varco::with_readers(vec![Box::new(readers)]))
}

/// What is not the own of one card or the other, where it is a recording.
fn replaced(arguments: &CompareArguments, output: &Output) -> Result<BTreeSet<String>, Problem> {
    let malformed = |folder: &Path| {
        let shown = folder.display().to_string();
        output.problem("recording-malformed", &[("path", Arg::Text(&shown))])
    };
    let read =
        |folder: &Path| record_card::replaced(folder).map_err(|error| malformed(folder).detailed(&error));
    let mut replaced = BTreeSet::new();
    if let Some(folder) = &arguments.recording {
        let told = read(folder)?;
        replaced.extend(told.ok_or_else(|| malformed(folder).detailed(&"there is no recording.json"))?);
    }
    let reader = arguments.reader.reader.as_deref();
    let sides = [
        reader.and_then(|reader| reader.strip_prefix(PLAYED)),
        Some(arguments.with.as_str()),
    ];
    for profile in sides.into_iter().flatten() {
        if let Some(folder) = emulate::folder(profile) {
            replaced.extend(read(folder)?.unwrap_or_default());
        }
    }
    Ok(replaced)
}

fn tell_json(comparison: &Comparison, problem: Option<&Problem>, output: &Output) {
    let steps: Vec<Value> = comparison
        .steps
        .iter()
        .map(|step| {
            let mut told = to_json(step);
            if let Value::Object(fields) = &mut told {
                fields.insert("much_slower".to_owned(), step.is_slower().into());
            }
            told
        })
        .collect();
    let count = |outcome| comparison.count(outcome);
    output.json(json!({
        "compared": {
            "here": comparison.here,
            "there": comparison.there,
            "alike": comparison.is_alike(),
            "counts": {
                "equal": count(Outcome::Equal),
                "differs": count(Outcome::Differs),
                "replaced": count(Outcome::Replaced),
                "not_tried": count(Outcome::NotTried),
            },
            "steps": steps,
        },
        "error": problem.map(Problem::to_json),
    }));
}

fn tell(comparison: &Comparison, arguments: &CompareArguments, output: &Output) {
    let reader = arguments.reader.name().unwrap_or("-");
    let cards = [
        ("compared-here", reader, Some(&comparison.here)),
        (
            "compared-there",
            arguments.with.as_str(),
            comparison.there.as_ref(),
        ),
    ];
    for (code, reader, card) in cards {
        let reader = ("reader", Arg::Text(reader));
        output.line(&match card {
            Some(card) => {
                let kind = output.say(&format!("credential-{}", card.kind), &[]);
                let told = [
                    reader,
                    ("kind", Arg::Text(&kind)),
                    ("maker", Arg::Text(&card.maker)),
                ];
                output.say(code, &told)
            }
            None => output.say("compared-there-unknown", &[reader]),
        });
    }
    for step in &comparison.steps {
        match step.outcome {
            Outcome::Differs => {
                let (here, there) = answers(step, output);
                tell_step("compared-differ", step, Some((&here, &there)), output);
            }
            Outcome::NotTried => tell_step("compared-untried", step, None, output),
            Outcome::Equal | Outcome::Replaced => {}
        }
    }
    for step in comparison.slower() {
        let class = |answer: &Answer| answer.timing().map_or("-", TimingClass::name);
        let sides = (class(&step.here), class(&step.there));
        tell_step("compared-slower", step, Some(sides), output);
    }
    let counts = [
        ("equal", Outcome::Equal),
        ("differ", Outcome::Differs),
        ("replaced", Outcome::Replaced),
        ("untried", Outcome::NotTried),
    ]
    .map(|(name, outcome)| (name, comparison.count(outcome).to_string()));
    let counts: Vec<_> = counts
        .iter()
        .map(|(name, count)| (*name, Arg::Text(count)))
        .collect();
    output.line(&output.say("compared", &counts));
}

fn tell_step(code: &str, step: &Compared, sides: Option<(&str, &str)>, output: &Output) {
    let number = step.step.to_string();
    let mut told = vec![
        ("probe", Arg::Text(&step.probe)),
        ("step", Arg::Text(&number)),
        ("sent", Arg::Text(&step.sent)),
    ];
    if let Some((here, there)) = sides {
        told.extend([("here", Arg::Text(here)), ("there", Arg::Text(there))]);
    }
    output.line(&output.say(code, &told));
}

/// Both answers; with their hashes where nothing else tells them apart.
fn answers(step: &Compared, output: &Output) -> (String, String) {
    let plain = |answer: &Answer| said(answer, false, output);
    let (here, there) = (plain(&step.here), plain(&step.there));
    if here == there {
        return (said(&step.here, true, output), said(&step.there, true, output));
    }
    (here, there)
}

fn said(answer: &Answer, with_hash: bool, output: &Output) -> String {
    let Answer::Answered {
        status,
        length,
        sha256,
        ..
    } = answer
    else {
        return "-".to_owned();
    };
    let bytes = length.to_string();
    let told = [("status", Arg::Text(status)), ("bytes", Arg::Text(&bytes))];
    match sha256.as_deref().filter(|_| with_hash) {
        Some(hash) => {
            let told = [told.as_slice(), &[("hash", Arg::Text(hash))]].concat();
            output.say("compared-answer-hashed", &told)
        }
        None => output.say("compared-answer", &told),
    }
}
