//! The card is pulled out at every exchange in turn, before the command and before its answer.
#![allow(clippy::unwrap_used, reason = "test code")]

use varco::played::fault::{Fault, FaultPlan, Moment, When};
use varco_card::ExtendedLength;
use varco_scenario::{PIN, Stage};

/// Makers whose dialogues differ: plain, with a folder for the key, with applications, by T=0.
const CARDS: [&str; 6] = [
    "cns-st",
    "cns-infocamere",
    "cns-idemia-2021",
    "cns-gd-2025",
    "cns-chipdoc",
    "cns-t0",
];

/// How many exchanges a login takes, and which of them, from 0, is the VERIFY.
fn whole_login(card: &str, announced: ExtendedLength) -> (u32, u32) {
    let stage = Stage::with(card, announced);
    let exchanges = stage.login(PIN).unwrap().exchanges;
    let verify = stage.hand.look(|card| {
        card.unwrap()
            .log()
            .events()
            .position(|event| event.ins() == 0x20 && event.command_bytes > 5)
            .unwrap()
    });
    (exchanges, u32::try_from(verify).unwrap())
}

#[test]
fn a_removal_at_any_exchange_ends_the_login_and_costs_at_most_the_typed_try() {
    for card in CARDS {
        for announced in [ExtendedLength::Supported, ExtendedLength::Unknown] {
            let (exchanges, verify) = whole_login(card, announced);
            for typed in [PIN, "54321"] {
                for lost_at in [Moment::Before, Moment::After] {
                    for exchange in 0..exchanges {
                        let stage = Stage::with(card, announced);
                        let plan = FaultPlan::new(Fault::Remove(lost_at))
                            .at(When::Exchange(u64::from(exchange) + 1));
                        stage.hand.add_fault(plan).unwrap();
                        let report = stage.login(typed).unwrap();
                        let place = format!("{card} {typed} {lost_at:?} {exchange}");
                        match &report.outcome {
                            // A wrong PIN is known before the later exchanges, which then do not happen.
                            Err(error) if error.code() == "pin-wrong" => assert_ne!(typed, PIN, "{place}"),
                            outcome => {
                                assert_eq!(outcome.as_ref().unwrap_err().code(), "card-removed", "{place}");
                            }
                        }
                        let spent = if typed == PIN { 0 } else { stage.verifies() };
                        assert!(stage.verifies() <= 1, "{place}");
                        assert_eq!(usize::from(3 - stage.tries_on_card()), spent, "{place}");
                        // What is told of the PIN is so: nothing was sent before its turn came.
                        assert_eq!(
                            report.pin.is_some_and(|pin| pin.sent),
                            exchange >= verify,
                            "{place}"
                        );
                    }
                }
            }
        }
    }
}

#[test]
fn a_card_exchanged_while_the_pin_is_typed_never_sees_it() {
    use varco::played::{PlayedReader, Profile};
    use varco::steps::{Attendance, Pin};
    use varco::{EntryError, PinEntry, PinQuestion};

    /// Puts another card in while typing.
    struct Swapper(PlayedReader);
    impl PinEntry for Swapper {
        fn attendance(&self) -> Attendance {
            Attendance::Attended
        }
        fn ask(&mut self, _: &PinQuestion<'_>) -> Result<Pin, EntryError> {
            drop(self.0.remove());
            self.0
                .insert(Box::new(Profile::builtin("cns-st-2021").unwrap().into_card()));
            Pin::take_from(&mut PIN.as_bytes().to_vec()).map_err(|_| EntryError::TooLong)
        }
    }
    let stage = Stage::new("cns-st");
    let report = stage
        .varco
        .login(&stage.options, &mut Swapper(stage.hand.clone()))
        .unwrap();
    assert_eq!(report.outcome.unwrap_err().code(), "card-removed");
    assert_eq!((stage.verifies(), stage.hand.exchanges()), (0, 0));
}

#[test]
fn a_card_reset_by_another_program_while_the_pin_is_typed_never_sees_it() {
    use varco::steps::{Attendance, CardLink, Pin, WAIT_DEFAULT};
    use varco::{EntryError, PinEntry, PinQuestion};

    /// Another program, which resets the card while the PIN is typed.
    struct Intruder(Box<dyn CardLink>);
    impl PinEntry for Intruder {
        fn attendance(&self) -> Attendance {
            Attendance::Attended
        }
        fn ask(&mut self, _: &PinQuestion<'_>) -> Result<Pin, EntryError> {
            self.0.reset().unwrap();
            Pin::take_from(&mut PIN.as_bytes().to_vec()).map_err(|_| EntryError::TooLong)
        }
    }
    let stage = Stage::new("cns-st");
    let mut intruder = Intruder(stage.varco.connect(None, WAIT_DEFAULT).unwrap());
    let report = stage.varco.login(&stage.options, &mut intruder).unwrap();
    assert_eq!(report.outcome.unwrap_err().code(), "card-reset");
    assert_eq!(stage.verifies(), 0);
}
