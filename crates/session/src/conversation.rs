//! A connected card over several transactions: the channels around it, the count of exchanges, the trace.
//!
//! Not here: what is said (drivers) and in which order (steps).

use core::time::Duration;

use varco_apdu::Atr;
use varco_card::{
    Budget, CardChannel, CardLink, Disposition, Epoch, GetResponse, Limits, LinkError, ReaderKind,
    ReaderName, Recorder, Trace, Tracer, Transaction,
};
use varco_credential::CardError;

use crate::companion::{Accompanied, Alone, Answered, Companion, Step};

/// How long a card may be out of a reader's field: while its holder types, and puts it straight.
const FIELD_GRACE: Duration = Duration::from_secs(3);

/// A card that this program talks to, one transaction at a time.
pub struct Conversation<'l> {
    link: &'l mut dyn CardLink,
    trace: Option<Trace<'l>>,
    wait: Duration,
    exchanges: u32,
    reset_failed: bool,
    companion: &'l dyn Companion,
    answered: Answered,
    budget: Budget,
}

impl<'l> Conversation<'l> {
    /// With a connected card; each transaction waits at most `wait` while another program holds the card.
    pub fn new(link: &'l mut dyn CardLink, wait: Duration) -> Self {
        Self {
            link,
            trace: None,
            wait,
            exchanges: 0,
            reset_failed: false,
            companion: &Alone,
            answered: Answered::default(),
            budget: Budget::default(),
        }
    }

    /// With somebody who walks along.
    #[must_use]
    pub fn accompanied(mut self, companion: &'l dyn Companion) -> Self {
        self.companion = companion;
        self
    }

    /// How much is said in one transaction.
    pub(crate) fn budget(&self) -> Budget {
        self.budget.clone()
    }

    /// Who walks along.
    pub(crate) fn companion(&self) -> &'l dyn Companion {
        self.companion
    }

    /// Tells a step.
    pub(crate) fn reached(&self, step: &Step<'_>) {
        if let Step::CardSeen(card) = step {
            self.answered.seen(card.kind, self.link.limits());
        }
        self.companion.reached(step);
    }

    /// Records what is said, redacted at capture.
    #[must_use]
    pub fn recorded(mut self, trace: Option<Trace<'l>>) -> Self {
        self.trace = trace;
        self
    }

    /// The reader's name.
    #[must_use]
    pub fn reader(&self) -> &ReaderName {
        self.link.reader()
    }

    /// What kind of reader it is.
    #[must_use]
    pub fn reader_kind(&self) -> ReaderKind {
        self.link.reader_kind()
    }

    /// The card's answer to reset.
    #[must_use]
    pub fn atr(&self) -> &Atr {
        self.link.atr()
    }

    /// The present epoch.
    #[must_use]
    pub fn epoch(&self) -> Epoch {
        self.link.epoch()
    }

    /// What fits through the reader.
    #[must_use]
    pub fn limits(&self) -> Limits {
        self.link.limits()
    }

    /// Number of C-APDUs sent so far.
    #[must_use]
    pub fn exchanges(&self) -> u32 {
        self.exchanges
    }

    /// Whether a recording was asked for and could not be written to its end.
    #[must_use]
    pub fn trace_failed(&self) -> bool {
        self.trace.as_ref().is_some_and(Trace::failed)
    }

    /// Whether a card that had seen a PIN could not be reset at the end, although it was still there.
    #[must_use]
    pub fn reset_failed(&self) -> bool {
        self.reset_failed
    }

    /// Takes note that another program reset the card, or that it left the reader's field for a moment, where that does no
    /// harm: nothing was granted yet, the next work begins anew, and has the card prove which one it is.
    ///
    /// # Errors
    /// [`CardError::Link`] for anything else, and where no card came back in time.
    pub(crate) fn settle(&mut self) -> Result<(), CardError> {
        match self.hold(|_| Ok(())) {
            Err(CardError::Link(LinkError::CardReset)) => Ok(()),
            Err(CardError::Link(LinkError::CardRemoved)) => Ok(self.link.rejoin(FIELD_GRACE)?),
            other => other,
        }
    }

    /// Does some work with the card held for this program alone. If a PIN passed, the card is reset at the end.
    ///
    /// # Errors
    /// What the work says; else [`CardError::Link`] when the card could not be taken or given back.
    pub fn hold<T, E: From<CardError>>(
        &mut self,
        work: impl FnOnce(&mut dyn CardChannel) -> Result<T, E>,
    ) -> Result<T, E> {
        let interrupted = |why| LinkError::Interrupted {
            command: "BEGIN TRANSACTION",
            why,
        };
        let going_on = self.companion.may_go_on().map_err(interrupted);
        going_on.map_err(CardError::from)?;
        self.budget.renew();
        let transaction = Transaction::begin(&mut *self.link, self.wait).map_err(CardError::from)?;
        let mut transaction = transaction.within(self.budget.clone());
        let traced = Tracer::new(&mut transaction);
        let outcome = match &mut self.trace {
            Some(trace) => work(&mut Accompanied::new(
                GetResponse::new(Recorder::new(traced, trace)),
                self.companion,
                &self.answered,
            )),
            None => work(&mut Accompanied::new(
                GetResponse::new(traced),
                self.companion,
                &self.answered,
            )),
        };
        self.exchanges = self.exchanges.saturating_add(transaction.exchanges());
        let has_seen_pin = transaction.has_seen_pin();
        let ended: Result<(), LinkError> = transaction.end(Disposition::Leave);
        self.reset_failed |= has_seen_pin
            && ended.as_ref().is_err_and(|error| {
                // Without power there is nothing left to reset.
                !matches!(error, LinkError::CardRemoved | LinkError::ReaderGone)
            });
        let value = outcome?;
        ended.map_err(CardError::from)?;
        Ok(value)
    }
}
