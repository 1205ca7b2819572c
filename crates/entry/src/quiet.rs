//! A terminal that shows no keys and sends no signals, for a while.

use std::borrow::Borrow;
use std::fs::File;

use rustix::process::getpgrp;
use rustix::termios::{
    InputModes, LocalModes, OptionalActions, QueueSelector, SpecialCodeIndex, Termios, tcflush, tcgetattr,
    tcgetpgrp, tcsetattr,
};

use varco_session::EntryError;

use crate::wait::unavailable;

/// While it lives, each key arrives at once, as itself, without echo. When it goes, however it goes, the terminal
/// is as it was before; keys that nobody read are discarded at both ends.
#[derive(Debug)]
pub(crate) struct Quiet<T: Borrow<File>> {
    terminal: T,
    before: Termios,
}

impl<T: Borrow<File>> Quiet<T> {
    pub(crate) fn begin(terminal: T) -> Result<Self, EntryError> {
        let no_terminal = |_| unavailable("the terminal's settings cannot be changed");
        let before = tcgetattr(terminal.borrow()).map_err(no_terminal)?;
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
        tcsetattr(guard.terminal.borrow(), OptionalActions::Now, &quiet).map_err(no_terminal)?;
        tcflush(guard.terminal.borrow(), QueueSelector::IFlush).map_err(no_terminal)?;
        Ok(guard)
    }
}

impl<T: Borrow<File>> Drop for Quiet<T> {
    fn drop(&mut self) {
        // A terminal that is gone needs neither.
        let _ = tcflush(self.terminal.borrow(), QueueSelector::IFlush);
        let _ = tcsetattr(self.terminal.borrow(), OptionalActions::Now, &self.before);
    }
}

/// Whether somebody else has the terminal now: a process in the background that touches it is stopped. What is nobody's
/// controlling terminal has no background.
pub(crate) fn is_in_background(terminal: &File) -> bool {
    tcgetpgrp(terminal).is_ok_and(|foreground| foreground != getpgrp())
}

/// Discards the keys that nobody read.
pub(crate) fn discard_keys(terminal: &File) {
    if !is_in_background(terminal) {
        // What is no terminal any more has no keys.
        let _ = tcflush(terminal, QueueSelector::IFlush);
    }
}
