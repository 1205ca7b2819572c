//! `varco bench run`: scenarios at targets, results for people and for other people's CI.
//!
//! Not here: how they are run (crate `bench`).

use std::fs;
use std::io::{IsTerminal as _, Read as _, Write as _};
use std::os::unix::fs::FileTypeExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::json;
use varco_bench::bench_file::BenchFile;
use varco_bench::report::{self, Summary};
use varco_bench::run::pool::{self, Desk, Plan, Progress, RunResult, ScenarioFile};
use varco_bench::run::{Outcome, Stop};
use varco_bench::scenario::Scenario;
use varco_bench::target::{Holder, Target};
use varco_bench::up::attend::end_by;
use varco_messages::Arg;
use zeroize::Zeroizing;

use crate::arguments::BenchRunArguments;
use crate::config::Config;
use crate::exit::Exit;
use crate::output::{Format, Output};
use crate::problem::Problem;

/// The most scenarios of one run.
const FILES_MAX: usize = 1000;
/// The most bytes of codes.
const CODES_BYTES_MAX: usize = 4096;

pub(crate) fn run(arguments: &BenchRunArguments, output: &Output) -> Exit {
    attempt(arguments, output).unwrap_or_else(|problem| output.fail(&problem))
}

/// All that can be wrong before a card is touched is found out before a card is touched.
fn attempt(arguments: &BenchRunArguments, output: &Output) -> Result<Exit, Problem> {
    let targets = targets(&arguments.target, output)?;
    let files = read(&arguments.files, output)?;
    check_waits(&files, &targets, arguments.timeout.into(), output)?;
    let plan = plan(arguments, &targets, output)?;
    let reports = [
        (&arguments.junit, report::junit as fn(&[RunResult]) -> String),
        (&arguments.tap, report::tap),
    ];
    let unwritable = |path: &Path, error| Problem::file(output.messages(), "file-unwritable", path, &error);
    for (path, _) in reports {
        if let Some(path) = path {
            check_writable(path).map_err(|error| unwritable(path, error))?;
        }
    }
    let is_told = arguments.progress || std::io::stderr().is_terminal();
    let results = pool::run(&plan, &files, &targets, &mut |progress| {
        if is_told {
            tell_progress(&progress, output);
        }
    });
    if let Some(signal) = plan.stop.signal() {
        // A shell sees what ended it. What was not run to its end is no result.
        end_by(signal);
        return Ok(Exit::Done);
    }
    let written = reports.into_iter().filter_map(|(path, form)| {
        let path = path.as_deref()?;
        write(path, &form(&results))
            .map_err(|error| unwritable(path, error))
            .err()
    });
    // What came of it is told all the same.
    let unwritten = written.collect::<Vec<_>>().into_iter().next();
    Ok(tell(&results, unwritten, output))
}

fn targets(named: &[String], output: &Output) -> Result<Vec<Target>, Problem> {
    let mut targets = Vec::new();
    for name in named {
        let target: Target = name
            .parse()
            .map_err(|error| Problem::usage(output.messages(), &format!("--target {name}: {error}")))?;
        if !targets.contains(&target) {
            targets.push(target);
        }
    }
    Ok(targets)
}

/// A scenario that waits longer than it may take could only be late.
fn check_waits(
    files: &[ScenarioFile],
    targets: &[Target],
    timeout_s: u64,
    output: &Output,
) -> Result<(), Problem> {
    let is_waited = targets.iter().any(|target| *target != Target::InProcess);
    for file in files.iter().filter(|_| is_waited) {
        let ms: u64 = file.scenario.steps.iter().map(|step| step.what.waits_ms()).sum();
        if ms >= timeout_s.saturating_mul(1000) {
            let name = &file.scenario.name;
            let told = format!("--timeout {timeout_s}: {name} waits {ms} ms by itself");
            return Err(Problem::usage(output.messages(), &told));
        }
    }
    Ok(())
}

