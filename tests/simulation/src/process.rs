//! One of our processes: its rules, its link, what it was refused, and the face's memory of an insertion.
//!
//! The marker that `crates/varco` leaves between processes is a flag of the world here, set, asked and taken away at the same
//! moments; how it is kept on disk is tested there.

use std::collections::HashSet;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};

use varco_card::{CardLink as _, Disposition};
use varco_credential::{Attendance, CardSecret, LastTry, PinRules, RefusedValues, UnknownTries};

use crate::card::{Block, Secret};
use crate::dice::Dice;
use crate::link::{DisturbedLink, Plan};
use crate::stage::Stage;

/// What a process knows, and what the model knows of it.
pub(crate) struct Process {
    pub(crate) terms: Terms,
    pub(crate) session: Option<Session>,
    pub(crate) refused: RefusedValues,
    /// Values that a card refused this process, by the number of the card.
    pub(crate) model: HashSet<(usize, Secret, Block)>,
    pub(crate) plan: Arc<Mutex<Plan>>,
}

/// How it was started.
#[derive(Clone, Copy)]
pub(crate) struct Terms {
    pub(crate) attendance: Attendance,
    pub(crate) last_try: LastTry,
    pub(crate) unknown: UnknownTries,
}

/// A card that was taken up: as long as it is inserted.
pub(crate) struct Session {
    pub(crate) link: DisturbedLink,
    pub(crate) rules: PinRules,
    pub(crate) insertion: u64,
    pub(crate) marked_here: Vec<CardSecret>,
    /// Tries that questions cost under these rules since a value was accepted.
    pub(crate) burnt: u32,
}

impl Terms {
    fn draw(dice: &mut Dice) -> Self {
        Self {
            attendance: dice.pick(&[Attendance::Attended, Attendance::Scripted]),
            last_try: if dice.percent(15) {
                LastTry::Allow
            } else {
                LastTry::Refuse
            },
            unknown: if dice.percent(15) {
                UnknownTries::Refuse
            } else {
                UnknownTries::OneVerify
            },
        }
    }
}

impl Process {
    pub(crate) fn new(dice: &mut Dice) -> Self {
        Self {
            terms: Terms::draw(dice),
            session: None,
            refused: RefusedValues::new(dice.bytes()),
            model: HashSet::new(),
            plan: Arc::default(),
        }
    }

    /// Takes up the card that lies there, unless it has done so in this insertion; now and then it begins anew, as a program
    /// does that runs once for each call. Whether there is a card to work with.
    pub(crate) fn take_up(&mut self, stage: &Arc<Stage>, me: usize) -> bool {
        let (starts_anew, calls_anew) = stage.dice(|dice| (dice.percent(3), dice.percent(25)));
        let insertion = stage.insertion();
        if starts_anew || calls_anew || self.session.as_ref().is_none_or(|s| s.insertion != insertion) {
            if let Some(session) = self.session.take() {
                let _ = Box::new(session.link).close(Disposition::Leave);
            }
            if starts_anew {
                let plan = Arc::clone(&self.plan);
                *self = stage.dice(Self::new);
                self.plan = plan;
            } else {
                self.terms = stage.dice(Terms::draw);
            }
            stage.tally(|tally| tally.take_ups += 1);
        }
        if self.session.is_none() {
            let Ok(link) = DisturbedLink::connect(stage, me, &self.plan) else {
                return false;
            };
            let Terms {
                attendance,
                last_try,
                unknown,
            } = self.terms;
            let mut rules = PinRules::new(attendance, last_try, unknown).remembering(self.refused.clone());
            for secret in CardSecret::ALL {
                if stage.marker(secret).load(Ordering::SeqCst) {
                    rules.note_possible_try(secret);
                }
            }
            self.session = Some(Session {
                link,
                rules,
                insertion,
                marked_here: Vec::new(),
                burnt: 0,
            });
        }
        true
    }
}

impl Session {
    /// What other processes are to know after values were asked for, and perhaps sent.
    pub(crate) fn remember(&mut self, stage: &Stage, marked: &[CardSecret], sent: Option<CardSecret>) {
        self.marked_here.extend(marked);
        for secret in CardSecret::ALL {
            if self.rules.is_try_possible(secret) {
                stage.marker(secret).store(true, Ordering::SeqCst);
            } else if self.marked_here.contains(&secret) || sent == Some(secret) {
                stage.marker(secret).store(false, Ordering::SeqCst);
                self.marked_here.retain(|marked| *marked != secret);
            }
        }
    }
}
