//! The steps of a scenario, one after the other, at a stage.
//!
//! Not here: the stage (`target`), and what came of an action (`came`).

use core::time::Duration;
use std::collections::VecDeque;
use std::io;
use std::path::Path;

use varco::steps::{CardSeen, Conversation, Disposition, PinId};
use varco::{Audience, CareReport, Locale, LoginError, LoginOptions, StartError};
use varco_emulator::fault::FaultPlan;

use super::came::{Came, rig_fault, wants_counts};
use super::program::{self, Around, Values};
use super::trust;
use super::typist::{Planned, Typist};
use super::wire::{End, Finding, Outcome};
use crate::going;
use crate::rig::Keys;
use crate::scenario::{Do, Expectation, Scenario, Step, Typed};
use crate::target::{Hindrance, Holding, Stage, Value};

/// Who asks, where a scenario does not say.
const AUDIENCE: &str = "varco-bench";
/// How long another program may hold the card.
const WAIT: Duration = Duration::from_secs(10);

/// Told of each step as it begins and ends.
pub(super) trait Listener {
    fn begun(&mut self, index: usize, step: &Step) -> io::Result<()>;
    fn done(&mut self, index: usize) -> io::Result<()>;
}

struct Walk<'w> {
    scenario: &'w Scenario,
    folder: &'w Path,
    stage: &'w dyn Stage,
    locale: Locale,
    typed: VecDeque<Planned>,
    /// What must break in the next action.
    armed: Vec<FaultPlan>,
    /// Whether anything was to break so far.
    is_broken: bool,
    came: Option<Came>,
}

/// Walks to the end, or to the first step that does not go as it must.
pub(super) fn walk(
    scenario: &Scenario,
    folder: &Path,
    stage: &dyn Stage,
    locale: Locale,
    listener: &mut dyn Listener,
) -> Finding {
    let mut walk = Walk {
        scenario,
        folder,
        stage,
        locale,
        typed: VecDeque::new(),
        armed: Vec::new(),
        is_broken: false,
        came: None,
    };
    let mut ends = Vec::new();
    for (index, step) in scenario.steps.iter().enumerate() {
        let walked = is_wanted()
            .and_then(|()| listener.begun(index, step).map_err(|error| gone(&error)))
            .and_then(|()| {
                walk.step(index, &step.what)?;
                listener.done(index).map_err(|error| gone(&error))
            });
        if step.what.is_action()
            && let Some(came) = &walk.came
        {
            let (line, end) = (step.line, came.short_end());
            ends.push(End { line, end });
        }
        if let Err(finding) = walked {
            return Finding {
                ends,
                ..finding.at(step.line)
            };
        }
    }
    Finding {
        ends,
        ..Finding::passed()
    }
}

/// Nothing more happens to a card once somebody asked for the end.
fn is_wanted() -> Result<(), Finding> {
    if going::is_going() {
        return Err(gone(&io::ErrorKind::Interrupted.into()));
    }
    Ok(())
}

/// Whoever started this is not there any more: nothing more happens to a card.
fn gone(error: &io::Error) -> Finding {
    Finding::of(Outcome::RigError, "bench-rig-worker", error.to_string())
}

