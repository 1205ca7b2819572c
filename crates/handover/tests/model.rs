//! The hand-over searched in full: every interleaving of these small programs, up to a bound on preemptions.
//!
//! Run by `cargo xtask loom`; an ordinary build has nothing of it. Time limits are not modelled: whoever keeps the time is
//! one more thread that stops.
#![cfg(loom)]
#![allow(clippy::unwrap_used, reason = "test code")]

use loom::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use loom::sync::{Arc, Mutex};
use loom::thread;
use varco_handover::{Control, Effect, Refused, Signal, Stop, Unanswered, promise, queue};

/// A card as far as it matters here: whether a PIN is verified on it, and how many it was sent.
#[derive(Default)]
struct Card {
    verified: AtomicBool,
    sent: AtomicUsize,
}

impl Card {
    /// What a reader's thread does for one login, in small.
    fn login(&self, control: &Control<u8>) -> Result<(), Stop> {
        let outcome = control.begin().and_then(|()| {
            assert!(
                !self.verified.load(Ordering::SeqCst),
                "the card was left half way"
            );
            control.may_go_on()?;
            control.let_pin_through()?;
            self.sent.fetch_add(1, Ordering::SeqCst);
            self.verified.store(true, Ordering::SeqCst);
            control.pin_answered();
            control.may_go_on()
        });
        self.verified.store(false, Ordering::SeqCst);
        match control.finish() {
            Some(stop) => Err(stop),
            None => outcome,
        }
    }
}

#[test]
fn what_a_stop_says_of_the_pin_is_true() {
    loom::model(|| {
        let (card, control) = (Arc::new(Card::default()), Control::new());
        let worker = {
            let (card, control) = (Arc::clone(&card), control.clone());
            thread::spawn(move || card.login(&control))
        };
        let effect = control.stop(Stop::Cancelled);
        let seen = card.sent.load(Ordering::SeqCst);
        let outcome = worker.join().unwrap();
        let sent = card.sent.load(Ordering::SeqCst);
        match effect {
            Effect::NotBegun | Effect::BeforePin => {
                assert_eq!(sent, 0);
                assert_eq!(outcome, Err(Stop::Cancelled));
            }
            Effect::PinInFlight => {
                assert_eq!(sent, 1);
                assert_eq!(outcome, Err(Stop::Cancelled));
            }
            Effect::AfterPin => {
                assert_eq!((seen, sent), (1, 1));
                assert_eq!(outcome, Err(Stop::Cancelled));
            }
            Effect::Over => assert_eq!(outcome, Ok(())),
        }
        assert!(!card.verified.load(Ordering::SeqCst));
    });
}

#[test]
fn of_two_stops_the_first_reason_stays_and_both_are_told_the_truth() {
    loom::model(|| {
        let (card, control) = (Arc::new(Card::default()), Control::new());
        let clock = {
            let control = control.clone();
            thread::spawn(move || control.stop(Stop::Deadline))
        };
        let person = {
            let control = control.clone();
            thread::spawn(move || control.stop(Stop::Cancelled))
        };
        let outcome = card.login(&control);
        let effects = [clock.join().unwrap(), person.join().unwrap()];
        let before = |effect: &Effect| matches!(effect, Effect::NotBegun | Effect::BeforePin);
        if effects.iter().any(before) {
            assert_eq!(card.sent.load(Ordering::SeqCst), 0);
            assert!(outcome.is_err());
        }
    });
}

#[test]
fn a_caller_that_goes_leaves_the_card_to_the_next() {
    loom::model(|| {
        let (sender, source) = queue::<(Control<u8>, varco_handover::Giver<bool>)>(2);
        let card = Arc::new(Card::default());
        let worker = {
            let card = Arc::clone(&card);
            thread::spawn(move || {
                while let Some((control, giver)) = source.next() {
                    let done = card.login(&control).is_ok();
                    let _ = giver.give(done);
                }
            })
        };
        let (first, (giver, taker)) = (Control::new(), promise());
        sender.offer((first.clone(), giver)).map_err(|_| ()).unwrap();
        let (second, (giver, next)) = (Control::new(), promise());
        sender.offer((second, giver)).map_err(|_| ()).unwrap();
        // A future that is dropped does this.
        let effect = first.stop(Stop::Abandoned);
        drop(taker);
        drop(sender);
        assert_eq!(next.wait(), Ok(true));
        worker.join().unwrap();
        let sent = card.sent.load(Ordering::SeqCst);
        match effect {
            Effect::NotBegun | Effect::BeforePin => assert_eq!(sent, 1),
            _ => assert_eq!(sent, 2),
        }
        assert!(!card.verified.load(Ordering::SeqCst));
    });
}

