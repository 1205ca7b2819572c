//! Logs of pcscd. A line is a number, microseconds since the line before, and words; `APDU:` is a command, `SW:` an answer with
//! its data. With `--debug` it also tells of cards that come, go and are reset.
//!
//! It does not say which reader a line is about: of two cards at the same time, commands and answers get mixed up.
//!
//! Not here: what the bytes mean.

use super::lines::{after, before, bytes, lines};
use super::weave::Weave;
use super::{ImportError, Imported};

const COMMAND: &[u8] = b" APDU: ";
const ANSWER: &[u8] = b" SW: ";
const ATR: &[u8] = b" Card ATR: ";
const RESET: &[u8] = b" Reset complete.";
const REMOVED: &[u8] = b" Card Removed From ";
/// As many as pcscd writes at least.
const TIME_DIGITS: usize = 8;

pub(super) fn is_command(line: &[u8]) -> bool {
    after(line, COMMAND).is_some_and(|text| bytes(text, b' ').is_some())
}

pub(super) fn import(log: &[u8]) -> Result<Imported, ImportError> {
    let mut weave = Weave::default();
    let mut at_us = 0_u64;
    for line in lines(log) {
        let (number, line) = line?;
        at_us = at_us.saturating_add(since(&line));
        if let Some(text) = after(&line, COMMAND) {
            match bytes(text, b' ') {
                Some(command) => weave.command(at_us, number, &command)?,
                None => weave.leave_out(),
            }
        } else if let Some(text) = after(&line, ANSWER) {
            match bytes(text, b' ') {
                Some(answer) => weave.answer(at_us, &answer)?,
                None => weave.leave_out(),
            }
        } else if let Some(text) = after(&line, ATR) {
            match bytes(text, b' ') {
                // The same card, powered anew.
                Some(atr) if weave.is_in(&atr) => weave.reset(at_us, number)?,
                Some(atr) => weave.atr(at_us, number, &atr)?,
                None => weave.leave_out(),
            }
        } else if after(&line, RESET).is_some() {
            weave.reset(at_us, number)?;
        } else if after(&line, REMOVED).is_some() {
            weave.removed(at_us, number)?;
        }
    }
    weave.end()
}

/// The number of eight digits or more at the beginning, in the system's journal behind the name of the program. There is none where
/// pcscd writes to syslog itself, and the journal's own dates are none.
fn since(line: &[u8]) -> u64 {
    let number = |text: &[u8]| -> Option<u64> {
        let digits = before(text, b" ")?;
        (digits.len() >= TIME_DIGITS && digits.iter().all(u8::is_ascii_digit))
            .then(|| str::from_utf8(digits).ok()?.parse().ok())?
    };
    number(line).or_else(|| number(after(line, b"]: ")?)).unwrap_or(0)
}
