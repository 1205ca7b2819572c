//! Revocation by lists and answers of the fixtures: what each permits in each mode.

mod hostile;

use super::*;
use crate::tests::{certificate, test_anchors};
use crate::{HeldList, InPath, Judging, Rejection, RevocationReason, judge_path};

const AT: &str = "2026-06-01T00:00:00Z";
const HARD: RevocationMode = RevocationMode::Hard;

fn read(name: &str) -> Vec<u8> {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/pki/");
    std::fs::read(format!("{root}{name}")).unwrap()
}

/// Lists and answers of these names; what is no response is left out, as a source would.
fn evidence(names: &[&str]) -> EvidenceAtHand {
    let mut evidence = EvidenceAtHand::default();
    for name in names {
        if name.starts_with("crl-") {
            let list = HeldList::parse(read(&format!("{name}.crl")), None).unwrap();
            evidence.add_list(Arc::new(list));
        } else if let Ok(response) = OcspResponse::parse(&read(&format!("{name}.ors"))) {
            evidence.add_answer(KnownAnswer {
                response: Arc::new(response),
                nonce: None,
                fetched_at: None,
            });
        }
    }
    evidence
}

fn judge_at(leaf: &str, names: &[&str], mode: RevocationMode, at: &str) -> Result<Revocation, Rejection> {
    let anchors = test_anchors(&["ca-cns", "ca-cns-legacy", "ca-cns-rekeyed", "ca-cie-root"]);
    let between = [certificate("ca-cie-sub")];
    let source = evidence(names);
    let judging = Judging::new(&anchors, at.parse().unwrap())
        .through(&between)
        .checking(RevocationCheck {
            mode,
            source: &source,
        });
    judge_path(&certificate(leaf), &judging).map(|judged| *judged.revocation())
}

fn judge(leaf: &str, names: &[&str]) -> Result<Revocation, Rejection> {
    judge_at(leaf, names, HARD, AT)
}

