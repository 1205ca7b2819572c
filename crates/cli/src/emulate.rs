//! `varco emulate`: a virtual card in a virtual reader, until it is told to stop.
//!
//! Not here: the card (`virtual-cns`, `virtual-cie`) and the readers (`place`). No signal is handled: what must
//! last is on disk before the card answers.

mod control;
mod journal;
mod place;
mod state;

use std::env;
use std::path::Path;

use rustix::process::{Pid, Signal, getppid, set_parent_process_death_signal};
use serde_json::{Value, json};
use varco::played::fault::Fired;
use varco::played::vpcd::SlotEvent;
use varco::played::{Profile, ProfileError};
use varco_emulator::{KeypadEvent, PlayedCard as _, TimingModel};
use varco_messages::Arg;

use crate::arguments::EmulateArguments;
use crate::exit::Exit;
use crate::output::{Format, Output};
use crate::problem::Problem;
use control::Control;
use journal::Journal;
use place::Address;
use state::StateFile;

/// Names the bench that a card is played for.
const PLAYED_FOR: &str = "VARCO_BENCH_PLAYED_FOR";

pub(crate) fn run(arguments: &EmulateArguments, output: &Output) -> Exit {
    let done = match &arguments.profile {
        Some(profile) => emulate(profile, arguments, output),
        None => list(output),
    };
    done.map_or_else(|problem| output.fail(&problem), |()| Exit::Done)
}

/// The virtual cards that are built in, with their secrets: test material, for anyone to read.
fn list(output: &Output) -> Result<(), Problem> {
    let profiles = Profile::names()
        .map(|name| Profile::builtin(name).map_err(|error| profile_problem(name, &error, output)))
        .collect::<Result<Vec<Profile>, Problem>>()?;
    match output.format() {
        Format::Json => {
            let cards = profiles.iter().map(|profile| {
                json!({
                    "name": profile.name(),
                    "title_it": profile.title_it(),
                    "title_en": profile.title_en(),
                    "pin": profile.pin_value(),
                    "puk": profile.puk_value(),
                })
            });
            output.json(json!({ "virtual_cards": cards.collect::<Vec<Value>>() }));
        }
        Format::Text => {
            for profile in &profiles {
                let title = output.messages().pick(profile.title_it(), profile.title_en());
                let codes = [
                    ("pin", Arg::Text(profile.pin_value())),
                    ("puk", Arg::Text(profile.puk_value())),
                ];
                output.line(&format!("{}: {title}", profile.name()));
                output.line(&format!("    {}", output.say("emulate-codes", &codes)));
            }
        }
    }
    Ok(())
}

/// A card that is played for a bench does not outlive it, not even where the bench is killed. True when it is gone already.
fn is_abandoned() -> bool {
    let bench = env::var(PLAYED_FOR).ok().and_then(|pid| pid.parse().ok());
    // Another one's name may be left from a bench around this program.
    let Some(bench) = bench
        .and_then(Pid::from_raw)
        .filter(|bench| getppid() == Some(*bench))
    else {
        return false;
    };
    // Where the system refuses, it lives on as before.
    let _ = set_parent_process_death_signal(Some(Signal::TERM));
    getppid() != Some(bench)
}

fn emulate(name: &str, arguments: &EmulateArguments, output: &Output) -> Result<(), Problem> {
    if is_abandoned() {
        return Ok(());
    }
    let models = TimingModel::ALL.map(|model| model.name()).join(", ");
    let timing = TimingModel::named(&arguments.latency)
        .ok_or_else(|| Problem::usage(output.messages(), &format!("--latency: {models}")))?;
    let address = Address::parse(arguments, timing, output)?;
    let profile = load(name, output)?;
    let card_name = profile.name().to_owned();
    let mut card = profile.into_card();
    card.set_timing(address.timing_of_card(timing));
    let mut state = StateFile::open(arguments.state.as_deref(), &mut card, output)?;
    let mut journal = Journal::create(arguments.log.as_deref(), output)?;

    let mut place = address.open(Box::new(card), arguments, output)?;
    let hand = place.hand();
    if let Some(program) = &arguments.on_mishap
        && !hand.on_mishap(program.clone())
    {
        let usage = "--on-mishap: vpcd://HOST:PORT, ccid://PATH";
        return Err(Problem::usage(output.messages(), usage));
    }
    for plan in &arguments.fault {
        plan.parse()
            .and_then(|plan| hand.add_fault(plan))
            .map_err(|error| output.problem(error.code(), &[]).detailed(&error))?;
    }
    let told = Told {
        card: &card_name,
        address: &arguments.via,
        entry: place.entry(),
    };
    // Ends with this function: its socket is removed by then.
    let _listening = arguments
        .control
        .as_deref()
        .map(|path| Control::listen(path, &hand, output))
        .transpose()?;

    let mut failed = None;
    let mut is_first = true;
    let observe = &mut |event| {
        tell(&event, &told, is_first, output);
        is_first &= event != SlotEvent::Inserted;
        let kept = journal.write(&event).and_then(|()| match event {
            // Before the card answers: whoever saw the answer finds it kept.
            SlotEvent::Exchange(_) => hand.with_card(|card| state.save(card)),
            _ => Ok(()),
        });
        if let Err((path, error)) = kept {
            failed.get_or_insert_with(|| Problem::file(output.messages(), "file-unwritable", &path, &error));
            hand.stop();
        }
    };
    place.run(&arguments.via, observe, output)?;
    failed.map_or(Ok(()), Err)
}

