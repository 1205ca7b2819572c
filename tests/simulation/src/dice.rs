//! The one source of chance: everything in a world follows from its seed and its number.
//!
//! Not here: what is drawn for.

use rand_chacha::ChaCha8Rng;
use rand_core::{Rng, SeedableRng};

/// A generator that gives the same on every run.
pub(crate) struct Dice(ChaCha8Rng);

impl Dice {
    /// For one world of a run.
    pub(crate) fn new(seed: u64, world: u64) -> Self {
        let mut key = [0; 32];
        for (slot, byte) in key
            .iter_mut()
            .zip(seed.to_le_bytes().into_iter().chain(world.to_le_bytes()))
        {
            *slot = byte;
        }
        Self(ChaCha8Rng::from_seed(key))
    }

    /// A number below this one.
    pub(crate) fn below(&mut self, end: u32) -> u32 {
        self.0.next_u32() % end.max(1)
    }

    /// Happens so often in a hundred.
    pub(crate) fn percent(&mut self, often: u32) -> bool {
        self.below(100) < often
    }

    /// One of these.
    pub(crate) fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        let last = u32::try_from(from.len()).unwrap();
        from[usize::try_from(self.below(last)).unwrap()]
    }

    pub(crate) fn bytes<const BYTES: usize>(&mut self) -> [u8; BYTES] {
        let mut bytes = [0; BYTES];
        self.0.fill_bytes(&mut bytes);
        bytes
    }

    /// So many digits that are neither all the same nor a run.
    pub(crate) fn digits(&mut self, count: u32) -> String {
        loop {
            let digits: String = (0..count)
                .map(|_| char::from(b'0' + u8::try_from(self.below(10)).unwrap()))
                .collect();
            let steps: Vec<i16> = digits
                .as_bytes()
                .windows(2)
                .map(|pair| i16::from(pair[1]) - i16::from(pair[0]))
                .collect();
            let is_plain = steps.iter().any(|step| *step != steps[0]) || steps[0].abs() > 1;
            if is_plain {
                return digits;
            }
        }
    }
}
