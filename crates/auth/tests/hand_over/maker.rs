//! A gateway in a few lines, and a relying party that waits for it.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::signature::{Ed25519KeyPair, KeyPair as _};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use varco_auth::{
    Audience, Client, GatewayKey, GatewayKeys, GatewayMaterial, GatewayPublicKey, HandOverError,
    HandOverExpected, MemoryNonceStore, NonceLimits, NonceStore as _, VerifiedIdentity, verify_hand_over,
};
use varco_pki::Timestamp;

/// 2026-06-01T09:00:00Z, when the hand-overs are issued.
pub(crate) const NOW_S: i64 = 1_780_304_400;
pub(crate) const AUDIENCE: &str = "https://servizi.example.it";
pub(crate) const NONCE: [u8; 32] = [0x5A; 32];

pub(crate) fn at(second: i64) -> Timestamp {
    Timestamp::from_second(NOW_S + second).unwrap()
}

pub(crate) fn base64url(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

pub(crate) fn session() -> Client {
    Client::named(b"session 7")
}

/// A gateway, whose key follows from one byte.
pub(crate) struct Gateway(Ed25519KeyPair);

impl Gateway {
    pub(crate) fn new(seed: u8) -> Self {
        Self(Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).unwrap())
    }

    pub(crate) fn public(&self) -> GatewayPublicKey {
        GatewayPublicKey::new(self.0.public_key().as_ref().try_into().unwrap()).unwrap()
    }

    /// Its key for the year 2026.
    pub(crate) fn key(&self, material: GatewayMaterial) -> GatewayKey {
        let (from, to) = ("2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z");
        let (from, to) = (from.parse().unwrap(), to.parse().unwrap());
        GatewayKey::new("gateway.example.it", self.public(), from, to, material).unwrap()
    }

    /// Any bytes as payload, signed.
    pub(crate) fn sign(&self, payload: &[u8]) -> String {
        let signed = [b"VARCO-SPID-HAND-OVER v1\0", payload].concat();
        self.envelope(payload, self.0.sign(&signed).as_ref())
    }

    /// Any payload with any signature.
    pub(crate) fn envelope(&self, payload: &[u8], signature: &[u8]) -> String {
        let id = Sha256::digest(self.0.public_key().as_ref());
        let id: String = id.iter().map(|byte| format!("{byte:02x}")).collect();
        let (payload, signature) = (base64url(payload), base64url(signature));
        format!("varco-spid-1.{id}.{payload}.{signature}")
    }

    /// The good login, with something changed.
    pub(crate) fn hand_over(&self, change: impl FnOnce(&mut Value)) -> String {
        let mut login = login();
        change(&mut login);
        self.sign(login.to_string().as_bytes())
    }
}

/// The payload of a good login at level 2.
pub(crate) fn login() -> Value {
    json!({
        "format": 1,
        "gateway": "gateway.example.it",
        "audience": AUDIENCE,
        "nonce": base64url(&NONCE),
        "id": base64url(&[0xC3; 16]),
        "identity_provider": "https://idp.example.it",
        "authn_context": "https://www.spid.gov.it/SpidL2",
        "authn_instant": NOW_S - 5,
        "issued_at": NOW_S,
        "not_after": NOW_S + 60,
        "attributes": {
            "fiscalNumber": "TINIT-DMNNCL80C14H501S",
            "name": "Nicolò",
            "familyName": "D'Amànzio",
            "dateOfBirth": "1980-03-14",
        },
    })
}

/// A relying party that issued the nonce a minute ago and believes one gateway.
pub(crate) struct RelyingParty {
    pub(crate) keys: GatewayKeys,
    pub(crate) nonces: MemoryNonceStore,
}

impl RelyingParty {
    pub(crate) fn new(key: GatewayKey) -> Self {
        let nonces = MemoryNonceStore::new(NonceLimits::new(900, 10, 10).unwrap());
        nonces.issue(session(), NONCE, at(-60)).unwrap();
        Self {
            keys: GatewayKeys::new(vec![key]).unwrap(),
            nonces,
        }
    }

    /// Verifies so many seconds after the issue, with authentications of at most five minutes ago.
    pub(crate) fn verify(&self, hand_over: &[u8], second: i64) -> Result<VerifiedIdentity, HandOverError> {
        verify_hand_over(hand_over, &self.keys, &expected(second), &self.nonces)
    }
}

pub(crate) fn expected(second: i64) -> HandOverExpected {
    HandOverExpected::new(Audience::parse(AUDIENCE).unwrap(), session(), at(second), 300)
}

/// What a new relying party makes of a hand-over one second after its issue.
pub(crate) fn ask(hand_over: &str) -> Result<VerifiedIdentity, HandOverError> {
    RelyingParty::new(Gateway::new(1).key(GatewayMaterial::Real)).verify(hand_over.as_bytes(), 1)
}
