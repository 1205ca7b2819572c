//! `varco cert verify`: the verdict on a certificate in a file, with its reasons and the evidence. No card is asked.
//!
//! Not here: how it is written down (`verdict`).

use std::io::ErrorKind;
use std::path::Path;

use varco::steps::Timestamp;
use varco::trust::{
    AnchorKind, Certificate, CertificateError, Downgrade, InPath, Judging, Misuse, Rejection, Revocation,
    RevocationCheck, TrustFileProblem, cie_misuses, cns_misuses, judge_cie, judge_cns, judge_path,
    load_certificates, states_identity_card,
};

use super::verdict;
use crate::arguments::{Profile, VerifyArguments};
use crate::exit::Exit;
use crate::output::Output;
use crate::problem::Problem;
use crate::trust;

/// A certificate, what it was judged as, and how that went.
pub(super) struct Verdict {
    pub(super) profile: Profile,
    pub(super) at: Timestamp,
    pub(super) leaf: Option<Certificate>,
    pub(super) outcome: Result<Good, Bad>,
}

/// What holds.
pub(super) struct Good {
    /// From the leaf's issuer up to the anchor.
    pub(super) issuers: Vec<Certificate>,
    pub(super) downgrades: Vec<Downgrade>,
    pub(super) is_test_material: bool,
    pub(super) revocation: Revocation,
}

/// Why it does not.
pub(super) struct Bad {
    pub(super) rejection: Rejection,
    /// Which certificate of the path is meant.
    pub(super) in_path: InPath,
    /// What else speaks against its purpose.
    pub(super) misuses: Vec<Misuse>,
}

impl From<Rejection> for Bad {
    fn from(rejection: Rejection) -> Self {
        Self {
            in_path: rejection.in_path(),
            rejection,
            misuses: Vec::new(),
        }
    }
}

/// Bytes in a file that are no certificate, and in whose place they stand.
#[derive(Debug, PartialEq, Eq)]
struct Unread {
    error: CertificateError,
    in_path: InPath,
}

impl From<CertificateError> for Unread {
    fn from(error: CertificateError) -> Self {
        Self {
            error,
            in_path: InPath::Leaf,
        }
    }
}

pub(crate) fn run(arguments: &VerifyArguments, output: &Output) -> Exit {
    match judge(arguments, output) {
        Ok(verdict) => verdict::tell(&verdict, output),
        Err(problem) => output.fail(&problem),
    }
}

fn judge(arguments: &VerifyArguments, output: &Output) -> Result<Verdict, Problem> {
    let given = trust::given(&arguments.trust, arguments.at.as_deref(), output)?;
    let at = given.at.unwrap_or_else(Timestamp::now);
    let mut certificates = match read(&arguments.file, output)? {
        Ok(certificates) => certificates.into_iter(),
        Err(unread) => {
            return Ok(Verdict {
                profile: arguments.profile.unwrap_or(Profile::None),
                at,
                leaf: None,
                outcome: Err(Bad {
                    in_path: unread.in_path,
                    ..Bad::from(Rejection::from(unread.error))
                }),
            });
        }
    };
    let Some(leaf) = certificates.next() else {
        return Err(Problem::usage(output.messages(), "FILE"));
    };
    let mut intermediates = given.intermediates;
    intermediates.extend(certificates);
    let judging = Judging::new(&given.anchors, at)
        .through(&intermediates)
        .checking(RevocationCheck {
            mode: given.mode,
            source: &given.evidence,
        });
    let profile = arguments.profile.unwrap_or_else(|| stated(&leaf));
    Ok(Verdict {
        profile,
        at,
        outcome: judge_as(profile, &leaf, &judging),
        leaf: Some(leaf),
    })
}

/// What a certificate says that it is.
fn stated(leaf: &Certificate) -> Profile {
    if states_identity_card(leaf) {
        Profile::Cie
    } else {
        Profile::Cns
    }
}

fn judge_as(profile: Profile, leaf: &Certificate, judging: &Judging<'_>) -> Result<Good, Bad> {
    let (judged, misuses): (_, fn(&Certificate) -> Vec<Misuse>) = match profile {
        Profile::None => {
            let judged = judge_path(leaf, judging).map(|judged| {
                let (downgrades, revocation) = (judged.downgrades().to_vec(), *judged.revocation());
                good(judged.path(), downgrades, revocation)
            });
            return judged.map_err(Bad::from);
        }
        Profile::Cns => (judge_cns(leaf.clone(), judging), cns_misuses),
        Profile::Cie => (judge_cie(leaf.clone(), judging), cie_misuses),
    };
    match judged {
        Ok(valid) => Ok(good(
            valid.path(),
            valid.downgrades().to_vec(),
            *valid.revocation(),
        )),
        Err(rejection) => {
            let also = match rejection {
                Rejection::WrongPurpose(_) => misuses(leaf).into_iter().skip(1).collect(),
                _ => Vec::new(),
            };
            Err(Bad {
                misuses: also,
                ..Bad::from(rejection)
            })
        }
    }
}

fn good(path: &varco::trust::ValidPath, downgrades: Vec<Downgrade>, revocation: Revocation) -> Good {
    let anchor = path.anchor();
    Good {
        issuers: path
            .issuers()
            .iter()
            .chain([anchor.certificate()])
            .cloned()
            .collect(),
        downgrades,
        is_test_material: anchor.kind() == AnchorKind::Test,
        revocation,
    }
}

/// The certificates in a file. What is no certificate is a verdict; what cannot be read is not.
fn read(file: &Path, output: &Output) -> Result<Result<Vec<Certificate>, Unread>, Problem> {
    let unreadable =
        |kind: ErrorKind| Problem::file(output.messages(), "file-unreadable", file, &kind.into());
    if file.is_dir() {
        return Err(unreadable(ErrorKind::IsADirectory));
    }
    let error = match load_certificates(file) {
        Ok(certificates) => return Ok(Ok(certificates)),
        Err(error) => error,
    };
    match error.problem() {
        TrustFileProblem::Certificate { place, error } => Ok(Err(Unread {
            error,
            in_path: if place > 1 {
                InPath::Intermediate
            } else {
                InPath::Leaf
            },
        })),
        TrustFileProblem::TooLong | TrustFileProblem::TooMany => Ok(Err(CertificateError::TooLarge.into())),
        TrustFileProblem::NoCertificate | TrustFileProblem::Pem { .. } => {
            Ok(Err(CertificateError::NotDer.into()))
        }
        TrustFileProblem::Read(kind) => Err(unreadable(kind)),
        // A pipe or a device could keep the program waiting.
        TrustFileProblem::NotAFile => Err(unreadable(ErrorKind::InvalidInput)),
        _ => Err(Problem::trust(output.messages(), &error)),
    }
}

#[cfg(test)]
mod tests;
