//! The real `openssl ocsp` answers our requests, offline, and its answers are judged, as they came and altered.
//!
//! Instants are those that the responses tell: the clock that openssl reads decides nothing here.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "test code: what fails here fails the test"
)]

mod rig;

use std::time::Duration;

use rig::{Answering, LEAVES, RIG};
use varco_pki::{
    Certificate, Legacy, OcspAnswer, OcspError, OcspQuestion, OcspRequest, OcspResponse, OcspSigner,
    OcspStatus, RevocationReason, Timestamp,
};

const DAY: Duration = Duration::from_secs(86_400);

/// A certificate and its issuer.
struct Asked {
    certificate: Certificate,
    issuer: Certificate,
}

fn asked(leaf: &str) -> Asked {
    Asked {
        certificate: RIG.certificate(leaf),
        issuer: RIG.certificate("ca"),
    }
}

impl Asked {
    fn request(&self, nonce: Option<[u8; 32]>) -> Vec<u8> {
        OcspRequest::new(&self.certificate, &self.issuer, nonce).to_der()
    }

    fn question(&self, at: Timestamp) -> OcspQuestion<'_> {
        OcspQuestion {
            certificate: &self.certificate,
            issuer: &self.issuer,
            at,
            nonce: None,
            max_age_without_next_update: Duration::from_secs(60),
            skew: Duration::ZERO,
            legacy: Legacy::Refused,
        }
    }

    /// Judged for when it was made.
    fn judge(&self, response: &[u8]) -> Result<OcspAnswer, OcspError> {
        let response = OcspResponse::parse(response)?;
        response.judge(&self.question(response.produced_at()))
    }
}

fn by(signer: &str) -> Answering<'_> {
    Answering { signer, options: &[] }
}

/// What a responder says of the good certificate.
fn about_good(test: &str, answering: &Answering<'_>) -> Vec<u8> {
    RIG.answer(test, &asked("good").request(None), answering)
}

#[test]
fn openssl_reads_our_request_and_would_write_the_same() {
    for (leaf, serial) in LEAVES {
        let asked = asked(leaf);
        let (reqin, cert) = (format!("read-{leaf}.req"), format!("{leaf}.pem"));
        std::fs::write(RIG.path().join(&reqin), asked.request(Some([0xA5; 32]))).unwrap();
        let text = RIG.run(&["ocsp", "-reqin", &reqin, "-req_text"]).stdout;
        let text = String::from_utf8(text).unwrap();
        assert!(text.contains(&format!("Serial Number: {serial}")), "{text}");
        assert!(
            text.contains("OCSP Nonce") && text.contains(&"A5".repeat(32)),
            "{text}"
        );

        let reqout = format!("write-{leaf}.req");
        RIG.run(&[
            "ocsp",
            "-issuer",
            "ca.pem",
            "-cert",
            &cert,
            "-no_nonce",
            "-reqout",
            &reqout,
        ]);
        assert_eq!(
            std::fs::read(RIG.path().join(reqout)).unwrap(),
            asked.request(None)
        );
    }
}

#[test]
fn every_status_is_told_by_every_good_signer_with_a_nonce_and_without() {
    for (signer, kind) in [
        ("ca", OcspSigner::Issuer),
        ("rsa", OcspSigner::Delegate),
        ("p256", OcspSigner::Delegate),
        ("p384", OcspSigner::Delegate),
        ("unchecked", OcspSigner::UncheckedDelegate),
        ("any-usage", OcspSigner::UncheckedDelegate),
        ("non-repudiation", OcspSigner::UncheckedDelegate),
    ] {
        for (leaf, _) in LEAVES {
            let asked = asked(leaf);
            for nonce in [None, Some([0x5A; 32])] {
                let test = format!("status-{signer}-{leaf}");
                let der = RIG.answer(&test, &asked.request(nonce), &by(signer));
                let response = OcspResponse::parse(&der).unwrap();
                let question = OcspQuestion {
                    nonce,
                    ..asked.question(response.produced_at())
                };
                let answer = response.judge(&question).unwrap();
                assert_eq!(told(answer.status()), expected(leaf), "{test}");
                assert_eq!(answer.signer(), kind, "{test}");
                assert_eq!(answer.is_nonce_echoed(), nonce.is_some(), "{test}");
                let other = OcspQuestion {
                    nonce: Some([0x5B; 32]),
                    ..question
                };
                let other = response.judge(&other).map(|answer| answer.is_nonce_echoed());
                let refused = Err(OcspError::OtherNonce);
                assert_eq!(other, if nonce.is_some() { refused } else { Ok(false) }, "{test}");
            }
        }
    }
}

