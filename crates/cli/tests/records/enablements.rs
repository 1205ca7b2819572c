//! Enablements and categories.

use serde_json::{Value, json};

use crate::*;

const GRANT: &str = "enablement grant --codice-fiscale PERSON --service inps.isee BY";

#[test]
fn what_one_process_grants_the_next_one_permits() {
    let place = Place::new();
    let told = place.done(&format!("{GRANT} --at 2026-01-01"));
    let one = &told["enablements"][0];
    assert_eq!(one["codice_fiscale"], PERSON);
    assert_eq!(one["service"], "inps.isee");
    assert_eq!(
        one["entered"],
        json!({ "who": "clerk", "at": "2025-12-31T23:00:00Z", "act": "protocol-1" })
    );
    assert_eq!(
        one["validity"],
        json!({ "from": "2025-12-31T23:00:00Z", "until": null })
    );
    assert_eq!(one["ended"], Value::Null);
    let ran = place.login("inps.isee", "");
    assert_eq!(
        (ran.exit, &ran.json()["decision"]["effect"]),
        (0, &json!("permit")),
        "{}",
        ran.out
    );
    // It belongs to the service.
    let other = place.login("inps.siuss", "");
    assert_eq!(
        (other.exit, reasons(&other)),
        (10, vec!["deny-enablement-missing".to_owned()])
    );
    assert_eq!(place.done("enablement list --codice-fiscale PERSON"), told);
    assert_eq!(
        place.done("enablement list --codice-fiscale OTHER")["enablements"],
        json!([])
    );
    // The store may be named behind `list` too.
    let behind = ["enablement", "list", "--json", "--records", place.path()];
    assert_eq!(run(&behind, "").json(), told);
}

#[test]
fn a_revocation_takes_effect_at_the_next_decision() {
    let place = Place::new();
    place.done(&format!("{GRANT} --at 2026-01-01"));
    assert_eq!(place.login("inps.isee", "").exit, 0);
    let revoke = "enablement revoke --codice-fiscale PERSON --service inps.isee BY";
    let told = place.done(&format!("{revoke} --at {THEN}"));
    assert_eq!(told["enablements"][0]["ended"]["at"], THEN);
    let ran = place.login("inps.isee", "");
    assert_eq!(
        (ran.exit, reasons(&ran)),
        (10, vec!["deny-enablement-revoked".to_owned()])
    );
    // How it was the second before can be replayed.
    assert_eq!(
        place.login("inps.isee", "--access-at 2026-06-01T08:59:59Z").exit,
        0
    );
    assert_eq!(
        place.refused(&format!("{revoke} --at {THEN}")),
        (61, "fact-already-ended".to_owned())
    );
    let never = "enablement revoke --codice-fiscale PERSON --service inps.siuss BY";
    assert_eq!(place.refused(never), (61, "fact-not-there".to_owned()));
}

#[test]
fn until_a_day_is_to_its_end_in_rome() {
    let place = Place::new();
    let told = place.done(&format!("{GRANT} --at 2026-01-01 --until 2026-05-03"));
    assert_eq!(
        told["enablements"][0]["validity"]["until"],
        "2026-05-03T22:00:00Z"
    );
    let last = place.login("inps.isee", "--access-at 2026-05-03T21:59:59Z");
    assert_eq!(last.exit, 0, "{}", last.out);
    let ran = place.login("inps.isee", "--access-at 2026-05-04");
    let told = ran.json();
    let reason = &told["decision"]["reasons"][0];
    assert_eq!((ran.exit, &reason["code"]), (10, &json!("deny-enablement-ended")));
    assert_eq!(reason["arguments"]["day"], "2026-05-03");
    assert!(
        reason["text"].as_str().unwrap().ends_with("ended on 3 May 2026."),
        "{reason}"
    );
    assert_eq!(told["decision"]["advice"][0]["code"], "advice-ask-enablement");
    let italian = place
        .login("inps.isee", "--lang it --access-at 2026-05-04")
        .json();
    let text = &italian["decision"]["reasons"][0]["text"];
    assert!(text.as_str().unwrap().contains("3 maggio 2026"), "{text}");
}

#[test]
fn until_an_instant_is_until_that_instant() {
    let place = Place::new();
    let until = "2026-05-03T10:00:00+02:00";
    let told = place.done(&format!("{GRANT} --at 2026-01-01 --until {until}"));
    assert_eq!(
        told["enablements"][0]["validity"]["until"],
        "2026-05-03T08:00:00Z"
    );
    for until in ["2026-05-03T10:00:00Z", "2026-05-03T10:00:00.5Z"] {
        let place = Place::new();
        let told = place.done(&format!("{GRANT} --at 2026-01-01 --until {until}"));
        assert_eq!(told["enablements"][0]["validity"]["until"], until);
    }
}

