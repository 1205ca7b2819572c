//! Python's jsonschema as judge of what `--json` writes, by the schema that is published for it.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "test code")]

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
    (&["bench", "run", "fixtures/scenarios"], ""),
    (
        &[
            "bench",
            "run",
            "fixtures/scenarios/login-cns.toml",
            "--target",
            "nfc,reader:no-such-reader",
        ],
        "",
    ),
    (&["bench", "run", "fixtures/recipe.toml"], ""),
    (&["trace", "show", "fixtures/recipe.toml"], ""),
    (
        &[
            "trace",
            "diff",
            "tests/conformance/tests/traces/login.jsonl",
            "tests/conformance/tests/traces/wrong-pin.jsonl",
        ],
        "",
    ),
    (
        &["trace", "replay", "fixtures/transcripts/login-cns-st.jsonl"],
        "",
    ),
    (
        &[
            "trace",
            "replay",
            "--tolerant",
            "tests/conformance/tests/traces/login.jsonl",
        ],
        "",
    ),
    (
        &["trace", "replay", "tests/conformance/tests/traces/login.jsonl"],
        "",
    ),
    (
        &["trace", "show", "tests/conformance/tests/traces/login-cie.jsonl"],
        "",
    ),
    (
        &[
            "trace",
            "diff",
            "tests/conformance/tests/traces/login-cie.jsonl",
            "tests/conformance/tests/traces/broken-channel-cie.jsonl",
        ],
        "",
    ),
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
    (&["pin", "status", "--reader", "played:cns-st"], ""),
    (&["pin", "status", "--reader", "played:cns-athena"], ""),
    (&["pin", "status", "--reader", "played:cns-chipdoc"], ""),
    (&["pin", "status", "--reader", "played:cie-nxp"], ""),
    (
        &["pin", "change", "--pin-stdin", "--reader", "played:cns-st"],
        "12345\n24680\n",
    ),
    (
        &["pin", "change", "--pin-stdin", "--reader", "played:cns-st"],
        "54321\n24680\n",
    ),
    (
        &["pin", "unblock", "--pin-stdin", "--reader", "played:cns-blocked"],
        "12345678\n24680\n",
    ),
    (
        &["pin", "unblock", "--pin-stdin", "--reader", "played:cie-blocked"],
        "12345678\n24681357\n",
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
    (
        &["login", "--pin-stdin", "--reader", "played:cns-revoked"],
        "12345",
    ),
    (
        &["login", "--pin-stdin", "--reader", "played:cns-suspended"],
        "12345",
    ),
    (
        &[
            "login",
            "--pin-stdin",
            "--revocation",
            "soft",
            "--trust-test",
            "fixtures/pki/ca-cie-sub.der",
            "--csca-test",
            "fixtures/pki/csca.der",
            "--service",
            "inps.domanda",
            "--reader",
            "played:cie-actalis",
        ],
        "12345678",
    ),
    (
        &[
            "login",
            "--pin-stdin",
            "--revocation",
            "off",
            "--reader",
            "played:cns-st",
        ],
        "12345",
    ),
    (
        &[
            "login",
            "--pin-stdin",
            "--revocation",
            "grace:24",
            "--at",
            "2044-12-31T12:00:00Z",
            "--reader",
            "played:cns-st",
        ],
        "12345",
    ),
];

