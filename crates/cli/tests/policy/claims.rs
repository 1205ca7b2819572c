//! What is claimed: facts, days, PINs, and the identity of a login.

use serde_json::{Value, json};

use crate::program::{login, run};
use crate::*;

#[test]
fn nobody_acts_for_another_without_a_delegation() {
    let without = of("cns", &[READING, &["--for", OTHER]].concat());
    assert_eq!(without.exit, 10);
    assert_eq!(codes(&without, "reasons"), ["deny-delegation-missing"]);
    assert_eq!(without.json()["decision"]["acting_for"]["quality"], Value::Null);
    let with = of(
        "cns",
        &[READING, &["--for", OTHER, "--delegation", "guardian"]].concat(),
    );
    let told = with.json();
    assert_eq!(with.exit, 0, "{told:#}");
    assert_eq!(told["decision"]["acting_for"]["codice_fiscale"], OTHER);
    assert_eq!(told["decision"]["acting_for"]["quality"], "guardian");
    // A parent's child is a minor, by its birth date.
    let adult = [
        "--for",
        OTHER,
        "--for-birth-date",
        "1975-04-12",
        "--delegation",
        "parent",
    ];
    assert_eq!(
        codes(&of("cns", &[READING, &adult].concat()), "reasons"),
        ["deny-child-of-age"]
    );
    let then = [READING, &adult[..], &["--at", "1992-04-12"]].concat();
    assert_eq!(of("cns", &then).exit, 0, "a year before the child is of age");
}

#[test]
fn categories_and_enablements_are_claimed_too() {
    let late = ["--at", "2026-11-21T09:00:00Z"];
    let wards = ["--service", "inps.tutelati"];
    assert_eq!(of("inps-pin-dispositivo", &[wards, late].concat()).exit, 10);
    let ward = [&wards[..], &late, &["--category", "ward"]].concat();
    assert_eq!(of("inps-pin-dispositivo", &ward).exit, 0);
    let minors = [&["--service", "inps.minori"][..], &late].concat();
    assert_eq!(
        codes(&of("inps-pin-dispositivo", &minors), "reasons"),
        ["deny-inps-pin-not-of-category"]
    );
    let isee = ["--service", "inps.isee"];
    assert_eq!(codes(&of("cns", &isee), "reasons"), ["deny-enablement-missing"]);
    assert_eq!(
        of("cns", &[&isee[..], &["--enablement", "inps.isee"]].concat()).exit,
        0
    );
    let other = of("cns", &[&isee[..], &["--enablement", "inps.siuss"]].concat());
    assert_eq!(codes(&other, "reasons"), ["deny-enablement-missing"]);
}

#[test]
fn the_registers_have_their_days_too() {
    for (options, exit) in [
        ("--act issue-pin --at 2020-09-30", 0),
        ("--act issue-pin --at 2020-10-01", 10),
        ("--act issue-pin --at 2020-10-01 --category ward", 0),
        ("--act renew-pin --at 2021-09-30", 0),
        ("--act renew-pin --at 2021-10-01", 10),
        ("--act register-delegation --at 2021-08-15", 10),
        ("--act register-delegation --at 2021-08-16", 0),
        ("--act register-delegation --channel online --at 2021-09-30", 10),
        ("--act register-delegation --channel online --at 2021-10-01", 0),
        (
            "--act revoke-delegation --channel online --registered-at 2026-10-30 --at 2026-11-28",
            10,
        ),
        (
            "--act revoke-delegation --channel online --registered-at 2026-10-29 --at 2026-11-28",
            0,
        ),
        ("--act revoke-delegation --category ward", 10),
        ("--act revoke-delegation --category ward --asked-by authority", 0),
    ] {
        let options: Vec<&str> = options.split(' ').collect();
        let ran = of("cns", &options);
        assert_eq!(ran.exit, exit, "{options:?}: {}", ran.out);
        assert_eq!(ran.json()["decision"]["service"], Value::Null);
        assert_eq!(ran.json()["decision"]["act"], options[1]);
    }
}

#[test]
fn pins_and_credentials_of_others_do_not_count() {
    let at = ["--at", "2021-05-01"];
    let expired = [READING, &at, &["--pin-expires", "2021-05-01"]].concat();
    assert_eq!(codes(&of("inps-pin", &expired), "reasons"), ["deny-pin-expired"]);
    let late = [READING, &at, &["--pin-issued", "2020-10-01"]].concat();
    assert_eq!(
        codes(&of("inps-pin", &late), "reasons"),
        ["deny-inps-pin-issued-late"]
    );
    let borrowed = [READING, &["--credential-of-another"]].concat();
    assert_eq!(
        codes(&of("spid-l2", &borrowed), "reasons"),
        ["deny-credential-of-another"]
    );
    let professional = [READING, &["--profile", "professional", "--at", "2021-10-01"]].concat();
    assert!(
        codes(&of("inps-pin", &professional), "reasons")
            .contains(&"deny-inps-pin-professional-ended".to_owned())
    );
}

