//! The answer to reset that PC/SC gives to a card without contacts (PC/SC part 3 §3.1.3.2.3.1), so that cards are recognised
//! alike behind every reader.
//!
//! Not here: what is in the field.

use varco_apdu::Atr;

use crate::wire::Target;

/// `3B 8n 80 01`, n historical bytes, and the exclusive or of all but the first.
pub(crate) fn atr(target: &Target) -> Option<Atr> {
    let historical = match target {
        Target::A { historical } => historical.as_slice(),
        Target::B { told } => told.as_slice(),
    };
    let count = u8::try_from(historical.len()).ok().filter(|count| *count <= 15)?;
    let mut bytes = vec![0x3B, 0x80 | count, 0x80, 0x01];
    bytes.extend_from_slice(historical);
    bytes.push(bytes.iter().skip(1).fold(0, |check, byte| check ^ byte));
    Atr::new(&bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_atr_of_an_identity_card_is_the_one_that_pcsc_gives() {
        let historical = vec![
            0x80, 0x31, 0x80, 0x65, 0x49, 0x54, 0x4E, 0x58, 0x50, 0x12, 0x0F, 0xFF, 0x82, 0x90,
        ];
        let nxp = atr(&Target::A { historical }).unwrap();
        assert_eq!(nxp.as_bytes().first_chunk(), Some(&[0x3B, 0x8E, 0x80, 0x01]));
        assert_eq!(nxp.as_bytes().last(), Some(&0xF0));
        let bare = atr(&Target::A {
            historical: Vec::new(),
        })
        .unwrap();
        assert_eq!(bare.as_bytes(), [0x3B, 0x80, 0x80, 0x01, 0x01]);
        let b = atr(&Target::B {
            told: [0, 0, 0, 0, 0, 0x81, 0xE1, 0],
        })
        .unwrap();
        assert_eq!(b.as_bytes().get(1), Some(&0x88));
    }
}
