//! Claims about a challenge and its answer, with a card that signs in software.

use crate::login::{NOW, at, challenge, identity, judged, sign};
use varco_auth::{Audience, AuthError, CardNumber, Challenge, Exchange, Nonce, ReaderKind};
use varco_credential::SigningInput;

#[test]
fn the_request_is_a_sha_256_digest_info_for_the_length_of_the_key() {
    for (card, bits) in [("cns-st", 2048), ("cns-athena", 1024)] {
        let request = challenge([1; 32]).signing_request(&judged(card)).unwrap();
        assert_eq!(request.modulus_bits, bits);
        let SigningInput::DigestInfo(digest_info) = &request.input else {
            panic!("the default scheme signs a DigestInfo")
        };
        assert_eq!(digest_info.len(), 51);
        assert_eq!(
            digest_info[..19],
            [
                0x30, 0x31, 0x30, 0x0D, 6, 9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 1, 5, 0, 4, 0x20
            ]
        );
    }
}

#[test]
fn a_signature_of_the_certificates_key_proves_it() {
    for card in ["cns-st", "cns-st-2021", "cns-athena", "cns-minor"] {
        let challenge = challenge([1; 32]);
        let chain = judged(card);
        let signature = sign(card, &challenge.signing_request(&chain).unwrap());
        assert!(challenge.verify(chain, signature, at(NOW)).is_ok(), "{card}");
    }
}

#[test]
fn a_certificate_whose_key_did_not_sign_is_refused() {
    // The key on this card is another than that of its certificate, as on a copy of somebody's certificate.
    for (certificate, key) in [
        ("cns-wrong-key", "cns-wrong-key"),
        ("cns-st", "cns-minor"),
        ("cns-athena", "cns-st"),
    ] {
        let challenge = challenge([1; 32]);
        let chain = judged(certificate);
        let signature = sign(key, &challenge.signing_request(&chain).unwrap());
        let refused = challenge.verify(chain, signature, at(NOW)).unwrap_err();
        assert_eq!(refused, AuthError::KeyNotProven, "{certificate}");
        assert_eq!(refused.code(), "key-not-proven");
    }
}

#[test]
fn an_answer_does_not_serve_another_challenge() {
    let audience = |text| Audience::parse(text).unwrap();
    let nonce = |byte| Some(Nonce::new(&[byte; 16]).unwrap());
    let exchange = |reader_kind, number| Exchange {
        reader_kind,
        card_number: CardNumber::parse(number).unwrap(),
    };
    let now = at(NOW);
    let asked = || Challenge::new([1; 32], audience("https://a.example"), nonce(1), now);
    let answer = || sign("cns-st", &asked().signing_request(&judged("cns-st")).unwrap());
    assert!(asked().verify(judged("cns-st"), answer(), now).is_ok());
    for other in [
        Challenge::new([2; 32], audience("https://a.example"), nonce(1), now),
        Challenge::new([1; 32], audience("https://b.example"), nonce(1), now),
        Challenge::new([1; 32], audience("https://a.example"), nonce(2), now),
        Challenge::new([1; 32], audience("https://a.example"), None, now),
        Challenge::new(
            [1; 32],
            audience("https://a.example"),
            nonce(1),
            at("2026-06-01T08:59:59Z"),
        ),
        Challenge::for_relying_party([1; 32], audience("https://a.example"), nonce(1).unwrap(), now),
        asked().over(exchange(ReaderKind::Nfc, "")),
        asked().over(exchange(ReaderKind::Other, "998877000405")),
    ] {
        let refused = other.verify(judged("cns-st"), answer(), now).unwrap_err();
        assert_eq!(refused, AuthError::KeyNotProven);
    }
}

#[test]
fn an_answer_for_one_certificate_does_not_serve_another_of_the_same_key() {
    // The key of cns-st signs, but for the certificate of cns-minor.
    let challenge = challenge([1; 32]);
    let signature = sign(
        "cns-st",
        &challenge.signing_request(&judged("cns-minor")).unwrap(),
    );
    let refused = challenge.verify(judged("cns-st"), signature, at(NOW));
    assert_eq!(refused.unwrap_err(), AuthError::KeyNotProven);
}

#[test]
fn an_answer_counts_from_its_challenge_until_120_seconds_later() {
    for (instant, counts) in [
        ("2026-06-01T08:59:59.9Z", false),
        ("2026-06-01T09:00:00Z", true),
        ("2026-06-01T09:02:00.9Z", true),
        ("2026-06-01T09:02:01Z", false),
        ("2027-06-01T09:00:00Z", false),
    ] {
        let challenge = challenge([1; 32]);
        let chain = judged("cns-st");
        let signature = sign("cns-st", &challenge.signing_request(&chain).unwrap());
        let outcome = challenge.verify(chain, signature, at(instant)).map(drop);
        let expected = if counts {
            Ok(())
        } else {
            Err(AuthError::ChallengeExpired)
        };
        assert_eq!(outcome, expected, "{instant}");
    }
}

#[test]
fn an_evidence_id_names_one_login() {
    let id = identity("cns-st", [1; 32]).evidence_id();
    assert_eq!(id.len(), 64);
    assert_eq!(id, identity("cns-st", [1; 32]).evidence_id());
    assert_ne!(id, identity("cns-st", [2; 32]).evidence_id());
    assert_ne!(id, identity("cns-minor", [1; 32]).evidence_id());
}
