//! `varco cert`: the certificate on the card, as it stands there, without judging it. Needs no PIN.

use std::io::IsTerminal;

use serde_json::json;

use crate::arguments::CertArguments;
use crate::exit::Exit;
use crate::output::{Format, Output};
use crate::source::with_card;

pub(crate) fn run(arguments: &CertArguments, output: &Output) -> Exit {
    if arguments.form.der && std::io::stdout().is_terminal() {
        return output.fail(&output.problem("der-on-terminal", &[]));
    }
    let read = with_card(&arguments.reader, output, |seen, conversation, _| {
        seen.read_certificate(conversation)
    });
    let certificate = match read {
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
