//! A real reader of the PC/SC service: the cards in it are put in by a rig, and what is known of them they tell themselves.
//!
//! Before anything that could cost a try, the serial of the card in the reader is read and held against the bench file; before each
//! value that is typed, the service's count of insertions says whether it is still that card. A connection to a card that leaves
//! is dead from then on, so that no value goes to another one.
//!
//! Not here: the rig ([`crate::rig`]), and what may be spent ([`super::Keeper`]).

mod desk;
mod pressing;

use core::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use varco::steps::{PinId, WAIT_DEFAULT};
use varco::{Audience, LoginOptions, Varco};
use varco_emulator::fault::FaultPlan;

use self::desk::Desk;
use self::pressing::Pressing;
use super::spending::{Taken, taken};
use super::stage::until_seen;
use super::{Counts, Hindrance, Holder, Holding, Keeper, Secrets, Stage, Value};
use crate::bench_file::BenchFile;
use crate::rig::{CardLock, Keys, Locked, Rig, Wanted, insertion, known};
use crate::scenario::{CardWanted, Do, Scenario, Typed};

/// A real reader, and the hands at it.
pub struct ReaderStage {
    desk: Desk,
    rig: Arc<dyn Rig>,
    keeper: Box<dyn Keeper>,
    bench: BenchFile,
    cards: BTreeMap<String, CardWanted>,
    /// For each card of the scenario the one of the bench file.
    stand_ins: BTreeMap<String, String>,
    holder: Holder,
    inserted: RefCell<Option<Inserted>>,
    taken: RefCell<Option<(String, Taken)>>,
    pressing: RefCell<Option<Pressing>>,
    locks: RefCell<Vec<(String, CardLock)>>,
    _reader: CardLock,
}

/// The card that was put in last.
struct Inserted {
    /// What the scenario calls it.
    name: String,
    /// What the bench file calls it: the card with the serial that was read.
    card: Option<String>,
    which: Option<varco_card::InsertionCount>,
    secrets: Option<Secrets>,
    /// It was taken out again by this scenario.
    is_out: bool,
}

impl ReaderStage {
    /// Finds the reader, waits until no other run uses it or the cards, and has it emptied.
    ///
    /// # Errors
    /// [`Hindrance`].
    pub fn open(
        scenario: &Scenario,
        bench: BenchFile,
        rig: Box<dyn Rig>,
        holder: Holder,
        keeper: Box<dyn Keeper>,
    ) -> Result<Self, Hindrance> {
        let desk = Desk::find(&bench.reader)?;
        keeper.by_hand(true);
        let reader = lock(Locked::Reader(desk.name()), "the reader", bench.rig.timeout);
        keeper.by_hand(false);
        let stage = Self {
            _reader: reader?,
            desk,
            rig: rig.into(),
            keeper,
            stand_ins: bench.stand_ins(&scenario.cards),
            bench,
            cards: scenario.cards.clone(),
            holder,
            inserted: RefCell::default(),
            taken: RefCell::default(),
            pressing: RefCell::default(),
            locks: RefCell::default(),
        };
        // In the order of names, as every other run takes them.
        let mut cards: Vec<&String> = stage.stand_ins.values().collect();
        cards.sort();
        for card in cards {
            stage.lock(card)?;
        }
        stage.empty()?;
        Ok(stage)
    }

    /// Nobody else's while this exists.
    fn lock(&self, card: &str) -> Result<(), Hindrance> {
        let serial = self.bench.cards.get(card).and_then(|card| card.serial.as_deref());
        let is_ours = self.locks.borrow().iter().any(|(ours, _)| ours == card);
        if let (Some(serial), false) = (serial, is_ours) {
            self.keeper.by_hand(true);
            let locked = lock(Locked::Card(serial), card, self.bench.rig.timeout);
            self.keeper.by_hand(false);
            self.locks.borrow_mut().push((card.to_owned(), locked?));
        }
        Ok(())
    }

