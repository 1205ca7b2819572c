//! An identity card leaves the field, or is reset, at every exchange of a login in turn.
//!
//! Not here: cards with contacts (`removal`), and a reset while the PIN is typed (`identity_card`).
#![allow(clippy::unwrap_used, reason = "test code: what fails here fails the test")]

use core::time::Duration;

use varco::played::fault::{Fault, FaultPlan, Moment, When};
use varco::steps::{CardLink, Disposition, LinkError, ReaderName, WAIT_DEFAULT};
use varco_apdu::Atr;
use varco_card::{Epoch, ExtendedLength, Limits};
use varco_emulator::PlayedCard;
use varco_scenario::Stage;
use varco_scenario::identity::{Believed, Draws, PIN, WRONG, card, code, stage, stage_with, tries};
use varco_scenario::meddled::Meddled;
use zeroize::Zeroizing;

/// Dialogues that differ: short commands, parameters at once, extended length with answers in parts and whole.
const CARDS: [(&str, ExtendedLength); 4] = [
    ("cie-nxp", ExtendedLength::Supported),
    ("cie-gemalto", ExtendedLength::Supported),
    ("cie-gemalto2", ExtendedLength::Supported),
    ("cie-actalis", ExtendedLength::Supported),
];

/// How many exchanges a login takes, and which of them, from 0, is the VERIFY.
fn whole_login(card: &str, length: ExtendedLength) -> (u32, u32) {
    let stage = stage(card, length);
    let exchanges = stage.login(PIN).unwrap().exchanges;
    let verify = stage.hand.look(|card| {
        let mut events = card.unwrap().log().events();
        events.position(|event| event.ins() == 0x20).unwrap()
    });
    (exchanges, u32::try_from(verify).unwrap())
}

#[test]
fn a_removal_at_any_exchange_ends_the_login_and_what_is_told_of_the_pin_is_so() {
    for (card, length) in CARDS {
        let (exchanges, verify) = whole_login(card, length);
        for typed in [PIN, WRONG] {
            for lost_at in [Moment::Before, Moment::After] {
                for exchange in 0..exchanges {
                    let stage = stage(card, length);
                    let plan =
                        FaultPlan::new(Fault::Remove(lost_at)).at(When::Exchange(u64::from(exchange) + 1));
                    stage.hand.add_fault(plan).unwrap();
                    let report = stage.login(typed).unwrap();
                    let place = format!("{card} {typed} {lost_at:?} {exchange}");
                    // A wrong PIN is known before the later exchanges, which then do not happen.
                    let is_told = typed == WRONG && exchange > verify;
                    let expected = if is_told { "pin-wrong" } else { "card-removed" };
                    assert_eq!(code(&report), expected, "{place}");
                    let has_reached = exchange > verify || (exchange == verify && lost_at == Moment::After);
                    assert_eq!(stage.verifies(), usize::from(has_reached), "{place}");
                    let spent = u8::from(has_reached && typed == WRONG);
                    assert_eq!(tries(&stage), 3 - spent, "{place}");
                    // A value that was on its way when the card left counts as sent.
                    let is_sent = report.pin.is_some_and(|pin| pin.sent);
                    assert_eq!(is_sent, exchange >= verify, "{place}");
                    assert!(!report.reset_failed, "{place}");
                }
            }
        }
    }
}

/// A link whose card is reset at one exchange, before the command or in place of its answer; the link notices.
struct ResetAt {
    inner: Box<dyn CardLink>,
    exchange: u32,
    lost_at: Moment,
    seen: u32,
}

impl CardLink for ResetAt {
    fn reader(&self) -> &ReaderName {
        self.inner.reader()
    }
    fn atr(&self) -> &Atr {
        self.inner.atr()
    }
    fn limits(&self) -> Limits {
        self.inner.limits()
    }
    fn epoch(&self) -> Epoch {
        self.inner.epoch()
    }
    fn begin(&mut self, wait: Duration) -> Result<(), LinkError> {
        self.inner.begin(wait)
    }
    fn end(&mut self, disposition: Disposition) -> Result<(), LinkError> {
        self.inner.end(disposition)
    }
    fn transmit(&mut self, command: &[u8]) -> Result<Zeroizing<Vec<u8>>, LinkError> {
        let is_now = self.seen == self.exchange;
        self.seen += 1;
        if !is_now {
            return self.inner.transmit(command);
        }
        if self.lost_at == Moment::After {
            self.inner.transmit(command)?;
        }
        self.inner.reset()?;
        Err(LinkError::CardReset)
    }
    fn reset(&mut self) -> Result<(), LinkError> {
        self.inner.reset()
    }
    fn close(self: Box<Self>, disposition: Disposition) -> Result<(), LinkError> {
        self.inner.close(disposition)
    }
}

const DRAWS: Draws = Draws {
    random: [1; 32],
    salt: [2; 32],
    seed: [3; 32],
};

#[test]
fn a_reset_at_any_exchange_ends_the_login_and_nothing_is_sent_twice() {
    let believed = Believed::load();
    for (card, length) in CARDS {
        let (exchanges, verify) = whole_login(card, length);
        for lost_at in [Moment::Before, Moment::After] {
            for exchange in 0..exchanges {
                let stage = stage(card, length);
                let mut link = ResetAt {
                    inner: stage.varco.connect(None, WAIT_DEFAULT).unwrap(),
                    exchange,
                    lost_at,
                    seen: 0,
                };
                let report = believed.login(&mut link, stage.varco.card_drivers(), DRAWS);
                let place = format!("{card} {lost_at:?} {exchange}");
                assert_eq!(code(&report), "card-reset", "{place}");
                assert_eq!(link.seen, exchange + 1, "{place}: something was said after it");
                let is_sent = report.pin.is_some_and(|pin| pin.sent);
                assert_eq!(is_sent, exchange >= verify, "{place}");
                let has_reached = exchange > verify || (exchange == verify && lost_at == Moment::After);
                assert_eq!(stage.verifies(), usize::from(has_reached), "{place}");
                assert_eq!(tries(&stage), 3, "{place}");
            }
        }
    }
}

/// A card that was reset by its field without the reader telling.
fn reset_unseen_at(profile: &str, length: ExtendedLength, at: u32) -> Stage {
    let meddler = move |exchange: u32, _: &[u8], card: &mut Box<dyn PlayedCard>| {
        if exchange == at {
            card.reset();
        }
        None
    };
    let (card, _) = Meddled::stand_before(card(profile), Box::new(meddler));
    stage_with(card, length)
}

#[test]
fn a_reset_that_no_reader_tells_of_is_noticed_by_what_the_card_forgot() {
    for (card, length) in CARDS {
        let (exchanges, _) = whole_login(card, length);
        for exchange in 0..exchanges {
            let stage = reset_unseen_at(card, length, exchange);
            let report = stage.login(PIN).unwrap();
            let place = format!("{card} {exchange}: {}", code(&report));
            // EF.ATR and the selection of the application, with which a login begins, need nothing remembered.
            assert_eq!(code(&report) == "identified", exchange < 2, "{place}");
            assert!(stage.verifies() <= 1 && tries(&stage) == 3, "{place}");
            // A channel that is opened after the reset proves the same card: its PIN may be sent, its files are not found.
            let is_sent = report.pin.is_some_and(|pin| pin.sent);
            assert_eq!(usize::from(is_sent), stage.verifies(), "{place}");
        }
    }
}
