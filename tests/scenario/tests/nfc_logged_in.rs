//! Somebody who is logged in with an identity card at an NFC reader: the card may leave the field for a moment, and only the
//! same one may come back; a card that is kept is asked whether it is there.
//!
//! Not here: played readers without libnfc (`logged_in`).
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "test code: what fails here fails the test"
)]

use core::time::Duration;
use std::time::Instant;

use varco::{
    Audience, CardEnd, Ended, Event, KeepCard, LoggedIn, LoginOptions, Nonce, Recognise, Varco, Watch,
};
use varco_scenario::identity::{PIN, card, options};
use varco_scenario::nfc::Field;
use varco_scenario::prompted;

/// Long enough for anything here.
const LONG: Duration = Duration::from_secs(60);

fn log_in(varco: &Varco, choose: impl FnOnce(&mut LoginOptions)) -> LoggedIn {
    let mut options = options();
    choose(&mut options);
    varco.begin_login(options).start(prompted(PIN)).wait().unwrap()
}

/// Waits until the watch has told this.
fn until(watch: &mut Watch, wanted: impl Fn(&Event) -> bool) {
    let begun = Instant::now();
    while begun.elapsed() < LONG {
        if let Some(event) = watch.next_within(LONG).unwrap()
            && wanted(&event)
        {
            return;
        }
    }
    panic!("it was not told");
}

#[test]
fn a_card_that_leaves_the_field_for_a_moment_proves_that_it_is_the_same() {
    let field = Field::of("cie-gemalto");
    let varco = field.varco();
    let mut watch = varco.watch_with(Recognise::No).unwrap();
    until(&mut watch, |event| matches!(event, Event::CardInserted { .. }));
    let logged_in = log_in(&varco, |options| {
        options.contactless_grace(LONG);
    });
    field.control.remove();
    until(&mut watch, |event| matches!(event, Event::CardRemoved(_)));
    assert_eq!(logged_in.ended(), None);
    let before = field.exchanges();
    field.control.insert();
    until(&mut watch, |event| matches!(event, Event::CardInserted { .. }));
    // What it is asked is waited for: another login has its turn after that.
    drop(log_in(&varco, |_| ()));
    assert!(field.exchanges() > before);
    assert_eq!(logged_in.ended(), None);
    // Another one of the same make, with another number and key, is not taken for it.
    field.control.remove();
    until(&mut watch, |event| matches!(event, Event::CardRemoved(_)));
    let _ = field.control.replace(card("cie-minor"));
    field.control.insert();
    assert_eq!(logged_in.wait_ended(LONG), Ok(Some(Ended::CardRemoved)));
}

#[test]
fn a_kept_card_is_asked_whether_it_is_there() {
    let field = Field::of("cie-gemalto");
    let varco = field.varco();
    let logged_in = log_in(&varco, |options| {
        options.keep_card(KeepCard::Exclusively);
    });
    let nonce = || Nonce::new(&[7; 16]).unwrap();
    let audience = || Audience::parse("another.example").unwrap();
    logged_in.prove_to(audience(), nonce()).wait().unwrap();
    field.control.remove();
    // No watch sees into a field that is held: the card's silence tells.
    assert_eq!(logged_in.wait_ended(LONG), Ok(Some(Ended::CardRemoved)));
    assert_eq!(logged_in.log_out(), CardEnd::Reset);
    assert_eq!(field.tries(), 3);
}

#[test]
fn a_card_that_leaves_before_anybody_watched_ends_its_login_too() {
    let field = Field::of("cie-gemalto");
    // Nobody has watched: what is in the field was never told.
    let logged_in = log_in(&field.varco(), |options| {
        options.contactless_grace(Duration::ZERO);
    });
    field.control.remove();
    assert_eq!(logged_in.wait_ended(LONG), Ok(Some(Ended::CardRemoved)));
    // And one that stays does not.
    let field = Field::of("cie-gemalto");
    let logged_in = log_in(&field.varco(), |_| ());
    assert_eq!(logged_in.wait_ended(Duration::from_secs(8)), Ok(None));
}
