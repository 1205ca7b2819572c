//! What came of an action, held against what was expected.
//!
//! Not here: the action (`walk`, `program`).

use varco::{Decision, Effect, VerifiedIdentity};
use varco_emulator::fault::FaultPlan;

use super::pattern::fits;
use crate::scenario::{Expectation, IdentityWanted};
use crate::target::{Counts, Hindrance};

/// What came of an action.
#[derive(Default)]
pub(super) struct Came {
    /// `logged-in`, `done`, or the stable code of why not.
    pub(super) end: String,
    /// In English, where it is an error.
    pub(super) detail: Option<String>,
    pub(super) identity: Option<VerifiedIdentity>,
    pub(super) decision: Option<Decision>,
    pub(super) card_kind: Option<String>,
    pub(super) messages: Option<u32>,
    pub(super) asked: u32,
    /// A value was asked for that the scenario does not type.
    pub(super) is_at_a_loss: bool,
    /// Before and after, where somebody wants to know.
    pub(super) counts: Option<(Counts, Counts)>,
    pub(super) program: Option<Ran>,
    /// What was to break in it and did not.
    pub(super) unmet: Option<FaultPlan>,
}

/// What came of a program.
pub(super) struct Ran {
    /// None where a signal ended it.
    pub(super) exit: Option<i32>,
    pub(super) output: String,
    /// The end of that, as it may be told where reports go; none at a real reader, where it may tell who the holder is.
    pub(super) quoted: Option<String>,
}

/// Something that is not as expected, in English.
pub(super) type Otherwise = String;

impl Came {
    /// Holds it against an expectation; the first thing that is otherwise.
    pub(super) fn check(&self, wanted: &Expectation) -> Result<(), Otherwise> {
        self.check_end(wanted)?;
        if let Some(kind) = &wanted.card_kind {
            same("card_kind", Some(kind), self.card_kind.as_ref())?;
        }
        if let Some(asked) = wanted.asked {
            same("asked", Some(asked), Some(self.asked))?;
        }
        if let Some(most) = wanted.messages_max
            && self.messages.is_none_or(|messages| messages > most)
        {
            let messages = self.messages.map(|messages| messages.to_string());
            let messages = messages.unwrap_or_else(|| "nobody knows how many".to_owned());
            return Err(format!("messages_max = {most}, and {messages} were exchanged"));
        }
        if let Some(decision) = &wanted.decision {
            same(
                "decision",
                Some(decision.as_str()),
                self.decision.as_ref().map(decided),
            )?;
        }
        if let Some(identity) = &wanted.identity {
            self.check_identity(identity)?;
        }
        self.check_counts(wanted)?;
        self.check_program(wanted)
    }

    /// How it ended, in a word.
    pub(super) fn short_end(&self) -> String {
        match &self.program {
            None => self.end.clone(),
            Some(program) => program
                .exit
                .map_or_else(|| "signal".to_owned(), |exit| format!("exit-{exit}")),
        }
    }

    fn check_end(&self, wanted: &Expectation) -> Result<(), Otherwise> {
        if wanted.end.is_empty() || wanted.end.contains(&self.end) {
            return Ok(());
        }
        let wanted = wanted.end.join(" or ");
        let mut told = format!("end = {wanted}, and it ended with {}", self.end);
        if let Some(detail) = &self.detail {
            told.push_str(&format!(" ({detail})"));
        }
        if self.is_at_a_loss {
            told.push_str("; a value was asked for that the scenario does not type");
        }
        Err(told)
    }

    fn check_identity(&self, wanted: &IdentityWanted) -> Result<(), Otherwise> {
        let identity = self.identity.as_ref();
        let level = identity.map(|identity| identity.assurance().level().name());
        let fields = [
            (
                "identity.kind",
                &wanted.kind,
                identity.map(|known| known.credential().id()),
            ),
            (
                "identity.codice_fiscale",
                &wanted.codice_fiscale,
                identity.map(|known| known.codice_fiscale().as_str()),
            ),
            (
                "identity.given_name",
                &wanted.given_name,
                identity.and_then(|known| known.name().given_name()),
            ),
            (
                "identity.surname",
                &wanted.surname,
                identity.and_then(|known| known.name().surname()),
            ),
            ("identity.level", &wanted.level, level),
        ];
        for (name, wanted, found) in fields {
            if let Some(wanted) = wanted
                && found != Some(wanted.as_str())
            {
                // Who it is, is not told where reports go.
                return Err(format!("{name} is not as expected"));
            }
        }
        Ok(())
    }

    fn check_counts(&self, wanted: &Expectation) -> Result<(), Otherwise> {
        let Some((before, after)) = self.counts else {
            return Ok(());
        };
        // What the card does not tell is otherwise than nothing.
        for (name, wanted, found) in counted(wanted, before, after) {
            if found.is_some() {
                same(name, wanted, found)?;
            }
        }
        Ok(())
    }

