//! Delegations, and logins under one.

use serde_json::{Value, json};

use crate::*;

const ADD: &str = "delegation add --delegator OTHER --delegate PERSON BY";

#[test]
fn a_delegate_logs_in_as_himself_for_another() {
    let place = Place::new();
    let told = place.done(&format!("{ADD} --at 2026-01-01 --until 2026-05-03"));
    let one = &told["delegations"][0];
    assert_eq!(
        (&one["delegator"], &one["delegate"]),
        (&json!(OTHER), &json!(PERSON))
    );
    assert_eq!(
        (&one["kind"], &one["channel"], &one["birth_date"]),
        (&json!("delegate"), &json!("office"), &Value::Null)
    );
    let ran = place.login("inps.cedolino", "--for OTHER --access-at 2026-05-03");
    let told = ran.json();
    assert_eq!(ran.exit, 0, "{told:#}");
    let decision = &told["decision"];
    assert_eq!(decision["subject"]["codice_fiscale"], PERSON);
    assert_eq!(
        decision["acting_for"],
        json!({ "codice_fiscale": OTHER, "quality": "delegate", "delegation": 1 })
    );
    assert_eq!(told["identity"]["codice_fiscale"], PERSON);
    let ended = place.login("inps.cedolino", "--for OTHER --access-at 2026-05-04");
    assert_eq!(
        (ended.exit, reasons(&ended)),
        (10, vec!["deny-delegation-ended".to_owned()])
    );
    let text = &ended.json()["decision"]["reasons"][0]["text"];
    assert_eq!(text, "The delegation ended on 3 May 2026.");
}

#[test]
fn nobody_is_acted_for_without_one() {
    let place = Place::new();
    // The other way round it permits nothing.
    place.done("delegation add --delegator PERSON --delegate OTHER BY --at 2026-01-01");
    let ran = place.login("inps.cedolino", "--for OTHER");
    assert_eq!(
        (ran.exit, reasons(&ran)),
        (10, vec!["deny-delegation-missing".to_owned()])
    );
    assert_eq!(
        place
            .login("inps.cedolino", "--for BNCGLI75D52F205V")
            .error_code(),
        "codice-fiscale-malformed"
    );
    assert_eq!(place.login("inps.cedolino", "--for DMNNCL80C14H501S").exit, 11);
    let born = place.login("inps.cedolino", "--for OTHER --for-birth-date 1976-04-12");
    assert_eq!(
        (born.exit, born.error_code().as_str()),
        (64, "birth-date-contradicts")
    );
}

#[test]
fn one_person_has_one_delegate_and_a_delegate_five_persons() {
    let place = Place::new();
    for number in 0..5 {
        place.done(&format!(
            "delegation add --delegator {} --delegate PERSON BY",
            person(number)
        ));
    }
    let sixth = format!("delegation add --delegator {} --delegate PERSON BY", person(5));
    let ran = place.run(&sixth);
    assert_eq!(
        (ran.exit, ran.error_code().as_str()),
        (61, "delegation-limit-reached")
    );
    assert!(
        ran.json()["error"]["message"].as_str().unwrap().contains("(5)"),
        "{}",
        ran.out
    );
    // A guardian has no limit.
    place.done(&format!("{sixth} --kind guardian"));
    let second = format!("delegation add --delegator {} --delegate OTHER BY", person(0));
    assert_eq!(
        place.refused(&second),
        (61, "delegation-delegator-has-one".to_owned())
    );
    assert_eq!(
        place.refused("delegation add --delegator OTHER --delegate OTHER BY"),
        (64, "delegation-same-person".to_owned())
    );
    // One that is revoked makes room.
    place.done("delegation revoke --id 1 BY");
    place.done(&sixth);
    assert_eq!(
        place.done("delegation list --codice-fiscale PERSON")["delegations"]
            .as_array()
            .unwrap()
            .len(),
        7
    );
}

#[test]
fn the_register_opened_on_a_day() {
    let place = Place::new();
    let early = place.run(&format!("{ADD} --at 2021-08-15"));
    let told = early.json();
    assert_eq!(
        (early.exit, reasons(&early)),
        (10, vec!["deny-not-before".to_owned()])
    );
    assert_eq!(told["admission"]["act"], "register-delegation");
    assert_eq!(
        (&told["admission"]["service"], &told["admission"]["subject"]),
        (&Value::Null, &Value::Null)
    );
    assert_eq!(told["admission"]["advice"][0]["arguments"]["day"], "2021-08-16");
    assert_eq!(place.done("delegation list")["delegations"], json!([]));
    assert_eq!(
        place.run(&format!("{ADD} --channel online --at 2021-09-30")).exit,
        10
    );
    let said = place.run_with(&format!("{ADD} --at 2021-08-15"), "--lang it", "");
    assert!(said.out.contains("16 agosto 2021"), "{}", said.out);
    place.done(&format!("{ADD} --at 2021-08-16"));
}

