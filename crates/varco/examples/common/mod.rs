//! What the examples share: which readers, whom to believe, and who types the PIN.
//!
//! Without options everything is played: a card in this process, its test authorities, and a person who knows the PIN. With
//! `--reader` it is a real reader, and then whom to believe must be said:
//!
//! ```text
//! --reader NAME    a reader of the system's PC/SC service, by a part of its name; `any` for the only one with a card
//! --trust FILE     an authority that issues certificates of CNS or identity cards
//! --trust-test FILE  the same, of test material
//! --crl FILE       a revocation list
//! --csca FILE      a country signer of identity cards; `--csca-test` of test material
//! --entry stdin    the PIN is a line of standard input; otherwise a person types it at this terminal
//! --played NAME    another played card, such as cns-st or cie-nxp
//! ```
//!
//! Not here: anything that an application would do otherwise.
#![allow(dead_code, reason = "each example uses a part of it")]

use std::error::Error;
use std::path::Path;
use std::sync::Arc;

use varco::entry::{StreamEntry, TerminalEntry};
use varco::played::{PlayedReader, PlayedReaders, Profile};
use varco::steps::ExtendedLength;
use varco::trust::{AnchorKind, EvidenceAtHand, load_anchors, load_crl};
use varco::{Audience, EntryPrompt, Locale, LoginOptions, Messages, PinAnswer, PinPrompt, PinWanted, Varco};

/// What an example starts with.
pub(crate) struct Setup {
    pub(crate) varco: Varco,
    pub(crate) options: LoginOptions,
    pub(crate) locale: Locale,
    /// The hand at the played reader, where it is played.
    pub(crate) hand: Option<PlayedReader>,
    /// Options that only one example knows.
    pub(crate) rest: Vec<String>,
    /// Who types.
    pub(crate) entry: Entry,
}

/// Who types the PIN.
#[derive(Clone, Copy)]
pub(crate) enum Entry {
    /// Somebody who is played and knows every played PIN.
    Played,
    /// A person at this terminal.
    Terminal,
    /// Whatever writes to standard input.
    Stdin,
}

pub(crate) type Failed = Box<dyn Error + Send + Sync>;

/// Reads the command line.
pub(crate) fn setup(audience: &str) -> Result<Setup, Failed> {
    let mut options = LoginOptions::new(Audience::parse(audience)?);
    let locale = Locale::from_environment(&|name| std::env::var(name).ok());
    options.locale(locale);
    let mut evidence = EvidenceAtHand::default();
    let mut entry = Entry::Terminal;
    let (mut reader, mut played, mut rest) = (None, "cns-st".to_owned(), Vec::new());
    let mut arguments = std::env::args().skip(1);
    while let Some(option) = arguments.next() {
        let mut value = || arguments.next().ok_or(format!("{option} wants a value"));
        match option.as_str() {
            "--reader" => reader = Some(value()?),
            "--played" => played = value()?,
            "--trust" => {
                options.trust(load_anchors(Path::new(&value()?), AnchorKind::Production)?);
            }
            "--trust-test" => {
                options.trust(load_anchors(Path::new(&value()?), AnchorKind::Test)?);
            }
            "--csca" => {
                options.country_signers(load_anchors(Path::new(&value()?), AnchorKind::Production)?);
            }
            "--csca-test" => {
                options.country_signers(load_anchors(Path::new(&value()?), AnchorKind::Test)?);
            }
            "--crl" => {
                for list in load_crl(Path::new(&value()?), None)? {
                    evidence.add_list(Arc::new(list));
                }
            }
            "--entry" if value()? == "stdin" => entry = Entry::Stdin,
            _ => rest.push(option),
        }
    }
    options.evidence(evidence);
    let (varco, hand) = match reader {
        Some(name) => {
            if name != "any" {
                options.reader(&name);
            }
            (Varco::system(), None)
        }
        None => {
            entry = Entry::Played;
            varco::played::believe(&mut options)?;
            let mut readers = PlayedReaders::new();
            let hand = readers.add("Played reader", ExtendedLength::Supported);
            hand.insert(Profile::builtin(&played)?.into_card());
            (Varco::with_readers(vec![Box::new(readers)]), Some(hand))
        }
    };
    Ok(Setup {
        varco,
        options,
        locale,
        hand,
        rest,
        entry,
    })
}

/// What a decision says, in sentences.
pub(crate) fn decision_lines(decision: &varco::Decision, messages: &Messages) -> Vec<String> {
    let reasons = decision
        .reasons
        .iter()
        .map(|reason| messages.decided(reason.code, &reason.arguments));
    let advice = decision
        .advice
        .iter()
        .map(|advice| messages.decided(advice.code, &advice.arguments));
    let errors = decision
        .errors
        .iter()
        .map(|error| messages.decided(error.code, &error.arguments));
    reasons.chain(advice).chain(errors).collect()
}

/// A prompt of whoever types.
pub(crate) fn prompt(entry: Entry, locale: Locale) -> Result<Box<dyn PinPrompt>, Failed> {
    Ok(match entry {
        Entry::Terminal => Box::new(EntryPrompt::new(TerminalEntry::new(Messages::new(locale)))),
        Entry::Stdin => Box::new(EntryPrompt::new(StreamEntry::stdin()?)),
        Entry::Played => Box::new(|wanted: PinWanted, answer: PinAnswer| {
            wanted.lines.iter().for_each(|line| println!("    | {line}"));
            println!("    | PIN: (typed)");
            let mut digits = if wanted.form.length_min == 8 {
                b"12345678".to_vec()
            } else {
                b"12345".to_vec()
            };
            // Where nobody waits for it any more, it was wiped.
            let _ = answer.digits(&mut digits);
        }),
    })
}
