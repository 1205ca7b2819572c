//! The values that a person types, by what they are to a card. They are wiped and cannot be shown.
//!
//! Not here: who knows them: a played card's profile, or whoever owns a real card.

use varco::played::Profile;
use zeroize::Zeroizing;

use super::Hindrance;
use crate::scenario::Typed;

/// Of these a new PIN is made, as many as the old one has; the second is for a card that has the first.
const NEW_DIGITS: [&[u8]; 2] = [b"2468013579246801", b"1357924680135792"];

/// What is typed.
pub enum Value {
    /// These digits.
    Digits(Zeroizing<Vec<u8>>),
    /// Nothing: the person gives up.
    Cancel,
    /// What whoever holds the card knows, and nobody else.
    HolderKnows,
}

/// What the holder of a card knows.
pub struct Secrets {
    pin: Zeroizing<Vec<u8>>,
    puk: Option<Zeroizing<Vec<u8>>>,
    new_pin: Option<Zeroizing<Vec<u8>>>,
    is_played: bool,
}

impl Secrets {
    /// Those of a played card, which its profile tells everybody.
    #[must_use]
    pub fn of_profile(profile: &Profile) -> Self {
        Self {
            pin: bytes(profile.pin_value()),
            puk: Some(bytes(profile.puk_value())),
            new_pin: None,
            is_played: true,
        }
    }

    /// Those of a real card, as far as its holder told them.
    #[must_use]
    pub fn of_holder(
        pin: Zeroizing<Vec<u8>>,
        new_pin: Option<Zeroizing<Vec<u8>>>,
        puk: Option<Zeroizing<Vec<u8>>>,
    ) -> Self {
        Self {
            pin,
            puk,
            new_pin,
            is_played: false,
        }
    }

    /// The value to type.
    ///
    /// # Errors
    /// [`Hindrance`] where digits of a scenario would go to a real card, or nobody told the value.
    pub fn value(&self, typed: &Typed) -> Result<Value, Hindrance> {
        let puk = || {
            self.puk
                .as_ref()
                .ok_or_else(|| Hindrance::rig("bench-rig-secret", "nobody told the PUK of the card"))
        };
        Ok(Value::Digits(match typed {
            Typed::Pin => self.pin.clone(),
            Typed::WrongPin(which) => other(&self.pin, *which),
            Typed::NewPin => self.new_pin.clone().unwrap_or_else(|| self.invented()),
            Typed::Puk => puk()?.clone(),
            Typed::WrongPuk => other(puk()?, 1),
            Typed::Literal(digits) if self.is_played => bytes(digits),
            Typed::Literal(_) => {
                let detail = "digits of a scenario are for played cards: type @pin and its like";
                return Err(Hindrance::not_applicable("bench-na-literal", detail));
            }
            Typed::Cancel => return Ok(Value::Cancel),
        }))
    }

    fn invented(&self) -> Zeroizing<Vec<u8>> {
        let [first, second] = NEW_DIGITS.map(|digits| digits.get(..self.pin.len()).unwrap_or(digits));
        let digits = if self.pin.as_slice() == first {
            second
        } else {
            first
        };
        Zeroizing::new(digits.to_vec())
    }
}

fn bytes(text: &str) -> Zeroizing<Vec<u8>> {
    Zeroizing::new(text.as_bytes().to_vec())
}

/// A value of the same form that is not this one: its last digit is another.
fn other(value: &[u8], which: u8) -> Zeroizing<Vec<u8>> {
    let mut value = Zeroizing::new(value.to_vec());
    if let Some(last) = value.last_mut() {
        *last = b'0' + (last.wrapping_sub(b'0') % 10 + which % 10) % 10;
    }
    value
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "test code")]

    use super::*;

    fn digits(value: &Value) -> Option<Vec<u8>> {
        match value {
            Value::Digits(digits) => Some(digits.to_vec()),
            _ => None,
        }
    }

    #[test]
    fn wrong_values_have_the_form_of_right_ones_and_digits_go_to_played_cards_only() {
        let secrets = Secrets::of_profile(&Profile::builtin("cns-st").unwrap());
        let typed = |typed| digits(&secrets.value(&typed).unwrap());
        assert_eq!(typed(Typed::Pin).as_deref(), Some(&b"12345"[..]));
        assert_eq!(typed(Typed::WrongPin(1)).as_deref(), Some(&b"12346"[..]));
        assert_eq!(typed(Typed::WrongPin(3)).as_deref(), Some(&b"12348"[..]));
        assert_eq!(typed(Typed::NewPin).as_deref(), Some(&b"24680"[..]));
        assert_eq!(typed(Typed::WrongPuk).as_deref(), Some(&b"12345679"[..]));
        assert_eq!(typed(Typed::Cancel), None);
        let real = Secrets::of_holder(bytes("11119"), None, None);
        let wrong = digits(&real.value(&Typed::WrongPin(1)).unwrap());
        assert_eq!(wrong.as_deref(), Some(&b"11110"[..]));
        let refused = real.value(&Typed::Literal("12345".to_owned())).err();
        assert_eq!(refused.unwrap().code(), "bench-na-literal");
        assert_eq!(real.value(&Typed::Puk).err().unwrap().code(), "bench-rig-secret");
    }
}
