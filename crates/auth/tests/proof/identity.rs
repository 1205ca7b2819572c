//! Claims about the identity that a card proves, and what it shows of the person.

use crate::login::{NOW, at, challenge, identity, judged, sign};
use varco_auth::{AssuranceLevel, Audience, CardNumber, Challenge, Exchange, ReaderKind, VerifiedIdentity};
use varco_pki::BirthYear;

#[test]
fn a_card_proves_whose_it_is_and_how_far_that_can_be_relied_on() {
    let identity = identity("cns-st", [1; 32]);
    assert_eq!(identity.codice_fiscale().as_str(), "DMNNCL80C14H501S");
    let born = identity.birth_date();
    assert!(born.year == BirthYear::TwoDigits(80) && (born.month, born.day) == (3, 14));
    assert_eq!(identity.credential().kind().name(), "cns");
    assert!(identity.credential().card_id().is_some());
    assert_eq!(
        identity.credential().certificate_sha256(),
        Some(judged("cns-st").leaf().sha256())
    );
    assert_eq!(identity.assurance().level(), AssuranceLevel::Substantial);
    assert_eq!(identity.assurance().downgraded(), []);
    assert!(identity.assurance().is_test_material());
    assert_eq!(identity.authenticated_at(), at(NOW));
    assert_eq!(identity.audience().as_str(), "https://servizi.example.it");
}

#[test]
fn weaknesses_of_the_path_are_listed() {
    let json = serde_json::to_value(identity("cns-athena", [1; 32])).unwrap();
    assert_eq!(
        json["assurance"],
        serde_json::json!({
            "level": "substantial",
            "reasons": ["cns-with-pin"],
            "downgraded": ["rsa-1024", "sha1-signature"],
            "test_material": true,
            "judged_elsewhen": false,
            "revocation": "good",
            "revocation_evidence": {
                "source": "crl",
                "mode": "hard",
                "reason": null,
                "this_update": "2026-01-01T00:00:00Z",
                "next_update": "2044-12-31T00:00:00Z",
                "fetched_at": null,
                "age_s": 13_078_800,
            },
            "judged_at": NOW,
        })
    );
}

#[test]
fn an_identity_is_json_with_stable_names() {
    let identity = identity("cns-st", [1; 32]);
    let leaf = judged("cns-st");
    let fingerprint: String = leaf
        .leaf()
        .sha256()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    assert_eq!(
        serde_json::to_value(&identity).unwrap(),
        serde_json::json!({
            "format": 1,
            "codice_fiscale": "DMNNCL80C14H501S",
            "birth_date": {
                "year": null, "year_two_digits": 80, "month": 3, "day": 14, "source": "codice_fiscale",
            },
            "name": { "surname": "D'Amànzio", "given_name": "Nicolò", "source": "certificate" },
            "credential": {
                "kind": "cns",
                "issuer": leaf.leaf().issuer(),
                "card_id": leaf.holder().cns().unwrap().card_id().unwrap().as_str(),
                "certificate_sha256": fingerprint,
            },
            "pin_verified": true,
            "origin": "not_applicable",
            "exchange": {
                "flow": "local",
                "reader_kind": "other",
                "instant": "2026-06-01T09:00:00Z",
            },
            "assurance": {
                "level": "substantial",
                "reasons": ["cns-with-pin"],
                "downgraded": [],
                "test_material": true,
                "judged_elsewhen": false,
                "revocation": "good",
            "revocation_evidence": {
                "source": "crl",
                "mode": "hard",
                "reason": null,
                "this_update": "2026-01-01T00:00:00Z",
                "next_update": "2044-12-31T00:00:00Z",
                "fetched_at": null,
                "age_s": 13_078_800,
            },
                "judged_at": NOW,
            },
            "authenticated_at": "2026-06-01T09:00:00Z",
            "audience": "https://servizi.example.it",
            "signature_scheme": "rsa-pkcs1-sha256",
            "evidence_id": identity.evidence_id(),
        })
    );
}

#[test]
fn a_verdict_of_another_instant_is_marked_as_test_material() {
    // The fixtures' own mark is told apart from it.
    let marks = |now: &str| {
        let now = at(now);
        let audience = Audience::parse("https://servizi.example.it").unwrap();
        let challenge = Challenge::new([1; 32], audience, None, now);
        let chain = judged("cns-st");
        let signature = sign("cns-st", &challenge.signing_request(&chain).unwrap());
        let signed = challenge.verify(chain, signature, now).unwrap();
        let identity = VerifiedIdentity::from_card(signed, None);
        let assurance = identity.assurance();
        assert!(assurance.rests_on_fixtures() && assurance.is_test_material());
        assurance.is_judged_elsewhen()
    };
    assert!(!marks("2026-06-01T09:10:00Z"));
    assert!(marks("2026-06-01T09:10:01Z"));
    assert!(marks("2025-06-01T09:00:00Z"));
}

#[test]
fn an_identity_tells_the_exchange_that_the_card_signed() {
    let exchange = Exchange {
        reader_kind: ReaderKind::Nfc,
        card_number: CardNumber::parse("6999000000001011").unwrap(),
    };
    let challenge = challenge([1; 32]).over(exchange);
    let chain = judged("cns-st");
    let signature = sign("cns-st", &challenge.signing_request(&chain).unwrap());
    let signed = challenge.verify(chain, signature, at(NOW)).unwrap();
    assert!(signed.proof().is_none(), "nobody elsewhere asked for it");
    let identity = VerifiedIdentity::from_card(signed, None);
    assert_eq!(
        identity.exchange().unwrap().card_number(),
        Some("6999000000001011")
    );
    let json = serde_json::to_value(&identity).unwrap();
    assert_eq!(json["exchange"]["reader_kind"], "nfc");
    assert_eq!(json["exchange"]["card_number"], "6999000000001011");
    assert!(!format!("{identity:?}").contains("6999"));
}

#[test]
fn debug_output_shows_nothing_of_the_person() {
    let challenge = challenge([1; 32]);
    let chain = judged("cns-st");
    let number = chain
        .holder()
        .cns()
        .unwrap()
        .card_id()
        .unwrap()
        .as_str()
        .to_owned();
    let signature = sign("cns-st", &challenge.signing_request(&chain).unwrap());
    let signed = challenge.verify(chain, signature, at(NOW)).unwrap();
    let mut shown = format!("{signed:?}");
    shown += &format!("{:?}", VerifiedIdentity::from_card(signed, None));
    for private in ["DMNNCL80C14H501S", &number, "issuer"] {
        assert!(!shown.contains(private), "{shown}");
    }
}
