//! The faults that are armed at a reader, and what they make of each exchange.
//!
//! Not here: what a reader does about a mishap; each does what its real counterpart shows.

use std::collections::VecDeque;

use varco_apdu::ins;
use zeroize::Zeroizing;

use super::catalogue::{self, Target};
use super::{Fault, FaultError, FaultPlan, Instruction, Mishap, Moment, WAITING_TIME, When, alter};
use crate::{Alteration, Feature, Played, PlayedCard};

/// The most plans that are armed at once.
pub const PLANS_MAX: usize = 64;
/// The most faults that are remembered to have happened; older ones are forgotten, the count goes on.
const FIRED_MAX: usize = 256;

/// A fault that happened.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fired {
    /// As it was armed.
    pub plan: FaultPlan,
    /// The exchange, the first since the set was made or cleared being 1.
    pub exchange: u64,
    /// CLA, INS, P1, P2 of the command; zeros where it was cut before its end.
    pub header: [u8; 4],
}

#[derive(Clone, Copy, Debug)]
struct Armed {
    plan: FaultPlan,
    /// Exchanges since it was armed.
    seen: u64,
    /// Instructions of its name among them that it could happen to.
    met: u64,
    has_happened: bool,
}

impl Armed {
    /// Whether it happens at this exchange, to which it can happen.
    fn is_due(&mut self, header: [u8; 4]) -> bool {
        match self.plan.when() {
            When::Next | When::Every => true,
            When::Exchange(number) => self.seen >= number,
            When::Instruction(instruction, nth) => {
                let is_met = Instruction::of(header) == Some(instruction);
                self.met += u64::from(is_met);
                is_met && self.met >= nth
            }
        }
    }

    fn is_spent(&self) -> bool {
        self.has_happened && !self.plan.stays()
    }
}

/// An answer that goes round in circles.
#[derive(Clone, Copy, Debug)]
enum Loop {
    /// Each GET RESPONSE is told that there is more.
    More,
    /// This instruction is told another length each time.
    Length { instruction: u8, told: u8 },
}

/// What is armed at a reader. Stands between the reader and whatever card is in it.
#[derive(Debug)]
pub struct FaultSet {
    target: Target,
    has_helper: bool,
    armed: Vec<Armed>,
    exchanges: u64,
    looping: Option<Loop>,
    /// An answer that was not there in time.
    late: Option<Zeroizing<Vec<u8>>>,
    is_cut: bool,
    fired: VecDeque<Fired>,
    fired_total: u64,
    untold: usize,
}

impl FaultSet {
    /// Nothing goes wrong yet at a reader of this kind.
    #[must_use]
    pub fn new(target: Target) -> Self {
        Self {
            target,
            has_helper: false,
            armed: Vec::new(),
            exchanges: 0,
            looping: None,
            late: None,
            is_cut: false,
            fired: VecDeque::new(),
            fired_total: 0,
            untold: 0,
        }
    }

    /// Says whether somebody outside acts on those mishaps that the reader cannot play by itself.
    pub fn set_helper(&mut self, has_helper: bool) {
        self.has_helper = has_helper;
    }

    /// Arms a plan. `card` is what lies in the reader.
    ///
    /// # Errors
    /// [`FaultError::NotHere`] and [`FaultError::NotThisCard`] for what cannot happen there, [`FaultError::TooMany`].
    pub fn arm(&mut self, plan: FaultPlan, card: Option<&dyn PlayedCard>) -> Result<(), FaultError> {
        catalogue::admit(plan.fault(), self.target, self.has_helper)?;
        if let (Some(card), Some((feature, needs))) = (card, needed(plan.fault()))
            && !card.has(feature)
        {
            return Err(FaultError::NotThisCard {
                fault: plan.fault().name(),
                needs,
            });
        }
        self.armed.retain(|armed| !armed.is_spent());
        if self.armed.len() >= PLANS_MAX {
            return Err(FaultError::TooMany);
        }
        self.armed.push(Armed {
            plan,
            seen: 0,
            met: 0,
            has_happened: false,
        });
        Ok(())
    }

    /// Disarms every plan with this fault, whatever its value.
    pub fn disarm(&mut self, fault: Fault) {
        self.armed
            .retain(|armed| armed.plan.fault().name() != fault.name());
    }

    /// Disarms everything, and mends certificates. Tries that are gone stay gone.
    pub fn clear(&mut self, card: Option<&mut dyn PlayedCard>) {
        self.armed.clear();
        self.forget();
        if core::mem::take(&mut self.is_cut)
            && let Some(card) = card
        {
            card.alter(Alteration::WholeCertificate);
        }
        self.exchanges = 0;
        self.fired.clear();
        self.fired_total = 0;
        self.untold = 0;
    }