/// Files, and options with which `cert verify` judges them.
const VERIFIED: &[(&str, &[&str])] = &[
    ("leaf-good.der", &["--crl", "fixtures/pki/crl-cns.crl"]),
    ("leaf-good.der", &["--revocation", "soft"]),
    ("leaf-good.der", &["--revocation", "off"]),
    ("leaf-good.der", &[]),
    ("leaf-good.der", &["--crl", "fixtures/pki/ca-cns.der"]),
    (
        "leaf-good.der",
        &[
            "--crl",
            "fixtures/pki/crl-cns-older.crl",
            "--revocation",
            "grace",
            "--at",
            "2026-01-02T12:00:00Z",
        ],
    ),
    ("leaf-revoked.der", &["--crl", "fixtures/pki/crl-cns.crl"]),
    ("leaf-suspended.der", &["--crl", "fixtures/pki/crl-cns.crl"]),
    ("leaf-expired.der", &[]),
    ("leaf-untrusted.der", &[]),
    ("leaf-without-codice-fiscale.der", &["--profile", "cie"]),
    (
        "leaf-legacy-sha256.der",
        &["--crl", "fixtures/pki/crl-legacy.crl"],
    ),
    (
        "leaf-cie.der",
        &[
            "--intermediates",
            "fixtures/pki/ca-cie-sub.der",
            "--revocation",
            "soft",
        ],
    ),
    (
        "leaf-path-too-long.der",
        &[
            "--intermediates",
            "fixtures/pki/ca-deep.der",
            "--intermediates",
            "fixtures/pki/ca-too-deep.der",
        ],
    ),
    (
        "leaf-good.der",
        &["--profile", "none", "--crl", "fixtures/pki/crl-cns.crl"],
    ),
    ("crl-cns.crl", &[]),
    ("absent.der", &[]),
];

/// A command, away from any reader of this machine.
fn command() -> Command {
    let mut command = Command::new(varco());
    command
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("../.."))
        .env("PCSCLITE_CSOCK_NAME", "/nonexistent/pcscd.comm")
        .arg("--json");
    command
}

/// Judges what commands wrote, each on a file of its own.
struct Judge {
    judge: Command,
    folder: tempfile::TempDir,
    number: usize,
}

impl Judge {
    fn new() -> Self {
        Self {
            // By its whole path: another Python's jsonschema, earlier in PATH, may lack the module that it needs.
            judge: Command::new("/usr/bin/jsonschema"),
            folder: tempfile::tempdir().unwrap(),
            number: 0,
        }
    }

    /// Each line of it is an object.
    fn take(&mut self, json: &[u8]) {
        for line in json.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
            let path = self.folder.path().join(format!("{}.json", self.number));
            std::fs::write(&path, line).unwrap();
            self.judge.arg("--instance").arg(path);
            self.number += 1;
        }
    }

    fn verdict(mut self) {
        let schema = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/schema/varco-cli-1.schema.json");
        let judged = self.judge.arg(schema).output().unwrap();
        let said = [judged.stdout, judged.stderr].concat();
        assert!(judged.status.success(), "{}", String::from_utf8_lossy(&said));
    }
}

#[test]
fn verdicts_on_certificates_are_as_published() {
    let mut judge = Judge::new();
    for (file, options) in VERIFIED {
        let mut command = command();
        command.args(["cert", "verify", &format!("fixtures/pki/{file}")]);
        for anchor in ["ca-cns", "ca-cns-legacy", "ca-cie-root"] {
            command.args(["--trust-test", &format!("fixtures/pki/{anchor}.der")]);
        }
        let ran = run_with_input(command.args(*options), &[]).unwrap();
        let told: serde_json::Value = serde_json::from_slice(&ran.stdout).unwrap();
        // What is no file, or no list, is judged by nobody.
        let is_judged = *file != "absent.der" && !options.contains(&"fixtures/pki/ca-cns.der");
        assert_eq!(
            told["verdict"].is_string(),
            is_judged,
            "{file} {options:?}: {told:#}"
        );
        judge.take(&ran.stdout);
    }
    judge.verdict();
}

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

