//! Where a virtual card is put: the slot of a vpcd reader, or the field of a virtual PN532; and the hand at it.
//!
//! Not here: what either does with the card (`virtual-vpcd`, `virtual-pn532`).

use std::path::Path;
use std::thread;
use std::time::Duration;

use varco::played::pn532::{Board, BoardControl, CardType, FaultPlan, LinkSpeed, Pn532Error};
use varco::played::vpcd::{Ended, Reach, Slot, SlotControl, SlotEvent, VpcdAddress, VpcdError};
use varco_emulator::{PlayedCard, TimingModel};
use varco_messages::Arg;

use crate::arguments::{EmulateArguments, FieldType};
use crate::output::Output;
use crate::problem::Problem;

/// An address of a virtual PN532 begins with this; the rest is the path of the link to its port.
const PN532: &str = "pn532://";
/// How long to wait before looking again for a pcscd that went away.
const RETRY: Duration = Duration::from_millis(500);

/// An address that was understood; nothing is opened yet.
pub(super) enum Address {
    Vpcd(VpcdAddress),
    Pn532(String, LinkSpeed),
}

/// A card in its place.
pub(super) enum Place {
    Slot(Box<Slot>),
    Field(Box<Board>),
}

/// Controls either from other threads.
#[derive(Clone)]
pub(super) enum Hand {
    Slot(SlotControl),
    Field(BoardControl),
}

impl Address {
    /// Understands where the card is to be, and how long things are to take there.
    pub(super) fn parse(
        arguments: &EmulateArguments,
        timing: TimingModel,
        output: &Output,
    ) -> Result<Self, Problem> {
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
            Self::Vpcd(_) => timing,
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
            Self::Field(board) => Hand::Field(board.control()),
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

/// Does the same at either.
macro_rules! either {
    ($hand:expr, $control:ident => $work:expr) => {
        match $hand {
            Hand::Slot($control) => $work,
            Hand::Field($control) => $work,
        }
    };
}

impl Hand {
    pub(super) fn insert(&self) {
        either!(self, control => control.insert());
    }

    pub(super) fn remove(&self) {
        either!(self, control => control.remove());
    }

    pub(super) fn remove_after(&self, exchanges: u64) {
        either!(self, control => control.remove_after(exchanges));
    }

    pub(super) fn stop(&self) {
        either!(self, control => control.stop());
    }

    pub(super) fn is_inserted(&self) -> bool {
        either!(self, control => control.is_inserted())
    }

    pub(super) fn with_card<R>(&self, look: impl FnOnce(&mut dyn PlayedCard) -> R) -> R {
        either!(self, control => control.with_card(look))
    }

    /// Breaks or mends the reader; false where it cannot be broken.
    pub(super) fn set_fault(&self, plan: Option<FaultPlan>) -> bool {
        match self {
            Self::Slot(_) => false,
            Self::Field(board) => {
                board.set_fault(plan);
                true
            }
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
