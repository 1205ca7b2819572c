//! Somebody who is logged in: until when, who is told, and what a card that is kept does and does not do meanwhile.
//!
//! Not here: what stops a login on its way (`log_in_stopped`), and the same behind a real pcscd (tests/conformance).
#![allow(clippy::unwrap_used, reason = "test code: what fails here fails the test")]

use core::time::Duration;
use std::sync::Arc;
use std::time::Instant;

use varco::played::{PlayedReader, PlayedReaders};
use varco::steps::{Disposition, LinkError};
use varco::{Audience, CardEnd, Ended, KeepCard, LoggedIn, LoginOptions, Nonce, NotSigned, Varco};
use varco_card::ExtendedLength;
use varco_pki::SignatureScheme;
use varco_scenario::{PIN, identity, options, prompted};

/// Long enough for anything here, and never waited for in full where the claim holds.
const LONG: Duration = Duration::from_secs(30);

/// A reader with a card, varco beside it, and another program that sees the same reader.
struct Stage {
    varco: Varco,
    other: Varco,
    hand: PlayedReader,
    pin: &'static str,
    options: LoginOptions,
}

fn stage(profile: &str) -> Stage {
    let mut readers = PlayedReaders::new();
    let hand = readers.add("played", ExtendedLength::Supported);
    hand.insert(identity::card(profile));
    let is_document = profile.starts_with("cie");
    Stage {
        varco: Varco::with_readers(vec![Box::new(readers.clone())]),
        other: Varco::with_readers(vec![Box::new(readers)]),
        hand,
        pin: if is_document { identity::PIN } else { PIN },
        options: if is_document {
            identity::options()
        } else {
            options()
        },
    }
}

impl Stage {
    fn log_in(&mut self, choose: impl FnOnce(&mut LoginOptions)) -> LoggedIn {
        let mut options = std::mem::replace(&mut self.options, options());
        choose(&mut options);
        self.varco
            .begin_login(options)
            .start(prompted(self.pin))
            .wait()
            .unwrap()
    }

    fn kept(&mut self) -> LoggedIn {
        self.log_in(|options| {
            options.keep_card(KeepCard::Exclusively);
        })
    }

    fn verified(&self) -> bool {
        self.hand.look(|card| !card.unwrap().verified().is_empty())
    }

    fn verifies(&self) -> usize {
        self.hand.look(|card| {
            let events = card.unwrap().log().events();
            events
                .filter(|event| event.ins() == 0x20 && event.command_bytes > 5)
                .count()
        })
    }

    /// What another program gets when it wants the card.
    fn other_takes(&self, wait: Duration) -> Result<(), LinkError> {
        let mut link = self.other.connect(None, Duration::ZERO).unwrap();
        match link.begin(wait) {
            // The login before it ended with a reset, as it was to.
            Err(LinkError::CardReset) => link.begin(wait)?,
            outcome => outcome?,
        }
        link.end(Disposition::Leave)?;
        link.close(Disposition::Leave)
    }
}

#[test]
fn a_login_ends_when_its_card_is_taken_out_and_all_who_wait_are_told_why() {
    let mut stage = stage("cns-st");
    let logged_in = stage.log_in(|_| ());
    assert_eq!(logged_in.ended(), None);
    let future = logged_in.until_ended();
    drop(stage.hand.remove());
    assert_eq!(logged_in.wait_ended(LONG), Ok(Some(Ended::CardRemoved)));
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    assert_eq!(runtime.block_on(future), Ended::CardRemoved);
    assert_eq!(logged_in.ended(), Some(Ended::CardRemoved));
    // Putting it back does not log anybody in.
    stage.hand.insert(identity::card("cns-st"));
    assert_eq!(logged_in.ended(), Some(Ended::CardRemoved));
}

#[test]
fn a_login_ends_when_its_time_is_over_and_when_it_is_let_go() {
    let mut stage = stage("cns-st");
    let logged_in = stage.log_in(|options| {
        options.logged_in_for(Duration::from_millis(50));
    });
    assert_eq!(logged_in.wait_ended(LONG), Ok(Some(Ended::TimeOver)));
    let mut stage = self::stage("cns-st");
    let logged_in = stage.log_in(|_| ());
    let future = logged_in.until_ended();
    assert_eq!(logged_in.log_out(), CardEnd::Reset);
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    assert_eq!(runtime.block_on(future), Ended::LoggedOut);
}

