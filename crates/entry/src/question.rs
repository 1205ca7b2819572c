//! The question for a PIN or PUK, as the lines that a person reads.
//!
//! Not here: where they are shown.

#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::time::Duration;

use varco_card::pad_timeout_s;
use varco_credential::{CardSecret, NewPinProblem, PinForm, PinId, TriesLeft};
use varco_messages::{Arg, Messages};
use varco_session::{AskedValue, NotTaken, PinQuestion, Purpose};

use crate::pinentry::escaped_bytes;

/// Most bytes that a text of others takes of a pinentry's line, as it goes over it: 80 plain characters, fewer of those that
/// are escaped. Four such texts and the longest of our own fit together.
const OUTSIDE_BYTES_MAX: usize = 80;
/// What stands where a text was cut.
const CUT: char = '…';

/// Where the question shows, and what only that place must say.
#[derive(Clone, Copy)]
pub(crate) enum Face<'f> {
    /// A terminal, with this limit from key to key.
    Terminal(Duration),
    /// A window, with this limit for all of it.
    Window(Duration),
    /// The reader's own keypad, with this many seconds for each value; it may ask for a new value then.
    Pad {
        timeout_s: u8,
        next: Option<&'f PinQuestion<'f>>,
    },
}

/// What an application's own window shows for a question, in the words of the windows of this crate.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Shown {
    /// Who asks and for what, the card, the reader, what a mistake costs, how to type: lines with `\n` between them.
    pub text: String,
    /// Why the last answer was not taken, if it was not.
    pub not_taken: Option<String>,
    /// What stands before the field: `PIN:`.
    pub prompt: String,
}

impl Shown {
    /// Of this question, to which the answer is due within `time_limit`.
    #[must_use]
    pub fn of(question: &PinQuestion<'_>, messages: &Messages, time_limit: Duration) -> Self {
        Self {
            text: lines(question, messages, Face::Window(time_limit)).join("\n"),
            not_taken: not_taken(question, messages),
            prompt: prompt(question, messages),
        }
    }

    /// What a card says of its counter just before the value goes to it, where the question could not say it.
    #[must_use]
    pub fn before_sending(secret: CardSecret, tries_left: TriesLeft, messages: &Messages) -> String {
        before_sending(secret, tries_left, messages).join("\n")
    }
}

/// Who asks and for what, the card, the reader, what a mistake costs, and how to type.
///
/// On a terminal the question for a new value follows the one for the present value, whose lines still stand there: only how to
/// type is said again, and of the repetition nothing.
pub(crate) fn lines(question: &PinQuestion<'_>, messages: &Messages, face: Face<'_>) -> Vec<String> {
    match (face, question.value) {
        (Face::Terminal(_), AskedValue::NewAgain) => return Vec::new(),
        (Face::Terminal(_), AskedValue::New) => return how(question, messages, face),
        _ => {}
    }
    let mut lines = purpose(question, messages, face);
    let card = messages.pick(&question.card.title_it, &question.card.title_en);
    let card = outside(card, face);
    lines.push(messages.text("ask-card", &[("card", Arg::Text(&card))]));
    let reader = outside(question.reader.as_str(), face);
    lines.push(messages.text("ask-reader", &[("reader", Arg::Text(&reader))]));
    lines.extend(stake(question, messages));
    lines.extend(how(question, messages, face));
    lines
}

/// Why the last answer was not taken.
pub(crate) fn not_taken(question: &PinQuestion<'_>, messages: &Messages) -> Option<String> {
    let code = match question.not_taken? {
        NotTaken::WrongForm => "ask-not-taken-form",
        NotTaken::RefusedBefore => "ask-not-taken-refused",
        NotTaken::NewPin(NewPinProblem::Uniform) => "ask-not-taken-uniform",
        NotTaken::NewPin(NewPinProblem::Run) => "ask-not-taken-run",
        NotTaken::NewPin(NewPinProblem::SameAsPresent) => "ask-not-taken-same",
        NotTaken::Differ => "ask-not-taken-differ",
        // What is not known here is still no reason to be silent: the form is said again.
        _ => "ask-not-taken-form",
    };
    Some(messages.text(code, &[("digits", digits(question.form))]))
}

/// What stands before the keys.
pub(crate) fn prompt(question: &PinQuestion<'_>, messages: &Messages) -> String {
    messages.text("ask-prompt", &named(question))
}

/// What stands before the keys for a PIN that is no card's.
pub(crate) fn plain_prompt(messages: &Messages) -> String {
    let pin = [("secret", Arg::Text("pin")), ("value", Arg::Text("present"))];
    messages.text("ask-prompt", &pin)
}

/// What the card says of its counter before the value goes to it.
pub(crate) fn before_sending(secret: CardSecret, tries_left: TriesLeft, messages: &Messages) -> Vec<String> {
    let tries = Arg::Tries(tries_left.known());
    let mut lines = vec![messages.text("ask-before-sending", &[("tries", tries)])];
    lines.extend(last_try(secret, tries_left, messages));
    lines
}

/// A text that others wrote, whole where there is room. A pinentry takes one line of limited length, and what a mistake costs
/// must stand in it whatever they wrote.
fn outside<'t>(text: &'t str, face: Face<'_>) -> Cow<'t, str> {
    if !matches!(face, Face::Window(_)) || text.chars().map(escaped_bytes).sum::<usize>() <= OUTSIDE_BYTES_MAX
    {
        return Cow::Borrowed(text);
    }
    let mut room = OUTSIDE_BYTES_MAX.saturating_sub(CUT.len_utf8());
    let fitting = text.chars().map_while(|character| {
        room = room.checked_sub(escaped_bytes(character))?;
        Some(character)
    });
    let mut cut: String = fitting.collect();
    cut.push(CUT);
    Cow::Owned(cut)
}

