//! The card is pulled out at every exchange in turn, before the command and before its answer.
#![allow(clippy::unwrap_used, reason = "test code")]

use varco::played::LostAt;
use varco_card::ExtendedLength;
use varco_scenario::{PIN, Stage};

#[test]
fn a_removal_at_any_exchange_ends_the_login_and_costs_at_most_the_typed_try() {
    for announced in [ExtendedLength::Supported, ExtendedLength::Unknown] {
        let whole = Stage::with("cns-st", announced).login(PIN).unwrap().exchanges;
        for typed in [PIN, "54321"] {
            for lost_at in [LostAt::Command, LostAt::Answer] {
                for exchange in 0..whole {
                    let stage = Stage::with("cns-st", announced);
                    stage.hand.remove_at(exchange, lost_at);
                    let report = stage.login(typed).unwrap();
                    let place = format!("{typed} {lost_at:?} {exchange}");
                    match report.outcome {
                        // A wrong PIN is known before the later exchanges, which then do not happen.
                        Err(error) if error.code() == "pin-wrong" => assert_ne!(typed, PIN, "{place}"),
                        outcome => assert_eq!(outcome.unwrap_err().code(), "card-removed", "{place}"),
                    }
                    let spent = if typed == PIN { 0 } else { stage.verifies() };
                    assert!(stage.verifies() <= 1, "{place}");
                    assert_eq!(usize::from(3 - stage.tries_on_card()), spent, "{place}");
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
