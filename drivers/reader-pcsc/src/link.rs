//! The handle of a connected card: hands tasks to the thread that owns it and waits, but not for ever.
//!
//! Not here: any call of the system (`worker`).

use core::time::Duration;
use std::ffi::CString;
use std::sync::mpsc::{RecvTimeoutError, SyncSender, sync_channel};
use std::thread;
use std::time::Instant;

use pcsc::Context;
use varco_apdu::{Atr, CommandApdu};
use varco_card::{
    CardLink, Disposition, Epoch, InsertionCount, Limits, LinkError, PadEntry, PinPad, ReaderKind, ReaderName,
};
use zeroize::Zeroizing;

use crate::PcscReaders;
use crate::worker::{self, Job, Opened, Reply, Task};

/// The least that is waited for a card, since the service itself needs time to answer.
const GRACE: Duration = Duration::from_millis(500);

/// How long a card that nobody uses may take to be powered up: several attempts at several voltages.
const POWER_UP_MAX: Duration = Duration::from_secs(5);

/// How long closing may take while another program's transaction forbids it.
const CLOSE_MAX: Duration = Duration::from_secs(5);

/// How often is looked whether a card came back.
const RETURN_POLL: Duration = Duration::from_millis(50);

/// Whether somebody is connected to the card already.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum InUse {
    No,
    /// It is powered, so only another program's transaction can make us wait.
    Yes,
}

/// A connected card, shared with other programs between transactions.
pub(crate) struct PcscLink {
    reader: ReaderName,
    opened: Opened,
    epoch: Epoch,
    command_timeout: Duration,
    /// The way to the thread, or why there is none any more.
    jobs: Result<SyncSender<Job>, LinkError>,
}

impl PcscLink {
    /// Connects on a thread of its own, with this context, which nobody else uses.
    pub(crate) fn open(
        context: Context,
        (reader, system_name): (ReaderName, CString),
        in_use: InUse,
        wait: Duration,
        command_timeout: Duration,
    ) -> Result<Self, LinkError> {
        let (ready, opened) = sync_channel(0);
        let (jobs, inbox) = sync_channel(1);
        thread::Builder::new()
            .name("varco-pcsc".to_owned())
            .spawn(move || worker::run(&context, &system_name, wait, &ready, &inbox))
            .map_err(|_| LinkError::System {
                what: "starting a thread",
                code: pcsc::Error::NoMemory as u32,
            })?;
        let limit = match in_use {
            InUse::Yes => wait.max(GRACE),
            InUse::No => wait.max(POWER_UP_MAX),
        };
        let opened = match opened.recv_timeout(limit) {
            Ok(outcome) => outcome?,
            // The system's connect call waits for a foreign transaction without limit; the thread stays in
            // it and lets go by itself.
            Err(RecvTimeoutError::Timeout) => return Err(LinkError::ReaderBusy),
            Err(RecvTimeoutError::Disconnected) => return Err(defect()),
        };
        Ok(Self {
            reader,
            opened,
            epoch: Epoch::default(),
            command_timeout,
            jobs: Ok(jobs),
        })
    }

    /// Has one task done. On expiry the link is lost: the thread, should it ever come back, finds nobody
    /// waiting, resets the card and lets go.
    fn call(&mut self, task: Task, limit: Duration, expired: LinkError) -> Reply {
        let outcome = self.hand_over(task, limit, expired);
        match &outcome {
            // Nothing reached the card.
            Ok(_) | Err(LinkError::ReaderBusy | LinkError::PinPadUnsupported) => {}
            // Without an answer nobody knows what the card still grants.
            Err(_) => self.epoch = self.epoch.next(),
        }
        outcome
    }

    fn hand_over(&mut self, task: Task, limit: Duration, expired: LinkError) -> Reply {
        let (reply, answer) = sync_channel(0);
        let jobs = self.jobs.as_ref().map_err(Clone::clone)?;
        let outcome = match jobs.send(Job { task, reply }) {
            Ok(()) => answer.recv_timeout(limit),
            Err(_) => Err(RecvTimeoutError::Disconnected),
        };
        let outcome = outcome.unwrap_or_else(|why| {
            Err(match why {
                RecvTimeoutError::Timeout => {
                    self.jobs = Err(expired.clone());
                    expired
                }
                RecvTimeoutError::Disconnected => defect(),
            })
        });
        if let Err(error) = &outcome
            && is_final(error)
        {
            self.jobs = Err(error.clone());
        }
        outcome
    }

    fn timed_out(command: &'static str) -> LinkError {
        LinkError::TimedOut { command }
    }
}

/// Whether there is nothing left to talk to. The thread then lets go at once, and the link repeats why.
fn is_final(error: &LinkError) -> bool {
    matches!(
        error,
        LinkError::NoService | LinkError::ReaderGone | LinkError::CardRemoved
    )
}

/// The thread ended without a reply: the binding panicked over a number that it does not know.
fn defect() -> LinkError {
    LinkError::System {
        what: "talking to the smart-card service",
        code: pcsc::Error::UnknownError as u32,
    }
}

