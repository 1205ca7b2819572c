//! What can be wrong with a reader's line, as a plan: which fault, when, and whether it stays.
//!
//! Not here: what a fault does on the line (`board`), and what can happen to a card in any reader (the emulator's catalogue).

use core::fmt;

/// Something that is wrong with the reader or with what it says.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum LineFault {
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
    /// It gives this status (UM0701-02 §7.1) instead of the card's answer.
    Status(u8),
    /// It says what comes into its head: bytes, acknowledged bytes, or whole frames.
    Garbage,
}

/// When a fault happens and how long it stays.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct LinePlan {
    /// What.
    pub fault: LineFault,
    /// At the exchange after so many, or for [`LineFault::ZeroAts`] the selection; `None`: at the next command that it can happen
    /// to, which for what touches a card's answer is an exchange, for [`LineFault::ZeroAts`] a selection, and else any.
    pub after: Option<u64>,
    /// Whether it stays until it is cleared; otherwise it happens once.
    pub stays: bool,
}

const SIMPLE: [(&str, LineFault); 11] = [
    ("mute", LineFault::Mute),
    ("no-ack", LineFault::NoAck),
    ("nack", LineFault::Nack),
    ("bad-checksum", LineFault::BadChecksum),
    ("late", LineFault::Late),
    ("nad", LineFault::NadBit),
    ("zero-ats", LineFault::ZeroAts),
    ("cut", LineFault::Cut),
    ("endless-parts", LineFault::EndlessParts),
    ("hang-up", LineFault::HangUp),
    ("garbage", LineFault::Garbage),
];

impl LineFault {
    /// All faults, with an example where one has a number.
    pub fn all() -> impl Iterator<Item = Self> {
        let simple = SIMPLE.into_iter().map(|(_, fault)| fault);
        simple.chain([Self::Status(0x0B)])
    }

    /// Once, at the next command.
    #[must_use]
    pub fn now(self) -> LinePlan {
        LinePlan {
            fault: self,
            after: None,
            stays: false,
        }
    }

    /// Once, after so many exchanges.
    #[must_use]
    pub fn after(self, exchanges: u64) -> LinePlan {
        LinePlan {
            after: Some(exchanges),
            ..self.now()
        }
    }

    /// From the next command until it is cleared.
    #[must_use]
    pub fn for_good(self) -> LinePlan {
        LinePlan {
            stays: true,
            ..self.now()
        }
    }
}

impl fmt::Display for LineFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Status(status) => write!(f, "status {status:02X}"),
            simple => {
                let known = SIMPLE.iter().find(|(_, fault)| fault == simple);
                f.write_str(known.map_or("", |(name, _)| name))
            }
        }
    }
}

impl LinePlan {
    /// Out of words: `NAME [NUMBER] [after EXCHANGES] [stays]`; the number is of two hexadecimal digits, for `status`.
    #[must_use]
    pub fn parse(words: &[&str]) -> Option<Self> {
        let (fault, rest) = match *words {
            ["status", status, ref rest @ ..] if status.len() == 2 => {
                (LineFault::Status(u8::from_str_radix(status, 16).ok()?), rest)
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
            ["after", exchanges, "stays"] => Some(LinePlan {
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
        let parse = |text: &str| LinePlan::parse(&text.split(' ').collect::<Vec<_>>());
        assert_eq!(parse("mute"), Some(LineFault::Mute.now()));
        assert_eq!(parse("nad after 3"), Some(LineFault::NadBit.after(3)));
        assert_eq!(parse("garbage stays"), Some(LineFault::Garbage.for_good()));
        assert!(parse("status 1B after 2 stays").is_some_and(|plan| plan.stays));
        for text in [
            "",
            "loud",
            "slow 250",
            "status 1",
            "status 1BC",
            "mute after",
            "mute now",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
        for fault in LineFault::all() {
            assert_eq!(parse(&fault.to_string()), Some(fault.now()));
        }
    }
}
