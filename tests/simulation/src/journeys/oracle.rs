//! What must hold of every act, each a function by its name. What happened is read off the cards and off what was handed to the
//! code under test and taken from it, at the moment it was.
//!
//! Not here: what is drawn (`spec`, `act`), and the working out of a signature (`fresh`).

use core::time::Duration;
use std::sync::atomic::Ordering;

use varco_apdu::ins;
use varco_credential::{LastTry, TriesLeft};
use varco_emulator::fault::{Fault, Fired};
use varco_messages::codes::PROBLEMS;

use super::act::{Done, Process};
use super::bench::Bench;
use super::clock::Said;
use super::entitled::nobody_is_let_in_who_should_not_be;
use super::fault::{Event, What};
use super::fresh::{Challenged, Signed, has_signed, objection, signatures};
use super::invariant;
use super::keeper::KeptOf;
use super::spec::Kind;
use super::witness::{AboutPin, Heard};

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
    /// What the clock said.
    pub(crate) said: &'a [Said],
    /// How long its exchanges took.
    pub(crate) took: Duration,
    /// What struck, each with the number of the command that a card heard next.
    pub(crate) struck: &'a [(u64, What)],
    /// The same of the faults of the catalogue.
    pub(crate) fired: &'a [(u64, Fired)],
    pub(crate) done: &'a Done,
}

/// The first of the invariants that does not hold, in words.
pub(crate) type Verdict = Result<(), String>;

pub(crate) fn require(holds: bool, invariant: &str, what: &str) -> Verdict {
    if holds {
        Ok(())
    } else {
        Err(format!("{invariant}: {what}"))
    }
}

impl Acted<'_> {
    /// Our own commands about PINs, questions too.
    fn about_pins(&self) -> impl Iterator<Item = (&Heard, &AboutPin)> {
        let ours = self.heard.iter().filter(|heard| !heard.is_other);
        ours.filter_map(|heard| Some((heard, heard.pin.as_ref()?)))
    }

    /// Those that brought a value.
    pub(crate) fn values(&self) -> impl Iterator<Item = (&Heard, &AboutPin)> {
        self.about_pins().filter(|(_, pin)| pin.is_value)
    }

    /// Whether the host may have read another answer than a card gave, to any command before that number.
    fn is_lied_to(&self, before: u64) -> bool {
        let is_before = |number: &u64| *number <= before;
        self.struck
            .iter()
            .any(|(number, what)| is_before(number) && matches!(what, What::OldAnswer(_)))
            || self
                .fired
                .iter()
                .any(|(number, fired)| is_before(number) && is_lie(fired.plan.fault()))
    }

    /// Whether the answer to one of our commands reached the host as the card gave it.
    fn is_answered(&self, heard: &Heard) -> bool {
        let next = heard.number + 1;
        let is_of_it = |fired: &Fired| fired.header.get(1) == Some(&heard.ins);
        !self
            .struck
            .iter()
            .any(|(number, what)| *number == next && matches!(what, What::OldAnswer(_)))
            && !self
                .fired
                .iter()
                .any(|(number, fired)| *number == next || is_of_it(fired))
    }

    /// Whether others may have spent tries meanwhile.
    fn is_meddled_with(&self) -> bool {
        self.heard.iter().any(|heard| heard.is_other)
            || self
                .struck
                .iter()
                .any(|(_, what)| matches!(what, What::At(_, Event::WrongPin)))
            || self.fired.iter().any(|(_, fired)| {
                matches!(
                    fired.plan.fault(),
                    Fault::PinTries(_) | Fault::PinBlocked | Fault::PukBlocked
                )
            })
    }

    /// Whether anything struck before that command.
    fn is_struck(&self, before: u64) -> bool {
        let mut numbers = self
            .struck
            .iter()
            .map(|(number, _)| number)
            .chain(self.fired.iter().map(|(number, _)| number));
        numbers.any(|number| *number <= before)
    }
}

