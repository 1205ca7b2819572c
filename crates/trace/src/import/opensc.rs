//! Debug logs of OpenSC. `Outgoing APDU (n bytes):` and `Incoming APDU (n bytes):` announce n bytes, sixteen on each of the lines that
//! follow, with their characters behind; the other lines begin with process, thread and time of day.
//!
//! Not here: what the bytes mean, and entries at a reader's keys, which OpenSC does not log as commands.

use zeroize::Zeroizing;

use super::lines::{APDU_MAX_BYTES, after, before, byte, bytes, lines};
use super::weave::Weave;
use super::{ImportError, Imported};

const TO_CARD: &[u8] = b"Outgoing APDU (";
const FROM_CARD: &[u8] = b"Incoming APDU (";
/// A driver is about to look at the answer to reset.
const ATR: &[u8] = b": ATR     : ";
/// SCARD_W_RESET_CARD and SCARD_W_REMOVED_CARD, as PC/SC numbers them.
const RESET: &[u8] = b"0x80100068";
const REMOVED: &[u8] = b"0x80100069";

const BYTES_PER_LINE: usize = 16;
const DAY_US: u64 = 86_400_000_000;

/// Which way bytes go that are announced.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Way {
    ToCard,
    FromCard,
}

/// Which way, and how many bytes.
pub(super) fn announced(line: &[u8]) -> Option<(Way, usize)> {
    let (way, rest) = match (after(line, TO_CARD), after(line, FROM_CARD)) {
        (Some(rest), _) => (Way::ToCard, rest),
        (None, Some(rest)) => (Way::FromCard, rest),
        (None, None) => return None,
    };
    let number = before(rest, b" byte")?;
    let count = str::from_utf8(number).ok()?.parse().ok()?;
    (1..=APDU_MAX_BYTES).contains(&count).then_some((way, count))
}

/// Bytes that were announced and are not all there yet.
struct Coming {
    way: Way,
    line: usize,
    count: usize,
    bytes: Zeroizing<Vec<u8>>,
}

pub(super) fn import(log: &[u8]) -> Result<Imported, ImportError> {
    let mut weave = Weave::default();
    let mut clock = Clock::default();
    let mut coming: Option<Coming> = None;
    for line in lines(log) {
        let (number, line) = line?;
        if let Some(mut part) = coming.take() {
            if take(&mut part, &line) {
                if part.bytes.len() < part.count {
                    coming = Some(part);
                } else {
                    match part.way {
                        Way::ToCard => weave.command(clock.at_us, part.line, &part.bytes)?,
                        Way::FromCard => weave.answer(clock.at_us, &part.bytes)?,
                    }
                }
                continue;
            }
            weave.leave_out();
        }
        clock.read(&line);
        if let Some((way, count)) = announced(&line) {
            coming = Some(Coming {
                way,
                line: number,
                count,
                bytes: Zeroizing::new(Vec::with_capacity(count)),
            });
        } else if let Some(text) = after(&line, ATR) {
            match bytes(text, b':') {
                Some(atr) => weave.atr(clock.at_us, number, &atr)?,
                None => weave.leave_out(),
            }
        } else if after(&line, RESET).is_some() {
            weave.reset(clock.at_us, number)?;
        } else if after(&line, REMOVED).is_some() {
            weave.removed(clock.at_us, number)?;
        }
    }
    if coming.is_some() {
        weave.leave_out();
    }
    weave.end()
}

/// Takes the bytes of a line, each followed by a blank; `false` where the line does not hold as many as it must.
fn take(part: &mut Coming, line: &[u8]) -> bool {
    let wanted = (part.count - part.bytes.len()).min(BYTES_PER_LINE);
    let (triples, _) = line.as_chunks::<3>();
    for triple in triples.iter().take(wanted) {
        match triple {
            [high, low, b' '] => match byte(&[*high, *low]) {
                Some(byte) => part.bytes.push(byte),
                None => return false,
            },
            _ => return false,
        }
    }
    triples.len() >= wanted
}

/// The time of day of the lines, as time since the first of them.
#[derive(Default)]
struct Clock {
    first_us: Option<u64>,
    last_us: u64,
    days: u64,
    at_us: u64,
}

impl Clock {
    fn read(&mut self, line: &[u8]) {
        let Some(now) = time_of_day(line) else {
            return;
        };
        let first = *self.first_us.get_or_insert(now);
        // A step back by more than half a day is midnight; by less, threads that wrote out of order.
        if now + DAY_US / 2 < self.last_us {
            self.days += 1;
        }
        if now >= self.last_us || now + DAY_US / 2 < self.last_us {
            self.last_us = now;
        }
        let since = (self.days.saturating_mul(DAY_US))
            .saturating_add(self.last_us)
            .saturating_sub(first);
        self.at_us = self.at_us.max(since);
    }
}

/// `HH:MM:SS.mmm [` in a line.
fn time_of_day(line: &[u8]) -> Option<u64> {
    let head = before(line, b" [")?;
    let text = head.get(head.len().checked_sub(12)?..)?;
    let [h1, h2, b':', m1, m2, b':', s1, s2, b'.', f1, f2, f3] = text else {
        return None;
    };
    let number = |digits: &[u8]| -> Option<u64> { str::from_utf8(digits).ok()?.parse().ok() };
    let (hours, minutes) = (number(&[*h1, *h2])?, number(&[*m1, *m2])?);
    let (seconds, thousandths) = (number(&[*s1, *s2])?, number(&[*f1, *f2, *f3])?);
    (hours < 24 && minutes < 60 && seconds < 61)
        .then_some((((hours * 60 + minutes) * 60 + seconds) * 1000 + thousandths) * 1000)
}
