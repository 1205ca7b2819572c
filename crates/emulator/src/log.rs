//! What reached the card: header, lengths and status word of each exchange, and which bytes of which file went
//! out. For tests and for `varco emulate --log`.
//!
//! Not here: data bytes. There is nothing in an [`Event`] that a holder would mind.

use core::fmt;
use core::time::Duration;
use std::collections::VecDeque;

use varco_apdu::{CommandApdu, FileId, StatusWord};

/// The most events kept; older ones are dropped, the count goes on.
const EVENTS_MAX: usize = 16_384;

/// One exchange.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Event {
    /// CLA, INS, P1, P2; zeros where the command was cut before its end.
    pub header: [u8; 4],
    /// Bytes of the command as it came.
    pub command_bytes: usize,
    /// Bytes of answer data, status word not counted.
    pub answer_bytes: usize,
    /// The answer's status word.
    pub status: StatusWord,
    /// The part of a file that was given out.
    pub read: Option<FileRead>,
    /// What the exchange takes in the timing model.
    pub took: Duration,
}

impl Event {
    /// The instruction byte.
    #[must_use]
    pub fn ins(&self) -> u8 {
        self.header[1]
    }
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [cla, ins, p1, p2] = self.header;
        let name = CommandApdu::new(cla, ins, p1, p2).name();
        let (sent, got, status) = (self.command_bytes, self.answer_bytes, self.status);
        write!(
            f,
            "{cla:02X} {ins:02X} {p1:02X} {p2:02X} {name}: {sent} bytes in, {got} out, {status}"
        )
    }
}

/// Bytes of an elementary file that a READ BINARY gave out.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct FileRead {
    /// The file's identifier.
    pub file: FileId,
    /// First byte.
    pub offset: usize,
    /// Number of bytes.
    pub length: usize,
}

/// The exchanges of a card since it was made, power cycles included.
#[derive(Default, Debug)]
pub struct EventLog {
    events: VecDeque<Event>,
    total: u64,
}

impl EventLog {
    pub(crate) fn push(&mut self, event: Event) {
        if self.events.len() == EVENTS_MAX {
            self.events.pop_front();
        }
        self.events.push_back(event);
        self.total += 1;
    }

    /// The events kept, oldest first: all of them up to 16,384.
    pub fn events(&self) -> impl DoubleEndedIterator<Item = &Event> + ExactSizeIterator {
        self.events.iter()
    }

    /// The latest event.
    #[must_use]
    pub fn last(&self) -> Option<&Event> {
        self.events.back()
    }

    /// Number of exchanges, dropped ones included.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.total
    }

    /// How many of the events kept have this instruction byte.
    #[must_use]
    pub fn count(&self, ins: u8) -> usize {
        self.events().filter(|event| event.ins() == ins).count()
    }

    /// The parts of this file that were given out, in order.
    pub fn reads(&self, file: FileId) -> impl Iterator<Item = FileRead> {
        self.events()
            .filter_map(|event| event.read)
            .filter(move |read| read.file == file)
    }

    /// Forgets all events, so that a test counts from here.
    pub fn clear(&mut self) {
        *self = Self::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn log_keeps_a_bound_and_counts_on() {
        let mut log = EventLog::default();
        let event = Event {
            header: [0x00, 0x20, 0x00, 0x90],
            command_bytes: 13,
            answer_bytes: 0,
            status: StatusWord::SUCCESS,
            read: None,
            took: Duration::ZERO,
        };
        for _ in 0..EVENTS_MAX + 3 {
            log.push(event.clone());
        }
        assert_eq!(log.events().len(), EVENTS_MAX);
        assert_eq!(log.total(), EVENTS_MAX as u64 + 3);
        assert_eq!(event.to_string(), "00 20 00 90 VERIFY: 13 bytes in, 0 out, 9000");
    }
}
