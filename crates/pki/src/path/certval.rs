//! The path validator on the certval crate: RFC 5280 by certval, signatures by ring, candidates by us.
//!
//! certval checks one ordered path. Here candidates are tried in turn, because Italian CAs re-key under an
//! unchanged name and a name alone does not tell the anchor. Nothing is fetched and no file is read.

use certval::{
    CertificationPath, CertificationPathResults, CertificationPathSettings, EXTS_OF_INTEREST, Error,
    ExtensionProcessing as _, PDVCertificate, PDVTrustAnchorChoice, PathValidationStatus, PkiEnvironment,
    TimeOfInterest, compare_names, get_trust_anchor_name, validate_path_rfc5280,
};

use super::{PathValidator, ValidPath, admit, sealed, signature, weaknesses};
use crate::{
    Certificate, CertificateError, Distrust, InPath, PathRule, Rejection, Timestamp, TrustAnchor,
    TrustAnchors, ValiditySide,
};

/// Most intermediates taken from outside.
const INTERMEDIATES_MAX: usize = 32;
/// Most partial paths looked at.
const PARTIAL_PATHS_MAX: usize = 512;
/// Most full paths validated; more than the keys that any one issuer name is known with.
const PATHS_MAX: usize = 64;

/// Validates with certval; has no state.
#[derive(Debug, Clone, Copy, Default)]
pub struct CertvalValidator;

impl sealed::Sealed for CertvalValidator {}

/// What is demanded of the policies in a path (RFC 5280 §6.1.1 (c), (e) to (g)). The default demands nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PolicyInputs {
    /// Policies of which one must be valid for the path, dotted identifiers; empty means any.
    pub policies: Vec<String>,
    /// Whether the path must be valid for a policy at all.
    pub explicit_policy: bool,
    /// Whether policies may not be mapped.
    pub inhibit_mapping: bool,
    /// Whether anyPolicy counts for nothing.
    pub inhibit_any_policy: bool,
}

/// Validates as [`CertvalValidator`] does, with demands on policies: for chains whose policies were made for it, which
/// the Italian ones were not.
#[derive(Debug, Clone, Default)]
pub struct PolicyValidator(pub PolicyInputs);

impl sealed::Sealed for PolicyValidator {}

impl PathValidator for PolicyValidator {
    fn validate(
        &self,
        leaf: &Certificate,
        intermediates: &[Certificate],
        anchors: &TrustAnchors,
        at: Timestamp,
    ) -> Result<ValidPath, Rejection> {
        find(leaf, intermediates, anchors, &self.0, at)
    }
}

/// A certificate in our reading and in certval's.
struct Candidate<'a> {
    ours: &'a Certificate,
    theirs: PDVCertificate,
}

impl<'a> Candidate<'a> {
    fn new(ours: &'a Certificate) -> Result<Self, Rejection> {
        let malformed = CertificateError::Malformed("structure, by the path validator");
        let theirs = PDVCertificate::try_from(ours.der()).map_err(|_| malformed)?;
        Ok(Self { ours, theirs })
    }

    /// certval leaves out an extension that it cannot decode, as if it were absent.
    fn has_malformed_extension(&self) -> bool {
        let extensions = self.theirs.decoded().tbs_certificate().extensions();
        extensions.into_iter().flatten().any(|extension| {
            EXTS_OF_INTEREST.contains(&extension.extn_id)
                && !matches!(self.theirs.get_extension(&extension.extn_id), Ok(Some(_)))
        })
    }
}

impl PathValidator for CertvalValidator {
    fn validate(
        &self,
        leaf: &Certificate,
        intermediates: &[Certificate],
        anchors: &TrustAnchors,
        at: Timestamp,
    ) -> Result<ValidPath, Rejection> {
        find(leaf, intermediates, anchors, &PolicyInputs::default(), at)
    }
}

