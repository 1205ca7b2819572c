//! Several signatures of an identity card under one VERIFY: what each costs, and that OpenSSL accepts them.
//!
//! Not here: the login, whose one signature is over a challenge (`identity_card`).
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "test code: what fails here fails the test"
)]

use std::path::Path;
use std::process::Command;

use ring::digest::{Algorithm, SHA256, SHA384, SHA512, digest};
use varco::steps::{
    Attendance, CardError, CardSeen, Conversation, DocumentKey, LastTry, Pin, PinRules, TriesLeft,
    UnknownTries, WAIT_DEFAULT,
};
use varco_card::ExtendedLength;
use varco_credential::{
    Attempt, CardSecret, Given, PinSession, SigningInput, SigningRequest, Verification, tries as counter,
};
use varco_pki::DeviceKey;
use varco_scenario::identity::{FAMILIES, PIN, stage, tries};
use varco_scenario::{Stage, fixtures};
use zeroize::Zeroizing;

const MESSAGE: &[u8] = b"a message that somebody wants signed";
const HASHES: [(&str, &Algorithm, u8); 3] = [
    ("-sha256", &SHA256, 0x01),
    ("-sha384", &SHA384, 0x02),
    ("-sha512", &SHA512, 0x03),
];

/// Of one signature: the hash by OpenSSL's name, the exchanges that it took, and itself.
type Signed = (&'static str, u32, Vec<u8>);

/// DER of a DigestInfo of the message (RFC 8017 §9.2, note 1).
fn digest_info(algorithm: &'static Algorithm, last_arc: u8) -> Vec<u8> {
    let hash = digest(algorithm, MESSAGE);
    let length = u8::try_from(hash.as_ref().len()).unwrap();
    let head = [
        0x30,
        17 + length,
        0x30,
        13,
        0x06,
        9,
        0x60,
        0x86,
        0x48,
        0x01,
        0x65,
        0x03,
        0x04,
        0x02,
        last_arc,
        0x05,
        0x00,
        0x04,
        length,
    ];
    [&head[..], hash.as_ref()].concat()
}

/// Opens the channel, sends the PIN once, signs with every hash twice; gives the certificate that was read too.
fn sign_all(stage: &Stage) -> (Vec<u8>, Vec<Signed>) {
    let mut link = stage.varco.connect(None, WAIT_DEFAULT).unwrap();
    let mut conversation = Conversation::new(&mut *link, WAIT_DEFAULT);
    let mut seen = CardSeen::recognise(&mut conversation, stage.varco.card_drivers()).unwrap();
    let outcome = conversation.hold(|channel| -> Result<_, CardError> {
        let document = seen.card().as_document().unwrap();
        let files = document.read_document(channel, DocumentKey::Device)?;
        let key = DeviceKey::unchecked(&files.key).unwrap();
        let seed = Zeroizing::new([7; 32]);
        let mut secure = document.open_channel(channel, &key, seed)?;
        let card = seen.card();
        let left = counter(card, &mut *secure, CardSecret::USER_PIN)?.left;
        assert_eq!(left, TriesLeft::Known(3));
        let epoch = secure.epoch();
        let mut rules = PinRules::new(Attendance::Attended, LastTry::Refuse, UnknownTries::Refuse);
        let typed = Pin::take_from(&mut PIN.as_bytes().to_vec()).unwrap();
        let attempt = Attempt::verify(CardSecret::USER_PIN, card.user_pin(), left, epoch);
        let approached = PinSession::approach(card, &mut *secure)?;
        let authorised = rules.authorise(Given::typed(typed), &attempt).unwrap();
        let Verification::Verified(mut session) = approached.open(authorised)? else {
            panic!("the PIN is right");
        };
        let certificate = session.read_certificate()?;
        let mut signed = Vec::new();
        for (name, algorithm, last_arc) in HASHES.into_iter().chain(HASHES) {
            let before = stage.hand.exchanges();
            let request = SigningRequest {
                input: SigningInput::DigestInfo(digest_info(algorithm, last_arc)),
                modulus_bits: 2048,
            };
            let signature = session.sign(&request)?.as_bytes().to_vec();
            signed.push((name, stage.hand.exchanges() - before, signature));
        }
        session.finish()?;
        Ok((certificate, signed))
    });
    outcome.unwrap()
}

/// Runs OpenSSL in a folder.
fn openssl(folder: &Path, arguments: &[&str]) -> (bool, String) {
    let mut command = Command::new("openssl");
    let output = command.current_dir(folder).args(arguments).output();
    let output = output.expect("OpenSSL is needed: package openssl");
    let said = [output.stdout, output.stderr].concat();
    (
        output.status.success(),
        String::from_utf8_lossy(&said).into_owned(),
    )
}

#[test]
fn one_verify_serves_many_signatures_and_openssl_accepts_each() {
    for card in FAMILIES {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        let issued = std::fs::read(fixtures(&format!("cards/{card}/ef-1003.bin"))).unwrap();
        std::fs::write(at("certificate.der"), &issued).unwrap();
        std::fs::write(at("message"), MESSAGE).unwrap();
        std::fs::write(at("other"), b"a message that nobody wanted signed").unwrap();
        let convert = "x509 -inform DER -in certificate.der -pubkey -noout -out pub.pem";
        let converted = openssl(folder.path(), &convert.split(' ').collect::<Vec<_>>());
        assert!(converted.0, "{card}: {}", converted.1);
        for length in [ExtendedLength::Supported, ExtendedLength::Unsupported] {
            let stage = stage(card, length);
            let (certificate, signed) = sign_all(&stage);
            assert_eq!(certificate, issued, "{card}");
            assert_eq!((stage.verifies(), tries(&stage)), (1, 3), "{card}");
            for (hash, _, signature) in &signed {
                std::fs::write(at("signature"), signature).unwrap();
                let verified = |message| {
                    let verify = [
                        "dgst",
                        hash,
                        "-verify",
                        "pub.pem",
                        "-signature",
                        "signature",
                        message,
                    ];
                    openssl(folder.path(), &verify)
                };
                assert_eq!(verified("message").1.trim(), "Verified OK", "{card} {hash}");
                assert!(!verified("other").0, "{card} {hash}");
            }
        }
    }
}

#[test]
fn a_further_signature_costs_one_exchange_with_extended_length_and_two_with_short_commands() {
    for (card, extended) in [
        ("cie-nxp", 2),
        ("cie-st", 2),
        ("cie-gemalto", 2),
        ("cie-gemalto2", 1),
        ("cie-actalis", 1),
    ] {
        for (length, each) in [
            (ExtendedLength::Supported, extended),
            (ExtendedLength::Unsupported, 2),
        ] {
            let (_, signed) = sign_all(&stage(card, length));
            let costs: Vec<u32> = signed.iter().map(|(_, cost, _)| *cost).collect();
            // The key is set before the first.
            let expected = [each + 1, each, each, each, each, each];
            assert_eq!(costs, expected, "{card}, {length:?}");
        }
    }
}
