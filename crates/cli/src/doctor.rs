//! `varco doctor`: from the outside in, what stands between this user and a card, and what to do about it.
//!
//! Not here: the facts (`reader-pcsc` and `reader-nfc` find them).

mod nfc;

use serde_json::{Value, json};
use varco::pcsc::{Diagnosis, Socket, diagnose};
use varco::steps::CardPresence;

use crate::arguments::DoctorArguments;
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

pub(crate) fn run(arguments: &DoctorArguments, output: &Output) -> Exit {
    let found = diagnose();
    let (mut exit, mut checks) = examine(&found, output);
    let nfc = match nfc::diagnose(arguments, output) {
        Ok(nfc) => nfc,
        Err(problem) => return output.fail(&problem),
    };
    if let Some(nfc) = &nfc {
        let (nfc_exit, nfc_checks) = nfc::examine(nfc, output);
        checks.extend(nfc_checks);
        // One reader that is ready is enough, and who has none behind the service has the other.
        if nfc_exit == Exit::Done || matches!(exit, Exit::NoService | Exit::NoReader) {
            exit = nfc_exit;
        }
    }
    match output.format() {
        Format::Json => output.json(json!({
            "ready": exit == Exit::Done,
            "socket": { "path": found.socket_path.display().to_string(), "state": found.socket.code() },
            "daemon": found.daemon.code(),
            "drivers": found.drivers,
            "usb_readers": found.usb_readers,
            "nfc": nfc.as_ref().map(nfc::json),
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

/// Checks in order: what stands behind a problem is not looked at.
struct Examination {
    exit: Exit,
    checks: Vec<Check>,
}

impl Examination {
    fn new() -> Self {
        Self {
            exit: Exit::Done,
            checks: Vec::new(),
        }
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

/// The checks in order, and the exit of the first that is not good.
fn examine(found: &Diagnosis, output: &Output) -> (Exit, Vec<Check>) {
    let say = |code: &str| output.say(code, &[]);
    let mut examination = Examination::new();
    let mut check = |label, problem, said| examination.check(label, problem, said);

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
    (examination.exit, examination.checks)
}