#[test]
fn online_it_is_revoked_after_thirty_days_and_at_an_office_at_once() {
    let place = Place::new();
    place.done(&format!("{ADD} --at 2026-10-01"));
    let online = "delegation revoke --id 1 --channel online BY --at";
    let early = place.run(&format!("{online} 2026-10-30"));
    assert_eq!(
        (early.exit, reasons(&early)),
        (10, vec!["deny-revocation-online-not-yet".to_owned()])
    );
    let told = place.done(&format!("{online} 2026-10-31"));
    assert_eq!(told["delegations"][0]["ended"]["at"], "2026-10-30T23:00:00Z");
    let after = place.login("inps.cedolino", "--for OTHER --access-at 2026-10-31");
    assert_eq!(
        (after.exit, reasons(&after)),
        (10, vec!["deny-delegation-revoked".to_owned()])
    );
    assert_eq!(
        place
            .login("inps.cedolino", "--for OTHER --access-at 2026-10-30")
            .exit,
        0
    );
    assert_eq!(
        place.refused(&format!("{online} 2026-11-01")),
        (61, "fact-already-ended".to_owned())
    );
    place.done(&format!("{ADD} --at 2026-11-01"));
    place.done("delegation revoke --id 2 BY --at 2026-11-01");
    assert_eq!(
        place.refused("delegation revoke --id 3 BY"),
        (61, "fact-not-there".to_owned())
    );
}

#[test]
fn a_ward_cannot_revoke_and_an_authority_can() {
    let place = Place::new();
    place.done(&format!("{ADD} --kind guardian --at 2026-01-01"));
    place.done("category add --codice-fiscale OTHER --category ward BY --at 2026-01-01");
    let ran = place.run("delegation revoke --id 1 BY");
    assert_eq!(
        (ran.exit, reasons(&ran)),
        (10, vec!["deny-ward-cannot-revoke".to_owned()])
    );
    let told = ran.json();
    assert_eq!(
        (&told["admission"]["effect"], &told["admission"]["act"]),
        (&json!("deny"), &json!("revoke-delegation"))
    );
    let said = place.run_with("delegation revoke --id 1 BY", "", "");
    assert!(
        said.exit == 10 && said.out.contains("- A person who is represented by"),
        "{}",
        said.out
    );
    let online = place.run("delegation revoke --id 1 --channel online --asked-by authority BY");
    assert_eq!(
        (online.exit, reasons(&online)),
        (10, vec!["deny-authority-at-office".to_owned()])
    );
    assert_eq!(place.login("inps.cedolino", "--for OTHER").exit, 0);
    place.done("delegation revoke --id 1 --asked-by authority BY --at 2026-03-01");
    assert_eq!(place.login("inps.cedolino", "--for OTHER").exit, 10);
}

#[test]
fn a_parent_acts_for_a_child_while_it_is_one() {
    let place = Place::new();
    let child = person(1);
    let add =
        format!("delegation add --delegator {child} --delegate PERSON --kind parent BY --at 2026-01-01");
    assert_eq!(place.refused(&add), (64, "delegation-birth-date".to_owned()));
    assert_eq!(
        place.refused(&format!("{add} --birth-date 2011-01-01")),
        (64, "delegation-birth-date".to_owned())
    );
    assert_eq!(
        place.refused(&format!("{add} --birth-date 1/1/2010")),
        (64, "usage".to_owned())
    );
    assert_eq!(
        place.refused(&add.replace("parent", "uncle")),
        (64, "usage".to_owned())
    );
    let told = place.done(&format!("{add} --birth-date 2010-01-01"));
    assert_eq!(told["delegations"][0]["birth_date"], "2010-01-01");
    // The day that the store knows does, without another word.
    let acts = format!("--for {child}");
    assert_eq!(
        place
            .login("inps.cedolino", &format!("{acts} --access-at 2027-12-31"))
            .exit,
        0
    );
    let grown = place.login("inps.cedolino", &format!("{acts} --access-at 2028-01-01"));
    assert_eq!(
        (grown.exit, reasons(&grown)),
        (10, vec!["deny-child-of-age".to_owned()])
    );
}
