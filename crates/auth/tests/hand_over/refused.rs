//! Claims about hand-overs that a gateway did sign, and that are refused all the same.

use serde_json::{Value, json};
use varco_auth::{
    Audience, GatewayKey, GatewayMaterial, HandOverError, HandOverExpected, NonceError, verify_hand_over,
};
use varco_pki::CodiceFiscaleError;

use crate::maker::{Gateway, NOW_S, RelyingParty, ask, at, base64url, login, session};

fn refused(change: impl FnOnce(&mut Value)) -> HandOverError {
    ask(&Gateway::new(1).hand_over(change)).unwrap_err()
}

#[test]
fn a_key_that_is_not_configured_is_refused() {
    let unknown = Gateway::new(2).hand_over(|_| {});
    assert_eq!(ask(&unknown), Err(HandOverError::KeyUnknown));
}

#[test]
fn a_signature_by_another_key_is_refused() {
    let payload = login().to_string();
    let theirs = Gateway::new(2).sign(payload.as_bytes());
    let (_, theirs) = theirs.rsplit_once('.').unwrap();
    let ours = Gateway::new(1).sign(payload.as_bytes());
    let (ours, _) = ours.rsplit_once('.').unwrap();
    assert_eq!(ask(&format!("{ours}.{theirs}")), Err(HandOverError::Signature));
}

#[test]
fn a_signature_without_the_context_is_refused() {
    use ring::signature::Ed25519KeyPair;
    let payload = login().to_string();
    let bare = Ed25519KeyPair::from_seed_unchecked(&[1; 32])
        .unwrap()
        .sign(payload.as_bytes());
    let hand_over = Gateway::new(1).envelope(payload.as_bytes(), bare.as_ref());
    assert_eq!(ask(&hand_over), Err(HandOverError::Signature));
}

#[test]
fn a_key_is_good_from_its_first_to_its_last_instant() {
    let gateway = Gateway::new(1);
    for (from, to, expected) in [
        (1, 100, Ok(())),
        (-100, 1, Ok(())),
        (2, 100, Err(HandOverError::KeyDates)),
        (-100, 0, Err(HandOverError::KeyDates)),
    ] {
        let name = "gateway.example.it";
        let key = GatewayKey::new(name, gateway.public(), at(from), at(to), GatewayMaterial::Real);
        let party = RelyingParty::new(key.unwrap());
        let verified = party.verify(gateway.hand_over(|_| {}).as_bytes(), 1);
        assert_eq!(verified.map(drop), expected, "{from} to {to}");
    }
}

#[test]
fn a_hand_over_has_its_time() {
    let gateway = Gateway::new(1);
    for (second, expected) in [
        (-31, Err(HandOverError::NotYet)),
        (-30, Ok(())),
        (60, Ok(())),
        (90, Ok(())),
        (91, Err(HandOverError::Expired)),
        (1_000_000, Err(HandOverError::Expired)),
        (-1_000_000, Err(HandOverError::NotYet)),
    ] {
        let party = RelyingParty::new(gateway.key(GatewayMaterial::Real));
        let verified = party.verify(gateway.hand_over(|_| {}).as_bytes(), second);
        // The nonce was issued a minute before the hand-over.
        let verified = verified.map(drop);
        assert_eq!(verified, expected, "{second}");
    }
}

#[test]
fn a_life_is_two_minutes_at_most_and_ends_after_its_beginning() {
    for life in [0, -1, 121, i64::MAX - NOW_S] {
        let code = refused(|login| login["not_after"] = (NOW_S + life).into());
        assert_eq!(code, HandOverError::Format("not_after"), "{life}");
    }
    for extreme in [i64::MIN, i64::MAX] {
        for field in ["authn_instant", "issued_at", "not_after"] {
            let refused = refused(|login| login[field] = extreme.into());
            assert_eq!(refused, HandOverError::Format(field));
        }
    }
    assert!(ask(&Gateway::new(1).hand_over(|login| login["not_after"] = (NOW_S + 120).into())).is_ok());
}

#[test]
fn an_authentication_is_as_old_as_the_relying_party_accepts_and_not_of_the_future() {
    for (second, expected) in [
        (-329, Ok(())),
        (-330, Err(HandOverError::AuthnTooOld)),
        (-1_000_000, Err(HandOverError::AuthnTooOld)),
        (30, Ok(())),
        (31, Err(HandOverError::NotYet)),
    ] {
        let change = |login: &mut Value| login["authn_instant"] = (NOW_S + second).into();
        let verified = ask(&Gateway::new(1).hand_over(change));
        assert_eq!(verified.map(drop), expected, "{second}");
    }
}

#[test]
fn a_hand_over_for_another_is_refused() {
    let other = |field: &'static str, value: &'static str| refused(move |login| login[field] = value.into());
    for audience in [
        "https://altri.example.it",
        "https://servizi.example.it/",
        "HTTPS://servizi.example.it",
    ] {
        assert_eq!(other("audience", audience), HandOverError::Audience);
    }
    assert_eq!(other("gateway", "another.example.it"), HandOverError::Gateway);
    let nonce = refused(|login| login["nonce"] = base64url(&[1; 32]).into());
    assert_eq!(nonce, HandOverError::Nonce(NonceError::NotOutstanding));
}

