//! What a card without contacts says of itself when it is selected (ISO/IEC 14443-3 and -4), made from the answer to reset
//! that PC/SC would give it (PC/SC part 3 §3.1.3.2.3.1).
//!
//! Not here: the command by which it is selected (`chip`).

use varco_apdu::Atr;

use crate::Pn532Error;

/// The signal by which a card is spoken to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CardType {
    /// ISO/IEC 14443 type A.
    A,
    /// ISO/IEC 14443 type B.
    B,
}

/// `3B 8n 80 01`: no interface bytes but those that say "without contacts".
const CONTACTLESS: [u8; 2] = [0x80, 0x01];
/// A type B card fills its answer to reset with this many bytes.
const TYPE_B_BYTES: usize = 8;
/// SENS_RES and SEL_RES of a card that speaks ISO/IEC 14443-4.
const SENS_RES: [u8; 2] = [0x00, 0x04];
const SEL_RES: u8 = 0x20;
/// First byte of an identifier that is drawn anew each time (ISO/IEC 14443-3 §6.5.4).
const RANDOM_UID: u8 = 0x08;
/// T0, TA, TB, TC: frames of 256 bytes, 106 kbit/s, waiting time of 0.6 s, may be given a number.
const ATS_INTERFACE: [u8; 4] = [0x78, 0x80, 0xB0, 0x02];
/// ATQB: no bit rate but 106 kbit/s, frames of 256 bytes, ISO/IEC 14443-4, waiting time of 0.6 s, may be given a number.
const PROTOCOL_INFORMATION: [u8; 3] = [0x00, 0x81, 0xB1];
/// The number that the chip gives a type B card, as the low half of its answer to ATTRIB.
const CARD_NUMBER: u8 = 0x01;

/// A card as it shows in the field.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Target {
    card_type: CardType,
    /// Of the answer to reset.
    historical: Vec<u8>,
}

impl Target {
    /// A card shown as of this type. One whose eight bytes are those of a type A card shows other ones as type B.
    pub(crate) fn of(atr: &Atr, card_type: CardType) -> Result<Self, Pn532Error> {
        let historical = match atr.as_bytes() {
            [0x3B, count, rest @ ..] if count >> 4 == 8 && rest.starts_with(&CONTACTLESS) => {
                atr.historical_bytes()
            }
            _ => None,
        };
        Ok(Self {
            card_type,
            historical: historical.ok_or(Pn532Error::NotContactless)?.to_vec(),
        })
    }

    /// Target number and what the chip tells of the target (UM0701-02 §7.3.5); `start` makes the identifier another one
    /// each time.
    pub(crate) fn told(&self, number: u8, start: u32) -> Vec<u8> {
        let [_, unique @ ..] = start.to_be_bytes();
        let mut told = vec![number];
        match self.card_type {
            CardType::A => {
                told.extend(SENS_RES);
                told.extend([SEL_RES, 4, RANDOM_UID]);
                told.extend(unique);
                let length = 1 + ATS_INTERFACE.len() + self.historical.len();
                told.push(u8::try_from(length).unwrap_or(u8::MAX));
                told.extend(ATS_INTERFACE);
                told.extend(&self.historical);
            }
            CardType::B => {
                let mut bytes = [0; TYPE_B_BYTES];
                if let Ok(own) = <[u8; TYPE_B_BYTES]>::try_from(self.historical.as_slice()) {
                    bytes = own;
                } else if let Some(protocol) = bytes.get_mut(4..7) {
                    protocol.copy_from_slice(&PROTOCOL_INFORMATION);
                }
                // Application data and protocol information; the last byte is of the answer to ATTRIB.
                let [atqb @ .., buffer] = bytes;
                told.extend([0x50, RANDOM_UID]);
                told.extend(unique);
                told.extend(atqb);
                told.extend([1, (buffer & 0xF0) | CARD_NUMBER]);
            }
        }
        told
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(hex: &[u8], card_type: CardType) -> Target {
        Target::of(&Atr::new(hex).unwrap(), card_type).unwrap()
    }

    #[test]
    fn both_types_are_told_as_the_manual_has_it() {
        let atr = [0x3B, 0x82, 0x80, 0x01, 0x49, 0x54, 0x1E];
        assert_eq!(
            target(&atr, CardType::A).told(1, 0x0102_0304),
            [
                1, 0x00, 0x04, 0x20, 4, 0x08, 2, 3, 4, 7, 0x78, 0x80, 0xB0, 0x02, 0x49, 0x54
            ]
        );
        assert_eq!(
            target(&atr, CardType::B).told(1, 7),
            [1, 0x50, 0x08, 0, 0, 7, 0, 0, 0, 0, 0x00, 0x81, 0xB1, 1, 0x01]
        );
        let own = [0x3B, 0x88, 0x80, 0x01, 1, 2, 3, 4, 5, 6, 7, 0x80, 0x89];
        assert_eq!(
            target(&own, CardType::B).told(1, 7)[6..],
            [1, 2, 3, 4, 5, 6, 7, 1, 0x81]
        );
    }

    #[test]
    fn a_card_with_contacts_has_no_place_in_a_field() {
        let contacts = Atr::new(&[0x3B, 0xFF, 0x18, 0x00, 0xFF, 0x81, 0x31, 0xFE, 0x55]).unwrap();
        assert!(matches!(
            Target::of(&contacts, CardType::A),
            Err(Pn532Error::NotContactless)
        ));
    }
}