fn undetermined(verdict: Result<Revocation, Rejection>) -> &'static str {
    match verdict {
        Err(Rejection::RevocationUnknown { reason, .. }) => reason.reason(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_list_clears_those_that_it_does_not_name() {
    let known = judge("leaf-good", &["crl-cns"]).unwrap();
    assert_eq!(known.status(), RevocationStatus::Good);
    assert_eq!(known.kind(), Some(EvidenceKind::Crl));
    assert_eq!(known.this_update(), Some("2026-01-01T00:00:00Z".parse().unwrap()));
    assert_eq!(known.age_s(), Some(151 * 86_400));
    // One that says nothing of where its lists are is in them all the same.
    assert!(judge("leaf-no-revocation-places", &["crl-cns"]).is_ok());
}

#[test]
fn revoked_and_suspended_are_told_apart() {
    for mode in [HARD, RevocationMode::Grace { hours: 1 }, RevocationMode::Soft] {
        let revoked = judge_at("leaf-revoked", &["crl-cns"], mode, AT).unwrap_err();
        assert!(
            matches!(
                revoked,
                Rejection::Revoked {
                    in_path: InPath::Leaf,
                    reason: RevocationReason::KeyCompromise,
                    ..
                }
            ),
            "{revoked:?}"
        );
        let suspended = judge_at("leaf-suspended", &["crl-cns"], mode, AT).unwrap_err();
        assert!(matches!(suspended, Rejection::Suspended { .. }), "{suspended:?}");
    }
    for leaf in ["leaf-twenty-byte-serial", "leaf-leading-zero-serial"] {
        let code = judge(leaf, &["crl-cns"]).unwrap_err().code();
        assert_eq!(code, "certificate-revoked", "{leaf}");
    }
}

#[test]
fn nobody_asks_where_that_is_off() {
    let known = judge_at("leaf-revoked", &["crl-cns"], RevocationMode::Off, AT).unwrap();
    assert_eq!((known.code(), known.mode().name()), ("not_checked", "off"));
}

#[test]
fn what_is_not_known_is_refused_or_marked() {
    assert_eq!(undetermined(judge("leaf-good", &[])), "revocation-no-evidence");
    let known = judge_at("leaf-good", &[], RevocationMode::Soft, AT).unwrap();
    assert_eq!(
        known.status(),
        RevocationStatus::Unknown(Undetermined::NoEvidence)
    );
    assert_eq!(known.code(), "unknown");
}

#[test]
fn a_list_that_cannot_be_used_is_told_for_what_it_is() {
    for (list, told) in [
        ("crl-cns-expired", "revocation-stale"),
        ("crl-cns-older", "revocation-stale"),
        ("crl-cns-future", "revocation-future"),
        ("crl-cns-wrong-signer", "revocation-not-signed"),
        ("crl-cns-bad-signature", "revocation-not-signed"),
        ("crl-rekeyed", "revocation-not-signed"),
        ("crl-cns-sha1", "revocation-weak-signature"),
        ("crl-cns-unknown-critical", "revocation-unknown-critical"),
        ("crl-cns-unknown-critical-entry", "revocation-unknown-critical"),
        ("crl-cns-delta", "revocation-unsupported"),
        ("crl-legacy", "revocation-no-evidence"),
    ] {
        assert_eq!(undetermined(judge("leaf-good", &[list])), told, "{list}");
        // Another that can be used is used.
        assert!(judge("leaf-good", &[list, "crl-cns"]).is_ok(), "{list}");
    }
    assert!(judge("leaf-good", &["crl-cns-empty"]).is_ok());
    assert!(judge("leaf-good", &["crl-cns-v1"]).is_ok());
}

#[test]
fn late_by_a_second_is_late_and_grace_ends_when_it_is_said() {
    // The older list was due to be renewed on 2 January 2026.
    let list = &["crl-cns-older"][..];
    let status = |mode, at: &str| judge_at("leaf-good", list, mode, at).map(|known| known.code());
    let grace = RevocationMode::Grace { hours: 24 };
    assert_eq!(status(HARD, "2026-01-02T00:00:00Z").unwrap(), "good");
    assert!(status(HARD, "2026-01-02T00:00:01Z").is_err());
    assert_eq!(status(grace, "2026-01-02T00:00:00Z").unwrap(), "good");
    assert_eq!(status(grace, "2026-01-02T00:00:01Z").unwrap(), "good_in_grace");
    assert_eq!(status(grace, "2026-01-03T00:00:00Z").unwrap(), "good_in_grace");
    assert!(status(grace, "2026-01-03T00:00:01Z").is_err());
    assert_eq!(
        status(RevocationMode::Soft, "2026-01-03T00:00:01Z").unwrap(),
        "unknown"
    );
}

#[test]
fn a_list_from_later_than_the_instant_asked_says_nothing_of_it() {
    // A clock may be five minutes behind.
    assert!(judge_at("leaf-good", &["crl-cns"], HARD, "2025-12-31T23:55:00Z").is_ok());
    let verdict = judge_at("leaf-good", &["crl-cns"], HARD, "2025-12-31T23:54:59Z");
    assert_eq!(undetermined(verdict), "revocation-future");
}

#[test]
fn a_suspension_that_a_newer_list_does_not_know_is_over() {
    // Number 8 of the same authority is empty, and a month newer.
    let both = &["crl-cns", "crl-cns-empty"][..];
    assert!(judge("leaf-suspended", both).is_ok());
    let code = |leaf, names: &[&str]| judge(leaf, names).unwrap_err().code();
    assert_eq!(code("leaf-revoked", both), "certificate-revoked");
    // Of one age, the word that it is suspended counts.
    assert_eq!(
        code("leaf-suspended", &["ocsp-suspended", "crl-cns"]),
        "certificate-suspended"
    );
}

#[test]
fn a_re_keyed_authority_signs_with_its_own_key() {
    assert!(judge("leaf-rekeyed", &["crl-rekeyed"]).is_ok());
    assert_eq!(
        undetermined(judge("leaf-rekeyed", &["crl-cns"])),
        "revocation-not-signed"
    );
}

#[test]
fn every_certificate_of_the_path_is_asked_about() {
    let sub_is_good = &["crl-cie-root", "crl-cie-sub"][..];
    let known = judge("leaf-cie", sub_is_good).unwrap();
    assert_eq!(known.status(), RevocationStatus::Good);
    let verdict = judge("leaf-cie", &["crl-cie-sub"]).unwrap_err();
    assert_eq!(
        verdict,
        Rejection::RevocationUnknown {
            in_path: InPath::Intermediate,
            reason: Undetermined::NoEvidence
        }
    );
    let verdict = judge("leaf-cie", &["crl-cie-root-revoking-sub", "crl-cie-sub"]).unwrap_err();
    assert!(
        matches!(
            verdict,
            Rejection::Revoked {
                in_path: InPath::Intermediate,
                ..
            }
        ),
        "{verdict:?}"
    );
}

#[test]
fn weak_evidence_counts_below_a_legacy_anchor_and_is_marked() {
    let known = judge("leaf-legacy-sha256", &["crl-legacy"]);
    assert!(known.is_ok(), "{known:?}");
}

#[test]
fn a_responders_answer_is_evidence() {
    for answer in ["ocsp-good", "ocsp-good-delegated"] {
        let known = judge("leaf-good", &[answer]).unwrap();
        assert_eq!(known.kind(), Some(EvidenceKind::Ocsp), "{answer}");
        assert_eq!(known.status(), RevocationStatus::Good, "{answer}");
    }
    let code = |leaf, answer| judge(leaf, &[answer]).unwrap_err().code();
    assert_eq!(code("leaf-revoked", "ocsp-revoked"), "certificate-revoked");
    assert_eq!(code("leaf-suspended", "ocsp-suspended"), "certificate-suspended");
}

#[test]
fn an_answer_that_cannot_be_used_is_told_for_what_it_is() {
    for (answer, told) in [
        ("ocsp-unknown", "revocation-responder-unknown"),
        ("ocsp-other-serial", "revocation-out-of-scope"),
        ("ocsp-stale", "revocation-stale"),
        ("ocsp-without-next-update", "revocation-stale"),
        ("ocsp-future", "revocation-future"),
        ("ocsp-unsigned", "revocation-not-signed"),
        ("ocsp-wrong-signer", "revocation-not-signed"),
        ("ocsp-responder-without-usage", "revocation-not-signed"),
        ("ocsp-responder-expired", "revocation-not-signed"),
        ("ocsp-try-later", "revocation-no-evidence"),
    ] {
        assert_eq!(undetermined(judge("leaf-good", &[answer])), told, "{answer}");
        assert!(judge("leaf-good", &[answer, "crl-cns"]).is_ok(), "{answer}");
    }
}

#[test]
fn a_list_that_is_added_later_is_found_by_its_issuers_name() {
    let (leaf, issuer) = (certificate("leaf-good"), certificate("ca-cns"));
    let asked = Asked {
        certificate: &leaf,
        issuer: &issuer,
    };
    let mut source = evidence(&["crl-cie-root", "crl-cie-sub"]);
    assert!(source.known(asked).lists.is_empty());
    let list = HeldList::parse(read("crl-cns.crl"), None).unwrap();
    source.add_list(Arc::new(list));
    for _ in 0..2 {
        let lists = source.known(asked).lists;
        assert!(lists.len() == 1 && same_name(&lists[0].header().issuer, leaf.issuer_der()));
    }
}
