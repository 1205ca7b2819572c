//! The commands of a PN532 (UM0701-02 §7) that libnfc uses to find and talk to a card; as an initiator only.
//!
//! Not here: frames (`frame`), faults and waiting (`board`). Not played, and told as a syntax error: being a card
//! (`Tg*`), data exchange between two readers (`InJumpForDEP` and its kin), the pins, the regulation tests. Bytes to the
//! card that are no ISO/IEC 14443-4 exchange are answered by the presence check alone.

use core::time::Duration;
use std::collections::BTreeMap;

use varco_emulator::{PlayedCard, SlotEvent};

use crate::speed::LinkSpeed;
use crate::target::{CardType, Target};

/// PN532, version 1.6, type A, type B, ISO 18092.
const FIRMWARE: [u8; 4] = [0x32, 0x01, 0x06, 0x07];
/// The number of the only target.
const TARGET: u8 = 1;
/// The most that one answer of the chip brings of the card's.
pub(crate) const PART_BYTES: usize = 262;
/// How often one kind of target is looked for is counted in this unit (UM0701-02 §7.3.13).
const POLL_UNIT: Duration = Duration::from_millis(150);

const DONE: u8 = 0x00;
/// The card does not answer.
const TIMED_OUT: u8 = 0x01;
/// Not in this state.
const NOT_ACCEPTABLE: u8 = 0x27;
/// More is to come.
pub(crate) const MORE: u8 = 0x40;

pub(crate) const IN_DATA_EXCHANGE: u8 = 0x40;
pub(crate) const IN_LIST_PASSIVE_TARGET: u8 = 0x4A;

/// What lies in the field, as the chip sees it.
pub(crate) struct InField<'a> {
    pub(crate) card: Option<&'a mut dyn PlayedCard>,
    pub(crate) card_type: CardType,
    /// Tells a card that was put down from the one before.
    pub(crate) insertion: u64,
}

/// What came of a command.
#[derive(Default)]
pub(crate) struct Done {
    /// Code and content; none is a syntax error.
    pub(crate) answer: Option<Vec<u8>>,
    /// What air and card took.
    pub(crate) took: Duration,
    /// What happened to the card.
    pub(crate) events: Vec<SlotEvent>,
    /// Whether the chip goes on looking for a card meanwhile.
    pub(crate) looks_for_card: bool,
}

/// The chip's state.
pub(crate) struct Chip {
    registers: BTreeMap<u16, u8>,
    is_field_on: bool,
    /// The insertion of the card that has power.
    powered: Option<u64>,
    /// The insertion of the card that was selected.
    selected: Option<u64>,
    /// What is left of the card's answer.
    rest: Vec<u8>,
    /// How often a card got power: its identifier is another one each time.
    starts: u32,
    speed: LinkSpeed,
}

impl Chip {
    pub(crate) fn new(speed: LinkSpeed) -> Self {
        Self {
            registers: BTreeMap::new(),
            is_field_on: false,
            powered: None,
            selected: None,
            rest: Vec::new(),
            starts: 0,
            speed,
        }
    }

