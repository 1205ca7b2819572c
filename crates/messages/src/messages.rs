//! Texts by code: the Fluent bundle of one language.

#[cfg(test)]
mod tests;

use std::fmt;
use std::sync::OnceLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use unic_langid::LanguageIdentifier;

use crate::argument::displayable;
use crate::{Arg, Locale};

/// Everything that can be said, in one language.
pub struct Messages {
    locale: Locale,
    bundle: FluentBundle<FluentResource>,
}

impl Messages {
    /// Those of a language, read once for the whole process.
    #[must_use]
    pub fn shared(locale: Locale) -> &'static Self {
        static ITALIAN: OnceLock<Messages> = OnceLock::new();
        static ENGLISH: OnceLock<Messages> = OnceLock::new();
        match locale {
            Locale::Italian => ITALIAN.get_or_init(|| Self::new(locale)),
            Locale::English => ENGLISH.get_or_init(|| Self::new(locale)),
        }
    }

    /// In this language.
    #[must_use]
    pub fn new(locale: Locale) -> Self {
        // It picks the plural forms; that it parses shows in the tests of those.
        let language: LanguageIdentifier = locale.tag().parse().unwrap_or_default();
        let mut bundle = FluentBundle::new_concurrent(vec![language]);
        // Isolation marks show as stray characters on terminals; `displayable` keeps arguments harmless instead.
        bundle.set_use_isolating(false);
        for source in sources(locale) {
            // What does not parse or stands twice is left out; tests find no such text.
            let resource = match FluentResource::try_new((*source).to_owned()) {
                Ok(resource) | Err((resource, _)) => resource,
            };
            let _ = bundle.add_resource(resource);
        }
        Self { locale, bundle }
    }

    /// The language.
    #[must_use]
    pub fn locale(&self) -> Locale {
        self.locale
    }

    /// Of a title that its data give in both languages, the one in this language.
    #[must_use]
    pub fn pick<'a>(&self, it: &'a str, en: &'a str) -> &'a str {
        match self.locale {
            Locale::Italian => it,
            Locale::English => en,
        }
    }

    /// The text of a code, or with `.advice` behind it what to do about it. An unknown code gives a fixed
    /// sentence that names it; an argument that is missing shows its name in braces.
    #[must_use]
    pub fn text(&self, code: &str, arguments: &[(&str, Arg<'_>)]) -> String {
        let mut filled = FluentArgs::new();
        for (name, argument) in arguments {
            filled.set((*name).to_owned(), self.value(argument));
        }
        self.format(code, &filled).unwrap_or_else(|| {
            let code = displayable(code);
            let sentence = self.pick("Messaggio senza testo", "Message without text");
            format!("{sentence}: {code}.")
        })
    }

    fn format(&self, code: &str, arguments: &FluentArgs<'_>) -> Option<String> {
        let pattern = match code.split_once('.') {
            None => self.bundle.get_message(code)?.value()?,
            Some((code, part)) => self.bundle.get_message(code)?.get_attribute(part)?.value(),
        };
        let text = self
            .bundle
            .format_pattern(pattern, Some(arguments), &mut Vec::new());
        Some(text.into_owned())
    }

    fn value(&self, argument: &Arg<'_>) -> FluentValue<'static> {
        match argument {
            Arg::Text(text) => displayable(text).into(),
            Arg::Number(number) => FluentValue::from(*number),
            Arg::Tries(Some(tries)) => FluentValue::from(*tries),
            Arg::Tries(None) => "unknown".into(),
            Arg::Range(fewest, most) if fewest == most => fewest.to_string().into(),
            Arg::Range(fewest, most) => format!("{fewest}-{most}").into(),
            Arg::Date(date) => {
                let mut parts = FluentArgs::new();
                parts.set("day", date.day());
                parts.set("month", date.month());
                parts.set("year", date.year());
                self.format("date", &parts)
                    .unwrap_or_else(|| date.to_string())
                    .into()
            }
        }
    }
}

impl fmt::Debug for Messages {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Messages({})", self.locale.tag())
    }
}

macro_rules! topics {
    ($locale:literal) => {
        &[
            include_str!(concat!("../text/", $locale, "/link.ftl")),
            include_str!(concat!("../text/", $locale, "/card.ftl")),
            include_str!(concat!("../text/", $locale, "/session.ftl")),
            include_str!(concat!("../text/", $locale, "/pin.ftl")),
            include_str!(concat!("../text/", $locale, "/question.ftl")),
            include_str!(concat!("../text/", $locale, "/care.ftl")),
            include_str!(concat!("../text/", $locale, "/trust.ftl")),
            include_str!(concat!("../text/", $locale, "/fetch.ftl")),
            include_str!(concat!("../text/", $locale, "/lists.ftl")),
            include_str!(concat!("../text/", $locale, "/store.ftl")),
            include_str!(concat!("../text/", $locale, "/audit.ftl")),
            include_str!(concat!("../text/", $locale, "/spid.ftl")),
            include_str!(concat!("../text/", $locale, "/tls.ftl")),
            include_str!(concat!("../text/", $locale, "/policy.ftl")),
            include_str!(concat!("../text/", $locale, "/usage.ftl")),
            include_str!(concat!("../text/", $locale, "/faults.ftl")),
            include_str!(concat!("../text/", $locale, "/calls.ftl")),
            include_str!(concat!("../text/", $locale, "/traces.ftl")),
            include_str!(concat!("../text/", $locale, "/up.ftl")),
            include_str!(concat!("../text/", $locale, "/labels.ftl")),
            include_str!(concat!("../text/", $locale, "/bench.ftl")),
            include_str!(concat!("../text/", $locale, "/rig.ftl")),
        ]
    };
}

fn sources(locale: Locale) -> &'static [&'static str] {
    match locale {
        Locale::Italian => topics!("it"),
        Locale::English => topics!("en"),
    }
}
