//! Tests of the bench file and of the budget, by claim.
#![allow(clippy::unwrap_used, reason = "test code")]

use super::*;
use crate::scenario::CardWanted;

const GOOD: &str = r#"format = 1
reader = "ACS"

[rig]
kind = "hook"
command = ["./rig.sh", "3"]
timeout_s = 5

[cards.mario]
serial = "6999000000001016"
kind = "cns"
profile = "st-incard-1.1"
spend_tries = 1
destructive = true

[cards.other]
"#;

fn wrong(from: &str, to: &str) -> (usize, String) {
    assert!(GOOD.contains(from), "{from}");
    let error = BenchFile::parse("b.toml", &GOOD.replace(from, to)).unwrap_err();
    (error.line, error.what)
}

#[test]
fn what_is_written_is_read_and_nothing_may_be_spent_by_default() {
    let file = BenchFile::parse("b.toml", GOOD).unwrap();
    assert_eq!((file.reader.as_str(), file.keypad), ("ACS", false));
    assert_eq!(file.rig.kind, RigKind::Hook(vec!["./rig.sh".into(), "3".into()]));
    assert_eq!(file.rig.timeout, Duration::from_secs(5));
    let (name, mario) = file.by_serial("6999000000001016").unwrap();
    assert_eq!((name, mario.spend_tries, mario.spend_puk_tries), ("mario", 1, 0));
    assert!(mario.destructive && mario.kind == Some(CredentialKind::Cns));
    for name in ["other", "nobody"] {
        assert!(file.budget(name).is_empty(), "{name}");
    }
    assert!(!file.budget("mario").is_empty());
}

#[test]
fn what_is_wrong_is_told_with_its_line_and_what_to_do() {
    for (from, to, line, words) in [
        ("format = 1", "format = 2", 1, "format = 1"),
        ("\"ACS\"", "\"\"", 2, "name of a reader"),
        ("kind = \"hook\"", "kind = \"prompt\"", 6, "has no command"),
        ("kind = \"hook\"", "kind = \"robot\"", 5, "unknown variant"),
        ("[\"./rig.sh\", \"3\"]", "[]", 6, "write the program"),
        ("timeout_s = 5", "timeout_s = 0", 7, "1 to 3600"),
        ("serial = \"6999000000001016\"", "", 9, "give the serial"),
        ("\"6999000000001016\"", "\"../x\"", 10, "letters and digits"),
        ("spend_tries = 1", "spend_tries = 99", 9, "at most 15"),
        ("spend_tries = 1", "pin = \"12345\"", 13, "unknown field"),
        ("spend_tries = 1", "spend_tries = -1", 13, "invalid value"),
        ("[cards.other]", "[cards.\"a b\"]", 16, "name a card"),
        (
            "[cards.other]",
            "[cards.other]\nserial = \"6999000000001016\"",
            16,
            "same serial",
        ),
    ] {
        let (told_line, told) = wrong(from, to);
        assert!(told.contains(words), "{to}: {told}");
        assert_eq!(told_line, line, "{to}: {told}");
    }
}

#[test]
fn a_budget_is_asked_of_the_card_in_the_reader_each_time_and_runs_out() {
    let budget = BenchFile::parse("b.toml", GOOD).unwrap().budget("mario");
    let mut right = || Ok("6999000000001016".to_owned());
    assert_eq!(
        budget.take(Cost::PinTry, &mut || Ok("other".to_owned())),
        Err(BudgetError::AnotherCard)
    );
    assert_eq!(
        budget.take(Cost::PinTry, &mut || Err("mute".to_owned())),
        Err(BudgetError::Unread("mute".to_owned()))
    );
    // A refusal took nothing.
    assert_eq!(budget.take(Cost::PinTry, &mut right), Ok(()));
    assert_eq!(
        budget.take(Cost::PinTry, &mut right).unwrap_err().code(),
        "bench-budget-spent"
    );
    assert_eq!(
        budget.take(Cost::PukTry, &mut right).unwrap_err().code(),
        "bench-budget-spent"
    );
    assert_eq!(budget.take(Cost::Pin, &mut right), Ok(()));
    let mut asked = false;
    let mut never = || {
        asked = true;
        right()
    };
    assert_eq!(
        Budget::none().take(Cost::PinTry, &mut never),
        Err(BudgetError::NoSerial)
    );
}

#[test]
fn what_the_counters_show_unspent_comes_back_and_never_more_than_was_permitted() {
    let text = GOOD.replace("spend_tries = 1", "spend_tries = 3");
    let budget = BenchFile::parse("b.toml", &text).unwrap().budget("mario");
    let mut right = || Ok("6999000000001016".to_owned());
    let two = [Cost::PinTry, Cost::PinTry];
    assert_eq!(budget.take_all(&two, &mut right), Ok(()));
    // All or nothing.
    assert!(budget.take_all(&two, &mut right).is_err());
    let pin = |taken, cost| budget.settle(Spent { taken, cost }, Spent::default());
    pin(2, 1);
    assert_eq!(budget.take_all(&two, &mut right), Ok(()));
    pin(2, 0);
    pin(2, 0);
    assert!(budget.take_all(&[Cost::PinTry; 4], &mut right).is_err());
    // More than was taken is gone too, also what was not taken for it.
    assert_eq!(budget.take_all(&[Cost::PinTry], &mut right), Ok(()));
    pin(1, 9);
    assert!(budget.take(Cost::PinTry, &mut right).is_err());
}

#[test]
fn a_card_stands_in_by_its_name_or_by_its_kind_and_for_one_only() {
    let text = "format = 1\nreader = \"R\"\nrig = { kind = \"prompt\" }\n\
        [cards]\na = { kind = \"cie\" }\nb = { kind = \"cns\" }\nc = { kind = \"cns\" }\nplayed = {}\n";
    let file = BenchFile::parse("b.toml", text).unwrap();
    let wanted = |cards: &[(&str, &[&str])]| {
        let cards = cards.iter().map(|(name, kinds)| {
            let kind = kinds.iter().map(ToString::to_string).collect();
            let profile = vec!["cns-st".to_owned()];
            ((*name).to_owned(), CardWanted { profile, kind })
        });
        let chosen = file.stand_ins(&cards.collect());
        let chosen = chosen.into_iter().map(|(name, card)| format!("{name}={card}"));
        chosen.collect::<Vec<_>>().join(" ")
    };
    assert_eq!(wanted(&[("x", &["cns", "cie"])]), "x=b");
    assert_eq!(
        wanted(&[("c", &["cns"]), ("x", &["cns"]), ("y", &["cns"])]),
        "c=c x=b"
    );
    // Of another kind than the name would have it, and one that there is only as a played one.
    assert_eq!(
        wanted(&[("a", &["cns"]), ("x", &[]), ("played", &[])]),
        "a=b played=played"
    );
}
