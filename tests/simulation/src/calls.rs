//! The calls of the real code: a login, the counters, a change, an unblocking; and what they reported, in the model's words.
//!
//! Not here: what is to be thought of it (`oracle`).

use std::sync::OnceLock;
use std::sync::atomic::Ordering;

use core::time::Duration;
use varco_auth::{Audience, Flow};
use varco_credential::{NotSent, PinId, Tries, TriesLeft};
use varco_pki::{
    AnchorKind, CertvalValidator, EvidenceAtHand, RevocationCheck, RevocationMode, SignatureScheme,
    Timestamp, TrustAnchors,
};
use varco_session::{
    Asker, BirthDateSource, CareReport, LoginError, LoginRequest, Origin, PinCare, PinCounters, Trust,
    change_pin, login, pin_status, unblock_pin,
};
use varco_trust_store::load_anchors;
use zeroize::Zeroizing;

use crate::card::Secret;
use crate::person::Person;
use crate::process::Session;
use crate::stage::Stage;

/// What a process does.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Action {
    Login,
    Status,
    Change,
    Unblock,
}

impl Action {
    /// The secret whose try is at stake.
    pub(crate) fn secret(self) -> Secret {
        match self {
            Self::Unblock => Secret::Puk,
            _ => Secret::Pin,
        }
    }
}

/// How it ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum End {
    /// As was wished.
    Good,
    /// The card refused the value, and no other news.
    Wrong(Secret, TriesLeft),
    /// Blocked, now or before.
    Blocked(Secret),
    /// The rules, the person or a changed card: nothing was sent.
    NothingSent,
    /// The new PIN may have come to the card or not.
    InDoubt,
    /// Card or link failed, or trust.
    Failed,
}

/// What was reported.
pub(crate) struct Done {
    pub(crate) end: End,
    pub(crate) code: &'static str,
    pub(crate) sent: bool,
    /// What the report says of PIN and PUK.
    pub(crate) told: [Option<u8>; 2],
    pub(crate) reset_failed: bool,
}

/// Whom to believe, loaded once.
struct Believed {
    anchors: TrustAnchors,
    country_signers: TrustAnchors,
    at: Timestamp,
}

fn believed() -> &'static Believed {
    static BELIEVED: OnceLock<Believed> = OnceLock::new();
    BELIEVED.get_or_init(|| {
        let load = |names: &[&str]| {
            let mut anchors = TrustAnchors::default();
            for name in names {
                let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
                    .join("../../fixtures/pki")
                    .join(name);
                let loaded = load_anchors(&path, AnchorKind::Test).unwrap();
                loaded.into_iter().for_each(|anchor| anchors.add(anchor));
            }
            anchors
        };
        Believed {
            anchors: load(&["ca-cns.pem", "ca-cie-sub.pem"]),
            country_signers: load(&["csca.pem", "csca-old.pem"]),
            at: Timestamp::now(),
        }
    })
}

/// Does it, and says how it went.
pub(crate) fn call(
    stage: &Stage,
    session: &mut Session,
    action: Action,
    person: &mut Person,
    [random, salt, seed]: [[u8; 32]; 3],
) -> Done {
    let believed = believed();
    let evidence = EvidenceAtHand::default();
    let trust = Trust {
        anchors: &believed.anchors,
        intermediates: &[],
        validator: &CertvalValidator,
        revocation: RevocationCheck {
            mode: RevocationMode::Off,
            source: &evidence,
        },
        at: believed.at,
        origin: Origin::CountrySigners(&believed.country_signers),
    };
    if action == Action::Login {
        let request = LoginRequest {
            link: &mut session.link,
            wait: Duration::ZERO,
            drivers: &stage.drivers,
            trust,
            asker: Asker {
                audience: Audience::parse("kiosk-7.example").unwrap(),
                nonce: None,
                flow: Flow::Local,
                scheme: SignatureScheme::default(),
                birth_date: BirthDateSource::default(),
                wanted: None,
            },
            rules: &mut session.rules,
            random,
            salt,
            seed: Zeroizing::new(seed),
            now: &|| {
                let at_s = believed.at.as_second() + stage.waited_s.load(Ordering::SeqCst);
                Timestamp::from_second(at_s).unwrap()
            },
            trace: None,
            companion: &varco_session::Alone,
            keeper: None,
        };
        let report = login(request, person);
        let pin = report.pin;
        // After a right PIN, also of a login that went no further, it is what was told before.
        let told = pin.filter(|pin| {
            let is_refused = matches!(
                report.outcome,
                Err(LoginError::WrongPin { .. } | LoginError::PinBlocked)
            );
            report.outcome.is_err() && (!pin.sent || is_refused)
        });
        return Done {
            end: end(report.outcome.as_ref().err()),
            code: report.outcome.as_ref().map_or_else(LoginError::code, |_| "good"),
            sent: pin.is_some_and(|pin| pin.sent),
            told: [
                told.and_then(|pin| pin.tries_left.known()),
                told.and_then(|pin| pin.puk_tries_left.known()),
            ],
            reset_failed: report.reset_failed,
        };
    }
    let care = PinCare {
        link: &mut session.link,
        wait: Duration::ZERO,
        drivers: &stage.drivers,
        trust,
        asker: "kiosk-7.example",
        pin: PinId::User,
        rules: &mut session.rules,
        seeds: [Zeroizing::new(seed), Zeroizing::new(salt)],
        trace: None,
        companion: &varco_session::Alone,
    };
    match action {
        Action::Change => done(&change_pin(care, person)),
        Action::Unblock => done(&unblock_pin(care, person)),
        _ => done(&pin_status(care)),
    }
}

fn done<T>(report: &CareReport<T>) -> Done {
    let told = |of: fn(&PinCounters) -> Option<Tries>| {
        let counters = report.counters.as_ref()?;
        of(counters)?.left.known()
    };
    Done {
        end: end(report.outcome.as_ref().err()),
        code: report.outcome.as_ref().map_or_else(LoginError::code, |_| "good"),
        sent: report.sent.is_some(),
        told: [told(|counters| Some(counters.pin)), told(|counters| counters.puk)],
        reset_failed: report.reset_failed,
    }
}

fn end(error: Option<&LoginError>) -> End {
    match error {
        None => End::Good,
        Some(LoginError::WrongPin { tries_left }) => End::Wrong(Secret::Pin, *tries_left),
        Some(LoginError::WrongPuk { tries_left }) => End::Wrong(Secret::Puk, *tries_left),
        Some(LoginError::PinBlocked) => End::Blocked(Secret::Pin),
        Some(LoginError::PukBlocked) => End::Blocked(Secret::Puk),
        Some(LoginError::NotSent(NotSent::Blocked)) => End::Blocked(Secret::Pin),
        Some(
            LoginError::NotSent(_)
            | LoginError::PukNotSent(_)
            | LoginError::Entry(_)
            | LoginError::CardChanged
            | LoginError::NewPinDiffers,
        ) => End::NothingSent,
        Some(LoginError::NewPinInDoubt { .. }) => End::InDoubt,
        Some(_) => End::Failed,
    }
}
