//! One act of a journey: what is asked for, by the real code, and what came of it.
//!
//! Not here: what must hold of it (`oracle`).

use core::time::Duration;
use std::sync::Arc;

use varco_access_policy::{Decision, Effect, Request};
use varco_auth::{Audience, Flow, Nonce, VerifiedIdentity};
use varco_card::{CardLink as _, Disposition};
use varco_credential::{
    Attendance, CardSecret, LastTry, PinId, PinRules, RefusedValues, TriesLeft, UnknownTries,
};
use varco_pki::{CertvalValidator, RevocationCheck, RevocationMode, SignatureScheme, Timestamp};
use varco_session::{
    Asker, BirthDateSource, CareReport, LoginError, LoginReport, LoginRequest, Origin, PinCare, Trust,
    Wanted, change_pin, login, pin_status, read_certificate, unblock_pin,
};
use zeroize::Zeroizing;

use super::bench::Bench;
use super::companion::{Told, Walking};
use super::entitled::{Belief, Revoked, Signers};
use super::keeper::{Keeping, KeptCall};
use super::kit::{kit, with_gate};
use super::person::Person;
use super::pool::About;
use super::spec::Kind;
use super::wire::Wire;
use super::witness::Card;
use crate::card::{Block, block};
use crate::dice::Dice;
use crate::draw;
use crate::person::Answers;

const AUDIENCE: &str = "kiosk-7.example";

/// The process that does it all: its rules for this insertion, and what cards refused it.
pub(crate) struct Process {
    rules: Option<(u64, Terms, PinRules)>,
    refused: RefusedValues,
    /// Values that a card refused, as the oracle knows them: card, whether it is the PUK, value.
    pub(crate) known_wrong: Vec<(usize, bool, Block)>,
    /// Once the process may have taken a card for another: its certificate was hidden or cut, which stays.
    pub(crate) was_misled: bool,
}

/// How a process takes up a card.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Terms {
    pub(crate) attendance: Attendance,
    pub(crate) last_try: LastTry,
    pub(crate) unknown: UnknownTries,
}

/// What an act did, as it tells it.
pub(crate) struct Done {
    /// The code of its failure, or what it reached.
    pub(crate) end: &'static str,
    pub(crate) is_failure: bool,
    pub(crate) identity: Option<VerifiedIdentity>,
    pub(crate) decision: Option<Decision>,
    /// What the challenge was made of.
    pub(crate) random: [u8; 32],
    pub(crate) asked: Asked,
    pub(crate) reset_failed: bool,
    /// It says that a value reached the card.
    pub(crate) says_sent: bool,
    pub(crate) kept: Vec<KeptCall>,
    /// Every present value that was typed, and the new one.
    pub(crate) given: Vec<Block>,
    pub(crate) new: Option<Block>,
    pub(crate) told_tries: Option<TriesLeft>,
    pub(crate) told: Told,
    pub(crate) terms: Terms,
    /// Whom it was told to believe.
    pub(crate) belief: Belief,
    /// The card that lay there when it began.
    pub(crate) card: usize,
    pub(crate) about: Arc<About>,
}

/// What of the challenge is known besides.
#[derive(Clone)]
pub(crate) struct Asked {
    pub(crate) flow: Flow,
    pub(crate) scheme: SignatureScheme,
    pub(crate) nonce: Option<Vec<u8>>,
}

impl Default for Asked {
    fn default() -> Self {
        Self {
            flow: Flow::Local,
            scheme: SignatureScheme::default(),
            nonce: None,
        }
    }
}

impl Process {
    pub(crate) fn new(seed: [u8; 16]) -> Self {
        Self {
            rules: None,
            refused: RefusedValues::new(seed),
            known_wrong: Vec::new(),
            was_misled: false,
        }
    }

