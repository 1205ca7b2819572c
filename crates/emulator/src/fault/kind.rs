//! The faults by name, with their values, and what they leave a reader to do.
//!
//! Not here: when they happen (`when`), how answers are spoilt (`alter`), which reader can play them (`catalogue`).

use core::fmt;
use core::time::Duration;

use super::FaultError;

/// What one waiting-time extension adds to an exchange.
pub const WAITING_TIME: Duration = Duration::from_millis(250);
/// The longest that a card is slow or a machine asleep.
const TIME_MAX: Duration = Duration::from_secs(86_400);
/// The farthest that a clock jumps, in seconds: ten years of 366 days.
const JUMP_MAX_S: i64 = 3_660 * 86_400;

/// Whether something happens before the card gets the command, or after it acted and before its answer arrives.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Moment {
    /// The command does not reach the card.
    Before,
    /// The card acts on it; the answer is lost.
    After,
}

/// Something that goes wrong. Their names in plans stand in the catalogue.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum Fault {
    /// The card is pulled out.
    Remove(Moment),
    /// The reader is pulled out.
    ReaderGone(Moment),
    /// The service behind which the reader is ends and starts anew.
    ServiceRestart(Moment),
    /// Another process resets the card.
    Reset(Moment),
    /// The machine sleeps for so long: the card loses its power. Simulated.
    Suspend(Moment, Duration),
    /// The reader's USB port is reset: reader and card go and come back. Simulated.
    UsbReset(Moment),
    /// The clock of whoever speaks to the card jumps by so many seconds.
    ClockJump(i64),
    /// The card says nothing, and does nothing.
    Mute,
    /// The card acts, and its answer never arrives.
    Lost,
    /// The answer is not there in time, and is taken for the next exchange's.
    Late,
    /// The card takes so much longer.
    Slow(Duration),
    /// The card asks for more time so often, [`WAITING_TIME`] each.
    WaitingTime(u8),
    /// The answer lacks so many bytes of its data; of a status word alone one byte is left.
    Cut(u16),
    /// The answer has so many bytes of data more.
    Lengthen(u16),
    /// This bit of the answer, counted from the first byte's highest and around its end, is another.
    Flip(u32),
    /// One byte of the check of a protected answer is another.
    Mac,
    /// This status word comes instead of an answer; the command does not reach the card.
    Status(u16),
    /// 61xx, and to each GET RESPONSE one byte and 61xx again.
    Loop61,
    /// 6Cxx, and again with another length whatever is asked for.
    Loop6C,
    /// The PIN has so many tries left.
    PinTries(u8),
    /// The PIN is blocked.
    PinBlocked,
    /// The PUK is blocked.
    PukBlocked,
    /// The certificates' files are not there.
    NoCertificate,
    /// Of the certificates' files so many bytes are left.
    CutCertificate(u16),
}

/// What a reader must do about an exchange, besides giving its answer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum Mishap {
    /// The card leaves.
    Removed,
    /// The reader leaves, until its faults are cleared.
    ReaderGone,
    /// The service ends and starts anew.
    ServiceRestarted,
    /// Another process resets the card.
    ResetByAnother,
    /// The machine sleeps for so long.
    Suspended(Duration),
    /// The reader leaves and comes back.
    UsbReset,
    /// The clock jumps by so many seconds. The answer is given.
    ClockJumped(i64),
}

impl Mishap {
    /// Its name, for those who act on it from outside.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Removed => "removed",
            Self::ReaderGone => "reader-gone",
            Self::ServiceRestarted => "service-restarted",
            Self::ResetByAnother => "reset-by-another",
            Self::Suspended(_) => "suspended",
            Self::UsbReset => "usb-reset",
            Self::ClockJumped(_) => "clock-jumped",
        }
    }
}

const SECONDS: Duration = Duration::from_secs(1);

