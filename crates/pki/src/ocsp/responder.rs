//! Who signed a response: the issuer itself, or somebody whom it appointed with a certificate (RFC 6960 §4.2.2.2).
//!
//! Not here: responders that are trusted because somebody configured them. There are none.

use super::OcspError;
use super::judge::OcspQuestion;
use super::response::OcspResponse;
use crate::Certificate;
use crate::signed::{SignedFault, Strength};

/// id-kp-OCSPSigning (RFC 6960 §4.2.2.2). Nothing else will do, anyExtendedKeyUsage neither.
const OCSP_SIGNING: &str = "1.3.6.1.5.5.7.3.9";

/// Who signed an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum OcspSigner {
    /// The key that issued the certificate.
    Issuer,
    /// A responder whom the issuer appointed, and about whom nobody need ask (id-pkix-ocsp-nocheck).
    Delegate,
    /// A responder whom the issuer appointed. Whether it was revoked since has not been asked.
    UncheckedDelegate,
}

/// Finds who signed, and how strongly; the first reason against the first candidate is told when nobody did.
pub(super) fn signer(
    response: &OcspResponse,
    question: &OcspQuestion<'_>,
) -> Result<(OcspSigner, Strength), OcspError> {
    let issuer = question.issuer;
    let brought = response
        .certificates
        .iter()
        .filter(|certificate| certificate.key_sha256() != issuer.key_sha256());
    let candidates = std::iter::once(issuer)
        .chain(brought)
        .filter(|candidate| response.responder.fits(candidate));
    let mut fault = OcspError::UnknownResponder;
    for candidate in candidates {
        match check(response, question, candidate) {
            Ok(found) => return Ok(found),
            Err(error) if fault == OcspError::UnknownResponder => fault = error,
            Err(_) => {}
        }
    }
    Err(fault)
}

fn check(
    response: &OcspResponse,
    question: &OcspQuestion<'_>,
    candidate: &Certificate,
) -> Result<(OcspSigner, Strength), OcspError> {
    let verify = || candidate.has_signed(&response.algorithm, &response.signed, &response.signature);
    if candidate.key_sha256() == question.issuer.key_sha256() {
        return Ok((OcspSigner::Issuer, verify().map_err(not_signed)?));
    }
    let appointed = appointed(question, candidate)?;
    let strength = verify().map_err(not_signed)?;
    let signer = if candidate.has_ocsp_no_check() {
        OcspSigner::Delegate
    } else {
        OcspSigner::UncheckedDelegate
    };
    if appointed == Strength::Legacy {
        return Ok((signer, appointed));
    }
    Ok((signer, strength))
}

/// That the issuer's key made this certificate, for signing responses, and for now; how strong the issuer's signature is.
fn appointed(question: &OcspQuestion<'_>, responder: &Certificate) -> Result<Strength, OcspError> {
    let names = [question.certificate.issuer_der(), question.issuer.subject_der()];
    if !names.contains(&responder.issuer_der()) {
        return Err(OcspError::ResponderNotAppointed);
    }
    let strength = responder
        .is_signed_by(question.issuer)
        .map_err(|fault| match fault {
            SignedFault::Mismatch => OcspError::ResponderNotAppointed,
            SignedFault::Unsupported => OcspError::UnsupportedAlgorithm,
        })?;
    let mut uses = responder.extended_key_usages().iter();
    if !uses.any(|usage| usage == OCSP_SIGNING)
        || !responder.may_sign_responses()
        || responder.has_unknown_critical()
    {
        return Err(OcspError::ResponderNotEntitled);
    }
    if question.at < responder.not_before() || responder.not_after() < question.at {
        return Err(OcspError::ResponderOutsideValidity);
    }
    Ok(strength)
}

fn not_signed(fault: SignedFault) -> OcspError {
    match fault {
        SignedFault::Mismatch => OcspError::NotSigned,
        SignedFault::Unsupported => OcspError::UnsupportedAlgorithm,
    }
}
