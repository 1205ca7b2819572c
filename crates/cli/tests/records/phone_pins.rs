//! Telephone PINs.

use serde_json::json;

use crate::program::TRUST;
use crate::*;

/// `phone-pin issue` with a played card, its PIN typed, now: a telephone PIN is checked by the clock.
fn issue(place: &Place, card: &str, words: &str) -> Ran {
    let reader = format!("played:{card}");
    let mut arguments = vec!["phone-pin", "issue", "--pin-stdin", "--reader", &reader];
    arguments.extend(["--records", place.path()]);
    arguments.extend(TRUST);
    arguments.extend(words.split_whitespace());
    run(&arguments, "12345\n")
}

fn check(place: &Place, pin: &str) -> Ran {
    place.run_with(
        "phone-pin check --codice-fiscale PERSON --pin-stdin",
        "--json",
        pin,
    )
}

fn outcome(ran: &Ran) -> String {
    ran.json()["phone_pin"]["outcome"]
        .as_str()
        .unwrap_or_default()
        .to_owned()
}

fn issued(place: &Place, words: &str) -> String {
    let ran = issue(place, "cns-st", &format!("{words} --json"));
    assert_eq!(ran.exit, 0, "{}", ran.out);
    ran.json()["phone_pin"]["pin"].as_str().unwrap().to_owned()
}

/// One that is not it.
fn wrong(pin: &str) -> String {
    let first = if pin.starts_with('0') { '1' } else { '0' };
    format!("{first}{}", pin.split_at(1).1)
}

#[test]
fn it_is_issued_after_a_login_and_accepted() {
    let place = Place::new();
    let pin = issued(&place, "--span week");
    assert!(
        pin.len() == 8 && pin.bytes().all(|byte| byte.is_ascii_digit()),
        "eight digits"
    );
    let ran = check(&place, &format!("{pin}\n"));
    assert_eq!((ran.exit, outcome(&ran).as_str()), (0, "accepted"), "{}", ran.out);
    assert!(ran.json()["phone_pin"]["until"].is_string());
    assert!(!ran.out.contains(&pin) && !ran.err.contains(&pin));
    // The next one takes its place.
    let next = issued(&place, "--span day");
    assert_eq!(check(&place, &next).exit, 0);
    if next != pin {
        assert_eq!(check(&place, &pin).exit, 10);
    }
    let said = issue(&place, "cns-st", "--span day");
    // Of a test card, which is said first.
    let lines: Vec<&str> = said.out.lines().collect();
    assert_eq!((said.exit, lines.len()), (0, 2));
    assert!(lines[0].starts_with("CAREFUL: ") && lines[1].starts_with("Telephone PIN: "));
}

#[test]
fn neither_pin_is_in_the_store() {
    let place = Place::new();
    let pin = issued(&place, "--span month");
    assert_eq!(check(&place, &wrong(&pin)).exit, 10);
    let mut kept = Vec::new();
    for entry in std::fs::read_dir(place.path.parent().unwrap()).unwrap() {
        kept.extend(std::fs::read(entry.unwrap().path()).unwrap());
    }
    assert!(
        kept.windows(16).any(|bytes| bytes == PERSON.as_bytes()),
        "it is the store"
    );
    assert!(
        !kept.windows(8).any(|bytes| bytes == pin.as_bytes()),
        "the telephone PIN is in the store"
    );
    let told = place.done("enablement list").to_string();
    assert!(!told.contains(&pin));
}

#[test]
fn a_wrong_one_counts_and_five_block() {
    let place = Place::new();
    let pin = issued(&place, "--span day");
    for _ in 0..4 {
        let ran = check(&place, &wrong(&pin));
        assert_eq!((ran.exit, outcome(&ran).as_str()), (10, "refused"));
    }
    // A right one sets the count back.
    assert_eq!(check(&place, &pin).exit, 0);
    for _ in 0..5 {
        assert_eq!(outcome(&check(&place, &wrong(&pin))), "refused");
    }
    let ran = check(&place, &pin);
    assert_eq!((ran.exit, outcome(&ran).as_str()), (10, "blocked"));
    assert_eq!(ran.json()["phone_pin"]["until"], json!(null));
    let pin = issued(&place, "--span day");
    assert_eq!(check(&place, &pin).exit, 0, "a new one is new");
}

