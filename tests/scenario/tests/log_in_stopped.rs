//! Logins on a reader's thread that are cancelled, dropped, or run out of time, at every step in turn. What is claimed is read
//! off the card itself: what reached it, what it counts, and what is still verified on it.
//!
//! Not here: removals (`removal`), and what a login leaves (`logged_in`).
#![allow(clippy::unwrap_used, reason = "test code: what fails here fails the test")]

use core::task::{Context, Waker};
use core::time::Duration;
use std::pin::Pin;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};

use varco::steps::CardPresence;
use varco::{CancelEffect, CancelHandle, LoginOptions, PinAnswer, PinWanted, RunningLogin, Step, Varco};
use varco_card::ExtendedLength;
use varco_scenario::{PIN, Stage, identity, options, prompted};

/// A kind of card, its PIN, and its options.
#[derive(Clone, Copy)]
struct Kind {
    profile: &'static str,
    length: ExtendedLength,
    pin: &'static str,
    reference: u8,
    options: fn() -> LoginOptions,
}

/// A CNS plain and with an application for the key; identity cards that take parameters singly and at once.
const KINDS: [Kind; 4] = [
    Kind {
        profile: "cns-st",
        length: ExtendedLength::Supported,
        pin: PIN,
        reference: 0x10,
        options,
    },
    Kind {
        profile: "cns-idemia-2021",
        length: ExtendedLength::Unknown,
        pin: PIN,
        reference: 0x10,
        options,
    },
    Kind {
        profile: "cie-nxp",
        length: ExtendedLength::Supported,
        pin: identity::PIN,
        reference: identity::REFERENCE,
        options: identity::options,
    },
    Kind {
        profile: "cie-gemalto",
        length: ExtendedLength::Supported,
        pin: identity::PIN,
        reference: identity::REFERENCE,
        options: identity::options,
    },
];

impl Kind {
    fn stage(self) -> Stage {
        identity::stage_with(identity::card(self.profile), self.length)
    }

    fn options(self) -> Arc<LoginOptions> {
        Arc::new((self.options)())
    }

    /// What the card says of itself: tries left, values sent, whether anything is verified.
    fn told(self, stage: &Stage) -> (u8, usize, bool) {
        let (tries, verified) = stage.hand.look(|card| {
            let card = card.unwrap();
            (
                card.snapshot().tries_left(self.reference).unwrap(),
                !card.verified().is_empty(),
            )
        });
        (tries, stage.verifies(), verified)
    }

    /// The next login works, whatever happened before.
    fn next_login_works(self, stage: &Stage, place: &str) {
        let next = stage
            .varco
            .begin_login(self.options())
            .start(prompted(self.pin))
            .wait();
        assert!(next.is_ok(), "{place}: {}", next.err().unwrap().code());
        let (tries, _, verified) = self.told(stage);
        assert_eq!((tries, verified), (3, false), "{place}");
    }
}

/// A place to stop at: so many commands were answered, or the PIN is on its way, or somebody is to type it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Place {
    Answered(u32),
    PinSent,
    PinWanted,
    Verified,
}

fn is_at(place: Place, step: &Step<'_>) -> bool {
    match (place, step) {
        (Place::Answered(at), Step::Answered { commands, .. }) => at == *commands,
        (Place::PinSent, Step::PinSent)
        | (Place::PinWanted, Step::PinWanted(_))
        | (Place::Verified, Step::Verified(_)) => true,
        _ => false,
    }
}

/// How many commands a whole login has.
fn commands(kind: Kind) -> u32 {
    let stage = kind.stage();
    let most = Arc::new(Mutex::new(0));
    let counted = Arc::clone(&most);
    let login = stage.varco.begin_login(kind.options()).on_step(move |step| {
        if let Step::Answered { commands, .. } = step {
            *counted.lock().unwrap() = *commands;
        }
    });
    drop(login.start(prompted(kind.pin)).wait().unwrap());
    *most.lock().unwrap()
}

