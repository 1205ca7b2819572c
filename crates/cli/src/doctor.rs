//! `varco doctor`: from the outside in, what stands between this user and a card, and what to do about it.
//!
//! Not here: the facts (`reader-pcsc` finds them).

use serde_json::{Value, json};
use varco::pcsc::{Diagnosis, Socket, diagnose};
use varco::steps::CardPresence;

use crate::exit::Exit;
use crate::output::{Format, Output};
use crate::problem::exit_of;

/// One thing that was looked at.
struct Check {
    label: &'static str,
    /// `None`: not looked at, as something before it is wrong.
    good: Option<bool>,
    said: Vec<String>,
}

pub(crate) fn run(output: &Output) -> Exit {
    let found = diagnose();
    let (exit, checks) = examine(&found, output);
    match output.format() {
        Format::Json => output.json(json!({
            "ready": exit == Exit::Done,
            "socket": { "path": found.socket_path.display().to_string(), "state": found.socket.code() },
            "daemon": found.daemon.code(),
            "drivers": found.drivers,
            "usb_readers": found.usb_readers,
            "checks": checks
                .iter()
                .map(|check| json!({
                    "check": check.label, "good": check.good, "said": check.said,
                }))
                .collect::<Vec<Value>>(),
        })),
        Format::Text => {
            for check in &checks {
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
            if exit == Exit::Done {
                output.line(&output.say("doctor-ready", &[]));
            }
        }
    }
    exit
}

/// The checks in order, and the exit of the first that is not good.
fn examine(found: &Diagnosis, output: &Output) -> (Exit, Vec<Check>) {
    let say = |code: &str| output.say(code, &[]);
    let mut checks = Vec::new();
    let mut exit = Exit::Done;
    let mut check = |label, problem: Option<Exit>, said: Vec<String>| {
        let tried = exit == Exit::Done;
        checks.push(Check {
            label,
            good: tried.then_some(problem.is_none()),
            said: if tried { said } else { Vec::new() },
        });
        if let (Exit::Done, Some(problem)) = (exit, problem) {
            exit = problem;
        }
    };

    let service = match found.socket {
        Socket::Absent => Some("doctor-service-install"),
        Socket::Deserted => Some("doctor-service-restart"),
        _ => None,
    };
    let mut said = vec![say(found.socket.code()), say(found.daemon.code())];
    said.extend(service.map(say));
    check("doctor-service", service.map(|_| Exit::NoService), said);

    let refused = found.socket == Socket::Refused
        || found
            .readers
            .as_ref()
            .is_err_and(|error| error.code() == "service-refused");
    let said = refused
        .then(|| say("doctor-service-refused"))
        .into_iter()
        .collect();
    check("doctor-access", refused.then_some(Exit::NoService), said);

    let no_driver = found.drivers.is_empty();
    let said = no_driver.then(|| say("doctor-no-driver")).into_iter().collect();
    check("doctor-driver", no_driver.then_some(Exit::NoReader), said);

    let readers = found.readers.as_deref().unwrap_or_default();
    let mut said: Vec<String> = readers.iter().map(|reader| reader.name.to_string()).collect();
    let problem = match &found.readers {
        Err(error) => {
            said.push(say(error.code()));
            said.push(say("doctor-service-restart"));
            Some(exit_of(error.code()))
        }
        Ok(readers) if readers.is_empty() => {
            let unseen = found.usb_readers.is_some_and(|plugged| plugged > 0);
            said.push(say(if unseen {
                "doctor-usb-reader-unseen"
            } else {
                "doctor-no-reader"
            }));
            Some(Exit::NoReader)
        }
        Ok(_) => None,
    };
    check("doctor-readers", problem, said);

    let (problem, code) = if readers
        .iter()
        .any(|reader| matches!(reader.card, CardPresence::Present(_)))
    {
        (None, "reader-card-present")
    } else if readers.iter().any(|reader| reader.card == CardPresence::Mute) {
        (Some(exit_of("card-mute")), "card-mute.advice")
    } else {
        (Some(Exit::NoCard), "no-card.advice")
    };
    check("doctor-card", problem, vec![say(code)]);
    (exit, checks)
}
