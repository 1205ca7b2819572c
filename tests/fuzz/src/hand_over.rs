//! SPID hand-overs: nothing that was altered is believed, and what a gateway signed is read in one way or refused.
//!
//! Each input is taken twice: as a hand-over, and as the payload of one that the fixtures' gateway signs.

use std::sync::LazyLock;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::signature::Ed25519KeyPair;
use sha2::{Digest as _, Sha256};
use varco_auth::{
    Audience, Client, GatewayKey, GatewayKeys, GatewayMaterial, GatewayPublicKey, HAND_OVER_LENGTH_MAX,
    HandOverError, HandOverExpected, MemoryNonceStore, NonceLimits, NonceStore as _, VerifiedIdentity,
    verify_hand_over,
};
use varco_pki::Timestamp;

use crate::fixtures;

const NOW: &str = "2026-06-01T09:00:01Z";

/// The published hand-overs, the only ones that this gateway signed.
static GOOD: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| fixtures::files("vectors/spid", "txt"));

static GATEWAY: LazyLock<(Ed25519KeyPair, GatewayKeys)> = LazyLock::new(|| {
    let seed = Sha256::digest("varco fixtures: a gateway of SPID");
    let pair = Ed25519KeyPair::from_seed_unchecked(&seed).unwrap();
    let pem = String::from_utf8(fixtures::read("vectors/spid/gateway.pem")).unwrap();
    let key = GatewayKey::new(
        "gateway.example.it",
        GatewayPublicKey::from_pem(&pem).unwrap(),
        Timestamp::UNIX_EPOCH,
        Timestamp::MAX,
        GatewayMaterial::Test,
    );
    (pair, GatewayKeys::new(vec![key.unwrap()]).unwrap())
});

/// What a relying party that waits for the published logins makes of it.
fn verify(hand_over: &[u8]) -> Result<VerifiedIdentity, HandOverError> {
    let now: Timestamp = NOW.parse().unwrap();
    let session = Client::named(b"session");
    let nonces = MemoryNonceStore::new(NonceLimits::default());
    for level in 1..=3 {
        let nonce = Sha256::digest(format!("varco fixtures: nonce {level}"));
        nonces.issue(session, nonce.into(), now).unwrap();
    }
    let audience = Audience::parse("https://servizi.example.it").unwrap();
    let expected = HandOverExpected::new(audience, session, now, 300);
    let verified = verify_hand_over(hand_over, &GATEWAY.1, &expected, &nonces);
    assert_eq!(nonces.outstanding(), 3 - usize::from(verified.is_ok()));
    if verified.is_ok() {
        let again = verify_hand_over(hand_over, &GATEWAY.1, &expected, &nonces);
        assert_eq!(again.unwrap_err().code(), "nonce-not-outstanding");
    }
    verified
}

/// As it is, only the published ones hold; signed, only what is about a person with a codice fiscale.
pub fn target(data: &[u8]) {
    match verify(data) {
        Ok(identity) => {
            assert!(GOOD.iter().any(|good| good == data));
            assert_eq!(identity.codice_fiscale().as_str(), "DMNNCL80C14H501S");
        }
        Err(error) => assert!(!error.code().is_empty()),
    }
    let signature = GATEWAY.0.sign(&[b"VARCO-SPID-HAND-OVER v1\0", data].concat());
    let hand_over = format!(
        "varco-spid-1.9daf48a0fad26989f84755304b10f50428c802049310c7e3a1869f1a81c23e2d.{}.{}",
        URL_SAFE_NO_PAD.encode(data),
        URL_SAFE_NO_PAD.encode(signature.as_ref()),
    );
    match verify(hand_over.as_bytes()) {
        Ok(identity) => {
            assert!(hand_over.len() <= HAND_OVER_LENGTH_MAX);
            assert!(identity.assurance().rests_on_fixtures() && !identity.pin_verified());
            assert!(identity.credential().kind().spid_level().is_some());
            let again = verify(hand_over.as_bytes()).unwrap();
            assert_eq!(again, identity);
        }
        Err(error) => assert!(!matches!(
            error,
            HandOverError::KeyUnknown | HandOverError::KeyDates | HandOverError::Signature
        )),
    }
}

/// The vectors, and their payloads.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    [GOOD.clone(), fixtures::files("vectors/spid", "json")].concat()
}
