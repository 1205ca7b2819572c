//! Claims about bytes that nobody signed, or that were signed and have not the one form.

use proptest::prelude::*;
use varco_auth::{GatewayMaterial, HAND_OVER_LENGTH_MAX, HandOverError};

use crate::maker::{Gateway, RelyingParty, ask, base64url, login};

#[test]
fn every_bit_of_a_hand_over_counts() {
    let gateway = Gateway::new(1);
    let good = gateway.hand_over(|_| {}).into_bytes();
    let party = RelyingParty::new(gateway.key(GatewayMaterial::Real));
    for at in 0..good.len() {
        for bit in 0..8 {
            let mut forged = good.clone();
            forged[at] ^= 1 << bit;
            assert!(party.verify(&forged, 1).is_err(), "byte {at}, bit {bit}");
        }
        assert!(party.verify(&good[..at], 1).is_err(), "cut at {at}");
    }
    assert!(
        party.verify(&good, 1).is_ok(),
        "nothing of that used the nonce up"
    );
}

#[test]
fn what_stands_around_a_hand_over_is_refused() {
    let good = Gateway::new(1).hand_over(|_| {});
    for text in [
        format!("{good}\n"),
        format!(" {good}"),
        format!("{good}."),
        format!(".{good}"),
        format!("{good}="),
        good.replacen("varco-spid-1", "varco-spid-2", 1),
        good.replacen("varco-spid-1.", "", 1),
        good.to_uppercase(),
        String::new(),
        "....".to_owned(),
    ] {
        let refused = ask(&text).unwrap_err();
        assert_eq!(refused.code(), "hand-over-format", "{text}");
    }
}

#[test]
fn base64_has_one_form() {
    // A payload of each length, so that the last character has unused bits in two of three.
    for spaces in 0..3 {
        let gateway = Gateway::new(1);
        let payload = format!("{}{}", login(), " ".repeat(spaces));
        let good = gateway.sign(payload.as_bytes());
        assert!(ask(&good).is_ok());
        let encoded = base64url(payload.as_bytes());
        let forms = [
            format!("{encoded}="),
            format!("{encoded}=="),
            encoded.replacen('e', "e\n", 1),
            encoded.replace('-', "+").replace('_', "/"),
            loosened(&encoded),
        ];
        for form in forms {
            if form != encoded {
                let refused = ask(&good.replacen(&encoded, &form, 1));
                assert_eq!(refused, Err(HandOverError::Format("payload")), "{form}");
            }
        }
    }
}

/// The same bytes with an unused bit set, where there is one.
fn loosened(encoded: &str) -> String {
    const ALPHABET: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let (body, last) = encoded.split_at(encoded.len() - 1);
    let value = ALPHABET.find(last).unwrap();
    if encoded.len().is_multiple_of(4) {
        return encoded.to_owned();
    }
    format!("{body}{}", char::from(ALPHABET.as_bytes()[value | 1]))
}

#[test]
fn a_signed_payload_has_exactly_its_fields() {
    let gateway = Gateway::new(1);
    let good = login().to_string();
    let nested = format!("{}1{}", "[".repeat(5_000), "]".repeat(5_000));
    let twice = |text: &str, more: &str| good.replacen(text, &format!("{more}{text}"), 1);
    for payload in [
        twice("\"format\"", "\"more\":1,"),
        twice("\"format\"", "\"format\":1,"),
        twice("\"fiscalNumber\"", "\"email\":\"a@example.it\","),
        twice("\"fiscalNumber\"", "\"fiscalNumber\":\"TINIT-DMNNCL80C14H501S\","),
        twice(
            "\"fiscalNumber\"",
            "\"fiscal_number\":\"TINIT-DMNNCL80C14H501S\",",
        ),
        twice("\"format\"", &format!("\"deep\":{nested},")),
        good.replacen("\"format\":1", &format!("\"format\":{nested}"), 1),
        good.replacen("\"format\":1", "\"format\":1.0", 1),
        good.replacen("\"format\":1", "\"format\":\"1\"", 1),
        good.replacen("\"attributes\":{", "\"attributes\":[{", 1),
        good.replacen("\"format\":1,", "", 1),
        good.replacen("1780304400", "1780304400.0", 1),
        good.replacen("1780304400", "17803044e2", 1),
        good.replacen("Nicol", "Nicol\\ud800", 1),
        format!("[{good}]"),
        format!("{good}{good}"),
        format!("{good}x"),
        format!("\u{feff}{good}"),
        nested,
        String::new(),
        "null".to_owned(),
    ] {
        let refused = ask(&gateway.sign(payload.as_bytes()));
        assert_eq!(refused, Err(HandOverError::Format("JSON")), "{payload:.300}");
    }
    let other = ask(&gateway.hand_over(|login| login["format"] = 2.into()));
    assert_eq!(other, Err(HandOverError::Format("format")));
}