    /// Does what a command says: its code and what follows.
    pub(crate) fn execute(&mut self, command: &[u8], field: &mut InField<'_>) -> Done {
        let mut done = Done::default();
        let Some((&code, content)) = command.split_first() else {
            return done;
        };
        let answer = match (code, content) {
            // Diagnose: the line, and whether the card is there.
            (0x00, [0x00, ..]) => Some(content.to_vec()),
            (0x00, [0x06]) => Some(vec![self.presence(field)]),
            (0x02, []) => Some(FIRMWARE.to_vec()),
            (0x04, []) => Some(self.general_status()),
            (0x06, _) => self.read_registers(content),
            (0x08, _) => self.write_registers(content),
            // SetSerialBaudRate, SetParameters, SAMConfiguration.
            (0x10, [_]) | (0x12, [_]) | (0x14, [_] | [_, _] | [_, _, _]) => Some(Vec::new()),
            // PowerDown.
            (0x16, [_] | [_, _]) => {
                self.field_off(field, &mut done);
                Some(vec![DONE])
            }
            // RFConfiguration: the field; everything else is taken note of by nobody.
            (0x32, [0x01, state]) => {
                if state & 1 == 0 {
                    self.field_off(field, &mut done);
                } else {
                    self.is_field_on = true;
                }
                Some(Vec::new())
            }
            (0x32, [_, _, ..]) => Some(Vec::new()),
            (IN_DATA_EXCHANGE, [number, data @ ..]) => Some(self.exchange(*number, data, field, &mut done)),
            (0x42, data) => Some(self.raw(data, field)),
            // InDeselect, InRelease.
            (0x44 | 0x52, [0 | TARGET]) => {
                self.selected = None;
                Some(vec![DONE])
            }
            (0x54, [TARGET]) => Some(vec![self.selected.map_or(NOT_ACCEPTABLE, |_| DONE)]),
            (IN_LIST_PASSIVE_TARGET, [1..=2, kind, filter @ ..]) => {
                Some(self.list(*kind, filter, field, &mut done))
            }
            (0x60, [polls, period, kinds @ ..]) if !kinds.is_empty() => {
                Some(self.poll(*polls, *period, kinds, field, &mut done))
            }
            _ => {
                tracing::debug!(code, "no command of this chip, or not in this form");
                None
            }
        };
        done.answer = answer.map(|content| [&[code.wrapping_add(1)], content.as_slice()].concat());
        done
    }

    /// Takes the power away, as pulling the plug does.
    pub(crate) fn field_off(&mut self, field: &mut InField<'_>, done: &mut Done) {
        self.is_field_on = false;
        self.selected = None;
        if self.powered.take() == Some(field.insertion)
            && let Some(card) = &mut field.card
        {
            card.power_off();
            done.events.push(SlotEvent::PowerOff);
        }
    }

    fn read_registers(&self, content: &[u8]) -> Option<Vec<u8>> {
        let (addresses, []) = content.as_chunks() else {
            return None;
        };
        let read = addresses.iter().map(|address| {
            let value = self.registers.get(&u16::from_be_bytes(*address));
            value.copied().unwrap_or_default()
        });
        (!addresses.is_empty()).then(|| read.collect())
    }

    fn write_registers(&mut self, content: &[u8]) -> Option<Vec<u8>> {
        let (writes, []) = content.as_chunks() else {
            return None;
        };
        for [high, low, value] in writes {
            self.registers.insert(u16::from_be_bytes([*high, *low]), *value);
        }
        (!writes.is_empty()).then(Vec::new)
    }

    /// No error, the field, the targets, and nothing behind the other interface.
    fn general_status(&self) -> Vec<u8> {
        let field = u8::from(self.is_field_on);
        match self.selected {
            Some(_) => vec![0, field, 1, TARGET, 0, 0, 0, 0],
            None => vec![0, field, 0, 0],
        }
    }

    fn is_there(&self, field: &InField<'_>) -> bool {
        field.card.is_some() && self.selected == Some(field.insertion)
    }

    fn presence(&self, field: &InField<'_>) -> u8 {
        if self.is_there(field) { DONE } else { TIMED_OUT }
    }

    /// Selects what is in the field: the card starts anew, whatever it was doing.
    fn select(&mut self, field: &mut InField<'_>, done: &mut Done) -> Option<Vec<u8>> {
        self.is_field_on = true;
        self.rest.clear();
        self.selected = None;
        let card = field.card.as_mut()?;
        let target = Target::of(card.atr(), field.card_type).ok()?;
        if self.powered == Some(field.insertion) {
            card.reset();
            done.events.push(SlotEvent::Reset);
        } else {
            card.power_on();
            self.powered = Some(field.insertion);
            self.starts = self.starts.wrapping_add(1);
            done.events.push(SlotEvent::PowerOn);
        }
        self.selected = Some(field.insertion);
        let told = target.told(TARGET, self.starts);
        // REQA, selection and ATS, or REQB and ATTRIB, are about as long.
        done.took += self.speed.in_air(told.len() * 2);
        Some(told)
    }