fn expected(leaf: &str) -> &'static str {
    match leaf {
        "good" => "good",
        "revoked" => "2024-03-01T12:00:00Z keyCompromise",
        "held" => "2024-03-02T12:00:00Z certificateHold",
        "revoked-without-reason" => "2024-03-03T12:00:00Z unspecified",
        _ => "unknown",
    }
}

fn told(status: OcspStatus) -> String {
    match status {
        OcspStatus::Good => "good".to_owned(),
        OcspStatus::Unknown => "unknown".to_owned(),
        OcspStatus::Revoked(entry) => format!("{} {}", entry.revoked_at, entry.reason.name()),
    }
}

#[test]
fn responders_that_the_issuer_did_not_appoint_for_this_are_refused_as_openssl_refuses_them() {
    let asked = asked("good");
    for (signer, error) in [
        ("client", OcspError::ResponderNotEntitled),
        ("critical", OcspError::ResponderNotEntitled),
        ("agrees", OcspError::ResponderNotEntitled),
        ("strange", OcspError::ResponderNotAppointed),
        ("small", OcspError::Weak),
        ("sha1", OcspError::Weak),
    ] {
        let test = format!("refused-{signer}");
        let der = about_good(&test, &by(signer));
        assert_eq!(asked.judge(&der), Err(error), "{signer}");
        // openssl looks at neither key usage nor, at its level 1, at these lengths and hashes.
        let lenient = ["agrees", "small", "sha1"].contains(&signer);
        assert_eq!(RIG.is_believed(&test, &der, "good"), lenient, "{signer}");
    }
    for signer in [
        "ca",
        "rsa",
        "p256",
        "p384",
        "unchecked",
        "any-usage",
        "non-repudiation",
    ] {
        let test = format!("believed-{signer}");
        let der = about_good(&test, &by(signer));
        assert!(
            asked.judge(&der).is_ok() && RIG.is_believed(&test, &der, "good"),
            "{signer}"
        );
    }
}

#[test]
fn weak_signatures_pass_where_the_question_allows_them_and_are_told() {
    let asked = asked("good");
    let sha1 = Answering {
        signer: "ca",
        options: &["-rmd", "sha1"],
    };
    for answering in [sha1, by("small"), by("sha1")] {
        let test = format!("weak-{}", answering.signer);
        let response = OcspResponse::parse(&about_good(&test, &answering)).unwrap();
        let question = asked.question(response.produced_at());
        assert_eq!(response.judge(&question), Err(OcspError::Weak), "{test}");
        let legacy = OcspQuestion {
            legacy: Legacy::Accepted,
            ..question
        };
        assert!(response.judge(&legacy).unwrap().is_weakly_signed(), "{test}");
    }
    // Where there is no need, the permission changes nothing.
    let response = OcspResponse::parse(&about_good("weak-none", &by("ca"))).unwrap();
    let legacy = OcspQuestion {
        legacy: Legacy::Accepted,
        ..asked.question(response.produced_at())
    };
    assert!(!response.judge(&legacy).unwrap().is_weakly_signed());
}

#[test]
fn a_responder_is_found_by_its_key_and_a_certificate_by_sha256() {
    let asked = asked("revoked");
    // Ours name by SHA-1; this request is openssl's.
    RIG.run(&[
        "ocsp",
        "-sha256",
        "-issuer",
        "ca.pem",
        "-cert",
        "revoked.pem",
        "-reqout",
        "sha256.req",
    ]);
    let by_sha256 = std::fs::read(RIG.path().join("sha256.req")).unwrap();
    for request in [asked.request(None), by_sha256] {
        for signer in ["ca", "p256"] {
            let test = format!("by-key-{signer}");
            let by_key = Answering {
                signer,
                options: &["-resp_key_id"],
            };
            match asked
                .judge(&RIG.answer(&test, &request, &by_key))
                .unwrap()
                .status()
            {
                OcspStatus::Revoked(entry) => assert_eq!(entry.reason, RevocationReason::KeyCompromise),
                other => panic!("{other:?}"),
            }
        }
    }
}

