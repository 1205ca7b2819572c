//! What GET CHALLENGE gives: numbers that follow from the card's name, each time others.
//!
//! Not here: any source of randomness. A played card protects nothing, and does the same on every run.

/// SplitMix64: every state gives another number, and 2^64 pass before one comes again.
#[derive(Debug)]
pub(crate) struct Numbers(u64);

impl Numbers {
    pub(crate) fn of(name: &str) -> Self {
        let mix = |state: u64, byte: u8| mixed(state.wrapping_add(u64::from(byte)));
        Self(name.bytes().fold(0, mix))
    }

    pub(crate) fn take(&mut self, count: usize) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(count.next_multiple_of(8));
        while bytes.len() < count {
            self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
            bytes.extend(mixed(self.0).to_be_bytes());
        }
        bytes.truncate(count);
        bytes
    }
}

fn mixed(mut number: u64) -> u64 {
    number = (number ^ (number >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    number = (number ^ (number >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    number ^ (number >> 31)
}
