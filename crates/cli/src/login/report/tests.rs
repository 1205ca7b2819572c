//! Claims about how an identity is told that no card proved.

use varco::proof::{Client, MemoryNonceStore, NonceLimits, NonceStore as _};
use varco::spid::{
    GatewayKey, GatewayKeys, GatewayMaterial, GatewayPublicKey, HandOverExpected, verify_hand_over,
};
use varco::steps::Timestamp;
use varco::{Audience, Nonce, VerifiedIdentity};
use varco_messages::{Locale, Messages};

use super::*;

/// The published login at level 2.
fn identity() -> VerifiedIdentity {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/vectors/spid/");
    let read = |name: &str| std::fs::read_to_string(format!("{folder}{name}")).unwrap();
    let (now, session) = ("2026-06-01T09:00:01Z".parse::<Timestamp>(), Client::named(b"s"));
    let now = now.unwrap();
    let nonces = MemoryNonceStore::new(NonceLimits::default());
    let nonce = Nonce::from_base64("868dSHDpMkAPuDOS7Dl32xKOu1utE/AwnOyVwEyWBwQ=").unwrap();
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
    let hand_over = read("spid-l2.txt");
    verify_hand_over(hand_over.as_bytes(), &keys, &expected, &nonces).unwrap()
}

#[test]
fn a_spid_login_is_told_in_the_words_of_spid() {
    for (locale, credential) in [
        (Locale::Italian, "SPID di livello 2"),
        (Locale::English, "SPID level 2"),
    ] {
        let output = Output::new(Messages::new(locale), Format::Text);
        let rows = identity_rows(&identity(), &output);
        let told = |label: &str| {
            let row = rows.iter().find(|row| row.0 == label);
            row.map(|row| row.1.as_str())
        };
        assert_eq!(told("label-holder"), Some("Nicolò D'Amànzio"));
        assert_eq!(told("label-credential"), Some(credential));
        assert_eq!(told("label-identity-provider"), Some("https://idp.example.it"));
        assert_eq!(told("label-gateway"), Some("gateway.example.it"));
        assert_eq!((told("label-issuer"), told("label-revocation")), (None, None));
    }
}
