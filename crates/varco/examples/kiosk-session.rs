//! A kiosk: whoever puts a card in is logged in and stays so until the card leaves, or two minutes have passed; then the next.
//!
//! ```text
//! cargo run --example kiosk-session
//! cargo run --example kiosk-session -- --keep
//! cargo run --example kiosk-session -- --reader any --trust ca.pem --crl ca.crl
//! ```
//!
//! With `--keep` the card stays with the kiosk and signs for a second service without a new PIN. `--once` ends after one person,
//! `--session-s N` limits a session to N seconds. Played, one person comes with a CNS and one with an identity card.

mod common;

use std::sync::Arc;
use std::thread;
use std::time::Duration;

use varco::played::{PlayedReader, Profile};
use varco::{AccessPolicy, Audience, Event, KeepCard, Messages, Nonce, RunningLogin, ServiceId};

fn main() -> Result<(), common::Failed> {
    let mut setup = common::setup("https://kiosk-7.example.it")?;
    let has = |name: &str| setup.rest.iter().any(|option| option == name);
    let service = ServiceId::parse("inps.estratto-conto")?;
    setup.options.service(AccessPolicy::builtin(), service);
    let mut following = setup
        .rest
        .iter()
        .skip_while(|option| *option != "--session-s")
        .skip(1);
    let session_s = following.next().map_or(Ok(120), |seconds| seconds.parse())?;
    setup.options.logged_in_for(Duration::from_secs(session_s));
    if has("--keep") {
        setup.options.keep_card(KeepCard::Exclusively);
    }
    let is_once = has("--once");
    let options = Arc::new(setup.options);
    let messages = Messages::new(setup.locale);
    let mut next_person = Some("cie-nxp");

    for event in setup.varco.watch()? {
        match event {
            Event::Recognised { reader, card } => {
                println!("[{reader}] {}", messages.pick(&card.title_it, &card.title_en));
                let prompt = common::prompt(setup.entry, setup.locale)?;
                let login = setup
                    .varco
                    .begin_login(Arc::clone(&options))
                    .at(&reader)
                    .start_boxed(prompt);
                serve(login, &messages, setup.hand.as_ref())?;
                if is_once && setup.hand.is_none() {
                    return Ok(());
                }
            }
            Event::NotRecognised { reader, code } => {
                println!("[{reader}] {}", messages.text(code, &[]));
            }
            Event::CardRemoved(reader) => {
                println!("[{reader}] next, please");
                match (&setup.hand, next_person.take()) {
                    (Some(hand), Some(person)) if !is_once => {
                        hand.insert(Profile::builtin(person)?.into_card());
                    }
                    (Some(_), _) => return Ok(()),
                    (None, _) => {}
                }
            }
            Event::ServiceLost(error) => println!("out of order: {error}"),
            _ => {}
        }
    }
    Ok(())
}

/// One person, from card to card.
fn serve(
    login: RunningLogin,
    messages: &Messages,
    hand: Option<&PlayedReader>,
) -> Result<(), common::Failed> {
    let logged_in = match login.wait() {
        Ok(logged_in) => logged_in,
        Err(error) => {
            let told = error.explain();
            println!("{} {}", told.message, told.advice);
            // A played person takes the card and goes.
            hand.map(PlayedReader::remove);
            return Ok(());
        }
    };
    let name = logged_in.identity().name();
    let hello = messages.pick("Benvenuto", "Welcome");
    println!("{hello}, {}.", name.given_name().unwrap_or_default());
    if let Some(decision) = logged_in.decision() {
        common::decision_lines(decision, messages)
            .iter()
            .for_each(|line| println!("- {line}"));
    }
    if logged_in.signer().is_some() {
        // Another service asks, with a nonce of its own: no PIN is needed.
        let audience = Audience::parse("https://altro.example.it")?;
        let proven = logged_in.prove_to(audience, Nonce::new(&[7; 16])?).wait()?;
        println!("another service was answered: {}", proven.proof.is_some());
    }
    if let Some(hand) = hand.cloned() {
        thread::spawn(move || hand.remove());
    }
    if let Some(why) = logged_in.wait_ended(Duration::MAX)? {
        println!("{}", why.explain(messages.locale()));
    }
    Ok(())
}