    /// The counter of which something is expected, and which the card does not tell.
    pub(super) fn untold(&self, wanted: &Expectation) -> Option<&'static str> {
        let (before, after) = self.counts?;
        let mut counted = counted(wanted, before, after).into_iter();
        counted.find_map(|(name, wanted, found)| (wanted.is_some() && found.is_none()).then_some(name))
    }

    /// An end that the rig is to blame for, where nobody expected it: services and readers went away, and nothing was to break.
    pub(super) fn is_of_rig(&self, wanted: &Expectation) -> bool {
        const OF_RIG: [&str; 6] = [
            "no-service",
            "service-refused",
            "reader-gone",
            "no-such-reader",
            "reader-driver-crashed",
            "link-system",
        ];
        OF_RIG.contains(&self.end.as_str()) && !wanted.end.contains(&self.end)
    }

    fn check_program(&self, wanted: &Expectation) -> Result<(), Otherwise> {
        let Some(program) = &self.program else {
            return Ok(());
        };
        if wanted.exit.is_some() && wanted.exit != program.exit {
            let mut told = format!(
                "exit = {}, and it ended with {}",
                shown(wanted.exit),
                shown(program.exit)
            );
            if let Some(said) = &program.quoted {
                told.push_str(&format!("; it said at last: {said}"));
            }
            return Err(told);
        }
        for pattern in &wanted.output {
            if !program.output.lines().any(|line| fits(pattern, line)) {
                return Err(format!("no line of the output fits {pattern:?}"));
            }
        }
        Ok(())
    }
}

type Counted = (&'static str, Option<u8>, Option<u8>);

/// What is expected of counters and what they tell, of those of which something is expected.
fn counted(wanted: &Expectation, before: Counts, after: Counts) -> [Counted; 3] {
    let spent = before.pin.zip(after.pin);
    let spent = spent.map(|(before, after)| before.saturating_sub(after));
    let of = |name, wanted: Option<u8>, found: Option<u8>| (name, wanted, found.filter(|_| wanted.is_some()));
    [
        of("tries_left", wanted.tries_left, after.pin),
        of("puk_tries_left", wanted.puk_tries_left, after.puk),
        of("tries_spent", wanted.tries_spent, spent),
    ]
}

/// Whether anything is expected that only counters tell.
pub(super) fn wants_counts(wanted: &Expectation) -> bool {
    wanted.tries_left.is_some() || wanted.puk_tries_left.is_some() || wanted.tries_spent.is_some()
}

/// An action that could not be done at all for the rig's sake, such as a reader driver that crashed.
pub(super) fn rig_fault(code: &'static str, detail: &dyn core::fmt::Display) -> Option<Hindrance> {
    matches!(
        code,
        "no-randomness" | "no-thread" | "called-back" | "thread-ended"
    )
    .then(|| Hindrance::rig("bench-rig-process", format!("{code}: {detail}")))
}

fn decided(decision: &Decision) -> &'static str {
    match decision.effect {
        Effect::Permit => "permit",
        Effect::Deny => "deny",
    }
}

fn same<T: PartialEq + core::fmt::Display>(
    name: &str,
    wanted: Option<T>,
    found: Option<T>,
) -> Result<(), Otherwise> {
    if wanted == found {
        return Ok(());
    }
    Err(format!("{name} = {}, and it is {}", shown(wanted), shown(found)))
}

fn shown<T: core::fmt::Display>(value: Option<T>) -> String {
    value.map_or_else(|| "unknown".to_owned(), |value| value.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(pin: Option<u8>) -> Counts {
        Counts { pin, puk: None }
    }

    #[test]
    fn what_nobody_tells_is_neither_as_expected_nor_otherwise() {
        let wanted = Expectation {
            tries_left: Some(2),
            tries_spent: Some(1),
            ..Expectation::default()
        };
        let came = |before, after| Came {
            counts: Some((counts(before), counts(after))),
            ..Came::default()
        };
        for (before, after, is_otherwise, untold) in [
            (Some(3), Some(2), false, None),
            (Some(3), Some(1), true, None),
            (Some(3), None, false, Some("tries_left")),
            (None, Some(2), false, Some("tries_spent")),
            (None, Some(1), true, Some("tries_spent")),
        ] {
            let came = came(before, after);
            let found = (came.check(&wanted).is_err(), came.untold(&wanted));
            assert_eq!(found, (is_otherwise, untold), "{before:?} {after:?}");
        }
        // How many commands were sent is always known of what passes.
        let wanted = Expectation {
            messages_max: Some(40),
            ..Expectation::default()
        };
        let sent = |messages| Came {
            messages,
            ..Came::default()
        };
        assert!(sent(Some(40)).check(&wanted).is_ok());
        assert!(sent(Some(41)).check(&wanted).is_err());
        assert!(sent(None).check(&wanted).is_err());
    }

    #[test]
    fn a_service_that_goes_away_is_the_rig_s_unless_that_was_expected() {
        let ended = |end: &str| Came {
            end: end.to_owned(),
            ..Came::default()
        };
        let wanted = |end: &str| Expectation {
            end: vec![end.to_owned()],
            ..Expectation::default()
        };
        assert!(ended("reader-gone").is_of_rig(&wanted("logged-in")));
        assert!(!ended("reader-gone").is_of_rig(&wanted("reader-gone")));
        assert!(!ended("pin-wrong").is_of_rig(&wanted("logged-in")));
    }
}
