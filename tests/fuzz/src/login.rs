//! A whole login against a card that lies: recognition, certificate, PIN, signature.

use std::cell::RefCell;
use std::time::Duration;

use varco_access_policy::{AccessPolicy, Deployment, Gate, Request, ServiceId, TestMaterial};
use varco_apdu::Pin;
use varco_auth::Audience;
use varco_card::{ReaderKind, Trace, WAIT_DEFAULT};
use varco_card_cns::CnsDriver;
use varco_credential::{Attendance, CardDriver, LastTry, PinRules, UnknownTries};
use varco_emulator::{CardState, PlayedCard};
use varco_pki::{Certificate, CertvalValidator, CnsSubject, SignatureScheme};
use varco_session::{
    Asker, BirthDateSource, EntryError, LoginError, LoginReport, LoginRequest, PinEntry, PinQuestion, Trust,
    login,
};
use varco_virtual_cns::{Profile, VirtualCns};

use crate::fixtures;
use crate::hostile::HostileLink;
use crate::input::Input;

/// Every honest exchange of a login: certificate in blocks, PIN, signature in parts.
const HONEST_EXCHANGES_MAX: usize = 64;
/// The typed PIN as hexadecimal, which no trace may hold.
const TYPED_HEX: &str = "3132333435";

struct Fresh {
    card: VirtualCns,
    state: CardState,
    /// Whom its certificate names.
    holder: CnsSubject,
}

thread_local! {
    static PLAYED: RefCell<Vec<Fresh>> = RefCell::new(fixtures::CARDS.iter().map(|name| {
        let card = Profile::builtin(name).unwrap().into_card();
        let leaf = Certificate::parse(&fixtures::card_certificate(name)).unwrap();
        let holder = CnsSubject::parse(leaf.subject_common_name().unwrap()).unwrap();
        Fresh { state: card.snapshot(), card, holder }
    }).collect());
}

/// Types the right PIN.
struct Typist;

impl PinEntry for Typist {
    fn attendance(&self) -> Attendance {
        Attendance::Scripted
    }
    fn ask(&mut self, _: &PinQuestion<'_>) -> Result<Pin, EntryError> {
        Pin::take_from(&mut b"12345".to_vec()).map_err(|_| EntryError::TooLong)
    }
}

/// The login ends, sends one VERIFY at most and none before the certificate is trusted, leaves the card reset,
/// identifies nobody but the holder, and writes no PIN to its trace.
///
/// The first byte chooses the card; the others are for the link.
pub fn target(data: &[u8]) {
    PLAYED.with_borrow_mut(|cards| {
        let mut input = Input::new(data);
        let choice = usize::from(input.byte()) % cards.len();
        let Fresh { card, state, holder } = &mut cards[choice];
        card.restore(state).unwrap();
        let mut link = HostileLink::new(card, input);
        let mut trace = Vec::new();
        let report = run(&mut link, &mut trace);

        assert!(link.exchanges <= HONEST_EXCHANGES_MAX + data.len());
        assert!(link.exchanges >= report.exchanges as usize);
        assert!(link.verifies <= 1 && link.changes == 0);
        assert!(
            !link.reset_due,
            "a card that saw a PIN is reset: {:?}",
            report.outcome
        );
        assert_eq!(report.pin.is_some_and(|pin| pin.sent), link.verifies == 1);
        check_outcome(&report, link.verifies, holder);
        check_trace(&trace);
        // A right PIN costs nothing, whatever the card says of it.
        assert_eq!(card.snapshot(), *state);
    });
}

fn run(link: &mut HostileLink<'_>, trace: &mut Vec<u8>) -> LoginReport {
    let atr = varco_card::CardLink::atr(link).clone();
    let gate = Gate::new(AccessPolicy::builtin(), Deployment::new(TestMaterial::Permitted));
    let drivers: [Box<dyn CardDriver>; 1] = [Box::new(CnsDriver::default())];
    let service = ServiceId::parse("inps.estratto-conto").unwrap();
    let mut rules = PinRules::new(Attendance::Scripted, LastTry::Refuse, UnknownTries::OneVerify);
    let request = LoginRequest {
        link,
        wait: WAIT_DEFAULT,
        drivers: &drivers,
        trust: Trust {
            anchors: &fixtures::ANCHORS,
            intermediates: &[],
            validator: &CertvalValidator,
            revocation: varco_pki::RevocationCheck::OFF,
            at: fixtures::instant(),
            origin: varco_session::Origin::Unchecked,
        },
        asker: Asker {
            audience: Audience::parse("kiosk-7.example").unwrap(),
            nonce: None,
            flow: varco_auth::Flow::Local,
            scheme: SignatureScheme::default(),
            birth_date: BirthDateSource::Card,
            wanted: Some(varco_session::Wanted {
                gate: &gate,
                request: Request::new(service),
                at: None,
            }),
        },
        rules: &mut rules,
        random: [7; 32],
        salt: [8; 32],
        seed: zeroize::Zeroizing::new([9; 32]),
        now: &fixtures::instant,
        trace: Some(Trace::start(ReaderKind::Other, &atr, trace, &|| Duration::ZERO)),
        companion: &varco_session::Alone,
        keeper: None,
    };
    login(request, &mut Typist)
}

fn check_outcome(report: &LoginReport, verifies: usize, holder: &CnsSubject) {
    match &report.outcome {
        Ok((identity, decision)) => {
            assert_eq!(verifies, 1);
            assert_eq!(identity.codice_fiscale(), holder.codice_fiscale());
            assert!(decision.is_some());
        }
        Err(
            error @ (LoginError::NotRecognised
            | LoginError::Rejected(_)
            | LoginError::Entry(_)
            | LoginError::NotSent(_)
            | LoginError::CardChanged),
        ) => assert_eq!(verifies, 0, "{error}"),
        Err(error) => assert!(!error.code().is_empty() && !error.to_string().contains(TYPED_HEX)),
    }
}

fn check_trace(trace: &[u8]) {
    let text = str::from_utf8(trace).unwrap();
    assert!(!text.contains(TYPED_HEX));
    for line in text.lines() {
        let line: serde_json::Value = serde_json::from_str(line).unwrap();
        assert!(line["event"].is_string() && line["at_us"] == 0);
    }
}

/// An honest login with each card and reader, and one lie of each kind at several places.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    let mut seeds: Vec<Vec<u8>> = (0..fixtures::CARDS.len() as u8)
        .flat_map(|card| (0..3).map(move |reader| vec![card, reader]))
        .collect();
    // Honest turns behind the lie leave room for others.
    for lie in (0x80..0x90).chain([0xFF]) {
        for place in [0, 2, 6, 12, 14, 16, 18] {
            seeds.push([&[2, 0][..], &vec![0; place], &[lie, 0x02, 0x90, 0x00], &[0; 40]].concat());
        }
    }
    seeds
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_card_that_does_not_lie_logs_in_through_each_reader() {
        for reader in 0..3 {
            let mut card = Profile::builtin("cns-st").unwrap().into_card();
            let reader = [reader];
            let mut link = HostileLink::new(&mut card, Input::new(&reader));
            let (identity, _) = run(&mut link, &mut Vec::new()).outcome.unwrap();
            assert_eq!(identity.audience().as_str(), "kiosk-7.example");
            assert_eq!((link.verifies, link.reset_due), (1, false));
        }
    }
}
