//! A real reader of the PC/SC service: the cards in it are put in by a rig, and what is known of them they tell themselves.
//!
//! Not here: the rig ([`crate::rig`]).

use core::cell::{Cell, RefCell};
use std::collections::BTreeMap;

use varco::pcsc::PcscReaders;
use varco::steps::{CardPresence, CardSeen, Conversation, Disposition, PinId, WAIT_DEFAULT};
use varco::{Audience, LoginOptions, Varco};
use varco_emulator::fault::FaultPlan;
use zeroize::Zeroizing;

use super::stage::until_seen;
use super::{Counts, Hindrance, Holder, Holding, Secrets, Stage};
use crate::rig::{Rig, Wanted};
use crate::scenario::{CardWanted, Do, Scenario, Typed};

/// A real reader, and the hands at it.
pub struct ReaderStage {
    varco: Varco,
    reader: String,
    rig: Box<dyn Rig>,
    cards: BTreeMap<String, CardWanted>,
    /// What is known of the holders of cards.
    holder: Holder,
    inserted: RefCell<Option<(String, Option<Secrets>)>>,
    /// Tries that may still be spent.
    left: Cell<u32>,
}

impl ReaderStage {
    /// Finds the reader, and has it emptied.
    ///
    /// # Errors
    /// [`Hindrance`].
    pub fn open(
        name: &str,
        scenario: &Scenario,
        rig: Box<dyn Rig>,
        holder: Holder,
    ) -> Result<Self, Hindrance> {
        let varco = Varco::with_readers(vec![Box::new(PcscReaders::default())]);
        let readers = varco
            .readers()
            .map_err(|error| Hindrance::rig("bench-rig-reader", error))?;
        let reader = readers
            .iter()
            .map(|reader| reader.name.as_str())
            .find(|known| known.contains(name));
        let reader = reader.ok_or_else(|| {
            let known: Vec<&str> = readers.iter().map(|reader| reader.name.as_str()).collect();
            let detail = format!("no reader is called {name:?}; there are: {}", known.join(", "));
            Hindrance::rig("bench-rig-reader", detail)
        })?;
        let stage = Self {
            reader: reader.to_owned(),
            varco,
            rig,
            cards: scenario.cards.clone(),
            left: Cell::new(holder.tries_may_spend()),
            holder,
            inserted: RefCell::default(),
        };
        if is_anything_in(&stage.varco, &stage.reader) {
            stage.rig.remove(&stage.reader)?;
        }
        until_seen(&stage.varco, &stage.reader, false)?;
        Ok(stage)
    }

    /// What the card tells without a PIN.
    fn told_counts(&self) -> Result<Counts, Hindrance> {
        let unread = |error: &dyn core::fmt::Display| Hindrance::rig("bench-rig-counts", error);
        let audience = Audience::parse("varco-bench").map_err(|error| unread(&error))?;
        let mut options = LoginOptions::new(audience);
        options.reader(&self.reader);
        let report = self.varco.pin_status(&options).map_err(|error| unread(&error))?;
        let counters = report.outcome.map_err(|error| unread(&error))?;
        let user = counters.iter().find(|counters| counters.id == PinId::User);
        Ok(Counts {
            pin: user.and_then(|user| user.pin.left.known()),
            puk: user.and_then(|user| user.puk).and_then(|puk| puk.left.known()),
        })
    }

    /// Recognises the card, and holds it against what the scenario says it must be. None where it is of no kind that is known.
    fn recognised(&self, wanted: &CardWanted) -> Result<Option<&'static str>, Hindrance> {
        let mut link = self
            .varco
            .connect(Some(&self.reader), WAIT_DEFAULT)
            .map_err(|error| Hindrance::rig("bench-rig-card-unread", error))?;
        let mut conversation = Conversation::new(&mut *link, WAIT_DEFAULT);
        let seen = CardSeen::recognise(&mut conversation, self.varco.card_drivers());
        // The card may be gone by now, which is told by what follows.
        let _ = link.close(Disposition::Leave);
        let kind = match seen {
            Ok(seen) => Some(seen.description().kind.name()),
            Err(_) if wanted.kind.is_empty() => None,
            Err(error) => return Err(Hindrance::rig("bench-rig-card-unread", error)),
        };
        if wanted.kind.is_empty() || wanted.kind.iter().any(|wanted| Some(wanted.as_str()) == kind) {
            return Ok(kind);
        }
        let (found, wanted) = (kind.unwrap_or_default(), wanted.kind.join(" or "));
        let detail = format!("a {found} is in the reader, and {wanted} is wanted");
        Err(Hindrance::not_applicable("bench-na-kind", detail))
    }
}

