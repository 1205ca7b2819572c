//! What stands between this user and a card on a configured NFC reader.

#[cfg(feature = "nfc")]
pub(super) use with_nfc::{diagnose, examine, json};
#[cfg(not(feature = "nfc"))]
pub(super) use without_nfc::{diagnose, examine, json};

#[cfg(feature = "nfc")]
mod with_nfc {
    use serde_json::{Value, json};
    use varco::nfc::{Executable, NfcDiagnosis, ReaderDiagnosis};
    use varco::steps::{CardPresence, LinkError};
    use varco_messages::Arg;

    use super::super::{Check, Examination};
    use crate::arguments::DoctorArguments;
    use crate::exit::Exit;
    use crate::output::Output;
    use crate::problem::{Problem, exit_of};

    /// `None` where no NFC reader is configured: nobody asked for any.
    pub(in super::super) fn diagnose(
        arguments: &DoctorArguments,
        output: &Output,
    ) -> Result<Option<NfcDiagnosis>, Problem> {
        let readers = crate::source::nfc(None, &arguments.config, output)?;
        Ok(readers.map(|readers| readers.diagnose()))
    }

    /// The checks in order, and the exit of the first that is not good.
    pub(in super::super) fn examine(found: &NfcDiagnosis, output: &Output) -> (Exit, Vec<Check>) {
        let mut examination = Examination::new();
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
        let problem = found.readers.iter().all(|reader| exit(reader).is_some());
        let problem = found.readers.iter().find_map(exit).filter(|_| problem);
        if let (Some(driver), true) = (found.kernel_driver, problem.is_some()) {
            said.push(output.say("doctor-nfc-kernel", &[("driver", Arg::Text(driver))]));
        }
        examination.check("doctor-nfc-readers", problem, said);
        (examination.exit, examination.checks)
    }

    /// Why a reader cannot be used now; `None` where it can.
    fn exit(reader: &ReaderDiagnosis) -> Option<Exit> {
        match reader.card.as_ref()? {
            Ok(CardPresence::Present(_)) => None,
            Ok(CardPresence::InUse) => Some(Exit::ReaderBusy),
            Ok(_) => Some(Exit::NoCard),
            Err(error) => Some(exit_of(error.code())),
        }
    }

    fn told(reader: &ReaderDiagnosis, output: &Output) -> String {
        let code = match &reader.card {
            None => "doctor-not-tried",
            Some(Ok(CardPresence::Present(_))) => "reader-card-present",
            Some(Ok(CardPresence::InUse)) => "reader-in-use",
            Some(Ok(_)) => "reader-empty",
            Some(Err(LinkError::NoReader)) if reader.is_port_there => "doctor-nfc-mute",
            Some(Err(LinkError::NoReader)) => "doctor-nfc-no-port",
            Some(Err(LinkError::ReaderRefused)) => "reader-refused.advice",
            Some(Err(LinkError::Protocol { what })) => {
                return format!("{} ({what})", output.say("link-protocol", &[]));
            }
            Some(Err(error)) => error.code(),
        };
        output.say(code, &[])
    }

    pub(in super::super) fn json(found: &NfcDiagnosis) -> Value {
        let readers = found.readers.iter().map(|reader| {
            let state = match &reader.card {
                None => "not-tried",
                Some(Ok(CardPresence::Present(_))) => "card-present",
                Some(Ok(CardPresence::InUse)) => "in-use",
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
}

#[cfg(not(feature = "nfc"))]
mod without_nfc {
    use serde_json::Value;

    use super::super::Check;
    use crate::arguments::DoctorArguments;
    use crate::exit::Exit;
    use crate::output::Output;
    use crate::problem::Problem;

    /// Never made.
    pub(in super::super) enum Nothing {}

    pub(in super::super) fn diagnose(_: &DoctorArguments, _: &Output) -> Result<Option<Nothing>, Problem> {
        Ok(None)
    }

    pub(in super::super) fn examine(found: &Nothing, _: &Output) -> (Exit, Vec<Check>) {
        match *found {}
    }

    pub(in super::super) fn json(found: &Nothing) -> Value {
        match *found {}
    }
}