#[test]
fn an_array_of_the_values_is_no_object() {
    let attributes = r#"["TINIT-DMNNCL80C14H501S","Nicolò","D'Amànzio","1980-03-14"]"#;
    let refused = ask(&Gateway::new(1).hand_over(|login| {
        login["attributes"] = serde_json::from_str(attributes).unwrap();
    }));
    assert_eq!(refused, Err(HandOverError::Format("JSON")));
}

#[test]
fn a_signed_payload_is_utf_8() {
    let mut payload = login().to_string().into_bytes();
    let at = payload.windows(5).position(|window| window == b"Nicol").unwrap();
    payload[at] = 0xFF;
    let refused = ask(&Gateway::new(1).sign(&payload));
    assert_eq!(refused, Err(HandOverError::Format("JSON")));
}

#[test]
fn lengths_are_bounded_before_anything_is_decoded() {
    let gateway = Gateway::new(1);
    let padded = |length: usize| {
        let mut payload = login().to_string();
        payload += &" ".repeat(length - payload.len());
        ask(&gateway.sign(payload.as_bytes())).map(drop)
    };
    assert_eq!(padded(16 * 1024), Ok(()));
    assert_eq!(padded(16 * 1024 + 1), Err(HandOverError::Format("payload")));
    assert_eq!(padded(HAND_OVER_LENGTH_MAX), Err(HandOverError::Format("length")));
    let refused = ask(&"a".repeat(10_000_000));
    assert_eq!(refused, Err(HandOverError::Format("length")));
}

#[test]
fn nothing_is_said_of_a_payload_that_nobody_signed() {
    let gateway = Gateway::new(1);
    for payload in ["", "null", "DMNNCL80C14H501S"] {
        let forged = gateway.envelope(payload.as_bytes(), &[0; 64]);
        assert_eq!(ask(&forged), Err(HandOverError::Signature));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(256) })]

    /// Whatever bytes come, they are refused, and the error tells nothing of them.
    #[test]
    fn any_bytes_are_refused(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let party = RelyingParty::new(Gateway::new(1).key(GatewayMaterial::Real));
        let refused = party.verify(&bytes, 1).unwrap_err();
        prop_assert_eq!(refused.code(), "hand-over-format");
    }

    /// Whatever a gateway signs instead of a login is refused.
    #[test]
    fn any_signed_bytes_are_refused(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let refused = ask(&Gateway::new(1).sign(&bytes)).unwrap_err();
        prop_assert_eq!(refused, HandOverError::Format("JSON"));
    }

    /// A text in any place of a signed login gives an identity only where it is what was there, or another provider, name or
    /// identifier; and no error tells it.
    #[test]
    fn a_signed_text_is_refused_or_taken_as_it_is(place in 0_usize..10, text in "\\PC{6,40}") {
        let fields = ["gateway", "audience", "nonce", "id", "identity_provider", "authn_context"];
        let attributes = ["fiscalNumber", "name", "familyName", "dateOfBirth"];
        let verified = ask(&Gateway::new(1).hand_over(|login| match fields.get(place) {
            Some(field) => login[*field] = text.clone().into(),
            None => login["attributes"][attributes[place - fields.len()]] = text.clone().into(),
        }));
        match verified {
            Ok(identity) => match place {
                3 => (),
                4 => prop_assert_eq!(identity.credential().issuer(), text),
                7 => prop_assert_eq!(identity.name().given_name(), Some(text.as_str())),
                8 => prop_assert_eq!(identity.name().surname(), Some(text.as_str())),
                _ => prop_assert!(false, "taken: {} at {}", text, place),
            },
            Err(error) => prop_assert!(!error.to_string().contains(&text)),
        }
    }
}
