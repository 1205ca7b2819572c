//! The end of a login and the reasons of a decision, filled in and said.
//!
//! Not here: errors of readers outside a login; those have no arguments, and [`Messages::text`] takes their code.

#[cfg(test)]
mod tests;

use jiff::civil::Date;
use jiff::tz::Offset;
use varco_access_policy::Arguments;
use varco_credential::{CredentialKind, NewPinProblem, NotSent, PinId};
use varco_pki::{InPath, Rejection, Timestamp, Undetermined};
use varco_session::LoginError;

use crate::{Arg, Messages};

/// What happened and what to do, for people; the code, for programs.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Explanation {
    /// The stable code.
    pub code: &'static str,
    /// What happened.
    pub message: String,
    /// The next step.
    pub advice: String,
}

/// What is known of the card that something is said about.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct OfCard<'c> {
    /// Its kind.
    pub kind: Option<CredentialKind>,
    /// The administration that issued it, as its certificate says.
    pub issuer: Option<&'c str>,
    /// Which of its PINs it is about, where that is another than the one that logs in.
    pub pin: Option<PinId>,
}

impl Messages {
    /// Says a problem by its code.
    #[must_use]
    pub fn problem(&self, code: &'static str, arguments: &[(&str, Arg<'_>)]) -> Explanation {
        Explanation {
            code,
            message: self.text(code, arguments),
            advice: self.text(&format!("{code}.advice"), arguments),
        }
    }

    /// Says why a login, or the care of a PIN, ended before its end.
    #[must_use]
    pub fn explain(&self, error: &LoginError) -> Explanation {
        self.explain_for(error, OfCard::default())
    }

    /// The same about a card of which something is known: where its codes are, and who issued it.
    #[must_use]
    pub fn explain_for(&self, error: &LoginError, card: OfCard<'_>) -> Explanation {
        if let LoginError::ForeignCard(card) = error {
            let name = self.pick(&card.title_it, &card.title_en);
            return self.problem(error.code(), &[("card", Arg::Text(name))]);
        }
        let mut arguments = arguments(error);
        arguments.push((
            "kind",
            Arg::Text(card.kind.map_or("unknown", CredentialKind::name)),
        ));
        arguments.push(("which", Arg::Text(card.pin.unwrap_or(PinId::User).name())));
        arguments.push(("issuer", Arg::Text(card.issuer.unwrap_or("unknown"))));
        self.problem(error.code(), &arguments)
    }

    /// Says a reason, an advice or an error of a decision. Days in its arguments are written out, lists of credentials become
    /// a sentence's part, and of words that come in both languages (`it`, `en`) those of this one are said as `words`.
    #[must_use]
    pub fn decided(&self, code: &str, arguments: &Arguments) -> String {
        let credentials = arguments.get("credentials").map(|list| self.credentials(list));
        let mut filled: Vec<(&str, Arg<'_>)> = arguments
            .iter()
            .map(|(name, value)| match (value.parse::<Date>(), &credentials) {
                (Ok(day), _) => (*name, Arg::Date(day)),
                (Err(_), Some(credentials)) if *name == "credentials" => (*name, Arg::Text(credentials)),
                (Err(_), _) => (*name, Arg::Text(value)),
            })
            .collect();
        if let (Some(it), Some(en)) = (arguments.get("it"), arguments.get("en")) {
            filled.push(("words", Arg::Text(self.pick(it, en))));
        }
        self.text(code, &filled)
    }

    /// `spid-l2, cie, cns` as one says it.
    fn credentials(&self, list: &str) -> String {
        let names: Vec<String> = list
            .split(", ")
            .map(|id| self.text(&format!("by-{id}"), &[]))
            .collect();
        match names.split_last() {
            Some((last, [])) => last.clone(),
            Some((last, others)) => {
                let others = others.join(", ");
                let arguments = [("first", Arg::Text(&others)), ("last", Arg::Text(last))];
                self.text("list-or", &arguments)
            }
            None => String::new(),
        }
    }
}

fn arguments(error: &LoginError) -> Vec<(&'static str, Arg<'static>)> {
    match error {
        LoginError::WrongPin { tries_left } | LoginError::WrongPuk { tries_left } => {
            vec![("tries", Arg::Tries(tries_left.known()))]
        }
        LoginError::NotSent(
            NotSent::WrongForm { form } | NotSent::NewPin(NewPinProblem::WrongForm { form }),
        )
        | LoginError::PukNotSent(NotSent::WrongForm { form }) => vec![
            ("form", Arg::Text("known")),
            ("digits", Arg::Range(form.length_min, form.length_max)),
        ],
        LoginError::NewPinInDoubt { counter, .. } => {
            let is_told = counter.known().is_some();
            vec![("counter", Arg::Text(if is_told { "told" } else { "untold" }))]
        }
        LoginError::Rejected(rejection) => rejection_arguments(rejection),
        _ => Vec::new(),
    }
}

fn rejection_arguments(rejection: &Rejection) -> Vec<(&'static str, Arg<'static>)> {
    let reason = ("reason", Arg::Text(rejection.reason()));
    let in_path = Arg::Text(match rejection.in_path() {
        InPath::Leaf => "card",
        InPath::Intermediate | InPath::Anchor => "issuer",
    });
    match rejection {
        Rejection::NotTrusted { .. } => vec![reason, ("place", in_path)],
        Rejection::WrongPurpose(_) => vec![reason],
        Rejection::OutsideValidity {
            not_before,
            not_after,
            ..
        } => vec![
            ("in_path", in_path),
            ("not_before", Arg::Date(day(*not_before))),
            ("not_after", Arg::Date(day(*not_after))),
        ],
        Rejection::Revoked {
            revoked_at: since, ..
        }
        | Rejection::Suspended {
            suspended_at: since, ..
        } => vec![("in_path", in_path), ("since", Arg::Date(day(*since)))],
        Rejection::RevocationUnknown { reason: why, .. } => {
            let due = match why {
                Undetermined::Stale(due) => Arg::Date(day(*due)),
                _ => Arg::Text(""),
            };
            vec![reason, ("in_path", in_path), ("due", due)]
        }
        _ => Vec::new(),
    }
}

/// The day in UTC, as certificates write their dates.
fn day(instant: Timestamp) -> Date {
    Offset::UTC.to_datetime(instant).date()
}
