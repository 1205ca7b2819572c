//! Where a login takes its randomness and its time from.
//!
//! The system's, but for a login at a played card that is recorded exactly or replayed (`played::exact`). Nobody else makes a
//! [`Chance::Recorded`]: there is no way to it from a reader that an application names.
//!
//! Not here: what they are used for.

use varco_pki::Timestamp;

use crate::choose::StartError;
use crate::readers::fresh;

pub(crate) enum Chance {
    /// The system's generator, and its clock.
    System,
    /// All follows from a seed, and it is always the same instant.
    #[cfg(feature = "played")]
    Recorded { seed: u64, at: Timestamp },
}

impl Chance {
    /// Bytes for this purpose.
    ///
    /// # Errors
    /// [`StartError::NoRandomness`].
    pub(crate) fn draw(&self, purpose: &str) -> Result<[u8; 32], StartError> {
        match self {
            Self::System => {
                let _ = purpose;
                fresh()
            }
            #[cfg(feature = "played")]
            Self::Recorded { seed, .. } => Ok(derived(*seed, purpose)),
        }
    }

    /// The clock.
    pub(crate) fn now(&self) -> Timestamp {
        match self {
            Self::System => Timestamp::now(),
            #[cfg(feature = "played")]
            Self::Recorded { at, .. } => *at,
        }
    }
}

/// Bytes that follow from a seed, other ones for each purpose.
#[cfg(feature = "played")]
pub(crate) fn derived(seed: u64, purpose: &str) -> [u8; 32] {
    let mut context = ring::digest::Context::new(&ring::digest::SHA256);
    context.update(b"varco trace\0");
    context.update(&seed.to_be_bytes());
    context.update(purpose.as_bytes());
    let mut bytes = [0; 32];
    for (slot, byte) in bytes.iter_mut().zip(context.finish().as_ref()) {
        *slot = *byte;
    }
    bytes
}