    /// The rules for this insertion, kept until it ends.
    fn take_rules(&mut self, insertion: u64, dice: &mut Dice) -> (Terms, PinRules) {
        let terms = Terms {
            attendance: dice.pick(&[Attendance::Attended, Attendance::Attended, Attendance::Scripted]),
            last_try: if dice.percent(15) {
                LastTry::Allow
            } else {
                LastTry::Refuse
            },
            unknown: if dice.percent(10) {
                UnknownTries::Refuse
            } else {
                UnknownTries::OneVerify
            },
        };
        match self.rules.take() {
            Some((of, terms, rules)) if of == insertion => (terms, rules),
            _ => {
                let rules = PinRules::new(terms.attendance, terms.last_try, terms.unknown);
                (terms, rules.remembering(self.refused.clone()))
            }
        }
    }

    /// Does it; `None` where there is no card to do it with.
    pub(crate) fn act(&mut self, bench: &Arc<Bench>, kind: Kind, dice: &mut Dice) -> Option<Done> {
        let card = Arc::clone(bench.card_inside()?);
        let mut link = Wire::connect(bench).ok()?;
        let insertion = bench.insertion();
        let (terms, mut rules) = self.take_rules(insertion, dice);
        let answers = self.answers(dice, &card, kind);
        let seconds = i64::from(dice.pick(&[1, 2, 3, 3, 6, 30, 200]));
        let mut person = Person::new(bench, terms.attendance, answers, seconds);
        let walking = Walking::new(bench);
        let call = Call {
            bench,
            link: &mut link,
            rules: &mut rules,
            person: &mut person,
            walking: &walking,
        };
        let mut outcome = match kind {
            Kind::Login | Kind::Certificate => call.log_in(kind, dice),
            _ => call.care(kind, dice),
        };
        let _ = Box::new(link).close(Disposition::Leave);
        if outcome.end == LoginError::CardChanged.code() {
            // Nothing that was told of the card before is of this one.
            person.told = None;
        }
        self.rules = Some((insertion, terms, rules));
        Some(Done {
            end: outcome.end,
            is_failure: outcome.is_failure,
            identity: outcome.identity.take(),
            decision: outcome.decision.take(),
            random: outcome.random,
            asked: outcome.asked,
            reset_failed: outcome.reset_failed,
            says_sent: outcome.says_sent,
            kept: outcome.kept,
            given: person.given.iter().filter_map(|value| block(value)).collect(),
            new: person.new.as_deref().and_then(block),
            told_tries: person.told,
            told: walking.into_told(),
            terms,
            belief: outcome.belief,
            card: card.number,
            about: Arc::clone(&card.about),
        })
    }

    fn answers(&self, dice: &mut Dice, card: &Card, kind: Kind) -> Answers {
        let is_puk = kind == Kind::Unblock;
        let right = characters(&card.block(is_puk));
        let mut refused = self
            .known_wrong
            .iter()
            .filter(|(of, puk, _)| (*of, *puk) == (card.number, is_puk));
        let values = draw::Values {
            right: right.clone(),
            of_other: None,
            repeated: refused.next_back().map(|(_, _, block)| characters(block)),
            length: if card.about.is_document { (8, 8) } else { (5, 8) },
        };
        let mut answers = draw::answers(dice, &values);
        if dice.percent(55) {
            answers.present = vec![right];
        }
        answers
    }
}

fn characters(block: &Block) -> String {
    let digits = block.iter().take_while(|byte| **byte != 0xFF);
    digits.map(|byte| char::from(*byte)).collect()
}

/// What the code under test is called with.
struct Call<'c, 'b> {
    bench: &'c Bench,
    link: &'c mut Wire,
    rules: &'c mut PinRules,
    person: &'c mut Person<'b>,
    walking: &'c Walking<'b>,
}

/// What it gave.
struct Outcome {
    belief: Belief,
    end: &'static str,
    is_failure: bool,
    identity: Option<VerifiedIdentity>,
    decision: Option<Decision>,
    random: [u8; 32],
    asked: Asked,
    reset_failed: bool,
    says_sent: bool,
    kept: Vec<KeptCall>,
}

