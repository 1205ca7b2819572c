//! The question for a PIN, as the lines that a person reads.
//!
//! Not here: where they are shown.

use std::time::Duration;

use varco_credential::TriesLeft;
use varco_messages::{Arg, Messages};
use varco_session::PinQuestion;

/// Who asks and for what, the card, the reader, what a mistake costs, and how to type.
pub(crate) fn lines(question: &PinQuestion<'_>, messages: &Messages, time_limit: Duration) -> Vec<String> {
    let named = |code, name, value| messages.text(code, &[(name, Arg::Text(value))]);
    let mut lines = vec![named("ask-audience", "audience", question.audience)];
    lines.extend(
        question
            .service
            .map(|title| named("ask-service", "service", messages.pick(&title.it, &title.en))),
    );
    lines.push(named(
        "ask-card",
        "card",
        messages.pick(&question.card.title_it, &question.card.title_en),
    ));
    lines.push(named("ask-reader", "reader", question.reader.as_str()));
    lines.push(match question.tries_left {
        Some(tries_left) => messages.text("tries-left", &[("tries", Arg::Tries(tries_left.known()))]),
        None => messages.text("ask-tries-later", &[]),
    });
    if question.tries_left == Some(TriesLeft::Known(1)) {
        lines.push(messages.text("ask-last-try", &[]));
    }
    let digits = Arg::Range(question.form.length_min, question.form.length_max);
    lines.push(messages.text("ask-how", &[("digits", digits)]));
    let seconds = u32::try_from(time_limit.as_secs()).unwrap_or(u32::MAX);
    lines.push(messages.text("ask-time", &[("seconds", Arg::Number(seconds))]));
    lines
}
