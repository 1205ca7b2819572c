//! Claims about the identity that a card proves, and what it shows of the person.

use crate::login::{NOW, at, challenge, identity, judged, sign};
use varco_auth::AssuranceLevel;
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
        judged("cns-st").leaf().sha256()
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
            "downgraded": ["rsa-1024", "sha1-signature"],
            "test_material": true,
            "revocation": "not_checked",
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
            "codice_fiscale": "DMNNCL80C14H501S",
            "birth_date": { "year": null, "year_two_digits": 80, "month": 3, "day": 14 },
            "credential": {
                "kind": "cns",
                "issuer": leaf.leaf().issuer(),
                "card_id": leaf.holder().cns().unwrap().card_id().unwrap().as_str(),
                "certificate_sha256": fingerprint,
            },
            "assurance": {
                "level": "substantial",
                "downgraded": [],
                "test_material": true,
                "revocation": "not_checked",
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
    shown += &format!("{:?}", varco_auth::VerifiedIdentity::from_card(signed, None));
    for private in ["DMNNCL80C14H501S", &number, "issuer"] {
        assert!(!shown.contains(private), "{shown}");
    }
}