/// Whether something is in the reader now.
fn is_anything_in(varco: &Varco, reader: &str) -> bool {
    let readers = varco.readers().unwrap_or_default();
    readers
        .iter()
        .any(|state| state.name.as_str() == reader && state.card != CardPresence::Absent)
}

impl Stage for ReaderStage {
    fn varco(&self) -> &Varco {
        &self.varco
    }

    fn reader(&self) -> &str {
        &self.reader
    }

    fn insert(&self, name: &str) -> Result<(), Hindrance> {
        let wanted = self.cards.get(name);
        let wanted = wanted.ok_or_else(|| Hindrance::rig("bench-rig-profile", name))?;
        self.remove()?;
        let card = Wanted {
            name,
            profiles: &wanted.profile,
            kinds: &wanted.kind,
            serial: None,
        };
        self.rig.insert(&self.reader, card)?;
        until_seen(&self.varco, &self.reader, true)?;
        let kind = self.recognised(wanted)?;
        *self.inserted.borrow_mut() = Some((name.to_owned(), self.holder.secrets(name, kind)));
        Ok(())
    }

    fn remove(&self) -> Result<(), Hindrance> {
        if is_anything_in(&self.varco, &self.reader) {
            self.rig.remove(&self.reader)?;
        }
        until_seen(&self.varco, &self.reader, false)
    }

    fn fault(&self, plan: FaultPlan) -> Result<(), Hindrance> {
        let detail = format!("{plan}: no fault of the catalogue is for a real reader");
        Err(Hindrance::not_applicable("bench-na-fault", detail))
    }

    fn value(&self, typed: &Typed) -> Result<Option<Zeroizing<Vec<u8>>>, Hindrance> {
        match &*self.inserted.borrow() {
            Some((_, Some(secrets))) => secrets.value(typed),
            Some((name, None)) => {
                let detail = format!("nobody told the codes of {name}");
                Err(Hindrance::rig("bench-rig-secret", detail))
            }
            None => Err(Hindrance::rig("bench-rig-secret", "no card is in")),
        }
    }

    fn asks_person(&self) -> bool {
        self.rig.is_person()
    }

    fn may_type(&self, action: &Do, typed: &[&Typed]) -> Result<(), Hindrance> {
        let changes = matches!(action, Do::PinChange { .. } | Do::PinUnblock { .. });
        if changes && !self.holder.may_change() {
            let detail = "the codes of this card may not be changed";
            return Err(Hindrance::not_applicable("bench-na-spend", detail));
        }
        let cost = typed.iter().filter(|typed| typed.may_cost()).count();
        let cost = u32::try_from(cost).unwrap_or(u32::MAX);
        match self.left.get().checked_sub(cost) {
            Some(left) => {
                self.left.set(left);
                Ok(())
            }
            None => {
                let detail = format!("this costs {cost} tries, and {} may be spent", self.left.get());
                Err(Hindrance::not_applicable("bench-na-spend", detail))
            }
        }
    }

    fn counts(&self) -> Result<Counts, Hindrance> {
        let counts = self.told_counts()?;
        if counts.pin.is_some() {
            return Ok(counts);
        }
        // A card on which another program left its PIN verified does not tell.
        self.reset(Holding::Free)?;
        self.told_counts()
    }

    fn reaches_programs(&self) -> bool {
        true
    }

    fn reset(&self, _: Holding) -> Result<(), Hindrance> {
        super::stage::reset(&self.varco, &self.reader)
    }
}
