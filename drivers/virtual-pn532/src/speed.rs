//! How long bytes take on the serial line and through the air.
//!
//! Not here: what the card itself takes (the emulator's timing models), and sleeping (`board`).

use core::time::Duration;

/// Start, eight bits, stop.
const LINE_BITS: u64 = 10;
/// Eight bits and parity.
const AIR_BITS: u64 = 9;
/// What each block adds (ISO/IEC 14443-4 §7.1): PCB and check.
const BLOCK_EXTRA_BYTES: usize = 3;
/// The longest block, by the frames of 256 bytes that the played card takes.
const BLOCK_BYTES: usize = 256;
/// An acknowledgement in the air, after each block but the last.
const BLOCK_ACK_BYTES: usize = 3;

/// The speeds of a link; zero is no time at all.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct LinkSpeed {
    /// Of the serial line.
    pub line_bits_per_second: u32,
    /// Between chip and card.
    pub air_bits_per_second: u32,
}

impl LinkSpeed {
    /// Nothing takes any time.
    pub const NONE: Self = Self {
        line_bits_per_second: 0,
        air_bits_per_second: 0,
    };
    /// A PN532 as it comes: 115,200 baud and 106 kbit/s.
    pub const USUAL: Self = Self {
        line_bits_per_second: 115_200,
        air_bits_per_second: 105_938,
    };

    /// So many bytes on the line.
    #[must_use]
    pub fn on_line(&self, bytes: usize) -> Duration {
        time(bytes, LINE_BITS, self.line_bits_per_second)
    }

    /// A message of so many bytes through the air, in blocks.
    #[must_use]
    pub fn in_air(&self, bytes: usize) -> Duration {
        let blocks = bytes.div_ceil(BLOCK_BYTES - BLOCK_EXTRA_BYTES).max(1);
        let extra = blocks * BLOCK_EXTRA_BYTES + (blocks - 1) * BLOCK_ACK_BYTES;
        time(bytes + extra, AIR_BITS, self.air_bits_per_second)
    }
}

fn time(bytes: usize, bits: u64, speed: u32) -> Duration {
    let bits = u64::try_from(bytes).unwrap_or(u64::MAX).saturating_mul(bits);
    let nanoseconds = bits.saturating_mul(1_000_000_000).checked_div(speed.into());
    Duration::from_nanos(nanoseconds.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_those_of_the_bits() {
        assert_eq!(LinkSpeed::NONE.on_line(1_000), Duration::ZERO);
        assert_eq!(LinkSpeed::USUAL.on_line(1_152), Duration::from_millis(100));
        // One block: 100 bytes and 3; two: 300 bytes, 6, and an acknowledgement.
        let bit = Duration::from_secs(1) / 105_938;
        for (bytes, bits) in [(100, 103 * 9), (300, 309 * 9)] {
            let off = LinkSpeed::USUAL.in_air(bytes).abs_diff(bit * bits);
            assert!(off < Duration::from_micros(2), "{off:?}");
        }
    }
}
