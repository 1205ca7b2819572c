//! The card's side of T=1 (ISO/IEC 7816-3 §11): blocks, chains both ways, sequence numbers, waiting times.
//!
//! Not here: commands, which `execute` gives to the card. Only the longitudinal check is played, which all cards have
//! that do not ask for the other one.

use core::time::Duration;

use varco_emulator::Played;
use varco_emulator::fault::WAITING_TIME;
use zeroize::Zeroizing;

/// NAD, PCB, LEN.
const PROLOGUE_BYTES: usize = 3;
/// The host may send no longer chain: more than an extended command.
const COMMAND_BYTES_MAX: usize = 65_544;
/// The most bytes of a block to the host, until it says more (§11.4.2).
const IFSD_DEFAULT: usize = 32;
/// After this time the card asks for more.
const PATIENCE: Duration = Duration::from_secs(1);

pub(crate) const SEQUENCE: u8 = 0x40;
const MORE: u8 = 0x20;
const R_BLOCK: u8 = 0x80;
const R_SEQUENCE: u8 = 0x10;
const EDC_ERROR: u8 = 0x01;
const OTHER_ERROR: u8 = 0x02;
const S_BLOCK: u8 = 0xC0;
const S_RESPONSE: u8 = 0x20;
const RESYNCH: u8 = 0x00;
const IFS: u8 = 0x01;
const ABORT: u8 = 0x02;
const WTX: u8 = 0x03;

/// A block of the card, and how long it takes.
pub(crate) struct Sent {
    pub(crate) block: Zeroizing<Vec<u8>>,
    pub(crate) took: Duration,
}

/// Whether the card may ask for time, or the reader waits as long as it takes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Patience {
    CardAsks,
    ReaderWaits,
}

/// The state of a card's interface since its last reset.
pub(crate) struct T1 {
    ifsc: usize,
    ifsd: usize,
    /// Of the next I-block of the host.
    expected: bool,
    /// Of the I-block of the card that was sent last, or is to be sent next when none is under way.
    own: bool,
    chain: Zeroizing<Vec<u8>>,
    answer: Zeroizing<Vec<u8>>,
    /// The part of the answer that was sent last; `None` when nothing is under way.
    part: Option<(usize, usize)>,
    last: Zeroizing<Vec<u8>>,
    /// The time that the card asks for, while its answer is held back.
    held: Option<Held>,
}

#[derive(Clone, Copy)]
struct Held {
    /// What is left of it.
    rest: Duration,
    /// How often the card asks for a little of it yet before it asks for the rest.
    asks: u8,
}

impl T1 {
    pub(crate) fn new(ifsc: usize) -> Self {
        Self {
            ifsc,
            ifsd: IFSD_DEFAULT,
            expected: false,
            own: false,
            chain: Zeroizing::default(),
            answer: Zeroizing::default(),
            part: None,
            last: Zeroizing::default(),
            held: None,
        }
    }

    /// The most bytes of a block to the card.
    pub(crate) fn ifsc(&self) -> usize {
        self.ifsc
    }

    /// What the card says to a block. `execute` is called at most once.
    pub(crate) fn take(
        &mut self,
        block: &[u8],
        patience: Patience,
        execute: &mut dyn FnMut(&[u8]) -> Played,
    ) -> Sent {
        let (pcb, information) = match read(block) {
            Ok(read) => read,
            Err(error) => return self.refuse(error),
        };
        match pcb {
            _ if pcb & 0x80 == 0 => self.information(pcb, information, patience, execute),
            _ if pcb & 0x40 == 0 => self.receipt(pcb),
            _ => self.supervision(pcb, information),
        }
    }

    fn information(
        &mut self,
        pcb: u8,
        information: &[u8],
        patience: Patience,
        execute: &mut dyn FnMut(&[u8]) -> Played,
    ) -> Sent {
        let sequence = pcb & SEQUENCE != 0;
        // Nothing but the two bits may be set.
        if pcb & 0x1F != 0
            || sequence != self.expected
            || information.len() > self.ifsc
            || self.held.is_some()
        {
            return self.refuse(OTHER_ERROR);
        }
        if self.chain.len() + information.len() > COMMAND_BYTES_MAX {
            self.chain = Zeroizing::default();
            return self.refuse(OTHER_ERROR);
        }
        // A new block of the host says that it has what the card sent before.
        if self.part.take().is_some() {
            self.own = !self.own;
            self.answer = Zeroizing::default();
        }
        self.expected = !self.expected;
        extend(&mut self.chain, information);
        if pcb & MORE != 0 {
            return self.send(R_BLOCK | self.receipt_bit(), &[]);
        }
        let command = core::mem::take(&mut self.chain);
        let played = execute(&command);
        self.answer = played.response;
        if patience == Patience::CardAsks && (played.took > PATIENCE || played.extensions > 0) {
            self.held = Some(Held {
                rest: played.took,
                asks: played.extensions.saturating_sub(1),
            });
            return self.ask_for_time();
        }
        let mut sent = self.send_part(0);
        sent.took = played.took;
        sent
    }

