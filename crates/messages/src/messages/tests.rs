//! The table of codes against the Fluent files and against the sources of the workspace; plural forms, dates,
//! hostile arguments.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::*;
use crate::codes::{
    BENCH, CALLS, CARE, Code, DOCTOR, FAULTS, PROBLEMS, QUESTIONS, RIG, SESSIONS, TEXTS, TRACES, UP,
};

const LOCALES: [Locale; 2] = [Locale::Italian, Locale::English];

/// One message of a Fluent file, as far as these tests look at it.
#[derive(Default)]
struct Written {
    has_advice: bool,
    arguments: BTreeSet<String>,
    references: BTreeSet<String>,
}

fn written(locale: Locale) -> BTreeMap<String, Written> {
    let mut messages: BTreeMap<String, Written> = BTreeMap::new();
    let mut id = String::new();
    for line in sources(locale).iter().flat_map(|source| source.lines()) {
        if line.starts_with(|first: char| first.is_ascii_lowercase() || first == '-') {
            id = line.split(" =").next().unwrap().to_owned();
            assert!(
                messages.insert(id.clone(), Written::default()).is_none(),
                "{id} twice"
            );
        }
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let message = messages.get_mut(&id).unwrap();
        message.has_advice |= line.starts_with("    .advice = ");
        for placeable in line.split("{ ").skip(1) {
            let name: String = placeable
                .trim_start_matches('$')
                .chars()
                .take_while(|c| c.is_ascii_alphanumeric() || "_-".contains(*c))
                .collect();
            let group = if placeable.starts_with('$') {
                &mut message.arguments
            } else {
                &mut message.references
            };
            group.insert(name);
        }
    }
    messages
}

fn arguments_of(id: &str, messages: &BTreeMap<String, Written>) -> BTreeSet<String> {
    let message = &messages[id];
    let mut arguments = message.arguments.clone();
    for reference in &message.references {
        arguments.extend(messages[reference].arguments.iter().cloned());
    }
    arguments
}

/// Those that have an advice.
fn problems() -> impl Iterator<Item = &'static Code> {
    PROBLEMS.iter().chain(CALLS).chain(FAULTS)
}

fn all_codes() -> impl Iterator<Item = &'static Code> {
    problems()
        .chain(BENCH)
        .chain(RIG)
        .chain(CARE)
        .chain(SESSIONS)
        .chain(DOCTOR)
        .chain(QUESTIONS)
        .chain(TEXTS)
        .chain(TRACES)
        .chain(UP)
}

#[test]
fn every_code_is_written_in_both_languages_with_its_arguments_and_nothing_else_is_written() {
    for locale in LOCALES {
        let messages = written(locale);
        for (code, arguments) in all_codes() {
            assert!(messages.contains_key(*code), "{locale:?}: {code} has no text");
            let declared: BTreeSet<String> = arguments.iter().map(|name| (*name).to_owned()).collect();
            assert_eq!(
                arguments_of(code, &messages),
                declared,
                "{locale:?}: arguments of {code}"
            );
        }
        for (code, _) in problems() {
            assert!(messages[*code].has_advice, "{locale:?}: {code} has no advice");
        }
        let known: BTreeSet<&str> = all_codes().map(|(code, _)| *code).collect();
        for (id, message) in &messages {
            assert!(
                id.starts_with('-') || known.contains(id.as_str()),
                "{locale:?}: {id} is unused"
            );
            let problem = problems().any(|(code, _)| code == id);
            assert_eq!(message.has_advice, problem, "{locale:?}: advice of {id}");
        }
    }
}

#[test]
fn every_text_parses_and_fills_in_without_rest() {
    for locale in LOCALES {
        for source in sources(locale) {
            assert!(
                FluentResource::try_new((*source).to_owned()).is_ok(),
                "{locale:?}: {source}"
            );
        }
        let messages = Messages::new(locale);
        for (code, names) in all_codes() {
            let arguments: Vec<_> = names.iter().map(|name| (*name, Arg::Text("x"))).collect();
            let mut told = vec![messages.text(code, &arguments)];
            if problems().any(|(problem, _)| problem == code) {
                told.push(messages.text(&format!("{code}.advice"), &arguments));
                assert!(told.iter().all(|text| text.ends_with('.')), "{told:?}");
            }
            for text in told {
                let whole = !text.is_empty() && !text.contains(['{', '}', '\n']) && !text.contains("  ");
                assert!(whole && text.trim() == text, "{locale:?}: {code}: {text}");
                assert!(
                    !text.starts_with("Me") || !text.contains(code),
                    "{locale:?}: {text}"
                );
            }
        }
    }
}

/// Every string in a `fn code` of a shipped crate, and the codes that access-policy lists.
fn codes_in_sources() -> BTreeSet<String> {
    let listed = varco_access_policy::CODES.iter().map(|code| (*code).to_owned());
    words_in_sources("fn code(").into_iter().chain(listed).collect()
}