#[test]
fn a_card_that_is_reset_at_once_is_free_and_signs_nothing_more() {
    for profile in ["cns-st", "cie-nxp"] {
        let mut stage = stage(profile);
        let logged_in = stage.log_in(|_| ());
        assert!(!stage.verified(), "{profile}");
        stage.other_takes(Duration::ZERO).unwrap();
        assert!(logged_in.signer().is_none());
        let audience = Audience::parse("another.example").unwrap();
        let refused = logged_in.prove_to(audience, Nonce::new(&[7; 16]).unwrap()).wait();
        assert!(matches!(refused, Err(NotSigned::NotKept)), "{profile}");
        // To sign again it is asked for again.
        let again = stage
            .varco
            .begin_login(options_of(profile))
            .start(prompted(stage.pin))
            .wait();
        assert!(again.is_ok());
        assert_eq!(stage.verifies(), 2, "{profile}");
    }
}

fn options_of(profile: &str) -> LoginOptions {
    if profile.starts_with("cie") {
        identity::options()
    } else {
        options()
    }
}

#[test]
fn a_card_that_is_kept_signs_again_without_the_pin_and_no_other_program_gets_to_it() {
    for profile in ["cns-st", "cns-idemia-2021", "cie-nxp", "cie-gemalto"] {
        let mut stage = stage(profile);
        let logged_in = stage.kept();
        assert!(stage.verified(), "{profile}");
        for number in 0..3 {
            let audience = Audience::parse("another.example").unwrap();
            let nonce = Nonce::new(&[number; 16]).unwrap();
            let proven = logged_in.prove_to(audience, nonce).wait().unwrap();
            let theirs = proven.identity.codice_fiscale();
            assert_eq!(theirs, logged_in.identity().codice_fiscale(), "{profile}");
            assert!(proven.proof.is_some());
            let signer = logged_in.signer().unwrap();
            let scheme = SignatureScheme::RsaPkcs1Sha256;
            let signature = signer.sign(scheme, b"a transcript").wait().unwrap();
            assert!(signer.signs_by(scheme) && signature.len() == 256, "{profile}");
            assert_eq!(
                stage.other_takes(Duration::ZERO),
                Err(LinkError::ReaderBusy),
                "{profile}"
            );
        }
        assert_eq!(stage.verifies(), 1, "{profile}");
        assert_eq!(logged_in.log_out(), CardEnd::Reset);
        assert!(!stage.verified(), "{profile}");
        // Another program that waits has it now.
        stage.other_takes(Duration::ZERO).unwrap();
    }
}

#[test]
fn a_kept_card_is_reset_when_its_login_is_dropped_or_its_time_is_over() {
    let mut stage = stage("cns-st");
    let logged_in = stage.kept();
    drop(logged_in);
    stage.other_takes(LONG).unwrap();
    assert!(!stage.verified());
    let mut stage = self::stage("cns-st");
    let logged_in = stage.log_in(|options| {
        options
            .keep_card(KeepCard::Exclusively)
            .logged_in_for(Duration::from_millis(50));
    });
    let signer = logged_in.signer().unwrap().clone();
    assert_eq!(logged_in.wait_ended(LONG), Ok(Some(Ended::TimeOver)));
    stage.other_takes(LONG).unwrap();
    assert!(!stage.verified());
    let refused = signer.sign(SignatureScheme::RsaPkcs1Sha256, b"late").wait();
    assert!(matches!(refused, Err(NotSigned::Ended(Ended::TimeOver))));
    assert_eq!(logged_in.log_out(), CardEnd::Reset);
}

#[test]
fn a_kept_card_that_is_taken_out_ends_its_login_without_grace() {
    for profile in ["cns-st", "cie-nxp"] {
        let mut stage = stage(profile);
        let logged_in = stage.kept();
        let card = stage.hand.remove().unwrap();
        stage.hand.insert(card);
        assert_eq!(
            logged_in.wait_ended(LONG),
            Ok(Some(Ended::CardRemoved)),
            "{profile}"
        );
        let signer = logged_in.signer().unwrap();
        let refused = signer.sign(SignatureScheme::RsaPkcs1Sha256, b"late").wait();
        assert!(
            matches!(refused, Err(NotSigned::Ended(Ended::CardRemoved))),
            "{profile}"
        );
        assert!(!stage.verified(), "{profile}");
    }
}

#[test]
fn who_waits_for_a_kept_card_has_his_turn_after_it() {
    let mut stage = stage("cns-st");
    let logged_in = stage.kept();
    let next = stage.varco.begin_login(options()).start(prompted(PIN));
    let audience = Audience::parse("another.example").unwrap();
    logged_in
        .prove_to(audience, Nonce::new(&[7; 16]).unwrap())
        .wait()
        .unwrap();
    assert_eq!(stage.verifies(), 1);
    drop(logged_in);
    drop(next.wait().unwrap());
    assert_eq!(stage.verifies(), 2);
}

