//! The answer to reset (ISO/IEC 7816-3 §8): bytes, structure, historical bytes.
//!
//! Not here: whose card an ATR belongs to. A driver reads the historical bytes; the rest is for the reader.

use core::fmt;

/// The most bytes an ATR may have, TS included (ISO/IEC 7816-3 §8.1).
const LENGTH_MAX: usize = 33;

/// An answer to reset, or the one that a contactless reader builds from the ATS (PC/SC part 3 §3.1.3.2.3).
///
/// Any bytes up to 33 are kept, since recognition must be able to report what it saw; the structure is
/// walked on demand.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Atr(Vec<u8>);

/// Bytes that cannot be an ATR.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("an ATR has 2 to {LENGTH_MAX} bytes, not {0}")]
pub struct AtrError(pub usize);

impl Atr {
    /// Takes the bytes.
    ///
    /// # Errors
    /// [`AtrError`] outside 2 to 33 bytes.
    pub fn new(bytes: &[u8]) -> Result<Self, AtrError> {
        if (2..=LENGTH_MAX).contains(&bytes.len()) {
            Ok(Self(bytes.to_vec()))
        } else {
            Err(AtrError(bytes.len()))
        }
    }

    /// All bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Whether T=0 is the only protocol offered (ISO/IEC 7816-3 §8.2.3): no TD1, or each TDi names it.
    #[must_use]
    pub fn offers_only_t0(&self) -> bool {
        let mut announced = self.0.get(1).map_or(0, |t0| *t0 >> 4);
        let mut at = 2_usize;
        // As in `historical_bytes`: each round eats at least the TDi byte.
        while announced & 0x08 != 0 {
            at += announced.count_ones() as usize;
            match self.0.get(at - 1) {
                // T=15 stands for parameters of no protocol.
                Some(td) if matches!(td & 0x0F, 0x00 | 0x0F) => announced = td >> 4,
                _ => return false,
            }
        }
        true
    }

    /// The historical bytes; `None` when the interface bytes run past the end or the announced number of
    /// historical bytes is not there.
    #[must_use]
    pub fn historical_bytes(&self) -> Option<&[u8]> {
        let t0 = *self.0.get(1)?;
        let mut announced = t0 >> 4;
        let mut at = 2_usize;
        // Each round eats at least the TDi byte; the walk ends with the bytes at the latest.
        loop {
            let present = announced.count_ones();
            let td = (announced & 0x08 != 0).then(|| at + present as usize - 1);
            at += present as usize;
            match td {
                Some(position) => announced = *self.0.get(position)? >> 4,
                None => break,
            }
        }
        self.0.get(at..at + usize::from(t0 & 0x0F))
    }
}

impl fmt::Display for Atr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, byte) in self.0.iter().enumerate() {
            let blank = if index == 0 { "" } else { " " };
            write!(f, "{blank}{byte:02X}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Atr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Atr({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn atr(hex: &str) -> Atr {
        let bytes: Vec<u8> = hex
            .split(' ')
            .map(|byte| u8::from_str_radix(byte, 16).unwrap())
            .collect();
        Atr::new(&bytes).unwrap()
    }

    #[test]
    fn historical_bytes_of_both_cns_families_are_found() {
        // [cns §1.3]: ST mask 1.1, Athena 1.0, CardOS (with TC2).
        for hex in [
            "3B FF 18 00 FF 81 31 FE 55 00 6B 02 09 17 17 01 11 01 43 4E 53 11 31 80 8C",
            "3B DF 18 00 81 31 FE 7D 00 6B 15 0C 01 81 01 11 01 43 4E 53 10 31 80 E8",
            "3B FF 18 00 FF C1 0A 31 FE 55 00 6B 05 08 C8 05 01 11 01 43 4E 53 10 31 80 0C",
        ] {
            let atr = atr(hex);
            let historical = atr.historical_bytes().unwrap();
            assert_eq!(historical.len(), 15);
            assert_eq!(&historical[9..12], b"CNS");
            assert_eq!(atr.to_string(), hex);
        }
    }

    #[test]
    fn a_card_without_another_protocol_offers_only_t0() {
        for (hex, only) in [
            ("3B 6F 00 00 00 6B 02 09 17 17 01 11 01 43 4E 53 11 31 80", true),
            ("3B 00", true),
            ("3B 80 00", true),
            ("3B 80 0F", true),
            ("3B 80 80 01 01", false),
            (
                "3B FF 18 00 FF 81 31 FE 55 00 6B 02 09 17 17 01 11 01 43 4E 53 11 31 80 8C",
                false,
            ),
            ("3B 80", false),
        ] {
            assert_eq!(atr(hex).offers_only_t0(), only, "{hex}");
        }
        assert!(!Atr::new(&[0xF0; 33]).unwrap().offers_only_t0());
    }

    #[test]
    fn lies_about_lengths_give_none() {
        assert_eq!(atr("3B FF").historical_bytes(), None);
        assert_eq!(atr("3B 0F 01").historical_bytes(), None);
        assert_eq!(atr("3B 00").historical_bytes(), Some(&[][..]));
        let all_td = Atr::new(&[0xFF; 33]).unwrap();
        assert_eq!(all_td.historical_bytes(), None);
        assert!(Atr::new(&[0x3B]).is_err() && Atr::new(&[0; 34]).is_err());
    }
}
