//! Shows what happens at the readers, and which cards are put in.
//!
//! ```text
//! cargo run --example watch-readers
//! cargo run --example watch-readers -- --reader any
//! ```
//!
//! Played, a hand changes the card twice and the example ends; at real readers it goes on until it is interrupted.

mod common;

use std::thread;

use varco::Event;
use varco::played::Profile;

fn main() -> Result<(), common::Failed> {
    let setup = common::setup("https://desk.example.it")?;
    let watch = setup.varco.watch()?;
    let mut changes = ["cie-nxp", "cns-athena"].into_iter();
    let closer = watch.closer();
    for event in watch {
        match &event {
            Event::ReaderAdded(reader) => println!("{reader}: here"),
            Event::ReaderGone(reader) => println!("{reader}: gone"),
            Event::CardInserted { reader, .. } => println!("{reader}: a card was put in"),
            Event::CardMute(reader) => println!("{reader}: something that does not answer"),
            Event::CardRemoved(reader) => println!("{reader}: the card was taken out"),
            Event::Recognised { reader, card } => println!("{reader}: {}", card.title_en),
            Event::NotRecognised { reader, code } => println!("{reader}: no card to log in with [{code}]"),
            Event::ServiceLost(error) => println!("no service: {error}"),
            other => println!("{other:?}"),
        }
        // The played hand, once it was said which card it is.
        if let (Some(hand), Event::Recognised { .. }) = (&setup.hand, &event) {
            let (hand, closer, next) = (hand.clone(), closer.clone(), changes.next());
            thread::spawn(move || {
                let _ = hand.remove();
                match next.map(Profile::builtin) {
                    Some(Ok(profile)) => hand.insert(profile.into_card()),
                    _ => closer.close(),
                }
            });
        }
    }
    Ok(())
}
