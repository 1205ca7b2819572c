//! A fault, when it happens, and whether it stays: `NAME[=VALUE][@WHEN][+]`.
//!
//! Not here: the names (`kind`, `when`), and doing it (`set`).

use core::fmt;
use core::str::FromStr;

use super::{Fault, FaultError, When};

/// The longest text that is read as a plan.
pub const TEXT_BYTES_MAX: usize = 100;

/// What goes wrong and when.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct FaultPlan {
    fault: Fault,
    when: When,
    stays: bool,
}

impl FaultPlan {
    /// Once, at the next exchange that it can happen to.
    #[must_use]
    pub fn new(fault: Fault) -> Self {
        Self {
            fault,
            when: When::Next,
            stays: false,
        }
    }

    /// At another time. Exchanges and instructions are counted from 1; 0 is taken for it.
    #[must_use]
    pub fn at(mut self, when: When) -> Self {
        self.when = match when {
            When::Exchange(number) => When::Exchange(number.max(1)),
            When::Instruction(instruction, nth) => When::Instruction(instruction, nth.max(1)),
            other => other,
        };
        self.stays |= when == When::Every;
        self
    }

    /// From then on at each exchange, or each such instruction, until it is cleared.
    #[must_use]
    pub fn until_cleared(mut self) -> Self {
        self.stays = true;
        self
    }

    /// What goes wrong.
    #[must_use]
    pub fn fault(&self) -> Fault {
        self.fault
    }

    /// When.
    #[must_use]
    pub fn when(&self) -> When {
        self.when
    }

    /// Whether it stays until it is cleared; otherwise it happens once.
    #[must_use]
    pub fn stays(&self) -> bool {
        self.stays
    }
}

impl FromStr for FaultPlan {
    type Err = FaultError;

    fn from_str(text: &str) -> Result<Self, FaultError> {
        if text.len() > TEXT_BYTES_MAX {
            return Err(FaultError::Unknown {
                name: text.chars().take(TEXT_BYTES_MAX).collect(),
            });
        }
        let (rest, stays) = match text.strip_suffix('+') {
            Some(rest) => (rest, true),
            None => (text, false),
        };
        let (what, when) = match rest.split_once('@') {
            Some((what, when)) => (what, When::parse(when)?),
            None => (rest, When::Next),
        };
        let fault = match what.split_once('=') {
            Some((name, value)) => Fault::named(name, Some(value))?,
            None => Fault::named(what, None)?,
        };
        let plan = Self::new(fault).at(when);
        Ok(if stays { plan.until_cleared() } else { plan })
    }
}

impl fmt::Display for FaultPlan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.fault, self.when)?;
        if self.stays && self.when != When::Every {
            f.write_str("+")?;
        }
        Ok(())
    }
}
