//! What stands between this user and a card on a configured NFC reader.

use serde_json::{Value, json};
use varco::nfc::{Executable, NfcDiagnosis, ReaderDiagnosis};
use varco::steps::{CardPresence, LinkError};
use varco_messages::Arg;

use super::Examination;
use crate::arguments::DoctorArguments;
use crate::exit::Exit;
use crate::output::Output;
use crate::problem::{Problem, exit_of};
use crate::source::Wanted;

/// `None` where no NFC reader is configured: nobody asked for any.
pub(super) fn examine(arguments: &DoctorArguments, output: &Output) -> Result<Option<Examination>, Problem> {
    let Some(readers) = crate::source::nfc(Wanted::Reader(None), &arguments.config, output)? else {
        return Ok(None);
    };
    let found = readers.diagnose();
    let mut examination = Examination::new();
    examination.fact("nfc", json(&found));

    let path = found.executable_path.display().to_string();
    let said = output.say(found.executable.code(), &[("path", Arg::Text(&path))]);
    let problem = (found.executable != Executable::Fine).then_some(Exit::NoService);
    examination.check("doctor-nfcd", problem, vec![said]);

    let mut said: Vec<String> = found
        .readers
        .iter()
        .map(|reader| format!("{}: {}", reader.name, told(reader, output)))
        .collect();
    // One that can be used is enough; the others are told.
    let problems: Vec<Exit> = found.readers.iter().filter_map(exit).collect();
    let is_none_usable = problems.len() == found.readers.len();
    let problem = problems.first().copied().filter(|_| is_none_usable);
    let is_usb_reader_missing = found.readers.iter().any(|reader| {
        reader.name.as_str().contains("_usb") && matches!(reader.card, Some(Err(LinkError::NoReader)))
    });
    if let (Some(driver), true) = (found.kernel_driver, is_usb_reader_missing) {
        said.push(output.say("doctor-nfc-kernel", &[("driver", Arg::Text(driver))]));
    }
    examination.check("doctor-nfc-readers", problem, said);
    Ok(Some(examination))
}

/// Why a reader cannot be used now; `None` where it can.
fn exit(reader: &ReaderDiagnosis) -> Option<Exit> {
    match reader.card.as_ref()? {
        Ok(CardPresence::Present(_)) => None,
        Ok(_) => Some(Exit::NoCard),
        Err(error) => Some(exit_of(error.code())),
    }
}

fn told(reader: &ReaderDiagnosis, output: &Output) -> String {
    let code = match &reader.card {
        None => "doctor-not-tried",
        Some(Ok(CardPresence::Present(_))) => "reader-card-present",
        Some(Err(LinkError::ReaderHeld { .. })) => "reader-in-use",
        Some(Ok(_)) => "reader-empty",
        Some(Err(LinkError::NoReader)) if reader.is_port_there => "doctor-nfc-mute",
        Some(Err(LinkError::NoReader)) => "doctor-nfc-no-port",
        Some(Err(LinkError::ReaderRefused)) => "doctor-nfc-refused",
        Some(Err(LinkError::Protocol { what })) => {
            return format!("{} ({what})", output.say("link-protocol", &[]));
        }
        Some(Err(error)) => error.code(),
    };
    output.say(code, &[])
}

fn json(found: &NfcDiagnosis) -> Value {
    let readers = found.readers.iter().map(|reader| {
        let state = match &reader.card {
            None => "not-tried",
            Some(Ok(CardPresence::Present(_))) => "card-present",
            Some(Err(LinkError::ReaderHeld { .. })) => "in-use",
            Some(Ok(_)) => "empty",
            Some(Err(error)) => error.code(),
        };
        json!({ "name": reader.name.as_str(), "port": reader.is_port_there, "state": state })
    });
    json!({
        "executable": { "path": found.executable_path.display().to_string(), "state": found.executable.code() },
        "kernel_driver": found.kernel_driver,
        "readers": readers.collect::<Vec<Value>>(),
    })
}