fn purpose(question: &PinQuestion<'_>, messages: &Messages, face: Face<'_>) -> Vec<String> {
    let audience = outside(question.audience, face);
    let audience = ("audience", Arg::Text(&audience));
    // Of an unblocking, the PIN: it is what is unblocked.
    let (CardSecret::Pin(id) | CardSecret::Puk(id)) = question.secret;
    let pin = [("secret", Arg::Text(name(CardSecret::Pin(id))))];
    let first = match question.purpose {
        Purpose::ReadCertificate => messages.text("ask-read-certificate", &[]),
        Purpose::ChangePin => messages.text("ask-change-pin", &pin),
        Purpose::UnblockPin => messages.text("ask-unblock-pin", &pin),
        _ => {
            let title = question.service.map(|title| messages.pick(&title.it, &title.en));
            let title = title.map(|title| outside(title, face));
            let service = title.map(|title| messages.text("ask-service", &[("service", Arg::Text(&title))]));
            return [messages.text("ask-audience", &[audience])]
                .into_iter()
                .chain(service)
                .collect();
        }
    };
    let asker = (!question.audience.is_empty()).then(|| messages.text("ask-asker", &[audience]));
    [first].into_iter().chain(asker).collect()
}

/// What a mistake costs; a new value costs nothing.
fn stake(question: &PinQuestion<'_>, messages: &Messages) -> Vec<String> {
    let secret = ("secret", Arg::Text(name(question.secret)));
    match (question.value, question.tries_left) {
        (AskedValue::New | AskedValue::NewAgain, _) => Vec::new(),
        (AskedValue::Present, None) => vec![messages.text("ask-tries-later", &[secret])],
        (AskedValue::Present, Some(TriesLeft::Unknown)) => vec![messages.text("ask-tries-unknown", &[])],
        (AskedValue::Present, Some(tries_left)) => {
            let tries = ("tries", Arg::Tries(tries_left.known()));
            let most = ("most", Arg::Tries(question.tries_max));
            let mut lines = vec![messages.text("ask-tries", &[tries, most])];
            lines.extend(last_try(question.secret, tries_left, messages));
            lines
        }
    }
}

fn last_try(secret: CardSecret, tries_left: TriesLeft, messages: &Messages) -> Option<String> {
    let told = || messages.text("ask-last-try", &[("secret", Arg::Text(name(secret)))]);
    (tries_left == TriesLeft::Known(1)).then(told)
}

fn how(question: &PinQuestion<'_>, messages: &Messages, face: Face<'_>) -> Vec<String> {
    let mut arguments = named(question).to_vec();
    arguments.push(("digits", digits(question.form)));
    let time = |code, seconds| messages.text(code, &[("seconds", Arg::Number(seconds))]);
    let whole = |limit: Duration| u32::try_from(limit.as_secs()).unwrap_or(u32::MAX);
    let halves = halves(question).map(|(first, second)| [("first", first), ("second", second)]);
    let halves = |code| halves.as_ref().map(|halves| messages.text(code, halves));
    let mut lines: Vec<String> = halves("ask-halves").into_iter().collect();
    match face {
        Face::Terminal(limit) => {
            lines.extend(halves("ask-halves-typed"));
            lines.push(messages.text("ask-how", &arguments));
            lines.push(time("ask-time", whole(limit)));
        }
        Face::Window(limit) => {
            lines.push(messages.text("ask-how-window", &arguments));
            lines.push(time("ask-time-window", whole(limit)));
        }
        Face::Pad { timeout_s, next } => {
            lines.push(messages.text("ask-how-pad", &arguments));
            lines.extend(next.map(|next| {
                let secret = ("secret", Arg::Text(name(next.secret)));
                messages.text("ask-pad-next", &[secret, ("digits", digits(next.form))])
            }));
            let present = u8::from(question.value == AskedValue::Present);
            // A new value is typed twice.
            let new = next.is_some() || question.value != AskedValue::Present;
            let values = present + if new { 2 } else { 0 };
            lines.push(time("ask-time-pad", u32::from(pad_timeout_s(values, timeout_s))));
        }
    }
    lines
}

/// How many digits stand on each paper, where a present value came on two.
fn halves(question: &PinQuestion<'_>) -> Option<(Arg<'static>, Arg<'static>)> {
    let first = first_half(question)?;
    let second = question.form.length_max.checked_sub(first)?;
    Some((Arg::Range(first, first), Arg::Range(second, second)))
}

/// The digits of the first paper, if a present value came on two: who chooses a new one has no paper.
pub(crate) fn first_half(question: &PinQuestion<'_>) -> Option<usize> {
    question
        .form
        .first_half
        .filter(|_| question.value == AskedValue::Present)
}

fn named(question: &PinQuestion<'_>) -> [(&'static str, Arg<'static>); 2] {
    let value = match (question.value, question.purpose) {
        (AskedValue::Present, Purpose::ChangePin) => "current",
        (AskedValue::Present, _) => "present",
        (AskedValue::New, _) => "new",
        (AskedValue::NewAgain, _) => "again",
    };
    [
        ("secret", Arg::Text(name(question.secret))),
        ("value", Arg::Text(value)),
    ]
}

fn digits(form: PinForm) -> Arg<'static> {
    Arg::Range(form.length_min, form.length_max)
}

/// As the texts call it.
fn name(secret: CardSecret) -> &'static str {
    match secret {
        CardSecret::Pin(PinId::Signature) => "signature-pin",
        CardSecret::Pin(_) => "pin",
        CardSecret::Puk(PinId::Signature) => "signature-puk",
        CardSecret::Puk(_) => "puk",
    }
}
