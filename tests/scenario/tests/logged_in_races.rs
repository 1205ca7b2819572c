//! Cards and readers that come and go where nobody looks: between a login and whoever hears of its card, while another login has
//! the reader, while a card that came back is asked. Nobody stays logged in whose card is gone, and nobody else's card keeps him so.
//!
//! Not here: how long a login lasts where all is heard (`logged_in`).
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "test code: what fails here fails the test"
)]

use core::task::{Context, Waker};
use core::time::Duration;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex};
use std::task::Wake;
use std::thread::sleep;

use varco::played::PlayedReader;
use varco::steps::{CardLink, Disposition, LinkError, ReaderDriver, ReaderEvent, ReaderName, ReaderState};
use varco::{
    AccessPolicy, CancelEffect, CancelHandle, Ended, Event, KeepCard, LoggedIn, LoginOptions, PinAnswer,
    PinWanted, Recognise, ServiceId, Step, Varco, Watch,
};
use varco_apdu::Atr;
use varco_card::{Epoch, Limits, ReaderWatch};
use varco_pki::SignatureScheme;
use varco_scenario::told::Told;
use varco_scenario::{PIN, identity, options, prompted};
use zeroize::Zeroizing;

/// Long enough for anything here.
const LONG: Duration = Duration::from_secs(30);

fn varco(readers: &Told) -> Varco {
    Varco::with_readers(vec![Box::new(readers.clone())])
}

/// A watch that has seen the card.
fn seen(varco: &Varco) -> Watch {
    let mut watch = varco.watch_with(Recognise::No).unwrap();
    until(&mut watch, |event| matches!(event, Event::CardInserted { .. }));
    watch
}

fn until(watch: &mut Watch, wanted: impl Fn(&Event) -> bool) {
    while let Some(event) = watch.next_within(LONG).unwrap() {
        if wanted(&event) {
            return;
        }
    }
    panic!("it was not told");
}

fn log_in(varco: &Varco, options: LoginOptions, pin: &str) -> LoggedIn {
    varco.begin_login(options).start(prompted(pin)).wait().unwrap()
}

fn ended(logged_in: &LoggedIn) -> Option<Ended> {
    logged_in.wait_ended(LONG).unwrap()
}

#[test]
fn a_reader_that_goes_while_it_is_decided_ends_the_login() {
    let (readers, hand) = Told::with("cns-st");
    let varco = varco(&readers);
    let mut watch = seen(&varco);
    let mut options = options();
    options.service(
        AccessPolicy::builtin(),
        ServiceId::parse("inps.estratto-conto").unwrap(),
    );
    let (arrive, arrived) = channel();
    let (go_on, gate) = channel::<()>();
    let login = varco.begin_login(options).on_step(move |step| {
        if let Step::Decided(_) = step {
            arrive.send(()).unwrap();
            gate.recv().unwrap();
        }
    });
    let login = login.start(prompted(PIN));
    arrived.recv().unwrap();
    readers.tell(ReaderEvent::ReaderGone(hand.name().clone()));
    until(&mut watch, |event| matches!(event, Event::ReaderGone(_)));
    go_on.send(()).unwrap();
    assert_eq!(ended(&login.wait().unwrap()), Some(Ended::ReaderGone));
}

#[test]
fn a_card_that_nobody_saw_before_it_was_gone_ends_its_login() {
    for profile in ["cns-st", "cie-nxp"] {
        let (readers, hand) = Told::with(profile);
        readers.set_blind(true);
        let is_document = profile == "cie-nxp";
        let (options, pin) = if is_document {
            (identity::options(), identity::PIN)
        } else {
            (options(), PIN)
        };
        let logged_in = log_in(&varco(&readers), options, pin);
        drop(hand.remove());
        readers.set_blind(false);
        if is_document {
            // And another one does not keep it.
            sleep(Duration::from_millis(100));
            hand.insert(identity::card("cie-gemalto"));
        }
        assert_eq!(ended(&logged_in), Some(Ended::CardRemoved), "{profile}");
    }
}

