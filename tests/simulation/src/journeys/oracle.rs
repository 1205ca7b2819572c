//! What must hold of every act, each a function by its name. What happened is read off the cards and off what was handed to the
//! code under test and taken from it, at the moment it was.
//!
//! Not here: what is drawn (`spec`, `act`), and the working out of a signature (`fresh`).

use core::time::Duration;

use varco_apdu::ins;
use varco_credential::{LastTry, TriesLeft};
use varco_emulator::fault::{Fault, Fired};
use varco_messages::codes::PROBLEMS;

use super::act::{Done, Process};
use super::bench::Bench;
use super::fault::{Event, What};
use super::fresh::{Challenged, has_signed, objection, signatures};
use super::keeper::KeptOf;
use super::spec::Kind;
use super::witness::{AboutPin, Heard};

/// The most exchanges of an act: what its transactions, and the calls of whoever keeps the card, may each have.
const EXCHANGES_MAX: usize = 2_000 * 12;
/// The longest that its exchanges may take, by the cards' own timing.
const TIME_MAX: Duration = Duration::from_secs(3_600);

/// An act that was made.
pub(crate) struct Acted<'a> {
    pub(crate) bench: &'a Bench,
    pub(crate) kind: Kind,
    /// What was heard before this number was heard before it.
    pub(crate) from: u64,
    /// All that any card heard in it.
    pub(crate) heard: &'a [Heard],
    /// The seconds that the clock said.
    pub(crate) said: &'a [i64],
    /// How long its exchanges took.
    pub(crate) took: Duration,
    pub(crate) struck: &'a [What],
    /// Faults of the catalogue.
    pub(crate) fired: &'a [Fired],
    pub(crate) done: &'a Done,
}

/// The first of the invariants that does not hold, in words.
pub(crate) type Verdict = Result<(), String>;

fn require(holds: bool, invariant: &str, what: &str) -> Verdict {
    if holds {
        Ok(())
    } else {
        Err(format!("{invariant}: {what}"))
    }
}

impl Acted<'_> {
    /// Our own commands that brought a value.
    fn values(&self) -> impl Iterator<Item = (&Heard, &AboutPin)> {
        let ours = self.heard.iter().filter(|heard| !heard.is_other);
        ours.filter_map(|heard| Some((heard, heard.pin.as_ref().filter(|pin| pin.is_value)?)))
    }

    /// Whether the host may have read another answer than a card gave.
    fn is_lied_to(&self) -> bool {
        self.struck.iter().any(|what| matches!(what, What::OldAnswer(_)))
            || self.fired.iter().any(|fired| {
                matches!(
                    fired.plan.fault(),
                    Fault::Late
                        | Fault::Cut(_)
                        | Fault::Lengthen(_)
                        | Fault::Flip(_)
                        | Fault::Mac
                        | Fault::Status(_)
                        | Fault::Loop61
                        | Fault::Loop6C
                        | Fault::NoCertificate
                        | Fault::CutCertificate(_)
                )
            })
    }

    /// Whether others may have spent tries meanwhile.
    fn is_meddled_with(&self) -> bool {
        self.heard.iter().any(|heard| heard.is_other)
            || self
                .struck
                .iter()
                .any(|what| matches!(what, What::At(_, Event::WrongPin)))
            || self.fired.iter().any(|fired| {
                matches!(
                    fired.plan.fault(),
                    Fault::PinTries(_) | Fault::PinBlocked | Fault::PukBlocked
                )
            })
    }
}

/// Holds an act to all of it.
pub(crate) fn judge(acted: &Acted<'_>, process: &mut Process) -> Verdict {
    no_value_is_sent_that_nobody_typed(acted)?;
    a_value_is_sent_once(acted)?;
    the_last_try_needs_consent(acted)?;
    a_refused_value_is_not_sent_again(acted, process)?;
    an_identity_needs_a_fresh_signature(acted)?;
    a_decision_needs_its_identity(acted)?;
    a_kept_card_ends_when_it_leaves(acted)?;
    nothing_stays_verified(acted)?;
    nothing_goes_on_for_ever(acted)?;
    every_end_is_documented(acted)
}