    /// Has hands do something.
    fn have(&self, done: impl FnOnce(&dyn Rig) -> Result<(), Hindrance>) -> Result<(), Hindrance> {
        self.keeper.by_hand(true);
        let done = done(&*self.rig);
        self.keeper.by_hand(false);
        done
    }

    fn empty(&self) -> Result<(), Hindrance> {
        if self.desk.is_anything_in() {
            self.have(|rig| rig.remove(self.desk.name()))?;
        }
        until_seen(self.desk.varco(), self.desk.name(), false)
    }

    /// Reads the number of the card in the reader, and looks whose it is. None where the bench file names no such card.
    fn identify(&self, name: &str, wanted: &CardWanted) -> Result<Inserted, Hindrance> {
        let stand_in = self.stand_ins.get(name);
        let mut inserted = Inserted {
            name: name.to_owned(),
            card: None,
            which: None,
            secrets: None,
            is_out: false,
        };
        let known = match known(self.desk.varco(), Some(self.desk.name()), WAIT_DEFAULT) {
            Ok(known) => known,
            Err(_) if wanted.kind.is_empty() && stand_in.is_none() => return Ok(inserted),
            Err(error) => return Err(error),
        };
        if !wanted.kind.is_empty() && !wanted.kind.iter().any(|kind| kind == known.kind) {
            let detail = format!(
                "a {} is in the reader, and {} is wanted",
                known.kind,
                wanted.kind.join(" or ")
            );
            // A person may have no such card; a command that has none says so by its exit status.
            return Err(match self.rig.is_person() {
                true => Hindrance::not_applicable("bench-na-kind", detail),
                false => Hindrance::rig("bench-another-card", detail),
            });
        }
        let by_serial = known
            .serial
            .as_deref()
            .and_then(|serial| self.bench.by_serial(serial));
        let card = match stand_in {
            None => by_serial,
            Some(card) => {
                let entry = self.bench.cards.get(card);
                let is_named = entry.is_some_and(|entry| entry.serial.is_some());
                if is_named && by_serial.is_none_or(|(found, _)| found != card) {
                    return Err(another(card, known.serial.is_some()));
                }
                by_serial.or(entry.map(|entry| (card.as_str(), entry)))
            }
        };
        if let Some((card, entry)) = card {
            let is_kind = entry.kind.is_none_or(|kind| kind.name() == known.kind);
            if !is_kind
                || entry
                    .profile
                    .as_ref()
                    .is_some_and(|profile| *profile != known.profile)
            {
                let detail = format!(
                    "{card}: the card in the reader is recognised as {} by {}",
                    known.kind, known.profile
                );
                return Err(Hindrance::rig("bench-another-card", detail));
            }
            if entry.serial.is_some() {
                self.lock(card)?;
                inserted.secrets = self.holder.secrets(card);
                inserted.card = Some(card.to_owned());
            }
        }
        inserted.which = known.insertion;
        Ok(inserted)
    }

    /// What the card tells without a PIN.
    fn told_counts(&self) -> Result<Counts, Hindrance> {
        let unread = |error: &dyn core::fmt::Display| Hindrance::rig("bench-rig-counts", error);
        let audience = Audience::parse("varco-bench").map_err(|error| unread(&error))?;
        let mut options = LoginOptions::new(audience);
        options.reader(self.desk.name());
        let report = self
            .desk
            .varco()
            .pin_status(&options)
            .map_err(|error| unread(&error))?;
        let counters = report.outcome.map_err(|error| unread(&error))?;
        let user = counters.iter().find(|counters| counters.id == PinId::User);
        Ok(Counts {
            pin: user.and_then(|user| user.pin.left.known()),
            puk: user.and_then(|user| user.puk).and_then(|puk| puk.left.known()),
        })
    }

    /// The counters, where the card is in and tells.
    fn counts_now(&self) -> Option<Counts> {
        self.is_same().ok()?;
        self.counts().ok()
    }

