//! Logins in an asynchronous runtime: many at once, dropped with it, and what happens at the readers as a stream.
//!
//! Not here: the same without a runtime (`log_in_stopped`, `logged_in`).
#![allow(clippy::unwrap_used, reason = "test code: what fails here fails the test")]

use core::time::Duration;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;

use futures_core::Stream;
use tokio::runtime::{Builder, Runtime};
use varco::played::{PlayedReader, PlayedReaders};
use varco::{Event, LoginOptions, Recognise, Varco, Watch};
use varco_card::ExtendedLength;
use varco_scenario::{PIN, identity, options, prompted};

fn two_workers() -> Runtime {
    Builder::new_multi_thread()
        .worker_threads(2)
        .enable_time()
        .build()
        .unwrap()
}

/// So many readers, each with a card of one of these kinds.
fn stage(readers_wanted: usize, profiles: &[&str]) -> (Varco, Vec<PlayedReader>) {
    let mut readers = PlayedReaders::new();
    let hands = (0..readers_wanted)
        .zip(profiles.iter().cycle())
        .map(|(number, profile)| {
            let hand = readers.add(&format!("played {number:03}"), ExtendedLength::Supported);
            hand.insert(identity::card(profile));
            hand
        })
        .collect();
    (Varco::with_readers(vec![Box::new(readers)]), hands)
}

/// Options that trust the authorities of both kinds.
fn options_for(hand: &PlayedReader) -> LoginOptions {
    let is_document = hand.look(|card| card.unwrap().snapshot().tries_left(identity::REFERENCE).is_some());
    let mut options = if is_document {
        identity::options()
    } else {
        options()
    };
    options.reader(hand.name().as_str());
    options
}

fn pin_for(hand: &PlayedReader) -> &'static str {
    let is_document = hand.look(|card| card.unwrap().snapshot().tries_left(identity::REFERENCE).is_some());
    if is_document { identity::PIN } else { PIN }
}

#[test]
fn a_hundred_logins_at_once_on_two_workers_all_succeed() {
    let (varco, hands) = stage(100, &["cns-st", "cns-athena", "cie-nxp", "cns-idemia-2021"]);
    let runtime = two_workers();
    runtime.block_on(async {
        let logins: Vec<_> = hands
            .iter()
            .map(|hand| {
                let login = varco
                    .begin_login(options_for(hand))
                    .start(prompted(pin_for(hand)));
                tokio::spawn(async move { login.await.map(|logged_in| logged_in.reader().clone()) })
            })
            .collect();
        for (login, hand) in logins.into_iter().zip(&hands) {
            let reader = login
                .await
                .unwrap()
                .unwrap_or_else(|error| panic!("{}: {error}", hand.name()));
            assert_eq!(reader, *hand.name());
        }
    });
    for hand in &hands {
        assert!(
            hand.look(|card| card.unwrap().verified().is_empty()),
            "{}",
            hand.name()
        );
    }
}

#[test]
fn a_runtime_that_is_shut_down_in_the_middle_leaves_every_card_clean() {
    for moment_ms in [0, 1, 5, 20, 60] {
        let (varco, hands) = stage(8, &["cns-st", "cie-nxp"]);
        let runtime = two_workers();
        for hand in &hands {
            let login = varco
                .begin_login(options_for(hand))
                .start(prompted(pin_for(hand)));
            runtime.spawn(async move { login.await.map(drop) });
        }
        std::thread::sleep(Duration::from_millis(moment_ms));
        runtime.shutdown_background();
        for hand in &hands {
            let next = varco
                .begin_login(options_for(hand))
                .start(prompted(pin_for(hand)))
                .wait();
            assert!(next.is_ok(), "{moment_ms} ms: {}", next.unwrap_err());
            let (verified, tries) = hand.look(|card| {
                let card = card.unwrap();
                let state = card.snapshot();
                let tries = [0x10, identity::REFERENCE].map(|reference| state.tries_left(reference));
                (card.verified(), tries.into_iter().flatten().next())
            });
            assert_eq!((verified, tries), (Vec::new(), Some(3)), "{moment_ms} ms");
        }
    }
}

#[test]
fn a_login_on_a_runtime_of_one_thread_does_not_block_it() {
    let (varco, hands) = stage(1, &["cns-st"]);
    let runtime = Builder::new_current_thread().enable_time().build().unwrap();
    let (asked, mut answered) = tokio::sync::mpsc::channel(1);
    let prompt = move |_, answer: varco::PinAnswer| drop(asked.try_send(answer));
    runtime.block_on(async {
        let login = varco.begin_login(options_for(&hands[0])).start(prompt);
        // A person whose keys come through the same runtime.
        let person = async {
            let answer = answered.recv().await.unwrap();
            tokio::time::sleep(Duration::from_millis(10)).await;
            answer.digits(&mut PIN.as_bytes().to_vec()).unwrap();
        };
        let (outcome, ()) = tokio::join!(login, person);
        drop(outcome.unwrap());
    });
}

