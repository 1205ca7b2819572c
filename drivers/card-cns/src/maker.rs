//! What the historical bytes say of a card's maker `[cns §1.1]`.
//!
//! Not here: what that maker does differently (`profile`).

use varco_apdu::Atr;

/// Who made the card and which version it is, as its historical bytes say.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Maker {
    /// H3: manufacturer of the chip.
    pub(crate) ic: u8,
    /// H4: manufacturer of the mask, which is the card's operating system.
    pub(crate) mask: u8,
    /// H5 and H6: version of the operating system.
    pub(crate) os: u16,
    /// H13: version of the CNS, one digit in each half. It does not tell the size of the key.
    pub(crate) version: u8,
}

impl Maker {
    /// `None` for other labels in the same place (HPC, the ITID of the CIE) and other lengths. The label alone
    /// decides; the bytes around it have differed from batch to batch `[cns §1.2]`.
    pub(crate) fn of(atr: &Atr) -> Option<Self> {
        match *atr.historical_bytes()? {
            [
                _,
                _,
                ic,
                mask,
                os_major,
                os_minor,
                _,
                _,
                _,
                b'C',
                b'N',
                b'S',
                version,
                _,
                _,
            ] => Some(Self {
                ic,
                mask,
                os: u16::from_be_bytes([os_major, os_minor]),
                version,
            }),
            _ => None,
        }
    }
}