/// The folder that is meant, where it is no name of a built-in profile.
pub(crate) fn folder(name: &str) -> Option<&Path> {
    let path = Path::new(name);
    match path.is_file() {
        true => Some(path.parent().unwrap_or(Path::new("."))),
        false => Some(path).filter(|path| path.is_dir()),
    }
}

/// By its name, or from a folder or the `card.toml` in it.
pub(crate) fn load(name: &str, output: &Output) -> Result<Profile, Problem> {
    let profile = match folder(name) {
        Some(folder) => Profile::from_dir(folder),
        None => Profile::builtin(name),
    };
    profile.map_err(|error| profile_problem(name, &error, output))
}

/// What is told of a card in its place.
struct Told<'t> {
    card: &'t str,
    address: &'t str,
    /// By which pcscd finds the reader.
    entry: Option<String>,
}

/// The first line says that the card is in the reader; scripts wait for it.
fn tell(event: &SlotEvent, told: &Told<'_>, is_first: bool, output: &Output) {
    let (code, name) = match event {
        SlotEvent::Inserted if is_first => ("emulate-listening", "inserted"),
        SlotEvent::Inserted => ("emulate-inserted", "inserted"),
        SlotEvent::Removed => ("emulate-removed", "removed"),
        SlotEvent::Keypad(event) => return tell_keypad(event, output),
        SlotEvent::Fault(fired) => return tell_fault(fired, output),
        _ => return,
    };
    let (card, address) = (told.card, told.address);
    let entry = told.entry.as_deref().filter(|_| is_first);
    match output.format() {
        Format::Json => {
            let mut line = json!({ "event": name, "profile": card, "address": address });
            if let (Some(entry), Value::Object(fields)) = (entry, &mut line) {
                fields.insert("reader_entry".to_owned(), entry.into());
            }
            output.json(line);
        }
        Format::Text => {
            let arguments = [("profile", Arg::Text(card)), ("address", Arg::Text(address))];
            output.line(&output.say(code, &arguments));
            if let Some(entry) = entry {
                output.line(&output.say("emulate-reader-entry", &[]));
                entry.lines().for_each(|line| output.line(line));
            }
        }
    }
}

fn tell_fault(fired: &Fired, output: &Output) {
    match output.format() {
        Format::Json => output.json(journal::fault_event(fired)),
        Format::Text => {
            let plan = fired.plan.to_string();
            output.line(&output.say("emulate-fault", &[("fault", Arg::Text(&plan))]));
        }
    }
}

fn tell_keypad(event: &KeypadEvent, output: &Output) {
    match (output.format(), event) {
        (Format::Json, event) => output.json(journal::keypad(event)),
        (
            Format::Text,
            KeypadEvent::Asked {
                digits_min,
                digits_max,
                ..
            },
        ) => {
            let digits = Arg::Range((*digits_min).into(), (*digits_max).into());
            let arguments = [("digits", digits)];
            output.line(&output.say("emulate-entry-asked", &arguments));
        }
        (Format::Text, _) => output.line(&output.say("emulate-entry-ended", &[])),
    }
}

fn profile_problem(name: &str, error: &ProfileError, output: &Output) -> Problem {
    output
        .problem(error.code(), &[("profile", Arg::Text(name))])
        .detailed(error)
}
