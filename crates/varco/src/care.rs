//! Care of PIN and PUK as an application asks for it: a reader, a report.
//!
//! Not here: the way itself (`session`), and what is wanted of it (`options`).

use std::io::Write;
use std::time::Instant;

use varco_apdu::Pin;
use varco_card::Trace;
use varco_credential::{Attendance, PinId};
use varco_session::{
    Alone, CareReport, EntryError, PinCare, PinCounters, PinEntry, PinQuestion, change_pin, pin_status,
    unblock_pin,
};
use zeroize::Zeroizing;

use crate::LoginOptions;
use crate::Varco;
use crate::choose::StartError;
use crate::login::Login;
use crate::readers::fresh;
use crate::remembering::Remembering;

/// Nobody is asked.
struct NoEntry;

impl PinEntry for NoEntry {
    fn attendance(&self) -> Attendance {
        Attendance::Scripted
    }

    fn ask(&mut self, _: &PinQuestion<'_>) -> Result<Pin, EntryError> {
        Err(EntryError::Unavailable {
            what: "nobody is asked for the counters",
        })
    }
}

impl Varco {
    /// Tells the counters of PINs and PUKs of the card in the reader that is meant. Of the options, reader and wait count.
    ///
    /// # Errors
    /// [`StartError`]. Whatever else happens is in the report.
    pub fn pin_status(&self, options: &LoginOptions) -> Result<CareReport<Vec<PinCounters>>, StartError> {
        let mut login = Login::start(self, options, &NoEntry)?;
        let report = login.care(options, PinId::User, &mut NoEntry, None, |care, _| {
            pin_status(care)
        });
        login.close();
        report
    }

    /// Changes a PIN of the card in the reader that is meant; with a sink, what is said is recorded there, redacted. Of the
    /// options, audience, reader, wait, country signers, instant and what is said about tries count.
    ///
    /// # Errors
    /// [`StartError`]. Whatever else happens is in the report.
    pub fn change_pin(
        &self,
        options: &LoginOptions,
        pin: PinId,
        entry: &mut dyn PinEntry,
        sink: Option<&mut (dyn Write + Send)>,
    ) -> Result<CareReport<()>, StartError> {
        let mut login = Login::start(self, options, entry)?;
        let report = login.care(options, pin, entry, sink, change_pin);
        login.close();
        report
    }

    /// Unblocks a PIN with its PUK, or gives a forgotten one a new value; otherwise as [`Varco::change_pin`].
    ///
    /// # Errors
    /// [`StartError`]. Whatever else happens is in the report.
    pub fn unblock_pin(
        &self,
        options: &LoginOptions,
        pin: PinId,
        entry: &mut dyn PinEntry,
        sink: Option<&mut (dyn Write + Send)>,
    ) -> Result<CareReport<()>, StartError> {
        let mut login = Login::start(self, options, entry)?;
        let report = login.care(options, pin, entry, sink, unblock_pin);
        login.close();
        report
    }
}

impl Login<'_> {
    /// The care of a PIN of this card, under the same rules as its logins.
    ///
    /// # Errors
    /// [`StartError::NoRandomness`].
    pub fn care<T>(
        &mut self,
        options: &LoginOptions,
        pin: PinId,
        entry: &mut dyn PinEntry,
        sink: Option<&mut (dyn Write + Send)>,
        way: impl FnOnce(PinCare<'_>, &mut dyn PinEntry) -> CareReport<T>,
    ) -> Result<CareReport<T>, StartError> {
        let seeds = [Zeroizing::new(fresh()?), Zeroizing::new(fresh()?)];
        let begun = Instant::now();
        let elapsed = || begun.elapsed();
        let (kind, atr) = (self.link.reader_kind(), self.link.atr().clone());
        let care = PinCare {
            link: &mut *self.link,
            wait: options.wait,
            drivers: &self.core.cards,
            trust: options.trusted(),
            asker: options.audience.as_str(),
            pin,
            rules: &mut self.rules,
            seeds,
            trace: sink.map(|sink| Trace::start(kind, &atr, sink, &elapsed)),
            companion: &Alone,
        };
        let mut remembering = Remembering::new(entry, self.insertion.as_ref());
        let report = way(care, &mut remembering);
        let marked = remembering.into_marked();
        self.remember(marked, report.sent);
        Ok(report)
    }
}
