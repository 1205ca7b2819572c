//! A login as an application asks for it: a reader, a report.
//!
//! Not here: the journey (`session`), and what is wanted of it (`options`).

use core::time::Duration;
use std::io::Write;
use std::path::Path;
use std::time::Instant;

use ring::rand::{SecureRandom, SystemRandom};
use varco_apdu::Pin;
use varco_auth::VerifiedDocument;
use varco_card::{CardLink, Disposition, LinkError, ReaderDriver, ReaderName, ReaderState, Trace};
use varco_credential::{Attendance, CardDescription, CardDriver, PinRules, TriesLeft};
use varco_pki::{Certificate, Timestamp};
use varco_session::{
    Asker, CardSeen, Conversation, EntryError, LoginError, LoginReport, LoginRequest, PinEntry, PinQuestion,
    Report, Wanted, login, read_certificate,
};
use zeroize::Zeroizing;

use crate::LoginOptions;
use crate::choose::{StartError, choose};
use crate::insertions::Insertion;
use crate::makers::{self, MakersError};

/// The readers and the kinds of card that an application works with.
pub struct Varco {
    readers: Vec<Box<dyn ReaderDriver>>,
    cards: Vec<Box<dyn CardDriver>>,
}

/// Bytes from the system's generator.
///
/// # Errors
/// [`StartError::NoRandomness`].
pub fn random() -> Result<[u8; 32], StartError> {
    fresh()
}

fn fresh() -> Result<[u8; 32], StartError> {
    let mut bytes = [0; 32];
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
        Self {
            readers,
            cards: varco_roster::card_drivers(),
        }
    }

    /// Also with the makers of cards that the `.toml` files in this folder describe; they are asked before those that
    /// are built in. Such a file decides in which form a PIN is sent: one that is wrong about its card can cost tries.
    ///
    /// # Errors
    /// [`MakersError`] names the file.
    pub fn with_makers(mut self, folder: &Path) -> Result<Self, MakersError> {
        self.cards = varco_roster::card_drivers_with(&makers::read(folder)?)?;
        Ok(self)
    }

    /// The kinds of card that are known.
    #[must_use]
    pub fn card_drivers(&self) -> &[Box<dyn CardDriver>] {
        &self.cards
    }

    /// The reader drivers, to watch them.
    #[must_use]
    pub fn reader_drivers(&self) -> &[Box<dyn ReaderDriver>] {
        &self.readers
    }

    /// All readers and what lies in them, whichever driver they hang on. A driver that cannot tell hides no other's.
    ///
    /// # Errors
    /// [`StartError::Link`] when there is none, and why, where a driver could not tell.
    pub fn readers(&self) -> Result<Vec<ReaderState>, StartError> {
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
        for driver in &self.readers {
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

    /// Connects to the card in the reader that is meant: the one with this name or a name that contains it, or
    /// without a name the only one that holds a card, and then no other may be unable to tell what it holds.
    ///
    /// # Errors
    /// [`StartError`]; with several candidates it names them.
    pub fn connect(&self, wanted: Option<&str>, wait: Duration) -> Result<Box<dyn CardLink>, StartError> {
        let (owned, failed) = self.owned();
        let states: Vec<ReaderState> = owned.iter().map(|(_, state)| state.clone()).collect();
        if let Some(error) = failed
            && (wanted.is_none() || states.is_empty())
        {
            return Err(error.into());
        }
        let name: ReaderName = choose(&states, wanted)?;
        match owned.iter().find(|(_, state)| state.name == name) {
            Some((driver, _)) => Ok(driver.connect(&name, wait)?),
            None => Err(StartError::NoReader),
        }
    }

    /// The whole login: takes the card, asks for the PIN, gives a report.
    ///
    /// # Errors
    /// [`StartError`] when no card could be taken up. Whatever happens after that is in the report.
    pub fn login(&self, options: &LoginOptions, entry: &mut dyn PinEntry) -> Result<LoginReport, StartError> {
        self.login_recorded(options, entry, None)
    }

    /// Verifies without a PIN that the identity card in the reader is genuine and no copy. It identifies a card, not a
    /// person. Of the options, reader, wait, country signers and instant count.
    ///
    /// # Errors
    /// [`StartError`] when no card could be taken up; the inner [`LoginError`] when it is not verified.
    pub fn verify_document(
        &self,
        options: &LoginOptions,
    ) -> Result<Result<DocumentReport, LoginError>, StartError> {
        let random = fresh()?;
        let mut link = self.connect(options.reader.as_deref(), options.wait)?;
        let mut conversation = Conversation::new(&mut *link, options.wait);
        let verified = CardSeen::recognise(&mut conversation, &self.cards).and_then(|mut seen| {
            let document =
                seen.verify_document(&mut conversation, options.trusted(), random, &Timestamp::now)?;
            Ok((document, seen.description()))
        });
        let exchanges = conversation.exchanges();
        // The card may be gone by now, which is no news to anybody.
        let _ = link.close(Disposition::Leave);
        Ok(verified.map(|(document, card)| DocumentReport {
            document,
            card,
            exchanges,
        }))
    }

    /// As [`Varco::login`], and with a sink, what is said to the card is recorded there, redacted.
    ///
    /// # Errors
    /// As [`Varco::login`].
    pub fn login_recorded(
        &self,
        options: &LoginOptions,
        entry: &mut dyn PinEntry,
        sink: Option<&mut (dyn Write + Send)>,
    ) -> Result<LoginReport, StartError> {
        let mut login = Login::start(self, options, entry)?;
        let report = login.run(options, entry, sink);
        login.close();
        report
    }
}

/// A document that was verified, and how.
#[derive(Debug)]
pub struct DocumentReport {
    /// The document.
    pub document: VerifiedDocument,
    /// What kind of card it is.
    pub card: CardDescription,
    /// Number of C-APDUs that were sent.
    pub exchanges: u32,
}

/// A card that was taken up for one or more logins; the PIN rules last as long as it is inserted.
pub struct Login<'v> {
    varco: &'v Varco,
    link: Box<dyn CardLink>,
    rules: PinRules,
    insertion: Option<Insertion>,
    /// Whether the marker of that insertion is of this login's making.
    is_marked_here: bool,
}