impl Outcome {
    fn of(belief: Belief) -> Self {
        Self {
            belief,
            end: "",
            is_failure: false,
            identity: None,
            decision: None,
            random: [0; 32],
            asked: Asked::default(),
            reset_failed: false,
            says_sent: false,
            kept: Vec::new(),
        }
    }
}

/// Whom to believe, now and then nobody; and whether anybody asks what was revoked.
fn believe(dice: &mut Dice, at: Timestamp) -> Belief {
    Belief {
        revoked: match dice.below(20) {
            0 => Revoked::HardByLists,
            1 | 2 => Revoked::SoftByLists,
            3 => Revoked::HardByNothing,
            _ => Revoked::Off,
        },
        has_anchors: !dice.percent(2),
        at_s: at.as_second(),
        signers: match dice.below(12) {
            0 => Signers::Unchecked,
            1 | 2 => Signers::Nobody,
            _ => Signers::Known,
        },
        admits_tests: !dice.percent(10),
        class: None,
    }
}

/// The same, for the code under test.
fn trust(belief: Belief, at: Timestamp) -> Trust<'static> {
    let kit = kit();
    let revocation = match belief.revoked {
        Revoked::HardByLists => (RevocationMode::Hard, &kit.lists),
        Revoked::SoftByLists => (RevocationMode::Soft, &kit.lists),
        Revoked::HardByNothing => (RevocationMode::Hard, &kit.nothing),
        Revoked::Off => (RevocationMode::Off, &kit.nothing),
    };
    Trust {
        anchors: if belief.has_anchors {
            &kit.anchors
        } else {
            &kit.nobody
        },
        intermediates: &kit.intermediates,
        validator: &CertvalValidator,
        revocation: RevocationCheck {
            mode: revocation.0,
            source: revocation.1,
        },
        at,
        origin: match belief.signers {
            Signers::Unchecked => Origin::Unchecked,
            Signers::Nobody => Origin::CountrySigners(&kit.nobody),
            Signers::Known => Origin::CountrySigners(&kit.country_signers),
        },
    }
}

impl Call<'_, '_> {
    fn log_in(self, kind: Kind, dice: &mut Dice) -> Outcome {
        let is_document = self
            .bench
            .card_inside()
            .is_some_and(|card| card.about.is_document);
        let [random, salt, seed] = [dice.bytes(), dice.bytes(), dice.bytes()];
        let is_wanted = dice.percent(45);
        let service = dice.below(u32::try_from(kit().services.len()).unwrap()) as usize;
        let (service, class) = &kit().services[service];
        let request = Request::new(service.clone());
        let is_remote = dice.percent(25);
        let nonce = (dice.percent(10) || is_remote && !dice.percent(2)).then(|| dice.bytes::<16>());
        let asked = Asked {
            flow: if is_remote { Flow::Remote } else { Flow::Local },
            scheme: if dice.percent(5) && !is_document {
                SignatureScheme::RsaPssSha256
            } else {
                SignatureScheme::RsaPkcs1Sha256
            },
            nonce: nonce.map(|nonce| nonce.to_vec()),
        };
        let birth_date = if dice.percent(20) {
            BirthDateSource::Card
        } else {
            BirthDateSource::CodiceFiscale
        };
        let now = || self.bench.now();
        let is_kept = kind == Kind::Login && dice.percent(if is_document { 80 } else { 30 });
        let at = self.bench.now();
        let belief = Belief {
            class: is_wanted.then_some(*class),
            ..believe(dice, at)
        };
        let trust = trust(belief, at);
        with_gate(belief.admits_tests, |gate| {
            let asker = Asker {
                audience: Audience::parse(AUDIENCE).unwrap(),
                nonce: nonce.map(|nonce| Nonce::new(&nonce).unwrap()),
                flow: asked.flow,
                scheme: asked.scheme,
                birth_date,
                wanted: is_wanted.then_some(Wanted {
                    gate,
                    request,
                    at: None,
                }),
            };
            let mut keeping = Keeping {
                bench: self.bench,
                trust,
                asker: Asker {
                    wanted: None,
                    ..asker.clone()
                },
                now: &now,
                dice,
                calls: Vec::new(),
            };
            let request = LoginRequest {
                link: self.link,
                wait: Duration::ZERO,
                drivers: &drivers(),
                trust,
                asker,
                rules: self.rules,
                random,
                salt,
                seed: Zeroizing::new(seed),
                now: &now,
                trace: None,
                companion: self.walking,
                keeper: if is_kept { Some(&mut keeping) } else { None },
            };
            let outcome = if kind == Kind::Certificate {
                let report = read_certificate(request, self.person);
                Outcome {
                    end: report
                        .outcome
                        .as_ref()
                        .map_or_else(LoginError::code, |_| "good: certificate read"),
                    is_failure: report.outcome.is_err(),
                    reset_failed: report.reset_failed,
                    says_sent: report.pin.is_some_and(|pin| pin.sent),
                    ..Outcome::of(belief)
                }
            } else {
                logged_in(login(request, self.person), belief)
            };
            Outcome {
                random,
                asked,
                kept: keeping.calls,
                ..outcome
            }
        })
    }

