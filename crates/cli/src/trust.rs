//! The options that several commands share: whom to believe, when, on what evidence, and where a PIN comes from.
//!
//! Not here: any verdict.

use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;

use varco::entry::EntryChoice;
use varco::steps::Timestamp;
use varco::trust::{
    AnchorKind, Certificate, EvidenceAtHand, KnownAnswer, LEGACY_END, OCSP_RESPONSE_LENGTH_MAX, OcspError,
    OcspResponse, RevocationMode, TrustAnchors, TrustFileProblem, TrustStoreError, Undetermined,
    load_anchors, load_certificates, load_crl,
};
use varco::{LoginOptions, PinEntry};
use varco_messages::{Arg, Messages};

use crate::arguments::{CardOrigin, CscaArguments, EntryArguments, TrustArguments};
use crate::output::Output;
use crate::problem::Problem;

/// What the options of [`TrustArguments`] name, read.
pub(crate) struct Given {
    pub(crate) anchors: TrustAnchors,
    pub(crate) intermediates: Vec<Certificate>,
    pub(crate) mode: RevocationMode,
    pub(crate) evidence: EvidenceAtHand,
}

/// Reads all files that are named. Without any authority to trust, that is told.
pub(crate) fn given(arguments: &TrustArguments, output: &Output) -> Result<Given, Problem> {
    let unread = |error| Problem::trust(output.messages(), &error);
    let named = [
        (AnchorKind::Production, &arguments.trust),
        (AnchorKind::Legacy, &arguments.trust_legacy),
        (AnchorKind::Test, &arguments.trust_test),
    ];
    if named.iter().all(|(_, paths)| paths.is_empty()) {
        return Err(output.problem("trust-anchors-missing", &[]));
    }
    let legacy_until = match &arguments.legacy_until {
        Some(until) => parse_named_instant("--legacy-until", until, output)?,
        None => LEGACY_END,
    };
    let mut anchors = TrustAnchors::default();
    for (kind, paths) in named {
        for path in paths {
            let loaded = load_anchors(path, kind).map_err(unread)?;
            anchors.extend(loaded.into_iter().map(|anchor| match kind {
                AnchorKind::Legacy => anchor.legacy_until(legacy_until),
                _ => anchor,
            }));
        }
    }
    let mut intermediates = Vec::new();
    for path in &arguments.intermediates {
        intermediates.extend(load_certificates(path).map_err(unread)?);
    }
    let mut evidence = EvidenceAtHand::default();
    for path in &arguments.revocation.crl {
        let lists = load_crl(path, None).map_err(|error| unread_list(&error, output))?;
        for list in lists {
            evidence.add_list(Arc::new(list));
        }
    }
    for path in &arguments.revocation.ocsp {
        add_answer(path, &mut evidence, output)?;
    }
    Ok(Given {
        anchors,
        intermediates,
        mode: arguments.revocation.revocation,
        evidence,
    })
}

/// A responder that gave no answer is no evidence, and no fault of the file.
fn add_answer(path: &Path, evidence: &mut EvidenceAtHand, output: &Output) -> Result<(), Problem> {
    let unreadable = |error| Problem::file(output.messages(), "file-unreadable", path, &error);
    let most = u64::try_from(OCSP_RESPONSE_LENGTH_MAX).unwrap_or(u64::MAX);
    if !path.is_file() {
        let kind = match std::fs::metadata(path) {
            Err(error) => error.kind(),
            Ok(_) => std::io::ErrorKind::InvalidInput,
        };
        return Err(unreadable(kind.into()));
    }
    let mut der = Vec::new();
    File::open(path)
        .and_then(|file| file.take(most.saturating_add(1)).read_to_end(&mut der))
        .map_err(unreadable)?;
    match OcspResponse::parse(&der) {
        Ok(response) => evidence.add_answer(KnownAnswer {
            response: Arc::new(response),
            nonce: None,
            fetched_at: None,
        }),
        Err(OcspError::Refused(_)) => evidence.note(Undetermined::ResponderRefused),
        Err(error) => {
            let shown = path.display().to_string();
            let problem = output.problem("ocsp-file-not-an-answer", &[("path", Arg::Text(&shown))]);
            return Err(problem.detailed(&error));
        }
    }
    Ok(())
}

/// A file of revocation lists that is not there is no missing authority.
fn unread_list(error: &TrustStoreError, output: &Output) -> Problem {
    match error.problem() {
        TrustFileProblem::Read(kind) => {
            Problem::file(output.messages(), "file-unreadable", error.path(), &kind.into())
        }
        TrustFileProblem::EmptyFolder => {
            let path = error.path().display().to_string();
            output.problem("crl-file-not-lists", &[("path", Arg::Text(&path))])
        }
        _ => Problem::trust(output.messages(), error),
    }
}

/// Country signers, or that nobody asks for them.
pub(crate) fn country_signers(
    arguments: &CscaArguments,
    options: &mut LoginOptions,
    output: &Output,
) -> Result<(), Problem> {
    let given = [
        (AnchorKind::Production, &arguments.csca),
        (AnchorKind::Test, &arguments.csca_test),
    ];
    for (kind, paths) in given {
        for path in paths {
            let signers =
                load_anchors(path, kind).map_err(|error| Problem::trust(output.messages(), &error))?;
            options.country_signers(signers);
        }
    }
    if arguments.card_origin == CardOrigin::Unchecked {
        options.unchecked_origin();
    }
    Ok(())
}

/// The instant to judge at.
pub(crate) fn instant(at: Option<&str>, options: &mut LoginOptions, output: &Output) -> Result<(), Problem> {
    if let Some(at) = at {
        options.at(parse_instant(at, output)?);
    }
    Ok(())
}

/// An instant that was typed.
pub(crate) fn parse_instant(at: &str, output: &Output) -> Result<Timestamp, Problem> {
    parse_named_instant("--at", at, output)
}

fn parse_named_instant(option: &str, at: &str, output: &Output) -> Result<Timestamp, Problem> {
    let said = format!("{option} {at}");
    at.parse()
        .map_err(|_| output.problem("usage", &[("what", Arg::Text(&said))]))
}

/// Where the PIN comes from.
pub(crate) fn entry(arguments: &EntryArguments, output: &Output) -> Result<Box<dyn PinEntry>, Problem> {
    let source = if arguments.pin_stdin {
        "stdin"
    } else {
        &arguments.entry
    };
    // What was given is not repeated: it may be the PIN itself.
    let choice = EntryChoice::parse(source)
        .ok_or_else(|| Problem::usage(output.messages(), "--entry: terminal, stdin, fd:N"))?;
    choice
        .open(Messages::new(output.messages().locale()))
        .map_err(|error| output.problem(error.code(), &[]).detailed(&error))
}
