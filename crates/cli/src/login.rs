//! `varco login`: the whole journey, and a report for people or programs.

mod report;

use std::fs::File;
use std::io::Write;
use std::path::PathBuf;

use varco::{Audience, LoginOptions, LoginReport, Nonce, PinEntry, SignatureScheme};
use varco_messages::Arg;

use crate::arguments::{LoginArguments, Scheme};
use crate::asked::Asked;
use crate::exit::Exit;
use crate::output::{Format, Output};
use crate::problem::Problem;
use crate::source::varco_for;

pub(crate) use report::{identity_rows, marks};

pub(crate) fn run(arguments: &LoginArguments, output: &Output) -> Exit {
    match prepare(arguments, arguments.service.as_deref(), output) {
        Ok(mut prepared) => prepared.run(output),
        Err(problem) => output.fail(&problem),
    }
}

/// Logs in for one service, and gives the report instead of telling it; or how the command ends, where there is none.
pub(crate) fn perform(
    arguments: &LoginArguments,
    service: &str,
    output: &Output,
) -> Result<Result<LoginReport, Exit>, Problem> {
    let mut prepared = prepare(arguments, Some(service), output)?;
    Ok(prepared.perform(output))
}

/// Tells the report of a login that was for one service, and how the command ends by it.
pub(crate) fn tell(report: &LoginReport, output: &Output) -> Exit {
    report::tell(report, None, output)
}

/// All that can be wrong before a card is touched is found out before a card is touched.
fn prepare(arguments: &LoginArguments, service: Option<&str>, output: &Output) -> Result<Prepared, Problem> {
    let audience = arguments.audience.as_deref().unwrap_or("varco-cli");
    let audience = Audience::parse(audience).map_err(|error| output.problem(error.code(), &[]))?;
    let mut options = LoginOptions::new(audience);
    if let Some(nonce) = &arguments.nonce {
        let nonce = Nonce::from_base64(nonce).map_err(|error| output.problem(error.code(), &[]))?;
        match &arguments.proof {
            Some(path) => {
                crate::proof_file::check_free(path, output)?;
                options.prove_to(nonce)
            }
            None => options.nonce(nonce),
        };
    }
    let wanted = service
        .map(|id| Asked::of(id, &arguments.deciding, output))
        .transpose()?;
    if let Some(asked) = &wanted {
        asked.put_into(&mut options);
    }
    if let Some(at) = &arguments.access_at {
        options.access_at(crate::trust::parse_named_instant("--access-at", at, output)?);
    }
    let given = crate::trust::given(&arguments.trust, arguments.at.as_deref(), output)?;
    if let Some(at) = given.at {
        options.at(at);
    }
    options.trust(given.anchors.iter().cloned());
    options.intermediates(given.intermediates);
    options.revocation(given.mode).evidence(given.evidence);
    crate::trust::country_signers(&arguments.csca, &mut options, output)?;
    if let Some(reader) = arguments.reader.name() {
        options.reader(reader);
    }
    options.signature_scheme(match arguments.signature {
        Scheme::Pkcs1 => SignatureScheme::RsaPkcs1Sha256,
        Scheme::Pss => SignatureScheme::RsaPssSha256,
    });
    if arguments.birth_date_from_card {
        options.birth_date_from_card();
    }
    options.wait(arguments.reader.wait());
    if arguments.allow_last_try {
        options.allow_last_try();
    }
    if arguments.require_known_tries {
        options.require_known_tries();
    }
    let entry = crate::trust::entry(&arguments.entry, output)?;
    let varco = varco_for(&arguments.reader, output)?;
    // Last: where a login cannot begin, no empty file stays.
    let trace = arguments
        .trace
        .as_deref()
        .map(|path| crate::new_file::trace(path, output))
        .transpose()?;
    Ok(Prepared {
        varco,
        options,
        entry,
        trace,
        wanted,
        proof: arguments.proof.clone(),
    })
}

struct Prepared {
    varco: varco::Varco,
    options: LoginOptions,
    entry: Box<dyn PinEntry>,
    trace: Option<File>,
    /// What is wanted, and by which rules.
    wanted: Option<Asked>,
    /// Where the proof goes.
    proof: Option<PathBuf>,
}

impl Prepared {
    fn run(&mut self, output: &Output) -> Exit {
        match self.perform(output) {
            Ok(report) => self.end(&report, output),
            Err(exit) => exit,
        }
    }

    fn perform(&mut self, output: &Output) -> Result<LoginReport, Exit> {
        let sink = self.trace.as_mut().map(|file| file as &mut (dyn Write + Send));
        self.varco
            .login_recorded(&self.options, &mut *self.entry, sink)
            .map_err(|error| output.fail(&Problem::start(output.messages(), &error)))
    }

    /// Writes the proof where somebody is logged in, and tells the report.
    fn end(&self, report: &LoginReport, output: &Output) -> Exit {
        let proof = self.proof.as_deref().zip(report.proof.as_ref());
        let proof = proof.filter(|_| report::is_granted(report));
        if let Some((path, proof)) = proof
            && let Err(problem) = crate::proof_file::write(path, proof, output)
        {
            if report.reset_failed {
                output.note(&output.say("login-card-not-reset", &[]));
            }
            return output.fail(&problem);
        }
        let wanted = self.wanted.as_ref().map(|asked| (&asked.policy, &asked.request));
        let exit = report::tell(report, wanted, output);
        if let (Some((path, _)), Format::Text) = (proof, output.format()) {
            let path = path.display().to_string();
            output.line(&output.say("proof-written", &[("path", Arg::Text(&path))]));
        }
        exit
    }
}
