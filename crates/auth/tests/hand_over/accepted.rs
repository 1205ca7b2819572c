//! Claims about the identity that a hand-over makes, and that it makes one.

use std::sync::Barrier;

use serde_json::json;
use varco_auth::{
    AssuranceLevel, BirthYear, Client, GatewayKeys, GatewayMaterial, HandOverError, HandOverExpected,
    IdentityKind, NonceError, NonceStore as _, OriginKnown, verify_hand_over,
};

use crate::maker::{AUDIENCE, Gateway, NONCE, RelyingParty, ask, at, base64url, expected, login, session};

#[test]
fn a_spid_login_tells_who_it_is_and_how_far_that_can_be_relied_on() {
    let identity = ask(&Gateway::new(1).hand_over(|_| {})).unwrap();
    assert_eq!(identity.codice_fiscale().as_str(), "DMNNCL80C14H501S");
    let born = identity.birth_date();
    assert!(born.year == BirthYear::Known(1980) && (born.month, born.day) == (3, 14));
    assert_eq!(identity.name().given_name(), Some("Nicolò"));
    assert_eq!(identity.name().surname(), Some("D'Amànzio"));
    assert_eq!(identity.credential().kind(), IdentityKind::SpidL2);
    assert_eq!(identity.credential().id(), "spid-l2");
    assert_eq!(identity.credential().issuer(), "https://idp.example.it");
    assert_eq!(identity.assurance().level(), AssuranceLevel::Substantial);
    assert!(!identity.assurance().is_test_material());
    assert!(identity.assurance().downgraded().is_empty());
    assert_eq!(identity.authenticated_at(), at(-5));
    assert_eq!(identity.assurance().judged_at(), at(1));
    assert_eq!(identity.audience().as_str(), AUDIENCE);
}

#[test]
fn a_spid_login_has_nothing_of_a_card() {
    let identity = ask(&Gateway::new(1).hand_over(|_| {})).unwrap();
    assert!(!identity.pin_verified());
    assert_eq!(identity.origin(), OriginKnown::NotApplicable);
    assert!(identity.exchange().is_none() && identity.signature_scheme().is_none());
    assert!(identity.assurance().revocation().is_none());
    let credential = identity.credential();
    assert!(credential.card_id().is_none() && credential.nis().is_none());
    assert!(credential.certificate_sha256().is_none() && credential.document_number().is_none());
    let handed_over = credential.handed_over().unwrap();
    assert_eq!(handed_over.gateway(), "gateway.example.it");
    assert_eq!(handed_over.gateway_key_sha256(), Gateway::new(1).public().id());
    assert_eq!(handed_over.hand_over_id(), [0xC3; 16]);
}

#[test]
fn a_spid_identity_is_json_with_stable_names() {
    let identity = ask(&Gateway::new(1).hand_over(|_| {})).unwrap();
    let key: String = Gateway::new(1)
        .public()
        .id()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    assert_eq!(
        serde_json::to_value(&identity).unwrap(),
        json!({
            "format": 1,
            "codice_fiscale": "DMNNCL80C14H501S",
            "birth_date": {
                "year": 1980, "year_two_digits": 80, "month": 3, "day": 14, "source": "identity_provider",
            },
            "name": { "surname": "D'Amànzio", "given_name": "Nicolò", "source": "identity_provider" },
            "credential": {
                "kind": "spid-l2",
                "issuer": "https://idp.example.it",
                "gateway": "gateway.example.it",
                "gateway_key_sha256": key,
                "hand_over_id": "c3".repeat(16),
            },
            "pin_verified": false,
            "origin": "not_applicable",
            "assurance": {
                "level": "substantial",
                "reasons": ["spid-l2"],
                "downgraded": [],
                "test_material": false,
                "judged_elsewhen": false,
                "judged_at": "2026-06-01T09:00:01Z",
            },
            "authenticated_at": "2026-06-01T08:59:55Z",
            "audience": AUDIENCE,
            "evidence_id": identity.evidence_id(),
        })
    );
}

#[test]
fn each_level_of_spid_is_its_own_kind() {
    for (class, id, level) in [
        ("https://www.spid.gov.it/SpidL1", "spid-l1", AssuranceLevel::Low),
        (
            "https://www.spid.gov.it/SpidL2",
            "spid-l2",
            AssuranceLevel::Substantial,
        ),
        ("https://www.spid.gov.it/SpidL3", "spid-l3", AssuranceLevel::High),
    ] {
        let identity =
            ask(&Gateway::new(1).hand_over(|login| login["authn_context"] = class.into())).unwrap();
        assert_eq!(
            (identity.credential().id(), identity.assurance().level()),
            (id, level)
        );
    }
}

#[test]
fn the_prefix_of_an_italian_tax_number_may_be_there_or_not() {
    for number in ["TINIT-DMNNCL80C14H501S", "DMNNCL80C14H501S", "dmnncl80c14h501s"] {
        let change = |login: &mut serde_json::Value| login["attributes"]["fiscalNumber"] = number.into();
        let identity = ask(&Gateway::new(1).hand_over(change)).unwrap();
        assert_eq!(identity.codice_fiscale().as_str(), "DMNNCL80C14H501S");
    }
}

