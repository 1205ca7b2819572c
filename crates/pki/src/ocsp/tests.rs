//! Requests and responses: the public vectors, and responses made here and signed with the key of a played card.
//!
//! Not here: responses of an outside responder, and delegated ones (`tests/conformance`).

mod made;
mod vectors;

use core::time::Duration;

use super::*;
use crate::tests::certificate;
use crate::{Certificate, Legacy, RevocationReason, RevokedEntry, Timestamp};
use made::{GOOD, Made, REVOKED_AND_HELD, UNKNOWN, certificate_id};

fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn asked() -> (Certificate, Certificate) {
    (certificate("leaf-sha384"), made::issuer())
}

fn question<'a>((certificate, issuer): &'a (Certificate, Certificate)) -> OcspQuestion<'a> {
    OcspQuestion {
        certificate,
        issuer,
        at: time("2026-06-01T12:00:00Z"),
        nonce: None,
        max_age_without_next_update: Duration::from_secs(3600),
        skew: Duration::from_secs(60),
        legacy: Legacy::Refused,
    }
}

fn judge(der: &[u8]) -> Result<OcspAnswer, OcspError> {
    OcspResponse::parse(der)?.judge(&question(&asked()))
}

#[test]
fn an_answer_tells_status_times_and_signer() {
    let answer = judge(&Made::default().der()).unwrap();
    assert_eq!(answer.status(), OcspStatus::Good);
    assert_eq!(answer.this_update(), time("2026-06-01T10:00:00Z"));
    assert_eq!(answer.next_update(), Some(time("2026-06-02T10:00:00Z")));
    assert_eq!(answer.produced_at(), time("2026-06-01T11:00:00Z"));
    assert_eq!(answer.signer(), OcspSigner::Issuer);
    assert!(!answer.is_responder_unchecked() && !answer.is_nonce_echoed() && !answer.is_weakly_signed());
}

#[test]
fn a_responder_may_call_itself_by_name_or_by_key() {
    let key = made::issuer().key_sha1();
    assert!(
        judge(
            &Made {
                responder: made::by_key(&key),
                ..Made::default()
            }
            .der()
        )
        .is_ok()
    );
    let mut other = key;
    other[0] ^= 1;
    let by_other = Made {
        responder: made::by_key(&other),
        ..Made::default()
    };
    assert_eq!(judge(&by_other.der()), Err(OcspError::UnknownResponder));
}

