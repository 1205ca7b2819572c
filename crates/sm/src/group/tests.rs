//! Groups and values that are to be refused, and agreement in a small group.

use super::*;

const SMALL: Strength = Strength {
    modulus_bits_min: 16,
    order_bits_min: 8,
};
// Both prime, p = 2q + 1; 4 is a square and generates the subgroup of order q, 2 is none.
const P: [u8; 2] = 65_267_u16.to_be_bytes();
const Q: [u8; 2] = 32_633_u16.to_be_bytes();

fn group() -> Group {
    Group::new(&P, &Q, &[4], SMALL).unwrap()
}

fn expansion(seed: u8) -> Expansion {
    Expansion::new(Zeroizing::new([seed; 32]))
}

#[test]
fn both_sides_agree_whatever_zeros_stand_in_front() {
    let group = group();
    for seed in 0..=255 {
        let (one, other) = (
            group.key(&mut expansion(seed)).unwrap(),
            group.key(&mut expansion(seed ^ 0x55)).unwrap(),
        );
        assert_eq!((one.public.len(), other.public.len()), (2, 2));
        let (mine, theirs) = (
            one.agree(&other.public).unwrap(),
            other.agree(&one.public).unwrap(),
        );
        assert_eq!(mine.encrypt(b"same"), theirs.encrypt(b"same"));
        let padded = [&[0, 0], &other.public[..]].concat();
        assert_eq!(
            one.agree(&padded).unwrap().encrypt(b"same"),
            mine.encrypt(b"same")
        );
    }
}

#[test]
fn values_outside_the_subgroup_are_refused() {
    let group = group();
    let key = group.key(&mut expansion(1)).unwrap();
    let refused = |value: u16| key.agree(&value.to_be_bytes()).err() == Some(WeakValue::PublicValue);
    for value in [0, 1, 65_266, 65_267, 65_268, 65_535] {
        assert!(refused(value), "{value}");
    }
    // Half of all values are squares.
    let inside = (2..65_266_u16).filter(|value| !refused(*value)).count();
    assert_eq!(inside, 32_632);
    assert!(key.agree(&[]).is_err() && key.agree(&[1; 600]).is_err());
}

#[test]
fn groups_that_are_none_are_refused() {
    for (p, q, g, expected) in [
        (&P[..], &Q[..], &[1][..], WeakValue::Generator),
        (&P, &Q, &[0], WeakValue::Generator),
        (&P, &Q, &[], WeakValue::Generator),
        (&P, &Q, &[0xFE, 0xF2], WeakValue::Generator),
        (&P, &Q, &[2], WeakValue::Generator),
        (&P, &Q, &P, WeakValue::Generator),
        (&P, &[0x7F, 0x77], &[4], WeakValue::Generator),
        (&P, &P, &[4], WeakValue::Group),
        (&[0xFE, 0xF2], &Q, &[4], WeakValue::Group),
        (&P, &[0x7F, 0x78], &[4], WeakValue::Group),
        (&P, &[0x0F], &[4], WeakValue::Group),
        (&[], &Q, &[4], WeakValue::Group),
    ] {
        let refused = Group::new(p, q, g, SMALL).err();
        assert_eq!(refused, Some(expected), "{p:?} {q:?} {g:?}");
    }
    assert_eq!(
        Group::new(&P, &Q, &[4], Strength::SPECIFIED).err(),
        Some(WeakValue::Group)
    );
    let long = [1; NUMBER_MAX_BYTES + 1];
    assert_eq!(Group::new(&long, &Q, &[4], SMALL).err(), Some(WeakValue::Group));
}

#[test]
fn private_values_lie_below_the_order_and_are_not_zero() {
    let group = group();
    let mut expansion = expansion(9);
    for _ in 0..2_000 {
        let key = group.key(&mut expansion).unwrap();
        assert!(is_below(&[0], &key.value) && is_below(&key.value, &Q));
    }
}
