//! The conformance set, from its file to commands.
//!
//! Not here: asking.

use serde::Deserialize;
use varco_apdu::{CommandApdu, ins};

const PROBES: &str = include_str!("probes.toml");
/// An instruction that nobody has: it stands among those that read.
const UNKNOWN: u8 = 0xB4;
/// All that the set may hold. None of it writes, or can cost a try.
const PERMITTED: [u8; 7] = [
    ins::SELECT,
    ins::READ_BINARY,
    ins::GET_DATA,
    ins::GET_DATA_OBJECTS,
    ins::GET_CHALLENGE,
    ins::GET_RESPONSE,
    UNKNOWN,
];

/// A set that cannot be used.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("the conformance set is damaged: {0}")]
pub struct ProbeError(String);

/// A few commands that belong together.
#[derive(Debug)]
pub struct Probe {
    /// Its name in reports.
    pub name: String,
    kinds: Vec<String>,
    /// The part of a recording that it touches.
    pub part: Option<String>,
    /// Whether the content is public, and compared by its SHA-256.
    pub digest: bool,
    /// What is done, in order.
    pub steps: Vec<Step>,
}

/// What is done.
#[derive(Debug)]
pub enum Step {
    /// The card is reset.
    Reset,
    /// A command is sent.
    Command {
        /// As it stands in the file.
        hex: String,
        /// The same.
        command: CommandApdu,
    },
}

impl Probe {
    /// Whether a card of this kind is asked it.
    #[must_use]
    pub fn is_for(&self, kind: &str) -> bool {
        self.kinds.iter().any(|known| known == kind)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    probe: Vec<WrittenProbe>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenProbe {
    name: String,
    kinds: Vec<String>,
    part: Option<String>,
    #[serde(default)]
    digest: bool,
    steps: Vec<String>,
}

/// The set that is built in.
///
/// # Errors
/// [`ProbeError`]: it is damaged.
pub fn conformance() -> Result<Vec<Probe>, ProbeError> {
    let written: Written = toml::from_str(PROBES).map_err(|error| ProbeError(error.to_string()))?;
    written.probe.into_iter().map(probe).collect()
}

fn probe(written: WrittenProbe) -> Result<Probe, ProbeError> {
    let wrong = |step: &str| ProbeError(format!("{}: {step}", written.name));
    let step = |text: &String| {
        if text == "reset" {
            return Ok(Step::Reset);
        }
        let bytes = varco_emulator::profile_hex(text).ok_or_else(|| wrong(text))?;
        let (command, _) = CommandApdu::parse(&bytes).map_err(|_| wrong(text))?;
        if !PERMITTED.contains(&command.ins()) {
            return Err(wrong(text));
        }
        Ok(Step::Command {
            hex: text.clone(),
            command,
        })
    };
    Ok(Probe {
        steps: written.steps.iter().map(step).collect::<Result<_, _>>()?,
        name: written.name,
        kinds: written.kinds,
        part: written.part,
        digest: written.digest,
    })
}
