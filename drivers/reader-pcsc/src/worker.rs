//! The thread that owns one card: context, connection and transaction live and die here.
//!
//! `pcsc::Transaction` borrows the card, so there are two loops, one inside the other: idle, and within a
//! transaction. When the handle hangs up, for whatever reason, the card is reset and let go.
//!
//! Not here: time limits. The handle has them; a thread that is stuck in the system's call ends when that
//! returns.

use core::time::Duration;
use std::ffi::CStr;
use std::sync::mpsc::{Receiver, SyncSender};
use std::thread::sleep;
use std::time::Instant;

use pcsc::{
    Card, Context, Disposition as Fate, Error, Protocols, ReaderState, ShareMode, State, Transaction,
};
use varco_apdu::Atr;
use varco_card::{Disposition, InsertionCount, Limits, LinkError, Protocol, ReaderName};
use zeroize::{Zeroize, Zeroizing};

use crate::pad::{Pad, call};
use crate::translate::{Step, translate};
use crate::{diagnosis, features};

/// Between two attempts at something that another program holds.
pub(crate) const POLL: Duration = Duration::from_millis(50);

/// Attempts to disconnect while another program's transaction forbids it; then the binding's destructor and
/// the service's own clean-up are left to it.
const DISCONNECTS_MAX: u32 = 1200;

/// What the handle asks for.
pub(crate) enum Task {
    Begin,
    Transmit(Zeroizing<Vec<u8>>),
    /// A control code of the reader's pin pad, and what goes with it.
    Enter(u32, Zeroizing<Vec<u8>>),
    Reset,
    End(Disposition),
    Close(Disposition),
}

/// The answer's bytes; none where there is nothing to say but that it is done.
pub(crate) type Reply = Result<Zeroizing<Vec<u8>>, LinkError>;

/// One task and where its one reply goes. The channel has no room of its own, so that a reply has arrived or
/// its sender knows that nobody waits for it any more.
pub(crate) struct Job {
    pub(crate) task: Task,
    pub(crate) reply: SyncSender<Reply>,
}

/// What is known once the card is connected.
pub(crate) struct Opened {
    pub(crate) atr: Atr,
    /// Insertions and removals that the service counted at this reader.
    pub(crate) insertion: InsertionCount,
    pub(crate) limits: Limits,
    pub(crate) pad: Pad,
}

/// Connects and serves. The body of the thread.
pub(crate) fn run(
    context: &Context,
    reader: &CStr,
    wait: Duration,
    ready: &SyncSender<Result<Opened, LinkError>>,
    jobs: &Receiver<Job>,
) {
    match open_patiently(context, reader, wait) {
        Ok((card, opened)) => {
            let place = Place {
                context,
                reader,
                insertion: opened.insertion,
            };
            if ready.send(Ok(opened)).is_ok() {
                serve(card, &place, jobs);
            } else {
                // Too late for whoever asked, and nothing of ours is on the card.
                let _ = release(card, Disposition::Leave);
            }
        }
        Err(error) => {
            let _ = ready.send(Err(translate(error, Step::Connect)));
        }
    }
}

fn open_patiently(context: &Context, reader: &CStr, wait: Duration) -> Result<(Card, Opened), Error> {
    let begun = Instant::now();
    loop {
        match open(context, reader) {
            Err(Error::SharingViolation) if begun.elapsed() < wait => sleep(POLL),
            outcome => return outcome,
        }
    }
}

fn open(context: &Context, reader: &CStr) -> Result<(Card, Opened), Error> {
    let card = context.connect(reader, ShareMode::Shared, Protocols::T0 | Protocols::T1)?;
    match insertion(context, reader).and_then(|insertion| describe(&card, reader, insertion)) {
        Ok(opened) => Ok((card, opened)),
        Err(error) => {
            let _ = release(card, Disposition::Leave);
            Err(error)
        }
    }
}

/// The service's count, which it gives with a reader's state. Looked at while the card is connected: a card that
/// is exchanged after this is told by the connection.
fn insertion(context: &Context, reader: &CStr) -> Result<InsertionCount, Error> {
    let mut states = [ReaderState::new(reader, State::UNAWARE)];
    context.get_status_change(Duration::ZERO, &mut states)?;
    let [state] = states;
    Ok(InsertionCount {
        service: diagnosis::service_number(),
        count: state.event_count(),
    })
}

fn describe(card: &Card, reader: &CStr, insertion: InsertionCount) -> Result<Opened, Error> {
    // From the status and not from the attribute, which not every driver has (vpcd does not).
    let status = card.status2_owned()?;
    let atr = Atr::new(status.atr()).map_err(|_| Error::UnresponsiveCard)?;
    let (features, properties) = features::ask(card)?;
    let pad = Pad::new(&ReaderName::new(&reader.to_string_lossy()), features, properties);
    let limits = Limits {
        extended_length: properties.extended_length(),
        pin_pad: pad.does(),
        // A card that offers both gets T=1 or T=0 as the service pleases, and keeps it over resets.
        protocol: match status.protocol2() {
            Some(pcsc::Protocol::T0) => Protocol::T0,
            _ => Protocol::Apdu,
        },
    };
    Ok(Opened {
        atr,
        insertion,
        limits,
        pad,
    })
}