#[test]
fn an_identity_card_may_leave_the_field_for_a_moment_and_must_prove_that_it_is_the_same() {
    // The same one, back in time.
    let mut stage = stage("cie-nxp");
    let logged_in = stage.log_in(|options| {
        options.contactless_grace(LONG);
    });
    let before = stage.hand.exchanges();
    let card = stage.hand.remove().unwrap();
    stage.hand.insert(card);
    let begun = Instant::now();
    while stage.hand.exchanges() == 0 && begun.elapsed() < LONG {
        std::thread::sleep(Duration::from_millis(10));
    }
    assert!(before > 0 && stage.hand.exchanges() > 0, "it was asked");
    // What is asked of it is waited for: a login of another caller comes after it.
    let other = stage
        .varco
        .begin_login(identity::options())
        .start(prompted(stage.pin))
        .wait();
    assert!(other.is_ok());
    assert_eq!(logged_in.ended(), None);

    // Another one, of another family or of the same.
    for other in ["cie-gemalto", "none"] {
        let mut stage = self::stage("cie-nxp");
        let logged_in = stage.log_in(|options| {
            let grace = if other == "cie-gemalto" {
                LONG
            } else {
                Duration::ZERO
            };
            options.contactless_grace(grace);
        });
        drop(stage.hand.remove());
        if other == "cie-gemalto" {
            stage.hand.insert(identity::card(other));
        }
        assert_eq!(
            logged_in.wait_ended(LONG),
            Ok(Some(Ended::CardRemoved)),
            "{other}"
        );
    }
}

#[test]
fn a_card_that_left_between_login_and_handle_ends_it() {
    // Taken out at the step before the outcome, as seen by whoever watches.
    let stage = stage("cns-st");
    let hand = stage.hand.clone();
    let mut watch = stage.varco.watch().unwrap();
    let options = Arc::new(options());
    let login = stage.varco.begin_login(options).on_step(move |step| {
        if let varco::Step::Verified(_) = step {
            // The card has signed: the login itself succeeds, where the reader does not say otherwise in time.
            drop(hand.remove());
        }
    });
    match login.start(prompted(PIN)).wait() {
        Err(error) => assert_eq!(error.code(), "card-removed"),
        Ok(logged_in) => assert_eq!(logged_in.wait_ended(LONG), Ok(Some(Ended::CardRemoved))),
    }
    assert!(watch.next_within(LONG).unwrap().is_some());
}

#[test]
fn the_end_is_told_in_both_languages() {
    for why in Ended::ALL {
        let told = [varco::Locale::Italian, varco::Locale::English].map(|locale| why.explain(locale));
        assert!(told[0] != told[1] && !told[0].contains("session-"), "{told:?}");
    }
}

#[test]
fn who_is_logged_in_stays_so_when_varco_is_let_go_and_its_end_waits_for_the_card() {
    let Stage {
        varco,
        hand,
        mut options,
        ..
    } = stage("cns-st");
    options.keep_card(KeepCard::Exclusively);
    let logged_in = varco.begin_login(options).start(prompted(PIN)).wait().unwrap();
    drop(varco);
    let audience = Audience::parse("another.example").unwrap();
    logged_in
        .prove_to(audience, Nonce::new(&[7; 16]).unwrap())
        .wait()
        .unwrap();
    assert_eq!(logged_in.ended(), None);
    // The last that holds the threads: it returns once the card was reset, as a program does that ends here.
    drop(logged_in);
    assert!(hand.look(|card| card.unwrap().verified().is_empty()));
}

#[test]
fn two_programs_with_one_card_get_it_one_after_the_other_and_no_try_is_lost() {
    let stage = stage("cns-st");
    let programs = [stage.varco.clone(), stage.other.clone()];
    let logins = programs.map(|varco| {
        std::thread::spawn(move || {
            let mut codes = Vec::new();
            for _ in 0..10 {
                let outcome = varco.begin_login(options()).start(prompted(PIN)).wait();
                codes.push(outcome.map_or_else(|error| error.code(), |_| "logged-in"));
            }
            codes
        })
    });
    let codes: Vec<&str> = logins
        .into_iter()
        .flat_map(|login| login.join().unwrap())
        .collect();
    // The reset after one login is told to the other, whose PIN was not sent then.
    assert!(
        codes
            .iter()
            .all(|code| ["logged-in", "card-reset"].contains(code)),
        "{codes:?}"
    );
    let logged_in = codes.iter().filter(|code| **code == "logged-in").count();
    assert!(logged_in >= 10, "{codes:?}");
    assert_eq!(stage.verifies(), logged_in);
    assert!(!stage.verified());
    let tries = stage.hand.look(|card| card.unwrap().snapshot().tries_left(0x10));
    assert_eq!(tries, Some(3));
}