    /// An R-block: the next part, or the last block again (§11.6.2.3).
    fn receipt(&mut self, pcb: u8) -> Sent {
        let sequence = pcb & R_SEQUENCE != 0;
        match self.part {
            Some((_, end)) if sequence != self.own && end < self.answer.len() => {
                self.own = !self.own;
                self.send_part(end)
            }
            _ if self.last.is_empty() => self.refuse(OTHER_ERROR),
            _ => self.again(),
        }
    }

    fn supervision(&mut self, pcb: u8, information: &[u8]) -> Sent {
        match (pcb & !S_BLOCK, information) {
            (RESYNCH, []) => {
                *self = Self {
                    ifsd: self.ifsd,
                    ..Self::new(self.ifsc)
                };
            }
            (IFS, [ifsd @ 1..=254]) => self.ifsd = usize::from(*ifsd),
            (ABORT, []) => self.chain = Zeroizing::default(),
            (kind, [_]) if kind == WTX | S_RESPONSE => {
                return match self.held.take() {
                    Some(Held {
                        rest,
                        asks: asks @ 1..,
                    }) => {
                        let waited = rest.min(WAITING_TIME);
                        self.held = Some(Held {
                            rest: rest.saturating_sub(waited),
                            asks: asks - 1,
                        });
                        let mut sent = self.ask_for_time();
                        sent.took = waited;
                        sent
                    }
                    Some(Held { rest, .. }) if rest > PATIENCE.saturating_mul(u8::MAX.into()) => {
                        let waited = PATIENCE.saturating_mul(u8::MAX.into());
                        self.held = Some(Held {
                            rest: rest.saturating_sub(waited),
                            asks: 0,
                        });
                        let mut sent = self.ask_for_time();
                        sent.took = waited;
                        sent
                    }
                    Some(Held { rest, .. }) => {
                        let mut sent = self.send_part(0);
                        sent.took = rest;
                        sent
                    }
                    None => self.refuse(OTHER_ERROR),
                };
            }
            _ => return self.refuse(OTHER_ERROR),
        }
        self.send(pcb | S_RESPONSE, information)
    }

    /// Sends the part of the answer that begins there.
    fn send_part(&mut self, from: usize) -> Sent {
        let end = self.answer.len().min(from.saturating_add(self.ifsd));
        let part = Zeroizing::new(self.answer.get(from..end).unwrap_or_default().to_vec());
        let more = if end < self.answer.len() { MORE } else { 0 };
        let sequence = if self.own { SEQUENCE } else { 0 };
        self.part = Some((from, end));
        self.send(sequence | more, &part)
    }

    fn ask_for_time(&mut self) -> Sent {
        let times = self.held.map_or(1, |held| held.rest.as_secs().saturating_add(1));
        self.send(S_BLOCK | WTX, &[u8::try_from(times).unwrap_or(u8::MAX)])
    }

    fn refuse(&mut self, error: u8) -> Sent {
        self.send(R_BLOCK | self.receipt_bit() | error, &[])
    }

    fn receipt_bit(&self) -> u8 {
        if self.expected { R_SEQUENCE } else { 0 }
    }

    fn again(&self) -> Sent {
        Sent {
            block: self.last.clone(),
            took: Duration::ZERO,
        }
    }

    fn send(&mut self, pcb: u8, information: &[u8]) -> Sent {
        self.last = block(0, pcb, information);
        self.again()
    }
}

/// A block with its check; the information must not be longer than 254 bytes.
pub(crate) fn block(nad: u8, pcb: u8, information: &[u8]) -> Zeroizing<Vec<u8>> {
    let mut block = Zeroizing::new(Vec::with_capacity(PROLOGUE_BYTES + information.len() + 1));
    block.extend_from_slice(&[nad, pcb, u8::try_from(information.len()).unwrap_or(u8::MAX)]);
    block.extend_from_slice(information);
    let sum = block.iter().fold(0, |sum, byte| sum ^ byte);
    block.push(sum);
    block
}

/// Its PCB and information field; or what is wrong with it, as an R-block says it.
fn read(block: &[u8]) -> Result<(u8, &[u8]), u8> {
    let (&[_, pcb, length], rest) = block.split_first_chunk().ok_or(OTHER_ERROR)?;
    let (_, information) = rest.split_last().ok_or(OTHER_ERROR)?;
    if information.len() != usize::from(length) || length == u8::MAX {
        return Err(OTHER_ERROR);
    }
    if block.iter().fold(0, |sum, byte| sum ^ byte) != 0 {
        return Err(EDC_ERROR);
    }
    Ok((pcb, information))
}

/// Grows without leaving a copy behind.
fn extend(bytes: &mut Zeroizing<Vec<u8>>, more: &[u8]) {
    let mut grown = Zeroizing::new(Vec::with_capacity(bytes.len() + more.len()));
    grown.extend_from_slice(bytes);
    grown.extend_from_slice(more);
    *bytes = grown;
}

#[cfg(test)]
mod tests;
