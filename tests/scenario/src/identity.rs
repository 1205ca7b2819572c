//! The stage for identity cards: their PIN, whom to believe about them, and a login whose every random number is chosen.
//!
//! Not here: what is claimed about them (`tests/identity_card*`).

use varco::played::{PlayedReaders, Profile};
use varco::steps::{CardDriver, CardLink, LastTry, Origin, PinRules, Trust, UnknownTries, WAIT_DEFAULT};
use varco::trust::{
    AnchorKind, CertvalValidator, EvidenceAtHand, RevocationCheck, RevocationMode, TrustAnchors, load_anchors,
};
use varco::{Audience, LoginOptions, LoginReport, PinEntry as _, SignatureScheme, Varco};
use varco_card::ExtendedLength;
use varco_emulator::PlayedCard;
use varco_pki::Timestamp;
use varco_session::{Asker, BirthDateSource, LoginRequest, login};
use zeroize::Zeroizing;

use crate::{Stage, Typed, fixtures, lists};

/// The right PIN of every played identity card.
pub const PIN: &str = "12345678";
/// A wrong one.
pub const WRONG: &str = "11111111";
/// Another wrong one: what a card refused is not sent to it again.
pub const WRONG_TOO: &str = "11223355";
/// A third one.
pub const WRONG_THREE: &str = "11223366";
/// The reference of the PIN.
pub const REFERENCE: u8 = 0x81;
/// One of each family of chips.
pub const FAMILIES: [&str; 5] = ["cie-nxp", "cie-st", "cie-gemalto", "cie-gemalto2", "cie-actalis"];

const COUNTRY_SIGNERS: [&str; 2] = ["pki/csca.pem", "pki/csca-old.pem"];

/// Options that trust the test authorities and the test country signers.
#[must_use]
pub fn options() -> LoginOptions {
    let mut options = LoginOptions::new(Audience::parse("kiosk-7.example").unwrap());
    options.trust(load_anchors(&fixtures("pki/ca-cie-sub.pem"), AnchorKind::Test).unwrap());
    options.evidence(lists(&["pki/crl-cie-sub.crl"]));
    for signer in COUNTRY_SIGNERS {
        options.country_signers(load_anchors(&fixtures(signer), AnchorKind::Test).unwrap());
    }
    options
}

/// A stage with this card in it.
#[must_use]
pub fn stage_with(card: Box<dyn PlayedCard>, extended_length: ExtendedLength) -> Stage {
    let mut readers = PlayedReaders::new();
    let hand = readers.add("played", extended_length);
    hand.insert(card);
    Stage {
        varco: Varco::with_readers(vec![Box::new(readers)]),
        hand,
        options: options(),
    }
}

/// A stage with a built-in profile.
#[must_use]
pub fn stage(profile: &str, extended_length: ExtendedLength) -> Stage {
    stage_with(card(profile), extended_length)
}

/// The card of a built-in profile.
#[must_use]
pub fn card(profile: &str) -> Box<dyn PlayedCard> {
    Profile::builtin(profile).unwrap().into_card()
}

/// Tries left, on the card's own count.
#[must_use]
pub fn tries(stage: &Stage) -> u8 {
    stage
        .hand
        .look(|card| card.unwrap().snapshot().tries_left(REFERENCE))
        .unwrap()
}

/// The stable code of a journey's end.
#[must_use]
pub fn code(report: &LoginReport) -> &'static str {
    let error = report.outcome.as_ref().err();
    error.map_or("identified", |error| error.code())
}

/// What the host draws for one login: for the challenge, for the salt, for the channel.
#[derive(Clone, Copy)]
pub struct Draws {
    /// For the challenge.
    pub random: [u8; 32],
    /// For a salt.
    pub salt: [u8; 32],
    /// For the channel.
    pub seed: [u8; 32],
}

/// Whom to believe, loaded once for many logins.
pub struct Believed {
    authorities: TrustAnchors,
    country_signers: TrustAnchors,
    evidence: EvidenceAtHand,
}

impl Believed {
    /// The test authorities.
    #[must_use]
    pub fn load() -> Self {
        let anchors = |files: &[&str]| {
            let mut anchors = TrustAnchors::default();
            for file in files {
                let loaded = load_anchors(&fixtures(file), AnchorKind::Test).unwrap();
                loaded.into_iter().for_each(|anchor| anchors.add(anchor));
            }
            anchors
        };
        Self {
            authorities: anchors(&["pki/ca-cie-sub.pem"]),
            evidence: lists(&["pki/crl-cie-sub.crl"]),
            country_signers: anchors(&COUNTRY_SIGNERS),
        }
    }

    /// A login over this link, in which the host draws these numbers.
    pub fn login(
        &self,
        link: &mut dyn CardLink,
        drivers: &[Box<dyn CardDriver>],
        draws: Draws,
    ) -> LoginReport {
        let mut person = Typed::new(PIN);
        let mut rules = PinRules::new(person.attendance(), LastTry::Refuse, UnknownTries::OneVerify);
        let request = LoginRequest {
            link,
            wait: WAIT_DEFAULT,
            drivers,
            trust: Trust {
                anchors: &self.authorities,
                intermediates: &[],
                validator: &CertvalValidator,
                revocation: RevocationCheck {
                    mode: RevocationMode::Hard,
                    source: &self.evidence,
                },
                at: Timestamp::now(),
                origin: Origin::CountrySigners(&self.country_signers),
            },
            asker: Asker {
                audience: Audience::parse("kiosk-7.example").unwrap(),
                nonce: None,
                flow: varco::Flow::Local,
                scheme: SignatureScheme::default(),
                birth_date: BirthDateSource::default(),
                wanted: None,
            },
            rules: &mut rules,
            random: draws.random,
            salt: draws.salt,
            seed: Zeroizing::new(draws.seed),
            now: &Timestamp::now,
            trace: None,
            companion: &varco_session::Alone,
            keeper: None,
        };
        login(request, &mut person)
    }
}