impl<'v> Login<'v> {
    /// Takes up the card in the reader that is meant.
    ///
    /// # Errors
    /// [`StartError`].
    pub fn start(varco: &'v Varco, options: &LoginOptions, entry: &dyn PinEntry) -> Result<Self, StartError> {
        let link = varco.connect(options.reader.as_deref(), options.wait)?;
        let mut rules = PinRules::new(entry.attendance(), options.last_try, options.unknown_tries);
        let insertion = Insertion::of(&*link);
        if insertion.as_ref().is_some_and(Insertion::is_spent) {
            rules.note_possible_try();
        }
        Ok(Self {
            varco,
            link,
            rules,
            insertion,
            is_marked_here: false,
        })
    }

    /// One journey with it; with a sink, what is said is recorded there, redacted.
    ///
    /// # Errors
    /// [`StartError::UnknownService`], [`StartError::ReplayRefused`] and [`StartError::NoRandomness`]. Whatever else happens is in the report.
    pub fn run(
        &mut self,
        options: &LoginOptions,
        entry: &mut dyn PinEntry,
        sink: Option<&mut (dyn Write + Send)>,
    ) -> Result<LoginReport, StartError> {
        if options.is_replay_refused() {
            return Err(StartError::ReplayRefused);
        }
        if let Some((policy, request)) = &options.wanted
            && let Some(service) = request.act.service()
            && policy.service(service).is_none()
        {
            let known = policy.services().iter();
            return Err(StartError::UnknownService {
                service: service.as_str().to_owned(),
                known: known.map(|service| service.id.as_str().to_owned()).collect(),
            });
        }
        self.walk(options, entry, sink, login)
    }