impl Fault {
    /// Every fault once, each with the value that it has where none is written.
    pub const ALL: [Self; 30] = [
        Self::Remove(Moment::After),
        Self::Remove(Moment::Before),
        Self::ReaderGone(Moment::After),
        Self::ReaderGone(Moment::Before),
        Self::ServiceRestart(Moment::After),
        Self::ServiceRestart(Moment::Before),
        Self::Reset(Moment::After),
        Self::Reset(Moment::Before),
        Self::Suspend(Moment::After, SECONDS.saturating_mul(2)),
        Self::Suspend(Moment::Before, SECONDS.saturating_mul(2)),
        Self::UsbReset(Moment::After),
        Self::UsbReset(Moment::Before),
        Self::ClockJump(86_400),
        Self::Mute,
        Self::Lost,
        Self::Late,
        Self::Slow(SECONDS),
        Self::WaitingTime(3),
        Self::Cut(1),
        Self::Lengthen(1),
        Self::Flip(0),
        Self::Mac,
        Self::Status(0x6F00),
        Self::Loop61,
        Self::Loop6C,
        Self::PinTries(1),
        Self::PinBlocked,
        Self::PukBlocked,
        Self::NoCertificate,
        Self::CutCertificate(100),
    ];

    /// Its name in plans and in the catalogue.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Remove(Moment::After) => "remove",
            Self::Remove(Moment::Before) => "remove-before",
            Self::ReaderGone(Moment::After) => "reader-gone",
            Self::ReaderGone(Moment::Before) => "reader-gone-before",
            Self::ServiceRestart(Moment::After) => "service-restart",
            Self::ServiceRestart(Moment::Before) => "service-restart-before",
            Self::Reset(Moment::After) => "reset",
            Self::Reset(Moment::Before) => "reset-before",
            Self::Suspend(Moment::After, _) => "suspend",
            Self::Suspend(Moment::Before, _) => "suspend-before",
            Self::UsbReset(Moment::After) => "usb-reset",
            Self::UsbReset(Moment::Before) => "usb-reset-before",
            Self::ClockJump(_) => "clock-jump",
            Self::Mute => "mute",
            Self::Lost => "lost",
            Self::Late => "late",
            Self::Slow(_) => "slow",
            Self::WaitingTime(_) => "wtx",
            Self::Cut(_) => "cut",
            Self::Lengthen(_) => "lengthen",
            Self::Flip(_) => "flip",
            Self::Mac => "mac",
            Self::Status(_) => "status",
            Self::Loop61 => "loop-61xx",
            Self::Loop6C => "loop-6cxx",
            Self::PinTries(_) => "pin-tries",
            Self::PinBlocked => "pin-blocked",
            Self::PukBlocked => "puk-blocked",
            Self::NoCertificate => "no-certificate",
            Self::CutCertificate(_) => "cut-certificate",
        }
    }

    /// The fault of this name with this value, or with the usual one.
    pub(super) fn named(name: &str, value: Option<&str>) -> Result<Self, FaultError> {
        let usual = Self::ALL
            .into_iter()
            .find(|fault| fault.name() == name)
            .ok_or_else(|| FaultError::Unknown {
                name: name.to_owned(),
            })?;
        let Some(value) = value else { return Ok(usual) };
        usual.with(value).ok_or(FaultError::Value {
            fault: usual.name(),
            expected: usual.expected(),
        })
    }

    /// What stands behind the `=`.
    fn expected(self) -> &'static str {
        match self {
            Self::Suspend(..) | Self::Slow(_) => "a time up to 24h, as 300ms, 2s, 5m or 1h",
            Self::ClockJump(_) => "a time with its sign up to ten years, as +90s, -5m, +1h or -400d",
            Self::WaitingTime(_) => "a number from 1 to 255",
            Self::Cut(_) | Self::Lengthen(_) => "a number of bytes from 1 to 65535",
            Self::Flip(_) => "the number of a bit from 0 to 524287",
            Self::Status(_) => "a status word of four hexadecimal digits",
            Self::PinTries(_) => "a number from 0 to 15",
            Self::CutCertificate(_) => "a number of bytes from 0 to 65535",
            _ => "no value",
        }
    }

    fn with(self, value: &str) -> Option<Self> {
        Some(match self {
            Self::Suspend(moment, _) => Self::Suspend(moment, duration(value)?),
            Self::Slow(_) => Self::Slow(duration(value)?),
            Self::ClockJump(_) => Self::ClockJump(jump(value)?),
            Self::WaitingTime(_) => Self::WaitingTime(number(value, 1, 255)?.try_into().ok()?),
            Self::Cut(_) => Self::Cut(number(value, 1, 65_535)?.try_into().ok()?),
            Self::Lengthen(_) => Self::Lengthen(number(value, 1, 65_535)?.try_into().ok()?),
            Self::Flip(_) => Self::Flip(number(value, 0, 524_287)?.try_into().ok()?),
            Self::Status(_) if value.len() == 4 && value.bytes().all(|digit| digit.is_ascii_hexdigit()) => {
                Self::Status(u16::from_str_radix(value, 16).ok()?)
            }
            Self::PinTries(_) => Self::PinTries(number(value, 0, 15)?.try_into().ok()?),
            Self::CutCertificate(_) => Self::CutCertificate(number(value, 0, 65_535)?.try_into().ok()?),
            _ => return None,
        })
    }

    /// What it leaves the reader to do, and when.
    pub(super) fn mishap(self) -> Option<(Moment, Mishap)> {
        Some(match self {
            Self::Remove(moment) => (moment, Mishap::Removed),
            Self::ReaderGone(moment) => (moment, Mishap::ReaderGone),
            Self::ServiceRestart(moment) => (moment, Mishap::ServiceRestarted),
            Self::Reset(moment) => (moment, Mishap::ResetByAnother),
            Self::Suspend(moment, time) => (moment, Mishap::Suspended(time)),
            Self::UsbReset(moment) => (moment, Mishap::UsbReset),
            Self::ClockJump(seconds) => (Moment::After, Mishap::ClockJumped(seconds)),
            _ => return None,
        })
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())?;
        match self {
            Self::Suspend(_, time) | Self::Slow(time) if time.subsec_millis() == 0 => {
                write!(f, "={}s", time.as_secs())
            }
            Self::Suspend(_, time) | Self::Slow(time) => write!(f, "={}ms", time.as_millis()),
            Self::ClockJump(seconds) => write!(f, "={seconds:+}s"),
            Self::WaitingTime(number) | Self::PinTries(number) => write!(f, "={number}"),
            Self::Cut(number) | Self::Lengthen(number) | Self::CutCertificate(number) => {
                write!(f, "={number}")
            }
            Self::Flip(bit) => write!(f, "={bit}"),
            Self::Status(status) => write!(f, "={status:04X}"),
            _ => Ok(()),
        }
    }
}