/// What is asked of access rules and of a store of facts, and what is typed: FOLDER stands for a folder with that store, an
/// operator's files and a login, CARD for the options of a played card, BY for who enters something.
const ACCESS_COMMANDS: &[(&str, &str)] = &[
    ("services --policy FOLDER/operator", ""),
    ("policy test fixtures/policy", ""),
    ("policy test FOLDER/cases --policy FOLDER/operator", ""),
    ("policy test FOLDER", ""),
    (
        "policy validate FOLDER/operator/services.toml FOLDER/operator/rules.cedar",
        "",
    ),
    ("policy validate FOLDER/operator/rules.cedar", ""),
    ("policy explain", ""),
    ("policy explain inps.isee", ""),
    ("policy explain forbid-nis", ""),
    ("policy explain comune-anagrafe --policy FOLDER/operator", ""),
    ("policy explain nothing", ""),
    ("policy check WHO --credential cns --service inps.domanda", ""),
    ("policy check WHO --credential nis --service inps.domanda", ""),
    (
        "policy check WHO --credential phone-pin --service inps.contact-center --profile professional",
        "",
    ),
    (
        "policy check WHO --credential cns --service inps.domanda --at=-000500-01-01T00:00:00Z",
        "",
    ),
    (
        "policy check WHO --credential cns --service inps.cedolino --for OTHER",
        "",
    ),
    (
        "policy check WHO --credential cns --service inps.cedolino --for OTHER --delegation curator",
        "",
    ),
    (
        "policy check WHO --credential cns --act revoke-delegation --category ward",
        "",
    ),
    (
        "policy check WHO --credential cns --service comune.anagrafe --policy FOLDER/operator --cns-high",
        "",
    ),
    (
        "policy check --identity FOLDER/login.json --service inps.isee",
        "",
    ),
    (
        "policy check --identity FOLDER/operator/rules.cedar --service inps.isee",
        "",
    ),
    ("enablement list --records FOLDER/records.db", ""),
    (
        "enablement grant WHO --service inps.isee BY --until 2099-01-01",
        "",
    ),
    ("enablement grant WHO --service inps.isee BY", ""),
    ("enablement list --records FOLDER/records.db", ""),
    (
        "login CARD --service inps.isee --records FOLDER/records.db",
        "12345",
    ),
    ("enablement revoke WHO --service inps.isee BY", ""),
    (
        "login CARD --service inps.isee --records FOLDER/records.db",
        "12345",
    ),
    (
        "delegation add --delegator OTHER --delegate DMNNCL80C14H501S BY --at 2021-08-15",
        "",
    ),
    (
        "delegation add --delegator OTHER --delegate DMNNCL80C14H501S BY --birth-date 1975-04-12",
        "",
    ),
    (
        "login CARD --service inps.cedolino --records FOLDER/records.db --for OTHER",
        "12345",
    ),
    (
        "login CARD --service inps.cedolino --records FOLDER/records.db --for OTHER --access-at 2021-01-01",
        "12345",
    ),
    ("delegation revoke --id 1 BY --channel online", ""),
    ("delegation revoke --id 1 BY", ""),
    ("delegation list --records FOLDER/records.db", ""),
    (
        "category add --codice-fiscale OTHER --category ward BY --until 2099-01-01",
        "",
    ),
    ("category end --codice-fiscale OTHER --category ward BY", ""),
    ("category list --records FOLDER/records.db", ""),
    (
        "phone-pin issue CARD --records FOLDER/records.db --span three-months --at 2026-06-01T09:00:00Z",
        "12345",
    ),
    (
        "phone-pin issue CARD --records FOLDER/records.db --span day",
        "54321",
    ),
    (
        "phone-pin check WHO --pin-stdin --records FOLDER/records.db",
        "12345678",
    ),
    (
        "phone-pin check WHO --pin-stdin --records FOLDER/records.db",
        "1234",
    ),
    (
        "phone-pin issue CARD --records FOLDER/records.db --span day",
        "12345",
    ),
];

const OPERATORS_SERVICES: &str = "[[service]]\nid = \"comune.anagrafe\"\nclass = \"operator\"\ntitle = { it = \"Anagrafe\", en = \"Registry\" }\n";
const OPERATORS_RULES: &str = "@id(\"comune-anagrafe\") @it(\"Regola.\") @en(\"Rule.\") @source(\"council, act 12\")\n\
    permit (principal, action == Action::\"use\", resource == Service::\"comune.anagrafe\")\n\
    when { context has login && context.login.level >= 3 };\n";
