//! One reader of libnfc and what is in its field. Every trap of the library that can be walked round is walked round here.
//!
//! Not here: what ends the process all the same; the parent starts another.

use core::time::Duration;

use nfc1::target_info::TargetInfo;
use nfc1::{BaudRate, Context, Device, Error, Modulation, ModulationType, Property, Timeout};
use varco_reader_nfc::wire::{Answer, COMMAND_MAX_BYTES, Fault, HISTORICAL_MAX_BYTES, Question, Target};
use zeroize::Zeroizing;

/// Room for an answer: what libnfc's own buffer holds.
const ANSWER_ROOM_BYTES: usize = 264;
/// The longest answer to a short command. Longer ones come in parts, and libnfc does not tell when one is missing.
const ANSWER_MAX_BYTES: usize = 258;
/// Shorter ones mean "for ever" to libnfc, longer ones overflow.
const TIMEOUTS_MS: core::ops::RangeInclusive<u32> = 1..=60_000;

/// A card has lost its state when the field was off for 5.1 ms, and is ready when it was on for 5 ms
/// (ISO/IEC 14443-3 §5.4).
const FIELD_REST: Duration = Duration::from_millis(6);

/// In SEL_RES: the card speaks ISO/IEC 14443-4 (ISO/IEC 14443-3 §6.5.3.4).
const SAK_ISO_14443_4: u8 = 0x20;

/// How often the field is switched off at the end, where the line is disturbed.
const OFF_TRIES: u32 = 2;

const TYPE_A: Modulation = Modulation {
    modulation_type: ModulationType::Iso14443a,
    baud_rate: BaudRate::Baud106,
};
const TYPE_B: Modulation = Modulation {
    modulation_type: ModulationType::Iso14443b,
    baud_rate: BaudRate::Baud106,
};

/// The library and the reader that was opened. Fields are dropped in this order: the reader must go first.
pub(crate) struct Libnfc {
    device: Option<Device>,
    is_selected: bool,
    context: Context,
}

/// Whatever libnfc does at closing, it does not where its first words fail: the power is taken off the card before.
impl Drop for Libnfc {
    fn drop(&mut self) {
        let Some(device) = &mut self.device else { return };
        for _ in 0..OFF_TRIES {
            if device.set_property_bool(Property::ActivateField, false).is_ok() {
                return;
            }
        }
    }
}

impl Libnfc {
    pub(crate) fn new() -> Result<Self, Error> {
        Ok(Self {
            device: None,
            is_selected: false,
            context: Context::new()?,
        })
    }

    pub(crate) fn answer(&mut self, question: Question) -> Answer {
        let done = match question {
            Question::Open(connection) => self.open(&connection),
            Question::Select => self.select(),
            Question::Transmit { timeout_ms, command } => self.transmit(timeout_ms, &command),
            Question::IsPresent => self.is_present(),
            Question::Release => {
                self.release();
                Ok(Answer::Done)
            }
        };
        done.unwrap_or_else(Answer::Failed)
    }

    fn open(&mut self, connection: &str) -> Result<Answer, Fault> {
        // One reader for each process: nothing of the last one is left.
        if self.device.is_some() {
            return Err(Fault::Other);
        }
        // Once more: what a chip still had to say to the last program can spoil the first words of this one.
        let mut device = self
            .context
            .open_with_connstring(connection)
            .or_else(|_| self.context.open_with_connstring(connection))
            .map_err(|_| Fault::NoReader)?;
        device.initiator_init().map_err(|_| Fault::NoReader)?;
        device
            .set_property_bool(Property::InfiniteSelect, false)
            .map_err(|_| Fault::NoReader)?;
        self.device = Some(device);
        Ok(Answer::Done)
    }

    fn device(&mut self) -> Result<&mut Device, Fault> {
        self.device.as_mut().ok_or(Fault::NoReader)
    }

    fn release(&mut self) {
        self.is_selected = false;
        if let Ok(device) = self.device() {
            // What is not there any more needs no farewell.
            let _ = device.initiator_deselect_target();
        }
    }