/// How a turn at the card ended.
enum Turn {
    /// The card was given back, or never taken.
    Idle,
    /// Disconnect, and tell whoever asked.
    Close(Disposition, Option<SyncSender<Reply>>),
}

/// Where the card was connected.
struct Place<'p> {
    context: &'p Context,
    reader: &'p CStr,
    insertion: InsertionCount,
}

impl Place<'_> {
    /// Whether nothing was put in or taken out since.
    fn is_the_card_still_there(&self) -> bool {
        insertion(self.context, self.reader) == Ok(self.insertion)
    }
}

struct Worker<'j> {
    jobs: &'j Receiver<Job>,
    place: &'j Place<'j>,
    buffer: Zeroizing<Vec<u8>>,
}

fn serve(mut card: Card, place: &Place<'_>, jobs: &Receiver<Job>) {
    let mut worker = Worker {
        jobs,
        place,
        // Always for the longest answer: with too small a buffer the card executes and the answer is lost.
        buffer: Zeroizing::new(vec![0; pcsc::MAX_BUFFER_SIZE_EXTENDED]),
    };
    let (disposition, reply) = loop {
        let turn = match worker.next() {
            (Task::Begin, Some(reply)) => worker.begin(&mut card, &reply),
            (Task::Reset, reply) => {
                answer(reply, reconnect(&mut card, Fate::ResetCard));
                Turn::Idle
            }
            (Task::Close(disposition), reply) => Turn::Close(disposition, reply),
            (Task::Begin | Task::Transmit(_) | Task::Enter(..) | Task::End(_), reply) => {
                answer(reply, Err(misuse("no transaction is open")));
                Turn::Idle
            }
        };
        if let Turn::Close(disposition, reply) = turn {
            break (disposition, reply);
        }
    };
    answer(reply, release(card, disposition));
}

impl Worker<'_> {
    /// The next task. A handle that hung up without closing asks for a reset.
    fn next(&self) -> (Task, Option<SyncSender<Reply>>) {
        match self.jobs.recv() {
            Ok(Job { task, reply }) => (task, Some(reply)),
            Err(_) => (Task::Close(Disposition::Reset), None),
        }
    }

    fn begin(&mut self, card: &mut Card, reply: &SyncSender<Reply>) -> Turn {
        let error = match card.transaction() {
            Ok(transaction) => return self.take(transaction, reply),
            Err(error) => error,
        };
        let error = match error {
            // Somebody else's reset: our own are taken note of where they are made. Also what is left of a
            // removal that a reset of the next card has covered up.
            Error::ResetCard => match reconnect(card, Fate::LeaveCard) {
                Ok(()) if self.place.is_the_card_still_there() => LinkError::CardReset,
                Ok(()) => LinkError::CardRemoved,
                Err(error) => error,
            },
            error => explain(card, error, Step::Begin),
        };
        answer(Some(reply.clone()), Err(error));
        Turn::Idle
    }

    fn take(&mut self, transaction: Transaction<'_>, reply: &SyncSender<Reply>) -> Turn {
        if reply.send(Ok(Zeroizing::default())).is_err() {
            // The card came after the handle's limit: it goes back untouched.
            let _ = end(transaction, Disposition::Leave);
            return Turn::Close(Disposition::Leave, None);
        }
        self.hold(transaction)
    }

    fn hold(&mut self, mut transaction: Transaction<'_>) -> Turn {
        // Quirk: once a block by T=1 has failed, libccid 1.5.2 passes nothing on to the card until that is reset.
        let mut is_out_of_step = false;
        loop {
            match self.next() {
                (Task::Transmit(command), Some(reply)) => {
                    let outcome = transmit(&transaction, &command, &mut self.buffer);
                    is_out_of_step |= matches!(outcome, Err(LinkError::Protocol { .. }));
                    // A failure to deliver is met at the next round: the handle has hung up.
                    let _ = reply.send(outcome);
                }
                (Task::Enter(control_code, structure), Some(reply)) => {
                    let outcome = call::enter(&transaction, control_code, &structure, &mut self.buffer);
                    let _ = reply.send(outcome);
                }
                (Task::Reset, reply) => {
                    answer(reply, reset_held(&mut transaction));
                }
                (Task::End(Disposition::Leave), reply) if is_out_of_step => {
                    // The next program is to find a card that answers. Nobody asked for this reset: how it went is not told.
                    let is_done = give_back(transaction, Disposition::Reset).is_ok();
                    answer(reply, Ok(()));
                    return if is_done {
                        Turn::Idle
                    } else {
                        Turn::Close(Disposition::Reset, None)
                    };
                }
                (Task::End(disposition), reply) => {
                    let outcome = give_back(transaction, disposition);
                    let failed = outcome.is_err();
                    answer(reply, outcome);
                    // What cannot be given back is let go altogether.
                    return if failed {
                        Turn::Close(Disposition::Reset, None)
                    } else {
                        Turn::Idle
                    };
                }
                (Task::Close(asked), reply) => {
                    let disposition = if is_out_of_step { Disposition::Reset } else { asked };
                    // Reset first and unlocked afterwards: no other program slips in between.
                    let done = end(transaction, disposition).is_ok();
                    return Turn::Close(if done { Disposition::Leave } else { disposition }, reply);
                }
                (Task::Begin | Task::Transmit(_) | Task::Enter(..), reply) => {
                    answer(reply, Err(misuse("a transaction is open already")));
                }
            }
        }
    }
}

