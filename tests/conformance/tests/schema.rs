//! Python's jsonschema as judge of what `--json` writes, by the schema that is published for it.
#![allow(clippy::unwrap_used, reason = "test code")]

use std::path::Path;
use std::process::Command;

use varco_testkit::program::{run_with_input, varco};

const TRUST: &[&str] = &[
    "--trust-test",
    "fixtures/pki/ca-cns.pem",
    "--trust-test",
    "fixtures/pki/ca-cns-legacy.pem",
    "--crl",
    "fixtures/pki/crl-cns.crl",
    "--crl",
    "fixtures/pki/crl-legacy.crl",
];

/// Commands, and the PIN that is typed.
const COMMANDS: &[(&[&str], &str)] = &[
    (&["services"], ""),
    (&["emulate", "--list"], ""),
    (&["emulate", "--profile", "cns-of-nobody"], ""),
    (&["doctor"], ""),
    (&["readers"], ""),
    (&["card", "--reader", "played:cns-st"], ""),
    (&["card", "--reader", "played:cns-athena"], ""),
    (&["cert", "--reader", "played:cns-st"], ""),
    (&["cert", "--reader", "played:cns-no-certificate"], ""),
    (&["card", "--reader", "played:cns-nfc-st2022"], ""),
    (&["data", "--reader", "played:cns-st"], ""),
    (&["data", "--yes-personal-data", "--reader", "played:cns-st"], ""),
    (
        &[
            "data",
            "--yes-personal-data",
            "--without-certificate",
            "--reader",
            "played:cns-nfc-st2022",
        ],
        "",
    ),
    (&["login", "--no-such-option"], ""),
    (&["login", "--pin-stdin", "--reader", "played:cns-st"], "12345"),
    (
        &[
            "login",
            "--pin-stdin",
            "--reader",
            "played:cns-st",
            "--service",
            "inps.domanda",
        ],
        "12345",
    ),
    (
        &[
            "login",
            "--pin-stdin",
            "--reader",
            "played:cns-athena",
            "--service",
            "inps.domanda",
        ],
        "12345",
    ),
    (&["login", "--pin-stdin", "--reader", "played:cns-st"], "54321"),
    (
        &[
            "login",
            "--pin-stdin",
            "--birth-date-from-card",
            "--signature",
            "pss",
            "--reader",
            "played:cns-minor",
        ],
        "12345",
    ),
    (
        &["login", "--pin-stdin", "--reader", "played:cns-blocked"],
        "12345",
    ),
    (
        &["login", "--pin-stdin", "--reader", "played:cns-expired"],
        "12345",
    ),
    (
        &["login", "--pin-stdin", "--reader", "played:cns-no-certificate"],
        "12345",
    ),
    (&["card", "--reader", "played:cie-st"], ""),
    (&["cert", "--reader", "played:cie-st"], ""),
    (
        &[
            "cert",
            "--pin-stdin",
            "--csca-test",
            "fixtures/pki/csca.der",
            "--reader",
            "played:cie-st",
        ],
        "12345678",
    ),
    (&["nis", "--reader", "played:cie-st"], ""),
    (
        &[
            "nis",
            "--csca-test",
            "fixtures/pki/csca.der",
            "--reader",
            "played:cie-st",
        ],
        "",
    ),
    (
        &["nis", "--card-origin", "unchecked", "--reader", "played:cie-st"],
        "",
    ),
    (
        &[
            "nis",
            "--csca-test",
            "fixtures/pki/csca.der",
            "--reader",
            "played:cie-clone-number",
        ],
        "",
    ),
    (
        &[
            "login",
            "--pin-stdin",
            "--csca-test",
            "fixtures/pki/csca.der",
            "--trust-test",
            "fixtures/pki/ca-cie-sub.der",
            "--crl",
            "fixtures/pki/crl-cie-sub.crl",
            "--reader",
            "played:cie-actalis",
        ],
        "12345678",
    ),
    (
        &[
            "login",
            "--pin-stdin",
            "--card-origin",
            "unchecked",
            "--birth-date-from-card",
            "--trust-test",
            "fixtures/pki/ca-cie-sub.der",
            "--crl",
            "fixtures/pki/crl-cie-sub.crl",
            "--reader",
            "played:cie-nxp",
        ],
        "12345678",
    ),
    (
        &["login", "--pin-stdin", "--reader", "played:cie-nxp"],
        "12345678",
    ),
    (
        &[
            "login",
            "--pin-stdin",
            "--audience",
            "https://servizi.example.it",
            "--nonce",
            "v3fZ5hBe2phfoxiKnFUiYzT44cFk04wCMKUK8Y0JQMc=",
            "--proof",
            "/dev/null/proof",
            "--reader",
            "played:cns-st",
        ],
        "12345",
    ),
    (
        &[
            "verify-proof",
            "fixtures/vectors/proof/good-cns.json",
            "--audience",
            "https://servizi.example.it",
            "--nonce",
            "v3fZ5hBe2phfoxiKnFUiYzT44cFk04wCMKUK8Y0JQMc=",
            "--at",
            "2026-06-01T09:00:01Z",
            "--trust-test",
            "fixtures/pki/ca-cns.pem",
        ],
        "",
    ),
    (
        &[
            "verify-proof",
            "fixtures/vectors/proof/truncated.json",
            "--audience",
            "https://servizi.example.it",
            "--nonce",
            "v3fZ5hBe2phfoxiKnFUiYzT44cFk04wCMKUK8Y0JQMc=",
            "--trust-test",
            "fixtures/pki/ca-cns.pem",
        ],
        "",
    ),
];

