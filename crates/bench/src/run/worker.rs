//! One scenario at one target, in this process: the job comes as a line, what happens goes out as lines.
//!
//! Not here: the services that must be there before (`pool`).

use std::io::{self, BufRead, Read as _, Write};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rustix::process::{Signal, set_parent_process_death_signal};

use varco::{Locale, Messages};
use zeroize::Zeroizing;

use super::walk::{Listener, walk};
use super::wire::{Answer, Event, Finding, Job, LINE_BYTES_MAX};
use crate::rig::{CommandHook, Person, Rig};
use crate::scenario::{Scenario, Step};
use crate::target::{Hindrance, PlayedStage, ReaderStage, Stage, Surroundings, Target};

/// Reads a job, does it, and tells. It ends with whoever started it.
///
/// # Errors
/// When nobody reads or what came is no job.
pub fn run(mut input: impl BufRead + Send + 'static, output: impl Write + Send + 'static) -> io::Result<()> {
    // Where the system cannot do that, a worker without anybody ends at its next step.
    let _ = set_parent_process_death_signal(Some(Signal::KILL));
    let mut job: Job = read_line(&mut input)?;
    let target: Target = job.target.parse().map_err(io::Error::other)?;
    let scenario = Scenario::parse(&job.file.display().to_string(), &job.text).map_err(io::Error::other)?;
    let ends = Ends(Arc::new(Mutex::new(Streams {
        input: Box::new(input),
        output: Box::new(output),
    })));
    ends.tell(&Event::Begun {
        step: None,
        line: 0,
        what: "prepare".to_owned(),
        is_tested: false,
    })?;
    let finding = work(&mut job, &target, &scenario, &ends);
    ends.tell(&Event::Ended(finding))
}

fn work(job: &mut Job, target: &Target, scenario: &Scenario, ends: &Ends) -> Finding {
    let locale = Locale::from_tag(&job.lang).unwrap_or(Locale::English);
    let holder = job.holder.take().unwrap_or_default();
    let folder = job.file.parent().unwrap_or(Path::new("."));
    let service = ends.clone();
    let around = Surroundings {
        folder,
        vpcd_port: job.vpcd_port,
        line: job.line.as_deref(),
        nfcd: &job.nfcd,
        restart: Arc::new(move || service.restart()),
    };
    let opened = match target {
        Target::Reader(name) => {
            let rig: Box<dyn Rig> = match &job.hook {
                Some(command) => Box::new(CommandHook::new(command.clone(), &scenario.name)),
                None => Box::new(Person::new(Messages::shared(locale))),
            };
            ReaderStage::open(name, scenario, rig, holder).map(|stage| Box::new(stage) as Box<dyn Stage>)
        }
        played => PlayedStage::open(played, scenario, &around).map(|stage| Box::new(stage) as Box<dyn Stage>),
    };
    match opened {
        Ok(stage) => walk(scenario, folder, &*stage, locale, &mut ends.clone()),
        Err(hindrance) => hindrance.into(),
    }
}

/// Both ends of the conversation. A question and its answer are one, whichever thread asks.
#[derive(Clone)]
struct Ends(Arc<Mutex<Streams>>);

struct Streams {
    input: Box<dyn BufRead + Send>,
    output: Box<dyn Write + Send>,
}

impl Ends {
    fn streams(&self) -> MutexGuard<'_, Streams> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn tell(&self, event: &Event) -> io::Result<()> {
        self.streams().tell(event)
    }

    fn restart(&self) -> Result<(), Hindrance> {
        let mut streams = self.streams();
        let failed = |error: &dyn core::fmt::Display| Hindrance::rig("bench-rig-service", error);
        streams.tell(&Event::Restart {}).map_err(|error| failed(&error))?;
        let answer: Answer = read_line(&mut *streams.input).map_err(|error| failed(&error))?;
        answer.failed.map_or(Ok(()), |why| Err(failed(&why)))
    }
}

impl Streams {
    fn tell(&mut self, event: &Event) -> io::Result<()> {
        let mut line = serde_json::to_vec(event)?;
        line.push(b'\n');
        self.output.write_all(&line)?;
        self.output.flush()
    }
}

impl Listener for Ends {
    fn begun(&mut self, index: usize, step: &Step) -> io::Result<()> {
        self.tell(&Event::Begun {
            step: Some(index),
            line: step.line,
            what: step.what.name().to_owned(),
            is_tested: step.what.is_action(),
        })
    }

    fn done(&mut self, index: usize) -> io::Result<()> {
        self.tell(&Event::Done { step: index })
    }
}

fn read_line<T: serde::de::DeserializeOwned>(input: &mut dyn BufRead) -> io::Result<T> {
    // It may hold codes.
    let mut line = Zeroizing::new(Vec::new());
    input.take(LINE_BYTES_MAX).read_until(b'\n', &mut line)?;
    Ok(serde_json::from_slice(&line)?)
}
