//! `varco cert`: the certificate on the card, as it stands there, without judging it; `varco cert verify` judges one in a file.
//!
//! Of an identity card it is read under the PIN, and is then the one that was signed for the card.

mod verdict;
mod verify;

use std::io::IsTerminal;

use serde_json::json;
use varco::trust::Certificate;
use varco::{Audience, Login, LoginOptions};

pub(crate) use verdict::evidence_rows;

use crate::arguments::{CertArguments, CertCommand};
use crate::exit::Exit;
use crate::output::{Format, Output};
use crate::problem::Problem;
use crate::source::varco_for;
use crate::trust;

pub(crate) fn run(arguments: &CertArguments, output: &Output) -> Exit {
    if let Some(CertCommand::Verify(arguments)) = &arguments.command {
        return verify::run(arguments, output);
    }
    if arguments.form.der && std::io::stdout().is_terminal() {
        return output.fail(&output.problem("der-on-terminal", &[]));
    }
    let certificate = match read(arguments, output) {
        Ok(certificate) => certificate,
        Err(problem) => return output.fail(&problem),
    };
    if arguments.form.der {
        output.write(certificate.der());
    } else if output.format() == Format::Json {
        output.json(json!({
            "certificate": {
                "subject": certificate.subject(),
                "issuer": certificate.issuer(),
                "serial": certificate.serial_hex(),
                "not_before": certificate.not_before().to_string(),
                "not_after": certificate.not_after().to_string(),
                "pem": certificate.to_pem(),
            },
        }));
    } else if arguments.form.pem {
        output.write(certificate.to_pem().as_bytes());
    } else {
        output.write(certificate.to_text().as_bytes());
    }
    Exit::Done
}

fn read(arguments: &CertArguments, output: &Output) -> Result<Certificate, Problem> {
    let audience = Audience::parse("varco-cli").map_err(|error| output.problem(error.code(), &[]))?;
    let mut options = LoginOptions::new(audience);
    trust::country_signers(&arguments.csca, &mut options, output)?;
    trust::instant(arguments.at.as_deref(), &mut options, output)?;
    if let Some(reader) = arguments.reader.name() {
        options.reader(reader);
    }
    options.wait(arguments.reader.wait());
    if arguments.allow_last_try {
        options.allow_last_try();
    }
    if arguments.require_known_tries {
        options.require_known_tries();
    }
    let mut entry = trust::entry(&arguments.entry, output)?;
    let varco = varco_for(&arguments.reader, output)?;
    let start = |error| Problem::start(output.messages(), &error);
    let mut login = Login::start(&varco, &options, &*entry).map_err(start)?;
    let report = login.read_certificate(&options, &mut *entry);
    login.close();
    let report = report.map_err(start)?;
    if report.reset_failed {
        output.note(&output.say("login-card-not-reset", &[]));
    }
    report
        .outcome
        .map_err(|error| Problem::login(output.messages(), &error))
}
