//! A login as an application asks for it: options, a reader, a report.
//!
//! Not here: the journey (`session`).

use core::time::Duration;
use std::io::Write;
use std::path::Path;
use std::time::Instant;

use zeroize::Zeroizing;

use ring::rand::{SecureRandom, SystemRandom};
use varco_access_policy::{AccessPolicy, Facts, ServiceId, TestMaterial};
use varco_apdu::Pin;
use varco_auth::{Audience, Nonce};
use varco_card::{CardLink, Disposition, ReaderDriver, ReaderName, ReaderState, Trace, WAIT_DEFAULT};
use varco_credential::{Attendance, CardDriver, LastTry, PinRules, TriesLeft, UnknownTries};
use varco_pki::{AnchorKind, CertvalValidator, SignatureScheme, Timestamp, TrustAnchor, TrustAnchors};
use varco_session::{
    Asker, BirthDateSource, EntryError, LoginReport, LoginRequest, Origin, PinEntry, PinQuestion, Trust,
    login,
};

use crate::choose::{StartError, choose};
use crate::insertions::Insertion;
use crate::makers::{self, MakersError};

/// The readers and the kinds of card that an application works with.
pub struct Varco {
    readers: Vec<Box<dyn ReaderDriver>>,
    cards: Vec<Box<dyn CardDriver>>,
}

/// What an application wants of a login. Everything has a safe default but the audience and the trust.
pub struct LoginOptions {
    audience: Audience,
    nonce: Option<Nonce>,
    scheme: SignatureScheme,
    birth_date: BirthDateSource,
    reader: Option<String>,
    service: Option<(AccessPolicy, ServiceId)>,
    anchors: TrustAnchors,
    country_signers: TrustAnchors,
    origin: OriginCheck,
    at: Option<Timestamp>,
    last_try: LastTry,
    unknown_tries: UnknownTries,
    wait: Duration,
}

/// Whether an identity card must be shown to be genuine.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum OriginCheck {
    Required,
    Waived,
}

/// Bytes from the system's generator.
fn fresh() -> Result<[u8; 32], StartError> {
    let mut bytes = [0; 32];
    SystemRandom::new()
        .fill(&mut bytes)
        .map_err(|_| StartError::NoRandomness)?;
    Ok(bytes)
}

impl LoginOptions {
    /// For this asker, who is shown to the person and signed by the card.
    #[must_use]
    pub fn new(audience: Audience) -> Self {
        Self {
            audience,
            nonce: None,
            scheme: SignatureScheme::default(),
            birth_date: BirthDateSource::default(),
            reader: None,
            service: None,
            anchors: TrustAnchors::default(),
            country_signers: TrustAnchors::default(),
            origin: OriginCheck::Required,
            at: None,
            last_try: LastTry::Refuse,
            unknown_tries: UnknownTries::OneVerify,
            wait: WAIT_DEFAULT,
        }
    }

    /// Has the card sign a nonce of the asker's too.
    pub fn nonce(&mut self, nonce: Nonce) -> &mut Self {
        self.nonce = Some(nonce);
        self
    }

    /// Has the card sign by this scheme. RSASSA-PSS needs a key of 2048 bits and a card that leaves the padding to the
    /// host; others are refused before the PIN is asked.
    pub fn signature_scheme(&mut self, scheme: SignatureScheme) -> &mut Self {
        self.scheme = scheme;
        self
    }

    /// Also reads the century of birth, which the certificate does not tell, from the card's own data; it counts only
    /// where they fit the certificate. The person must have agreed: the data are read without a PIN.
    pub fn birth_date_from_card(&mut self) -> &mut Self {
        self.birth_date = BirthDateSource::Card;
        self
    }

    /// Takes the card in this reader: its name, or a part of it that fits no other.
    pub fn reader(&mut self, name: &str) -> &mut Self {
        self.reader = Some(name.to_owned());
        self
    }

    /// Decides about this service, by these rules.
    pub fn service(&mut self, policy: AccessPolicy, service: ServiceId) -> &mut Self {
        self.service = Some((policy, service));
        self
    }

    /// Believes these anchors, besides those given before. Anchors of kind [`AnchorKind::Test`] also permit
    /// that access is given to an identity that is marked as test material.
    pub fn trust(&mut self, anchors: impl IntoIterator<Item = TrustAnchor>) -> &mut Self {
        anchors.into_iter().for_each(|anchor| self.anchors.add(anchor));
        self
    }

    /// Believes these country signers about identity cards. Those of the fixtures are known by their keys, and what rests on
    /// them is marked as test material.
    pub fn country_signers(&mut self, signers: impl IntoIterator<Item = TrustAnchor>) -> &mut Self {
        signers
            .into_iter()
            .for_each(|signer| self.country_signers.add(signer));
        self
    }

    /// Takes identity cards without asking whether they are genuine: the identity is marked as downgraded.
    pub fn unchecked_origin(&mut self) -> &mut Self {
        self.origin = OriginCheck::Waived;
        self
    }