    /// What is armed and may still happen.
    pub fn armed(&self) -> impl Iterator<Item = FaultPlan> {
        let left = self.armed.iter().filter(|armed| !armed.is_spent());
        left.map(|armed| armed.plan)
    }

    /// What happened, oldest first, up to 256.
    pub fn fired(&self) -> impl ExactSizeIterator<Item = &Fired> {
        self.fired.iter()
    }

    /// How often something happened, with what is forgotten.
    #[must_use]
    pub fn fired_total(&self) -> u64 {
        self.fired_total
    }

    /// What happened since this was asked last.
    pub fn news(&mut self) -> Vec<Fired> {
        let untold = core::mem::take(&mut self.untold).min(self.fired.len());
        let old = self.fired.len() - untold;
        self.fired.iter().skip(old).cloned().collect()
    }

    /// Forgets what a reset of the card ends: an answer under way, a circle. Plans stay armed.
    pub fn forget(&mut self) {
        self.looping = None;
        self.late = None;
    }

    /// Gives the card a command, with whatever goes wrong at it.
    pub fn process(&mut self, card: &mut dyn PlayedCard, command: &[u8]) -> Played {
        self.exchanges += 1;
        if self.armed.is_empty() && self.looping.is_none() && self.late.is_none() {
            return card.process(command);
        }
        let mut header = [0; 4];
        for (slot, byte) in header.iter_mut().zip(command) {
            *slot = *byte;
        }
        for armed in &mut self.armed {
            armed.seen += 1;
        }
        let played = self.exchange(card, command, header);
        self.armed.retain(|armed| !armed.is_spent());
        played
    }

    fn exchange(&mut self, card: &mut dyn PlayedCard, command: &[u8], header: [u8; 4]) -> Played {
        self.alter_card(card, header);
        let going_on = self.go_round(header);
        let mut played = match (self.instead(header, going_on.is_some()), going_on) {
            (Some(Err(mishap)), _) => {
                return Played {
                    mishap: Some(mishap),
                    ..Played::default()
                };
            }
            (Some(Ok(answer)), _) | (None, Some(answer)) => Played::answer(answer, Default::default()),
            (None, None) => card.process(command),
        };
        let late = self.late.take();
        self.spoil(&mut played, header);
        if let Some(late) = late {
            // Its own answer is lost, or late in its turn.
            played.response = late;
        }
        self.mishap_after(&mut played, header);
        played
    }

    /// The plans that have not happened at this exchange, of those that `which` picks, in the order of arming: marks the
    /// first, or each, that is due.
    fn strike(&mut self, header: [u8; 4], which: impl Fn(Fault) -> bool, only_first: bool) -> Vec<Fault> {
        let mut struck = Vec::new();
        for index in 0..self.armed.len() {
            let Some(armed) = self.armed.get_mut(index) else {
                break;
            };
            let fault = armed.plan.fault();
            if armed.is_spent() || !which(fault) || !armed.is_due(header) {
                continue;
            }
            armed.has_happened = true;
            let plan = armed.plan;
            self.note(plan, header);
            struck.push(fault);
            if only_first {
                break;
            }
        }
        struck
    }

    fn note(&mut self, plan: FaultPlan, header: [u8; 4]) {
        if self.fired.len() == FIRED_MAX {
            self.fired.pop_front();
        }
        self.fired.push_back(Fired {
            plan,
            exchange: self.exchanges,
            header,
        });
        self.fired_total += 1;
        self.untold += 1;
    }

    fn alter_card(&mut self, card: &mut dyn PlayedCard, header: [u8; 4]) {
        let can = |fault| needed(fault).is_some_and(|(feature, _)| card.has(feature));
        let struck = self.strike(header, |fault| alteration(fault).is_some() && can(fault), false);
        for alteration in struck.into_iter().filter_map(alteration) {
            self.is_cut |= matches!(
                alteration,
                Alteration::NoCertificate | Alteration::CutCertificate(_)
            );
            card.alter(alteration);
        }
    }

    /// The next answer of a circle, if this command goes round.
    fn go_round(&mut self, header: [u8; 4]) -> Option<Zeroizing<Vec<u8>>> {
        let [_, instruction, ..] = header;
        match &mut self.looping {
            Some(Loop::More) if instruction == ins::GET_RESPONSE => Some(bytes(&[0x00, 0x61, 0x10])),
            Some(Loop::Length {
                instruction: known,
                told,
            }) if *known == instruction => {
                *told = if *told == u8::MAX { 1 } else { *told + 1 };
                Some(bytes(&[0x6C, *told]))
            }
            _ => {
                self.looping = None;
                None
            }
        }
    }