#[test]
fn suspended_revoked_and_unknown_are_told_apart() {
    let said = |status: &[u8]| judge(&Made::saying(status).der()).unwrap().status();
    match said(REVOKED_AND_HELD) {
        OcspStatus::Revoked(entry) => {
            assert_eq!(entry.reason, RevocationReason::CertificateHold);
            assert_eq!(entry.revoked_at, time("2026-05-01T00:00:00Z"));
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(said(UNKNOWN), OcspStatus::Unknown);
    assert_eq!(
        judge(&Made::saying(&[0x83, 0]).der()),
        Err(OcspError::Malformed("a certificate's status"))
    );
}

#[test]
fn an_answer_about_another_certificate_is_none() {
    let (leaf, issuer) = asked();
    let about = |id: Vec<u8>| {
        judge(
            &Made {
                answers: vec![made::answer(&id, GOOD)],
                ..Made::default()
            }
            .der(),
        )
    };
    assert!(about(certificate_id(oid::SHA1, &leaf, &issuer)).is_ok());
    assert!(about(certificate_id(oid::SHA256, &leaf, &issuer)).is_ok());
    let other_serial = certificate_id(oid::SHA1, &certificate("leaf-sha512"), &issuer);
    assert_eq!(about(other_serial), Err(OcspError::NotAnswered));
    let other_key = certificate_id(oid::SHA1, &leaf, &certificate("ca-untrusted"));
    assert_eq!(about(other_key), Err(OcspError::NotAnswered));
    // SHA-1 values under the name of SHA-256, and a hash that is not known.
    let mut misnamed = certificate_id(oid::SHA1, &leaf, &issuer);
    let place = misnamed.windows(5).position(|five| five == oid::SHA1).unwrap();
    misnamed[place + 4] = 0x1B;
    assert_eq!(about(misnamed), Err(OcspError::NotAnswered));
    assert_eq!(
        judge(
            &Made {
                answers: Vec::new(),
                ..Made::default()
            }
            .der()
        ),
        Err(OcspError::NotAnswered)
    );
}

#[test]
fn answers_about_one_certificate_must_agree() {
    let (leaf, issuer) = asked();
    let by_sha1 = certificate_id(oid::SHA1, &leaf, &issuer);
    let by_sha256 = certificate_id(oid::SHA256, &leaf, &issuer);
    let with = |second: &[u8]| {
        let answers = vec![made::answer(&by_sha1, GOOD), made::answer(&by_sha256, second)];
        judge(
            &Made {
                answers,
                ..Made::default()
            }
            .der(),
        )
    };
    assert!(with(GOOD).is_ok());
    assert_eq!(with(REVOKED_AND_HELD), Err(OcspError::Contradictory));
}

#[test]
fn a_nonce_comes_back_as_it_was_sent_or_not_at_all() {
    let asked = asked();
    let judge = |sent: Option<[u8; 32]>, repeated: Option<&[u8]>| {
        let extensions = repeated.map(made::nonce).unwrap_or_default();
        let response = OcspResponse::parse(
            &Made {
                extensions,
                ..Made::default()
            }
            .der(),
        )
        .unwrap();
        let question = OcspQuestion {
            nonce: sent,
            ..question(&asked)
        };
        response.judge(&question).map(|answer| answer.is_nonce_echoed())
    };
    assert_eq!(judge(Some([7; 32]), Some(&[7; 32])), Ok(true));
    assert_eq!(judge(Some([7; 32]), None), Ok(false));
    assert_eq!(judge(None, Some(&[7; 32])), Ok(false));
    assert_eq!(judge(Some([7; 32]), Some(&[8; 32])), Err(OcspError::OtherNonce));
    assert_eq!(judge(Some([7; 32]), Some(&[7; 31])), Err(OcspError::OtherNonce));
    assert_eq!(judge(Some([7; 32]), Some(&[])), Err(OcspError::OtherNonce));
}

#[test]
fn a_response_from_the_future_is_refused_beyond_the_skew() {
    let asked = asked();
    let response = OcspResponse::parse(&Made::default().der()).unwrap();
    let at = |at: &str, skew: u64| {
        let skew = Duration::from_secs(skew);
        response.judge(&OcspQuestion {
            at: time(at),
            skew,
            ..question(&asked)
        })
    };
    // Produced at 11:00.
    assert!(at("2026-06-01T11:00:00Z", 0).is_ok());
    assert_eq!(at("2026-06-01T10:59:59Z", 0), Err(OcspError::FromTheFuture));
    assert!(at("2026-06-01T10:59:00Z", 60).is_ok());
    assert!(at("2026-06-01T10:55:00Z", 86_400).is_ok());
    assert_eq!(at("2026-06-01T10:54:59Z", 86_400), Err(OcspError::FromTheFuture));
    let late = Made {
        this_update: "20260601120101Z",
        ..Made::default()
    };
    assert_eq!(judge(&late.der()), Err(OcspError::FromTheFuture));
}

#[test]
fn a_stale_answer_tells_for_how_long() {
    let answer = judge(&Made::default().der()).unwrap();
    assert!(answer.is_fresh_at(time("2026-06-02T10:00:00Z")));
    assert!(!answer.is_fresh_at(time("2026-06-02T10:00:01Z")));
    assert_eq!(
        answer.stale_for(time("2026-06-02T11:00:01Z")),
        Duration::from_secs(3601)
    );
    assert_eq!(answer.stale_for(time("2026-06-02T10:00:00Z")), Duration::ZERO);
    assert_eq!(answer.stale_for(Timestamp::MIN), Duration::ZERO);

    let without = judge(
        &Made {
            next_update: None,
            ..Made::default()
        }
        .der(),
    )
    .unwrap();
    assert_eq!(without.next_update(), None);
    assert_eq!(without.fresh_until(), time("2026-06-01T11:00:00Z"));
    let backwards = Made {
        next_update: Some("20260601095959Z"),
        ..Made::default()
    };
    assert_eq!(
        judge(&backwards.der()),
        Err(OcspError::Malformed("nextUpdate, before thisUpdate"))
    );
}

#[test]
fn who_did_not_issue_does_not_sign() {
    let (leaf, _) = asked();
    let asked = (leaf, certificate("ca-cns"));
    let response = OcspResponse::parse(&Made::default().der()).unwrap();
    assert_eq!(
        response.judge(&question(&asked)),
        Err(OcspError::UnknownResponder)
    );
    // With the name of the authority that is asked about, and with the signer's certificate, which ca-cns did issue.
    let named = Made {
        responder: made::by_name(&asked.1),
        ..Made::default()
    };
    let response = OcspResponse::parse(&named.der()).unwrap();
    assert_eq!(response.judge(&question(&asked)), Err(OcspError::NotSigned));
    let brought = Made {
        certificates: vec![made::issuer().der().to_vec()],
        ..Made::default()
    };
    let response = OcspResponse::parse(&brought.der()).unwrap();
    assert_eq!(
        response.judge(&question(&asked)),
        Err(OcspError::ResponderNotEntitled)
    );
    // The holder of a card that another authority issued.
    let asked = (asked.0, certificate("ca-untrusted"));
    assert_eq!(
        response.judge(&question(&asked)),
        Err(OcspError::ResponderNotAppointed)
    );
}

#[test]
fn refusals_are_told_by_name() {
    for (code, refusal) in [
        (1, OcspRefusal::MalformedRequest),
        (2, OcspRefusal::InternalError),
        (3, OcspRefusal::TryLater),
        (5, OcspRefusal::SignatureRequired),
        (6, OcspRefusal::Unauthorized),
    ] {
        let error = OcspResponse::parse(&[0x30, 3, 0x0A, 1, code]).unwrap_err();
        assert_eq!(error, OcspError::Refused(refusal));
        assert!(error.to_string().ends_with(refusal.name()) && error.code().starts_with("ocsp-refused-"));
    }
    for code in [4, 7, 0xFF] {
        let error = OcspResponse::parse(&[0x30, 3, 0x0A, 1, code]).unwrap_err();
        assert_eq!(error, OcspError::Malformed("its status"));
    }
}

#[test]
fn what_is_too_much_is_refused() {
    let (leaf, issuer) = asked();
    let one = made::answer(&certificate_id(oid::SHA1, &leaf, &issuer), GOOD);
    assert!(
        judge(
            &Made {
                answers: vec![one.clone(); 256],
                ..Made::default()
            }
            .der()
        )
        .is_ok()
    );
    assert_eq!(
        judge(
            &Made {
                answers: vec![one; 257],
                ..Made::default()
            }
            .der()
        ),
        Err(OcspError::Malformed("more than 256 answers"))
    );
    let certificates = |count| vec![vec![0x30, 0]; count];
    assert!(
        judge(
            &Made {
                certificates: certificates(8),
                ..Made::default()
            }
            .der()
        )
        .is_ok()
    );
    assert_eq!(
        judge(
            &Made {
                certificates: certificates(9),
                ..Made::default()
            }
            .der()
        ),
        Err(OcspError::Malformed("more than 8 certificates"))
    );
    let long = vec![0x30; OCSP_RESPONSE_LENGTH_MAX + 1];
    assert_eq!(OcspResponse::parse(&long), Err(OcspError::TooLarge));
}

#[test]
fn a_response_that_was_cut_or_lengthened_is_refused() {
    let whole = Made::default().der();
    for length in 0..whole.len() {
        let error = OcspResponse::parse(&whole[..length]).unwrap_err();
        assert_eq!(error, OcspError::Malformed("its frame"), "{length}");
    }
    let more = [&whole[..], &[0]].concat();
    assert_eq!(OcspResponse::parse(&more), Err(OcspError::Malformed("its frame")));
}

#[test]
fn no_flipped_bit_yields_an_answer() {
    let made = Made {
        certificates: vec![made::issuer().der().to_vec()],
        ..Made::default()
    };
    let whole = made.der();
    // The certificates are not signed with the response, and here nobody needs them.
    let covered = whole.len() - made::issuer().der().len();
    let original = judge(&whole).unwrap();
    for bit in 0..whole.len() * 8 {
        let mut der = whole.clone();
        der[bit / 8] ^= 1 << (bit % 8);
        match judge(&der) {
            Ok(answer) => assert!(bit / 8 >= covered && answer == original, "bit {bit}"),
            Err(error) => assert!(!error.to_string().is_empty()),
        }
    }
}

fn fixture(name: &str) -> Vec<u8> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/pki/");
    std::fs::read(format!("{folder}{name}.ors")).unwrap()
}

#[test]
fn the_invented_authority_and_its_responder_are_believed() {
    let told = |response: &str, leaf: &str| {
        let asked = (certificate(leaf), certificate("ca-cns"));
        let response = OcspResponse::parse(&fixture(response)).unwrap();
        let answer = response.judge(&question(&asked)).unwrap();
        (answer.status(), answer.signer())
    };
    assert_eq!(
        told("ocsp-good", "leaf-good"),
        (OcspStatus::Good, OcspSigner::Issuer)
    );
    assert_eq!(
        told("ocsp-good-delegated", "leaf-good"),
        (OcspStatus::Good, OcspSigner::Delegate)
    );
    let revoked = |at, reason| {
        let revoked_at = time(at);
        OcspStatus::Revoked(RevokedEntry { revoked_at, reason })
    };
    let lost = revoked("2025-11-15T10:00:00Z", RevocationReason::KeyCompromise);
    assert_eq!(told("ocsp-revoked", "leaf-revoked"), (lost, OcspSigner::Issuer));
    let held = revoked("2025-12-20T09:15:00Z", RevocationReason::CertificateHold);
    assert_eq!(
        told("ocsp-suspended", "leaf-suspended"),
        (held, OcspSigner::Issuer)
    );
}

#[test]
fn no_flipped_bit_of_a_delegated_response_yields_an_answer() {
    let asked = (certificate("leaf-good"), certificate("ca-cns"));
    let whole = fixture("ocsp-good-delegated");
    for bit in 0..whole.len() * 8 {
        let mut der = whole.clone();
        der[bit / 8] ^= 1 << (bit % 8);
        let judged = OcspResponse::parse(&der).and_then(|response| response.judge(&question(&asked)));
        assert!(judged.is_err(), "bit {bit}");
    }
}

#[test]
fn debug_output_tells_of_nobody() {
    let (leaf, issuer) = asked();
    let request = OcspRequest::new(&leaf, &issuer, Some([1; 32]));
    assert_eq!(
        format!("{request:?}"),
        format!("OcspRequest({} bytes)", request.to_der().len())
    );
    let response = OcspResponse::parse(&Made::default().der()).unwrap();
    assert_eq!(format!("{response:?}"), "OcspResponse(1 answers)");
    let answer = format!("{:?}", judge(&Made::default().der()).unwrap());
    assert!(!answer.contains(&leaf.serial_hex()));
}
