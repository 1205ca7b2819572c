//! The numbers that an identity card names: its Diffie-Hellman group, the root key for terminals, its public keys.
//!
//! Not here: what is computed with them in a dialogue (`identity_card`).

use varco_apdu::tlv;
use varco_pki::rsa_public_key;
use varco_sm::{Group, RootKey, RsaPublicKey, Strength};

use crate::fixtures;
use crate::input::Input;

/// Longer than any that is computed with.
const NUMBER_MAX_BYTES: u16 = 600;
/// So small that an input can hit on a group by itself.
const TINY: Strength = Strength {
    modulus_bits_min: 8,
    order_bits_min: 2,
};

/// A group is one of its strength whose generator has the order, a key is odd and of a size that cards have.
///
/// A byte that chooses how strong the group must be; modulus, order and generator behind their lengths in two bytes; the
/// rest is a template of the root key, and a public key in DER.
pub fn target(data: &[u8]) {
    let mut input = Input::new(data);
    let strength = match input.byte() & 1 {
        0 => Strength::SPECIFIED,
        _ => TINY,
    };
    let mut number = || {
        let length = input.number() % NUMBER_MAX_BYTES;
        input.take(length.into())
    };
    let (p, q, g) = (number(), number(), number());
    check_group(p, q, g, strength);
    let rest = input.take(usize::MAX);
    check_root(rest);
    check_key(rest);
}

fn check_group(p: &[u8], q: &[u8], g: &[u8], strength: Strength) {
    let group = match Group::new(p, q, g, strength) {
        Ok(group) => group,
        Err(error) => {
            assert!(!error.to_string().is_empty());
            return;
        }
    };
    assert!(bits(p) >= strength.modulus_bits_min && bits(q) >= strength.order_bits_min);
    assert!(bits(q) <= bits(p) && bits(g) <= bits(p));
    // Nothing of the numbers is shown but their size.
    assert_eq!(format!("{group:?}"), format!("Group({} bits)", bits(p)));
    if let (Some(p), Some(q), Some(g)) = (small(p), small(q), small(g)) {
        assert!((2..p - 1).contains(&g) && power(g, q, p) == 1, "{p}, {q}, {g}");
    }
}

fn check_root(bytes: &[u8]) {
    let Ok(objects) = tlv::read(bytes) else {
        return;
    };
    let Some(root) = objects.iter().find_map(RootKey::read) else {
        return;
    };
    assert!(objects.iter().any(|object| object.child(0x5F20).is_some()));
    assert_eq!(objects.iter().find_map(RootKey::read), Some(root));
}

fn check_key(der: &[u8]) {
    let Some((modulus, exponent)) = rsa_public_key(der) else {
        return;
    };
    assert_eq!(encoded(&modulus, &exponent), der, "the only form of it");
    let Some(key) = RsaPublicKey::new(&modulus, &exponent) else {
        return;
    };
    assert_eq!(key.modulus_bits(), bits(&modulus));
    assert!((1024..=4096).contains(&key.modulus_bits()) && key.modulus_bits().is_multiple_of(8));
    assert!(modulus.last().unwrap() & exponent.last().unwrap() & 1 == 1 && exponent != [1]);
    let filled = RsaPublicKey::new(&[&[0, 0], &modulus[..]].concat(), &exponent);
    assert!(filled == Some(key));
}

fn bits(bytes: &[u8]) -> usize {
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    let rest = &bytes[zeros..];
    rest.first()
        .map_or(0, |first| rest.len() * 8 - first.leading_zeros() as usize)
}

/// A number of up to 32 bits.
fn small(bytes: &[u8]) -> Option<u64> {
    let fold = |number: u64, byte: &u8| number << 8 | u64::from(*byte);
    (bits(bytes) <= 32).then(|| bytes.iter().fold(0, fold))
}

fn power(base: u64, exponent: u64, modulus: u64) -> u64 {
    let mut result = 1;
    for bit in (0..64).rev() {
        result = result * result % modulus;
        if exponent >> bit & 1 == 1 {
            result = result * base % modulus;
        }
    }
    result
}

/// RSAPublicKey in DER (RFC 8017 appendix A.1.1).
fn encoded(modulus: &[u8], exponent: &[u8]) -> Vec<u8> {
    let number = |bytes: &[u8]| {
        let sign: &[u8] = if bytes[0] >= 0x80 { &[0] } else { &[] };
        object(&[0x02], &[sign, bytes].concat())
    };
    object(&[0x30], &[number(modulus), number(exponent)].concat())
}

/// A data object with the shortest length.
fn object(tag: &[u8], value: &[u8]) -> Vec<u8> {
    let [.., high, low] = value.len().to_be_bytes();
    let length: &[u8] = match value.len() {
        0..=0x7F => &[low],
        0x80..=0xFF => &[0x81, low],
        _ => &[0x82, high, low],
    };
    [tag, length, value].concat()
}

/// The template 7F49 with the root key of a card of the fixtures.
pub(crate) fn root_template(card: &str) -> Vec<u8> {
    let file = |name: &str| fixtures::read(&format!("cards/{card}/{name}.bin"));
    let inner = [
        object(&[0x81], &file("root-modulus")),
        object(&[0x82], &file("root-exponent")),
        object(&[0x5F, 0x20], b"\0\0\0\0\x49\x54\x43\x49\x45\x10\x01\x15"),
        object(&[0x5F, 0x4C], b"\xA0\0\0\0\x30\x80\0"),
    ];
    object(&[0x7F, 0x49], &inner.concat())
}

/// A group as cards have it, and tiny ones, with and without zeros in front; root and public keys.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    let sized = |bytes: &[u8]| [&(bytes.len() as u16).to_be_bytes()[..], bytes].concat();
    let group = |strength: u8, numbers: [&[u8]; 3]| {
        let numbers: Vec<u8> = numbers.into_iter().flat_map(sized).collect();
        [&[strength], &numbers[..]].concat()
    };
    let file = |name: &str| fixtures::read(&format!("cards/cie-nxp/{name}.bin"));
    let (p, q, g) = (file("dh-p"), file("dh-q"), file("dh-g"));
    let specified = group(0, [&p, &q, &g]);
    vec![
        [&specified[..], &root_template("cie-nxp")].concat(),
        [&group(1, [&p, &q, &g])[..], &file("ef-1004")].concat(),
        [&group(1, [&[167], &[83], &[2]])[..], &file("ef-1005")].concat(),
        // 2 to the power of 29 is 1 modulo 233.
        [
            &group(1, [&[0, 0, 233], &[0, 29], &[0, 2]])[..],
            &encoded(&[0x81; 128], &[3]),
        ]
        .concat(),
        group(0, [&[167], &[83], &[2]]),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_seeds_are_what_they_are_meant_to_be() {
        assert!(Group::new(&[167], &[83], &[2], TINY).is_ok());
        assert!(Group::new(&[0, 0, 233], &[0, 29], &[0, 2], TINY).is_ok());
        let template = tlv::read(&root_template("cie-nxp")).unwrap();
        assert!(RootKey::read(&template[0]).is_some());
        let der = encoded(&[0x81; 128], &[3]);
        assert_eq!(rsa_public_key(&der), Some((vec![0x81; 128], vec![3])));
    }
}
