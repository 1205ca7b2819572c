//! Many scenarios at many targets, side by side where they can be.
//!
//! A played target is a world of its own, so any number of them run at once. A real reader takes one scenario at a time.
//!
//! Not here: one scenario (`worker`), and its process (`process`).

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, PoisonError, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use varco::played::ccid::Model;
use varco_stand::pcscd::{PrivatePcscd, VPCD_PORT};
use zeroize::Zeroizing;

use super::process::work;
use super::wire::{Event, Finding, Job, Outcome};
use crate::scenario::Scenario;
use crate::target::{Holder, HolderError, Target};

/// What runs a worker, and how.
pub struct Plan {
    /// The program that is a worker when it is started with `arguments`.
    pub program: PathBuf,
    /// Its arguments.
    pub arguments: Vec<String>,
    /// The program that drives NFC readers.
    pub nfcd: PathBuf,
    /// How many run at once.
    pub jobs: usize,
    /// How long one may take.
    pub timeout: Duration,
    /// The command that puts cards into real readers; without it, a person is asked.
    pub hook: Option<PathBuf>,
    /// Codes of real cards, as [`Holder::parse`] reads them, and what may be done with the cards.
    pub codes: Zeroizing<String>,
    /// How many tries of a real card a scenario may spend.
    pub may_spend: u32,
    /// Whether codes of real cards may be changed.
    pub may_change: bool,
    /// The language in which a person is asked.
    pub lang: String,
}

impl Plan {
    fn holder(&self) -> Result<Holder, HolderError> {
        let holder = Holder::parse(&self.codes)?.may_spend(self.may_spend);
        Ok(if self.may_change {
            holder.with_changes()
        } else {
            holder
        })
    }
}

/// A scenario as it was read.
#[derive(Clone, Debug)]
pub struct ScenarioFile {
    /// Where from.
    pub path: PathBuf,
    /// Its text.
    pub text: String,
    /// What it says.
    pub scenario: Scenario,
}

/// What came of a scenario at a target.
#[derive(Clone, Debug)]
pub struct RunResult {
    /// The scenario's file.
    pub path: PathBuf,
    /// Its name.
    pub name: String,
    /// Its title.
    pub title: String,
    /// Where it ran.
    pub target: Target,
    /// How it ended.
    pub finding: Finding,
    /// How long it took, its preparation included.
    pub took: Duration,
}

/// What is told while they run.
#[derive(Debug)]
pub enum Progress<'p> {
    /// A step is done.
    Step {
        /// The scenario.
        name: &'p str,
        /// Where.
        target: &'p Target,
        /// How many steps are done.
        done: usize,
        /// Of how many.
        of: usize,
    },
    /// A scenario is done.
    Ended(&'p RunResult),
}

enum Told {
    Step(usize, usize),
    Ended(usize, Finding, Duration),
}

struct Task<'t> {
    number: usize,
    file: &'t ScenarioFile,
    target: &'t Target,
}