/// A case that is not answered so.
const CASES: &str = "{\"about\": \"the town\", \"cases\": [{\"name\": \"a CNS\", \"about\": [\"comune-anagrafe\"], \
    \"service\": \"comune.anagrafe\", \"at\": \"2026-11-28T09:00:00Z\", \"identity\": {\"kind\": \"cns\"}, \
    \"expect\": {\"effect\": \"permit\", \"policies\": [], \"reasons\": [], \"advice\": []}}]}";

/// Runs one of them.
fn about_access(words: &str, typed: &str, folder: &str) -> Vec<u8> {
    let card = format!("--pin-stdin --reader played:cns-st {}", TRUST.join(" "));
    let words = words
        .replace("CARD", &card)
        .replace("WHO", "--codice-fiscale DMNNCL80C14H501S")
        .replace("OTHER", "BNCGLI75D52F205U")
        .replace("BY", "--who clerk --act protocol-1 --records FOLDER/records.db")
        .replace("FOLDER", folder);
    let mut command = command();
    command.args(words.split(' '));
    let ran = run_with_input(&mut command, typed.as_bytes()).unwrap();
    assert!(!ran.stdout.is_empty(), "{words}");
    ran.stdout
}

#[test]
fn what_commands_about_access_write_is_as_published() {
    let mut judge = Judge::new();
    let place = tempfile::tempdir().unwrap();
    let folder = place.path().to_str().unwrap();
    for (file, text) in [
        ("operator/services.toml", OPERATORS_SERVICES),
        ("operator/rules.cedar", OPERATORS_RULES),
        ("cases/cases.json", CASES),
    ] {
        let path = place.path().join(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    let login = about_access("login CARD", "12345", folder);
    std::fs::write(place.path().join("login.json"), login).unwrap();
    let mut told = String::new();
    for (words, typed) in ACCESS_COMMANDS {
        let json = about_access(words, typed, folder);
        told.push_str(core::str::from_utf8(&json).unwrap());
        judge.take(&json);
    }
    // Each sort of answer was among them.
    for sort in [
        "\"simulated\":true",
        "\"decision\":{\"effect\"",
        "\"failed\":[{",
        "\"valid\":true",
        "\"cedar\":",
        "\"enablements\":[{",
        "\"delegations\":[{",
        "\"categories\":[{",
        "\"phone_pin\":{\"pin\"",
        "\"outcome\":",
        "\"quality\":\"delegate\"",
    ] {
        assert!(told.contains(sort), "{sort}");
    }
    judge.verdict();
}

/// What is done with a record of decisions, and a SPID login: FOLDER stands for a folder, CARD for the options of a played card,
/// LOG for what names the record, SPID for a login of the vectors and the test gateway.
const AUDIT_COMMANDS: &[&str] = &[
    "audit keys FOLDER/keys --auditor-dir FOLDER/auditor",
    "audit keys FOLDER/keys --auditor-dir FOLDER/auditor",
    "audit keys FOLDER/new --auditor-dir FOLDER/new-auditor",
    "audit init LOG",
    "audit init LOG",
    "login CARD LOG --service inps.cedolino",
    "login CARD LOG --service inps.cedolino --for DMNNCL80C14H501S",
    "verify-hand-over SPID",
    "verify-hand-over SPID LOG --service inps.cedolino",
    "verify-hand-over SPID --service inps.nothing",
    "verify-hand-over SPID --audience other",
    "audit checkpoint LOG",
    "audit verify FOLDER/log --key FOLDER/keys/checkpoint.pub",
    "audit rotate LOG --new-keys FOLDER/new",
    "audit verify FOLDER/log --key FOLDER/keys/checkpoint.pub",
    "audit open FOLDER/log --auditor-key FOLDER/auditor/auditor.key",
    "audit open FOLDER/log --auditor-key FOLDER/new-auditor/auditor.key",
    "audit find FOLDER/log --codice-fiscale DMNNCL80C14H501S --pseudonym-key FOLDER/keys/pseudonym.key",
    "audit export FOLDER/log --out FOLDER/out",
    "audit export FOLDER/log --out FOLDER/out",
];

#[test]
fn what_commands_about_the_record_of_decisions_write_is_as_published() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path().to_str().unwrap();
    let nonce = "868dSHDpMkAPuDOS7Dl32xKOu1utE/AwnOyVwEyWBwQ=";
    let spid = format!(
        "fixtures/vectors/spid/spid-l2.txt --nonce {nonce} --gateway gateway.example.it --gateway-test --gateway-key \
         fixtures/vectors/spid/gateway.pem --at 2026-06-01T09:00:10Z"
    );
    let mut judge = Judge::new();
    let mut told = String::new();
    let mut run = |said: &str| {
        let said = said
            .replace("LOG", "--audit FOLDER/log --audit-keys FOLDER/keys")
            .replace("FOLDER", here)
            .replace("CARD", "--pin-stdin --reader played:cns-st")
            .replace("SPID", &spid);
        let mut command = command();
        command.args(said.split(' '));
        if said.contains("--pin-stdin") {
            command.args(TRUST);
        }
        if said.starts_with("verify-hand-over") && !said.contains("--audience") {
            command.args(["--audience", "https://servizi.example.it"]);
        }
        let ran = run_with_input(&mut command, b"12345").unwrap();
        assert!(!ran.stdout.is_empty(), "{said}");
        judge.take(&ran.stdout);
        told.push_str(&String::from_utf8(ran.stdout).unwrap());
    };
    for said in AUDIT_COMMANDS {
        run(said);
    }
    // What an interruption leaves, told and mended; then an altered record.
    let segment = folder.path().join("log/00000001.log");
    let mut bytes = std::fs::read(&segment).unwrap();
    bytes.extend(b"{\"seq\":");
    std::fs::write(&segment, &bytes).unwrap();
    let both = "--key FOLDER/keys/checkpoint.pub --key FOLDER/new/checkpoint.pub";
    run(&format!("audit verify FOLDER/log {both}"));
    run("audit checkpoint --audit FOLDER/log --audit-keys FOLDER/new");
    let text = std::fs::read_to_string(&segment).unwrap();
    std::fs::write(&segment, text.replace("\"permit\"", "\"deny\"")).unwrap();
    run(&format!("audit verify FOLDER/log {both}"));
    run("audit open FOLDER/log --auditor-key FOLDER/auditor/auditor.key");
    for sort in [
        "\"audit_keys\":{",
        "\"audit_checkpoint\":{",
        "\"recovered\":{",
        "\"good\":true",
        "\"good\":false",
        "\"torn\":{",
        "\"subject_codice_fiscale\":\"DMNNCL80C14H501S\"",
        "\"opened\":false",
        "\"found_as\":\"subject\"",
        "\"audit_read\":{",
        "\"audit_export\":{",
        "\"verified_hand_over\":{",
        "\"audit-altered\"",
    ] {
        assert!(told.contains(sort), "{sort}");
    }
    judge.verdict();
}

#[test]
fn what_programs_read_is_as_published() {
    let mut judge = Judge::new();
    for (arguments, typed) in COMMANDS {
        let mut command = command();
        command.args(*arguments);
        if arguments.contains(&"--pin-stdin") {
            command.args(TRUST);
        }
        let ran = run_with_input(&mut command, typed.as_bytes()).unwrap();
        assert!(!ran.stdout.is_empty(), "{arguments:?}");
        judge.take(&ran.stdout);
    }
    judge.verdict();
}