fn plan(arguments: &BenchRunArguments, targets: &[Target], output: &Output) -> Result<Plan, Problem> {
    let program = std::env::current_exe()
        .map_err(|error| Problem::file(output.messages(), "file-unreadable", Path::new("varco"), &error))?;
    Ok(Plan {
        program,
        arguments: vec!["bench".to_owned(), "worker".to_owned()],
        nfcd: Config::load(&arguments.config, output)?.nfc.nfcd,
        jobs: arguments.jobs.into(),
        timeout: Duration::from_secs(arguments.timeout.into()),
        desk: desk(arguments, targets, output)?,
        lang: output.messages().locale().tag().to_owned(),
        stop: Stop::by_signals().map_err(|error| output.problem("bench-system", &[]).detailed(&error))?,
    })
}

/// The real reader: its bench file, and the codes of its cards.
fn desk(arguments: &BenchRunArguments, targets: &[Target], output: &Output) -> Result<Option<Desk>, Problem> {
    let Some(path) = &arguments.bench else {
        if targets.contains(&Target::Reader) {
            let missing = "--target reader: --bench FILE";
            return Err(Problem::usage(output.messages(), missing));
        }
        return Ok(None);
    };
    if !targets.contains(&Target::Reader) {
        return Err(Problem::usage(output.messages(), "--bench: --target reader"));
    }
    let (text, bench) = BenchFile::read(path).map_err(|error| {
        let shown = path.display().to_string();
        output
            .problem("bench-file-malformed", &[("path", Arg::Text(&shown))])
            .detailed(&error)
    })?;
    let codes = codes(arguments.codes.as_deref(), &bench, output)?;
    Ok(Some(Desk {
        file: path.clone(),
        text,
        bench,
        codes,
    }))
}

/// What comes by a descriptor, which is read once and to its end. It stays open in all that is started, where it must hold nothing
/// more: a pipe does not, and a file would.
fn codes(source: Option<&str>, bench: &BenchFile, output: &Output) -> Result<Zeroizing<String>, Problem> {
    let Some(source) = source else {
        return Ok(Zeroizing::default());
    };
    // What was given is not repeated: it may be a code itself.
    let wrong = || Problem::usage(output.messages(), "--codes: fd:N");
    let number: u32 = source
        .strip_prefix("fd:")
        .and_then(|number| number.parse().ok())
        .ok_or_else(wrong)?;
    // There is room for all of it from the beginning: a text that grew would leave copies behind.
    let mut text = Zeroizing::new(String::with_capacity(CODES_BYTES_MAX + 1));
    let file = fs::File::open(format!("/proc/self/fd/{number}")).map_err(|_| wrong())?;
    let kind = file.metadata().map_err(|_| wrong())?.file_type();
    if !(kind.is_fifo() || kind.is_char_device()) {
        let kept = "--codes: fd:N must be a pipe, since programs and hooks could read a file again: fd:3 3< <(cat FILE)";
        return Err(Problem::usage(output.messages(), kept));
    }
    let read = file.take(CODES_BYTES_MAX as u64 + 1).read_to_string(&mut text);
    read.map_err(|_| wrong())?;
    // A code that is cut is another code.
    if text.len() > CODES_BYTES_MAX {
        let long = format!("--codes: at most {CODES_BYTES_MAX} bytes");
        return Err(Problem::usage(output.messages(), &long));
    }
    Holder::parse(&text, bench)
        .map_err(|error| Problem::usage(output.messages(), &format!("--codes: {error}")))?;
    Ok(text)
}

/// Each file, and of a folder those that end in .toml, by name.
fn read(paths: &[PathBuf], output: &Output) -> Result<Vec<ScenarioFile>, Problem> {
    let mut files: Vec<PathBuf> = Vec::new();
    for path in paths {
        if path.is_dir() {
            files.extend(of_folder(path, output)?);
        } else {
            files.push(path.clone());
        }
    }
    if files.len() > FILES_MAX {
        return Err(Problem::usage(
            output.messages(),
            &format!("FILE: at most {FILES_MAX}"),
        ));
    }
    let mut read: Vec<ScenarioFile> = Vec::new();
    for path in files {
        let malformed = |detail: &dyn ToString| {
            let shown = path.display().to_string();
            output
                .problem("scenario-malformed", &[("path", Arg::Text(&shown))])
                .detailed(detail)
        };
        let (text, scenario) = Scenario::read(&path).map_err(|error| malformed(&error))?;
        if let Some(other) = read.iter().find(|other| other.scenario.name == scenario.name) {
            return Err(malformed(&format!("{} has the same name", other.path.display())));
        }
        read.push(ScenarioFile { path, text, scenario });
    }
    Ok(read)
}