#[test]
fn one_that_begins_later_does_not_hold_yet() {
    let place = Place::new();
    place.done(&format!("{GRANT} --at 2026-01-01 --from 2026-07-01"));
    let ran = place.login("inps.isee", "");
    assert_eq!(
        (ran.exit, reasons(&ran)),
        (10, vec!["deny-enablement-not-yet".to_owned()])
    );
    assert_eq!(place.login("inps.isee", "--access-at 2026-07-01").exit, 0);
}

#[test]
fn what_cannot_be_granted_is_told() {
    let place = Place::new();
    place.done(&format!("{GRANT} --at 2026-01-01 --until 2026-12-31"));
    let again = format!("{GRANT} --at 2026-01-01 --from 2026-12-31");
    assert_eq!(place.refused(&again), (61, "fact-already-there".to_owned()));
    place.done(&format!("{GRANT} --at 2026-01-01 --from 2027-01-01"));
    for (words, code) in [
        (
            "--codice-fiscale PERSON --service inps.cedolino BY",
            "enablement-not-needed",
        ),
        (
            "--codice-fiscale PERSON --service inps.nothing BY",
            "service-unknown",
        ),
        (
            "--codice-fiscale PERSONA --service inps.isee BY",
            "codice-fiscale-malformed",
        ),
        ("--codice-fiscale OTHER --service inps.isee", "usage"),
        (
            "--codice-fiscale OTHER --service inps.isee BY --from 2026-02-01 --until 2026-01-31",
            "period-malformed",
        ),
        (
            "--codice-fiscale OTHER --service inps.isee BY --from 2026-02-01 --until 2026-01-30",
            "period-malformed",
        ),
        (
            "--codice-fiscale OTHER --service inps.isee BY --until 9999-12-31",
            "period-malformed",
        ),
        (
            "--codice-fiscale OTHER --service inps.isee BY --until soon",
            "usage",
        ),
        ("--codice-fiscale OTHER --service inps.isee BY --at soon", "usage"),
        (
            "--codice-fiscale OTHER --service inps.isee --who=\t --act=a",
            "change-malformed",
        ),
    ] {
        let told = place.refused(&format!("enablement grant {words}"));
        assert_eq!(told, (64, code.to_owned()), "{words}");
    }
    assert_eq!(
        place.done("enablement list")["enablements"]
            .as_array()
            .unwrap()
            .len(),
        2
    );
}

#[test]
fn a_list_is_told_in_parts_and_for_people() {
    let place = Place::new();
    for service in ["inps.isee", "inps.siuss", "inps.medico"] {
        place.done(&format!(
            "enablement grant --codice-fiscale PERSON --service {service} BY --at 2026-01-01"
        ));
    }
    let ids = |words: &str| {
        let told = place.done(words);
        let list = told["enablements"].as_array().unwrap();
        list.iter()
            .map(|one| one["id"].as_u64().unwrap())
            .collect::<Vec<_>>()
    };
    assert_eq!(ids("enablement list --limit 2"), [1, 2]);
    assert_eq!(ids("enablement list --after 2"), [3]);
    assert_eq!(
        place.refused("enablement list --limit 0"),
        (64, "usage".to_owned())
    );
    let ran = place.run_with("enablement list", "", "");
    assert_eq!(ran.out.lines().count(), 3, "{}", ran.out);
    assert!(
        ran.out
            .starts_with("1  DMNNCL80C14H501S  inps.isee  2025-12-31T23:00:00Z"),
        "{}",
        ran.out
    );
}

#[test]
fn a_category_opens_what_is_dedicated_to_it_until_it_is_ended() {
    let place = Place::new();
    let check = |at: &str| {
        let words =
            "policy check --json --credential inps-pin-dispositivo --service inps.tutelati --codice-fiscale";
        let mut arguments: Vec<&str> = words.split(' ').collect();
        arguments.extend([PERSON, "--records", place.path(), "--at", at]);
        run(&arguments, "").exit
    };
    place.done("category add --codice-fiscale PERSON --category ward BY --at 2026-01-01");
    assert_eq!((check("2025-12-31"), check("2026-01-01")), (10, 0));
    let ended = place.done("category end --codice-fiscale PERSON --category ward BY --at 2026-05-01");
    assert_eq!(ended["categories"][0]["category"], "ward");
    assert_eq!((check("2026-04-30"), check("2026-05-01")), (0, 10));
    assert_eq!(place.done("category list --codice-fiscale PERSON"), ended);
    let again = "category end --codice-fiscale PERSON --category ward BY";
    assert_eq!(place.refused(again), (61, "fact-already-ended".to_owned()));
    let other = "category end --codice-fiscale PERSON --category resident-abroad BY";
    assert_eq!(place.refused(other), (61, "fact-not-there".to_owned()));
    for category in ["minor", "tall"] {
        let words = format!("category add --codice-fiscale PERSON --category {category} BY");
        assert_eq!(place.refused(&words), (64, "usage".to_owned()));
    }
}