#[test]
fn a_login_by_the_key_of_a_test_is_marked() {
    let gateway = Gateway::new(1);
    let party = RelyingParty::new(gateway.key(GatewayMaterial::Test));
    let identity = party.verify(gateway.hand_over(|_| {}).as_bytes(), 1).unwrap();
    assert!(identity.assurance().is_test_material() && identity.assurance().rests_on_fixtures());
    assert!(!identity.assurance().is_judged_elsewhen());
}

#[test]
fn keys_of_gateways_rotate() {
    let (old, new) = (Gateway::new(1), Gateway::new(2));
    let mut party = RelyingParty::new(old.key(GatewayMaterial::Real));
    party.keys = GatewayKeys::new(vec![
        old.key(GatewayMaterial::Real),
        new.key(GatewayMaterial::Real),
    ])
    .unwrap();
    party.nonces.issue(session(), [7; 32], at(0)).unwrap();
    let by_new = new.hand_over(|login| login["nonce"] = base64url(&[7; 32]).into());
    assert!(party.verify(old.hand_over(|_| {}).as_bytes(), 1).is_ok());
    assert!(party.verify(by_new.as_bytes(), 1).is_ok());
}

#[test]
fn a_hand_over_is_good_once_and_so_is_its_nonce() {
    let gateway = Gateway::new(1);
    let party = RelyingParty::new(gateway.key(GatewayMaterial::Real));
    let first = gateway.hand_over(|_| {});
    // The gateway signs the same login anew, as it should not.
    let second = gateway.hand_over(|login| login["id"] = base64url(&[0xC4; 16]).into());
    assert!(party.verify(first.as_bytes(), 1).is_ok());
    for again in [first, second] {
        let refused = party.verify(again.as_bytes(), 1).unwrap_err();
        assert_eq!(refused, HandOverError::Nonce(NonceError::NotOutstanding));
        assert_eq!(refused.code(), "nonce-not-outstanding");
    }
}

#[test]
fn of_many_threads_with_the_same_hand_over_one_wins() {
    const THREADS: usize = 8;
    let gateway = Gateway::new(1);
    let hand_over = gateway.hand_over(|_| {});
    for _ in 0..50 {
        let party = RelyingParty::new(gateway.key(GatewayMaterial::Real));
        let barrier = Barrier::new(THREADS);
        let won: usize = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..THREADS)
                .map(|_| {
                    scope.spawn(|| {
                        barrier.wait();
                        usize::from(party.verify(hand_over.as_bytes(), 1).is_ok())
                    })
                })
                .collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).sum()
        });
        assert_eq!(won, 1);
    }
}

#[test]
fn a_hand_over_that_another_session_brings_is_refused_and_used_up() {
    let gateway = Gateway::new(1);
    let party = RelyingParty::new(gateway.key(GatewayMaterial::Real));
    let hand_over = gateway.hand_over(|_| {});
    let thief = HandOverExpected::new(
        varco_auth::Audience::parse(AUDIENCE).unwrap(),
        Client::named(b"session 8"),
        at(1),
        300,
    );
    let refused = verify_hand_over(hand_over.as_bytes(), &party.keys, &thief, &party.nonces);
    assert_eq!(refused, Err(HandOverError::Client));
    let refused = verify_hand_over(hand_over.as_bytes(), &party.keys, &expected(1), &party.nonces);
    assert_eq!(refused, Err(HandOverError::Nonce(NonceError::NotOutstanding)));
}

#[test]
fn what_is_refused_for_its_content_leaves_the_nonce() {
    let gateway = Gateway::new(1);
    let party = RelyingParty::new(gateway.key(GatewayMaterial::Real));
    let early = gateway.hand_over(|_| {});
    assert_eq!(party.verify(early.as_bytes(), -31), Err(HandOverError::NotYet));
    let unsigned = gateway.envelope(login().to_string().as_bytes(), &[0; 64]);
    assert_eq!(
        party.verify(unsigned.as_bytes(), 1),
        Err(HandOverError::Signature)
    );
    assert_eq!(party.nonces.outstanding(), 1);
    assert!(party.verify(early.as_bytes(), 1).is_ok());
}

#[test]
fn the_name_of_a_login_is_the_hash_of_what_was_signed_and_the_signature() {
    use sha2::{Digest as _, Sha256};
    let gateway = Gateway::new(1);
    let hand_over = gateway.hand_over(|_| {});
    let signature = hand_over.rsplit('.').next().unwrap();
    let signature = base64::Engine::decode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, signature);
    let payload = login().to_string();
    let hash = Sha256::new()
        .chain_update(b"VARCO-SPID-HAND-OVER v1\0")
        .chain_update(payload)
        .chain_update(signature.unwrap())
        .finalize();
    let hash: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(ask(&hand_over).unwrap().evidence_id(), hash);
}

#[test]
fn debug_output_shows_nothing_of_the_person() {
    let identity = ask(&Gateway::new(1).hand_over(|_| {})).unwrap();
    let shown = format!("{identity:?} {:?} {:#?}", expected(1), identity.credential());
    for private in ["DMNNCL", "Nicol", "Am", "1980", &base64url(&NONCE)] {
        assert!(!shown.contains(private), "{shown}");
    }
}
