//! What responders' answers say of one certificate (RFC 6960 §3.2).
//!
//! Not here: whether an answer is late, which the mode decides.

use core::time::Duration;

use super::check::Context;
use super::findings::Evidence;
use super::{Asked, EvidenceKind, KnownAnswer};
use crate::{OCSP_SKEW_MAX, OcspError, OcspQuestion, OcspStatus, RevokedEntry, Timestamp, Undetermined};

/// How long an answer counts that does not say until when it does.
const AGE_MAX: Duration = Duration::from_secs(60 * 60);

/// What an answer says of a certificate.
pub(super) enum Answered {
    /// Revoked or suspended, as of an instant.
    Revoked(RevokedEntry, Timestamp),
    /// Not revoked.
    Clear(Evidence),
}

/// Takes what one answer says.
pub(super) fn ask(
    answer: &KnownAnswer,
    asked: Asked<'_>,
    context: &Context<'_>,
) -> Result<Answered, Undetermined> {
    let judged = answer.response.judge(&OcspQuestion {
        certificate: asked.certificate,
        issuer: asked.issuer,
        at: context.at,
        nonce: answer.nonce,
        max_age_without_next_update: AGE_MAX,
        skew: OCSP_SKEW_MAX,
        legacy: context.anchor.legacy_at(context.at),
    });
    let said = judged.map_err(undetermined)?;
    match said.status() {
        OcspStatus::Revoked(entry) => Ok(Answered::Revoked(entry, said.this_update())),
        OcspStatus::Unknown => Err(Undetermined::ResponderUnknown),
        OcspStatus::Good if said.is_responder_unchecked() => Err(Undetermined::ResponderUnchecked),
        OcspStatus::Good => Ok(Answered::Clear(Evidence {
            kind: EvidenceKind::Ocsp,
            this_update: said.this_update(),
            next_update: said.next_update(),
            fresh_until: Some(said.fresh_until()),
            fetched_at: answer.fetched_at,
            is_weak: said.is_weakly_signed(),
            signer: None,
        })),
    }
}

fn undetermined(error: OcspError) -> Undetermined {
    match error {
        OcspError::NotAnswered => Undetermined::OutOfScope,
        OcspError::Refused(_) => Undetermined::ResponderRefused,
        OcspError::Weak => Undetermined::Weak,
        OcspError::FromTheFuture => Undetermined::Future,
        OcspError::UnknownCritical => Undetermined::UnknownCritical,
        OcspError::UnknownResponder
        | OcspError::ResponderNotAppointed
        | OcspError::ResponderNotEntitled
        | OcspError::ResponderOutsideValidity
        | OcspError::UnsupportedAlgorithm
        | OcspError::NotSigned
        | OcspError::OtherNonce => Undetermined::NotSigned,
        OcspError::TooLarge | OcspError::Malformed(_) | OcspError::UnknownType | OcspError::Contradictory => {
            Undetermined::Unreadable
        }
    }
}
