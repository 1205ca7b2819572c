//! `varco trace record` and `replay`: logins at played cards byte for byte, and recordings held again.
//!
//! Not here: the login, and what is compared (`varco::played::exact`).

use std::io::Write as _;

use serde_json::json;
use varco::LoginReport;
use varco::played::exact::{self, ExactError, Mode, Recipe, Replayed};
use varco::played::{Profile, ProfileError};
use varco_messages::Arg;
use varco_trace::lines::TRACE_MAX_BYTES;

use super::{contents, fill, new_file, problem_at};
use crate::arguments::{Scheme, TraceRecordArguments, TraceReplayArguments};
use crate::exit::Exit;
use crate::output::{Format, Output};
use crate::problem::Problem;

pub(super) fn record(arguments: &TraceRecordArguments, output: &Output) -> Result<Exit, Problem> {
    let (recipe, profile) = recipe(arguments, output)?;
    let path = &arguments.out;
    let recorded =
        exact::record(&recipe, profile).map_err(|error| problem(&error, &recipe.profile, output))?;
    fill(path, new_file(path, output)?, |file| {
        file.write_all(&recorded.trace)
    })
    .map_err(|error| Problem::file(output.messages(), "trace-unwritable", path, &error))?;
    let shown = path.display().to_string();
    let login = ended(&recorded.report);
    match output.format() {
        Format::Json => output.json(json!({ "trace_recorded": {
            "path": shown, "commands": recorded.report.exchanges, "seed": recipe.seed, "instant": recipe.instant,
            "login": login,
        }})),
        Format::Text => {
            let (count, seed) = (recorded.report.exchanges.to_string(), recipe.seed.to_string());
            let arguments = [
                ("count", Arg::Text(&count)),
                ("path", Arg::Text(&shown)),
                ("seed", Arg::Text(&seed)),
            ];
            output.line(&output.say("trace-recorded", &arguments));
            tell_login(login, output);
        }
    }
    Ok(Exit::Done)
}

fn recipe(arguments: &TraceRecordArguments, output: &Output) -> Result<(Recipe, Option<Profile>), Problem> {
    let instant = match &arguments.at {
        Some(at) => crate::trust::parse_instant(at, output)?,
        None => varco::steps::Timestamp::now(),
    };
    let (card, profile) = card(&arguments.reader, arguments.signature, output)?;
    let recipe = Recipe {
        seed: match arguments.seed {
            Some(seed) => seed,
            None => fresh_seed(output)?,
        },
        instant: written(instant),
        audience: arguments.audience.clone(),
        service: arguments.service.clone(),
        nonce: arguments.nonce.clone(),
        birth_date_from_card: arguments.birth_date_from_card,
        test_pin: match arguments.wrong_pin {
            true => wrong(&card.test_pin),
            false => card.test_pin,
        },
        ..card
    };
    Ok((recipe, profile))
}

/// A login with the virtual card that is named, now, with its test PIN; and its profile, where it is from a folder.
fn card(reader: &str, signature: Scheme, output: &Output) -> Result<(Recipe, Option<Profile>), Problem> {
    let not_played = || output.problem("trace-not-played", &[]);
    let name = reader.strip_prefix("played:").ok_or_else(not_played)?;
    let card = crate::emulate::load(name, output)?;
    let from_folder = crate::emulate::folder(name).is_some();
    let recipe = Recipe {
        profile: card.name().to_owned(),
        from_folder,
        seed: 0,
        instant: written(varco::steps::Timestamp::now()),
        audience: "varco-cli".to_owned(),
        service: None,
        nonce: None,
        signature: match signature {
            Scheme::Pkcs1 => "pkcs1",
            Scheme::Pss => "pss",
        }
        .to_owned(),
        birth_date_from_card: false,
        test_pin: card.pin_value().to_owned(),
    };
    Ok((recipe, from_folder.then_some(card)))
}

/// In whole seconds: no certificate knows more.
fn written(instant: varco::steps::Timestamp) -> String {
    instant.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// Short enough to be typed.
fn fresh_seed(output: &Output) -> Result<u64, Problem> {
    let bytes = varco::random().map_err(|error| Problem::start(output.messages(), &error))?;
    Ok(bytes
        .iter()
        .take(4)
        .fold(0, |seed, byte| seed << 8 | u64::from(*byte)))
}

/// Another PIN of the same length.
fn wrong(pin: &str) -> String {
    let mut wrong = pin.to_owned();
    let last = wrong.pop();
    wrong.push(if last == Some('0') { '1' } else { '0' });
    wrong
}

fn unknown(profile: &str, error: &ProfileError, output: &Output) -> Problem {
    output
        .problem(error.code(), &[("profile", Arg::Text(profile))])
        .detailed(error)
}

/// How a login ended, by its code; none where somebody was identified.
fn ended(report: &LoginReport) -> Option<&'static str> {
    report.outcome.as_ref().err().map(varco::LoginError::code)
}

