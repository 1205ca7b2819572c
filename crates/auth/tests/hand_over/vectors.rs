//! The published vectors, which a program of strangers made (fixtures/vectors/spid).

use varco_auth::{
    Audience, Client, GatewayKey, GatewayKeys, GatewayMaterial, GatewayPublicKey, HandOverExpected,
    MemoryNonceStore, NonceLimits, NonceStore as _, verify_hand_over,
};

use crate::maker::at;
use sha2::{Digest as _, Sha256};

fn read(name: &str) -> String {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/vectors/spid/");
    std::fs::read_to_string(format!("{folder}{name}")).unwrap()
}

#[test]
fn the_published_hand_overs_hold() {
    let public = GatewayPublicKey::from_pem(&read("gateway.pem")).unwrap();
    let (from, to) = ("2026-01-01T00:00:00Z".parse(), "2027-01-01T00:00:00Z".parse());
    let key = GatewayKey::new(
        "gateway.example.it",
        public,
        from.unwrap(),
        to.unwrap(),
        GatewayMaterial::Test,
    );
    let keys = GatewayKeys::new(vec![key.unwrap()]).unwrap();
    let nonces = MemoryNonceStore::new(NonceLimits::default());
    let session = Client::named(b"session");
    for level in 1..=3 {
        let nonce = Sha256::digest(format!("varco fixtures: nonce {level}"));
        nonces.issue(session, nonce.into(), at(-60)).unwrap();
        let audience = Audience::parse("https://servizi.example.it").unwrap();
        let expected = HandOverExpected::new(audience, session, at(1), 300);
        let hand_over = read(&format!("spid-l{level}.txt"));
        let identity = verify_hand_over(hand_over.as_bytes(), &keys, &expected, &nonces).unwrap();
        assert_eq!(identity.credential().id(), format!("spid-l{level}"));
        assert_eq!(identity.name().given_name(), Some("Nicolò"));
        assert!(identity.assurance().rests_on_fixtures());
    }
}
