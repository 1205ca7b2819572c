//! Command chaining, the card's side (ISO/IEC 7816-4 §5.3.3).
//!
//! Not here: whether a card can do it; [`crate::LinkHabits`] says.

use varco_apdu::{CommandApdu, StatusWord};
use zeroize::Zeroizing;

/// The most data that a chain may gather: what one extended command carries.
const DATA_MAX_BYTES: usize = 65_535;

/// The chain being gathered. Its data is wiped on drop.
#[derive(Default)]
pub(crate) struct Chain {
    open: Option<Parts>,
}

struct Parts {
    /// INS, P1, P2; CLA differs in the chaining bit only.
    header: [u8; 3],
    data: Zeroizing<Vec<u8>>,
}

/// What became of a command.
pub(crate) enum Chained {
    /// More parts are to come.
    Waiting,
    /// A command to act on: the last of a chain with all its data, or one that was never chained.
    Whole(CommandApdu),
    /// Refused; a chain that was open is lost.
    Refused(StatusWord),
}

impl Chain {
    pub(crate) fn take(&mut self, command: CommandApdu) -> Chained {
        let header = [command.ins(), command.p1(), command.p2()];
        let is_last = command.cla() & CommandApdu::CHAINING_BIT == 0;
        let mut parts = match self.open.take() {
            Some(parts) if parts.header != header => {
                return Chained::Refused(StatusWord::LAST_COMMAND_OF_CHAIN_EXPECTED);
            }
            Some(parts) => parts,
            None if is_last => return Chained::Whole(command),
            None => Parts {
                header,
                data: Zeroizing::default(),
            },
        };
        if parts.data.len() + command.data().len() > DATA_MAX_BYTES {
            return Chained::Refused(StatusWord::WRONG_LENGTH);
        }
        // Copied as a whole so that growing leaves no unwiped copy behind.
        let mut data = Zeroizing::new(Vec::with_capacity(parts.data.len() + command.data().len()));
        data.extend_from_slice(&parts.data);
        data.extend_from_slice(command.data());
        if is_last {
            return Chained::Whole(command.with_secret_data(data));
        }
        parts.data = data;
        self.open = Some(parts);
        Chained::Waiting
    }

    pub(crate) fn is_open(&self) -> bool {
        self.open.is_some()
    }

    pub(crate) fn abandon(&mut self) {
        self.open = None;
    }
}
