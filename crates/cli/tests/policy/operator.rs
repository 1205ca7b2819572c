//! An operator's services and rules.

use serde_json::json;

use crate::program::login;
use crate::*;

#[test]
fn an_operator_has_services_and_rules_of_his_own() {
    let folder = operator();
    let policy = ["--policy", text_of(folder.path())];
    let own = [&policy[..], &["--service", "comune.anagrafe"]].concat();
    let ran = of("cie", &own);
    assert_eq!(ran.exit, 0, "{}", ran.out);
    assert_eq!(ran.json()["decision"]["policies"], json!(["comune-anagrafe"]));
    assert_eq!(ran.json()["decision"]["reasons"][0]["text"], "Rule of the town.");
    assert_eq!(of("cns", &own).exit, 10);
    // Where the deployment takes a CNS as high, it is.
    assert_eq!(of("cns", &[&own[..], &["--cns-high"]].concat()).exit, 0);
    let pay_slip = of("cns", &[&policy[..], READING].concat());
    assert_eq!(
        (pay_slip.exit, codes(&pay_slip, "reasons")),
        (10, vec!["deny-operator-rule".to_owned()])
    );
    assert_eq!(of("cns", READING).exit, 0, "without the files");
    let ran = check_in("it", &[&policy[..], READING, &["--credential", "cns"]].concat());
    assert!(ran.out.contains("- Regola del Comune."), "{}", ran.out);
    // File by file it is the same.
    let (services, rules) = (
        folder.path().join("services.toml"),
        folder.path().join("rules.cedar"),
    );
    let files = [
        "--policy",
        text_of(&services),
        "--policy",
        text_of(&rules),
        "--service",
        "comune.anagrafe",
    ];
    assert_eq!(of("cie", &files).exit, 0);
}

#[test]
fn a_login_follows_an_operators_rules() {
    let folder = operator();
    let policy = ["--policy", text_of(folder.path())];
    let ran = login("cns-st", &[&policy[..], READING].concat(), "12345\n");
    assert_eq!(ran.exit, 10, "{}", ran.out);
    assert_eq!(
        ran.json()["decision"]["policies"],
        json!(["comune-niente-cedolini"])
    );
    let own = [&policy[..], &["--service", "comune.anagrafe"]].concat();
    assert_eq!(login("cns-st", &own, "12345\n").exit, 10);
    assert_eq!(
        login("cns-st", &[&own[..], &["--cns-high"]].concat(), "12345\n").exit,
        0
    );
    let professional = ["--service", "inps.domanda", "--profile", "professional"];
    let told = login("cns-st", &professional, "12345\n").json();
    assert_eq!(told["decision"]["profile"], "professional");
}

#[test]
fn rules_that_others_may_write_are_not_followed() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = operator();
    let rules = folder.path().join("rules.cedar");
    std::fs::set_permissions(&rules, std::fs::Permissions::from_mode(0o666)).unwrap();
    let ran = of("cie", &[READING, &["--policy", text_of(folder.path())]].concat());
    assert_eq!(
        (ran.exit, ran.error_code().as_str()),
        (64, "policy-unsafe"),
        "{}",
        ran.out
    );
}

#[test]
fn a_folder_without_rules_is_not_taken_for_rules() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("rules.cedar.old"), own_rules()).unwrap();
    let ran = of("cie", &[READING, &["--policy", text_of(folder.path())]].concat());
    assert_eq!(
        (ran.exit, ran.error_code().as_str()),
        (60, "policy-file-kind"),
        "{}",
        ran.out
    );
    let ran = of("cie", &[READING, &["--policy", "/nonexistent"]].concat());
    assert_eq!((ran.exit, ran.error_code().as_str()), (60, "file-unreadable"));
    let folder = operator();
    let twice = [
        "--policy",
        text_of(folder.path()),
        "--policy",
        text_of(folder.path()),
    ];
    let ran = of("cie", &[READING, &twice].concat());
    assert_eq!((ran.exit, ran.error_code().as_str()), (60, "policy-duplicate"));
}