#[test]
fn a_card_that_came_back_is_not_waited_for_behind_another_login() {
    let (readers, hand) = Told::with("cie-nxp");
    let varco = varco(&readers);
    let mut watch = seen(&varco);
    let logged_in = log_in(&varco, identity::options(), identity::PIN);
    // Another login has the reader, and nobody answers its question.
    let (ask, asked) = channel();
    let other = varco
        .begin_login(identity::options())
        .start(move |_: PinWanted, answer: PinAnswer| ask.send(answer).unwrap());
    let _question = asked.recv().unwrap();
    drop(hand.remove());
    until(&mut watch, |event| matches!(event, Event::CardRemoved(_)));
    hand.insert(identity::card("cie-gemalto"));
    assert_eq!(ended(&logged_in), Some(Ended::CardRemoved));
    drop(other);
}

#[test]
fn who_logs_in_with_another_card_ends_the_login_before() {
    let (readers, hand) = Told::with("cie-nxp");
    let varco = varco(&readers);
    let mut watch = seen(&varco);
    let mut patient = identity::options();
    patient.contactless_grace(Duration::from_secs(3600));
    let logged_in = log_in(&varco, patient, identity::PIN);
    drop(hand.remove());
    until(&mut watch, |event| matches!(event, Event::CardRemoved(_)));
    readers.set_blind(true);
    hand.insert(identity::card("cie-gemalto"));
    let mut keeping = identity::options();
    keeping.keep_card(KeepCard::Exclusively);
    let other = log_in(&varco, keeping, identity::PIN);
    assert_eq!(ended(&logged_in), Some(Ended::CardRemoved));
    readers.set_blind(false);
    assert_eq!(other.ended(), None);
}

/// A reader whose card leaves when its link is closed, as soon as that is asked for.
struct Leaving {
    told: Told,
    hand: PlayedReader,
    is_armed: Arc<AtomicBool>,
}

impl ReaderDriver for Leaving {
    fn readers(&self) -> Result<Vec<ReaderState>, LinkError> {
        self.told.readers()
    }
    fn connect(&self, reader: &ReaderName, wait: Duration) -> Result<Box<dyn CardLink>, LinkError> {
        let link = self.told.connect(reader, wait)?;
        Ok(match self.is_armed.load(Ordering::SeqCst) {
            true => Box::new(LeavingLink(link, self.hand.clone())),
            false => link,
        })
    }
    fn watch(&self) -> Result<Box<dyn ReaderWatch>, LinkError> {
        self.told.watch()
    }
}

struct LeavingLink(Box<dyn CardLink>, PlayedReader);

impl CardLink for LeavingLink {
    fn reader(&self) -> &ReaderName {
        self.0.reader()
    }
    fn atr(&self) -> &Atr {
        self.0.atr()
    }
    fn limits(&self) -> Limits {
        self.0.limits()
    }
    fn epoch(&self) -> Epoch {
        self.0.epoch()
    }
    fn begin(&mut self, wait: Duration) -> Result<(), LinkError> {
        self.0.begin(wait)
    }
    fn end(&mut self, disposition: Disposition) -> Result<(), LinkError> {
        self.0.end(disposition)
    }
    fn transmit(&mut self, command: &[u8]) -> Result<Zeroizing<Vec<u8>>, LinkError> {
        self.0.transmit(command)
    }
    fn reset(&mut self) -> Result<(), LinkError> {
        self.0.reset()
    }
    fn close(self: Box<Self>, disposition: Disposition) -> Result<(), LinkError> {
        let closed = self.0.close(disposition);
        drop(self.1.remove());
        // Until whoever watches has heard of it.
        sleep(Duration::from_millis(150));
        closed
    }
}

#[test]
fn a_card_that_leaves_right_after_it_proved_itself_is_gone() {
    let (told, hand) = Told::with("cie-nxp");
    let is_armed = Arc::new(AtomicBool::new(false));
    let varco = Varco::with_readers(vec![Box::new(Leaving {
        told,
        hand: hand.clone(),
        is_armed: Arc::clone(&is_armed),
    })]);
    let mut watch = seen(&varco);
    let logged_in = log_in(&varco, identity::options(), identity::PIN);
    is_armed.store(true, Ordering::SeqCst);
    let card = hand.remove().unwrap();
    until(&mut watch, |event| matches!(event, Event::CardRemoved(_)));
    hand.insert(card);
    assert_eq!(ended(&logged_in), Some(Ended::CardRemoved));
}

