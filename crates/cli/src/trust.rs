//! The options that several commands share: whom to believe, when, on what evidence, and where a PIN comes from.
//!
//! Not here: any verdict.

use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;

use varco::entry::EntryChoice;
use varco::policy::midnight_in_rome;
use varco::steps::Timestamp;
use varco::trust::store::{OnlineEvidence, StoreEvidence, TrustStore};
use varco::trust::{
    AnchorKind, Asked, Certificate, EvidenceAtHand, KnownAnswer, KnownRevocation, LEGACY_END,
    OCSP_RESPONSE_LENGTH_MAX, OcspError, OcspResponse, RevocationMode, RevocationSource, Sources,
    TrustAnchors, TrustFileProblem, TrustStoreError, Undetermined, load_anchors, load_certificates, load_crl,
    online_evidence,
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
    pub(crate) evidence: Evidence,
    /// The instant to judge at, where that is not the clock's.
    pub(crate) at: Option<Timestamp>,
}

/// Where evidence comes from.
pub(crate) enum Evidence {
    /// Files that were named.
    AtHand(EvidenceAtHand),
    /// Those, and a store.
    Stored(EvidenceAtHand, StoreEvidence),
    /// Those, and what is fetched besides.
    Online(Box<OnlineEvidence>),
}

impl RevocationSource for Evidence {
    fn known(&self, asked: Asked<'_>) -> KnownRevocation {
        match self {
            Self::AtHand(files) => files.known(asked),
            Self::Stored(files, store) => Sources(&[files, store]).known(asked),
            Self::Online(online) => online.known(asked),
        }
    }
}

/// Reads all files that are named, and the store. Without any authority to trust, that is told.
pub(crate) fn given(arguments: &TrustArguments, at: Option<&str>, output: &Output) -> Result<Given, Problem> {
    let unread = |error| Problem::trust(output.messages(), &error);
    let mut at = at.map(|at| parse_instant(at, output)).transpose()?;
    let named = [
        (AnchorKind::Production, &arguments.trust),
        (AnchorKind::Legacy, &arguments.trust_legacy),
        (AnchorKind::Test, &arguments.trust_test),
    ];
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
    let mut evidence = Evidence::AtHand(evidence);
    if let Some(path) = &arguments.store {
        let unusable = |error| Problem::store(output.messages(), &error);
        let store = TrustStore::open(path).map_err(unusable)?;
        if at.is_none() {
            // A clock that was set back would make old lists fresh. One that is a little behind is corrected.
            let now = Timestamp::now();
            let passed = store.clock(now).map_err(unusable)?;
            at = (passed != now).then_some(passed);
        }
        let instant = at.unwrap_or_else(Timestamp::now);
        anchors.extend(store.anchors(instant).map_err(unusable)?.iter().cloned());
        evidence = with_store(evidence, &store, arguments.online, output);
    }
    if anchors.is_empty() {
        return Err(output.problem("trust-anchors-missing", &[]));
    }
    Ok(Given {
        anchors,
        intermediates,
        mode: arguments.revocation.revocation,
        evidence,
        at,
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

fn with_store(evidence: Evidence, store: &TrustStore, online: bool, output: &Output) -> Evidence {
    match evidence {
        Evidence::AtHand(files) if online => {
            let messages = Messages::new(output.messages().locale());
            let online = online_evidence(store)
                .beside(files)
                .telling(move |event| crate::trust_store::tell(&event, &messages));
            Evidence::Online(Box::new(online))
        }
        Evidence::AtHand(files) => Evidence::Stored(files, store.evidence()),
        other => other,
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

/// RFC 3339, or a day, which is its midnight in Rome.
pub(crate) fn parse_named_instant(option: &str, at: &str, output: &Output) -> Result<Timestamp, Problem> {
    let day = || midnight_in_rome(crate::rules::day(at)?);
    at.parse().ok().or_else(day).ok_or_else(|| {
        let said = format!("{option} {at}");
        output.problem("usage", &[("what", Arg::Text(&said))])
    })
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
        .ok_or_else(|| Problem::usage(output.messages(), "--entry: terminal, pinentry, pad, stdin, fd:N"))?;
    choice
        .open(Messages::new(output.messages().locale()))
        .map_err(|error| output.problem(error.code(), &[]).detailed(&error))
}