fn find(
    leaf: &Certificate,
    intermediates: &[Certificate],
    anchors: &TrustAnchors,
    inputs: &PolicyInputs,
    at: Timestamp,
) -> Result<ValidPath, Rejection> {
    if anchors.is_empty() {
        return Err(Distrust::NoAnchors.into());
    }
    if intermediates.len() > INTERMEDIATES_MAX {
        return Err(Distrust::TooManyIntermediates.into());
    }
    let leaf = Candidate::new(leaf)?;
    let intermediates: Vec<_> = intermediates
        .iter()
        .filter_map(|one| Candidate::new(one).ok())
        .collect();
    let anchors: Vec<(&TrustAnchor, PDVTrustAnchorChoice)> = anchors
        .iter()
        .filter_map(|anchor| {
            Some((
                anchor,
                PDVTrustAnchorChoice::try_from(anchor.certificate().der()).ok()?,
            ))
        })
        .collect();
    search(&leaf, &intermediates, &anchors, (inputs, at))
}

/// Tries paths until one holds, those with fewer intermediates first.
fn search(
    leaf: &Candidate<'_>,
    intermediates: &[Candidate<'_>],
    anchors: &[(&TrustAnchor, PDVTrustAnchorChoice)],
    asked: (&PolicyInputs, Timestamp),
) -> Result<ValidPath, Rejection> {
    let mut furthest = Rejection::from(Distrust::UnknownIssuer);
    let mut paths_left = PATHS_MAX;
    // Each partial path lists intermediates from the leaf upward.
    let mut partial_paths: Vec<Vec<&Candidate<'_>>> = vec![Vec::new()];
    let mut next = 0;
    while let Some(partial) = partial_paths.get(next).cloned() {
        next += 1;
        let top = partial.last().copied().unwrap_or(leaf);
        let issuer = top.theirs.decoded().tbs_certificate().issuer();
        for (anchor, choice) in anchors {
            let name = get_trust_anchor_name(choice.decoded());
            if !name.is_ok_and(|name| compare_names(issuer, name)) {
                continue;
            }
            if paths_left == 0 {
                return Err(furthest);
            }
            paths_left -= 1;
            match check(leaf, &partial, anchor, choice, asked) {
                Ok(path) => return Ok(path),
                Err(rejection) if rejection.progress() > furthest.progress() => furthest = rejection,
                Err(_) => {}
            }
        }
        for candidate in intermediates {
            let used = partial.iter().any(|earlier| earlier.ours == candidate.ours);
            let issues = compare_names(issuer, candidate.theirs.decoded().tbs_certificate().subject());
            if issues && !used && partial_paths.len() < PARTIAL_PATHS_MAX {
                partial_paths.push([partial.as_slice(), &[candidate]].concat());
            }
        }
    }
    Err(furthest)
}

/// Judges one full path. `issuers` are listed from the leaf upward.
fn check(
    leaf: &Candidate<'_>,
    issuers: &[&Candidate<'_>],
    anchor: &TrustAnchor,
    choice: &PDVTrustAnchorChoice,
    (inputs, at): (&PolicyInputs, Timestamp),
) -> Result<ValidPath, Rejection> {
    let malformed = std::iter::once(leaf)
        .chain(issuers.iter().copied())
        .position(Candidate::has_malformed_extension);
    if let Some(place) = malformed {
        return Err(Rejection::NotTrusted {
            reason: Distrust::BadPath(PathRule::MalformedExtension),
            in_path: if place == 0 {
                InPath::Leaf
            } else {
                InPath::Intermediate
            },
        });
    }
    let downward = issuers.iter().rev().map(|issuer| issuer.theirs.clone()).collect();
    let path = CertificationPath::new(choice.clone(), downward, leaf.theirs.clone());
    let ours: Vec<&Certificate> = issuers.iter().map(|issuer| issuer.ours).collect();
    let weak = weaknesses(leaf.ours, &ours, anchor.certificate());
    let dated = run(&path, inputs, Some(at));
    if let Err((Error::PathValidation(status), index)) = &dated
        && let Some(side) = validity_side(*status)
    {
        // Dates count only on a path that holds otherwise.
        run(&path, inputs, None).map_err(|(error, index)| distrust(&error, place(index, issuers.len())))?;
        admit(&weak, anchor.legacy_at(at))?;
        return Err(outside_validity(side, *index, leaf, issuers, anchor));
    }
    dated.map_err(|(error, index)| distrust(&error, place(index, issuers.len())))?;
    admit(&weak, anchor.legacy_at(at))?;
    Ok(ValidPath {
        anchor: anchor.clone(),
        issuers: ours.into_iter().cloned().collect(),
        downgrades: weak.into_iter().map(|(downgrade, _)| downgrade).collect(),
    })
}

/// Where in the path a place counted from the anchor (0) down to the leaf is.
fn place(from_anchor: u32, issuers: usize) -> InPath {
    match usize::try_from(from_anchor) {
        Ok(0) => InPath::Anchor,
        Ok(place) if place <= issuers => InPath::Intermediate,
        _ => InPath::Leaf,
    }
}

/// Runs certval, without dates if no instant is given. On failure also tells where, counted from the anchor.
fn run(path: &CertificationPath, inputs: &PolicyInputs, at: Option<Timestamp>) -> Result<(), (Error, u32)> {
    let time = match at {
        // Zero switches the check of dates off in certval; before 1970 no certificate was valid.
        Some(instant) => u64::try_from(instant.as_second()).unwrap_or(0).max(1),
        None => 0,
    };
    let time = TimeOfInterest::from_unix_secs(time).map_err(|error| (Error::Asn1Error(error), 0))?;
    let mut environment = PkiEnvironment::new();
    environment.add_verify_signature_message_callback(signature::verify);
    let mut settings = CertificationPathSettings::new();
    settings.set_time_of_interest(time);
    // The anchors are ours, not certval's store; its shortcut for a target that is an anchor must not apply.
    settings.set_require_ta_store(false);
    settings.set_check_revocation_status(false);
    if !inputs.policies.is_empty() {
        settings.set_initial_policy_set(inputs.policies.clone());
    }
    settings.set_initial_explicit_policy_indicator(inputs.explicit_policy);
    settings.set_initial_policy_mapping_inhibit_indicator(inputs.inhibit_mapping);
    settings.set_initial_inhibit_any_policy_indicator(inputs.inhibit_any_policy);
    let mut results = CertificationPathResults::new();
    validate_path_rfc5280(&environment, &settings, path, &mut results)
        .map_err(|error| (error, results.get_failure_index().unwrap_or_default()))
}

fn validity_side(status: PathValidationStatus) -> Option<ValiditySide> {
    match status {
        PathValidationStatus::InvalidNotBeforeDate => Some(ValiditySide::NotYetValid),
        PathValidationStatus::InvalidNotAfterDate => Some(ValiditySide::Expired),
        _ => None,
    }
}

fn distrust(error: &Error, in_path: InPath) -> Rejection {
    use PathValidationStatus as Status;
    let rule = |rule| (Distrust::BadPath(rule), in_path);
    let Error::PathValidation(status) = error else {
        let (reason, in_path) = rule(PathRule::Other);
        return Rejection::NotTrusted { reason, in_path };
    };
    let (reason, in_path) = match status {
        Status::SignatureVerificationFailure => (Distrust::BadSignature, in_path),
        Status::NameChainingFailure => (Distrust::UnknownIssuer, in_path),
        Status::MissingBasicConstraints | Status::InvalidBasicConstraints => rule(PathRule::NotAnAuthority),
        Status::InvalidKeyUsage => rule(PathRule::KeyUsage),
        Status::InvalidPathLength => rule(PathRule::PathLength),
        Status::NameConstraintsViolation => rule(PathRule::NameConstraints),
        Status::NullPolicySet | Status::InvalidPolicyMapping => rule(PathRule::Policies),
        Status::UnprocessedCriticalExtension => rule(PathRule::UnknownCriticalExtension),
        Status::EncodingError => rule(PathRule::MalformedExtension),
        _ => rule(PathRule::Other),
    };
    Rejection::NotTrusted { reason, in_path }
}

/// Names the certificate whose dates failed; `index` counts from the anchor (0) down to the leaf.
fn outside_validity(
    side: ValiditySide,
    index: u32,
    leaf: &Candidate<'_>,
    issuers: &[&Candidate<'_>],
    anchor: &TrustAnchor,
) -> Rejection {
    let from_anchor = usize::try_from(index).unwrap_or(usize::MAX);
    let (in_path, certificate) = match issuers.len().checked_sub(from_anchor) {
        _ if from_anchor == 0 => (InPath::Anchor, anchor.certificate()),
        Some(upward) => (
            InPath::Intermediate,
            issuers.get(upward).map_or(leaf.ours, |issuer| issuer.ours),
        ),
        None => (InPath::Leaf, leaf.ours),
    };
    Rejection::OutsideValidity {
        in_path,
        side,
        not_before: certificate.not_before(),
        not_after: certificate.not_after(),
    }
}
