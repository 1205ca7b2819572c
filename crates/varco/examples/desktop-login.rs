//! A desktop application that logs somebody in, shows each step, and lets him cancel.
//!
//! ```text
//! cargo run --example desktop-login
//! cargo run --example desktop-login -- --played cie-nxp
//! cargo run --example desktop-login -- --reader any --trust ca.pem --crl ca.crl
//! ```
//!
//! `--give-up` cancels at the question for the PIN, as a button would. Not here: a window; what it would show is printed.

mod common;

use std::process::ExitCode;

use varco::{AccessPolicy, Messages, ServiceId, Step};

fn main() -> Result<ExitCode, common::Failed> {
    let mut setup = common::setup("https://desk.example.it")?;
    let service = ServiceId::parse("inps.estratto-conto")?;
    setup.options.service(AccessPolicy::builtin(), service);
    let messages = Messages::new(setup.locale);
    let gives_up = setup.rest.iter().any(|option| option == "--give-up");

    let shown = Messages::new(setup.locale);
    let login = setup
        .varco
        .begin_login(setup.options)
        .on_step(move |step| match step {
            Step::CardSeen(card) => println!("[1/6] {}", shown.pick(&card.title_it, &card.title_en)),
            Step::Judged => println!("[2/6] the card is believed"),
            Step::ChannelOpen(_) => println!("[3/6] the card proved that it is genuine"),
            Step::PinSent => println!("[4/6] the PIN is on its way: this cannot be cancelled"),
            Step::Signing => println!("[5/6] the card signs"),
            Step::Verified(_) => println!("[6/6] verified"),
            _ => {}
        });
    let login = if gives_up {
        // Shows the question and waits: the person presses the other button.
        let (ask, asked) = std::sync::mpsc::channel();
        let login = login.start(move |_: varco::PinWanted, answer: varco::PinAnswer| drop(ask.send(answer)));
        let _window = asked.recv()?;
        println!("    cancelled: {:?}", login.cancel_handle().cancel());
        login
    } else {
        login.start_boxed(common::prompt(setup.entry, setup.locale)?)
    };
    match login.wait() {
        Ok(logged_in) => {
            let name = logged_in.identity().name();
            println!(
                "{} {}",
                name.given_name().unwrap_or("?"),
                name.surname().unwrap_or("?")
            );
            if let Some(decision) = logged_in.decision() {
                println!("{:?}", decision.effect);
                let lines = common::decision_lines(decision, &messages);
                lines.iter().for_each(|line| println!("- {line}"));
            }
            Ok(ExitCode::SUCCESS)
        }
        Err(error) => {
            let told = error.explain();
            println!("{} {} [{}]", told.message, told.advice, told.code);
            Ok(ExitCode::FAILURE)
        }
    }
}