#[test]
fn a_job_is_run_refused_or_lost_and_its_caller_is_always_told() {
    loom::model(|| {
        let (sender, source) = queue(1);
        let worker = thread::spawn(move || {
            // Takes one, and goes with whatever waits.
            if let Some(giver) = source.next() {
                let giver: varco_handover::Giver<u8> = giver;
                let _ = giver.give(1);
            }
        });
        let mut told = 0;
        for _ in 0..2 {
            let (giver, taker) = promise();
            match sender.offer(giver) {
                Ok(()) => {
                    let _ = taker.wait();
                    told += 1;
                }
                Err(Refused::Full(_)) => unreachable!("one at a time"),
                Err(Refused::Closed(giver)) => {
                    drop(giver);
                    assert!(taker.wait().is_err());
                    told += 1;
                }
            }
        }
        worker.join().unwrap();
        assert_eq!(told, 2);
    });
}

#[test]
fn a_value_that_crosses_with_its_takers_leaving_is_dropped_once() {
    struct Counted(Arc<AtomicUsize>);
    impl Drop for Counted {
        fn drop(&mut self) {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }
    loom::model(|| {
        let dropped = Arc::new(AtomicUsize::new(0));
        let (giver, taker) = promise();
        let worker = {
            let value = Counted(Arc::clone(&dropped));
            thread::spawn(move || drop(giver.give(value)))
        };
        drop(taker);
        worker.join().unwrap();
        assert_eq!(dropped.load(Ordering::SeqCst), 1);
    });
}

#[test]
fn a_future_is_woken_by_the_value_and_by_its_loss() {
    loom::model(|| {
        let (giver, taker) = promise();
        let worker = thread::spawn(move || giver.give(7).unwrap());
        assert_eq!(loom::future::block_on(taker), Ok(7));
        worker.join().unwrap();
        let (giver, taker) = promise::<u8>();
        let worker = thread::spawn(move || drop(giver));
        assert!(loom::future::block_on(taker).is_err());
        worker.join().unwrap();
    });
}

#[test]
fn an_answer_arrives_or_comes_back_and_whoever_waits_is_woken() {
    loom::model(|| {
        let control = Control::new();
        control.begin().unwrap();
        let answer = control.ask();
        let back = Arc::new(Mutex::new(None));
        let person = {
            let back = Arc::clone(&back);
            thread::spawn(move || {
                *back.lock().unwrap() = answer.give(7).err();
            })
        };
        let stopper = {
            let control = control.clone();
            thread::spawn(move || control.stop(Stop::Cancelled))
        };
        let got = control.answer();
        stopper.join().unwrap();
        person.join().unwrap();
        match got {
            Ok(answer) => assert_eq!((answer, *back.lock().unwrap()), (7, None)),
            Err(why) => assert_eq!(why, Unanswered::Stopped(Stop::Cancelled)),
        }
    });
}

#[test]
fn a_question_that_is_let_go_wakes_whoever_waits() {
    loom::model(|| {
        let control = Control::<u8>::new();
        control.begin().unwrap();
        let answer = control.ask();
        let person = thread::spawn(move || drop(answer));
        assert_eq!(control.answer(), Err(Unanswered::Dropped));
        person.join().unwrap();
    });
}

#[test]
fn a_signal_wakes_a_thread_and_a_future_and_one_value_wins() {
    loom::model(|| {
        let signal = Signal::new();
        let one = {
            let signal = signal.clone();
            thread::spawn(move || signal.set(1))
        };
        let waiter = {
            let signal = signal.clone();
            thread::spawn(move || loom::future::block_on(signal.signalled()))
        };
        let mine = signal.set(2);
        let seen = loom::future::block_on(signal.signalled());
        assert_eq!(waiter.join().unwrap(), seen);
        assert_ne!(one.join().unwrap(), mine);
        assert_eq!(seen, if mine { 2 } else { 1 });
    });
}

#[test]
fn a_thread_that_gives_up_loses_no_job_that_was_accepted() {
    loom::model(|| {
        let (sender, source) = queue(2);
        let worker = thread::spawn(move || {
            let mut ran = 0;
            // A wait of no time: it gives up as soon as nothing is there.
            while let Some(giver) = source.next_or_close(core::time::Duration::ZERO) {
                let giver: varco_handover::Giver<u8> = giver;
                let _ = giver.give(1);
                ran += 1;
            }
            ran
        });
        let (giver, taker) = promise();
        let accepted = sender.offer(giver);
        let was_accepted = accepted.is_ok();
        drop(accepted);
        drop(sender);
        assert_eq!(taker.wait().is_ok(), was_accepted);
        assert_eq!(worker.join().unwrap(), u8::from(was_accepted));
    });
}