impl Walk<'_> {
    fn step(&mut self, index: usize, step: &Do) -> Result<(), Finding> {
        match step {
            Do::Insert { card } => self.stage.insert(card)?,
            Do::Remove {} => self.stage.remove()?,
            Do::Type { value, meanwhile } => self.typed.push_back((value.clone(), *meanwhile)),
            Do::Wait { ms } => self.stage.wait(Duration::from_millis(*ms)),
            Do::Reset {} => self.stage.reset(Holding::Free)?,
            Do::Fault { plan, may_miss } => {
                self.stage.fault(plan.0)?;
                self.is_broken = true;
                self.armed.extend((!may_miss).then_some(plan.0));
            }
            Do::Expect(wanted) => self.expect(wanted)?,
            action => self.act(index, action)?,
        }
        Ok(())
    }

    fn expect(&self, wanted: &Expectation) -> Result<(), Finding> {
        let Some(came) = &self.came else {
            return Ok(());
        };
        if let Some(plan) = came.unmet {
            let detail = format!("{plan}: nothing came to it");
            return Err(Finding::of(Outcome::Failed, "bench-fault-unmet", detail));
        }
        if let Err(otherwise) = came.check(wanted) {
            if came.is_of_rig(wanted) && !self.is_broken {
                return Err(Hindrance::rig("bench-rig-gone", otherwise).into());
            }
            return Err(Finding::of(Outcome::Failed, "bench-otherwise", otherwise));
        }
        match came.untold(wanted) {
            Some(counter) => Err(Hindrance::not_applicable("bench-na-counts", counter).into()),
            None => Ok(()),
        }
    }

    fn act(&mut self, index: usize, action: &Do) -> Result<(), Finding> {
        self.came = None;
        let plan = core::mem::take(&mut self.typed);
        let typed: Vec<&Typed> = plan.iter().map(|(typed, _)| typed).collect();
        self.stage.permit(action, &typed)?;
        let is_counted = self.is_counted(index);
        let before = is_counted.then(|| self.stage.counts()).transpose()?;
        let (came, given) = match action {
            Do::Run { program, arguments } => {
                let given = u32::try_from(plan.len()).unwrap_or(u32::MAX);
                (self.run(program, arguments, &plan), given)
            }
            action => self.have_asked(action, plan),
        };
        // However it ended, it may have cost something.
        let beyond = self.stage.settle(given);
        let mut came = came?;
        self.stage.is_sound()?;
        let armed = core::mem::take(&mut self.armed);
        came.unmet = armed.into_iter().find(|plan| !self.stage.has_broken(*plan));
        match beyond? {
            0 => {}
            beyond => {
                let detail = format!("the counters of the card fell by {beyond} more than was typed");
                return Err(Finding::of(Outcome::Failed, "bench-overspent", detail));
            }
        }
        if let Some(before) = before {
            came.counts = Some((before, self.stage.counts()?));
        }
        self.came = Some(came);
        Ok(())
    }

    /// Whether an expectation about this action is about counters.
    fn is_counted(&self, index: usize) -> bool {
        let after = self.scenario.steps.iter().skip(index + 1);
        after
            .take_while(|step| !step.what.is_action())
            .any(|step| matches!(&step.what, Do::Expect(wanted) if wants_counts(wanted)))
    }

    /// Does it, and counts the values that went out.
    fn have_asked(&self, action: &Do, plan: VecDeque<Planned>) -> (Result<Came, Hindrance>, u32) {
        let mut typist = Typist::new(self.stage, plan, self.locale);
        let came = self.ask_card(action, &mut typist);
        let given = typist.given;
        let came = match typist.hindrance {
            Some(hindrance) => Err(hindrance),
            None => came.map(|came| Came {
                asked: typist.asked,
                is_at_a_loss: typist.is_at_a_loss,
                ..came
            }),
        };
        (came, given)
    }

    fn ask_card(&self, action: &Do, typist: &mut Typist<'_>) -> Result<Came, Hindrance> {
        let varco = self.stage.varco();
        let options = self.options(action)?;
        match action {
            Do::Login { .. } => {
                let report = match varco.login(&options, typist) {
                    Ok(report) => report,
                    Err(error) => return not_started(&error),
                };
                let mut came = Came {
                    card_kind: report.card.map(|card| card.kind.name().to_owned()),
                    messages: Some(report.exchanges),
                    ..Came::default()
                };
                match report.outcome {
                    Ok((identity, decision)) => {
                        "logged-in".clone_into(&mut came.end);
                        (came.identity, came.decision) = (Some(identity), decision);
                    }
                    Err(error) => came.failed(&error),
                }
                Ok(came)
            }
            Do::PinStatus {} => cared(varco.pin_status(&options)),
            Do::PinChange { .. } => cared(varco.change_pin(&options, PinId::User, typist, None)),
            Do::PinUnblock { .. } => cared(varco.unblock_pin(&options, PinId::User, typist, None)),
            Do::Document {} => match varco.verify_document(&options) {
                Err(error) => not_started(&error),
                Ok(Err(error)) => {
                    let mut came = Came::default();
                    came.failed(&error);
                    Ok(came)
                }
                Ok(Ok(report)) => Ok(Came {
                    end: "done".to_owned(),
                    card_kind: Some(report.card.kind.name().to_owned()),
                    messages: Some(report.exchanges),
                    ..Came::default()
                }),
            },
            // The only other action is to recognise it.
            _ => recognise(self.stage),
        }
    }

    fn options(&self, action: &Do) -> Result<LoginOptions, Hindrance> {
        let (service, audience, allow_last_try) = match action {
            Do::Login {
                service,
                audience,
                allow_last_try,
            } => (service.as_deref(), audience.as_deref(), *allow_last_try),
            Do::PinChange { allow_last_try } | Do::PinUnblock { allow_last_try } => {
                (None, None, *allow_last_try)
            }
            _ => (None, None, false),
        };
        let unusable = |error: &dyn core::fmt::Display| Hindrance::rig("bench-rig-login", error);
        let audience = Audience::parse(audience.unwrap_or(AUDIENCE)).map_err(|error| unusable(&error))?;
        let mut options = LoginOptions::new(audience);
        options.reader(self.stage.reader());
        trust::put(&self.scenario.trust, self.folder, &mut options)?;
        if let Some(service) = service {
            let service = varco::ServiceId::parse(service).map_err(|error| unusable(&error))?;
            options.service(varco::AccessPolicy::builtin(), service);
        }
        if allow_last_try {
            options.allow_last_try();
        }
        Ok(options)
    }

    fn run(&self, name: &str, arguments: &[String], plan: &VecDeque<Planned>) -> Result<Came, Hindrance> {
        if !self.stage.reaches_programs() {
            let detail = "no program that speaks PC/SC reaches this card";
            return Err(Hindrance::not_applicable("bench-na-program", detail));
        }
        let plain = || {
            let detail = "another program is asked by nobody: type plain values before it";
            Hindrance::not_applicable("bench-na-keys", detail)
        };
        let mut planned = Vec::new();
        for (typed, meanwhile) in plan {
            if meanwhile.is_some() || *typed == Typed::Cancel {
                return Err(plain());
            }
            planned.push((Keys::of(typed), self.stage.value(typed)?));
        }
        let mut values = Values::new();
        let has_keypad = self.stage.has_keypad();
        if has_keypad && self.stage.is_real() && planned.len() > 1 {
            // While a program has the card, nobody can look whether it is still that card.
            let detail = "on the keys of a real reader one value is typed for a program";
            return Err(Hindrance::not_applicable("bench-na-keys", detail));
        }
        if has_keypad {
            // It asks on the reader.
            self.stage.press(planned)?;
        } else {
            for (_, value) in planned {
                match value {
                    Value::Digits(digits) => values.push_back(digits),
                    Value::Cancel => return Err(plain()),
                    Value::HolderKnows => {
                        let detail = "what is typed for another program comes by --codes fd:N";
                        return Err(Hindrance::rig("bench-rig-secret", detail));
                    }
                }
            }
        }
        let around = Around {
            may_type: &|| self.stage.is_same(),
            ended: &|| if has_keypad { self.stage.pressed() } else { Ok(()) },
        };
        let mut ran = program::run(name, arguments, values, &around)?;
        if self.stage.is_real() {
            ran.quoted = None;
        }
        Ok(Came {
            program: Some(ran),
            ..Came::default()
        })
    }
}

