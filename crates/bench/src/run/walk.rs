//! The steps of a scenario, one after the other, at a stage.
//!
//! Not here: the stage (`target`), and what came of an action (`came`).

use core::time::Duration;
use std::collections::VecDeque;
use std::io;
use std::path::Path;

use varco::played::ccid::Entry;
use varco::steps::{CardSeen, Conversation, Disposition, PinId};
use varco::{Audience, CareReport, Locale, LoginError, LoginOptions, StartError};

use super::came::{Came, rig_fault, wants_counts};
use super::program::{self, Values};
use super::trust;
use super::typist::{Planned, Typist};
use super::wire::{Finding, Outcome};
use crate::scenario::{Do, Expectation, Scenario, Step, Typed};
use crate::target::{Hindrance, Holding, Stage};

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
        came: None,
    };
    for (index, step) in scenario.steps.iter().enumerate() {
        let walked = listener
            .begun(index, step)
            .map_err(|error| gone(&error))
            .and_then(|()| {
                walk.step(index, &step.what)?;
                listener.done(index).map_err(|error| gone(&error))
            });
        if let Err(finding) = walked {
            return finding.at(step.line);
        }
    }
    Finding::passed()
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
            Do::Fault { plan } => self.stage.fault(plan.0)?,
            Do::Expect(wanted) => self.expect(wanted)?,
            action => self.act(index, action)?,
        }
        Ok(())
    }

    fn expect(&self, wanted: &Expectation) -> Result<(), Finding> {
        let Some(came) = &self.came else {
            return Ok(());
        };
        came.check(wanted)
            .map_err(|otherwise| Finding::of(Outcome::Failed, "bench-otherwise", otherwise))
    }

    fn act(&mut self, index: usize, action: &Do) -> Result<(), Hindrance> {
        let plan = core::mem::take(&mut self.typed);
        let typed: Vec<&Typed> = plan.iter().map(|(typed, _)| typed).collect();
        self.stage.may_type(action, &typed)?;
        let is_counted = self.is_counted(index);
        let before = is_counted.then(|| self.stage.counts()).transpose()?;
        let mut came = match action {
            Do::Run { program, arguments } => self.run(program, arguments, &plan)?,
            action => {
                let mut typist = Typist::new(self.stage, plan, self.locale);
                let mut came = self.ask_card(action, &mut typist)?;
                if let Some(hindrance) = typist.hindrance {
                    return Err(hindrance);
                }
                came.asked = typist.asked;
                came.is_at_a_loss = typist.is_at_a_loss;
                came
            }
        };
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
        let mut values = Values::new();
        for (typed, meanwhile) in plan {
            if meanwhile.is_some() || *typed == Typed::Cancel {
                let detail = "another program is asked by nobody: type plain values before it";
                return Err(Hindrance::not_applicable("bench-na-keys", detail));
            }
            values.extend(self.stage.value(typed)?);
        }
        let keys = self.stage.keys();
        if let Some(keys) = &keys {
            // It asks on the reader.
            for value in values.drain(..) {
                if let Some(entry) = str::from_utf8(&value).ok().and_then(Entry::typed) {
                    keys.press(entry);
                }
            }
        }
        let ran = program::run(name, arguments, values)?;
        if let Some(keys) = keys {
            keys.forget_entries();
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
