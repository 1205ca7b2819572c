//! Decisions about SPID logins: those of the published hand-overs.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use varco_access_policy::{
    AccessPolicy, Decision, Effect, Facts, Principal, Request, ServiceId, TestMaterial,
};
use varco_auth::{
    Audience, Client, GatewayKey, GatewayKeys, GatewayMaterial, GatewayPublicKey, HandOverExpected,
    MemoryNonceStore, Nonce, NonceLimits, NonceStore as _, VerifiedIdentity, verify_hand_over,
};

const NOW: &str = "2026-06-01T09:00:01Z";

/// The nonces of the published hand-overs (SHA-256 of `varco fixtures: nonce N`).
const NONCES: [&str; 3] = [
    "P4cKow9TU0Y8uSFqgtArHQ9BPBj9KES12Zgi4oCQKng=",
    "868dSHDpMkAPuDOS7Dl32xKOu1utE/AwnOyVwEyWBwQ=",
    "nVVt0bMuevD5pt6M1v5PYbnHhRUV6lBkHbX1XU4KaJs=",
];

/// The login of a level.
fn identity(level: usize) -> VerifiedIdentity {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/vectors/spid/");
    let read = |name: &str| std::fs::read_to_string(format!("{folder}{name}")).unwrap();
    let (now, session) = (NOW.parse().unwrap(), Client::named(b"session"));
    let nonces = MemoryNonceStore::new(NonceLimits::default());
    let nonce = Nonce::from_base64(NONCES[level - 1]).unwrap();
    nonces
        .issue(session, nonce.as_bytes().try_into().unwrap(), now)
        .unwrap();
    let key = GatewayKey::new(
        "gateway.example.it",
        GatewayPublicKey::from_pem(&read("gateway.pem")).unwrap(),
        "2026-01-01T00:00:00Z".parse().unwrap(),
        "2027-01-01T00:00:00Z".parse().unwrap(),
        GatewayMaterial::Test,
    );
    let keys = GatewayKeys::new(vec![key.unwrap()]).unwrap();
    let audience = Audience::parse("https://servizi.example.it").unwrap();
    let expected = HandOverExpected::new(audience, session, now, 300);
    let hand_over = read(&format!("spid-l{level}.txt"));
    verify_hand_over(hand_over.as_bytes(), &keys, &expected, &nonces).unwrap()
}

fn decide(level: usize, service: &str, test_material: TestMaterial) -> Decision {
    let request = Request::new(ServiceId::parse(service).unwrap());
    let identity = identity(level);
    let facts = Facts::new(test_material);
    AccessPolicy::builtin().decide(
        Principal::Verified(&identity),
        &request,
        &facts,
        NOW.parse().unwrap(),
    )
}

#[test]
fn spid_of_level_2_and_3_reads_and_changes_and_level_1_does_neither() {
    for service in ["inps.estratto-conto", "inps.domanda"] {
        for (level, effect) in [(1, Effect::Deny), (2, Effect::Permit), (3, Effect::Permit)] {
            let decision = decide(level, service, TestMaterial::Permitted);
            assert_eq!(decision.effect, effect, "{service} at level {level}");
        }
    }
}

#[test]
fn a_decision_about_spid_names_its_level() {
    let decision = decide(2, "inps.cedolino", TestMaterial::Permitted);
    let json = serde_json::to_value(&decision).unwrap();
    assert_eq!(json["subject"]["credential"], "spid-l2");
    assert_eq!(json["subject"]["level"], "substantial");
}

#[test]
fn a_gateway_of_a_test_permits_nothing_real() {
    let decision = decide(3, "inps.cedolino", TestMaterial::Refused);
    assert_eq!(decision.effect, Effect::Deny);
    assert_eq!(decision.reasons[0].code, "deny-test-material");
}
