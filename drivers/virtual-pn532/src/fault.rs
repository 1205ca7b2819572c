//! What can be wrong with a reader, as a plan: which fault, when, and whether it stays.
//!
//! Not here: what a fault does on the line (`board`).

use core::fmt;
use core::time::Duration;

/// Something that is wrong with the reader or with what it says.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum Fault {
    /// It says nothing, and does nothing.
    Mute,
    /// It answers without having acknowledged.
    NoAck,
    /// It says that what came was damaged, and does nothing.
    Nack,
    /// Its answer's check fails.
    BadChecksum,
    /// Its answer comes only when the next command has been asked.
    Late,
    /// Its status byte bears the NAD bit, at which libnfc aborts.
    NadBit,
    /// It says that the card's ATS has no bytes, at which libnfc writes where it must not.
    ZeroAts,
    /// The card leaves between two parts of its answer.
    Cut,
    /// It says for ever that more is to come.
    EndlessParts,
    /// It is pulled out, and comes back when the fault is cleared.
    HangUp,
    /// The answer comes so much later: as when the card asks for more time and the chip grants it, which the host does not see.
    Slow(Duration),
    /// It gives this status (UM0701-02 §7.1) instead of the card's answer.
    Status(u8),
    /// It says what comes into its head: bytes, acknowledged bytes, or whole frames.
    Garbage,
}

/// When a fault happens and how long it stays.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct FaultPlan {
    /// What.
    pub fault: Fault,
    /// At the exchange after so many, or for [`Fault::ZeroAts`] the selection; `None`: at the next command that it can happen
    /// to, which for what touches a card's answer is an exchange, for [`Fault::ZeroAts`] a selection, and else any.
    pub after: Option<u64>,
    /// Whether it stays until it is cleared; otherwise it happens once.
    pub stays: bool,
}

const SIMPLE: [(&str, Fault); 11] = [
    ("mute", Fault::Mute),
    ("no-ack", Fault::NoAck),
    ("nack", Fault::Nack),
    ("bad-checksum", Fault::BadChecksum),
    ("late", Fault::Late),
    ("nad", Fault::NadBit),
    ("zero-ats", Fault::ZeroAts),
    ("cut", Fault::Cut),
    ("endless-parts", Fault::EndlessParts),
    ("hang-up", Fault::HangUp),
    ("garbage", Fault::Garbage),
];

impl Fault {
    /// All faults, with an example where one has a number.
    pub fn all() -> impl Iterator<Item = Self> {
        let simple = SIMPLE.into_iter().map(|(_, fault)| fault);
        simple.chain([Self::Slow(Duration::from_millis(300)), Self::Status(0x0B)])
    }

    /// Once, at the next command.
    #[must_use]
    pub fn now(self) -> FaultPlan {
        FaultPlan {
            fault: self,
            after: None,
            stays: false,
        }
    }

    /// Once, after so many exchanges.
    #[must_use]
    pub fn after(self, exchanges: u64) -> FaultPlan {
        FaultPlan {
            after: Some(exchanges),
            ..self.now()
        }
    }

    /// From the next command until it is cleared.
    #[must_use]
    pub fn for_good(self) -> FaultPlan {
        FaultPlan {
            stays: true,
            ..self.now()
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Slow(time) => write!(f, "slow {}", time.as_millis()),
            Self::Status(status) => write!(f, "status {status:02X}"),
            simple => {
                let known = SIMPLE.iter().find(|(_, fault)| fault == simple);
                f.write_str(known.map_or("", |(name, _)| name))
            }
        }
    }
}

impl FaultPlan {
    /// Out of words: `NAME [NUMBER] [after EXCHANGES] [stays]`; the number is of milliseconds for `slow`, two
    /// hexadecimal digits for `status`.
    #[must_use]
    pub fn parse(words: &[&str]) -> Option<Self> {
        let (fault, rest) = match *words {
            ["slow", time, ref rest @ ..] => {
                let time: u32 = time.parse().ok()?;
                (Fault::Slow(Duration::from_millis(time.into())), rest)
            }
            ["status", status, ref rest @ ..] if status.len() == 2 => {
                (Fault::Status(u8::from_str_radix(status, 16).ok()?), rest)
            }
            [name, ref rest @ ..] => {
                let known = SIMPLE.iter().find(|(known, _)| *known == name)?;
                (known.1, rest)
            }
            [] => return None,
        };
        let plan = fault.now();
        match *rest {
            [] => Some(plan),
            ["stays"] => Some(fault.for_good()),
            ["after", exchanges] => Some(fault.after(exchanges.parse().ok()?)),
            ["after", exchanges, "stays"] => Some(FaultPlan {
                stays: true,
                ..fault.after(exchanges.parse().ok()?)
            }),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plans_are_read_from_words_and_anything_else_is_refused() {
        let parse = |text: &str| FaultPlan::parse(&text.split(' ').collect::<Vec<_>>());
        assert_eq!(parse("mute"), Some(Fault::Mute.now()));
        assert_eq!(parse("nad after 3"), Some(Fault::NadBit.after(3)));
        assert_eq!(parse("garbage stays"), Some(Fault::Garbage.for_good()));
        assert_eq!(
            parse("slow 250 after 1"),
            Some(Fault::Slow(Duration::from_millis(250)).after(1))
        );
        assert!(parse("status 1B after 2 stays").is_some_and(|plan| plan.stays));
        for text in [
            "",
            "loud",
            "slow",
            "slow x",
            "status 1",
            "status 1BC",
            "mute after",
            "mute now",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
        for fault in Fault::all() {
            assert_eq!(parse(&fault.to_string()), Some(fault.now()));
        }
    }
}
