//! Where a virtual card is put: the slot of a vpcd reader, a virtual pin-pad reader, or the field of a virtual PN532; and
//! the hand at it.
//!
//! Not here: what each does with the card (`virtual-vpcd`, `virtual-ccid`, `virtual-pn532`).

use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::Duration;

use varco::played::ccid::{CcidError, Entry, Model, PadFault, Reader, ReaderControl};
use varco::played::fault::{FaultError, FaultPlan, Fired, Mishap};
use varco::played::pn532::{Board, BoardControl, CardType, LinePlan, LinkSpeed, Pn532Error};
use varco::played::vpcd::{Ended, Reach, Slot, SlotControl, SlotEvent, VpcdAddress, VpcdError};
use varco_emulator::{PlayedCard, TimingModel};
use varco_messages::Arg;

use crate::arguments::{EmulateArguments, FieldType, Keypad};
use crate::output::Output;
use crate::problem::Problem;

/// An address of a virtual PN532 begins with this; the rest is the path of the link to its port.
const PN532: &str = "pn532://";
/// The same of a virtual pin-pad reader.
const CCID: &str = "ccid://";
/// How long to wait before looking again for a pcscd that went away.
const RETRY: Duration = Duration::from_millis(500);

/// An address that was understood; nothing is opened yet.
pub(super) enum Address {
    Vpcd(VpcdAddress),
    Ccid(String),
    Pn532(String, LinkSpeed),
}

/// A card in its place.
pub(super) enum Place {
    Slot(Box<Slot>),
    Pad(Box<Reader>),
    Field(Box<Board>),
}

/// Controls any of them from other threads.
#[derive(Clone)]
pub(super) enum Hand {
    Slot(SlotControl),
    Pad(ReaderControl),
    Field(BoardControl),
}

impl Address {
    /// Understands where the card is to be, and how long things are to take there.
    pub(super) fn parse(
        arguments: &EmulateArguments,
        timing: TimingModel,
        output: &Output,
    ) -> Result<Self, Problem> {
        if let Some(link) = arguments.via.strip_prefix(CCID) {
            return if link.is_empty() {
                Err(Problem::usage(output.messages(), "--via: ccid://PATH"))
            } else {
                Ok(Self::Ccid(link.to_owned()))
            };
        }
        let Some(link) = arguments.via.strip_prefix(PN532) else {
            return VpcdAddress::parse(&arguments.via, Reach::LoopbackOnly)
                .map(Self::Vpcd)
                .map_err(|error| vpcd_problem(&arguments.via, &error, output));
        };
        let speed = match timing {
            TimingModel::NONE => LinkSpeed::NONE,
            TimingModel::CONTACTLESS_106 => LinkSpeed::USUAL,
            _ => {
                let names = [TimingModel::NONE.name(), TimingModel::CONTACTLESS_106.name()];
                let usage = format!("--latency: {}", names.join(", "));
                return Err(Problem::usage(output.messages(), &usage));
            }
        };
        if link.is_empty() {
            return Err(Problem::usage(output.messages(), "--via: pn532://PATH"));
        }
        Ok(Self::Pn532(link.to_owned(), speed))
    }

    /// The time that the card itself takes: where the link is played apart, only its work.
    pub(super) fn timing_of_card(&self, timing: TimingModel) -> TimingModel {
        match self {
            Self::Vpcd(_) | Self::Ccid(_) => timing,
            Self::Pn532(..) => timing.without_link(),
        }
    }

    /// Puts the card there.
    pub(super) fn open(
        &self,
        card: Box<dyn PlayedCard>,
        arguments: &EmulateArguments,
        output: &Output,
    ) -> Result<Place, Problem> {
        match self {
            Self::Vpcd(address) => Slot::connect(address, card)
                .map(|slot| Place::Slot(Box::new(slot)))
                .map_err(|error| vpcd_problem(&arguments.via, &error, output)),
            Self::Ccid(link) => {
                let model = match arguments.keypad {
                    Keypad::Present => Model::PinPad,
                    Keypad::Absent => Model::Plain,
                };
                Reader::open(Path::new(link), card, model)
                    .map(|reader| Place::Pad(Box::new(reader)))
                    .map_err(|error| ccid_problem(link, &error, output))
            }
            Self::Pn532(link, speed) => {
                let card_type = match arguments.card_type {
                    FieldType::A => CardType::A,
                    FieldType::B => CardType::B,
                };
                Board::open(Path::new(link), card, card_type, *speed)
                    .map(|board| Place::Field(Box::new(board)))
                    .map_err(|error| pn532_problem(link, &error, output))
            }
        }
    }
}

impl Place {
    pub(super) fn hand(&self) -> Hand {
        match self {
            Self::Slot(slot) => Hand::Slot(slot.control()),
            Self::Pad(reader) => Hand::Pad(reader.control()),
            Self::Field(board) => Hand::Field(board.control()),
        }
    }

    /// The entry by which pcscd finds the reader, where there must be one.
    pub(super) fn entry(&self) -> Option<String> {
        match self {
            Self::Pad(reader) => Some(reader.entry()),
            Self::Slot(_) | Self::Field(_) => None,
        }
    }