    /// Reads the number of the card that is in, which must be the one that was put in.
    fn serial_again(&self) -> Result<(String, String), Hindrance> {
        let card = match &*self.inserted.borrow() {
            Some(Inserted {
                card: Some(card),
                is_out: false,
                ..
            }) => card.clone(),
            _ => {
                let detail = "the card in the reader is none that the bench file names by its serial";
                return Err(Hindrance::not_applicable("bench-na-spend", detail));
            }
        };
        let known = known(self.desk.varco(), Some(self.desk.name()), WAIT_DEFAULT)?;
        let found = known
            .serial
            .as_deref()
            .and_then(|serial| self.bench.by_serial(serial));
        if found.is_none_or(|(found, _)| found != card) {
            return Err(another(&card, known.serial.is_some()));
        }
        if let Some(inserted) = &mut *self.inserted.borrow_mut() {
            inserted.which = known.insertion;
        }
        Ok((card, known.serial.unwrap_or_default()))
    }
}

fn lock(what: Locked<'_>, name: &str, limit: Duration) -> Result<CardLock, Hindrance> {
    CardLock::wait(&CardLock::default_folder(), what, limit)
        .map_err(|error| Hindrance::rig(error.code(), format!("{name}: {error}")))
}

/// The numbers themselves are nobody's who reads reports.
fn another(card: &str, is_read: bool) -> Hindrance {
    if is_read {
        let detail =
            format!("{card} is wanted, and a card with another serial is in the reader; nothing was sent");
        Hindrance::rig("bench-another-card", detail)
    } else {
        let detail = format!(
            "{card} is wanted, and the card in the reader does not tell its serial; nothing was sent"
        );
        Hindrance::rig("bench-card-unread", detail)
    }
}

impl Stage for ReaderStage {
    fn varco(&self) -> &Varco {
        self.desk.varco()
    }

    fn reader(&self) -> &str {
        self.desk.name()
    }

    fn insert(&self, name: &str) -> Result<(), Hindrance> {
        let wanted = self.cards.get(name);
        let wanted = wanted.ok_or_else(|| Hindrance::rig("bench-rig-profile", name))?;
        self.remove()?;
        let stand_in = self.stand_ins.get(name);
        let card = Wanted {
            name: stand_in.map_or(name, String::as_str),
            profiles: &wanted.profile,
            kinds: &wanted.kind,
            serial: stand_in
                .and_then(|card| self.bench.cards.get(card))
                .and_then(|card| card.serial.as_deref()),
        };
        *self.inserted.borrow_mut() = None;
        self.have(|rig| rig.insert(self.desk.name(), card))?;
        until_seen(self.desk.varco(), self.desk.name(), true)?;
        *self.inserted.borrow_mut() = Some(self.identify(name, wanted)?);
        Ok(())
    }

    fn remove(&self) -> Result<(), Hindrance> {
        if let Some(inserted) = &mut *self.inserted.borrow_mut() {
            inserted.is_out = true;
        }
        self.empty()
    }

    fn fault(&self, plan: FaultPlan) -> Result<(), Hindrance> {
        let detail = format!("{plan}: no fault of the catalogue is for a real reader");
        Err(Hindrance::not_applicable("bench-na-fault", detail))
    }

    fn value(&self, typed: &Typed) -> Result<Value, Hindrance> {
        self.is_same()?;
        let is_with_person = self.rig.is_person();
        match &*self.inserted.borrow() {
            Some(Inserted {
                secrets: Some(secrets),
                ..
            }) => match secrets.value(typed) {
                Err(_) if is_with_person && self.is_known_to_holder(typed) => Ok(Value::HolderKnows),
                value => value,
            },
            _ if *typed == Typed::Cancel => Ok(Value::Cancel),
            Some(_) if is_with_person && self.is_known_to_holder(typed) => Ok(Value::HolderKnows),
            Some(Inserted { name, .. }) => {
                let detail = format!("nobody told the codes of {name}");
                Err(Hindrance::rig("bench-rig-secret", detail))
            }
            None => Err(Hindrance::rig("bench-rig-secret", "no card is in")),
        }
    }