    /// Judges trust and access as of this instant, instead of now.
    pub fn at(&mut self, at: Timestamp) -> &mut Self {
        self.at = Some(at);
        self
    }

    /// Lets the last try be spent.
    pub fn allow_last_try(&mut self) -> &mut Self {
        self.last_try = LastTry::Allow;
        self
    }

    /// Refuses to send a PIN where the card does not tell how many tries are left.
    pub fn require_known_tries(&mut self) -> &mut Self {
        self.unknown_tries = UnknownTries::Refuse;
        self
    }

    /// Waits at most so long for a card that another program holds.
    pub fn wait(&mut self, wait: Duration) -> &mut Self {
        self.wait = wait;
        self
    }

    fn facts(&self) -> Facts {
        let testing = self
            .anchors
            .iter()
            .any(|anchor| anchor.kind() == AnchorKind::Test);
        Facts::new(if testing {
            TestMaterial::Permitted
        } else {
            TestMaterial::Refused
        })
    }
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

    /// All readers and what lies in them.
    ///
    /// # Errors
    /// [`StartError::Link`] when they could not be asked.
    pub fn readers(&self) -> Result<Vec<ReaderState>, StartError> {
        let mut all = Vec::new();
        for driver in &self.readers {
            all.extend(driver.readers()?);
        }
        Ok(all)
    }

    /// Connects to the card in the reader that is meant: the one with this name or a name that contains it, or
    /// without a name the only one that holds a card.
    ///
    /// # Errors
    /// [`StartError`]; with several candidates it names them.
    pub fn connect(&self, wanted: Option<&str>, wait: Duration) -> Result<Box<dyn CardLink>, StartError> {
        let mut owners: Vec<(&dyn ReaderDriver, ReaderState)> = Vec::new();
        for driver in &self.readers {
            owners.extend(driver.readers()?.into_iter().map(|state| (&**driver, state)));
        }
        let states: Vec<ReaderState> = owners.iter().map(|(_, state)| state.clone()).collect();
        let name: ReaderName = choose(&states, wanted)?;
        match owners.iter().find(|(_, state)| state.name == name) {
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

/// A card that was taken up for one or more logins; the PIN rules last as long as it is inserted.
pub struct Login<'v> {
    varco: &'v Varco,
    link: Box<dyn CardLink>,
    rules: PinRules,
    insertion: Option<Insertion>,
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
        })
    }

    /// One journey with it; with a sink, what is said is recorded there, redacted.
    ///
    /// # Errors
    /// [`StartError::UnknownService`] and [`StartError::NoRandomness`]. Whatever else happens is in the report.
    pub fn run(
        &mut self,
        options: &LoginOptions,
        entry: &mut dyn PinEntry,
        sink: Option<&mut (dyn Write + Send)>,
    ) -> Result<LoginReport, StartError> {
        if let Some((policy, service)) = &options.service
            && policy.service(service).is_none()
        {
            let known = policy.services().iter();
            return Err(StartError::UnknownService {
                service: service.as_str().to_owned(),
                known: known.map(|service| service.id.as_str().to_owned()).collect(),
            });
        }
        let (random, salt, seed) = (fresh()?, fresh()?, Zeroizing::new(fresh()?));
        let begun = Instant::now();
        let elapsed = || begun.elapsed();
        let atr = self.link.atr().clone();
        let request = LoginRequest {
            link: &mut *self.link,
            wait: options.wait,
            drivers: &self.varco.cards,
            trust: Trust {
                anchors: &options.anchors,
                intermediates: &[],
                validator: &CertvalValidator,
                at: options.at.unwrap_or_else(Timestamp::now),
                origin: match options.origin {
                    OriginCheck::Required => Origin::CountrySigners(&options.country_signers),
                    OriginCheck::Waived => Origin::Unchecked,
                },
            },
            asker: Asker {
                audience: options.audience.clone(),
                nonce: options.nonce.clone(),
                scheme: options.scheme,
                birth_date: options.birth_date,
                service: options
                    .service
                    .as_ref()
                    .map(|(policy, service)| (policy, service.clone(), options.facts())),
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
        };
        let report = login(request, &mut remembering);
        if let Some(insertion) = &self.insertion {
            if self.rules.is_try_possible() {
                // It is there already, where a PIN was sent.
                let _ = insertion.spend();
            } else {
                insertion.forget();
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
}

impl PinEntry for Remembering<'_> {
    fn attendance(&self) -> Attendance {
        self.entry.attendance()
    }

    fn ask(&mut self, question: &PinQuestion<'_>) -> Result<Pin, EntryError> {
        if let (TriesLeft::Unknown, Some(insertion)) = (question.tries_left, self.insertion) {
            match (insertion.spend(), self.attendance()) {
                (Err(_), Attendance::Scripted) => return Err(EntryError::NotRemembered),
                // A person sees what happens, and may go on.
                (Ok(()), _) | (Err(_), Attendance::Attended) => {}
            }
        }
        self.entry.ask(question)
    }
}