/// The PIN budget: as many values reach the card as were typed at most, and as many tries are lost; what was sent was typed.
fn no_value_is_sent_that_nobody_typed(acted: &Acted<'_>) -> Verdict {
    const NAME: &str = "no value is sent that nobody typed";
    let done = acted.done;
    let cost: u32 = acted.values().map(|(_, pin)| u32::from(pin.cost())).sum();
    let sent = acted.values().count();
    require(sent == 0 || !done.given.is_empty(), NAME, "nothing was typed")?;
    require(
        matches!(
            acted.kind,
            Kind::Login | Kind::Certificate | Kind::Change | Kind::Unblock
        ) || sent == 0,
        NAME,
        "it only asks for counters",
    )?;
    require(cost <= 1, NAME, "more than one try is lost")?;
    require(
        sent == 0 || done.says_sent,
        NAME,
        "it does not say that a value was sent",
    )?;
    for (_, pin) in acted.values() {
        let Some(data) = &pin.data else { continue };
        let is_typed = done.given.iter().any(|typed| data.get(..8) == Some(&typed[..]));
        require(is_typed, NAME, "another value was sent")?;
        let new = data.get(8..16).filter(|_| data.len() >= 16);
        let is_new_typed = new.is_none_or(|new| done.new.as_ref().is_some_and(|typed| new == typed));
        require(is_new_typed, NAME, "another new PIN was sent")?;
    }
    Ok(())
}

/// A typed value goes to the card once; a second time only where the first command verified it and the second brings the new PIN.
fn a_value_is_sent_once(acted: &Acted<'_>) -> Verdict {
    const NAME: &str = "a typed value is sent once";
    let values: Vec<(&Heard, &AboutPin)> = acted.values().collect();
    match values.as_slice() {
        [] | [_] => Ok(()),
        [(first, about), (second, _)] => {
            let is_second_command = acted.done.about.is_document
                && first.ins == ins::VERIFY
                && second.ins != ins::VERIFY
                && about.cost() == 0;
            require(is_second_command, NAME, "two commands bring it")
        }
        _ => require(false, NAME, "more than two commands bring it"),
    }
}

/// Where the card told that one try is left, it is not spent unless somebody said so.
fn the_last_try_needs_consent(acted: &Acted<'_>) -> Verdict {
    const NAME: &str = "the last try needs consent";
    let done = acted.done;
    let Some((first, pin)) = acted.values().next() else {
        return Ok(());
    };
    if done.terms.last_try == LastTry::Allow || acted.is_lied_to() {
        return Ok(());
    }
    // What it was told, and what the card told in this act: a card that says nothing keeps its number to itself.
    let answered = acted.heard.iter().rev().find_map(|heard| {
        let asked = heard.pin.as_ref()?;
        let is_told = heard.number < first.number && !asked.is_value && !heard.is_other;
        (is_told && asked.is_puk == pin.is_puk && heard.status & 0xFFF0 == 0x63C0)
            .then_some(heard.status & 0x0F)
    });
    require(answered != Some(1), NAME, "the card told one, and it was spent")?;
    let is_told_one = done.told_tries == Some(TriesLeft::Known(1));
    require(!is_told_one, NAME, "whoever typed was told one, and it was spent")?;
    require(
        !acted.done.about.is_document
            || pin.left() != 1
            || acted.is_meddled_with()
            || done.told_tries == Some(TriesLeft::Unknown),
        NAME,
        "an identity card that tells it had one, and it was spent",
    )
}

/// What a card refused is not sent to it again by the same process, until the PIN is another.
fn a_refused_value_is_not_sent_again(acted: &Acted<'_>, process: &mut Process) -> Verdict {
    const NAME: &str = "a refused value is not sent again";
    let done = acted.done;
    // A card that is misread is known by another name.
    process.was_lied_to |= acted.is_lied_to();
    let Some(typed) = done.given.last().filter(|_| !process.was_lied_to) else {
        return Ok(());
    };
    if let Some((first, pin)) = acted.values().next() {
        let known = (first.card, pin.is_puk, *typed);
        require(!process.known_wrong.contains(&known), NAME, "it was")?;
        let is_refused = pin.cost() == 1 && matches!(done.end, "pin-wrong" | "puk-wrong");
        if is_refused {
            process.known_wrong.push(known);
        }
    }
    if let ("good: PIN changed" | "good: PIN unblocked", Some((last, _))) = (done.end, acted.values().last())
    {
        process
            .known_wrong
            .retain(|(card, is_puk, _)| *card != last.card || *is_puk);
    }
    Ok(())
}

