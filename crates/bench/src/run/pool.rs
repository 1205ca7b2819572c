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

use super::Stop;
use super::clock::Clock;
use super::process::{Around, Group, work};
use super::purses::Purses;
use super::wire::{BenchText, Event, Finding, Job, Outcome};
use crate::bench_file::{BenchFile, RigKind};
use crate::scenario::Scenario;
use crate::target::{Holder, Target, private_folder};

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
    /// How long one may take, the time of hands excepted.
    pub timeout: Duration,
    /// The real reader and what belongs to it.
    pub desk: Option<Desk>,
    /// The language in which a person is asked.
    pub lang: String,
    /// Whether somebody asks for the end.
    pub stop: Stop,
}

/// A real reader, the hands at it and the cards.
pub struct Desk {
    /// Where the bench file is.
    pub file: PathBuf,
    /// Its text.
    pub text: String,
    /// What it says.
    pub bench: BenchFile,
    /// Codes of its cards, as [`Holder::parse`] reads them.
    pub codes: Zeroizing<String>,
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

/// What all scenarios of a run have together.
struct Run<'r> {
    plan: &'r Plan,
    purses: Purses,
}

struct Task<'t> {
    number: usize,
    file: &'t ScenarioFile,
    target: Target,
}

/// Runs each scenario at each target, and tells of it on this thread. Results come in the order of files, then targets; those that
/// were not begun when somebody asked for the end are left out.
pub fn run(
    plan: &Plan,
    files: &[ScenarioFile],
    targets: &[Target],
    tell: &mut dyn FnMut(Progress<'_>),
) -> Vec<RunResult> {
    let pairs: Vec<(&ScenarioFile, Target)> = files
        .iter()
        .flat_map(|file| targets.iter().map(move |target| (file, *target)))
        .collect();
    let whole = Run {
        plan,
        purses: plan
            .desk
            .as_ref()
            .map(|desk| Purses::of(&desk.bench))
            .unwrap_or_default(),
    };
    let lanes = Mutex::new(lanes(&pairs));
    let mut results: Vec<Option<RunResult>> = pairs.iter().map(|_| None).collect();
    let (sender, told) = mpsc::channel();
    thread::scope(|scope| {
        for _ in 0..plan.jobs.clamp(1, pairs.len().max(1)) {
            let (sender, lanes, whole) = (sender.clone(), &lanes, &whole);
            scope.spawn(move || {
                loop {
                    let lane = lanes.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
                    let Some(lane) = lane else { return };
                    for task in lane {
                        if plan.stop.is_asked() {
                            return;
                        }
                        let begun = Instant::now();
                        let finding = run_one(whole, &task, &sender);
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
                            target: *target,
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
fn lanes<'t>(pairs: &[(&'t ScenarioFile, Target)]) -> VecDeque<Vec<Task<'t>>> {
    let mut lanes: VecDeque<Vec<Task<'t>>> = VecDeque::new();
    for (number, (file, target)) in pairs.iter().enumerate() {
        let (task, is_real) = (
            Task {
                number,
                file,
                target: *target,
            },
            *target == Target::Reader,
        );
        let same = lanes
            .iter_mut()
            .find(|lane| is_real && lane.first().is_some_and(|first| first.target == *target));
        match same {
            Some(lane) => lane.push(task),
            // A long lane is begun early.
            None if is_real => lanes.push_front(vec![task]),
            None => lanes.push_back(vec![task]),
        }
    }
    lanes
}

fn run_one(run: &Run<'_>, task: &Task<'_>, sender: &mpsc::Sender<Told>) -> Finding {
    let plan = run.plan;
    let folder = match private_folder() {
        Ok(folder) => folder,
        Err(error) => return Finding::of(Outcome::RigError, "bench-rig-place", error.to_string()),
    };
    let line = (task.target == Target::Ccid).then(|| folder.path().join("line"));
    let service = match task.target {
        Target::Vpcd => PrivatePcscd::start().map(Some),
        Target::Ccid => {
            PrivatePcscd::start_with(&Model::PinPad.entry(line.as_deref().unwrap_or(Path::new("")))).map(Some)
        }
        _ => Ok(None),
    };
    let service = match service {
        Ok(service) => service,
        Err(error) => return Finding::of(Outcome::RigError, "bench-rig-service", error.to_string()),
    };
    let mut command = match &service {
        Some(service) => service.command(&plan.program),
        None => Command::new(&plan.program),
    };
    command.args(&plan.arguments);
    let desk = plan.desk.as_ref().filter(|_| task.target == Target::Reader);
    let holder = match desk
        .map(|desk| Holder::parse(&desk.codes, &desk.bench))
        .transpose()
    {
        Ok(holder) => holder,
        Err(error) => return Finding::of(Outcome::RigError, "bench-rig-secret", error.to_string()),
    };
    let job = Job {
        file: task.file.path.clone(),
        text: task.file.text.clone(),
        target: task.target.to_string(),
        vpcd_port: VPCD_PORT,
        line,
        nfcd: plan.nfcd.clone(),
        bench: desk.map(|desk| BenchText {
            file: desk.file.clone(),
            text: desk.text.clone(),
        }),
        holder,
        lang: plan.lang.clone(),
    };
    let is_person = desk.is_some_and(|desk| desk.bench.rig.kind == RigKind::Prompt);
    let mut around = Around {
        service,
        purses: &run.purses,
        clock: Clock::begin(
            plan.timeout,
            desk.map_or(Duration::ZERO, |desk| desk.bench.rig.timeout),
        ),
        stop: &plan.stop,
        group: if is_person { Group::Shared } else { Group::Own },
    };
    let mut done = 0;
    work(&mut command, &job, &mut around, &mut |event| {
        if let Event::Done { .. } = event {
            done += 1;
            // Whoever listens stays until all have ended.
            let _ = sender.send(Told::Step(task.number, done));
        }
    })
}