#[test]
fn a_card_that_left_while_its_pin_was_typed_and_came_back_logs_in_for_good() {
    let (readers, hand) = Told::with("cie-nxp");
    let varco = varco(&readers);
    drop(seen(&varco));
    let prompt = move |_: PinWanted, answer: PinAnswer| {
        let card = hand.remove().unwrap();
        sleep(Duration::from_millis(200));
        hand.insert(card);
        sleep(Duration::from_millis(200));
        answer.digits(&mut identity::PIN.as_bytes().to_vec()).unwrap();
    };
    let logged_in = varco
        .begin_login(identity::options())
        .start(prompt)
        .wait()
        .unwrap();
    assert_eq!(logged_in.wait_ended(Duration::from_secs(2)), Ok(None));
}

#[test]
fn a_card_is_kept_for_longer_than_one_conversation_may_be() {
    let (readers, hand) = Told::with("cns-st");
    let varco = varco(&readers);
    let mut keeping = options();
    keeping.keep_card(KeepCard::Exclusively);
    let logged_in = log_in(&varco, keeping, PIN);
    // Of more exchanges than a conversation has, each of these needs a few.
    while hand.exchanges() < 2100 {
        let signer = logged_in.signer().unwrap();
        let signed = signer
            .sign(SignatureScheme::RsaPkcs1Sha256, b"a transcript")
            .wait();
        assert!(
            signed.is_ok(),
            "{} exchanges: {}",
            hand.exchanges(),
            signed.unwrap_err()
        );
    }
}

struct Panics;

impl Wake for Panics {
    fn wake(self: Arc<Self>) {
        panic!("a defect of somebody's runtime");
    }
}

#[test]
fn a_waker_that_panics_takes_nothing_with_it() {
    let (readers, hand) = Told::with("cns-st");
    let varco = varco(&readers);
    drop(seen(&varco));
    let [first, second] = [(); 2].map(|()| log_in(&varco, options(), PIN));
    let waker = Waker::from(Arc::new(Panics));
    let mut future = Box::pin(first.until_ended());
    assert!(
        future
            .as_mut()
            .poll(&mut Context::from_waker(&waker))
            .is_pending()
    );
    drop(hand.remove());
    assert_eq!(ended(&second), Some(Ended::CardRemoved));
    assert_eq!(ended(&first), Some(Ended::CardRemoved));
}

#[test]
fn a_grace_or_a_wait_without_end_is_none_too_many() {
    let (readers, hand) = Told::with("cie-nxp");
    let varco = varco(&readers);
    let mut watch = seen(&varco);
    let mut endless = identity::options();
    endless
        .contactless_grace(Duration::MAX)
        .logged_in_for(Duration::MAX)
        .login_within(Duration::MAX);
    let first = log_in(&varco, endless, identity::PIN);
    let second = log_in(&varco, identity::options(), identity::PIN);
    drop(hand.remove());
    assert_eq!(ended(&second), Some(Ended::CardRemoved));
    assert_eq!(first.ended(), None);
    assert!(watch.next_within(Duration::MAX).unwrap().is_some());
}

#[test]
fn cards_that_come_and_go_and_logins_that_were_cancelled_leave_room_for_others() {
    let (readers, hand) = Told::with("cns-st");
    let varco = varco(&readers);
    let _watch = varco.watch().unwrap();
    let shared = Arc::new(options());
    let (ask, asked) = channel();
    let first = varco
        .begin_login(Arc::clone(&shared))
        .start(move |_: PinWanted, answer: PinAnswer| ask.send(answer).unwrap());
    let _question = asked.recv().unwrap();
    for _ in 0..40 {
        drop(varco.begin_login(Arc::clone(&shared)).start(prompted(PIN)));
        drop(hand.remove());
        sleep(Duration::from_millis(5));
        hand.insert(identity::card("cns-st"));
        sleep(Duration::from_millis(5));
    }
    let other = varco.begin_login(shared).start(prompted(PIN));
    drop(first);
    assert!(other.wait().is_ok());
}