fn places(kind: Kind) -> Vec<Place> {
    let answered = (1..=commands(kind)).map(Place::Answered);
    answered
        .chain([Place::PinSent, Place::PinWanted, Place::Verified])
        .collect()
}

/// A login that comes to a place, waits there, and goes on when told.
struct Halted {
    login: RunningLogin,
    go_on: Sender<()>,
    arrived: Receiver<()>,
}

fn halted(stage: &Stage, kind: Kind, pin: &str, place: Place) -> Halted {
    let (arrive, arrived) = channel();
    let (go_on, gate) = channel();
    let mut halt = Some((arrive, gate));
    let login = stage.varco.begin_login(kind.options()).on_step(move |step| {
        if is_at(place, step)
            && let Some((arrive, gate)) = halt.take()
        {
            arrive.send(()).unwrap();
            // Gone when the test goes on without a word.
            let _ = gate.recv();
        }
    });
    Halted {
        login: login.start(prompted(pin)),
        go_on,
        arrived,
    }
}

#[test]
fn cancelled_at_any_place_a_login_leaves_nothing_and_says_truly_whether_a_pin_was_sent() {
    for kind in KINDS {
        for place in places(kind) {
            let stage = kind.stage();
            let halted = halted(&stage, kind, kind.pin, place);
            halted.arrived.recv().unwrap();
            let effect = halted.login.cancel_handle().cancel();
            halted.go_on.send(()).unwrap();
            let ended = halted.login.wait().unwrap_err();
            let name = format!("{} {place:?} {effect:?}", kind.profile);
            assert_eq!(ended.code(), "cancelled", "{name}");
            // Until the reader's thread is done with it: the next caller comes after it.
            kind.next_login_works(&stage, &name);
            let sent = stage.verifies() - 1;
            match effect {
                CancelEffect::BeforePin => assert_eq!(sent, 0, "{name}"),
                CancelEffect::PinInFlight | CancelEffect::AfterPin => assert_eq!(sent, 1, "{name}"),
                other => panic!("{name}: {other:?}"),
            }
            assert_eq!(
                place == Place::PinSent,
                effect == CancelEffect::PinInFlight,
                "{name}"
            );
        }
    }
}

#[test]
fn a_wrong_pin_that_was_on_its_way_when_it_was_cancelled_costs_its_try_and_no_other() {
    for kind in KINDS {
        let stage = kind.stage();
        let wrong = if kind.pin == PIN { "54321" } else { identity::WRONG };
        let halted = halted(&stage, kind, wrong, Place::PinSent);
        halted.arrived.recv().unwrap();
        assert_eq!(halted.login.cancel_handle().cancel(), CancelEffect::PinInFlight);
        halted.go_on.send(()).unwrap();
        let ended = halted.login.wait().unwrap_err();
        // What the card said of it is told: it is more than that it was cancelled.
        assert_eq!(ended.code(), "pin-wrong", "{}", kind.profile);
        assert_eq!(kind.told(&stage), (2, 1, false), "{}", kind.profile);
        kind.next_login_works(&stage, kind.profile);
    }
}

#[test]
fn dropped_at_any_place_a_login_leaves_nothing_and_the_next_caller_has_his_turn() {
    for kind in KINDS {
        for place in places(kind) {
            let stage = kind.stage();
            let halted = halted(&stage, kind, kind.pin, place);
            halted.arrived.recv().unwrap();
            drop(halted.login);
            drop(halted.go_on);
            let name = format!("{} {place:?}", kind.profile);
            kind.next_login_works(&stage, &name);
            assert!(stage.verifies() <= 2, "{name}");
        }
    }
}