fn is_lie(fault: Fault) -> bool {
    matches!(
        fault,
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
}

/// Holds an act to all of it.
pub(crate) fn judge(acted: &Acted<'_>, process: &mut Process) -> Verdict {
    no_value_is_sent_that_nobody_typed(acted)?;
    a_value_is_sent_once(acted)?;
    the_last_try_needs_consent(acted)?;
    a_refused_value_is_not_sent_again(acted, process)?;
    nobody_is_let_in_who_should_not_be(acted)?;
    an_identity_needs_a_fresh_signature(acted)?;
    a_decision_needs_its_identity(acted)?;
    a_kept_card_ends_when_it_leaves(acted)?;
    nothing_stays_verified(acted)?;
    nothing_goes_on_for_ever(acted)?;
    every_end_is_documented(acted)
}

/// The PIN budget: as many values reach the card as were typed at most, and as many tries are lost; what was sent was typed.
fn no_value_is_sent_that_nobody_typed(acted: &Acted<'_>) -> Verdict {
    const NAME: &str = invariant::TYPED;
    let done = acted.done;
    // A card may take the question for its counter for a wrong PIN: then it must not be asked.
    let cost: u32 = acted.about_pins().map(|(_, pin)| u32::from(pin.cost())).sum();
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
    require(
        acted.kind != Kind::Status || cost == 0,
        NAME,
        "asking for counters cost a try",
    )?;
    require(cost <= 1, NAME, "more than one try is lost")?;
    require(
        sent == 0 || done.says_sent,
        NAME,
        "it does not say that a value was sent",
    )?;
    for (_, pin) in acted.values() {
        let Some(data) = &pin.data else {
            // Within its channel only the card knows which value came; but it tells a right one from a wrong one.
            let has_right = done.given.contains(&pin.right);
            let has_wrong = done.given.iter().any(|typed| *typed != pin.right);
            require(
                !pin.is_accepted() || has_right,
                NAME,
                "a right value was sent that nobody typed",
            )?;
            require(
                pin.cost() == 0 || has_wrong,
                NAME,
                "a wrong value was sent that nobody typed",
            )?;
            continue;
        };
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
    const NAME: &str = invariant::ONCE;
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
    const NAME: &str = invariant::LAST_TRY;
    let done = acted.done;
    let Some((first, pin)) = acted.values().next() else {
        return Ok(());
    };
    if done.terms.last_try == LastTry::Allow || acted.is_lied_to(first.number) {
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
    // That it is unknown is no excuse where the card told it and nothing went wrong.
    let is_unknown = done.told_tries == Some(TriesLeft::Unknown)
        && (!done.about.tells_tries || acted.is_struck(first.number));
    require(
        !acted.done.about.is_document || pin.left() != 1 || acted.is_meddled_with() || is_unknown,
        NAME,
        "an identity card that tells it had one, and it was spent",
    )
}

/// What a card refused is not sent to it again by the same process, until the PIN is another.
fn a_refused_value_is_not_sent_again(acted: &Acted<'_>, process: &mut Process) -> Verdict {
    const NAME: &str = invariant::REFUSED;
    let done = acted.done;
    // A card that is misread is known by another name.
    process.was_misled |= acted.fired.iter().any(|(_, fired)| {
        matches!(
            fired.plan.fault(),
            Fault::NoCertificate | Fault::CutCertificate(_)
        )
    });
    let values: Vec<(&Heard, &AboutPin)> = acted.values().collect();
    let (Some(typed), Some((first, pin))) = (done.given.last(), values.first()) else {
        return Ok(());
    };
    let known = (first.card, pin.is_puk, *typed);
    if !process.was_misled && !acted.is_lied_to(first.number) {
        require(!process.known_wrong.contains(&known), NAME, "it was")?;
        // The card took a try for it and said so: no word of the code's is needed.
        let is_told =
            done.about.is_document && pin.left() > 1 || matches!(first.status, 0x6300 | 0x63C1..=0x63CF);
        if pin.cost() == 1 && is_told && acted.is_answered(first) {
            process.known_wrong.push(known);
        }
    }
    // A card that took a new PIN has another: what it refused may be right.
    let has_new = values
        .iter()
        .any(|(heard, pin)| heard.ins != ins::VERIFY && pin.cost() == 0);
    if has_new {
        process
            .known_wrong
            .retain(|(card, is_puk, _)| *card != first.card || *is_puk);
    }
    Ok(())
}

/// No identity without a signature over the challenge of this very act, made in it by the card whose certificate it is, after a
/// value that the card accepted in the same insertion.
fn an_identity_needs_a_fresh_signature(acted: &Acted<'_>) -> Verdict {
    const NAME: &str = invariant::FRESH;
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
        let Some((value, _)) = acted.values().find(|(_, pin)| pin.is_accepted()) else {
            return require(false, NAME, "the card accepted no value");
        };
        let is_since = |number: u64, insertion: u64| number > value.number && insertion == value.insertion;
        let since = all
            .iter()
            .filter(|signed| is_since(signed.asked, signed.insertion));
        let since: Vec<&Signed> = since.collect();
        // Within its channel a card shows only that it signed.
        let signed_within: Vec<u64> = acted
            .heard
            .iter()
            .filter(|heard| heard.ins == 0x88 && !heard.is_other && is_since(heard.number, heard.insertion))
            .map(|heard| heard.number)
            .collect();
        let holder = done.about.holder.as_ref().map(|key| (key, &signed_within[..]));
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
            let is_of_card = acted.is_lied_to(u64::MAX)
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
    const NAME: &str = invariant::DECISION;
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
    const NAME: &str = invariant::KEPT;
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
    const NAME: &str = invariant::VERIFIED;
    let has_failed = acted.bench.has_reset_failed();
    for card in &acted.bench.cards {
        let is_ours = card.brought_by_us().is_some_and(|number| number >= acted.from);
        require(
            !is_ours || acted.done.reset_failed && has_failed,
            NAME,
            if card.has_verified() {
                "the card says that a value is"
            } else {
                "a value was sent and the card was not reset"
            },
        )?;
    }
    require(
        !acted.bench.ears.was_left.load(Ordering::SeqCst),
        NAME,
        "another program could have the card before it was reset",
    )?;
    require(
        !acted.done.reset_failed || has_failed,
        NAME,
        "it says that a reset failed, and none did",
    )
}

/// Whatever happens, an act ends. Too many exchanges, calls and questions end it where they are (`bench`, `person`), and what does
/// not come back at all is told by `watch`.
fn nothing_goes_on_for_ever(acted: &Acted<'_>) -> Verdict {
    const NAME: &str = invariant::ENDS;
    require(acted.took <= TIME_MAX, NAME, "it took too long")
}

/// Every failure has a code for which there are texts and advice.
fn every_end_is_documented(acted: &Acted<'_>) -> Verdict {
    const NAME: &str = invariant::DOCUMENTED;
    let failures = acted.done.kept.iter().filter_map(|call| call.failure);
    let end = acted.done.is_failure.then_some(acted.done.end);
    for code in failures.chain(end) {
        let is_known = PROBLEMS.iter().any(|(known, _)| *known == code);
        require(is_known, NAME, &format!("no text has the code {code}"))?;
    }
    Ok(())
}
