//! Who walks along with a journey: hears how far it is, and ends it where a fault says so.
//!
//! Not here: what happens at each place (`bench`).

use std::cell::RefCell;

use varco_card::Interruption;
use varco_session::{Companion, Step};

use super::bench::Bench;
use super::fault::Place;

/// What was told of a journey.
#[derive(Default)]
pub(crate) struct Told {
    /// The answers of the logins that were verified, by their names, in their order.
    pub(crate) verified: Vec<String>,
    /// Whom each decision was about, and how many had been verified by then.
    pub(crate) decided: Vec<(Option<String>, usize)>,
    /// Whether the card accepted the PIN.
    pub(crate) is_signing: bool,
}

/// Walks along.
pub(crate) struct Walking<'b> {
    bench: &'b Bench,
    told: RefCell<Told>,
}

impl<'b> Walking<'b> {
    pub(crate) fn new(bench: &'b Bench) -> Self {
        Self {
            bench,
            told: RefCell::default(),
        }
    }

    pub(crate) fn into_told(self) -> Told {
        self.told.into_inner()
    }
}

impl Companion for Walking<'_> {
    fn reached(&self, step: &Step<'_>) {
        let place = match step {
            Step::CardSeen(_) => Place::Seen,
            Step::Judged => Place::Judged,
            Step::ChannelOpen(_) => Place::Channel,
            Step::PinSent => Place::Sent,
            Step::Signing => {
                self.told.borrow_mut().is_signing = true;
                Place::Signing
            }
            Step::Verified(identity) => {
                self.told.borrow_mut().verified.push(identity.evidence_id());
                Place::Verified
            }
            Step::Decided(decision) => {
                let about = decision.subject.as_ref();
                let about = about.and_then(|subject| subject.evidence_id.clone());
                let mut told = self.told.borrow_mut();
                let verified = told.verified.len();
                told.decided.push((about, verified));
                return;
            }
            // Whoever is asked stands for the place where a value is wanted.
            _ => return,
        };
        self.bench.pass(place);
    }

    fn may_go_on(&self) -> Result<(), Interruption> {
        self.bench.stopped().map_or(Ok(()), Err)
    }
}
