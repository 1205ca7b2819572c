//! `varco verify-proof`: checks a proof of identity at whoever asked for it, without a card or a reader.
//!
//! Not here: the check itself (the library's), and which nonces are outstanding: the caller knows what it issued.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::json;
use varco::proof::{Expected, PROOF_LENGTH_MAX, Profile, Proof, ProofError, ProofTrust, verify};
use varco::steps::Timestamp;
use varco::trust::RevocationCheck;
use varco::{Audience, CardExchange, LoginError, Nonce, VerifiedIdentity};
use varco_messages::Arg;

use crate::arguments::TrustArguments;
use crate::exit::Exit;
use crate::output::{Format, Output, to_json};
use crate::problem::Problem;
use crate::trust;

#[derive(Args)]
pub(crate) struct VerifyProofArguments {
    /// The proof, as `varco login --proof` writes it.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Who asked for the login: the audience that the proof must have been made for.
    #[arg(long, value_name = "TEXT")]
    audience: String,
    /// The nonce that was given for this login, in Base64: each is accepted once, and whoever verifies sees to that.
    #[arg(long, value_name = "BASE64")]
    nonce: String,
    #[command(flatten)]
    trust: TrustArguments,
    /// Accept the certificate of one kind of card only.
    #[arg(long, value_name = "KIND")]
    profile: Option<Kind>,
    /// Judge as of this instant instead of now; the result is marked as test material.
    #[arg(long, value_name = "RFC3339")]
    at: Option<String>,
    /// Look back: accept a proof that is at most so old, instead of one within its own time (two minutes).
    #[arg(long, value_name = "SECONDS")]
    max_age: Option<u32>,
}

/// A kind of card.
#[derive(Clone, Copy, clap::ValueEnum)]
enum Kind {
    Cns,
    Cie,
}

pub(crate) fn run(arguments: &VerifyProofArguments, output: &Output) -> Exit {
    match check(arguments, output) {
        Ok(identity) => tell(&identity, output),
        Err(problem) => output.fail(&problem),
    }
}

fn check(arguments: &VerifyProofArguments, output: &Output) -> Result<VerifiedIdentity, Problem> {
    let expected = expected(arguments, output)?;
    let given = trust::given(&arguments.trust, arguments.at.as_deref(), output)?;
    let json = read(&arguments.file, PROOF_LENGTH_MAX, output)?;
    let trust = ProofTrust {
        anchors: &given.anchors,
        intermediates: &given.intermediates,
        revocation: RevocationCheck {
            mode: given.mode,
            source: &given.evidence,
        },
        profile: match arguments.profile {
            None => Profile::Either,
            Some(Kind::Cns) => Profile::Cns,
            Some(Kind::Cie) => Profile::Cie,
        },
    };
    let proven = Proof::parse(&json).and_then(|proof| verify(&proof, &expected, &trust));
    proven
        .map(|proven| proven.into_identity())
        .map_err(|error| refused(error, output))
}

/// A certificate that is refused is told as in a login.
fn refused(error: ProofError, output: &Output) -> Problem {
    match error {
        ProofError::Rejected(rejection) => {
            Problem::login(output.messages(), &LoginError::Rejected(rejection))
        }
        error => output.problem(error.code(), &[]).detailed(&error),
    }
}

fn expected(arguments: &VerifyProofArguments, output: &Output) -> Result<Expected, Problem> {
    let audience = Audience::parse(&arguments.audience).map_err(|error| output.problem(error.code(), &[]))?;
    let nonce = Nonce::from_base64(&arguments.nonce).map_err(|error| output.problem(error.code(), &[]))?;
    let mut expected = Expected::new(audience, nonce, Timestamp::now());
    if let Some(at) = &arguments.at {
        let said = format!("--at {at}");
        let at = at.parse().map_err(|_| Problem::usage(output.messages(), &said))?;
        expected = expected.judged_at(at);
    }
    Ok(match arguments.max_age {
        Some(seconds) => expected.max_age(seconds),
        None => expected,
    })
}

/// One byte more than it may have, so that a longer file is refused as one.
pub(crate) fn read(path: &Path, length_max: usize, output: &Output) -> Result<Vec<u8>, Problem> {
    let unreadable = |error| Problem::file(output.messages(), "file-unreadable", path, &error);
    let most = u64::try_from(length_max).unwrap_or(u64::MAX).saturating_add(1);
    let mut json = Vec::new();
    // Anything but a file, such as a pipe, could keep the reader waiting.
    if path.exists() && !path.is_file() {
        return Err(unreadable(std::io::ErrorKind::InvalidInput.into()));
    }
    let file = File::open(path).map_err(unreadable)?;
    file.take(most).read_to_end(&mut json).map_err(unreadable)?;
    Ok(json)
}

fn tell(identity: &VerifiedIdentity, output: &Output) -> Exit {
    match output.format() {
        Format::Json => output.json(json!({ "verified_proof": { "identity": to_json(identity) } })),
        Format::Text => text(identity, output),
    }
    Exit::Done
}

fn text(identity: &VerifiedIdentity, output: &Output) {
    let (assurance, exchange) = (identity.assurance(), identity.exchange());
    output.line(&output.say("proof-verified", &[]));
    let credential = format!("credential-{}", identity.credential().id());
    let level = [("level", Arg::Text(assurance.level().name()))];
    let mut rows = vec![
        (
            "label-codice-fiscale",
            identity.codice_fiscale().as_str().to_owned(),
        ),
        ("label-credential", output.say(&credential, &[])),
        ("label-issuer", identity.credential().issuer().to_owned()),
        ("label-audience", identity.audience().to_string()),
    ];
    if let Some(exchange) = exchange {
        rows.push(("label-proven-at", exchange.instant().to_string()));
        rows.push(("label-reader-kind", exchange.reader_kind().name().to_owned()));
    }
    rows.push(("label-assurance", output.say("level", &level)));
    if let Some(revocation) = assurance.revocation() {
        rows.extend(crate::cert::evidence_rows(revocation, output));
    }
    if let Some(number) = exchange.and_then(CardExchange::card_number) {
        rows.push(("label-card-number", number.to_owned()));
    }
    output.table(&rows);
    for reason in assurance.reasons() {
        output.line(&format!("- {}", output.say(reason.code(), &[])));
    }
    for downgrade in assurance.downgraded() {
        output.line(&format!("- {}", output.say(downgrade.code(), &[])));
    }
    crate::login::marks(assurance, output);
    output.line(&output.say("proof-limits", &[]));
}