    /// Reads its certificate, as it stands there: an identity card's under its PIN, and only where it is genuine or its origin
    /// need not be checked.
    ///
    /// # Errors
    /// [`StartError::NoRandomness`]. Whatever else happens is in the report.
    pub fn read_certificate(
        &mut self,
        options: &LoginOptions,
        entry: &mut dyn PinEntry,
    ) -> Result<Report<Certificate>, StartError> {
        self.walk(options, entry, None, read_certificate)
    }

    fn walk<T>(
        &mut self,
        options: &LoginOptions,
        entry: &mut dyn PinEntry,
        sink: Option<&mut (dyn Write + Send)>,
        way: impl FnOnce(LoginRequest<'_>, &mut dyn PinEntry) -> Report<T>,
    ) -> Result<Report<T>, StartError> {
        let (random, salt, seed) = (fresh()?, fresh()?, Zeroizing::new(fresh()?));
        let begun = Instant::now();
        let elapsed = || begun.elapsed();
        let atr = self.link.atr().clone();
        let gate = options.gate();
        let request = LoginRequest {
            link: &mut *self.link,
            wait: options.wait,
            drivers: &self.varco.cards,
            trust: options.trusted(),
            asker: Asker {
                audience: options.audience.clone(),
                nonce: options.nonce.clone(),
                flow: options.flow,
                scheme: options.scheme,
                birth_date: options.birth_date,
                wanted: gate.as_ref().map(|(gate, request)| Wanted {
                    gate,
                    request: request.clone(),
                    at: options.access_at.or_else(|| options.judged_elsewhen()),
                }),
            },
            rules: &mut self.rules,
            random,
            salt,
            seed,
            now: &Timestamp::now,
            trace: sink.map(|sink| Trace::start(&atr, sink, &elapsed)),
        };
        let mut remembering = Remembering {
            entry,
            insertion: self.insertion.as_ref(),
            has_marked: false,
        };
        let report = way(request, &mut remembering);
        self.is_marked_here |= remembering.has_marked;
        // A card that left the field and came back counts as put in anew.
        self.insertion = Insertion::of(&*self.link);
        if let Some(insertion) = &self.insertion {
            if self.rules.is_try_possible() {
                // It is there already, where a PIN was sent.
                let _ = insertion.spend();
            } else if self.is_marked_here || report.pin.is_some_and(|pin| pin.sent) {
                // What another process marked stands, unless a card has accepted a PIN.
                insertion.forget();
                self.is_marked_here = false;
            }
        }
        Ok(report)
    }

    /// Gives the card back. A card whose PIN was verified has been reset before.
    pub fn close(self) {
        // The card may be gone by now, which is no news to anybody.
        let _ = self.link.close(Disposition::Leave);
    }
}

/// An entry whose PIN, where the card does not tell how many tries are left, is remembered before it is sent: the
/// process may end at any moment after that.
struct Remembering<'e> {
    entry: &'e mut dyn PinEntry,
    insertion: Option<&'e Insertion>,
    has_marked: bool,
}

impl Remembering<'_> {
    fn remember(&mut self) -> Result<(), EntryError> {
        let spent = self.insertion.map(Insertion::spend);
        self.has_marked |= matches!(spent, Some(Ok(())));
        match (spent, self.entry.attendance()) {
            (Some(Err(_)), Attendance::Scripted) => Err(EntryError::NotRemembered),
            // A person sees what happens, and may go on.
            _ => Ok(()),
        }
    }
}

impl PinEntry for Remembering<'_> {
    fn attendance(&self) -> Attendance {
        self.entry.attendance()
    }

    fn ask(&mut self, question: &PinQuestion<'_>) -> Result<Pin, EntryError> {
        if question.tries_left == Some(TriesLeft::Unknown) {
            self.remember()?;
        }
        self.entry.ask(question)
    }

    fn before_sending(&mut self, tries_left: TriesLeft) -> Result<(), EntryError> {
        if tries_left == TriesLeft::Unknown {
            self.remember()?;
        }
        self.entry.before_sending(tries_left)
    }
}
