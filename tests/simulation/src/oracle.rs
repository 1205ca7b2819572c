//! What must hold, each by its name in the failure text; what happened is read off the cards themselves.
//!
//! Not here: what is drawn (`draw`).

use varco_apdu::ins;
use varco_credential::{Attendance, LastTry};

use crate::calls::{Action, Done, End};
use crate::card::{Block, Heard, Secret, Secrets};
use crate::link::{Fault, Plan};
use crate::process::{Process, Terms};
use crate::stage::Stage;
use crate::tally::Tally;

/// A step that was made.
pub(crate) struct Stepped<'s> {
    pub(crate) stage: &'s Stage,
    pub(crate) me: usize,
    /// What was heard before this number was heard before it.
    pub(crate) from: u64,
    /// Within another process's step.
    pub(crate) is_within: bool,
    pub(crate) action: Action,
    pub(crate) is_document: bool,
    pub(crate) terms: Terms,
    /// What was typed last, as it stands in a block.
    pub(crate) present: Option<Block>,
    pub(crate) new: Option<Block>,
    pub(crate) plan: &'s Plan,
    /// What the cards heard of this process, within this step.
    pub(crate) heard: &'s [Heard],
    pub(crate) done: &'s Done,
}

impl Stepped<'_> {
    pub(crate) fn values(&self) -> impl Iterator<Item = &Heard> {
        self.heard.iter().filter(|heard| heard.is_value)
    }

    /// Whether something struck a command that this is true of.
    fn was_struck(&self, what: impl Fn(&crate::link::Struck) -> bool) -> bool {
        self.plan.struck.iter().any(what)
    }

    /// Whether the host heard another answer than the card gave, to a command about a PIN.
    fn was_lied_to(&self) -> bool {
        self.was_struck(|struck| (struck.is_value || struck.is_question) && !struck.fault.is_seen())
    }

    fn require(&self, holds: bool, invariant: &str) {
        if !holds {
            self.stage.fail(format!("invariant {invariant}"));
        }
    }
}

/// Holds a step to all that can be said of it alone.
pub(crate) fn judge(stepped: &Stepped<'_>, process: &mut Process) {
    a_try_is_a_typed_value(stepped);
    a_value_is_compared_once(stepped);
    the_last_try_is_kept(stepped);
    a_question_costs_once(stepped, process);
    a_refused_value_is_not_sent_again(stepped, process);
    nothing_is_left_verified(stepped);
    counters_are_told_as_they_are(stepped);
    doubt_is_told(stepped);
    note_blind(stepped);
}

/// 1. Tries that the card counted down because of values: none or one, one exactly when the outcome says so.
fn a_try_is_a_typed_value(stepped: &Stepped<'_>) {
    let cost: u32 = stepped
        .values()
        .map(|heard| u32::from(heard.cost(Secret::Pin)) + u32::from(heard.cost(Secret::Puk)))
        .sum();
    stepped.require(cost <= 1, "1 (a try is a typed value): more than one is spent");
    let is_typed = stepped.present.is_some();
    let sent = stepped.values().count();
    stepped.require(
        sent == 0 || is_typed,
        "1 (a try is a typed value): something was sent and nothing typed",
    );
    if stepped.done.end == End::NothingSent && !stepped.was_lied_to() {
        stepped.require(
            sent == 0,
            "1 (a try is a typed value): it says that nothing was sent",
        );
    }
    if sent > 0 {
        stepped.require(
            stepped.done.sent,
            "1 (a try is a typed value): it does not say that a value was sent",
        );
    }
    let was_struck = stepped.was_struck(|struck| struck.is_value);
    match stepped.done.end {
        End::Wrong(..) if !was_struck => stepped.require(
            cost == 1,
            "1 (a try is a typed value): it says wrong and no try is spent",
        ),
        End::Good | End::NothingSent if !was_struck => stepped.require(
            cost == 0,
            "1 (a try is a typed value): a try is spent and not told",
        ),
        _ => {}
    }
    if cost == 1 && !was_struck && !stepped.was_lied_to() {
        let is_told = matches!(stepped.done.end, End::Wrong(..) | End::Blocked(_))
            // The counter that is asked for after a wrong value may end badly.
            || stepped.plan.struck.iter().any(|struck| struck.fault.is_seen());
        stepped.require(is_told, "1 (a try is a typed value): a spent try is not told");
    }
}

/// 2. One typed value is compared once; again only when it was right and a second command wants it.
fn a_value_is_compared_once(stepped: &Stepped<'_>) {
    let values: Vec<&Heard> = stepped.values().collect();
    match values.as_slice() {
        [] => {}
        [one] => {
            if let (Some(data), Some(present)) = (&one.data, stepped.present) {
                let is_typed = data.get(..8) == Some(&present[..])
                    && (!one.is_new_pin() || data.get(8..16) == stepped.new.as_ref().map(|new| &new[..]));
                stepped.require(
                    is_typed,
                    "2 (a value is compared once): what was sent was not typed",
                );
            }
        }
        [first, second] => {
            let is_second_command = stepped.is_document
                && first.ins == ins::VERIFY
                && second.is_new_pin()
                && first.cost(Secret::Pin) == 0
                && first.cost(Secret::Puk) == 0;
            stepped.require(
                is_second_command,
                "2 (a value is compared once): two commands bring it and the first did not verify it",
            );
        }
        _ => stepped.require(
            false,
            "2 (a value is compared once): more than two commands bring it",
        ),
    }
}

