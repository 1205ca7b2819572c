//! The PIN guard: the lowest rule of the house, right above the reader.
//!
//! INS 20, 24, 2C and pin-pad entries pass only with a [`crate::PinPermit`]. The guard looks at the bytes that
//! are about to leave, so that no layer above, secure messaging included (INS is in clear there), can send
//! one by mistake, twice, or hidden in a chain or an envelope.
//!
//! Not here: when a try may be spent; the PIN rules decide that when they issue the permit.

use core::fmt;

use varco_apdu::{CommandApdu, ins};

use crate::{Epoch, PermitScope, Request};

/// Why a command was not sent.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum GuardRefusal {
    /// It can spend a try and came without a permit.
    NoPermit,
    /// Its permit was used before.
    PermitSpent,
    /// Its permit names another instruction, reference or kind of use.
    PermitForAnotherCommand,
    /// The card was reset, removed or timed out since the permit was issued.
    EpochChanged,
    /// It came with a permit but is not a PIN command, or in a form that could hide one.
    NotAPlainPinCommand,
}

impl fmt::Display for GuardRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoPermit => "it could spend a PIN try and nobody typed a value for it",
            Self::PermitSpent => "the typed value was sent once already",
            Self::PermitForAnotherCommand => "the typed value was given for another command",
            Self::EpochChanged => "the card was reset or removed after the value was typed",
            Self::NotAPlainPinCommand => "it is not a plain PIN command",
        })
    }
}

/// ENVELOPE can carry any command inside (ISO/IEC 7816-4 §11.8.2); no supported card needs it.
const ENVELOPE: u8 = 0xC2;

/// The lowest bit of INS only says that data is BER-TLV (ISO/IEC 7816-4 §5.4.2).
fn is_pin_instruction(instruction: u8) -> bool {
    matches!(
        instruction & 0xFE,
        ins::VERIFY | ins::CHANGE_REFERENCE_DATA | ins::RESET_RETRY_COUNTER
    )
}

/// Lets the request pass, spending its permit if it has one.
///
/// # Errors
/// [`GuardRefusal`]; nothing may then be sent.
pub(crate) fn check(request: &mut Request<'_>, epoch: Epoch) -> Result<(), GuardRefusal> {
    match request {
        Request::Command(command) if is_pin_instruction(command.ins()) => Err(GuardRefusal::NoPermit),
        Request::Command(command) if command.ins() & 0xFE == ENVELOPE => {
            Err(GuardRefusal::NotAPlainPinCommand)
        }
        Request::Command(_) => Ok(()),
        Request::PinCommand { command, permit } => {
            let scope = if command.data().is_empty() {
                PermitScope::CounterQuery
            } else {
                PermitScope::TypedValue
            };
            require_plain(command)?;
            permit.spend(scope, command.ins(), command.p2(), epoch)
        }
        Request::PadEntry { entry, permit } => {
            let command = &entry.template;
            require_plain(command)?;
            permit.spend(PermitScope::TypedValue, command.ins(), command.p2(), epoch)
        }
    }
}

fn require_plain(command: &CommandApdu) -> Result<(), GuardRefusal> {
    let chained = command.cla() & CommandApdu::CHAINING_BIT != 0;
    if is_pin_instruction(command.ins()) && !chained {
        Ok(())
    } else {
        Err(GuardRefusal::NotAPlainPinCommand)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::PinPermit;

    fn verify() -> CommandApdu {
        CommandApdu::new(0, 0x20, 0, 0x90).with_data(&[0xFF; 8])
    }

    fn permit(scope: PermitScope, ins: u8, reference: u8) -> PinPermit {
        PinPermit::issue(scope, ins, reference, Epoch::default())
    }

    fn pass(command: &CommandApdu, permit: &mut PinPermit, epoch: Epoch) -> Result<(), GuardRefusal> {
        check(&mut Request::PinCommand { command, permit }, epoch)
    }

    #[test]
    fn no_pin_instruction_passes_without_a_permit_whatever_its_class_or_lowest_bit() {
        for instruction in [0x20, 0x21, 0x24, 0x25, 0x2C, 0x2D] {
            for class in [0x00, 0x0C, 0x10, 0x80, 0xFF] {
                let command = CommandApdu::new(class, instruction, 0, 0x10).with_data(&[0; 8]);
                assert_eq!(
                    check(&mut Request::Command(&command), Epoch::default()),
                    Err(GuardRefusal::NoPermit)
                );
            }
        }
        let envelope = CommandApdu::new(0, 0xC2, 0, 0).with_data(&[0, 0x20, 0, 0x10]);
        assert_eq!(
            check(&mut Request::Command(&envelope), Epoch::default()),
            Err(GuardRefusal::NotAPlainPinCommand)
        );
    }

    #[test]
    fn a_permit_is_good_once_even_if_it_was_refused() {
        let mut good = permit(PermitScope::TypedValue, 0x20, 0x90);
        assert_eq!(pass(&verify(), &mut good, Epoch::default()), Ok(()));
        assert_eq!(
            pass(&verify(), &mut good, Epoch::default()),
            Err(GuardRefusal::PermitSpent)
        );

        let mut late = permit(PermitScope::TypedValue, 0x20, 0x90);
        assert_eq!(
            pass(&verify(), &mut late, Epoch::default().next()),
            Err(GuardRefusal::EpochChanged)
        );
        assert_eq!(
            pass(&verify(), &mut late, Epoch::default()),
            Err(GuardRefusal::PermitSpent)
        );
    }

    #[test]
    fn a_permit_is_good_only_for_what_it_names() {
        for mut wrong in [
            permit(PermitScope::TypedValue, 0x24, 0x90),
            permit(PermitScope::TypedValue, 0x20, 0x10),
            permit(PermitScope::CounterQuery, 0x20, 0x90),
        ] {
            assert_eq!(
                pass(&verify(), &mut wrong, Epoch::default()),
                Err(GuardRefusal::PermitForAnotherCommand)
            );
        }
        let query = CommandApdu::new(0, 0x20, 0, 0x90);
        let mut typed = permit(PermitScope::TypedValue, 0x20, 0x90);
        assert_eq!(
            pass(&query, &mut typed, Epoch::default()),
            Err(GuardRefusal::PermitForAnotherCommand)
        );
    }

    #[test]
    fn a_chained_pin_command_and_a_permit_on_another_command_are_refused() {
        let chained = CommandApdu::new(0x10, 0x20, 0, 0x90).with_data(&[0; 8]);
        let select = CommandApdu::new(0, 0xA4, 0, 0).with_data(&[0x3F, 0]);
        for command in [chained, select] {
            let mut permit = permit(PermitScope::TypedValue, 0x20, 0x90);
            assert_eq!(
                pass(&command, &mut permit, Epoch::default()),
                Err(GuardRefusal::NotAPlainPinCommand)
            );
        }
    }
}