#[test]
fn nobody_is_asked_for_a_pin_by_a_login_that_was_cancelled() {
    let (readers, _hand) = Told::with("cns-st");
    let varco = varco(&readers);
    let handle: Arc<Mutex<Option<CancelHandle>>> = Arc::default();
    let own = Arc::clone(&handle);
    let is_asked = Arc::new(AtomicBool::new(false));
    let asked = Arc::clone(&is_asked);
    let login = varco.begin_login(options()).on_step(move |step| {
        if let Step::PinWanted(_) = step {
            let own = own.lock().unwrap();
            assert_eq!(own.as_ref().unwrap().cancel(), CancelEffect::BeforePin);
        }
    });
    let mut held = handle.lock().unwrap();
    let login = login.start(move |_: PinWanted, _: PinAnswer| asked.store(true, Ordering::SeqCst));
    *held = Some(login.cancel_handle());
    drop(held);
    assert_eq!(login.wait().unwrap_err().code(), "cancelled");
    // The reader's thread has come past the question by then.
    drop(log_in(&varco, options(), PIN));
    assert!(!is_asked.load(Ordering::SeqCst));
}

#[test]
fn a_card_that_bounces_in_the_field_stays_logged_in_within_its_grace() {
    let (readers, hand) = Told::with("cie-nxp");
    let varco = varco(&readers);
    drop(seen(&varco));
    let mut patient = identity::options();
    patient.contactless_grace(LONG);
    let logged_in = log_in(&varco, patient, identity::PIN);
    for pause_ms in [5, 40, 5, 90, 5] {
        let card = hand.remove().unwrap();
        sleep(Duration::from_millis(pause_ms));
        hand.insert(card);
        sleep(Duration::from_millis(pause_ms));
    }
    assert_eq!(logged_in.wait_ended(Duration::from_secs(3)), Ok(None));
}

#[test]
fn which_card_it_is_is_told_once_to_each_who_watches() {
    let (readers, _hand) = Told::with("cns-st");
    let varco = varco(&readers);
    let is_recognised = |event: &Event| matches!(event, Event::Recognised { .. });
    let mut first = varco.watch().unwrap();
    until(&mut first, is_recognised);
    let mut second = varco.watch().unwrap();
    until(&mut second, is_recognised);
    assert_eq!(first.next_within(Duration::from_millis(300)), Ok(None));
    assert_eq!(second.next_within(Duration::ZERO), Ok(None));
}

/// A service that is not there.
struct Absent;

impl ReaderDriver for Absent {
    fn readers(&self) -> Result<Vec<ReaderState>, LinkError> {
        Err(LinkError::NoService)
    }
    fn connect(&self, _: &ReaderName, _: Duration) -> Result<Box<dyn CardLink>, LinkError> {
        Err(LinkError::NoService)
    }
    fn watch(&self) -> Result<Box<dyn ReaderWatch>, LinkError> {
        Err(LinkError::NoService)
    }
}

#[test]
fn a_service_that_is_not_there_is_told_to_whoever_begins_to_watch_and_hides_no_other() {
    let (readers, _hand) = Told::with("cns-st");
    let varco = Varco::with_readers(vec![Box::new(Absent), Box::new(readers)]);
    let is_lost = |event: &Event| *event == Event::ServiceLost(LinkError::NoService);
    for _ in 0..2 {
        until(&mut varco.watch().unwrap(), is_lost);
    }
    drop(log_in(&varco, options(), PIN));
}

#[test]
fn two_logins_with_one_card_that_nobody_saw_both_end_when_it_is_gone() {
    let (readers, hand) = Told::with("cns-st");
    readers.set_blind(true);
    let varco = varco(&readers);
    let [first, second] = [(); 2].map(|()| log_in(&varco, options(), PIN));
    drop(hand.remove());
    readers.set_blind(false);
    assert_eq!(ended(&second), Some(Ended::CardRemoved));
    assert_eq!(ended(&first), Some(Ended::CardRemoved));
}
