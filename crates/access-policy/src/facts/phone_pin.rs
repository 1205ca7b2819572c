//! The temporary telephone PIN: what it looks like, how long it lasts, and who may be given one.
//!
//! Not here: where its hash is kept (`records`).

use core::fmt;

use jiff::Timestamp;
use varco_auth::CodiceFiscale;
use zeroize::Zeroizing;

use crate::{Decision, Effect};

/// The service whose permit allows one to be issued.
const ISSUE: &str = "inps.pin-telefonico";
/// Digits of a telephone PIN. The sources do not say how many; eight, as an INPS PIN has after its first use.
const DIGITS: usize = 8;

/// How long a telephone PIN lasts. There is no other span. `[access sheet, telephone PIN issue: F5]`
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PhonePinSpan {
    /// One day.
    Day,
    /// One week.
    Week,
    /// One month.
    Month,
    /// Three months.
    ThreeMonths,
}

impl PhonePinSpan {
    /// All spans.
    pub const ALL: [Self; 4] = [Self::Day, Self::Week, Self::Month, Self::ThreeMonths];

    /// The stable name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
            Self::ThreeMonths => "three-months",
        }
    }

    /// The span of this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|span| span.name() == name)
    }

    /// The first instant at which a PIN of this span that was issued then holds no more: the same time of day in Rome; on the
    /// last day of a month that is too short. `None` beyond the calendar's range.
    #[must_use]
    pub fn end(self, issued_at: Timestamp) -> Option<Timestamp> {
        let span = jiff::Span::new();
        let span = match self {
            Self::Day => span.days(1),
            Self::Week => span.days(7),
            Self::Month => span.months(1),
            Self::ThreeMonths => span.months(3),
        };
        let local = crate::calendar::in_rome(issued_at);
        Some(local.checked_add(span).ok()?.timestamp())
    }
}

/// A telephone PIN in clear: wiped when dropped, never printed.
pub struct PhonePin(Zeroizing<[u8; DIGITS]>);

impl PhonePin {
    /// Draws one from fresh randomness, each as likely as any other.
    #[must_use]
    pub fn draw(random: &[u8; 32]) -> Self {
        // 256 bits over 10^8: how far they are from even cannot be seen.
        let mut digits = Zeroizing::new([b'0'; DIGITS]);
        let mut rest = Zeroizing::new(*random);
        for digit in digits.iter_mut() {
            let mut remainder = 0_u16;
            for byte in rest.iter_mut() {
                let value = (remainder << 8) | u16::from(*byte);
                *byte = u8::try_from(value / 10).unwrap_or_default();
                remainder = value % 10;
            }
            *digit += u8::try_from(remainder).unwrap_or_default();
        }
        Self(digits)
    }

    /// What somebody told: eight digits, nothing else. `None` if it is not that.
    #[must_use]
    pub fn parse(told: &[u8]) -> Option<Self> {
        let digits: [u8; DIGITS] = told.try_into().ok()?;
        digits
            .iter()
            .all(u8::is_ascii_digit)
            .then(|| Self(Zeroizing::new(digits)))
    }

    /// Its digits, for the one place that shows them to the person, and for hashing.
    #[must_use]
    pub fn reveal(&self) -> &[u8] {
        &self.0[..]
    }
}

/// Shows nothing.
impl fmt::Debug for PhonePin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("PhonePin(..)")
    }
}

/// That a person may be given a telephone PIN: made of a permit for that and nothing else, so never of a login by INPS PIN.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PhonePinGrant {
    holder: CodiceFiscale,
    at: Timestamp,
    evidence_id: String,
}

impl PhonePinGrant {
    /// The grant in a decision: a permit for issuing a telephone PIN to somebody who acts for himself.
    #[must_use]
    pub fn of(decision: &Decision) -> Option<Self> {
        let subject = decision.subject.as_ref()?;
        let evidence_id = subject.evidence_id.clone()?;
        let is_it = decision.effect == Effect::Permit
            && decision
                .service
                .as_ref()
                .is_some_and(|service| service.as_str() == ISSUE)
            && decision.acting_for.is_none();
        is_it.then(|| Self {
            holder: subject.codice_fiscale.clone(),
            at: decision.at,
            evidence_id,
        })
    }

    /// For whom.
    #[must_use]
    pub fn holder(&self) -> &CodiceFiscale {
        &self.holder
    }

    /// As of when.
    #[must_use]
    pub fn at(&self) -> Timestamp {
        self.at
    }

    /// The login that it rests on.
    #[must_use]
    pub fn evidence_id(&self) -> &str {
        &self.evidence_id
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_drawn_pin_is_eight_digits_of_the_randomness() {
        let mut random = [0; 32];
        assert_eq!(PhonePin::draw(&random).reveal(), b"00000000");
        random[31] = 7;
        assert_eq!(PhonePin::draw(&random).reveal(), b"70000000");
        assert_eq!(PhonePin::draw(&[255; 32]).reveal(), b"53993692");
    }

    #[test]
    fn what_is_not_eight_digits_is_no_telephone_pin() {
        assert!(PhonePin::parse(b"12345678").is_some());
        for told in [&b""[..], b"1234567", b"123456789", b"1234567a", b" 1234567"] {
            assert!(PhonePin::parse(told).is_none());
        }
    }

    #[test]
    fn a_span_ends_at_the_same_time_of_day_in_rome() {
        let end = |span: PhonePinSpan, from: &str| span.end(from.parse().unwrap()).unwrap().to_string();
        assert_eq!(
            end(PhonePinSpan::Day, "2026-03-28T11:00:00Z"),
            "2026-03-29T10:00:00Z"
        );
        assert_eq!(
            end(PhonePinSpan::Week, "2026-11-01T11:00:00Z"),
            "2026-11-08T11:00:00Z"
        );
        assert_eq!(
            end(PhonePinSpan::Month, "2027-01-31T11:00:00Z"),
            "2027-02-28T11:00:00Z"
        );
        assert_eq!(
            end(PhonePinSpan::ThreeMonths, "2026-11-30T11:00:00Z"),
            "2027-02-28T11:00:00Z"
        );
    }
}