/// No identity without a signature over the challenge of this very act, made in it by the card whose certificate it is, after a
/// value that the card accepted in the same insertion.
fn an_identity_needs_a_fresh_signature(acted: &Acted<'_>) -> Verdict {
    const NAME: &str = "an identity needs a fresh signature";
    let done = acted.done;
    let proofs = done.kept.iter().filter_map(|call| match &call.of {
        KeptOf::Proof(random, Some(identity)) => Some((random, &**identity)),
        _ => None,
    });
    let identities = done
        .identity
        .iter()
        .map(|identity| (&done.random, identity))
        .chain(proofs);
    let all = signatures(acted.heard);
    for (random, identity) in identities {
        require(
            !done.about.is_impostor,
            NAME,
            "the card has another key than its certificate",
        )?;
        let Some((value, _)) = acted
            .values()
            .find(|(heard, _)| matches!(heard.status, 0x9000 | 0x9001))
        else {
            return require(false, NAME, "the card accepted no value");
        };
        let since = all.iter().filter(|(insertion, _)| *insertion == value.insertion);
        let since: Vec<Vec<u8>> = since.map(|(_, signature)| signature.clone()).collect();
        // Within its channel a card shows only that it signed.
        let has_signed_within = acted.heard.iter().any(|heard| {
            heard.ins == 0x88
                && !heard.is_other
                && heard.number > value.number
                && heard.insertion == value.insertion
        });
        let holder = done.about.holder.as_ref().filter(|_| has_signed_within);
        let challenged = Challenged {
            random,
            asked: &done.asked,
            said: acted.said,
        };
        let objections = done
            .about
            .keys
            .iter()
            .map(|key| objection(&challenged, identity, key, &since, holder));
        if let Some(why) = objections.reduce(|one, other| one.and(other)).flatten() {
            return require(false, NAME, why);
        }
    }
    for call in &done.kept {
        if let (KeptOf::Signature(message, signature), None) = (&call.of, call.failure) {
            let is_of_card = acted.is_lied_to()
                || done
                    .about
                    .keys
                    .iter()
                    .any(|key| has_signed(key, Default::default(), message, signature));
            require(is_of_card, NAME, "a kept card gave a signature that is none")?;
        }
    }
    Ok(())
}

/// No decision but about whoever was verified in the same act, after it.
fn a_decision_needs_its_identity(acted: &Acted<'_>) -> Verdict {
    const NAME: &str = "a decision needs its identity";
    let done = acted.done;
    for (about, verified) in &done.told.decided {
        require(*verified > 0, NAME, "it was decided before anybody was verified")?;
        let is_of_act = about
            .as_ref()
            .is_some_and(|about| done.told.verified.contains(about));
        require(is_of_act, NAME, "it was decided about somebody else")?;
    }
    match (&done.decision, &done.identity) {
        (None, _) => Ok(()),
        (Some(_), None) => require(false, NAME, "there is no identity"),
        (Some(decision), Some(identity)) => {
            let subject = decision.subject.as_ref();
            let is_same = subject.is_some_and(|subject| {
                subject.codice_fiscale == *identity.codice_fiscale()
                    && subject.evidence_id == Some(identity.evidence_id())
            });
            require(is_same, NAME, "it is about another login")
        }
    }
}

/// A kept login gives nothing once its card left, or was lost to it.
fn a_kept_card_ends_when_it_leaves(acted: &Acted<'_>) -> Verdict {
    const NAME: &str = "a kept card ends when it leaves";
    for call in &acted.done.kept {
        // Of a CNS only its reader tells whether it is there.
        let is_silent = matches!(call.of, KeptOf::Presence) && !acted.done.about.is_document;
        if call.failure.is_some() || is_silent {
            continue;
        }
        require(!call.had_left, NAME, "it answered after the card had left")?;
        require(!call.had_lost, NAME, "it answered after it had lost the card")?;
    }
    Ok(())
}

/// What a value granted ends with the act, or the report says that it may not.
fn nothing_stays_verified(acted: &Acted<'_>) -> Verdict {
    const NAME: &str = "nothing stays verified";
    for card in &acted.bench.cards {
        let is_ours = card.brought_by_us().is_some_and(|number| number >= acted.from);
        require(
            !is_ours || acted.done.reset_failed,
            NAME,
            if card.has_verified() {
                "the card says that a value is"
            } else {
                "a value was sent and the card was not reset"
            },
        )?;
    }
    require(
        !acted.done.reset_failed || !acted.struck.is_empty() || !acted.fired.is_empty(),
        NAME,
        "it says that a reset failed, and none did",
    )
}

/// Whatever happens, an act ends.
fn nothing_goes_on_for_ever(acted: &Acted<'_>) -> Verdict {
    const NAME: &str = "nothing goes on for ever";
    require(acted.bench.sent() <= EXCHANGES_MAX, NAME, "too many exchanges")?;
    require(acted.took <= TIME_MAX, NAME, "it took too long")
}

/// Every failure has a code for which there are texts and advice.
fn every_end_is_documented(acted: &Acted<'_>) -> Verdict {
    const NAME: &str = "every end is documented";
    let failures = acted.done.kept.iter().filter_map(|call| call.failure);
    let end = acted.done.is_failure.then_some(acted.done.end);
    for code in failures.chain(end) {
        let is_known = PROBLEMS.iter().any(|(known, _)| *known == code);
        require(is_known, NAME, &format!("no text has the code {code}"))?;
    }
    Ok(())
}