/// What an operator does with a trust store in a folder: FOLDER stands for it.
const TRUST_COMMANDS: &[&[&str]] = &[
    &["status"],
    &["import", "--kind", "test", "fixtures/pki/ca-cns.pem"],
    &["import", "--as", "signer", "fixtures/cards/cns-st/ef-1101.bin"],
    &["import", "fixtures/pki/crl-cns-older.crl", "fixtures/recipe.toml"],
    &["import", "fixtures/vectors/list/list.xml"],
    &["list"],
    &["status"],
    &["update"],
    &["show", "b"],
    &["import", "fixtures/pki/crl-cns.crl"],
    &["status"],
    &["update", "--allow-host", "crl.example"],
    &["bundle", "--new-key", "FOLDER/key"],
    &["bundle", "--out", "FOLDER/bundle", "--key", "FOLDER/key"],
    &["import", "--key", "FOLDER/key.pub", "FOLDER/bundle"],
    &["list"],
];

#[test]
fn what_varco_trust_writes_is_as_published() {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path().to_str().unwrap();
    let mut judge = Command::new("/usr/bin/jsonschema");
    let mut ran = |number: usize, arguments: &[String]| {
        let mut command = Command::new(varco());
        command
            .current_dir(&workspace)
            .args(["--json", "trust", "--store"]);
        command.arg(folder.path().join("store")).args(arguments);
        let ran = run_with_input(&mut command, b"").unwrap();
        let path = folder.path().join(format!("{number}.json"));
        std::fs::write(&path, &ran.stdout).unwrap();
        judge.arg("--instance").arg(path);
        String::from_utf8(ran.stdout).unwrap()
    };
    let mut listed = String::new();
    for (number, arguments) in TRUST_COMMANDS.iter().enumerate() {
        let arguments: Vec<String> = arguments.iter().map(|it| it.replace("FOLDER", here)).collect();
        let said = ran(number, &arguments);
        assert!(!said.is_empty(), "{arguments:?}");
        if arguments == ["list"] {
            listed = said;
        }
    }
    let names = listed.split("\"sha256\":\"").skip(1);
    for (number, sha256) in names.filter_map(|name| name.get(..64)).enumerate() {
        for (place, what) in ["show", "remove"].iter().enumerate() {
            ran(100 + 2 * number + place, &[(*what).to_owned(), sha256.to_owned()]);
        }
    }
    let schema = workspace.join("docs/schema/varco-cli-1.schema.json");
    let judged = judge.arg(schema).output().unwrap();
    let said = [judged.stdout, judged.stderr].concat();
    assert!(judged.status.success(), "{}", String::from_utf8_lossy(&said));
}

#[test]
fn what_programs_read_is_as_published() {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let folder = tempfile::tempdir().unwrap();
    // By its whole path: another Python's jsonschema, earlier in PATH, may lack the module that it needs.
    let mut judge = Command::new("/usr/bin/jsonschema");
    for (number, (arguments, typed)) in COMMANDS.iter().enumerate() {
        let mut command = Command::new(varco());
        command.current_dir(&workspace).arg("--json").args(*arguments);
        command.env("PCSCLITE_CSOCK_NAME", "/nonexistent/pcscd.comm");
        if arguments.contains(&"--pin-stdin") {
            command.args(TRUST);
        }
        let ran = run_with_input(&mut command, typed.as_bytes()).unwrap();
        assert!(!ran.stdout.is_empty(), "{arguments:?}");
        let path = folder.path().join(format!("{number}.json"));
        std::fs::write(&path, ran.stdout).unwrap();
        judge.arg("--instance").arg(path);
    }
    let judged = judge
        .arg(workspace.join("docs/schema/varco-cli-1.schema.json"))
        .output()
        .unwrap();
    let said = [judged.stdout, judged.stderr].concat();
    assert!(judged.status.success(), "{}", String::from_utf8_lossy(&said));
}
