//! Claims about the keys that are believed.

use super::*;

const PEM: &str = "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAV6lV+BPBO4gkKXe+79O4fuftUxoGjhZapmiPCON6Ytg=\n-----END PUBLIC KEY-----\n";

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn key(
    name: &str,
    public: GatewayPublicKey,
    material: GatewayMaterial,
) -> Result<GatewayKey, GatewayKeyError> {
    let (from, to) = (at("2026-01-01T00:00:00Z"), at("2027-01-01T00:00:00Z"));
    GatewayKey::new(name, public, from, to, material)
}

#[test]
fn a_public_key_is_read_from_pem_and_named_by_its_hash() {
    let public = GatewayPublicKey::from_pem(PEM).unwrap();
    assert_eq!(hexadecimal(&public.id()), FIXTURE_KEYS[0]);
    assert_eq!(GatewayPublicKey::new(public.0), Ok(public));
    let one_line = PEM.replace('\n', "");
    assert_eq!(GatewayPublicKey::from_pem(&one_line), Ok(public));
}

#[test]
fn what_is_no_ed25519_key_is_refused() {
    // X25519, a private key, bytes too many, spaces without end.
    let x25519 = PEM.replace("MCowBQYDK2Vw", "MCowBQYDK2Vu");
    let private = PEM.replace("PUBLIC", "PRIVATE");
    let long = PEM.replace("6Ytg=", "6YtgAAAA");
    let endless = format!("{PEM}{}", " ".repeat(600));
    for pem in ["", "x", &x25519, &private, &long, &endless] {
        assert_eq!(
            GatewayPublicKey::from_pem(pem),
            Err(GatewayKeyError::Form),
            "{pem}"
        );
    }
}

#[test]
fn keys_for_which_everybody_can_sign_are_refused() {
    for weak in SMALL_ORDER {
        for sign in [0x00, 0x80] {
            let mut bytes = [0; 32];
            for (byte, pair) in bytes.iter_mut().zip(weak.as_bytes().chunks(2)) {
                *byte = u8::from_str_radix(str::from_utf8(pair).unwrap(), 16).unwrap();
            }
            bytes[31] |= sign;
            assert_eq!(GatewayPublicKey::new(bytes), Err(GatewayKeyError::Weak));
        }
    }
}

#[test]
fn the_fixtures_key_is_a_tests_whatever_is_said() {
    let public = GatewayPublicKey::from_pem(PEM).unwrap();
    let real = key("gateway", public, GatewayMaterial::Real);
    assert_eq!(real, Err(GatewayKeyError::TestMaterial));
    assert!(
        key("gateway", public, GatewayMaterial::Test)
            .unwrap()
            .is_test_material()
    );
}

#[test]
fn a_key_has_a_name_and_dates_in_order() {
    let public = GatewayPublicKey::new([9; 32]).unwrap();
    for name in ["", "a\nb", &"a".repeat(256)] {
        assert_eq!(
            key(name, public, GatewayMaterial::Real),
            Err(GatewayKeyError::Name)
        );
    }
    let day = at("2026-01-01T00:00:00Z");
    let turned = GatewayKey::new("gateway", public, day, day, GatewayMaterial::Real);
    assert_eq!(turned, Err(GatewayKeyError::Dates));
}

#[test]
fn keys_are_one_to_sixteen_and_different() {
    let numbered = |number: u8| {
        let public = GatewayPublicKey::new([number; 32]).unwrap();
        key("gateway", public, GatewayMaterial::Real).unwrap()
    };
    assert_eq!(GatewayKeys::new(Vec::new()), Err(GatewayKeyError::Number));
    let many = (10..27).map(numbered).collect();
    assert_eq!(GatewayKeys::new(many), Err(GatewayKeyError::Number));
    let twice = vec![numbered(1), numbered(2), numbered(1)];
    assert_eq!(GatewayKeys::new(twice), Err(GatewayKeyError::Repeated));
    let keys = GatewayKeys::new((10..26).map(numbered).collect()).unwrap();
    assert!(keys.find(&numbered(12).public().id()).is_some() && keys.find(&[0; 32]).is_none());
}
