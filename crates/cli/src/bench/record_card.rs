//! `varco bench record-card`: a virtual card made of the one in a reader.
//!
//! Not here: what is looked at and what is written (`varco_bench::record_card`).

use std::path::Path;

use serde_json::{Value, json};
use varco_bench::bench_file::BenchFile;
use varco_bench::looking::LookError;
use varco_bench::record_card::{self, About, RecordError, Recording};
use varco_messages::Arg;

use super::reserve;
use crate::arguments::RecordCardArguments;
use crate::exit::Exit;
use crate::output::{Format, Output, to_json};
use crate::problem::Problem;
use crate::source::{name_of, varco_at};

pub(crate) fn run(arguments: &RecordCardArguments, output: &Output) -> Exit {
    record(arguments, output).unwrap_or_else(|problem| output.fail(&problem))
}

/// All that can be wrong without a card is found out before one is touched.
fn record(arguments: &RecordCardArguments, output: &Output) -> Result<Exit, Problem> {
    if !record_card::is_plain_name(&arguments.name) {
        let usage = "--name: 1-64 letters, digits, . - _";
        return Err(Problem::usage(output.messages(), usage));
    }
    let failed = |error: RecordError| of_recording(&error, output);
    record_card::check_place(&arguments.out).map_err(failed)?;
    let bench = arguments.bench.as_deref().map(|path| bench_file(path, output));
    let bench = bench.transpose()?;
    let named = bench.as_ref().map(|bench| bench.reader.as_str());
    let named = named.or(arguments.reader.reader.as_deref());
    let varco = varco_at(named, &arguments.reader, output)?;
    let wait = arguments.reader.wait();
    let reserved = reserve::reader(&varco, named.map(name_of), output)?;
    let reader = reserved.reader.as_str();
    let card = bench
        .as_ref()
        .map(|bench| reserve::card(bench, &varco, reader, wait, output))
        .transpose()?;
    let recording = record_card::record(&varco, Some(reader), wait, &arguments.name).map_err(failed)?;
    if let Some(card) = card {
        card.is_still(&varco, reader, wait, output)?;
    }
    recording.write(&arguments.out).map_err(failed)?;
    tell(&recording, arguments, output);
    Ok(Exit::Done)
}

fn bench_file(path: &Path, output: &Output) -> Result<BenchFile, Problem> {
    let read = BenchFile::read(path).map(|(_, bench)| bench);
    read.map_err(|error| {
        let shown = path.display().to_string();
        let problem = output.problem(error.code(), &[("path", Arg::Text(&shown))]);
        problem.detailed(&error)
    })
}

fn of_recording(error: &RecordError, output: &Output) -> Problem {
    match error {
        RecordError::Look(error) => of_looking(error, output),
        RecordError::Exists(path) => {
            let shown = path.display().to_string();
            output.problem(error.code(), &[("path", Arg::Text(&shown))])
        }
        RecordError::Write { folder, source } => {
            Problem::file(output.messages(), error.code(), folder, source)
        }
        error => output.problem(error.code(), &[]).detailed(error),
    }
}

/// A card that could not be looked at.
pub(super) fn of_looking(error: &LookError, output: &Output) -> Problem {
    match error {
        LookError::Start(error) => Problem::start(output.messages(), error),
        LookError::Card(error) => Problem::login(output.messages(), error),
        error => output.problem(error.code(), &[]).detailed(error),
    }
}

fn tell(recording: &Recording, arguments: &RecordCardArguments, output: &Output) {
    let path = arguments.out.display().to_string();
    let about = &recording.about;
    match output.format() {
        Format::Json => {
            let mut told = json!({ "name": arguments.name, "path": path, "files": recording.file_count() });
            if let (Value::Object(told), Value::Object(about)) = (&mut told, to_json(about)) {
                told.extend(about);
            }
            output.json(json!({ "recorded": told }));
        }
        Format::Text => {
            let files = recording.file_count().to_string();
            output.line(&output.say(
                "recorded",
                &[("path", Arg::Text(&path)), ("files", Arg::Text(&files))],
            ));
            tell_about(about, output);
            output.line(&output.say("recorded-play", &[("path", Arg::Text(&path))]));
        }
    }
}

fn tell_about(about: &About, output: &Output) {
    let section = |code: &str, lines: Vec<String>| {
        if lines.is_empty() {
            return;
        }
        output.line(&output.say(code, &[]));
        for line in lines {
            output.line(&format!("    {line}"));
        }
    };
    section("recorded-observed", pairs(&about.observed));
    section("recorded-replaced", pairs(&about.replaced));
    section("recorded-assumed", about.assumed.clone());
    let timing = about.timing.iter();
    let timing = timing.map(|(command, class)| format!("{command}: {}", class.name()));
    section("recorded-timing", timing.collect());
    let (card, because) = (about.like.get("card"), about.like.get("because"));
    if let (Some(card), Some(because)) = (card, because) {
        let code = format!("recorded-like-{because}");
        output.line(&output.say(&code, &[("card", Arg::Text(card))]));
    }
}

fn pairs<'p>(
    pairs: impl IntoIterator<Item = (&'p String, &'p (impl core::fmt::Display + 'p))>,
) -> Vec<String> {
    pairs
        .into_iter()
        .map(|(key, value)| format!("{key}: {value}"))
        .collect()
}
