//! What a responder's answer that is at hand says of a certificate, where it is believed.
//!
//! Not here: asking for one (`online`), and the verdict (`varco-pki`).

use std::time::Duration;

use varco_pki::{Asked, KnownAnswer, Legacy, OCSP_SKEW_MAX, OcspAnswer, OcspQuestion, Timestamp};

/// How long an answer counts that does not say until when it does.
const AGE_MAX: Duration = Duration::from_secs(3600);

/// Whether an answer is believed, and fresh at an instant.
pub(super) fn is_answer_fresh(answer: &KnownAnswer, asked: Asked<'_>, now: Timestamp) -> bool {
    judge_answer(answer, asked, now).is_some_and(|answered| answered.is_fresh_at(now))
}

/// What an answer says, where it is rightly signed.
pub(super) fn judge_answer(answer: &KnownAnswer, asked: Asked<'_>, now: Timestamp) -> Option<OcspAnswer> {
    let question = OcspQuestion {
        certificate: asked.certificate,
        issuer: asked.issuer,
        at: now,
        nonce: answer.nonce,
        max_age_without_next_update: AGE_MAX,
        skew: OCSP_SKEW_MAX,
        // Whether a weak signature counts is for who judges; asking again would not change it.
        legacy: Legacy::Accepted,
    };
    answer.response.judge(&question).ok()
}