/// 3. Where the card told its counter, the last try is not spent unless that was allowed. A card that answers to the question
///    that the value is verified, as another program left it, tells no number; nor is one asked in an insertion in which a value
///    was sent blindly (ADR 51).
fn the_last_try_is_kept(stepped: &Stepped<'_>) {
    let Some(first) = stepped.values().next() else {
        return;
    };
    let about = &stepped.stage.cards[first.card].about;
    let is_lied_to = stepped.was_struck(|struck| struck.is_question && !struck.fault.is_seen());
    if !about.is_readable || stepped.terms.last_try == LastTry::Allow || is_lied_to {
        return;
    }
    let secret = stepped.action.secret();
    let is_told = stepped.heard.iter().any(|heard| {
        let is_about = heard.secret.is_none_or(|of| of == secret);
        let tells = stepped.is_document || heard.status & 0xFFF0 == 0x63C0;
        !heard.is_value && heard.number < first.number && is_about && tells
    });
    if !is_told {
        if first.before.tries(secret) == 1 {
            stepped.stage.tally(Tally::blind_last_try);
        }
        return;
    }
    stepped.require(
        first.before.tries(secret) != 1,
        "3 (the last try is kept): a value was sent",
    );
}

/// 4, for questions: one try at most under the same rules, until a value is accepted.
fn a_question_costs_once(stepped: &Stepped<'_>, process: &mut Process) {
    let Some(session) = &mut process.session else {
        return;
    };
    for heard in stepped.heard {
        if heard.is_value {
            if is_accepted(heard, stepped.action.secret(), stepped.present) {
                session.burnt = 0;
            }
        } else if !heard.fault.is_some_and(Fault::is_seen) {
            // Of a question whose answer was lost nobody knows what it cost.
            session.burnt += u32::from(heard.cost(Secret::Pin)) + u32::from(heard.cost(Secret::Puk));
        }
    }
    let is_lied_to = stepped.was_lied_to();
    stepped.require(
        session.burnt <= 1 || is_lied_to,
        "4 (a question costs a try once): it cost another",
    );
    if is_lied_to {
        session.burnt = 0;
    }
}

/// Whether the host could see that the value was right.
fn is_accepted(heard: &Heard, secret: Secret, typed: Option<Block>) -> bool {
    match heard.fault {
        None | Some(Fault::OutBefore | Fault::Exchanged) => {
            heard.before.tries(secret) > 0 && typed == Some(heard.before.value(secret))
        }
        Some(Fault::Garbage(0x9000 | 0x9001)) => true,
        Some(_) => false,
    }
}

/// 4, for values: where the counter cannot be read, a script sends one to the card of an insertion until one is accepted, and
/// none after another's that was sent before the script was asked.
///
/// Not promised: that what a person sends while a script is being asked is remembered where the script then sends nothing. The
/// marker is the script's, and goes with it.
pub(crate) fn scripts_send_once(stage: &Stage, mut blind: Vec<Blind>) {
    blind.sort_by_key(|blind| blind.number);
    let mut since = stage.since.lock().unwrap();
    for blind in blind {
        since.retain(|earlier| earlier.insertion == blind.insertion);
        let forbids =
            |earlier: &Blind| !earlier.is_within && (earlier.is_scripted || earlier.number < blind.from);
        if blind.is_scripted && since.iter().any(forbids) {
            stage.fail("invariant 4 (scripts send one value blindly): another was sent".to_owned());
        }
        if blind.is_accepted {
            since.clear();
        } else {
            since.push(blind);
        }
    }
}

/// A value that came to a card whose counter cannot be read.
pub(crate) struct Blind {
    number: u64,
    from: u64,
    insertion: u64,
    is_scripted: bool,
    is_accepted: bool,
    /// While another process was asking.
    is_within: bool,
}

fn note_blind(stepped: &Stepped<'_>) {
    let Some(first) = stepped.values().next() else {
        return;
    };
    if stepped.stage.cards[first.card].about.is_readable {
        return;
    }
    let blind = Blind {
        number: first.number,
        from: stepped.from,
        insertion: first.insertion,
        is_scripted: stepped.terms.attendance == Attendance::Scripted,
        is_within: stepped.is_within,
        is_accepted: is_accepted(first, stepped.action.secret(), stepped.present),
    };
    stepped.stage.blind.lock().unwrap().push(blind);
}

