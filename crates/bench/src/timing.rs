//! How long a card takes, roughly: by powers of ten, since exact times are those of a machine and not of a card.
//!
//! Not here: measuring.

use std::time::Duration;

use serde::{Serialize, Serializer};

/// An order of magnitude.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum TimingClass {
    /// Less than 10 ms.
    Ms,
    /// Less than 100 ms.
    TensOfMs,
    /// Less than a second.
    HundredsOfMs,
    /// Less than ten seconds.
    Seconds,
    /// More.
    More,
}

impl TimingClass {
    /// Its stable name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Ms => "under-10-ms",
            Self::TensOfMs => "under-100-ms",
            Self::HundredsOfMs => "under-1-s",
            Self::Seconds => "under-10-s",
            Self::More => "over-10-s",
        }
    }

    /// The class of a time.
    #[must_use]
    pub fn of(time: Duration) -> Self {
        match time.as_millis() {
            0..=9 => Self::Ms,
            10..=99 => Self::TensOfMs,
            100..=999 => Self::HundredsOfMs,
            1_000..=9_999 => Self::Seconds,
            _ => Self::More,
        }
    }

    /// Whether two classes are neighbours or the same. A time near a border falls on either side of it.
    #[must_use]
    pub fn is_near(self, other: Self) -> bool {
        (self as i8 - other as i8).abs() <= 1
    }
}

impl Serialize for TimingClass {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_are_powers_of_ten_and_neighbours_are_near() {
        let class = |ms| TimingClass::of(Duration::from_millis(ms));
        assert_eq!(class(0), TimingClass::Ms);
        assert_eq!(class(10), TimingClass::TensOfMs);
        assert_eq!(class(999), TimingClass::HundredsOfMs);
        assert_eq!(class(60_000), TimingClass::More);
        assert!(class(9).is_near(class(10)) && !class(9).is_near(class(100)));
    }
}
