//! The readers and the kinds of card that an application works with.
//!
//! Not here: a login (`login`, `running`), and what happens at the readers (`events`).

use core::fmt;
use core::time::Duration;
use std::path::Path;
use std::sync::{Arc, OnceLock};

use ring::rand::{SecureRandom, SystemRandom};
use varco_card::{CardLink, LinkError, ReaderDriver, ReaderName, ReaderState};
use varco_credential::{CardDriver, RefusedValues};

use crate::choose::{StartError, choose};
use crate::desk::{Desk, is_own_thread};
use crate::makers::{self, MakersError};

/// The readers and the kinds of card that an application works with, and the threads that own the readers. Clones are the
/// same; a program has one for all that it does with cards.
///
/// Its threads last as long as one of its clones, watches, running logins or those who are logged in. Whichever is dropped last
/// waits until cards are given back, or five seconds have passed.
///
/// ```
/// # fn main() -> Result<(), varco::played::ProfileError> {
/// use varco::{Varco, played};
///
/// // `Varco::system()` has the readers of the PC/SC service.
/// let (readers, _hands) = played::readers(&["cns-st", "cie-nxp"])?;
/// let varco = Varco::with_readers(vec![Box::new(readers)]);
/// assert_eq!(varco.readers().unwrap().len(), 2);
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Varco {
    pub(crate) core: Arc<Core>,
    pub(crate) desk: Arc<Desk>,
}

/// What all threads of a [`Varco`] know.
pub(crate) struct Core {
    readers: Arc<Vec<Box<dyn ReaderDriver>>>,
    pub(crate) cards: Vec<Box<dyn CardDriver>>,
    /// What cards refused of all that was sent through here.
    refused: Arc<OnceLock<RefusedValues>>,
}

/// Bytes from the system's generator.
///
/// # Errors
/// [`StartError::NoRandomness`].
pub fn random() -> Result<[u8; 32], StartError> {
    fresh()
}

pub(crate) fn fresh<const BYTES: usize>() -> Result<[u8; BYTES], StartError> {
    let mut bytes = [0; BYTES];
    SystemRandom::new()
        .fill(&mut bytes)
        .map_err(|_| StartError::NoRandomness)?;
    Ok(bytes)
}

impl Varco {
    /// With the readers behind the system's PC/SC service.
    #[cfg(feature = "pcsc")]
    #[must_use]
    pub fn system() -> Self {
        Self::with_readers(vec![Box::new(varco_roster::pcsc::PcscReaders::default())])
    }

    /// With these readers.
    #[must_use]
    pub fn with_readers(readers: Vec<Box<dyn ReaderDriver>>) -> Self {
        Self::of(Core {
            readers: Arc::new(readers),
            cards: varco_roster::card_drivers(),
            refused: Arc::default(),
        })
    }

    fn of(core: Core) -> Self {
        let core = Arc::new(core);
        let desk = Arc::new(Desk::new(Arc::clone(&core)));
        Self { core, desk }
    }

    /// Also with the makers of cards that the `.toml` files in this folder describe; they are asked before those that
    /// are built in. Such a file decides in which form a PIN is sent: one that is wrong about its card can cost tries.
    ///
    /// # Errors
    /// [`MakersError`] names the file.
    pub fn with_makers(self, folder: &Path) -> Result<Self, MakersError> {
        Ok(Self::of(Core {
            readers: Arc::clone(&self.core.readers),
            cards: varco_roster::card_drivers_with(&makers::read(folder)?)?,
            refused: Arc::clone(&self.core.refused),
        }))
    }

    /// The kinds of card that are known.
    #[must_use]
    pub fn card_drivers(&self) -> &[Box<dyn CardDriver>] {
        &self.core.cards
    }

    /// All readers and what lies in them, whichever driver they hang on. A driver that cannot tell hides no other's.
    ///
    /// # Errors
    /// [`StartError::Link`] when there is none, and why, where a driver could not tell.
    pub fn readers(&self) -> Result<Vec<ReaderState>, StartError> {
        self.core.readers()
    }