#[test]
fn a_responder_whose_certificate_is_not_brought_is_not_known() {
    let asked = asked("good");
    let without = |signer| Answering {
        signer,
        options: &["-resp_no_certs"],
    };
    let der = about_good("bare-p256", &without("p256"));
    assert_eq!(asked.judge(&der), Err(OcspError::UnknownResponder));
    let der = about_good("bare-ca", &without("ca"));
    assert_eq!(asked.judge(&der).unwrap().signer(), OcspSigner::Issuer);
}

#[test]
fn an_answer_about_another_certificate_or_another_authority_is_none() {
    let der = about_good("other", &by("p256"));
    assert_eq!(asked("revoked").judge(&der), Err(OcspError::NotAnswered));
    // The same name, another key: whoever answers for one does not answer for the other.
    let namesake = Asked {
        issuer: RIG.certificate("namesake"),
        ..asked("good")
    };
    assert_eq!(namesake.judge(&der), Err(OcspError::ResponderNotAppointed));
    let der = about_good("other-ca", &by("ca"));
    assert_eq!(namesake.judge(&der), Err(OcspError::NotSigned));
    // Asked about the namesake's certificate, the authority says that it does not know it; and does not speak for it.
    let der = RIG.answer("other-namesake", &namesake.request(None), &by("ca"));
    assert_eq!(namesake.judge(&der), Err(OcspError::NotSigned));
    assert_eq!(asked("good").judge(&der), Err(OcspError::NotAnswered));
}

#[test]
fn responders_answer_while_their_certificates_are_valid() {
    let asked = asked("good");
    let response = OcspResponse::parse(&about_good("validity", &by("p256"))).unwrap();
    let responder = RIG.certificate("p256");
    let at = |at: Timestamp| response.judge(&asked.question(at));
    let second = Duration::from_secs(1);
    assert!(at(responder.not_after()).is_ok());
    assert_eq!(
        at(responder.not_after() + second),
        Err(OcspError::ResponderOutsideValidity)
    );
    assert_eq!(
        at(responder.not_before() - second),
        Err(OcspError::ResponderOutsideValidity)
    );
}

#[test]
fn an_answer_is_fresh_until_its_next_update_or_for_as_long_as_the_question_says() {
    let asked = asked("good");
    let until = Answering {
        signer: "ca",
        options: &["-ndays", "2"],
    };
    let answer = asked.judge(&about_good("fresh-until", &until)).unwrap();
    assert_eq!(answer.next_update(), Some(answer.this_update() + 2 * DAY));
    assert!(answer.is_fresh_at(answer.this_update() + 2 * DAY));
    let stale = answer.this_update() + 3 * DAY;
    assert!(!answer.is_fresh_at(stale) && answer.stale_for(stale) == DAY);

    let answer = asked.judge(&about_good("fresh-for", &by("ca"))).unwrap();
    assert_eq!(answer.next_update(), None);
    assert_eq!(
        answer.fresh_until(),
        answer.this_update() + Duration::from_secs(60)
    );
}

#[test]
fn nothing_altered_is_believed() {
    let asked = asked("revoked");
    for signer in ["ca", "p256"] {
        let test = format!("altered-{signer}");
        let whole = RIG.answer(&test, &asked.request(Some([3; 32])), &by(signer));
        let original = asked.judge(&whole).unwrap();
        for length in 0..whole.len() {
            assert!(
                OcspResponse::parse(&whole[..length]).is_err(),
                "{test} cut at {length}"
            );
        }
        // What the issuer's own response brings besides is covered by no signature, and not looked at.
        let signed = match signer {
            "ca" => whole.len() - asked.issuer.der().len(),
            _ => whole.len(),
        };
        for place in 0..whole.len() {
            for mask in [0x01, 0x20, 0x80, 0xFF] {
                let mut der = whole.clone();
                der[place] ^= mask;
                let judged = asked.judge(&der);
                let harmless = place >= signed && judged == Ok(original);
                assert!(judged.is_err() || harmless, "{test} byte {place} ^ {mask:02X}");
            }
        }
    }
}