    /// Number of targets and what they say. Other kinds of card are never there.
    fn list(&mut self, kind: u8, filter: &[u8], field: &mut InField<'_>, done: &mut Done) -> Vec<u8> {
        let wanted = match (kind, filter) {
            // A filter is an identifier, and ours is another one each time.
            (0x00, []) => CardType::A,
            (0x03, [_]) => CardType::B,
            _ => return vec![0],
        };
        let told = (wanted == field.card_type)
            .then(|| self.select(field, done))
            .flatten();
        told.map_or_else(|| vec![0], |told| [&[1], told.as_slice()].concat())
    }

    /// As [`Self::list`] for several kinds, again and again.
    fn poll(
        &mut self,
        polls: u8,
        period: u8,
        kinds: &[u8],
        field: &mut InField<'_>,
        done: &mut Done,
    ) -> Vec<u8> {
        let wanted = match field.card_type {
            // Any at 106 kbit/s, and those that speak ISO/IEC 14443-4.
            CardType::A => [0x00, 0x20],
            CardType::B => [0x03, 0x23],
        };
        let kind = kinds.iter().find(|kind| wanted.contains(kind));
        if let Some(&kind) = kind
            && let Some(told) = self.select(field, done)
        {
            let length = u8::try_from(told.len()).unwrap_or(u8::MAX);
            return [&[1, kind, length], told.as_slice()].concat();
        }
        let rounds = match polls {
            0xFF => u32::MAX,
            polls => u32::from(polls) * u32::from(period),
        };
        let kinds = u32::try_from(kinds.len()).unwrap_or(u32::MAX);
        done.took = POLL_UNIT.saturating_mul(rounds.saturating_mul(kinds));
        done.looks_for_card = true;
        vec![0]
    }

    /// Status and the card's answer, or its next part.
    fn exchange(&mut self, number: u8, data: &[u8], field: &mut InField<'_>, done: &mut Done) -> Vec<u8> {
        if number != TARGET || self.selected.is_none() {
            return vec![NOT_ACCEPTABLE];
        }
        if !self.is_there(field) {
            self.rest.clear();
            return vec![TIMED_OUT];
        }
        if !data.is_empty() {
            let Some(card) = &mut field.card else {
                return vec![TIMED_OUT];
            };
            let total = card.log().total();
            let played = card.process(data);
            // A mute card logs nothing.
            let event = card.log().last().filter(|_| card.log().total() > total);
            done.events.extend(event.cloned().map(SlotEvent::Exchange));
            done.took += played.took;
            done.took += self.speed.in_air(data.len()) + self.speed.in_air(played.response.len());
            if played.response.is_empty() {
                return vec![TIMED_OUT];
            }
            self.rest = played.response.to_vec();
        }
        let rest = self.rest.split_off(PART_BYTES.min(self.rest.len()));
        let part = core::mem::replace(&mut self.rest, rest);
        let status = if self.rest.is_empty() { DONE } else { MORE };
        [&[status], part.as_slice()].concat()
    }

    /// Bytes for the card as they are: it is asked whether it is still there (ISO/IEC 14443-4 §7.5.5), or does not answer.
    fn raw(&self, data: &[u8], field: &InField<'_>) -> Vec<u8> {
        match data {
            _ if !self.is_there(field) => vec![TIMED_OUT],
            [block] if block & 0xF6 == 0xB2 => vec![DONE, 0xA2 | (block & 1)],
            [block, number] if block & 0xFE == 0xBA => vec![DONE, 0xAA | (block & 1), *number],
            _ => vec![TIMED_OUT],
        }
    }
}