    fn care(self, kind: Kind, dice: &mut Dice) -> Outcome {
        let at = self.bench.now();
        let belief = believe(dice, at);
        let trust = trust(belief, at);
        let care = PinCare {
            link: self.link,
            wait: Duration::ZERO,
            drivers: &drivers(),
            trust,
            asker: AUDIENCE,
            pin: PinId::User,
            rules: self.rules,
            seeds: [Zeroizing::new(dice.bytes()), Zeroizing::new(dice.bytes())],
            trace: None,
            companion: self.walking,
        };
        match kind {
            Kind::Change => cared(&change_pin(care, self.person), "good: PIN changed", belief),
            Kind::Unblock => cared(&unblock_pin(care, self.person), "good: PIN unblocked", belief),
            _ => cared(&pin_status(care), "good: counters told", belief),
        }
    }
}

fn drivers() -> Vec<Box<dyn varco_credential::CardDriver>> {
    varco_roster::card_drivers()
}

fn logged_in(report: LoginReport, belief: Belief) -> Outcome {
    let says_sent = report.pin.is_some_and(|pin| pin.sent);
    let reset_failed = report.reset_failed;
    let outcome = match report.outcome {
        Err(error) => Outcome {
            end: error.code(),
            is_failure: true,
            ..Outcome::of(belief)
        },
        Ok((identity, decision)) => Outcome {
            end: match &decision {
                None => "good: logged in",
                Some(decision) if decision.effect == Effect::Permit => "good: permitted",
                Some(decision) if decision.errors.is_empty() => "good: logged in, denied",
                Some(_) => "good: logged in, not to be decided",
            },
            identity: Some(identity),
            decision,
            ..Outcome::of(belief)
        },
    };
    Outcome {
        says_sent,
        reset_failed,
        ..outcome
    }
}

fn cared<T>(report: &CareReport<T>, good: &'static str, belief: Belief) -> Outcome {
    Outcome {
        end: report.outcome.as_ref().map_or_else(LoginError::code, |_| good),
        is_failure: report.outcome.is_err(),
        reset_failed: report.reset_failed,
        says_sent: report.sent.is_some(),
        ..Outcome::of(belief)
    }
}

/// The secret of an act, as the code under test calls it.
pub(crate) fn at_stake(kind: Kind) -> CardSecret {
    match kind {
        Kind::Unblock => CardSecret::Puk(PinId::User),
        _ => CardSecret::USER_PIN,
    }
}