    /// The whole name of the reader that is meant, as [`Varco::connect`] chooses it.
    ///
    /// # Errors
    /// [`StartError`]; with several candidates it names them.
    pub fn reader_meant(&self, wanted: Option<&str>) -> Result<ReaderName, StartError> {
        self.core.choose(wanted).map(|(_, name)| name)
    }

    /// Connects to the card in the reader that is meant: the one with this name or a name that contains it, or
    /// without a name the only one that holds a card, and then no other may be unable to tell what it holds.
    ///
    /// # Errors
    /// [`StartError`]; with several candidates it names them. [`StartError::CalledBack`] within a callback of a login.
    pub fn connect(&self, wanted: Option<&str>, wait: Duration) -> Result<Box<dyn CardLink>, StartError> {
        if is_own_thread() {
            // The card is held by this very thread, or another caller's turn is.
            return Err(StartError::CalledBack);
        }
        let (driver, name) = self.core.choose(wanted)?;
        Ok(driver.connect(&name, wait)?)
    }
}

impl fmt::Debug for Varco {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Varco")
            .field("drivers", &self.core.readers.len())
            .finish_non_exhaustive()
    }
}

impl Core {
    /// The reader drivers.
    pub(crate) fn drivers(&self) -> &[Box<dyn ReaderDriver>] {
        &self.readers
    }

    /// The values that cards refused, of all that were sent through this `Varco`: they are not sent to the same card again.
    pub(crate) fn refused_values(&self) -> Result<RefusedValues, StartError> {
        if let Some(known) = self.refused.get() {
            return Ok(known.clone());
        }
        let random = fresh()?;
        Ok(self.refused.get_or_init(|| RefusedValues::new(random)).clone())
    }

    fn readers(&self) -> Result<Vec<ReaderState>, StartError> {
        let (owned, failed) = self.owned();
        match failed {
            Some(error) if owned.is_empty() => Err(error.into()),
            _ => Ok(owned.into_iter().map(|(_, state)| state).collect()),
        }
    }

    /// The readers with their drivers, and why a driver could not tell. A service that is not there is no reason where another
    /// driver answers: there are no readers behind it.
    fn owned(&self) -> (Vec<(&dyn ReaderDriver, ReaderState)>, Option<LinkError>) {
        let mut all = Vec::new();
        let (mut is_service_absent, mut failed, mut has_answered) = (false, None, false);
        for driver in self.drivers() {
            match driver.readers() {
                Ok(states) => {
                    has_answered = true;
                    all.extend(states.into_iter().map(|state| (&**driver, state)));
                }
                Err(LinkError::NoService) => is_service_absent = true,
                Err(error) => {
                    failed.get_or_insert(error);
                }
            }
        }
        let absent = (is_service_absent && !has_answered).then_some(LinkError::NoService);
        (all, failed.or(absent))
    }

    /// Connects to the card in the reader of this name. No other reader is asked anything.
    pub(crate) fn connect_to(
        &self,
        reader: &ReaderName,
        wait: Duration,
    ) -> Result<Box<dyn CardLink>, StartError> {
        let mut missing = LinkError::NoReader;
        for driver in self.drivers() {
            match driver.connect(reader, wait) {
                Err(LinkError::NoReader) => {}
                // It may hang on another driver.
                Err(error @ (LinkError::NoService | LinkError::ServiceRefused | LinkError::DriverAbsent)) => {
                    missing = error;
                }
                outcome => return Ok(outcome?),
            }
        }
        match missing {
            LinkError::NoReader => Err(StartError::NoReader),
            error => Err(error.into()),
        }
    }

    /// The reader that is meant, and its driver.
    pub(crate) fn choose(&self, wanted: Option<&str>) -> Result<(&dyn ReaderDriver, ReaderName), StartError> {
        let (owned, failed) = self.owned();
        let states: Vec<ReaderState> = owned.iter().map(|(_, state)| state.clone()).collect();
        if let Some(error) = failed
            && (wanted.is_none() || states.is_empty())
        {
            return Err(error.into());
        }
        let name: ReaderName = choose(&states, wanted)?;
        match owned.into_iter().find(|(_, state)| state.name == name) {
            Some((driver, _)) => Ok((driver, name)),
            None => Err(StartError::NoReader),
        }
    }
}
