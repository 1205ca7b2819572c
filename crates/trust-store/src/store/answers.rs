//! What a responder's answer that is at hand says of a certificate, where it is believed, and a memory for such answers.
//!
//! Not here: asking for one (`online`), and the verdict (`varco-pki`).

use std::collections::HashMap;
use std::time::Duration;

use varco_pki::{
    Asked, Certificate, KnownAnswer, Legacy, OCSP_SKEW_MAX, OcspAnswer, OcspQuestion, OcspStatus, Timestamp,
};

/// How long an answer counts that does not say until when it does.
const AGE_MAX: Duration = Duration::from_secs(3600);
/// Most answers in memory.
const ANSWERS_MAX: usize = 64;

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

/// Answers that are believed, one for each certificate. What speaks against a certificate is the last to be forgotten.
#[derive(Default)]
pub(super) struct Answers(HashMap<[u8; 32], Remembered>);

struct Remembered {
    answer: KnownAnswer,
    speaks_against: bool,
}

impl Answers {
    /// The one about a certificate.
    pub(super) fn about(&self, certificate: &Certificate) -> Option<&KnownAnswer> {
        self.0
            .get(&certificate.sha256())
            .map(|remembered| &remembered.answer)
    }

    /// Keeps an answer that is believed. One that is believed and no older stays: a "revoked" goes only for what is newer.
    pub(super) fn keep(&mut self, answer: KnownAnswer, said: OcspAnswer, asked: Asked<'_>, now: Timestamp) {
        let known = self
            .about(asked.certificate)
            .and_then(|known| judge_answer(known, asked, now));
        let order = |said: &OcspAnswer| (said.this_update(), said.produced_at());
        if known.is_some_and(|known| order(&said) <= order(&known)) {
            return;
        }
        let speaks_against = matches!(said.status(), OcspStatus::Revoked(_));
        let key = asked.certificate.sha256();
        self.0.remove(&key);
        if self.has_room(speaks_against) {
            self.0.insert(
                key,
                Remembered {
                    answer,
                    speaks_against,
                },
            );
        }
    }

    /// Whether there is room for one more, for which another is forgotten if need be: one that speaks against a certificate
    /// only for one that does so too.
    fn has_room(&mut self, speaks_against: bool) -> bool {
        if self.0.len() < ANSWERS_MAX {
            return true;
        }
        let may_go = |remembered: &Remembered| speaks_against || !remembered.speaks_against;
        let of_least_worth = self
            .0
            .iter()
            .filter(|(_, remembered)| may_go(remembered))
            .min_by_key(|(_, remembered)| remembered.speaks_against);
        let key = of_least_worth.map(|(key, _)| *key);
        key.is_some_and(|key| self.0.remove(&key).is_some())
    }
}

#[cfg(test)]
mod memory {
    use std::sync::Arc;

    use varco_pki::OcspResponse;

    use super::*;

    fn read(name: &str) -> Vec<u8> {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/pki/");
        std::fs::read(format!("{folder}{name}")).unwrap()
    }

    fn certificate(name: &str) -> Certificate {
        Certificate::parse(&read(&format!("{name}.der"))).unwrap()
    }

    fn keep(answers: &mut Answers, answer: &str, leaf: &Certificate) {
        let issuer = certificate("ca-cns");
        let asked = Asked {
            certificate: leaf,
            issuer: &issuer,
        };
        let now = "2026-06-01T00:00:00Z".parse().unwrap();
        let answer = KnownAnswer {
            response: Arc::new(OcspResponse::parse(&read(&format!("{answer}.ors"))).unwrap()),
            nonce: None,
            fetched_at: None,
        };
        let said = judge_answer(&answer, asked, now).unwrap();
        answers.keep(answer, said, asked, now);
    }

    /// Fills the memory up with answers about others.
    fn fill(answers: &mut Answers, speaks_against: bool) {
        let mut one = Answers::default();
        keep(&mut one, "ocsp-good", &certificate("leaf-good"));
        let answer = one.about(&certificate("leaf-good")).unwrap().clone();
        for number in answers.0.len()..ANSWERS_MAX {
            let remembered = Remembered {
                answer: answer.clone(),
                speaks_against,
            };
            answers.0.insert([u8::try_from(number).unwrap(); 32], remembered);
        }
    }

    #[test]
    fn what_was_revoked_is_not_forgotten_for_what_is_good() {
        let (good, revoked) = (certificate("leaf-good"), certificate("leaf-revoked"));
        let mut answers = Answers::default();
        keep(&mut answers, "ocsp-revoked", &revoked);
        fill(&mut answers, false);
        keep(&mut answers, "ocsp-good", &good);
        assert!(answers.about(&good).is_some() && answers.about(&revoked).is_some());
        assert_eq!(answers.0.len(), ANSWERS_MAX);
    }

    #[test]
    fn where_all_speak_against_somebody_only_another_such_finds_room() {
        let (good, revoked) = (certificate("leaf-good"), certificate("leaf-revoked"));
        let mut answers = Answers::default();
        fill(&mut answers, true);
        keep(&mut answers, "ocsp-good", &good);
        assert!(answers.about(&good).is_none());
        keep(&mut answers, "ocsp-revoked", &revoked);
        assert!(answers.about(&revoked).is_some());
        assert_eq!(answers.0.len(), ANSWERS_MAX);
    }
}
