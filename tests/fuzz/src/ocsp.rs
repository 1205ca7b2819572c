//! OCSP responses: any bytes as what a responder says, and what is believed of it.
//!
//! Not here: requests, which are only written.

use std::sync::LazyLock;
use std::time::Duration;

use varco_pki::{
    Certificate, Legacy, OCSP_RESPONSE_LENGTH_MAX, OcspAnswer, OcspError, OcspQuestion, OcspResponse,
};

use crate::fixtures;

/// The certificates that the fixtures' responses speak of, all issued by ca-cns.
const LEAVES: [&str; 3] = ["leaf-good", "leaf-revoked", "leaf-suspended"];

/// No nonce, and one that no response repeats.
const NONCES: [Option<[u8; 32]>; 2] = [None, Some([0x5B; 32])];

static ISSUER: LazyLock<Certificate> =
    LazyLock::new(|| Certificate::parse(&fixtures::read("pki/ca-cns.der")).unwrap());

static ASKED: LazyLock<Vec<Certificate>> = LazyLock::new(|| {
    let read = |leaf| Certificate::parse(&fixtures::read(&format!("pki/{leaf}.der"))).unwrap();
    LEAVES.map(read).to_vec()
});

/// Every answer that the fixtures' own responses give, with the number of its question.
static GIVEN: LazyLock<Vec<(usize, OcspAnswer)>> = LazyLock::new(|| {
    let responses = fixtures::files("pki", "ors");
    let parsed = responses.iter().filter_map(|der| OcspResponse::parse(der).ok());
    parsed
        .flat_map(|response| believed(&response).collect::<Vec<_>>())
        .collect()
});

fn questions() -> impl Iterator<Item = OcspQuestion<'static>> {
    let about = |certificate| {
        NONCES.into_iter().map(move |nonce| OcspQuestion {
            certificate,
            issuer: &ISSUER,
            at: fixtures::instant(),
            nonce,
            max_age_without_next_update: Duration::from_secs(86_400),
            skew: Duration::from_secs(300),
            legacy: Legacy::Accepted,
        })
    };
    ASKED.iter().flat_map(about)
}

fn judge<'r>(
    response: &'r OcspResponse,
) -> impl Iterator<Item = (usize, Result<OcspAnswer, OcspError>)> + use<'r> {
    questions().map(|question| response.judge(&question)).enumerate()
}

fn believed(response: &OcspResponse) -> impl Iterator<Item = (usize, OcspAnswer)> {
    judge(response).filter_map(|(question, judged)| Some((question, judged.ok()?)))
}

/// Bytes are read the same twice, and answer a question only as a response of the fixtures does.
pub fn target(data: &[u8]) {
    let response = match OcspResponse::parse(data) {
        Ok(response) => response,
        Err(error) => {
            check_words(error);
            assert_eq!(OcspResponse::parse(data), Err(error));
            return;
        }
    };
    assert!(data.len() <= OCSP_RESPONSE_LENGTH_MAX);
    assert!(OcspResponse::parse(&data[..data.len() - 1]).is_err());
    for (question, judged) in judge(&response) {
        match judged {
            Ok(answer) => assert!(GIVEN.contains(&(question, answer)), "{question} {answer:?}"),
            Err(error) => check_words(error),
        }
    }
    check_other_issuer(&response);
}

/// What is no answer says why, and shows nothing of what was read.
fn check_words(error: OcspError) {
    let shown = error.to_string();
    assert!(!shown.contains(char::is_control) && shown.is_ascii(), "{shown}");
    assert!(error.code().starts_with("ocsp-"));
}

/// Who did not issue the certificate cannot be taken for its issuer.
fn check_other_issuer(response: &OcspResponse) {
    let [certificate, ..] = ASKED.as_slice() else {
        return;
    };
    let question = OcspQuestion {
        certificate,
        issuer: certificate,
        at: response.produced_at(),
        nonce: None,
        max_age_without_next_update: Duration::ZERO,
        skew: Duration::ZERO,
        legacy: Legacy::Accepted,
    };
    assert!(response.judge(&question).is_err());
}

/// The fixtures' own, and the public vectors.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    let mut seeds = fixtures::files("pki", "ors");
    seeds.extend(fixtures::files("vectors/ocsp", "der"));
    seeds
}

#[cfg(test)]
mod tests {
    use varco_pki::OcspStatus;

    use super::*;

    #[test]
    fn the_fixtures_answer_good_revoked_and_suspended() {
        let said = |number: usize| {
            let about = GIVEN
                .iter()
                .filter(move |(question, _)| question / NONCES.len() == number);
            about.map(|(_, answer)| answer.status()).collect::<Vec<_>>()
        };
        // Two say that it is good, one that is unknown, one that it does not say until when, and one is late: each is asked
        // about without a nonce and with one, which none repeats.
        let of_the_good_one = said(0);
        let good = of_the_good_one.iter().filter(|said| **said == OcspStatus::Good);
        assert_eq!((good.count(), of_the_good_one.len()), (8, 10));
        for (number, reason) in [(1, "keyCompromise"), (2, "certificateHold")] {
            let all = said(number);
            assert_eq!(all.len(), 2);
            for status in all {
                assert!(matches!(status, OcspStatus::Revoked(entry) if entry.reason.name() == reason));
            }
        }
    }
}
