//! How long a card and its link take, as data on a virtual clock.
//!
//! The figures are fitted on the measurements of a played CNS in the readers' study, whose contact-trace row
//! was itself fitted on one public trace of a real 2025 card: they give the order of things (that a second
//! T=1 block hurts, that RSA outweighs all), not a promise about any card. Fit: within a tenth of the
//! measured jobs.
//!
//! Not here: sleeping. A real-time face sleeps for what this says; tests add it up.

use core::time::Duration;

use crate::Work;

/// What fits one T=1 block with the usual IFSC of 254 [cns §1.1].
const BLOCK_BYTES: usize = 254;

/// The costs of a kind of link.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TimingModel {
    name: &'static str,
    exchange: Duration,
    byte: Duration,
    /// For each block of the answer after the first.
    further_block: Duration,
    pin_check: Duration,
    private_key: Duration,
}

impl TimingModel {
    /// Nothing takes any time.
    pub const NONE: Self = Self {
        name: "none",
        exchange: Duration::ZERO,
        byte: Duration::ZERO,
        further_block: Duration::ZERO,
        pin_check: Duration::ZERO,
        private_key: Duration::ZERO,
    };

    /// The contact link at 115,200 baud: 11 bits a byte.
    pub const CONTACT_115200: Self = Self {
        name: "contact-115200",
        exchange: Duration::from_micros(5_000),
        byte: Duration::from_nanos(95_500),
        further_block: Duration::from_micros(3_000),
        pin_check: Duration::from_millis(35),
        private_key: Duration::from_millis(400),
    };

    /// A real contact card and reader, from a public trace: an answer that needs a second block costs 66 ms.
    pub const CONTACT_TRACE: Self = Self {
        name: "contact-trace",
        exchange: Duration::from_micros(17_900),
        byte: Duration::from_nanos(59_300),
        further_block: Duration::from_millis(66),
        pin_check: Duration::from_millis(35),
        private_key: Duration::from_millis(400),
    };

    /// The contactless link at 106 kbit/s.
    pub const CONTACTLESS_106: Self = Self {
        name: "contactless-106",
        exchange: Duration::from_micros(9_200),
        byte: Duration::from_nanos(84_900),
        further_block: Duration::from_millis(3),
        pin_check: Duration::from_millis(35),
        private_key: Duration::from_millis(350),
    };

    /// All models.
    pub const ALL: [Self; 4] = [
        Self::NONE,
        Self::CONTACT_115200,
        Self::CONTACT_TRACE,
        Self::CONTACTLESS_106,
    ];

    /// The model of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|model| model.name == name)
    }

    /// The model's name.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// The same work over a link that takes no time, for readers that play the link themselves.
    #[must_use]
    pub fn without_link(self) -> Self {
        Self {
            pin_check: self.pin_check,
            private_key: self.private_key,
            ..Self::NONE
        }
    }

    /// The time of one exchange, both ways and the work between; lengths as on the wire.
    #[must_use]
    pub fn exchange(&self, command_bytes: usize, response_bytes: usize, work: Work) -> Duration {
        let times = |cost: Duration, n: usize| cost.saturating_mul(u32::try_from(n).unwrap_or(u32::MAX));
        let blocks = response_bytes.saturating_sub(1) / BLOCK_BYTES;
        self.exchange
            + times(self.byte, command_bytes.saturating_add(response_bytes))
            + times(self.further_block, blocks)
            + match work {
                Work::None => Duration::ZERO,
                Work::PinCheck => self.pin_check,
                Work::PrivateKey => self.private_key,
            }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The measured jobs of the study: exchanges as (command bytes, response bytes, work), then milliseconds of
    /// contact-115200, contact-trace, contactless-106.
    #[test]
    fn models_give_the_measured_times_within_a_tenth() {
        let certificate_256: Vec<_> = [(9, 2)]
            .into_iter()
            .chain([(5, 258); 5])
            .chain([(5, 151)])
            .collect();
        let certificate_extended = vec![(9, 2), (7, 1431)];
        for (exchanges, work, measured) in [
            (certificate_256, None, [189, 543, 199]),
            (certificate_extended, None, [163, 482, 159]),
            (vec![(9, 2), (5, 258)], None, [40, 118, 45]),
            (
                vec![(13, 2), (5, 2), (8, 2), (57, 258)],
                Some(()),
                [468, 575, 437],
            ),
        ] {
            for (model, measured_ms) in TimingModel::ALL.iter().skip(1).zip(measured) {
                let mut took: Duration = exchanges
                    .iter()
                    .map(|&(command, response)| model.exchange(command, response, Work::None))
                    .sum();
                if work.is_some() {
                    took += model.pin_check + model.private_key;
                }
                let ratio = took.as_secs_f64() * 1000.0 / f64::from(measured_ms);
                assert!(
                    (0.9..1.1).contains(&ratio),
                    "{}: {took:?} for {measured_ms} ms",
                    model.name()
                );
            }
        }
    }

    #[test]
    fn every_model_is_found_by_its_name() {
        for model in TimingModel::ALL {
            assert_eq!(TimingModel::named(model.name()), Some(model));
        }
        assert_eq!(TimingModel::named("warp"), None);
    }

    #[test]
    fn reads_of_252_bytes_beat_256_on_the_traced_card() {
        let model = TimingModel::CONTACT_TRACE;
        assert!(model.exchange(5, 254, Work::None) * 2 < model.exchange(5, 258, Work::None));
    }
}
