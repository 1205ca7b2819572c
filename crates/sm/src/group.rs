//! Diffie-Hellman in a group that the card names: checks of group and values, own key, shared secret `[cie §3.4]`.
//!
//! Every value goes to the card as long as the modulus, zeros in front: official clients that cut them off agree on
//! another key in one session of some thousands.
//!
//! Not here: who the other side is. An agreed key is worth nothing before device authentication.

use core::fmt;

use zeroize::Zeroizing;

use crate::cipher::SessionKeys;
use crate::expand::Expansion;
use crate::number::{NUMBER_MAX_BYTES, bits, is_below, is_odd, padded, power, trimmed};

/// How often a private value is drawn before it is given up. Every draw is good with probability a half at least.
const DRAWS_MAX: u8 = 128;

/// Which groups and keys are strong enough to talk to a card with.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Strength {
    /// The least bits of a modulus, of the group and of RSA keys.
    pub modulus_bits_min: usize,
    /// The least bits of the subgroup's order.
    pub order_bits_min: usize,
}

impl Strength {
    /// What the card's specification asks for: 2048 bits, and a subgroup as RFC 5114 §2 has them `[cie §3.4]`.
    pub const SPECIFIED: Self = Self {
        modulus_bits_min: 2048,
        order_bits_min: 224,
    };
}

/// What is wrong with a number that the card gave.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WeakValue {
    /// Modulus or order are too short, too long or even.
    #[error("the group is not one of the strength that the card's specification asks for")]
    Group,
    /// The generator is 0, 1 or p-1, or its power by the order is not 1.
    #[error("the group's generator does not generate its subgroup")]
    Generator,
    /// The card's value is 0, 1 or p-1, or outside the subgroup.
    #[error("the card's Diffie-Hellman value is not in the group")]
    PublicValue,
    /// The seed gave no private value below the order.
    #[error("no private value could be drawn")]
    Draw,
}

/// Domain parameters, as the card gave them.
#[derive(Clone, PartialEq, Eq)]
pub struct Group {
    p: Vec<u8>,
    q: Vec<u8>,
    g: Vec<u8>,
    modulus_bytes: usize,
}

impl fmt::Debug for Group {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Group({} bits)", bits(&self.p))
    }
}

impl Group {
    /// Takes modulus, order of the subgroup and generator, big-endian, if they are of this strength.
    ///
    /// # Errors
    /// [`WeakValue`].
    pub fn new(p: &[u8], q: &[u8], g: &[u8], strength: Strength) -> Result<Self, WeakValue> {
        let (p_bits, q_bits) = (bits(p), bits(q));
        let is_strong = p_bits >= strength.modulus_bits_min
            && q_bits >= strength.order_bits_min
            && q_bits >= 2
            && [p, q, g].iter().all(|number| number.len() <= NUMBER_MAX_BYTES)
            && is_odd(p)
            && is_odd(q)
            && is_below(q, p);
        if !is_strong {
            return Err(WeakValue::Group);
        }
        let group = Self {
            modulus_bytes: trimmed(p).len(),
            p: p.to_vec(),
            q: q.to_vec(),
            g: g.to_vec(),
        };
        if group.holds(g) {
            Ok(group)
        } else {
            Err(WeakValue::Generator)
        }
    }

    /// Whether a value is in the subgroup, and neither 1 nor p-1. That the order is prime is not shown: a card could hide a
    /// smaller subgroup in it. It would only lay open its own channel, and only until device authentication, which signs
    /// the group, shows that it is a genuine card's. In a group whose order is odd and checked, p-1 never
    /// is; it is refused by name all the same.
    fn holds(&self, value: &[u8]) -> bool {
        let Some(last) = less_one(&self.p) else {
            return false;
        };
        let is_inside = is_below(&[1], value) && is_below(value, &last);
        is_inside && power(value, &self.q, &self.p).is_some_and(|one| trimmed(&one) == [1])
    }

    /// The modulus as the card gave it.
    pub(crate) fn p(&self) -> &[u8] {
        &self.p
    }

    /// The subgroup's order as the card gave it.
    pub(crate) fn q(&self) -> &[u8] {
        &self.q
    }

    /// The generator as the card gave it.
    pub(crate) fn g(&self) -> &[u8] {
        &self.g
    }

    /// A key of our own, out of a seed.
    ///
    /// # Errors
    /// [`WeakValue::Draw`].
    pub(crate) fn key(&self, expansion: &mut Expansion) -> Result<PrivateValue<'_>, WeakValue> {
        let order = trimmed(&self.q);
        let mask = order.first().map_or(0, |first| u8::MAX >> first.leading_zeros());
        for _ in 0..DRAWS_MAX {
            let mut value = expansion.take(order.len());
            if let Some(first) = value.first_mut() {
                *first &= mask;
            }
            if !is_below(&[0], &value) || !is_below(&value, order) {
                continue;
            }
            let public = power(&self.g, &value, &self.p).ok_or(WeakValue::Draw)?;
            return Ok(PrivateValue {
                group: self,
                public: public.to_vec(),
                value,
            });
        }
        Err(WeakValue::Draw)
    }
}

/// An own key in a group.
pub(crate) struct PrivateValue<'g> {
    group: &'g Group,
    value: Zeroizing<Vec<u8>>,
    /// As long as the modulus.
    pub(crate) public: Vec<u8>,
}

impl PrivateValue<'_> {
    /// The session keys that follow from the card's value.
    ///
    /// # Errors
    /// [`WeakValue::PublicValue`].
    pub(crate) fn agree(&self, card_value: &[u8]) -> Result<SessionKeys, WeakValue> {
        if card_value.len() > NUMBER_MAX_BYTES || !self.group.holds(card_value) {
            return Err(WeakValue::PublicValue);
        }
        let secret = power(card_value, &self.value, &self.group.p).ok_or(WeakValue::PublicValue)?;
        let secret = padded(&secret, self.group.modulus_bytes).ok_or(WeakValue::PublicValue)?;
        Ok(SessionKeys::from_shared_secret(&Zeroizing::new(secret)))
    }
}

fn less_one(odd: &[u8]) -> Option<Vec<u8>> {
    let mut number = odd.to_vec();
    *number.last_mut()? &= 0xFE;
    Some(number)
}

#[cfg(test)]
mod tests;