#[test]
fn a_nonce_whose_life_is_over_is_refused() {
    let gateway = Gateway::new(1);
    let party = RelyingParty::new(gateway.key(GatewayMaterial::Real));
    let late = gateway.hand_over(|login| {
        for field in ["authn_instant", "issued_at", "not_after"] {
            login[field] = (login[field].as_i64().unwrap() + 841).into();
        }
    });
    let refused = party.verify(late.as_bytes(), 841);
    assert_eq!(refused, Err(HandOverError::Nonce(NonceError::Expired)));
}

#[test]
fn a_class_that_is_no_level_of_spid_is_refused() {
    for class in [
        "",
        "https://www.spid.gov.it/SpidL0",
        "https://www.spid.gov.it/SpidL4",
        "https://www.spid.gov.it/SpidL2 ",
        "http://www.spid.gov.it/SpidL2",
        "urn:oasis:names:tc:SAML:2.0:ac:classes:SpidL2",
        "2",
    ] {
        assert_eq!(
            refused(|login| login["authn_context"] = class.into()),
            HandOverError::Level
        );
    }
}

#[test]
fn a_login_of_no_person_is_refused_as_such() {
    for number in [
        json!(""),
        json!("TINIT-"),
        json!("01234567897"),
        json!("TINIT-01234567897"),
        json!("VATIT-01234567897"),
        json!("TINDE-12345678901"),
        json!(null),
    ] {
        let refused = refused(|login| login["attributes"]["fiscalNumber"] = number.clone());
        assert_eq!(refused, HandOverError::NoPerson, "{number}");
    }
    let absent = refused(|login| {
        login["attributes"]
            .as_object_mut()
            .unwrap()
            .remove("fiscalNumber");
    });
    assert_eq!(absent, HandOverError::NoPerson);
}

#[test]
fn a_malformed_codice_fiscale_is_refused() {
    for (number, error) in [
        ("TINIT-DMNNCL80C14H501", CodiceFiscaleError::Length),
        ("DMNNCL80C14H501SS", CodiceFiscaleError::Length),
        ("DMNNCL80C14H501T", CodiceFiscaleError::CheckLetter),
        ("DMNNCL80G14H501S", CodiceFiscaleError::Month),
        ("1MNNCL80C14H501S", CodiceFiscaleError::Structure),
        ("tinit DMNNCL80C1", CodiceFiscaleError::Structure),
    ] {
        let refused = refused(|login| login["attributes"]["fiscalNumber"] = number.into());
        assert_eq!(refused, HandOverError::CodiceFiscale(error), "{number}");
        assert!(!refused.to_string().contains("DMNN"));
    }
}

#[test]
fn a_birth_date_that_contradicts_the_codice_fiscale_is_refused() {
    for date in [
        "1980-03-15",
        "1980-04-14",
        "1981-03-14",
        "1880-03-14",
        "2080-03-14",
        "0080-03-14",
    ] {
        let refused = refused(|login| login["attributes"]["dateOfBirth"] = date.into());
        assert_eq!(refused, HandOverError::BirthDate, "{date}");
    }
    for date in [
        "",
        "14/03/1980",
        "1980-3-14",
        "1980-02-30",
        "1980-03-14T00:00:00Z",
    ] {
        let refused = refused(|login| login["attributes"]["dateOfBirth"] = date.into());
        assert_eq!(refused, HandOverError::Format("dateOfBirth"), "{date}");
    }
}

#[test]
fn names_are_there_and_can_be_shown() {
    for field in ["name", "familyName"] {
        for name in ["", "a\nb", "a\u{202E}b", &"a".repeat(129)] {
            let refused = refused(|login| login["attributes"][field] = name.into());
            assert_eq!(refused, HandOverError::Format("name"), "{field}");
        }
    }
}

#[test]
fn identifiers_and_nonces_have_their_length() {
    for bytes in [0, 15, 65] {
        for field in ["nonce", "id"] {
            let refused = refused(|login| login[field] = base64url(&vec![1; bytes]).into());
            assert_eq!(refused, HandOverError::Format(field));
        }
    }
    for provider in ["", "a\0", &"a".repeat(1025)] {
        let refused = refused(|login| login["identity_provider"] = provider.into());
        assert_eq!(refused, HandOverError::Format("identity_provider"));
    }
}

#[test]
fn an_age_of_authentication_may_be_anything_that_a_relying_party_says() {
    let gateway = Gateway::new(1);
    let old = gateway.hand_over(|login| login["authn_instant"] = 0.into());
    for (age, holds) in [(u32::MAX, true), (0, false)] {
        let party = RelyingParty::new(gateway.key(GatewayMaterial::Real));
        let audience = Audience::parse("https://servizi.example.it").unwrap();
        let expected = HandOverExpected::new(audience, session(), at(1), age);
        let verified = verify_hand_over(old.as_bytes(), &party.keys, &expected, &party.nonces);
        assert_eq!(verified.is_ok(), holds);
    }
}
