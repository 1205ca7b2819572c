//! Argon2id over a telephone PIN, and what it costs.
//!
//! Eight digits are few: whoever has the hash finds the PIN in 10^8 tries, three weeks of one core at this cost. The cost buys the
//! day, and the file's rights keep the hash. Not here: counting of tries.

use argon2::{Algorithm, Argon2, Params, Version};
use varco_access_policy::{PhonePin, StoreFailure};
use zeroize::Zeroizing;

/// Bytes of a hash.
pub(super) const HASH_LENGTH: usize = 32;

/// What one hash costs. Kept beside each hash.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Cost {
    pub(super) memory_kib: u32,
    pub(super) passes: u32,
    pub(super) lanes: u32,
}

impl Cost {
    /// Whether it is within the bounds of the table: no file makes a program spend more.
    pub(super) fn is_bearable(self) -> bool {
        self.memory_kib <= 256 * 1024 && self.passes <= 64 && self.lanes <= 4
    }
}

/// The cost of new hashes: 19 MiB, the memory that OWASP's password storage sheet names for Argon2id with two passes, and four
/// passes, which make it some 20 ms where a caller waits anyway. More memory would let a handful of callers at once take too much
/// of a small server's.
pub(super) const COST: Cost = Cost {
    memory_kib: 19 * 1024,
    passes: 4,
    lanes: 1,
};

/// The version of Argon2 that is kept beside each hash: 1.3.
pub(super) const ARGON2_VERSION: u32 = 19;

/// Hashes.
pub(super) fn hash(
    pin: &PhonePin,
    salt: &[u8; 16],
    cost: Cost,
) -> Result<Zeroizing<[u8; HASH_LENGTH]>, StoreFailure> {
    let failed = |error: argon2::Error| StoreFailure::System(format!("a hash could not be made: {error}"));
    let params = Params::new(cost.memory_kib, cost.passes, cost.lanes, Some(HASH_LENGTH)).map_err(failed)?;
    let mut hash = Zeroizing::new([0; HASH_LENGTH]);
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(pin.reveal(), salt, &mut hash[..])
        .map_err(failed)?;
    Ok(hash)
}

/// Whether two hashes are one, in a time that does not depend on where they differ.
pub(super) fn is_same(left: &[u8; HASH_LENGTH], right: &[u8; HASH_LENGTH]) -> bool {
    let differing = left.iter().zip(right).fold(0, |differing, (left, right)| {
        core::hint::black_box(differing | (left ^ right))
    });
    differing == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    #[test]
    fn hashes_are_same_only_if_every_byte_is() {
        let one = [7; HASH_LENGTH];
        assert!(is_same(&one, &one));
        for place in 0..HASH_LENGTH {
            for bit in 0..8 {
                let mut other = one;
                other[place] ^= 1 << bit;
                assert!(!is_same(&one, &other));
            }
        }
    }

    #[test]
    fn pin_salt_and_cost_each_make_another_hash() {
        let pin = |digits: &[u8]| PhonePin::parse(digits).unwrap();
        let cheap = Cost {
            memory_kib: 64,
            passes: 1,
            lanes: 1,
        };
        let one = hex(&hash(&pin(b"12345678"), &[1; 16], cheap).unwrap()[..]);
        let again = hex(&hash(&pin(b"12345678"), &[1; 16], cheap).unwrap()[..]);
        assert_eq!(one, again);
        for other in [
            hash(&pin(b"12345679"), &[1; 16], cheap),
            hash(&pin(b"12345678"), &[2; 16], cheap),
            hash(&pin(b"12345678"), &[1; 16], Cost { passes: 2, ..cheap }),
            hash(
                &pin(b"12345678"),
                &[1; 16],
                Cost {
                    memory_kib: 65,
                    ..cheap
                },
            ),
        ] {
            assert_ne!(one, hex(&other.unwrap()[..]));
        }
    }
}
