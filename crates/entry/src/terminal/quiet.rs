//! A terminal that shows no keys and sends no signals, for a while.

use std::fs::File;

use rustix::termios::{
    InputModes, LocalModes, OptionalActions, QueueSelector, SpecialCodeIndex, Termios, tcflush, tcgetattr,
    tcsetattr,
};

use varco_session::EntryError;

use crate::wait::unavailable;

/// While it lives, each key arrives at once, as itself, without echo. When it goes, however it goes, the terminal
/// is as it was before; keys that nobody read are discarded at both ends.
pub(super) struct Quiet<'t> {
    terminal: &'t File,
    before: Termios,
}

impl<'t> Quiet<'t> {
    pub(super) fn begin(terminal: &'t File) -> Result<Self, EntryError> {
        let no_terminal = |_| unavailable("the terminal's settings cannot be changed");
        let before = tcgetattr(terminal).map_err(no_terminal)?;
        let mut quiet = before.clone();
        quiet.local_modes -= LocalModes::ECHO
            | LocalModes::ECHONL
            | LocalModes::ICANON
            | LocalModes::ISIG
            | LocalModes::IEXTEN;
        // No signal at a break, no stop of the output by Ctrl-S.
        quiet.input_modes -= InputModes::BRKINT | InputModes::IXON;
        quiet.special_codes[SpecialCodeIndex::VMIN] = 1;
        quiet.special_codes[SpecialCodeIndex::VTIME] = 0;
        // Made first, so that whatever fails from here on restores.
        let guard = Self { terminal, before };
        // Now, not when the output has drained: a stopped terminal would never drain.
        tcsetattr(terminal, OptionalActions::Now, &quiet).map_err(no_terminal)?;
        tcflush(terminal, QueueSelector::IFlush).map_err(no_terminal)?;
        Ok(guard)
    }
}

impl Drop for Quiet<'_> {
    fn drop(&mut self) {
        // A terminal that is gone needs neither.
        let _ = tcflush(self.terminal, QueueSelector::IFlush);
        let _ = tcsetattr(self.terminal, OptionalActions::Now, &self.before);
    }
}