    /// Plays until it is told to stop. A pcscd that ends is waited for.
    pub(super) fn run(
        &mut self,
        address: &str,
        observe: &mut dyn FnMut(SlotEvent),
        output: &Output,
    ) -> Result<(), Problem> {
        match self {
            Self::Pad(reader) => {
                reader.run(observe);
                Ok(())
            }
            Self::Field(board) => board
                .run(observe)
                .map_err(|error| pn532_problem(address, &error, output)),
            Self::Slot(slot) => loop {
                match slot.run(observe) {
                    Ok(Ended::Stopped) => return Ok(()),
                    Ok(Ended::ReaderClosed) | Err(VpcdError::Refused { .. }) => thread::sleep(RETRY),
                    Err(error) => return Err(vpcd_problem(address, &error, output)),
                }
            },
        }
    }
}

/// Does the same at any of them.
macro_rules! any_of {
    ($hand:expr, $control:ident => $work:expr) => {
        match $hand {
            Hand::Slot($control) => $work,
            Hand::Pad($control) => $work,
            Hand::Field($control) => $work,
        }
    };
}

impl Hand {
    pub(super) fn insert(&self) {
        any_of!(self, control => control.insert());
    }

    pub(super) fn remove(&self) {
        any_of!(self, control => control.remove());
    }

    pub(super) fn remove_after(&self, exchanges: u64) {
        any_of!(self, control => control.remove_after(exchanges));
    }

    pub(super) fn stop(&self) {
        any_of!(self, control => control.stop());
    }

    pub(super) fn is_inserted(&self) -> bool {
        any_of!(self, control => control.is_inserted())
    }

    pub(super) fn with_card<R>(&self, look: impl FnOnce(&mut dyn PlayedCard) -> R) -> R {
        any_of!(self, control => control.with_card(look))
    }

    /// Has this program run at mishaps that a reader cannot play by itself; false where a reader knows none of those.
    pub(super) fn on_mishap(&self, program: PathBuf) -> bool {
        let act = move |mishap: Mishap| {
            // Whether it could be run shows in what then happens to the service.
            let ran = Command::new(&program).arg(mishap.name()).status();
            tracing::debug!(?ran, "the program for mishaps");
        };
        match self {
            Self::Slot(slot) => slot.on_mishap(act),
            Self::Pad(reader) => reader.on_mishap(act),
            Self::Field(_) => return false,
        }
        true
    }

    /// Arms a fault of the catalogue.
    pub(super) fn add_fault(&self, plan: FaultPlan) -> Result<(), FaultError> {
        any_of!(self, control => control.add_fault(plan))
    }

    /// What is armed and may still happen.
    pub(super) fn faults(&self) -> Vec<FaultPlan> {
        any_of!(self, control => control.faults())
    }

    /// What happened, oldest first.
    pub(super) fn fired(&self) -> Vec<Fired> {
        any_of!(self, control => control.fired())
    }

    /// Disarms everything, and mends what is wrong with the reader's own line or keypad.
    pub(super) fn mend(&self) {
        any_of!(self, control => control.clear_faults());
        match self {
            Self::Slot(_) => {}
            Self::Pad(reader) => reader.set_fault(None),
            Self::Field(board) => board.set_line_fault(None),
        }
    }

    /// Breaks the reader's own line or keypad as the words say; false where they are none of its own.
    pub(super) fn break_reader(&self, words: &[&str]) -> bool {
        match self {
            Self::Slot(_) => false,
            Self::Pad(reader) => {
                let fault = PadFault::parse(words);
                fault.map(|fault| reader.set_fault(Some(fault))).is_some()
            }
            Self::Field(board) => {
                let plan = LinePlan::parse(words);
                plan.map(|plan| board.set_line_fault(Some(plan))).is_some()
            }
        }
    }

    /// Presses keys when the reader asks for digits; false where there is no keypad, or the word is none.
    pub(super) fn press(&self, word: &str) -> bool {
        match self {
            Self::Pad(reader) => Entry::parse(word).is_some_and(|entry| reader.press(entry)),
            Self::Slot(_) | Self::Field(_) => false,
        }
    }

    /// How many entries wait for the reader to ask, where there is a keypad.
    pub(super) fn entries_left(&self) -> Option<usize> {
        match self {
            Self::Pad(reader) => Some(reader.entries_left()),
            Self::Slot(_) | Self::Field(_) => None,
        }
    }
}

fn vpcd_problem(address: &str, error: &VpcdError, output: &Output) -> Problem {
    output
        .problem(error.code(), &[("address", Arg::Text(address))])
        .detailed(error)
}

fn pn532_problem(path: &str, error: &Pn532Error, output: &Output) -> Problem {
    output
        .problem(error.code(), &[("path", Arg::Text(path))])
        .detailed(error)
}

fn ccid_problem(path: &str, error: &CcidError, output: &Output) -> Problem {
    output
        .problem(error.code(), &[("path", Arg::Text(path))])
        .detailed(error)
}