/// Runs each scenario at each target, and tells of it on this thread. Results come in the order of files, then targets.
pub fn run(
    plan: &Plan,
    files: &[ScenarioFile],
    targets: &[Target],
    tell: &mut dyn FnMut(Progress<'_>),
) -> Vec<RunResult> {
    let pairs: Vec<(&ScenarioFile, &Target)> = files
        .iter()
        .flat_map(|file| targets.iter().map(move |target| (file, target)))
        .collect();
    let lanes = Mutex::new(lanes(&pairs));
    let mut results: Vec<Option<RunResult>> = pairs.iter().map(|_| None).collect();
    let (sender, told) = mpsc::channel();
    thread::scope(|scope| {
        for _ in 0..plan.jobs.clamp(1, pairs.len().max(1)) {
            let (sender, lanes) = (sender.clone(), &lanes);
            scope.spawn(move || {
                loop {
                    let lane = lanes.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
                    let Some(lane) = lane else { return };
                    for task in lane {
                        let begun = Instant::now();
                        let finding = run_one(plan, &task, &sender);
                        // Whoever listens stays until all have ended.
                        let _ = sender.send(Told::Ended(task.number, finding, begun.elapsed()));
                    }
                }
            });
        }
        drop(sender);
        for told in told {
            match told {
                Told::Step(number, done) => {
                    if let Some((file, target)) = pairs.get(number) {
                        tell(Progress::Step {
                            name: &file.scenario.name,
                            target,
                            done,
                            of: file.scenario.steps.len(),
                        });
                    }
                }
                Told::Ended(number, finding, took) => {
                    if let (Some((file, target)), Some(place)) = (pairs.get(number), results.get_mut(number))
                    {
                        let result = RunResult {
                            path: file.path.clone(),
                            name: file.scenario.name.clone(),
                            title: file.scenario.title.clone(),
                            target: (*target).clone(),
                            finding,
                            took,
                        };
                        tell(Progress::Ended(&result));
                        *place = Some(result);
                    }
                }
            }
        }
    });
    results.into_iter().flatten().collect()
}

/// What must run one after the other is in one lane: all that is for the same real reader.
fn lanes<'t>(pairs: &[(&'t ScenarioFile, &'t Target)]) -> VecDeque<Vec<Task<'t>>> {
    let mut lanes: VecDeque<Vec<Task<'t>>> = VecDeque::new();
    for (number, (file, target)) in pairs.iter().enumerate() {
        let task = Task { number, file, target };
        let same = lanes.iter_mut().find(|lane| {
            matches!(target, Target::Reader(_)) && lane.first().is_some_and(|first| first.target == *target)
        });
        match same {
            Some(lane) => lane.push(task),
            // A long lane is begun early.
            None if matches!(target, Target::Reader(_)) => lanes.push_front(vec![task]),
            None => lanes.push_back(vec![task]),
        }
    }
    lanes
}

fn run_one(plan: &Plan, task: &Task<'_>, sender: &mpsc::Sender<Told>) -> Finding {
    let folder = match tempfile::Builder::new().prefix("varco-bench-").tempdir() {
        Ok(folder) => folder,
        Err(error) => return Finding::of(Outcome::RigError, "bench-rig-place", error.to_string()),
    };
    let line = (*task.target == Target::Ccid).then(|| folder.path().join("line"));
    let service = match task.target {
        Target::Vpcd => PrivatePcscd::start().map(Some),
        Target::Ccid => {
            PrivatePcscd::start_with(&Model::PinPad.entry(line.as_deref().unwrap_or(Path::new("")))).map(Some)
        }
        _ => Ok(None),
    };
    let mut service = match service {
        Ok(service) => service,
        Err(error) => return Finding::of(Outcome::RigError, "bench-rig-service", error.to_string()),
    };
    let mut command = match (&service, task.target) {
        (Some(service), _) => service.command(&plan.program),
        (None, _) => Command::new(&plan.program),
    };
    command.args(&plan.arguments);
    let holder = match task.target {
        Target::Reader(_) => match plan.holder() {
            Ok(holder) => Some(holder),
            Err(error) => return Finding::of(Outcome::RigError, "bench-rig-secret", error.to_string()),
        },
        _ => None,
    };
    let job = Job {
        file: task.file.path.clone(),
        text: task.file.text.clone(),
        target: task.target.to_string(),
        vpcd_port: VPCD_PORT,
        line,
        nfcd: plan.nfcd.clone(),
        hook: plan.hook.clone(),
        holder,
        lang: plan.lang.clone(),
    };
    let mut done = 0;
    work(&mut command, &job, &mut service, plan.timeout, &mut |event| {
        if let Event::Done { .. } = event {
            done += 1;
            // Whoever listens stays until all have ended.
            let _ = sender.send(Told::Step(task.number, done));
        }
    })
}
