//! What varco says to people, in Italian and English, by code.
//!
//! # What it does not do
//! It decides nothing and prints nothing. Which code applies is said by the crate where it happened; technical
//! detail (status words, command names) is the error's own `Display` text and is not translated. No environment
//! variable is read: [`Locale::from_environment`] is handed the look-up.
//!
//! # Where to start
//! [`Messages::explain`] for the end of a login, [`Messages::decided`] for the reasons and advice of a decision,
//! [`Messages::text`] for everything else, [`displayable`] for words from outside that no text holds. [`codes`]
//! lists all codes and their arguments; the texts are the Fluent files in `text/`, one per language and topic.
//!
//! # Layer and invariants
//! Layer 7 (edges), reads the error types of the layers below.
//! - Every code has a text in both languages, with the same arguments; every problem also has an advice, which
//!   says the next step.
//! - No text can fail: an unknown code gives a fixed sentence that names it.
//! - What comes from outside (reader names, paths) cannot control the display: see [`Arg::Text`].
//! - An unknown number of tries never reads as zero.
//!
//! # Example
//! ```
//! use varco_messages::{Arg, Locale, Messages};
//!
//! let messages = Messages::new(Locale::Italian);
//! let told = messages.text("pin-wrong", &[("tries", Arg::Tries(Some(1)))]);
//! assert_eq!(told, "Il PIN non è giusto. Resta 1 tentativo.");
//! let told = messages.text("pin-wrong", &[("tries", Arg::Tries(None))]);
//! assert_eq!(told, "Il PIN non è giusto. Questa carta non dice quanti tentativi restano.");
//! ```

mod argument;
pub mod codes;
mod explain;
mod locale;
mod messages;

pub use argument::{Arg, controls_display, displayable};
pub use explain::{Explanation, OfCard};
pub use locale::Locale;
pub use messages::Messages;