fn tell_login(login: Option<&str>, output: &Output) {
    output.line(&match login {
        None => output.say("trace-login-done", &[]),
        Some(code) => output.say("trace-login-ended", &[("code", Arg::Text(code))]),
    });
}

pub(super) fn replay(arguments: &TraceReplayArguments, output: &Output) -> Result<Exit, Problem> {
    let path = &arguments.file;
    let text = contents(path, TRACE_MAX_BYTES)
        .map_err(|error| Problem::file(output.messages(), "file-unreadable", path, &error))?;
    let mode = match arguments.tolerant {
        true => Mode::Tolerant,
        false => Mode::Strict,
    };
    let shown = path.display().to_string();
    let replayed = match &arguments.reader {
        None => {
            let load = |name: &String| crate::emulate::load(name, output);
            exact::replay(&text, mode, arguments.profile.as_ref().map(load).transpose()?)
        }
        Some(reader) => {
            let (mut recipe, profile) = card(reader, arguments.signature, output)?;
            recipe.birth_date_from_card = arguments.birth_date_from_card;
            exact::replay_at(&text, &recipe, profile)
        }
    };
    let replayed = replayed.map_err(|error| problem(&error, &shown, output))?;
    let problem = replayed
        .outcome
        .difference
        .map(|_| problem_at("replay-differs", path, output));
    match output.format() {
        Format::Json => to_json(&replayed, problem.as_ref(), output),
        Format::Text => {
            tell(&replayed, output);
            if let Some(problem) = &problem {
                output.explain(problem);
            }
        }
    }
    Ok(problem.map_or(Exit::Done, |problem| problem.exit()))
}

fn to_json(replayed: &Replayed, problem: Option<&Problem>, output: &Output) {
    let outcome = replayed.outcome;
    output.json(json!({
        "equal": outcome.difference.is_none(),
        "said": outcome.said,
        "commands": outcome.commands,
        "again": replayed.again,
        "difference": outcome.difference.map(|difference| json!({
            "line": difference.line, "what": difference.what.code(),
        })),
        "next_line": outcome.next_line,
        "secured": outcome.secured,
        "needs_keys": outcome.needs_keys,
        "login": ended(&replayed.report),
        "error": problem.map(Problem::to_json),
    }));
}

fn tell(replayed: &Replayed, output: &Output) {
    let outcome = replayed.outcome;
    let (said, commands) = (outcome.said.to_string(), outcome.commands.to_string());
    if let Some(difference) = outcome.difference {
        let (line, what) = (
            difference.line.to_string(),
            output.say(difference.what.code(), &[]),
        );
        let arguments = [("line", Arg::Text(&line)), ("what", Arg::Text(&what))];
        output.line(&output.say("replay-line", &arguments));
        return;
    }
    let arguments = [("said", Arg::Text(&said)), ("count", Arg::Text(&commands))];
    output.line(&output.say("replay-said", &arguments));
    if let Some(line) = outcome.next_line.filter(|_| outcome.said < outcome.commands) {
        let line = line.to_string();
        output.line(&output.say("replay-left", &[("line", Arg::Text(&line))]));
    }
    if outcome.secured > 0 && outcome.said < outcome.commands {
        let count = outcome.secured.to_string();
        output.line(&output.say("replay-needs-keys", &[("count", Arg::Text(&count))]));
    }
    if replayed.again {
        output.line(&output.say("replay-recorded-again", &[]));
    }
    tell_login(ended(&replayed.report), output);
}

/// Why nothing was recorded or replayed; `named` is the profile or the file.
fn problem(error: &ExactError, named: &str, output: &Output) -> Problem {
    match error {
        ExactError::Start(error) => Problem::start(output.messages(), error),
        ExactError::Profile(error) => unknown(named, error, output),
        ExactError::Recipe { member } => output
            .problem("trace-recipe", &[("member", Arg::Text(member))])
            .detailed(error),
        ExactError::Script(_) => output
            .problem("trace-malformed", &[("path", Arg::Text(named))])
            .detailed(error),
        _ => output.problem(error.code(), &[]).detailed(error),
    }
}