/// Every string in the functions of shipped crates that begin so.
fn words_in_sources(function: &str) -> BTreeSet<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut folders: Vec<_> = ["crates", "drivers"].map(|folder| root.join(folder)).into();
    let mut codes = BTreeSet::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                let searched = !path.ends_with("crates/messages") && !path.ends_with("tests");
                folders.extend(searched.then_some(path));
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = std::fs::read_to_string(&path).unwrap();
                for body in text.split(function).skip(1) {
                    let body = body.split("\n    }\n").next().unwrap();
                    codes.extend(body.split('"').skip(1).step_by(2).map(str::to_owned));
                }
            }
        }
    }
    codes
}

#[test]
fn every_code_of_the_workspace_has_a_text() {
    let known: BTreeSet<&str> = all_codes().map(|(code, _)| *code).collect();
    let found = codes_in_sources();
    assert!(found.len() > 40, "the search finds too little: {found:?}");
    let missing: Vec<_> = found
        .iter()
        .filter(|code| !known.contains(code.as_str()))
        .collect();
    assert!(missing.is_empty(), "without text in crates/messages: {missing:?}");
}

/// A word that [`varco_pki::Rejection::reason`] may give is a variant of some text in each language.
#[test]
fn every_reason_for_a_rejection_is_told_apart() {
    let reasons: Vec<String> = words_in_sources("pub fn reason(self)").into_iter().collect();
    assert!(reasons.len() > 30, "the search finds too little: {reasons:?}");
    for locale in LOCALES {
        let texts = sources(locale).concat();
        let untold = reasons
            .iter()
            .filter(|reason| !texts.contains(&format!("[{reason}]")));
        assert_eq!(untold.collect::<Vec<_>>(), Vec::<&String>::new(), "{locale:?}");
    }
}

#[test]
fn tries_have_plural_forms_and_unknown_never_reads_as_zero() {
    let told = |locale, tries| Messages::new(locale).text("tries-left", &[("tries", Arg::Tries(tries))]);
    let italian = [Some(0), Some(1), Some(2), Some(8), None].map(|tries| told(Locale::Italian, tries));
    assert_eq!(
        italian,
        [
            "Non resta nessun tentativo: il PIN è bloccato.",
            "Resta 1 tentativo.",
            "Restano 2 tentativi.",
            "Restano 8 tentativi.",
            "Questa carta non dice quanti tentativi restano.",
        ]
    );
    let english = [Some(1), Some(2), None].map(|tries| told(Locale::English, tries));
    assert_eq!(
        english,
        [
            "1 try is left.",
            "2 tries are left.",
            "This card does not say how many tries are left."
        ]
    );
    for locale in LOCALES {
        let forgotten = Messages::new(locale).text("pin-wrong", &[]);
        assert_eq!(
            forgotten,
            Messages::new(locale).text("pin-wrong", &[("tries", Arg::Tries(None))])
        );
        assert!(!forgotten.contains('0'));
    }
}

#[test]
fn days_are_written_out_and_ranges_collapse() {
    let italian = Messages::new(Locale::Italian);
    let expired = |day: &str| {
        let arguments = [
            ("in_path", Arg::Text("card")),
            ("not_after", Arg::Date(day.parse().unwrap())),
        ];
        italian.text("certificate-expired", &arguments)
    };
    assert_eq!(
        expired("2024-03-01"),
        "Il certificato della carta è scaduto (ultimo giorno valido: 1º marzo 2024)."
    );
    assert!(expired("2024-12-31").contains("31 dicembre 2024"));
    let digits = |range| italian.text("digits", &[("digits", range)]);
    assert_eq!(digits(Arg::Range(5, 8)), "5-8 cifre");
    assert_eq!(digits(Arg::Range(8, 8)), "8 cifre");
}

#[test]
fn an_unknown_code_gives_a_fixed_sentence_that_names_it() {
    assert_eq!(
        Messages::new(Locale::Italian).text("che\u{1b}-cosa", &[]),
        "Messaggio senza testo: che?-cosa."
    );
    assert_eq!(
        Messages::new(Locale::English).text("no-card.x", &[]),
        "Message without text: no-card.x."
    );
    assert_eq!(
        Messages::new(Locale::English).text("", &[]),
        "Message without text: ."
    );
}

#[test]
fn arguments_cannot_control_the_display_nor_refer_to_other_texts() {
    let told = Messages::new(Locale::English).text(
        "ask-reader",
        &[("reader", Arg::Text("A\u{1b}[2J\u{202E}{ no-card }"))],
    );
    assert_eq!(told, "Reader: A?[2J?{ no-card }");
}

#[test]
fn messages_can_be_shared_between_threads() {
    fn shared<T: Send + Sync>() {}
    shared::<Messages>();
}
