//! The languages, and how one is chosen.
//!
//! Not here: reading the environment. The caller hands in the look-up.

/// A language that everything can be said in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Locale {
    /// Italian.
    Italian,
    /// English.
    English,
}

impl Locale {
    /// The language of a tag (`it`, `en-GB`) or POSIX locale name (`it_IT.UTF-8`, `C`); `None` for another one.
    #[must_use]
    pub fn from_tag(tag: &str) -> Option<Self> {
        let language = tag.split(['-', '_', '.', '@']).next().unwrap_or_default();
        match language.to_ascii_lowercase().as_str() {
            "it" => Some(Self::Italian),
            "en" | "c" | "posix" => Some(Self::English),
            _ => None,
        }
    }

    /// The language of the first of `LC_ALL`, `LC_MESSAGES` and `LANG` that `lookup` finds set and not empty
    /// (POSIX base definitions §8.2); English where that is another language or none is set.
    #[must_use]
    pub fn from_environment(lookup: &dyn Fn(&str) -> Option<String>) -> Self {
        ["LC_ALL", "LC_MESSAGES", "LANG"]
            .into_iter()
            .filter_map(lookup)
            .find(|value| !value.is_empty())
            .and_then(|value| Self::from_tag(&value))
            .unwrap_or(Self::English)
    }

    /// Its tag: `it` or `en`.
    #[must_use]
    pub fn tag(self) -> &'static str {
        match self {
            Self::Italian => "it",
            Self::English => "en",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(variables: &[(&str, &str)]) -> Locale {
        Locale::from_environment(&|name| {
            let set = variables.iter().find(|(set, _)| *set == name);
            set.map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn a_language_is_known_by_tag_and_by_posix_name() {
        for tag in ["it", "IT", "it-IT", "it_IT.UTF-8", "it_CH@euro"] {
            assert_eq!(Locale::from_tag(tag), Some(Locale::Italian), "{tag}");
        }
        for tag in ["en", "en-GB", "C", "C.UTF-8", "POSIX"] {
            assert_eq!(Locale::from_tag(tag), Some(Locale::English), "{tag}");
        }
        for tag in ["", "de_DE.UTF-8", "ita", "_it"] {
            assert_eq!(Locale::from_tag(tag), None, "{tag}");
        }
    }

    #[test]
    fn the_first_variable_that_is_set_decides() {
        assert_eq!(of(&[]), Locale::English);
        assert_eq!(of(&[("LANG", "it_IT.UTF-8")]), Locale::Italian);
        assert_eq!(of(&[("LANG", "it_IT.UTF-8"), ("LC_ALL", "C")]), Locale::English);
        assert_eq!(of(&[("LANG", "it_IT.UTF-8"), ("LC_ALL", "")]), Locale::Italian);
        assert_eq!(of(&[("LANG", "C"), ("LC_MESSAGES", "it_IT")]), Locale::Italian);
        assert_eq!(of(&[("LANG", "fr_FR.UTF-8")]), Locale::English);
    }
}