/// 5. What this card refused in this process is not sent to it again, until the PIN is another by this process.
fn a_refused_value_is_not_sent_again(stepped: &Stepped<'_>, process: &mut Process) {
    let secret = stepped.action.secret();
    let Some(typed) = stepped.present else { return };
    // A card that is read wrongly is known by another name.
    let is_misread = stepped.was_struck(|struck| !struck.fault.is_seen());
    if let Some(first) = stepped.values().next().filter(|_| !is_misread) {
        stepped.require(
            !process.model.contains(&(first.card, secret, typed)),
            "5 (a refused value is not sent again): it was",
        );
        let is_refused = first.cost(secret) == 1 && first.fault.is_none() && first.status != 0x6983;
        let is_refused = if stepped.is_document {
            is_refused && matches!(stepped.done.end, End::Wrong(..))
        } else {
            is_refused
        };
        if is_refused {
            process.model.insert((first.card, secret, typed));
        }
    }
    if let (End::Good, Action::Change | Action::Unblock, Some(last)) =
        (stepped.done.end, stepped.action, stepped.values().last())
    {
        process
            .model
            .retain(|(card, of, _)| *card != last.card || *of != Secret::Pin);
    }
}

/// 6. What a value granted ends with the step, or the report says that it may not.
fn nothing_is_left_verified(stepped: &Stepped<'_>) {
    for card in &stepped.stage.cards {
        if card
            .brought_by()
            .is_some_and(|(who, number)| who == stepped.me && number >= stepped.from)
        {
            stepped.require(
                stepped.done.reset_failed,
                "6 (nothing is left verified): a value was sent and the card was not reset",
            );
        }
    }
}

/// 7. What the report says of a counter is what the card had when it was last asked or sent a value.
fn counters_are_told_as_they_are(stepped: &Stepped<'_>) {
    if stepped.was_lied_to() {
        return;
    }
    // A login tells what was told before its PIN, which gives the card its full number back if it is right.
    let is_right = |heard: &Heard| stepped.present == Some(heard.before.pin);
    if stepped.action == Action::Login && stepped.values().any(is_right) {
        return;
    }
    for (secret, told) in [Secret::Pin, Secret::Puk].into_iter().zip(stepped.done.told) {
        let Some(told) = told else { continue };
        let about = |heard: &&Heard| match heard.secret {
            // A question whose answer was lost tells nothing, and what was told before stands.
            _ if !heard.is_value && heard.fault.is_some_and(Fault::is_seen) => false,
            None => true,
            // Unblocking gives the PIN its tries again.
            Some(of) => of == secret || secret == Secret::Pin && heard.before.pin != heard.after.pin,
        };
        let Some(last) = stepped.heard.iter().rev().find(about) else {
            stepped.require(false, "7 (counters are told as they are): told without asking");
            continue;
        };
        stepped.require(
            told == last.after.tries(secret),
            "7 (counters are told as they are): the card has another number",
        );
    }
}

/// 8. The card has the PIN that the report says: the old, the new, or one of them where the answer was lost.
fn doubt_is_told(stepped: &Stepped<'_>) {
    const NAME: &str = "8 (the PIN is the one that is told)";
    let changed = stepped
        .heard
        .iter()
        .any(|heard| heard.before.pin != heard.after.pin);
    let is_lost =
        stepped.was_struck(|struck| struck.is_value && struck.ins != ins::VERIFY && struck.fault.is_seen());
    let is_new = stepped
        .values()
        .last()
        .is_some_and(|heard| heard.is_new_pin() && Some(heard.after.pin) == stepped.new);
    match stepped.done.end {
        _ if stepped.was_lied_to() => {}
        End::Good if matches!(stepped.action, Action::Change | Action::Unblock) => {
            stepped.require(is_new, &format!("{NAME}: it says changed"));
        }
        End::InDoubt => stepped.require(is_lost, &format!("{NAME}: doubt without reason")),
        _ => stepped.require(
            !changed,
            &format!("{NAME}: it does not say that the PIN may be another"),
        ),
    }
    let is_doubtful = is_lost && stepped.done.end != End::InDoubt && changed;
    stepped.require(!is_doubtful, &format!("{NAME}: doubt is not told"));
}

/// 8, for all cards: no value changes but by what was heard.
pub(crate) fn values_are_kept(stage: &Stage, start: &[Secrets], heard: &[Heard]) {
    let mut now: Vec<(Block, Block)> = start.iter().map(|card| (card.pin, card.puk)).collect();
    for heard in heard {
        let is_kept = now[heard.card] == (heard.before.pin, heard.before.puk);
        if !is_kept {
            stage.fail("invariant 8 (the PIN is the one that is told): it changed by itself".to_owned());
        }
        now[heard.card] = (heard.after.pin, heard.after.puk);
    }
    for (card, now) in stage.cards.iter().zip(now) {
        let secrets = card.secrets();
        if now != (secrets.pin, secrets.puk) {
            stage.fail("invariant 8 (the PIN is the one that is told): it changed by itself".to_owned());
        }
    }
}
