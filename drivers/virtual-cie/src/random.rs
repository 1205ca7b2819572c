//! The card's random numbers: they follow from a seed.
//!
//! Not here: any source of randomness. A played card protects nothing.

use sha2::{Digest as _, Sha256};

#[derive(Debug)]
pub(crate) struct Random {
    seed: [u8; 32],
    count: u64,
}

impl Random {
    pub(crate) fn new(seed: [u8; 32]) -> Self {
        Self { seed, count: 0 }
    }

    /// So many bytes, others each time.
    pub(crate) fn bytes(&mut self, length: usize) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(length + 32);
        while bytes.len() < length {
            let block = Sha256::new()
                .chain_update(self.seed)
                .chain_update(self.count.to_le_bytes())
                .finalize();
            self.count += 1;
            bytes.extend_from_slice(&block);
        }
        bytes.truncate(length);
        bytes
    }
}