    fn is_same(&self) -> Result<(), Hindrance> {
        let another = |detail: &str| Hindrance::rig("bench-another-card", detail);
        let (which, is_out) = match &*self.inserted.borrow() {
            None => return Err(Hindrance::rig("bench-rig-secret", "no card is in")),
            Some(inserted) => (inserted.which, inserted.is_out),
        };
        if is_out {
            return match self.desk.is_anything_in() {
                // What had the card in hand notices that it is gone.
                false => Ok(()),
                true => Err(another(
                    "a card came into the reader that nobody was asked to put in",
                )),
            };
        }
        let now = insertion(self.desk.varco(), self.desk.name(), WAIT_DEFAULT)
            .map_err(|_| another("the card left the reader, and nobody was asked to take it out"))?;
        if which.is_some() && now == which {
            return Ok(());
        }
        Err(another("the card left the reader since its serial was read"))
    }

    fn permit(&self, action: &Do, typed: &[&Typed]) -> Result<(), Hindrance> {
        *self.taken.borrow_mut() = None;
        if typed.iter().any(|typed| matches!(typed, Typed::Literal(_))) {
            let detail = "digits of a scenario are for played cards: type @pin and its like";
            return Err(Hindrance::not_applicable("bench-na-literal", detail));
        }
        let has_keypad = self.has_keypad();
        if taken(action, typed, has_keypad, &|| None).is_none() {
            return Ok(());
        }
        if !self.desk.is_anything_in() {
            if matches!(action, Do::Run { .. }) {
                let detail =
                    "a program could send what it likes to a card that comes: put the card in before it";
                return Err(Hindrance::not_applicable("bench-na-spend", detail));
            }
            // Nothing of ours reaches a card; one that comes now is refused each value.
            return Ok(());
        }
        // Whose card it is comes first: even its counters are asked of no other.
        let (card, serial) = self.serial_again()?;
        let Some(taken) = taken(action, typed, has_keypad, &|| self.counts_now()) else {
            return Ok(());
        };
        self.keeper.take(&card, &serial, taken.amount)?;
        *self.taken.borrow_mut() = Some((card, taken));
        Ok(())
    }

    fn settle(&self, given: u32) -> Result<u8, Hindrance> {
        let Some((card, taken)) = self.taken.take() else {
            return Ok(0);
        };
        let is_out = self
            .inserted
            .borrow()
            .as_ref()
            .is_none_or(|inserted| inserted.is_out);
        let spent = taken.spent(given, &|| if is_out { None } else { self.counts_now() });
        self.keeper.settle(&card, taken.amount, spent)?;
        let beyond = |spent: u8, taken: u8| spent.saturating_sub(taken);
        Ok(beyond(spent.pin, taken.amount.pin).saturating_add(beyond(spent.puk, taken.amount.puk)))
    }

    fn by_hand(&self, is_busy: bool) {
        self.keeper.by_hand(is_busy);
    }

    fn has_keypad(&self) -> bool {
        self.bench.keypad
    }

    fn press(&self, values: Vec<(Keys, Value)>) -> Result<(), Hindrance> {
        let pressing = Pressing::begin(Arc::clone(&self.rig), self.desk.name(), values);
        *self.pressing.borrow_mut() = Some(pressing);
        Ok(())
    }

    fn pressed(&self) -> Result<(), Hindrance> {
        self.pressing.take().map_or(Ok(()), Pressing::end)
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

    fn is_real(&self) -> bool {
        true
    }

    fn reaches_programs(&self) -> bool {
        true
    }

    fn reset(&self, _: Holding) -> Result<(), Hindrance> {
        super::stage::reset(self.desk.varco(), self.desk.name())
    }
}

impl ReaderStage {
    /// Whether a holder can type it without being told which digits. At a keypad they are told what is wanted in words.
    fn is_known_to_holder(&self, typed: &Typed) -> bool {
        match typed {
            Typed::Pin | Typed::NewPin | Typed::Puk => true,
            Typed::WrongPin(_) | Typed::WrongPuk => self.bench.keypad,
            Typed::Literal(_) | Typed::Cancel => false,
        }
    }
}