impl Came {
    fn failed(&mut self, error: &LoginError) {
        error.code().clone_into(&mut self.end);
        self.detail = Some(error.to_string());
    }
}

/// No card could be taken up; that is an end like others, unless this machine is at fault.
fn not_started(error: &StartError) -> Result<Came, Hindrance> {
    if let Some(hindrance) = rig_fault(error.code(), error) {
        return Err(hindrance);
    }
    Ok(Came {
        end: error.code().to_owned(),
        detail: Some(error.to_string()),
        messages: Some(0),
        ..Came::default()
    })
}

fn cared<T>(done: Result<CareReport<T>, StartError>) -> Result<Came, Hindrance> {
    let report = match done {
        Ok(report) => report,
        Err(error) => return not_started(&error),
    };
    let mut came = Came {
        card_kind: report.card.map(|card| card.kind.name().to_owned()),
        messages: Some(report.exchanges),
        ..Came::default()
    };
    match report.outcome {
        Ok(_) => "done".clone_into(&mut came.end),
        Err(error) => came.failed(&error),
    }
    Ok(came)
}

fn recognise(stage: &dyn Stage) -> Result<Came, Hindrance> {
    let mut link = match stage.varco().connect(Some(stage.reader()), WAIT) {
        Ok(link) => link,
        Err(error) => return not_started(&error),
    };
    let mut conversation = Conversation::new(&mut *link, WAIT);
    let seen = CardSeen::recognise(&mut conversation, stage.varco().card_drivers());
    let mut came = Came {
        messages: Some(conversation.exchanges()),
        ..Came::default()
    };
    match seen {
        Ok(seen) => {
            "done".clone_into(&mut came.end);
            came.card_kind = Some(seen.description().kind.name().to_owned());
        }
        Err(error) => came.failed(&error),
    }
    // The card may be gone by now, which is no news to anybody.
    let _ = link.close(Disposition::Leave);
    Ok(came)
}