/// The name of the command that starts with these bytes.
fn name(command: &[u8]) -> &'static str {
    match *command {
        [cla, ins, p1, p2, ..] => CommandApdu::new(cla, ins, p1, p2).name(),
        _ => "command",
    }
}

impl CardLink for PcscLink {
    fn reader(&self) -> &ReaderName {
        &self.reader
    }

    fn reader_kind(&self) -> ReaderKind {
        ReaderKind::Pcsc
    }

    fn atr(&self) -> &Atr {
        &self.opened.atr
    }

    fn limits(&self) -> Limits {
        self.opened.limits
    }

    fn insertion(&self) -> Option<InsertionCount> {
        Some(self.opened.insertion)
    }

    fn epoch(&self) -> Epoch {
        self.epoch
    }

    fn begin(&mut self, wait: Duration) -> Result<(), LinkError> {
        self.call(Task::Begin, wait.max(GRACE), LinkError::ReaderBusy)
            .map(drop)
    }

    fn end(&mut self, disposition: Disposition) -> Result<(), LinkError> {
        let expired = Self::timed_out("END TRANSACTION");
        let outcome = self.call(Task::End(disposition), self.command_timeout, expired);
        match &outcome {
            Ok(_) if disposition == Disposition::Reset => self.epoch = self.epoch.next(),
            Ok(_) => {}
            // The thread lets go of a card that it could not give back.
            Err(error) => self.jobs = Err(error.clone()),
        }
        outcome.map(drop)
    }

    fn transmit(&mut self, command: &[u8]) -> Result<Zeroizing<Vec<u8>>, LinkError> {
        let task = Task::Transmit(Zeroizing::new(command.to_vec()));
        self.call(task, self.command_timeout, Self::timed_out(name(command)))
    }

    fn transmit_pad_entry(&mut self, entry: &PadEntry) -> Result<Zeroizing<Vec<u8>>, LinkError> {
        // Refused here where the pad cannot take it: nothing is sent.
        let order = self.opened.pad.order(entry, self.opened.limits.protocol)?;
        let limit = order.wait.saturating_add(self.command_timeout);
        let task = Task::Enter(order.control_code, order.structure);
        let was_lost = self.jobs.is_err();
        let outcome = match self.call(task, limit, Self::timed_out(entry.template.name())) {
            // From now on the link says that it is lost; of the entry, that nobody knows how it ended.
            Err(LinkError::TimedOut { .. }) if !was_lost => Err(LinkError::PinPadFailed),
            outcome => outcome,
        };
        if outcome == Err(LinkError::PinPadUnsupported) {
            // It was a claim. Whoever asks again is not sent here.
            self.opened.limits.pin_pad = PinPad::Absent;
        }
        outcome
    }

    fn rejoin(&mut self, wait: Duration) -> Result<(), LinkError> {
        let begun = Instant::now();
        let readers = PcscReaders::default().with_command_timeout(self.command_timeout);
        loop {
            let left = wait.saturating_sub(begun.elapsed());
            match readers.open(&self.reader, left) {
                Ok(mut other) if other.opened.atr == self.opened.atr => {
                    // The link takes over the new connection; the old one has no thread any more.
                    core::mem::swap(&mut self.opened, &mut other.opened);
                    core::mem::swap(&mut self.jobs, &mut other.jobs);
                    self.epoch = self.epoch.next();
                    return Ok(());
                }
                Ok(other) => {
                    // Somebody else's card stays as it is.
                    let _ = Box::new(other).close(Disposition::Leave);
                    return Err(LinkError::CardRemoved);
                }
                // On its way back, or on its way out again.
                Err(LinkError::NoCard | LinkError::CardMute | LinkError::CardRemoved) if !left.is_zero() => {
                    thread::sleep(RETURN_POLL);
                }
                Err(LinkError::NoCard | LinkError::CardMute) => return Err(LinkError::CardRemoved),
                Err(error) => return Err(error),
            }
        }
    }

    fn reset(&mut self) -> Result<(), LinkError> {
        let outcome = self.call(Task::Reset, self.command_timeout, Self::timed_out("RESET"));
        if outcome.is_ok() {
            self.epoch = self.epoch.next();
        }
        outcome.map(drop)
    }

    fn close(mut self: Box<Self>, disposition: Disposition) -> Result<(), LinkError> {
        let outcome = self.call(Task::Close(disposition), CLOSE_MAX, LinkError::ReaderBusy);
        self.jobs = Err(LinkError::Protocol {
            what: "the link was closed",
        });
        outcome.map(drop)
    }
}

impl Drop for PcscLink {
    fn drop(&mut self) {
        if self.jobs.is_err() {
            return;
        }
        // Said and waited for: a process that ends at once must not leave a verified PIN behind.
        let task = Task::Close(Disposition::Reset);
        if let Err(error) = self.call(task, CLOSE_MAX, LinkError::ReaderBusy) {
            tracing::warn!(code = error.code(), "the card could not be reset yet");
        }
    }
}
