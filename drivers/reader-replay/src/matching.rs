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
}

/// The first thing in which a command is another than the recorded one.
pub(crate) fn difference(said: &[u8], recorded: &Recorded, mode: Mode) -> Option<What> {
    let Ok((command, _)) = CommandApdu::parse(said) else {
        return Some(What::Form);
    };
    let header = [command.cla(), command.ins(), command.p1(), command.p2()];
    if header != recorded.header {
        return Some(What::Header);
    }
    if command.data().len() != recorded.data.length_bytes() {
        return Some(What::Length);
    }
    let is_compared = mode == Mode::Strict || !is_placeholder(&command);
    if is_compared && recorded.data.bytes().is_some_and(|bytes| bytes != command.data()) {
        return Some(What::Data);
    }
    // By T=0 no expected length is sent along with data.
    let is_left_out = command.expected().is_none() && !command.data().is_empty() && recorded.apdu.is_none();
    if command.expected() != recorded.expected && !is_left_out {
        return Some(What::Expected);
    }
    let is_other = |apdu: &Vec<u8>| apdu != said;
    (mode == Mode::Strict && recorded.apdu.as_ref().is_some_and(is_other)).then_some(What::Form)
}

/// Whether the data of this command are another each time, or nobody's business.
fn is_placeholder(command: &CommandApdu) -> bool {
    let is_secure = command.cla() & 0x80 == 0 && command.cla() & 0x0C != 0;
    let is_key = command.ins() == ins::MANAGE_SECURITY_ENVIRONMENT && command.p2() == KEY_AGREEMENT;
    is_secure
        || is_key
        || matches!(
            command.ins(),
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
