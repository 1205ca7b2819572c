//! The path validator on the certval crate: RFC 5280 by certval, signatures by ring, candidates by us.
//!
//! certval checks one ordered path. Here candidates are tried in turn, because Italian CAs re-key under an
//! unchanged name and a name alone does not tell the anchor. Nothing is fetched and no file is read.

use certval::{
    CertificationPath, CertificationPathResults, CertificationPathSettings, Error, PDVTrustAnchorChoice,
    PathValidationStatus, PkiEnvironment, TimeOfInterest, validate_path_rfc5280,
};

use super::signature::Signatures;
use super::{PathValidator, ValidPath, admit, bears_issuers_name, sealed, weaknesses};
use crate::anchor::Believed;
use crate::{
    Certificate, Distrust, InPath, PathRule, Rejection, Timestamp, TrustAnchor, TrustAnchors, ValiditySide,
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

impl sealed::Sealed for CertvalValidator {
    fn find(
        &self,
        leaf: &Certificate,
        intermediates: &[Certificate],
        anchors: (&TrustAnchors, Believed),
        at: Timestamp,
    ) -> Result<ValidPath, Rejection> {
        find(leaf, intermediates, anchors, (&PolicyInputs::NONE, at))
    }
}

impl PathValidator for CertvalValidator {}

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

impl PolicyInputs {
    const NONE: Self = Self {
        policies: Vec::new(),
        explicit_policy: false,
        inhibit_mapping: false,
        inhibit_any_policy: false,
    };
}

/// Validates as [`CertvalValidator`] does, with demands on policies: for chains whose policies were made for it, which
/// the Italian ones were not.
#[derive(Debug, Clone, Default)]
pub struct PolicyValidator(pub PolicyInputs);

impl sealed::Sealed for PolicyValidator {
    fn find(
        &self,
        leaf: &Certificate,
        intermediates: &[Certificate],
        anchors: (&TrustAnchors, Believed),
        at: Timestamp,
    ) -> Result<ValidPath, Rejection> {
        find(leaf, intermediates, anchors, (&self.0, at))
    }
}

impl PathValidator for PolicyValidator {}

/// Tries paths until one holds, those with fewer intermediates first.
fn find(
    leaf: &Certificate,
    intermediates: &[Certificate],
    (anchors, believed): (&TrustAnchors, Believed),
    asked: (&PolicyInputs, Timestamp),
) -> Result<ValidPath, Rejection> {
    if !anchors.iter().any(|anchor| believed.takes(anchor)) {
        return Err(Distrust::NoAnchors.into());
    }
    if intermediates.len() > INTERMEDIATES_MAX {
        return Err(Distrust::TooManyIntermediates.into());
    }
    let mut furthest = Rejection::from(Distrust::UnknownIssuer);
    let mut paths_left = PATHS_MAX;
    // Each partial path lists intermediates from the leaf upward.
    let mut partial_paths: Vec<Vec<&Certificate>> = vec![Vec::new()];
    let mut next = 0;
    while let Some(partial) = partial_paths.get(next).cloned() {
        next += 1;
        let top = partial.last().copied().unwrap_or(leaf);
        for anchor in anchors.above(top).iter().filter(|anchor| believed.takes(anchor)) {
            let Some(choice) = anchor.certificate().prepared().as_anchor() else {
                continue;
            };
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
            let issues = bears_issuers_name(candidate, top);
            if issues && !partial.contains(&candidate) && partial_paths.len() < PARTIAL_PATHS_MAX {
                partial_paths.push([partial.as_slice(), &[candidate]].concat());
            }
        }
    }
    Err(furthest)
}

/// Judges one full path. `issuers` are listed from the leaf upward.
fn check(
    leaf: &Certificate,
    issuers: &[&Certificate],
    anchor: &TrustAnchor,
    choice: &PDVTrustAnchorChoice,
    (inputs, at): (&PolicyInputs, Timestamp),
) -> Result<ValidPath, Rejection> {
    let malformed = std::iter::once(leaf)
        .chain(issuers.iter().copied())
        .position(|certificate| certificate.prepared().has_malformed_extension);
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
    let theirs = |certificate: &Certificate| certificate.prepared().theirs.clone();
    let downward = issuers.iter().rev().map(|issuer| theirs(issuer)).collect();
    let path = CertificationPath::new(choice.clone(), downward, theirs(leaf));
    let signatures = Signatures::new(issuers, anchor.certificate());
    let weak = weaknesses(leaf, issuers, anchor.certificate());
    let dated = run(&path, &signatures, inputs, Some(at));
    if let Err((Error::PathValidation(status), index)) = &dated
        && let Some(side) = validity_side(*status)
    {
        // Dates count only on a path that holds otherwise.
        run(&path, &signatures, inputs, None)
            .map_err(|(error, index)| distrust(&error, place(index, issuers.len())))?;
        admit(&weak, anchor.legacy_at(at))?;
        return Err(outside_validity(side, *index, leaf, issuers, anchor));
    }
    dated.map_err(|(error, index)| distrust(&error, place(index, issuers.len())))?;
    admit(&weak, anchor.legacy_at(at))?;
    Ok(ValidPath {
        anchor: anchor.clone(),
        issuers: issuers.iter().copied().cloned().collect(),
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
fn run(
    path: &CertificationPath,
    signatures: &Signatures,
    inputs: &PolicyInputs,
    at: Option<Timestamp>,
) -> Result<(), (Error, u32)> {
    let time = match at {
        // Zero switches the check of dates off in certval; before 1970 no certificate was valid.
        Some(instant) => u64::try_from(instant.as_second()).unwrap_or(0).max(1),
        None => 0,
    };
    let time = TimeOfInterest::from_unix_secs(time).map_err(|error| (Error::Asn1Error(error), 0))?;
    let mut environment = PkiEnvironment::new();
    environment.add_verify_signature_message_callback(signatures.clone());
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
    leaf: &Certificate,
    issuers: &[&Certificate],
    anchor: &TrustAnchor,
) -> Rejection {
    let from_anchor = usize::try_from(index).unwrap_or(usize::MAX);
    let (in_path, certificate) = match issuers.len().checked_sub(from_anchor) {
        _ if from_anchor == 0 => (InPath::Anchor, anchor.certificate()),
        Some(upward) => (InPath::Intermediate, issuers.get(upward).copied().unwrap_or(leaf)),
        None => (InPath::Leaf, leaf),
    };
    Rejection::OutsideValidity {
        in_path,
        side,
        not_before: certificate.not_before(),
        not_after: certificate.not_after(),
    }
}