#[test]
fn a_future_dropped_at_any_await_leaves_nothing() {
    for kind in [KINDS[0], KINDS[2]] {
        for place in places(kind) {
            let stage = kind.stage();
            let mut halted = halted(&stage, kind, kind.pin, place);
            // Polled once before, as a runtime does.
            let mut context = Context::from_waker(Waker::noop());
            assert!(Pin::new(&mut halted.login).poll(&mut context).is_pending());
            halted.arrived.recv().unwrap();
            assert!(Pin::new(&mut halted.login).poll(&mut context).is_pending());
            drop(halted.login);
            drop(halted.go_on);
            kind.next_login_works(&stage, &format!("{} {place:?}", kind.profile));
        }
    }
}

#[test]
fn a_deadline_ends_a_prompt_that_never_answers_and_its_late_answer_is_not_taken() {
    for kind in [KINDS[0], KINDS[2]] {
        let stage = kind.stage();
        let kept: Arc<Mutex<Option<PinAnswer>>> = Arc::default();
        let shown = Arc::clone(&kept);
        let mut options = (kind.options)();
        options.login_within(Duration::from_secs(2));
        let never = move |_: PinWanted, answer: PinAnswer| *shown.lock().unwrap() = Some(answer);
        let ended = stage.varco.begin_login(options).start(never).wait().unwrap_err();
        assert_eq!(ended.code(), "deadline-passed");
        let late = kept.lock().unwrap().take().unwrap();
        assert!(!late.is_awaited());
        let mut typed = kind.pin.as_bytes().to_vec();
        assert!(late.digits(&mut typed).is_err());
        assert!(typed.iter().all(|byte| *byte == 0), "what was typed is wiped");
        assert_eq!(stage.verifies(), 0);
        kind.next_login_works(&stage, kind.profile);
    }
}

#[test]
fn a_prompt_that_lets_go_cancels_and_one_that_panics_ends_its_login_alone() {
    let kind = KINDS[0];
    let stage = kind.stage();
    let lets_go = |_: PinWanted, answer: PinAnswer| drop(answer);
    let ended = stage
        .varco
        .begin_login(kind.options())
        .start(lets_go)
        .wait()
        .unwrap_err();
    assert_eq!(ended.code(), "entry-cancelled");
    let panics = |_: PinWanted, _: PinAnswer| panic!("a defect of the application");
    let ended = stage
        .varco
        .begin_login(kind.options())
        .start(panics)
        .wait()
        .unwrap_err();
    assert_eq!(ended.code(), "entry-unavailable");
    let login = stage.varco.begin_login(kind.options());
    let login = login.on_step(|_| panic!("another defect of the application"));
    drop(login.start(prompted(kind.pin)).wait().unwrap());
    kind.next_login_works(&stage, kind.profile);
}

#[test]
fn callbacks_may_cancel_and_start_logins_but_not_wait_for_them() {
    let kind = KINDS[0];
    let stage = kind.stage();
    let (varco, options) = (stage.varco.clone(), kind.options());
    let (tell, told) = channel();
    let login = stage.varco.begin_login(kind.options()).on_step(move |step| {
        if let Step::CardSeen(_) = step {
            let another = varco.begin_login(Arc::clone(&options)).start(prompted(PIN));
            tell.send(another.wait().unwrap_err().code()).unwrap();
            // Nor by the calls that work on the thread that calls.
            let status = varco.pin_status(&options);
            tell.send(status.unwrap_err().code()).unwrap();
            // Started and not waited for: its turn comes after this one.
            let another = varco.begin_login(Arc::clone(&options)).start(prompted(PIN));
            another.cancel_handle().cancel();
        }
    });
    drop(login.start(prompted(PIN)).wait().unwrap());
    assert_eq!(told.iter().collect::<Vec<_>>(), ["called-back"; 2]);

    // One that cancels itself.
    let handle: Arc<Mutex<Option<CancelHandle>>> = Arc::default();
    let own = Arc::clone(&handle);
    let login = stage.varco.begin_login(kind.options()).on_step(move |step| {
        if let Step::PinWanted(_) = step {
            let own = own.lock().unwrap();
            assert_eq!(own.as_ref().unwrap().cancel(), CancelEffect::BeforePin);
        }
    });
    let mut held = handle.lock().unwrap();
    let login = login.start(prompted(PIN));
    *held = Some(login.cancel_handle());
    drop(held);
    assert_eq!(login.wait().unwrap_err().code(), "cancelled");
    kind.next_login_works(&stage, kind.profile);
}