#[test]
fn a_login_that_loses_a_race_is_dropped_and_the_next_one_works() {
    let (varco, hands) = stage(1, &["cie-nxp"]);
    let runtime = two_workers();
    let options = Arc::new(options_for(&hands[0]));
    runtime.block_on(async {
        for limit_ms in (0..40).step_by(2) {
            let login = varco
                .begin_login(Arc::clone(&options))
                .start(prompted(identity::PIN));
            let _ = tokio::time::timeout(Duration::from_millis(limit_ms), login).await;
        }
        let next = varco.begin_login(options).start(prompted(identity::PIN)).await;
        assert!(next.is_ok());
    });
}

async fn next(watch: &mut Watch) -> Option<Event> {
    poll_fn(|context| Pin::new(&mut *watch).poll_next(context)).await
}

#[test]
fn what_happens_at_the_readers_comes_as_a_stream_and_says_which_card_it_is() {
    let (varco, hands) = stage(1, &["cns-st"]);
    let hand = hands[0].clone();
    let name = hand.name().clone();
    two_workers().block_on(async {
        let mut watch = varco.watch().unwrap();
        assert_eq!(next(&mut watch).await, Some(Event::ReaderAdded(name.clone())));
        let inserted = next(&mut watch).await.unwrap();
        assert!(matches!(inserted, Event::CardInserted { reader, .. } if reader == name));
        let Event::Recognised { reader, card } = next(&mut watch).await.unwrap() else {
            panic!("it is a card that is known");
        };
        assert_eq!((reader, card.kind.name()), (name.clone(), "cns"));
        drop(hand.remove());
        assert_eq!(next(&mut watch).await, Some(Event::CardRemoved(name.clone())));
        hand.insert(identity::card("cie-nxp"));
        assert!(matches!(next(&mut watch).await, Some(Event::CardInserted { .. })));
        assert!(matches!(
            watch.next_event().await,
            Some(Event::Recognised { card, .. }) if card.kind.name() == "cie"
        ));
        let closer = watch.closer();
        let closed = tokio::spawn(async move { next(&mut watch).await });
        closer.close();
        assert_eq!(closed.await.unwrap(), None);
    });
}

#[test]
fn one_who_watches_late_hears_what_is_there_and_one_who_is_slow_hears_that_he_missed_something() {
    let (varco, hands) = stage(1, &["cns-st"]);
    let mut first = varco.watch_with(Recognise::No).unwrap();
    assert_eq!(first.next(), Some(Event::ReaderAdded(hands[0].name().clone())));
    assert!(matches!(first.next(), Some(Event::CardInserted { .. })));
    let mut late = varco.watch_with(Recognise::No).unwrap();
    assert_eq!(late.next(), Some(Event::ReaderAdded(hands[0].name().clone())));
    assert!(matches!(late.next(), Some(Event::CardInserted { .. })));
    // Every one of these is heard by the hub, and waited for by the first.
    for _ in 0..200 {
        let card = hands[0].remove().unwrap();
        assert!(matches!(first.next(), Some(Event::CardRemoved(_))));
        hands[0].insert(card);
        assert!(matches!(first.next(), Some(Event::CardInserted { .. })));
    }
    assert_eq!(late.next(), Some(Event::Missed));
    assert!(matches!(late.next(), Some(Event::ReaderAdded(_))));
    assert!(matches!(late.next(), Some(Event::CardInserted { .. })));
    assert_eq!(late.next_within(Duration::ZERO), Ok(None));
}

#[test]
fn one_who_missed_something_is_told_again_which_card_it_is() {
    let (varco, hands) = stage(1, &["cns-st"]);
    let mut quick = varco.watch_with(Recognise::No).unwrap();
    let mut slow = varco.watch().unwrap();
    let is_inserted = |event: Event| matches!(event, Event::CardInserted { .. });
    while !quick.next().is_some_and(is_inserted) {}
    for _ in 0..200 {
        let card = hands[0].remove().unwrap();
        assert!(matches!(quick.next(), Some(Event::CardRemoved(_))));
        hands[0].insert(card);
        assert!(quick.next().is_some_and(is_inserted));
    }
    while slow.next() != Some(Event::Missed) {}
    while !matches!(slow.next(), Some(Event::Recognised { .. })) {}
}

#[test]
fn a_login_takes_the_reader_that_an_event_told_of_and_options_are_shared() {
    let (varco, hands) = stage(2, &["cns-st"]);
    let options = Arc::new(options());
    for hand in &hands {
        let login = varco.begin_login(Arc::clone(&options)).at(hand.name());
        let logged_in = login.start(prompted(PIN)).wait().unwrap();
        assert_eq!(logged_in.reader(), hand.name());
    }
    let nonce = varco::Nonce::new(&[7; 16]).unwrap();
    let login = varco.begin_login(options).at(hands[0].name()).prove_to(nonce);
    assert!(login.start(prompted(PIN)).wait().unwrap().proof().is_some());
}

#[test]
fn a_kept_card_is_given_back_by_a_future_too() {
    let (varco, hands) = stage(1, &["cns-st"]);
    let mut options = options();
    options.keep_card(varco::KeepCard::Exclusively);
    two_workers().block_on(async {
        let logged_in = varco.begin_login(options).start(prompted(PIN)).await.unwrap();
        assert_eq!(logged_in.log_out_async().await, varco::CardEnd::Reset);
    });
    assert!(hands[0].look(|card| card.unwrap().verified().is_empty()));
}
