//! One scenario at one target, in this process: the job comes as a line, what happens goes out as lines.
//!
//! Not here: the services that must be there before (`pool`).

use std::io::{self, BufRead, Read as _, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rustix::process::{Signal, set_parent_process_death_signal};
use varco::pcsc::PcscReaders;
use varco::{Locale, Messages, Varco};
use zeroize::Zeroizing;

use super::walk::{Listener, walk};
use super::wire::{Answer, BenchText, Event, Finding, Job, LINE_BYTES_MAX};
use crate::bench_file::{BenchFile, RigKind};
use crate::going;
use crate::rig::{CommandHook, Person, ReaderEye, Rig};
use crate::scenario::{Scenario, Step};
use crate::target::{
    Amount, Hindrance, Holder, Keeper, PlayedStage, ReaderStage, Stage, Surroundings, Target,
};

/// Reads a job, does it, and tells. It ends with whoever started it.
///
/// # Errors
/// When nobody reads or what came is no job.
pub fn run(mut input: impl BufRead + Send + 'static, output: impl Write + Send + 'static) -> io::Result<()> {
    going::listen()?;
    // Where the system cannot do that, a worker without anybody ends at its next step.
    let _ = set_parent_process_death_signal(Some(Signal::TERM));
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
    let finding = work(&mut job, target, &scenario, &ends);
    ends.tell(&Event::Ended(finding))
}

fn work(job: &mut Job, target: Target, scenario: &Scenario, ends: &Ends) -> Finding {
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
        Target::Reader => open_reader(job.bench.as_ref(), scenario, holder, locale, ends)
            .map(|stage| Box::new(stage) as Box<dyn Stage>),
        played => {
            PlayedStage::open(&played, scenario, &around).map(|stage| Box::new(stage) as Box<dyn Stage>)
        }
    };
    match opened {
        Ok(stage) => walk(scenario, folder, &*stage, locale, &mut ends.clone()),
        Err(hindrance) => hindrance.into(),
    }
}

fn open_reader(
    bench: Option<&BenchText>,
    scenario: &Scenario,
    holder: Holder,
    locale: Locale,
    ends: &Ends,
) -> Result<ReaderStage, Hindrance> {
    let bench = bench.ok_or_else(|| Hindrance::rig("bench-rig-reader", "there is no bench file"))?;
    let parsed = BenchFile::parse(&bench.file.display().to_string(), &bench.text);
    let parsed = parsed.map_err(|error| Hindrance::rig("bench-rig-reader", error))?;
    let limit = parsed.rig.timeout;
    let rig: Box<dyn Rig> = match &parsed.rig.kind {
        RigKind::Hook(words) => {
            let (program, arguments) = words.split_first().unwrap_or((&bench.text, &[]));
            let hook = CommandHook::new(beside(&bench.file, program), &scenario.name);
            Box::new(hook.with_arguments(arguments).with_time_limit(limit))
        }
        RigKind::Prompt => {
            let varco = Varco::with_readers(vec![Box::new(PcscReaders::default())]);
            let eye = Box::new(ReaderEye::new(varco, &parsed.reader));
            Box::new(Person::new(Messages::shared(locale)).watching(eye, limit))
        }
    };
    ReaderStage::open(scenario, parsed, rig, holder, Box::new(ends.clone()))
}

/// A program with a path is named from the bench file's folder, as scenarios name what lies beside them; a name alone is looked
/// for by the system.
fn beside(file: &Path, program: &str) -> PathBuf {
    match (program.contains('/'), file.parent()) {
        (true, Some(folder)) => folder.join(program),
        _ => PathBuf::from(program),
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

    /// Tells, and waits for the answer: why it was not done.
    fn ask(&self, event: &Event) -> io::Result<Option<String>> {
        let mut streams = self.streams();
        streams.tell(event)?;
        let answer: Answer = read_line(&mut *streams.input)?;
        Ok(answer.failed)
    }

    fn restart(&self) -> Result<(), Hindrance> {
        let failed = |error: &dyn core::fmt::Display| Hindrance::rig("bench-rig-service", error);
        let answer = self.ask(&Event::Restart {}).map_err(|error| failed(&error))?;
        answer.map_or(Ok(()), |why| Err(failed(&why)))
    }
}

fn gone(error: io::Error) -> Hindrance {
    Hindrance::rig("bench-rig-worker", error)
}

impl Keeper for Ends {
    fn take(&self, card: &str, serial: &str, amount: Amount) -> Result<(), Hindrance> {
        let event = Event::Take {
            card: card.to_owned(),
            serial: serial.to_owned(),
            amount,
        };
        let refused = |why| {
            Err(Hindrance::not_applicable(
                "bench-na-spend",
                format!("{card}: {why}"),
            ))
        };
        self.ask(&event).map_err(gone)?.map_or(Ok(()), refused)
    }

    fn settle(&self, card: &str, taken: Amount, spent: Amount) -> Result<(), Hindrance> {
        let card = card.to_owned();
        self.tell(&Event::Settle { card, taken, spent }).map_err(gone)
    }

    fn by_hand(&self, is_busy: bool) {
        // Whoever is not there any more measures no time.
        let _ = self.tell(&Event::ByHand { is_busy });
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