#[test]
fn what_waits_for_its_turn_is_cancelled_at_once_and_never_begins() {
    let kind = KINDS[0];
    let stage = kind.stage();
    let first = halted(&stage, kind, kind.pin, Place::PinWanted);
    first.arrived.recv().unwrap();
    let second = stage.varco.begin_login(kind.options()).start(prompted(PIN));
    assert_eq!(second.cancel_handle().cancel(), CancelEffect::NotBegun);
    // Told although the first still holds the reader.
    assert_eq!(second.wait().unwrap_err().code(), "cancelled");
    first.go_on.send(()).unwrap();
    drop(first.login.wait().unwrap());
    assert_eq!(stage.verifies(), 1);
}

#[test]
fn more_than_may_wait_are_told_so() {
    let kind = KINDS[0];
    let stage = kind.stage();
    let first = halted(&stage, kind, kind.pin, Place::PinWanted);
    first.arrived.recv().unwrap();
    // Those in front get the places, in their order; the others are told at once.
    let mut many: Vec<RunningLogin> = (0..40)
        .map(|_| stage.varco.begin_login(kind.options()).start(prompted(PIN)))
        .collect();
    let refused = many.split_off(32).into_iter();
    let refused: Vec<&str> = refused.map(|login| login.wait().unwrap_err().code()).collect();
    assert_eq!(refused, ["too-many-logins"; 8]);
    first.go_on.send(()).unwrap();
    drop(first.login.wait().unwrap());
    assert!(many.into_iter().all(|login| login.wait().is_ok()));
}

#[test]
fn when_varco_goes_whoever_waits_is_told_or_served_and_no_pin_stays() {
    let kind = KINDS[0];
    let Stage { varco, hand, .. } = kind.stage();
    let login = varco.begin_login(kind.options()).start(prompted(PIN));
    // The login itself keeps the threads.
    drop(varco);
    drop(login.wait().unwrap());
    assert!(hand.look(|card| card.unwrap().verified().is_empty()));
}

#[test]
fn without_a_card_or_with_another_reader_it_says_so() {
    let (readers, hands) = varco::played::readers(&["cns-st", "cns-athena"]).unwrap();
    let varco = Varco::with_readers(vec![Box::new(readers)]);
    let ended = varco
        .begin_login(options())
        .start(prompted(PIN))
        .wait()
        .unwrap_err();
    assert_eq!(ended.code(), "several-cards");
    let told = ended.explain();
    assert!(told.message.contains("played:cns-st"), "{}", told.message);
    drop(hands.iter().map(|hand| hand.remove()).collect::<Vec<_>>());
    let ended = varco
        .begin_login(options())
        .start(prompted(PIN))
        .wait()
        .unwrap_err();
    assert_eq!(ended.code(), "no-card");
    let states = varco.readers().unwrap();
    assert!(states.iter().all(|state| state.card == CardPresence::Absent));
}

#[test]
fn what_a_progress_bar_is_told_is_about_right() {
    for kind in KINDS {
        let stage = kind.stage();
        let last = Arc::new(Mutex::new((0, None)));
        let shown = Arc::clone(&last);
        let login = stage.varco.begin_login(kind.options()).on_step(move |step| {
            if let Step::Answered { commands, about } = step {
                *shown.lock().unwrap() = (*commands, *about);
            }
        });
        drop(login.start(prompted(kind.pin)).wait().unwrap());
        let (commands, about) = *last.lock().unwrap();
        let about = about.unwrap();
        assert!(
            commands <= about + 1 && commands > about / 2,
            "{}: {commands} of {about}",
            kind.profile
        );
    }
}
