//! What happens while a process is not looking: the card goes, comes, is another; a program that is not ours sends VERIFY,
//! leaves a PIN verified, resets the card or keeps it; another of our own processes takes its turn.
//!
//! Not here: when (`link`, `person`).

use std::sync::Arc;
use std::sync::atomic::Ordering;

use core::time::Duration;
use varco_apdu::ins;
use varco_card::{CardLink, Disposition};

use crate::card::{Card, OTHERS, Secret};
use crate::stage::Stage;
use crate::step;

/// No one speaks.
pub(crate) const NOBODY: usize = usize::MAX;

/// One thing that happens.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Event {
    /// The card is taken out.
    Out,
    /// It is taken out and put in again.
    OutAndIn,
    /// Another of the same kind lies there.
    Exchange,
    /// A program that is not ours sends VERIFY.
    Foreign(Foreign),
    /// Another program resets the card.
    Reset,
    /// Another program keeps the card until the step is over.
    Hold,
    /// Another of our processes does something.
    Process(usize),
}

/// What a program sends that is not ours.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Foreign {
    pub(crate) secret: Secret,
    pub(crate) is_right: bool,
    pub(crate) times: u8,
    pub(crate) resets: bool,
}

pub(crate) fn happen(stage: &Arc<Stage>, event: Event) {
    stage.tally(|tally| tally.event(event));
    match event {
        Event::Out => stage.take_out(),
        Event::OutAndIn => stage.put_in_again(),
        Event::Exchange => stage.exchange(),
        Event::Foreign(foreign) => send(stage, foreign),
        Event::Reset => {
            if let Some(mut link) = begin(stage) {
                let _ = link.end(Disposition::Reset);
                let _ = link.close(Disposition::Leave);
            }
        }
        Event::Hold => {
            if let Some(link) = begin(stage) {
                stage.keep(link);
            }
        }
        Event::Process(other) => step::nested(stage, other),
    }
}

/// Another program's link with the card taken, if it can be had.
fn begin(stage: &Stage) -> Option<Box<dyn CardLink>> {
    let mut link = stage.connect().ok()?;
    match link.begin(Duration::ZERO) {
        Ok(()) => Some(link),
        Err(_) => {
            let _ = link.close(Disposition::Leave);
            None
        }
    }
}

fn send(stage: &Stage, foreign: Foreign) {
    let Some(card) = stage.card_inside() else { return };
    let Some(mut link) = begin(stage) else { return };
    let before = stage.ears.speaker.swap(OTHERS, Ordering::SeqCst);
    if card.about.is_document {
        in_a_channel(&card, foreign);
    } else {
        let value = wrong_or_right(&card, foreign);
        let p2 = match foreign.secret {
            Secret::Pin => card.about.pin_reference,
            Secret::Puk => card.about.puk_reference,
        } | card.about.search;
        for _ in 0..foreign.times {
            let mut command = vec![0x00, ins::VERIFY, 0x00, p2, 0x08];
            command.extend_from_slice(&value);
            let _ = link.transmit(&command);
        }
    }
    stage.ears.speaker.store(before, Ordering::SeqCst);
    let is_reset = foreign.resets || card.about.is_document;
    let _ = link.end(if is_reset {
        Disposition::Reset
    } else {
        Disposition::Leave
    });
    let _ = link.close(Disposition::Leave);
}

fn wrong_or_right(card: &Card, foreign: Foreign) -> [u8; 8] {
    let mut value = card.secrets().value(foreign.secret);
    if !foreign.is_right {
        // Another last digit of the same form.
        let last = value.iter_mut().rfind(|byte| **byte != 0xFF).unwrap();
        *last = if *last == b'9' { b'0' } else { *last + 1 };
    }
    value
}

/// What comes of a program that has a channel to an identity card: its counters alone.
fn in_a_channel(card: &Card, foreign: Foreign) {
    let now = card.secrets();
    let (mut pin, mut puk) = (now.pin_tries, now.puk_tries);
    let (tries, most) = match foreign.secret {
        Secret::Pin => (&mut pin, card.about.pin_tries),
        Secret::Puk => (&mut puk, card.about.puk_tries),
    };
    *tries = match *tries {
        0 => 0,
        _ if foreign.is_right => most,
        left => left.saturating_sub(foreign.times),
    };
    card.set_tries(pin, puk);
}
