//! What a reader to put a played card in tells of it.
//!
//! Not here: the readers (`drivers/virtual-*`), and what a card logs itself ([`crate::EventLog`]).

use crate::fault::Fired;
use crate::{Event, KeypadEvent};

/// What happens to a card in a reader, as it happens.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum SlotEvent {
    /// The card is in the slot, or in the field.
    Inserted,
    /// The reader powered it.
    PowerOn,
    /// The reader took the power away.
    PowerOff,
    /// The reader reset it.
    Reset,
    /// A command was processed; its answer follows unless the card is pulled out.
    Exchange(Event),
    /// Something was shown or done on the reader's own keypad.
    Keypad(KeypadEvent),
    /// Something went wrong, as it was armed to.
    Fault(Fired),
    /// The card is out of the slot, or of the field.
    Removed,
}
