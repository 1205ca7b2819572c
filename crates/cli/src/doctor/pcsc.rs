//! What stands between this user and a card behind the PC/SC service.

use serde_json::{Value, json};
use varco::pcsc::{Display, ReaderPad, Socket, diagnose};
use varco::steps::CardPresence;

use super::Examination;
use crate::exit::Exit;
use crate::output::Output;
use crate::problem::exit_of;

pub(super) fn examine(output: &Output) -> Examination {
    let found = diagnose();
    let say = |code: &str| output.say(code, &[]);
    let mut examination = Examination::new();
    let path = found.socket_path.display().to_string();
    examination.fact("socket", json!({ "path": path, "state": found.socket.code() }));
    examination.fact("daemon", json!(found.daemon.code()));
    examination.fact("drivers", json!(found.drivers));
    examination.fact("usb_readers", json!(found.usb_readers));
    examination.fact("pin_pads", found.pads.iter().map(pad_json).collect());

    let service = match found.socket {
        Socket::Absent => Some("doctor-service-install"),
        Socket::Deserted => Some("doctor-service-restart"),
        _ => None,
    };
    let mut said = vec![say(found.socket.code()), say(found.daemon.code())];
    said.extend(service.map(say));
    examination.check("doctor-service", service.map(|_| Exit::NoService), said);

    let refused = found.socket == Socket::Refused
        || found
            .readers
            .as_ref()
            .is_err_and(|error| error.code() == "service-refused");
    let said = refused
        .then(|| say("doctor-service-refused"))
        .into_iter()
        .collect();
    examination.check("doctor-access", refused.then_some(Exit::NoService), said);

    let no_driver = found.drivers.is_empty();
    let said = no_driver.then(|| say("doctor-no-driver")).into_iter().collect();
    examination.check("doctor-driver", no_driver.then_some(Exit::NoReader), said);

    let readers = found.readers.as_deref().unwrap_or_default();
    let mut said: Vec<String> = readers
        .iter()
        .map(
            |reader| match found.pads.iter().find(|pad| pad.reader == reader.name) {
                Some(pad) => format!("{}: {}", reader.name, say(pad_code(pad))),
                None => reader.name.to_string(),
            },
        )
        .collect();
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
    examination.check("doctor-readers", problem, said);

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
    examination.check("doctor-card", problem, vec![say(code)]);
    examination
}

fn pad_code(pad: &ReaderPad) -> &'static str {
    match &pad.pad {
        Ok(report) => report.code(),
        Err(_) => "pin-pad-unknown",
    }
}

fn pad_json(pad: &ReaderPad) -> Value {
    let report = pad.pad.as_ref().ok();
    json!({
        "reader": pad.reader.as_str(),
        "state": pad_code(pad),
        "digits_min": report.and_then(|report| report.digits_min),
        "digits_max": report.and_then(|report| report.digits_max),
        "display": report.and_then(|report| match report.display {
            Display::Absent => Some(false),
            Display::Present => Some(true),
            Display::Unknown => None,
        }),
    })
}
