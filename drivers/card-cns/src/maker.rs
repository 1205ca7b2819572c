//! What the historical bytes say of a card's maker `[cns §1.1]`.
//!
//! Not here: what that maker does differently (`profile`).

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
    /// `None` for other labels in the same place (HPC, ITID of the CIE) and for other forms.
    pub(crate) fn from_historical_bytes(historical: &[u8]) -> Option<Self> {
        match *historical {
            [
                0x00,
                0x6B,
                ic,
                mask,
                os_major,
                os_minor,
                0x01,
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