#[test]
fn an_identity_is_taken_from_a_login_as_a_claim() {
    let ran = login("cns-st", &[], "12345\n");
    assert_eq!(ran.exit, 0, "{}", ran.out);
    let (folder, path) = with_file("login.json", &ran.out);
    let alone = folder.path().join("identity.json");
    std::fs::write(&alone, ran.json()["identity"].to_string()).unwrap();
    for path in [&path, &alone] {
        let arguments = ["policy", "check", "--json", "--identity", text_of(path)];
        let ran = run(&[&arguments[..], READING].concat(), "");
        assert_eq!(ran.json()["decision"]["subject"]["codice_fiscale"], PERSON);
        assert_eq!(ran.json()["decision"]["subject"]["credential"], "cns");
        // It rests on fixtures, and that is not forgotten.
        assert_eq!(
            (ran.exit, codes(&ran, "reasons")),
            (10, vec!["deny-test-material".to_owned()])
        );
    }
    let arguments = ["policy", "check", "--json", "--identity", text_of(&path)];
    let with = |options: &[&str]| run(&[&arguments[..], READING, options].concat(), "");
    let other = with(&["--credential", "cie"]);
    assert_eq!(
        (other.exit, other.error_code().as_str()),
        (64, "facts-contradict")
    );
    assert_eq!(with(&["--credential", "cns"]).exit, 10);
    assert_eq!(with(&["--birth-date", "1980-03-14"]).exit, 10);
    assert_eq!(
        with(&["--birth-date", "1980-03-15"]).error_code(),
        "birth-date-contradicts"
    );
    assert_eq!(
        with(&["--codice-fiscale", PERSON]).error_code(),
        "usage",
        "one of the two"
    );
}

#[test]
fn a_real_login_is_worth_what_it_says() {
    let mut identity = login("cns-athena", &[], "12345\n").json()["identity"].take();
    identity["assurance"]["test_material"] = json!(false);
    let check = |identity: &Value, service: &str| {
        let (_folder, path) = with_file("identity.json", &identity.to_string());
        run(
            &[
                "policy",
                "check",
                "--json",
                "--identity",
                text_of(&path),
                "--service",
                service,
            ],
            "",
        )
    };
    assert_eq!(check(&identity, "inps.cedolino").exit, 0);
    assert_eq!(
        codes(&check(&identity, "inps.domanda"), "reasons"),
        ["deny-credential-downgraded"]
    );
    identity["assurance"]["level"] = json!("low");
    assert_eq!(check(&identity, "inps.cedolino").exit, 10);
    identity["birth_date"]["year"] = json!(1891);
    assert_eq!(check(&identity, "inps.cedolino").exit, 10);
    identity["birth_date"]["month"] = json!(13);
    assert_eq!(
        check(&identity, "inps.cedolino").error_code(),
        "identity-malformed"
    );
}

#[test]
fn what_is_no_identity_is_told_with_its_file() {
    for text in [
        "",
        "{}",
        "[]",
        "null",
        "{\"identity\":null}",
        "{\"identity\":{\"codice_fiscale\":3}}",
        "\u{0}",
    ] {
        let (_folder, path) = with_file("identity.json", text);
        let path = text_of(&path);
        let ran = run(
            &[&["policy", "check", "--json", "--identity", path], READING].concat(),
            "",
        );
        assert_eq!(
            (ran.exit, ran.error_code().as_str()),
            (60, "identity-malformed"),
            "{text:?}"
        );
        assert!(ran.json()["error"]["message"].as_str().unwrap().contains(path));
    }
    let folder = tempfile::tempdir().unwrap();
    for path in ["/nonexistent/identity.json", text_of(folder.path())] {
        let ran = run(
            &[&["policy", "check", "--json", "--identity", path], READING].concat(),
            "",
        );
        assert_eq!(
            (ran.exit, ran.error_code().as_str()),
            (60, "file-unreadable"),
            "{path}"
        );
    }
    let (_folder, path) = with_file("identity.json", &" ".repeat(300_000));
    let ran = run(
        &[
            &["policy", "check", "--json", "--identity", text_of(&path)],
            READING,
        ]
        .concat(),
        "",
    );
    assert_eq!((ran.exit, ran.error_code().as_str()), (60, "file-unreadable"));
}
