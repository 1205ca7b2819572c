//! As many bytes as are wanted, out of one seed of 32 that is drawn outside.
//!
//! Not here: any source of randomness.

use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

/// A seed that is used up. Its bytes are good for one session.
pub(crate) struct Expansion {
    seed: Zeroizing<[u8; 32]>,
    drawn: u64,
}

impl Expansion {
    pub(crate) fn new(seed: Zeroizing<[u8; 32]>) -> Self {
        Self { seed, drawn: 0 }
    }

    /// The next bytes: SHA-256 of a name, the seed and a count, as often as it takes.
    pub(crate) fn take(&mut self, length_bytes: usize) -> Zeroizing<Vec<u8>> {
        let mut bytes = Zeroizing::new(Vec::with_capacity(length_bytes));
        while bytes.len() < length_bytes {
            let block = Zeroizing::new(<[u8; 32]>::from(
                Sha256::new()
                    .chain_update(b"varco device authentication\0")
                    .chain_update(*self.seed)
                    .chain_update(self.drawn.to_be_bytes())
                    .finalize(),
            ));
            self.drawn = self.drawn.wrapping_add(1);
            let missing = length_bytes - bytes.len();
            bytes.extend_from_slice(block.get(..missing).unwrap_or(&block[..]));
        }
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_bytes_come_twice_and_the_same_seed_gives_the_same() {
        let mut one = Expansion::new(Zeroizing::new([1; 32]));
        let (first, second) = (one.take(40), one.take(40));
        assert_eq!((first.len(), second.len()), (40, 40));
        assert_ne!(first, second);
        assert_eq!(Expansion::new(Zeroizing::new([1; 32])).take(40), first);
        assert_ne!(Expansion::new(Zeroizing::new([2; 32])).take(40), first);
        assert!(one.take(0).is_empty());
    }
}
