//! The catalogue: each fault, which targets can play it, and how a login ends. Data, in `data/faults.toml`.
//!
//! Not here: doing any of it.

use core::fmt;
use std::sync::LazyLock;

use serde::Deserialize;

use super::{Fault, FaultError};

/// A reader that plays faults. No real one does.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Target {
    /// The reader in the same process.
    InProcess,
    /// The slot of vpcd, behind pcscd.
    Vpcd,
    /// The serial CCID reader that libccid drives, behind pcscd.
    Ccid,
    /// The PN532 that libnfc drives.
    Pn532,
}

impl Target {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::InProcess, Self::Vpcd, Self::Ccid, Self::Pn532];

    /// Its name in the catalogue.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::InProcess => "in-process",
            Self::Vpcd => "vpcd",
            Self::Ccid => "ccid",
            Self::Pn532 => "pn532",
        }
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::InProcess => "in process",
            Self::Vpcd => "behind vpcd",
            Self::Ccid => "in a virtual CCID reader",
            Self::Pn532 => "in the field of a virtual PN532",
        })
    }
}

/// What the catalogue says of a fault.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// As in plans.
    pub name: String,
    /// What stands behind the `=`; empty where nothing does.
    pub value: String,
    /// What happens, in English.
    pub what: String,
    /// Who plays it alone.
    pub at: Vec<Target>,
    /// Who plays it where somebody outside acts on it.
    pub helped: Vec<Target>,
    /// Every end of a login with a played CNS, in process.
    pub cns: Vec<String>,
    /// Every end of a login with a played identity card, in process.
    pub cie: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    fault: Vec<Entry>,
}

/// A test holds the file to its form and to the faults that there are.
static CATALOGUE: LazyLock<Vec<Entry>> = LazyLock::new(|| {
    let file = toml::from_str(include_str!("../../data/faults.toml"));
    file.map_or_else(|_| Vec::new(), |file: File| file.fault)
});

/// All faults, in the order of the catalogue.
#[must_use]
pub fn catalogue() -> &'static [Entry] {
    &CATALOGUE
}

/// What it says of this one.
#[must_use]
pub fn entry(fault: Fault) -> Option<&'static Entry> {
    catalogue().iter().find(|entry| entry.name == fault.name())
}

/// Whether this target can play this fault.
pub(super) fn admit(fault: Fault, target: Target, has_helper: bool) -> Result<(), FaultError> {
    let (at, helped) = entry(fault).map_or((&[][..], &[][..]), |entry| {
        (entry.at.as_slice(), entry.helped.as_slice())
    });
    if at.contains(&target) || has_helper && helped.contains(&target) {
        return Ok(());
    }
    let names = |targets: &[Target]| targets.iter().map(Target::to_string).collect::<Vec<_>>();
    let mut elsewhere = names(at);
    if !helped.is_empty() {
        let helped = names(helped).join(" or ");
        elsewhere.push(format!(
            "{helped} where whoever holds the service acts on it, as the test bench does"
        ));
    }
    Err(FaultError::NotHere {
        fault: fault.name(),
        target,
        elsewhere: elsewhere.join(", "),
    })
}