fn misuse(what: &'static str) -> LinkError {
    LinkError::Protocol { what }
}

fn answer(reply: Option<SyncSender<Reply>>, outcome: Result<(), LinkError>) {
    if let Some(reply) = reply {
        // Whoever does not wait any more has hung up, which the next round sees.
        let _ = reply.send(outcome.map(|()| Zeroizing::default()));
    }
}

fn transmit(card: &Card, command: &[u8], buffer: &mut [u8]) -> Reply {
    let outcome = match card.transmit(command, buffer) {
        // vpcd gives an empty success when the card is pulled out during a command.
        Ok(answer) if answer.len() < 2 => Err(LinkError::CardRemoved),
        Ok(answer) => Ok(Zeroizing::new(answer.to_vec())),
        Err(error) => Err(explain(card, error, Step::Transmit)),
    };
    wipe(buffer, &outcome);
    outcome
}

/// Leaves nothing of an answer in the buffer that it came in.
pub(crate) fn wipe(buffer: &mut [u8], outcome: &Reply) {
    match outcome {
        Ok(answer) => buffer.iter_mut().take(answer.len()).for_each(Zeroize::zeroize),
        Err(_) => buffer.zeroize(),
    }
}

fn reconnect(card: &mut Card, fate: Fate) -> Result<(), LinkError> {
    card.reconnect(ShareMode::Shared, Protocols::T0 | Protocols::T1, fate)
        .map_err(|error| explain(card, error, Step::Reset))
}

/// Ends a transaction, and is not told of its own reset afterwards: made by reconnecting, while the card is held,
/// it is taken note of at once. Whatever reset is reported later was somebody else's.
fn give_back(mut transaction: Transaction<'_>, disposition: Disposition) -> Result<(), LinkError> {
    if disposition == Disposition::Leave {
        return end(transaction, disposition);
    }
    match reset_held(&mut transaction) {
        Ok(()) => end(transaction, Disposition::Leave),
        Err(error) => {
            let _ = end(transaction, Disposition::Leave);
            Err(error)
        }
    }
}

/// Resets the card within the transaction, unless it was taken out: what lies in the reader now is not ours.
fn reset_held(transaction: &mut Transaction<'_>) -> Result<(), LinkError> {
    if let Err(error) = transaction.status2_owned() {
        return Err(explain(transaction, error, Step::Reset));
    }
    transaction
        .reconnect(ShareMode::Shared, Protocols::T0 | Protocols::T1, Fate::ResetCard)
        .map_err(|error| explain(transaction, error, Step::Reset))
}

fn end(transaction: Transaction<'_>, disposition: Disposition) -> Result<(), LinkError> {
    transaction
        .end(fate(disposition))
        .map_err(|(transaction, error)| explain(&transaction, error, Step::End))
}

fn fate(disposition: Disposition) -> Fate {
    match disposition {
        Disposition::Leave => Fate::LeaveCard,
        Disposition::Reset => Fate::ResetCard,
    }
}

/// Translates, after a second look where a removal, a lost service and a bad contact sound alike.
fn explain(card: &Card, error: Error, step: Step) -> LinkError {
    if !matches!(
        error,
        Error::NotTransacted | Error::CommError | Error::CommDataLost
    ) {
        return translate(error, step);
    }
    match card.status2_owned() {
        // Not even the service answers.
        Err(Error::CommError) => LinkError::NoService,
        Err(error) => translate(error, step),
        Ok(status) if status.status().contains(pcsc::Status::ABSENT) => LinkError::CardRemoved,
        Ok(_) => translate(error, step),
    }
}

/// Disconnects. The binding's destructor, which would reset the card for everybody, is left to run only when
/// the service refuses to the end.
pub(crate) fn release(mut card: Card, disposition: Disposition) -> Result<(), LinkError> {
    let fate = match disposition {
        // Taken out or reset since: nothing of ours is left, and what is in the reader now is not ours.
        Disposition::Reset if card.status2_owned().is_err() => Fate::LeaveCard,
        asked => fate(asked),
    };
    for _ in 0..DISCONNECTS_MAX {
        match card.disconnect(fate) {
            Ok(()) => return Ok(()),
            Err((held, Error::SharingViolation)) => {
                card = held;
                sleep(POLL);
            }
            Err((card, error)) => return Err(explain(&card, error, Step::Close)),
        }
    }
    Err(LinkError::ReaderBusy)
}