/// Decimal digits and nothing else, within limits.
pub(super) fn number(text: &str, least: u64, most: u64) -> Option<u64> {
    let is_plain = !text.is_empty() && text.len() <= 20 && text.bytes().all(|digit| digit.is_ascii_digit());
    let number = is_plain.then(|| text.parse().ok()).flatten()?;
    (least..=most).contains(&number).then_some(number)
}

/// A number and a unit, in milliseconds.
fn milliseconds(text: &str) -> Option<u64> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit = match text.strip_prefix(digits)? {
        "ms" => 1,
        "s" => 1_000,
        "m" => 60_000,
        "h" => 3_600_000,
        "d" => 86_400_000,
        _ => return None,
    };
    number(digits, 0, u64::MAX)?.checked_mul(unit)
}

fn duration(text: &str) -> Option<Duration> {
    let time = Duration::from_millis(milliseconds(text)?);
    (time <= TIME_MAX).then_some(time)
}

fn jump(text: &str) -> Option<i64> {
    let (sign, size) = match text.strip_prefix('-') {
        Some(size) => (-1, size),
        None => (1, text.strip_prefix('+')?),
    };
    let size = milliseconds(size).filter(|size| size.is_multiple_of(1_000))?;
    let seconds = i64::try_from(size / 1_000)
        .ok()
        .filter(|size| *size <= JUMP_MAX_S)?;
    Some(sign * seconds)
}
