//! A login as an application asks for it: a reader, a report.
//!
//! Not here: the journey (`session`), and what is wanted of it (`options`).

use std::io::Write;
use std::time::Instant;

use varco_apdu::Atr;
use varco_auth::VerifiedDocument;
use varco_card::{CardLink, Disposition, Trace};
use varco_credential::{Attendance, CardDescription, CardSecret, PinRules};
use varco_pki::{Certificate, Timestamp};
use varco_session::{
    Alone, Asker, CardSeen, Companion, Conversation, Keeper, LoginError, LoginReport, LoginRequest, PinEntry,
    Report, Wanted, login, read_certificate,
};
use zeroize::Zeroizing;

use crate::LoginOptions;
use crate::Varco;
use crate::chance::Chance;
use crate::choose::StartError;
use crate::insertions::Insertion;
use crate::readers::{Core, fresh};
use crate::remembering::Remembering;

impl Varco {
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
        let verified = CardSeen::recognise(&mut conversation, &self.core.cards).and_then(|mut seen| {
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

/// Who is there besides the entry.
pub(crate) struct Accompaniment<'a> {
    pub(crate) companion: &'a dyn Companion,
    pub(crate) keeper: Option<&'a mut dyn Keeper>,
}

impl Default for Accompaniment<'_> {
    fn default() -> Self {
        Self {
            companion: &Alone,
            keeper: None,
        }
    }
}

/// A card that was taken up for one or more logins; the PIN rules last as long as it is inserted.
pub struct Login<'v> {
    pub(crate) core: &'v Core,
    pub(crate) link: Box<dyn CardLink>,
    pub(crate) rules: PinRules,
    pub(crate) insertion: Option<Insertion>,
    pub(crate) chance: Chance,
    /// The secrets for which that insertion was marked here.
    marked_here: Vec<CardSecret>,
}

impl<'v> Login<'v> {
    /// Takes up the card in the reader that is meant.
    ///
    /// # Errors
    /// [`StartError`].
    pub fn start(varco: &'v Varco, options: &LoginOptions, entry: &dyn PinEntry) -> Result<Self, StartError> {
        let link = varco.connect(options.reader.as_deref(), options.wait)?;
        Self::with_link(&varco.core, link, options, entry.attendance())
    }

    pub(crate) fn with_link(
        core: &'v Core,
        link: Box<dyn CardLink>,
        options: &LoginOptions,
        attendance: Attendance,
    ) -> Result<Self, StartError> {
        let mut rules = PinRules::new(attendance, options.last_try, options.unknown_tries)
            .remembering(core.refused_values()?);
        let insertion = Insertion::of(&*link);
        for secret in CardSecret::ALL {
            if insertion
                .as_ref()
                .is_some_and(|insertion| insertion.is_spent(secret))
            {
                rules.note_possible_try(secret);
            }
        }
        Ok(Self {
            core,
            link,
            rules,
            insertion,
            chance: Chance::System,
            marked_here: Vec::new(),
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
        options.check()?;
        self.walk(options, entry, sink, Accompaniment::default(), login)
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
        self.walk(options, entry, None, Accompaniment::default(), read_certificate)
    }

    /// A login with somebody who walks along, and perhaps keeps the card.
    ///
    /// # Errors
    /// As [`Login::run`].
    pub(crate) fn run_accompanied(
        &mut self,
        options: &LoginOptions,
        entry: &mut dyn PinEntry,
        with: Accompaniment<'_>,
    ) -> Result<LoginReport, StartError> {
        options.check()?;
        self.walk(options, entry, None, with, login)
    }

    fn walk<T>(
        &mut self,
        options: &LoginOptions,
        entry: &mut dyn PinEntry,
        sink: Option<&mut (dyn Write + Send)>,
        with: Accompaniment<'_>,
        way: impl FnOnce(LoginRequest<'_>, &mut dyn PinEntry) -> Report<T>,
    ) -> Result<Report<T>, StartError> {
        let chance = &self.chance;
        let (random, salt) = (chance.draw("challenge")?, chance.draw("salt")?);
        let seed = Zeroizing::new(chance.draw("channel")?);
        let mut keeper = with.keeper;
        let begun = Instant::now();
        let elapsed = || begun.elapsed();
        let (kind, atr) = (self.link.reader_kind(), self.link.atr().clone());
        let gate = options.gate();
        let request = LoginRequest {
            link: &mut *self.link,
            wait: options.wait,
            drivers: &self.core.cards,
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
            now: &|| chance.now(),
            trace: sink.map(|sink| Trace::start(kind, &atr, sink, &elapsed)),
            companion: with.companion,
            keeper: match &mut keeper {
                Some(keeper) => Some(&mut **keeper),
                None => None,
            },
        };
        let mut remembering = Remembering::new(entry, self.insertion.as_ref());
        let report = way(request, &mut remembering);
        let marked = remembering.into_marked();
        let sent = report.pin.is_some_and(|pin| pin.sent);
        self.remember(marked, sent.then_some(CardSecret::USER_PIN));
        Ok(report)
    }

    /// What the user's other processes are to know of this insertion after values were asked for, and perhaps sent.
    pub(crate) fn remember(&mut self, marked: Vec<CardSecret>, sent: Option<CardSecret>) {
        self.marked_here.extend(marked);
        // A card that left the field and came back counts as put in anew.
        self.insertion = Insertion::of(&*self.link);
        let Some(insertion) = &self.insertion else {
            return;
        };
        for secret in CardSecret::ALL {
            if self.rules.is_try_possible(secret) {
                // It is there already, where a value was sent.
                let _ = insertion.spend(secret);
            } else if self.marked_here.contains(&secret) || sent == Some(secret) {
                // What another process marked stands, unless the card has accepted a value.
                insertion.forget(secret);
                self.marked_here.retain(|marked| *marked != secret);
            }
        }
    }

    /// The answer to reset of the card.
    pub(crate) fn atr(&self) -> Atr {
        self.link.atr().clone()
    }

    /// Gives the card back. A card whose PIN was verified has been reset before.
    pub fn close(self) {
        // The card may be gone by now, which is no news to anybody.
        let _ = self.link.close(Disposition::Leave);
    }
}
