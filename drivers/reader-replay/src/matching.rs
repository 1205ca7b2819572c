//! Whether a command is the recorded one.
//!
//! Not here: what comes next in a trace (`script`).

use varco_apdu::{CommandApdu, ins};
use varco_trace::said::Field;

use crate::What;

/// GENERAL AUTHENTICATE (ISO/IEC 7816-4).
const GENERAL_AUTHENTICATE: u8 = 0x86;

/// The template for key agreement, by which a terminal hands over its key of the day (ISO/IEC 7816-4, control reference
/// templates).
const KEY_AGREEMENT: u8 = 0xA6;

/// How a conversation is held against a trace.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Mode {
    /// Each byte is as recorded; what was left out of the trace counts by its length.
    Strict,
    /// Header and lengths are as recorded, and the data of what is no challenge, cryptogram or secret.
    Tolerant,
}

/// A command as the trace has it.
#[derive(Clone, Debug)]
pub(crate) struct Recorded {
    pub(crate) header: [u8; 4],
    pub(crate) data: Field,
    pub(crate) expected: Option<u32>,
    /// All of its bytes, where the trace has them.
    pub(crate) apdu: Option<Vec<u8>>,
    /// Whether it went under secure messaging, and stands here as it was meant.
    pub(crate) secured: bool,
}

/// A command as it is said: its bytes at a link, or another trace's line.
pub(crate) struct Heard<'h> {
    header: [u8; 4],
    length_bytes: usize,
    data: Option<&'h [u8]>,
    expected: Option<u32>,
    secured: bool,
    apdu: Option<&'h [u8]>,
}

impl<'h> From<&'h Recorded> for Heard<'h> {
    fn from(line: &'h Recorded) -> Self {
        Self {
            header: line.header,
            length_bytes: line.data.length_bytes(),
            data: line.data.bytes(),
            expected: line.expected,
            secured: line.secured,
            apdu: line.apdu.as_deref(),
        }
    }
}

/// How a command stands to the recorded one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Match {
    Same,
    Differs(What),
    /// It is protected, and the trace has what such a command was meant to be: without the keys nobody can tell whether it is, or
    /// answer it.
    NeedsKeys,
}

/// How bytes at a link stand to a recorded command.
pub(crate) fn match_bytes(said: &[u8], recorded: &Recorded, mode: Mode) -> Match {
    let Ok((command, _)) = CommandApdu::parse(said) else {
        return Match::Differs(What::Form);
    };
    let header @ [cla, said_header @ ..] = [command.cla(), command.ins(), command.p1(), command.p2()];
    if recorded.secured {
        let [_, recorded_header @ ..] = recorded.header;
        return match is_protected(cla) {
            false => Match::Differs(What::Secured),
            // The header is in clear also where the rest is not.
            true if said_header != recorded_header => Match::Differs(What::Header),
            true => Match::NeedsKeys,
        };
    }
    let heard = Heard {
        header,
        length_bytes: command.data().len(),
        data: Some(command.data()),
        expected: command.expected(),
        secured: false,
        apdu: Some(said),
    };
    match difference(&heard, recorded, mode) {
        Some(what) => Match::Differs(what),
        None => Match::Same,
    }
}

/// The first thing in which a command is another than the recorded one.
pub(crate) fn difference(said: &Heard<'_>, recorded: &Recorded, mode: Mode) -> Option<What> {
    if said.secured != recorded.secured {
        return Some(What::Secured);
    }
    if said.header != recorded.header {
        return Some(What::Header);
    }
    if said.length_bytes != recorded.data.length_bytes() {
        return Some(What::Length);
    }
    let is_compared = mode == Mode::Strict || !is_placeholder(said.header);
    if is_compared
        && let (Some(said), Some(recorded)) = (said.data, recorded.data.bytes())
        && said != recorded
    {
        return Some(What::Data);
    }
    // By T=0 no expected length is sent along with data.
    let is_left_out = said.expected.is_none() && said.length_bytes > 0 && recorded.apdu.is_none();
    if said.expected != recorded.expected && !is_left_out {
        return Some(What::Expected);
    }
    let is_other = recorded.apdu.is_some() && recorded.apdu.as_deref() != said.apdu;
    (mode == Mode::Strict && is_other).then_some(What::Form)
}

/// Secure messaging by the class (ISO/IEC 7816-4 §5.4.1), as far as cards here use it.
fn is_protected(cla: u8) -> bool {
    cla & 0x80 == 0 && cla & 0x0C != 0
}

/// Whether the data of this command are another each time, or nobody's business.
fn is_placeholder([cla, ins, _, p2]: [u8; 4]) -> bool {
    let is_key = ins == ins::MANAGE_SECURITY_ENVIRONMENT && p2 == KEY_AGREEMENT;
    is_protected(cla)
        || is_key
        || matches!(
            ins,
            ins::GET_CHALLENGE
                | GENERAL_AUTHENTICATE
                | ins::PERFORM_SECURITY_OPERATION
                | ins::INTERNAL_AUTHENTICATE
                | ins::EXTERNAL_AUTHENTICATE
                | ins::VERIFY
                | ins::CHANGE_REFERENCE_DATA
                | ins::RESET_RETRY_COUNTER
        )
}