#[test]
fn what_has_not_its_form_does_not_count() {
    let place = Place::new();
    let pin = issued(&place, "--span day");
    for told in [
        "",
        "\n",
        "1234567\n",
        "123456789\n",
        "1234567a\n",
        "１２３４５６７８\n",
    ] {
        for _ in 0..2 {
            let ran = check(&place, told);
            assert_eq!(ran.exit, 64, "{told:?}: {}", ran.out);
            assert!(ran.out.contains("phone-pin-form"), "{told:?}: {}", ran.out);
        }
    }
    assert_eq!(outcome(&check(&place, &pin)), "accepted");
    // Nobody's is refused as a wrong one is.
    let nobody = place.run_with(
        "phone-pin check --codice-fiscale OTHER --pin-stdin",
        "--json",
        &pin,
    );
    assert_eq!((nobody.exit, outcome(&nobody).as_str()), (10, "refused"));
}

#[test]
fn one_that_has_expired_is_told_as_that() {
    let place = Place::new();
    // Of a login as of an earlier day.
    let pin = issued(&place, &format!("--span day --at {THEN}"));
    let ran = check(&place, &pin);
    assert_eq!((ran.exit, outcome(&ran).as_str()), (10, "expired"), "{}", ran.out);
    assert_eq!(ran.json()["phone_pin"]["until"], "2026-06-02T09:00:00Z");
    let said = place.run_with(
        "phone-pin check --codice-fiscale PERSON --pin-stdin",
        "--lang it",
        &pin,
    );
    assert!(
        said.out.starts_with("Il PIN telefonico è scaduto"),
        "{}",
        said.out
    );
}

#[test]
fn it_is_one_service_for_oneself() {
    let place = Place::new();
    for words in [
        "--service inps.isee",
        "--for BNCGLI75D52F205U",
        "--audience a --nonce v3fZ5hBe2phfoxiKnFUiYzT44cFk04wCMKUK8Y0JQMc= --proof /dev/null/proof",
        "--span year",
        "--access-at 2026-01-01",
    ] {
        let ran = issue(&place, "cns-st", &format!("--json --span day {words}"));
        assert_eq!(
            (ran.exit, ran.error_code().as_str()),
            (64, "usage"),
            "{words}: {}",
            ran.out
        );
    }
    assert_eq!(
        issue(&place, "cns-st", "--json").error_code(),
        "usage",
        "without a span"
    );
    assert!(!place.path.exists());
}

#[test]
fn where_the_login_is_denied_or_fails_there_is_none() {
    let place = Place::new();
    let ran = issue(&place, "cns-athena", "--json --span day");
    let told = ran.json();
    assert_eq!(
        (ran.exit, reasons(&ran)),
        (10, vec!["deny-credential-downgraded".to_owned()])
    );
    assert_eq!(told["decision"]["service"], "inps.pin-telefonico");
    assert!(told.get("phone_pin").is_none());
    let ran = issue(&place, "cns-blocked", "--json --span day");
    assert_eq!(
        (ran.exit, &ran.json()["error"]["code"]),
        (21, &json!("pin-blocked"))
    );
    let holder = ran_holder(&told);
    let check = place.run_with(
        &format!("phone-pin check --codice-fiscale {holder} --pin-stdin"),
        "--json",
        "12345678",
    );
    assert_eq!(outcome(&check), "refused");
}

fn ran_holder(told: &Value) -> &str {
    told["identity"]["codice_fiscale"].as_str().unwrap()
}