fn of_folder(folder: &Path, output: &Output) -> Result<Vec<PathBuf>, Problem> {
    let unreadable = |error| Problem::file(output.messages(), "file-unreadable", folder, &error);
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        if path.extension().is_some_and(|extension| extension == "toml") && path.is_file() {
            files.push(path);
        }
    }
    files.sort();
    if files.is_empty() {
        let shown = folder.display().to_string();
        let problem = output.problem("scenario-malformed", &[("path", Arg::Text(&shown))]);
        return Err(problem.detailed(&"the folder holds no file that ends in .toml"));
    }
    Ok(files)
}

/// A file beside this path, which may take its place.
fn beside(path: &Path) -> std::io::Result<tempfile::NamedTempFile> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    tempfile::NamedTempFile::new_in(folder.unwrap_or(Path::new(".")))
}

/// Results that could not be written are better known before there are any.
fn check_writable(path: &Path) -> std::io::Result<()> {
    if path.is_dir() {
        return Err(std::io::ErrorKind::IsADirectory.into());
    }
    beside(path).map(drop)
}

/// A reader finds the old file or the new one, whole.
fn write(path: &Path, text: &str) -> std::io::Result<()> {
    let mut file = beside(path)?;
    file.write_all(text.as_bytes())?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}

fn tell_progress(progress: &Progress<'_>, output: &Output) {
    match progress {
        Progress::Step {
            name,
            target,
            done,
            of,
        } => {
            output.note(&format!("{name} @ {target}: {done}/{of}"));
        }
        Progress::Ended(result) => output.note(&line(result, output)),
    }
}

fn line(result: &RunResult, output: &Output) -> String {
    let outcome = output.say(outcome(result.finding.outcome), &[]);
    format!("{outcome}: {} @ {}", result.name, result.target)
}

fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Passed => "bench-passed",
        Outcome::Failed => "bench-failed",
        Outcome::RigError => "bench-rig-error",
        Outcome::NotApplicable => "bench-not-applicable",
    }
}

fn tell(results: &[RunResult], unwritten: Option<Problem>, output: &Output) -> Exit {
    let summary = Summary::of(results);
    let problem = if unwritten.is_some() {
        unwritten
    } else if summary.failed > 0 {
        Some(output.problem("scenarios-failed", &[]))
    } else if summary.rig_errors > 0 {
        Some(output.problem("scenarios-rig-error", &[]))
    } else {
        None
    };
    match output.format() {
        Format::Json => {
            let scenarios: Vec<_> = results.iter().map(report::json).collect();
            output.json(json!({
                "scenarios": scenarios,
                "summary": summary,
                "error": problem.as_ref().map(Problem::to_json),
            }));
        }
        Format::Text => {
            results.iter().for_each(|result| tell_result(result, output));
            let counts = [
                ("passed", summary.passed),
                ("failed", summary.failed),
                ("rig", summary.rig_errors),
                ("skipped", summary.not_applicable),
            ]
            .map(|(name, count)| (name, Arg::Number(u32::try_from(count).unwrap_or(u32::MAX))));
            output.line(&output.say("bench-summary", &counts));
            if let Some(problem) = &problem {
                output.explain(problem);
            }
        }
    }
    problem.map_or(Exit::Done, |problem| problem.exit())
}

/// What it was, and where it did not pass, why and what to do.
fn tell_result(result: &RunResult, output: &Output) {
    output.line(&line(result, output));
    let finding = &result.finding;
    if let Some(code) = &finding.code {
        output.line(&format!("    {}", output.say(code, &[])));
    }
    let place = finding
        .line
        .map(|line| format!("{}:{line}", result.path.display()));
    let detail: Vec<String> = place.into_iter().chain(finding.detail.clone()).collect();
    if !detail.is_empty() {
        output.line(&format!("    {}", detail.join(": ")));
    }
}