    /// Takes the power off whatever is in the field: a card forgets that a PIN was typed.
    fn cycle_field(&mut self) -> Result<(), Fault> {
        for is_on in [false, true] {
            let outcome = self.device()?.set_property_bool(Property::ActivateField, is_on);
            outcome.map_err(|error| match error {
                Error::Timeout => Fault::TimedOut,
                _ => Fault::Line,
            })?;
            std::thread::sleep(FIELD_REST);
        }
        Ok(())
    }

    fn select(&mut self) -> Result<Answer, Fault> {
        self.release();
        self.cycle_field()?;
        for modulation in [TYPE_A, TYPE_B] {
            let device = self.device()?;
            let found = match device.initiator_select_passive_target(&modulation) {
                Ok(found) => found,
                Err(Error::Io) => return Err(Fault::Line),
                // Nothing of this type.
                Err(_) => continue,
            };
            // Nothing at all is told as a card of zeros.
            if found.modulation != modulation {
                continue;
            }
            if let Some(target) = told(&found.target_info) {
                self.is_selected = true;
                return Ok(Answer::Found(target));
            }
        }
        Ok(Answer::Empty)
    }

    fn transmit(&mut self, timeout_ms: u32, command: &[u8]) -> Result<Answer, Fault> {
        // libnfc would write over the end of its buffer.
        if command.len() > COMMAND_MAX_BYTES || !TIMEOUTS_MS.contains(&timeout_ms) {
            return Err(Fault::Other);
        }
        if !self.is_selected {
            return Err(Fault::CardGone);
        }
        let timeout = Timeout::Duration(Duration::from_millis(timeout_ms.into()));
        let outcome = self
            .device()?
            .initiator_transceive_bytes(command, ANSWER_ROOM_BYTES, timeout);
        let fault = match outcome {
            Ok(answer) if answer.len() <= ANSWER_MAX_BYTES && has_status_word(&answer) => {
                return Ok(Answer::Response(Zeroizing::new(answer)));
            }
            // An answer that ends where the card left, or is none.
            Ok(_) => Fault::CardGone,
            Err(Error::Timeout) => Fault::TimedOut,
            Err(Error::Io) => Fault::Line,
            Err(Error::RfTransmissionError | Error::TargetReleased | Error::InvalidArgument) => {
                Fault::CardGone
            }
            Err(_) => Fault::Other,
        };
        // Late answers must not be taken for another command's: whatever went wrong, the card is selected anew.
        self.is_selected = false;
        Err(fault)
    }

    /// By whatever is selected: libnfc compares what it knows of a type B card wrongly.
    fn is_present(&mut self) -> Result<Answer, Fault> {
        if !self.is_selected {
            return Ok(Answer::Empty);
        }
        match self.device()?.initiator_target_is_present_any() {
            Ok(()) => Ok(Answer::Done),
            Err(error) => {
                self.is_selected = false;
                match error {
                    Error::Io => Err(Fault::Line),
                    Error::Timeout => Err(Fault::TimedOut),
                    _ => Ok(Answer::Empty),
                }
            }
        }
    }
}

/// Whether it ends with a status word (ISO/IEC 7816-4 §5.6): what was cut off seldom does.
fn has_status_word(answer: &[u8]) -> bool {
    matches!(answer, [.., 0x61..=0x6F | 0x90..=0x9F, _])
}

/// What a card tells of itself; `None` for one that is none, or does not speak ISO/IEC 14443-4.
fn told(info: &TargetInfo) -> Option<Target> {
    match info {
        TargetInfo::Iso14443a(card) if card.uid_len > 0 && card.sak & SAK_ISO_14443_4 != 0 => {
            let ats = card.ats.get(..card.ats_len)?;
            let historical = nfc1::iso14443a_locate_historical_bytes(ats).unwrap_or_default();
            let historical = historical.iter().take(HISTORICAL_MAX_BYTES).copied();
            Some(Target::A {
                historical: historical.collect(),
            })
        }
        TargetInfo::Iso14443b(card) => {
            let [a, b, c, d] = card.application_data;
            let [e, f, g] = card.protocol_info;
            // Nothing but zeros is no card either.
            let is_one = card.pupi != [0; 4] || card.protocol_info != [0; 3];
            is_one.then_some(Target::B {
                // libnfc keeps no MBLI apart: the identifier's upper half is where it stands.
                told: [a, b, c, d, e, f, g, card.card_identifier & 0xF0],
            })
        }
        _ => None,
    }
}