    /// What happens instead of the card's getting the command: an answer, or a mishap.
    fn instead(&mut self, header: [u8; 4], goes_round: bool) -> Option<Result<Zeroizing<Vec<u8>>, Mishap>> {
        let [_, instruction, ..] = header;
        let is_such = |fault: Fault| match fault {
            Fault::Mute | Fault::Status(_) => true,
            Fault::Loop61 | Fault::Loop6C => !goes_round,
            other => matches!(other.mishap(), Some((Moment::Before, _))),
        };
        let fault = self.strike(header, is_such, true).pop()?;
        Some(match fault {
            Fault::Status(status) => Ok(bytes(&status.to_be_bytes())),
            Fault::Loop61 => {
                self.looping = Some(Loop::More);
                Ok(bytes(&[0x61, 0x10]))
            }
            Fault::Loop6C => {
                self.looping = Some(Loop::Length {
                    instruction,
                    told: 0x10,
                });
                Ok(bytes(&[0x6C, 0x10]))
            }
            other => match other.mishap() {
                Some((Moment::Before, mishap)) => Err(mishap),
                _ => Ok(Zeroizing::default()),
            },
        })
    }

    /// What happens to an answer on its way.
    fn spoil(&mut self, played: &mut Played, header: [u8; 4]) {
        let [class, ..] = header;
        let has_answer = !played.response.is_empty();
        let is_checked = alter::is_checked(class, &played.response);
        let struck = self.strike(
            header,
            |fault| match fault {
                Fault::Slow(_) | Fault::WaitingTime(_) => true,
                Fault::Lost | Fault::Late | Fault::Cut(_) | Fault::Lengthen(_) | Fault::Flip(_) => has_answer,
                Fault::Mac => is_checked,
                _ => false,
            },
            false,
        );
        for fault in struck {
            match fault {
                Fault::Slow(time) => played.took += time,
                Fault::WaitingTime(times) => {
                    played.extensions = played.extensions.saturating_add(times);
                    played.took += WAITING_TIME.saturating_mul(times.into());
                }
                Fault::Lost => played.response = Zeroizing::default(),
                Fault::Late => self.late = Some(core::mem::take(&mut played.response)),
                Fault::Cut(bytes) => alter::cut(&mut played.response, bytes.into()),
                Fault::Lengthen(bytes) => alter::lengthen(&mut played.response, bytes.into()),
                Fault::Flip(bit) => alter::flip(&mut played.response, bit),
                Fault::Mac => alter::spoil_check(&mut played.response),
                _ => {}
            }
        }
    }

    fn mishap_after(&mut self, played: &mut Played, header: [u8; 4]) {
        let is_such = |fault: Fault| matches!(fault.mishap(), Some((Moment::After, _)));
        let struck = self.strike(header, is_such, true).pop();
        if let Some((_, mishap)) = struck.and_then(Fault::mishap) {
            if !matches!(mishap, Mishap::ClockJumped(_)) {
                played.response = Zeroizing::default();
            }
            played.mishap = Some(mishap);
        }
    }
}

fn bytes(bytes: &[u8]) -> Zeroizing<Vec<u8>> {
    Zeroizing::new(bytes.to_vec())
}

fn alteration(fault: Fault) -> Option<Alteration> {
    Some(match fault {
        Fault::PinTries(left) => Alteration::PinTries(left),
        Fault::PinBlocked => Alteration::PinTries(0),
        Fault::PukBlocked => Alteration::PukTries(0),
        Fault::NoCertificate => Alteration::NoCertificate,
        Fault::CutCertificate(bytes) => Alteration::CutCertificate(bytes.into()),
        _ => return None,
    })
}

/// What a card must have for this, where it must have anything; and that in words.
fn needed(fault: Fault) -> Option<(Feature, &'static str)> {
    match fault {
        Fault::Mac => Some((Feature::SecureMessaging, "secure messaging")),
        Fault::PinTries(_) | Fault::PinBlocked | Fault::PukBlocked => {
            Some((Feature::PinCounters, "a PIN and a PUK with counters"))
        }
        Fault::NoCertificate | Fault::CutCertificate(_) => {
            Some((Feature::Certificates, "a file with a certificate"))
        }
        _ => None,
    }
}
