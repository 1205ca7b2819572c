//! Whole journeys told as scripts: a person, a card, a kiosk. The claims stand in `tests/`; here is the stage.
//!
//! Not here: third-party programs (tests/conformance) and the command line (crates/cli).
#![allow(
    clippy::unwrap_used,
    clippy::missing_panics_doc,
    reason = "test code: what fails here fails the test"
)]

pub mod canary;
pub mod identity;
pub mod meddled;
pub mod nfc;
pub mod other_pin;
pub mod told;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use varco::played::{PlayedReader, PlayedReaders, Profile};
use varco::steps::{Attendance, Pin};
use varco::trust::{AnchorKind, EvidenceAtHand, load_anchors, load_crl};
use varco::{
    AccessPolicy, Audience, EntryError, LoginOptions, LoginReport, PinAnswer, PinEntry, PinQuestion,
    PinWanted, ServiceId, StartError, Varco,
};
use varco_card::ExtendedLength;

/// The right PIN of every played card.
pub const PIN: &str = "12345";

/// A folder of fixtures.
#[must_use]
pub fn fixtures(folder: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../fixtures")
        .join(folder)
}

/// A played card in a reader of this process, and varco beside it.
pub struct Stage {
    /// Varco with this reader only.
    pub varco: Varco,
    /// The hand at the reader.
    pub hand: PlayedReader,
    /// Trusts the test authorities and asks for nothing else.
    pub options: LoginOptions,
}

impl Stage {
    /// With a built-in profile, in a reader that says this of extended length.
    #[must_use]
    pub fn with(profile: &str, extended_length: ExtendedLength) -> Self {
        let mut readers = PlayedReaders::new();
        let hand = readers.add("played", extended_length);
        hand.insert(Box::new(Profile::builtin(profile).unwrap().into_card()));
        let varco = Varco::with_readers(vec![Box::new(readers)]);
        Self {
            varco,
            hand,
            options: options(),
        }
    }

    /// The same in a reader that passes extended length.
    #[must_use]
    pub fn new(profile: &str) -> Self {
        Self::with(profile, ExtendedLength::Supported)
    }

    /// Also asks for a service.
    #[must_use]
    pub fn wanting(mut self, service: &str) -> Self {
        self.options
            .service(AccessPolicy::builtin(), ServiceId::parse(service).unwrap());
        self
    }

    /// A login with this typed PIN.
    ///
    /// # Errors
    /// [`StartError`] when no card could be taken up.
    pub fn login(&self, pin: &str) -> Result<LoginReport, StartError> {
        self.varco.login(&self.options, &mut Typed::new(pin))
    }

    /// Tries left of the PIN, on the card's own count.
    #[must_use]
    pub fn tries_on_card(&self) -> u8 {
        self.hand
            .look(|card| card.unwrap().snapshot().tries_left(0x10))
            .unwrap()
    }

    /// How many VERIFY with a value reached the card.
    #[must_use]
    pub fn verifies(&self) -> usize {
        self.hand.look(|card| {
            card.unwrap()
                .log()
                .events()
                .filter(|e| e.ins() == 0x20 && e.command_bytes > 5)
                .count()
        })
    }
}

/// Options that trust the test authorities.
#[must_use]
pub fn options() -> LoginOptions {
    let mut options = LoginOptions::new(Audience::parse("kiosk-7.example").unwrap());
    for ca in ["pki/ca-cns.pem", "pki/ca-cns-legacy.pem"] {
        options.trust(load_anchors(&fixtures(ca), AnchorKind::Test).unwrap());
    }
    options.evidence(lists(&["pki/crl-cns.crl", "pki/crl-legacy.crl"]));
    options
}

/// Revocation lists of the fixtures.
#[must_use]
pub fn lists(names: &[&str]) -> EvidenceAtHand {
    let mut evidence = EvidenceAtHand::default();
    for name in names {
        for list in load_crl(&fixtures(name), None).unwrap() {
            evidence.add_list(Arc::new(list));
        }
    }
    evidence
}

/// A person who types this, whatever is asked.
pub struct Typed {
    text: String,
    attendance: Attendance,
    /// How often the person was asked.
    pub asked: u32,
}

impl Typed {
    /// At a keyboard.
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self {
            text: text.to_owned(),
            attendance: Attendance::Attended,
            asked: 0,
        }
    }

    /// From a pipe.
    #[must_use]
    pub fn scripted(text: &str) -> Self {
        Self {
            attendance: Attendance::Scripted,
            ..Self::new(text)
        }
    }
}

impl PinEntry for Typed {
    fn attendance(&self) -> Attendance {
        self.attendance
    }
    fn ask(&mut self, _question: &PinQuestion<'_>) -> Result<Pin, EntryError> {
        self.asked += 1;
        Pin::take_from(&mut self.text.clone().into_bytes()).map_err(|_| EntryError::TooLong)
    }
}

/// A prompt whose person types this at once.
pub fn prompted(text: &str) -> impl FnMut(PinWanted, PinAnswer) + Send + use<> {
    let text = text.to_owned();
    move |_, answer| {
        // Whoever does not wait any more has cancelled.
        let _ = answer.digits(&mut text.clone().into_bytes());
    }
}
