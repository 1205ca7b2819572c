//! What must have come of an action.
//!
//! Not here: what did ([`crate::run`]).

use core::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, SeqAccess, Visitor};

/// All that is said must hold; what is not said is not looked at.
#[derive(Clone, Default, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Expectation {
    /// How it ended: `logged-in`, `done`, or a stable code; any of them.
    #[serde(deserialize_with = "one_or_several")]
    pub end: Vec<String>,
    /// What was decided about the service: `permit` or `deny`.
    pub decision: Option<String>,
    /// Tries that the PIN has left, on the card's own count.
    pub tries_left: Option<u8>,
    /// Tries that the PUK has left.
    pub puk_tries_left: Option<u8>,
    /// By how much the PIN's count fell in the action.
    pub tries_spent: Option<u8>,
    /// The most commands that were sent.
    pub messages_max: Option<u32>,
    /// How many values were asked for.
    pub asked: Option<u32>,
    /// Who it is.
    pub identity: Option<IdentityWanted>,
    /// What kind of card was recognised.
    pub card_kind: Option<String>,
    /// The exit status of a program.
    pub exit: Option<i32>,
    /// Lines of a program's output: for each of these one must fit, `*` standing for anything.
    #[serde(deserialize_with = "one_or_several")]
    pub output: Vec<String>,
}

impl Expectation {
    /// All texts in it.
    pub(super) fn texts(&self) -> impl Iterator<Item = &str> {
        let identity = self.identity.iter().flat_map(|identity| {
            [
                &identity.kind,
                &identity.codice_fiscale,
                &identity.given_name,
                &identity.surname,
                &identity.level,
            ]
        });
        let single = [&self.decision, &self.card_kind].into_iter().chain(identity);
        let several = self.end.iter().chain(&self.output);
        several.chain(single.flatten()).map(String::as_str)
    }
}

/// What must be known of a holder.
#[derive(Clone, Default, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct IdentityWanted {
    /// The kind of credential.
    pub kind: Option<String>,
    /// The codice fiscale.
    pub codice_fiscale: Option<String>,
    /// The given name, as the certificate has it.
    pub given_name: Option<String>,
    /// The surname.
    pub surname: Option<String>,
    /// The level of assurance.
    pub level: Option<String>,
}

/// A text, or an array of texts.
pub(super) fn one_or_several<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    struct OneOrSeveral;

    impl<'de> Visitor<'de> for OneOrSeveral {
        type Value = Vec<String>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a text or an array of texts")
        }

        fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
            Ok(vec![text.to_owned()])
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut texts: A) -> Result<Self::Value, A::Error> {
            let mut all = Vec::new();
            while let Some(text) = texts.next_element()? {
                all.push(text);
            }
            Ok(all)
        }
    }

    deserializer.deserialize_any(OneOrSeveral)
}
