//! A one-shot permission to send one PIN command.
//!
//! Not here: who deserves one. The PIN rules of `credential` are the only issuers in what is shipped, and the
//! workspace checks that nobody else calls [`PinPermit::issue`], tests of this crate aside.

use crate::{Epoch, GuardRefusal};

/// What a permit is good for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PermitScope {
    /// One command that carries a value a person typed.
    TypedValue,
    /// One VERIFY without data, on a card where asking for the counter is known to be free.
    CounterQuery,
}

/// One permission: this instruction, this reference, this epoch, once.
///
/// Not `Clone`. It is spent before the bytes leave the host, so that an exchange that fails half way cannot
/// be tried again with it.
#[derive(Debug)]
pub struct PinPermit {
    scope: PermitScope,
    ins: u8,
    reference: u8,
    epoch: Epoch,
    spent: bool,
}

impl PinPermit {
    /// Issues a permit. Called by the PIN rules of `credential` only.
    #[must_use]
    pub fn issue(scope: PermitScope, ins: u8, reference: u8, epoch: Epoch) -> Self {
        Self {
            scope,
            ins,
            reference,
            epoch,
            spent: false,
        }
    }

    /// Whether it has been used.
    #[must_use]
    pub fn is_spent(&self) -> bool {
        self.spent
    }

    /// Spends the permit for a command with this header, or says why it is not good for it.
    pub(crate) fn spend(
        &mut self,
        scope: PermitScope,
        ins: u8,
        reference: u8,
        epoch: Epoch,
    ) -> Result<(), GuardRefusal> {
        if self.spent {
            return Err(GuardRefusal::PermitSpent);
        }
        // A permit shown for the wrong thing is lost too: nothing in the house does that by design.
        self.spent = true;
        if self.epoch != epoch {
            return Err(GuardRefusal::EpochChanged);
        }
        if (self.scope, self.ins, self.reference) != (scope, ins, reference) {
            return Err(GuardRefusal::PermitForAnotherCommand);
        }
        Ok(())
    }
}
