//! `varco audit`: the record of decisions that logins put down, verified, read and carried on; files, exit codes, JSON, words.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "test code")]

mod program;

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use program::{Ran, command, login, run, run_command};
use serde_json::{Value, json};

const SERVICE: &[&str] = &["--service", "inps.estratto-conto"];
const HOLDER: &str = "DMNNCL80C14H501S";
const OTHER: &str = "RSSMRA85M01H501Q";

/// A record in a folder of its own, with its keys.
struct Site(tempfile::TempDir);

impl Site {
    fn new() -> Self {
        let site = Self(tempfile::tempdir().unwrap());
        site.keys("keys", "auditor");
        let made = site.audit("init", &["--audit", "LOG", "--audit-keys", "KEYS"]);
        assert_eq!(made.exit, 0, "{}", made.out);
        site
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn text(&self, name: &str) -> String {
        self.path(name).to_str().unwrap().to_owned()
    }

    fn keys(&self, folder: &str, apart: &str) -> Ran {
        let (folder, apart) = (self.text(folder), self.text(apart));
        run(&["--json", "audit", "keys", &folder, "--auditor-dir", &apart], "")
    }

    /// LOG, KEYS, AUDITOR and SITE stand for their places.
    fn filled(&self, arguments: &[&str]) -> Vec<String> {
        let place = |argument: &&str| match *argument {
            "LOG" => self.text("log"),
            "KEYS" => self.text("keys"),
            "PUBLIC" => self.text("keys/checkpoint.pub"),
            "AUDITOR" => self.text("auditor/auditor.key"),
            "PSEUDONYM" => self.text("keys/pseudonym.key"),
            other => other.replace("SITE", self.0.path().to_str().unwrap()),
        };
        arguments.iter().map(place).collect()
    }

    fn audit(&self, what: &str, arguments: &[&str]) -> Ran {
        let filled = self.filled(arguments);
        let filled: Vec<&str> = filled.iter().map(String::as_str).collect();
        run(&[&["--json", "audit", what], &filled[..]].concat(), "")
    }

    fn login(&self, profile: &str, options: &[&str]) -> Ran {
        let filled = self.filled(&["--audit", "LOG", "--audit-keys", "KEYS"]);
        let filled: Vec<&str> = filled.iter().map(String::as_str).collect();
        login(profile, &[&filled, SERVICE, options].concat(), "12345\n")
    }

    fn verify(&self) -> Ran {
        self.audit("verify", &["LOG", "--key", "PUBLIC"])
    }

    fn segment(&self) -> PathBuf {
        self.path("log/00000001.log")
    }

    fn copy_log(&self, from: &str, to: &str) {
        for file in ["head", "00000001.log"] {
            std::fs::copy(self.path(from).join(file), self.path(to).join(file)).unwrap();
        }
    }
}

/// Every object on standard output.
fn objects(ran: &Ran) -> Vec<Value> {
    let read = |line: &str| serde_json::from_str(line).unwrap();
    ran.out.lines().map(read).collect()
}

fn mode(path: &Path) -> u32 {
    path.metadata().unwrap().permissions().mode() & 0o777
}

fn findings(ran: &Ran) -> Vec<String> {
    let json = ran.json();
    let findings = json["audit_verification"]["findings"].as_array().unwrap();
    let code = |finding: &Value| finding["code"].as_str().unwrap().to_owned();
    findings.iter().map(code).collect()
}

#[test]
fn keys_are_made_once_in_two_folders_that_are_their_owners_alone() {
    let site = Site(tempfile::tempdir().unwrap());
    let made = site.keys("keys", "auditor");
    assert_eq!(made.exit, 0, "{}", made.out);
    for (name, rights) in [
        ("keys", 0o700),
        ("auditor", 0o700),
        ("keys/checkpoint.pem", 0o600),
        ("keys/checkpoint.pub", 0o644),
        ("keys/pseudonym.key", 0o600),
        ("keys/auditor.pub", 0o644),
        ("auditor/auditor.key", 0o600),
    ] {
        assert_eq!(mode(&site.path(name)), rights, "{name}");
    }
    assert_eq!(std::fs::read_dir(site.path("keys")).unwrap().count(), 4);
    let before = std::fs::read(site.path("keys/checkpoint.pem")).unwrap();
    let again = site.keys("keys", "elsewhere");
    assert_eq!(
        (again.exit, again.error_code().as_str()),
        (60, "audit-file-exists")
    );
    assert_eq!(std::fs::read(site.path("keys/checkpoint.pem")).unwrap(), before);
    assert!(!site.path("elsewhere").exists());
}

#[test]
fn keys_are_made_all_of_them_or_none() {
    let site = Site(tempfile::tempdir().unwrap());
    site.keys("keys", "auditor");
    // The auditor's key is there already.
    let refused = site.keys("others", "auditor");
    assert_eq!(
        (refused.exit, refused.error_code().as_str()),
        (60, "audit-file-exists")
    );
    assert!(!site.path("others").exists());
}

#[test]
fn the_auditors_private_key_never_lies_with_the_programs() {
    let site = Site(tempfile::tempdir().unwrap());
    std::fs::create_dir(site.path("keys")).unwrap();
    std::fs::set_permissions(site.path("keys"), std::fs::Permissions::from_mode(0o700)).unwrap();
    std::os::unix::fs::symlink(site.path("keys"), site.path("link")).unwrap();
    for apart in ["keys", "keys/below", "link"] {
        let refused = site.keys("keys", apart);
        assert_eq!(
            (refused.exit, refused.error_code().as_str()),
            (64, "audit-keys-together"),
            "{apart}"
        );
        assert_eq!(
            std::fs::read_dir(site.path("keys")).unwrap().count(),
            0,
            "{apart}"
        );
    }
    let folder = site.text("keys");
    assert_eq!(run(&["audit", "keys", &folder], "").exit, 64);
    std::fs::set_permissions(site.path("keys"), std::fs::Permissions::from_mode(0o770)).unwrap();
    let unsafe_folder = site.keys("keys", "auditor");
    assert_eq!(
        (unsafe_folder.exit, unsafe_folder.error_code().as_str()),
        (64, "audit-unsafe")
    );
}

#[test]
fn a_login_is_recorded_and_the_record_verifies() {
    let site = Site::new();
    assert_eq!(site.login("cns-st", &[]).exit, 0);
    let kept = site.audit("checkpoint", &["--audit", "LOG", "--audit-keys", "KEYS"]);
    let text = kept.json()["audit_checkpoint"]["text"]
        .as_str()
        .unwrap()
        .to_owned();
    std::fs::write(site.path("kept"), format!("{text}\n")).unwrap();
    let told = site.audit("verify", &["LOG", "--key", "PUBLIC", "--checkpoint", "SITE/kept"]);
    let verified = &told.json()["audit_verification"];
    assert_eq!(told.exit, 0, "{verified:#}");
    assert_eq!(
        (&verified["good"], &verified["decisions"], &verified["kept"]),
        (&json!(true), &json!(1), &json!(1)),
        "{verified:#}"
    );
    assert_eq!(
        verified["last"]["record"],
        kept.json()["audit_checkpoint"]["record"]
    );
    assert_eq!(told.json()["error"], Value::Null);
}

#[test]
fn a_checkpoint_in_words_is_a_line_that_can_be_kept_as_it_is() {
    let site = Site::new();
    let (log, keys) = (site.text("log"), site.text("keys"));
    let told = run(
        &["audit", "checkpoint", "--audit", &log, "--audit-keys", &keys],
        "",
    );
    assert_eq!(told.out.lines().count(), 1);
    assert!(told.out.starts_with("varco-audit-checkpoint 1 "), "{}", told.out);
    std::fs::write(site.path("kept"), &told.out).unwrap();
    let verified = site.audit("verify", &["LOG", "--key", "PUBLIC", "--checkpoint", "SITE/kept"]);
    assert_eq!(verified.json()["audit_verification"]["kept"], 1);
    std::fs::write(site.path("kept"), "\n").unwrap();
    let none = site.audit("verify", &["LOG", "--key", "PUBLIC", "--checkpoint", "SITE/kept"]);
    assert_eq!(
        (none.exit, none.error_code().as_str()),
        (64, "audit-checkpoint-invalid")
    );
}

#[test]
fn a_byte_that_was_changed_shows_with_its_place_wherever_the_record_is_read() {
    let site = Site::new();
    site.login("cns-st", &[]);
    site.login("cns-st", &[]);
    let mut bytes = std::fs::read(site.segment()).unwrap();
    let lines: Vec<usize> = bytes
        .iter()
        .enumerate()
        .filter_map(|(place, byte)| (*byte == b'\n').then_some(place + 1))
        .collect();
    // The third line is the first decision.
    let place = bytes.windows(8).position(|word| word == b"\"permit\"").unwrap() + 1;
    bytes[place] = b'P';
    let place = bytes.windows(4).position(|word| word == b"cns\"").unwrap();
    bytes[place] = b'x';
    std::fs::write(site.segment(), &bytes).unwrap();
    let told = site.verify();
    assert_eq!((told.exit, told.error_code().as_str()), (63, "audit-altered"));
    let first = &told.json()["audit_verification"]["findings"][0];
    assert_eq!(
        (
            &first["segment"],
            &first["line"],
            &first["byte"],
            &first["record"]
        ),
        (&json!(1), &json!(3), &json!(lines[1]), &json!(2)),
        "{first:#}"
    );
    assert_eq!(told.json()["audit_verification"]["good"], false);
    for (what, options) in [
        ("open", &["LOG", "--auditor-key", "AUDITOR"][..]),
        (
            "find",
            &["LOG", "--codice-fiscale", HOLDER, "--pseudonym-key", "PSEUDONYM"],
        ),
        ("export", &["LOG"]),
        ("export", &["LOG", "--out", "SITE/out"]),
    ] {
        let stopped = site.audit(what, options);
        assert_eq!(
            (stopped.exit, stopped.error_code().as_str()),
            (63, "audit-altered"),
            "{what}"
        );
        let message = stopped.json()["error"]["message"].as_str().unwrap().to_owned();
        assert!(message.contains("segment 1, line 3"), "{what}: {message}");
    }
    assert!(!site.path("out").exists());
}

#[test]
fn a_hash_that_does_not_fit_is_told_in_words() {
    let site = Site::new();
    site.login("cns-st", &[]);
    let text = std::fs::read_to_string(site.segment()).unwrap();
    std::fs::write(site.segment(), text.replace("\"permit\"", "\"deny\"")).unwrap();
    assert_eq!(findings(&site.verify())[0], "audit-hash");
    let (log, key) = (site.text("log"), site.text("keys/checkpoint.pub"));
    let arguments = ["--lang", "it", "audit", "verify", &log, "--key", &key];
    let told = run_command(&mut command(&arguments), "");
    assert_eq!(told.exit, 63);
    assert!(
        told.out
            .contains("- Una registrazione è stata modificata: non corrisponde alla sua impronta. Dove: segmento 1, riga 3"),
        "{}",
        told.out
    );
    assert!(
        told.err.contains("Il registro delle decisioni non è quello"),
        "{}",
        told.err
    );
    // Nobody logs in on top of it: it is found out before a PIN is typed.
    let mut bytes = std::fs::read(site.segment()).unwrap();
    bytes.truncate(bytes.len() - 5);
    std::fs::write(site.segment(), bytes).unwrap();
    let refused = site.login("cns-st", &[]);
    assert_eq!(
        (refused.exit, refused.error_code().as_str()),
        (63, "audit-altered")
    );
}

#[test]
fn an_earlier_day_put_back_shows_by_a_checkpoint_that_was_kept() {
    let site = Site::new();
    site.login("cns-st", &[]);
    std::fs::create_dir(site.path("copy")).unwrap();
    site.copy_log("log", "copy");
    site.login("cns-st", &[]);
    let kept = site.audit("checkpoint", &["--audit", "LOG", "--audit-keys", "KEYS"]);
    let text = kept.json()["audit_checkpoint"]["text"]
        .as_str()
        .unwrap()
        .to_owned();
    std::fs::write(site.path("kept"), text).unwrap();
    site.copy_log("copy", "log");
    assert_eq!(site.verify().exit, 0);
    let told = site.audit("verify", &["LOG", "--key", "PUBLIC", "--checkpoint", "SITE/kept"]);
    assert_eq!((told.exit, told.error_code().as_str()), (63, "audit-altered"));
    assert_eq!(findings(&told), ["audit-kept-not-reached"]);
}

#[test]
fn records_cut_off_the_end_show() {
    let site = Site::new();
    site.login("cns-st", &[]);
    let text = std::fs::read_to_string(site.segment()).unwrap();
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    std::fs::write(site.segment(), lines[..lines.len() - 1].concat()).unwrap();
    let told = site.verify();
    assert_eq!(told.exit, 63);
    assert_eq!(findings(&told), ["audit-truncated"]);
}

#[test]
fn what_an_interruption_leaves_is_told_and_is_no_alteration() {
    let site = Site::new();
    site.login("cns-st", &[]);
    let mut bytes = std::fs::read(site.segment()).unwrap();
    bytes.extend(b"{\"seq\":3,");
    std::fs::write(site.segment(), &bytes).unwrap();
    let told = site.verify();
    let torn = &told.json()["audit_verification"]["torn"];
    assert_eq!((told.exit, &torn["bytes"]), (0, &json!(9)), "{}", told.out);
    let (log, key) = (site.text("log"), site.text("keys/checkpoint.pub"));
    let words = run(&["audit", "verify", &log, "--key", &key], "");
    assert!(words.out.contains("9 bytes make no record"), "{}", words.out);
    // The next login mends it, and says so.
    let next = site.login("cns-st", &[]);
    assert_eq!(next.exit, 0, "{}", next.out);
    assert!(next.err.contains("it was mended, and record 3"), "{}", next.err);
    let mended = site.verify().json();
    assert_eq!(mended["audit_verification"]["recoveries"], 1);
}

#[test]
fn a_record_that_cannot_be_written_denies_the_login() {
    let site = Site::new();
    // The next head finds no place.
    std::fs::create_dir(site.path("log/head.new")).unwrap();
    let denied = site.login("cns-st", &[]);
    let decision = &denied.json()["decision"];
    assert_eq!(denied.exit, 11, "{decision:#}");
    assert_eq!(decision["effect"], "deny");
    assert_eq!(decision["errors"][0]["code"], "error-not-recorded");
}

#[test]
fn a_record_that_is_not_there_is_found_out_before_a_pin_is_typed() {
    let site = Site::new();
    std::fs::rename(site.path("log"), site.path("moved")).unwrap();
    let refused = site.login("cns-st", &[]);
    assert_eq!(
        (refused.exit, refused.error_code().as_str()),
        (60, "audit-absent")
    );
    let unkeyed = login("cns-st", &["--audit", "/nonexistent"], "12345\n");
    assert_eq!((unkeyed.exit, unkeyed.error_code().as_str()), (64, "usage"));
}

#[test]
fn the_auditor_reads_who_it_was_and_nobody_else_does() {
    let site = Site::new();
    assert_eq!(site.login("cns-st", &[]).exit, 0);
    let acting = site.login("cns-st", &["--for", OTHER]);
    assert_eq!(acting.exit, 10, "{}", acting.out);
    let opened = objects(&site.audit("open", &["LOG", "--auditor-key", "AUDITOR"]));
    let who = |object: &Value| {
        let decision = &object["logged_decision"];
        [
            "effect",
            "credential",
            "subject_codice_fiscale",
            "acting_for_codice_fiscale",
        ]
        .map(|field| decision[field].clone())
    };
    assert_eq!(
        who(&opened[0]),
        [json!("permit"), json!("cns"), json!(HOLDER), Value::Null]
    );
    assert_eq!(
        who(&opened[1]),
        [json!("deny"), json!("cns"), json!(HOLDER), json!(OTHER)]
    );
    assert_eq!(
        opened[2]["audit_read"],
        json!({ "decisions": 2, "opened": 2, "out_of_reach": 0 })
    );

    for person in [HOLDER, OTHER] {
        for entry in std::fs::read_dir(site.path("log")).unwrap() {
            let bytes = std::fs::read(entry.unwrap().path()).unwrap();
            let text = String::from_utf8_lossy(&bytes).to_ascii_uppercase();
            assert!(!text.contains(person), "{person}");
        }
    }

    let one = objects(&site.audit("open", &["LOG", "--auditor-key", "AUDITOR", "--sequence", "3"]));
    assert_eq!((one.len(), &one[0]["logged_decision"]["seq"]), (2, &json!(3)));
    // A checkpoint is no decision.
    let none = site.audit("open", &["LOG", "--auditor-key", "AUDITOR", "--sequence", "1"]);
    assert_eq!(
        (none.exit, none.error_code().as_str()),
        (64, "audit-no-such-record")
    );
    let mixed_up = site.audit("open", &["LOG", "--auditor-key", "PSEUDONYM"]);
    assert_eq!(
        (mixed_up.exit, mixed_up.error_code().as_str()),
        (64, "audit-key-invalid")
    );
}

#[test]
fn a_person_is_found_by_the_pseudonym_key_and_not_named() {
    let site = Site::new();
    site.login("cns-st", &[]);
    site.login("cns-st", &["--for", OTHER]);
    let find = |person: &str| {
        let ran = site.audit(
            "find",
            &["LOG", "--codice-fiscale", person, "--pseudonym-key", "PSEUDONYM"],
        );
        assert!(ran.exit == 0 && !ran.out.contains(HOLDER), "{}", ran.out);
        let found = objects(&ran);
        let as_what = |object: &Value| object["logged_decision"]["found_as"].as_str().map(str::to_owned);
        found.iter().filter_map(as_what).collect::<Vec<_>>()
    };
    assert_eq!(find(HOLDER), ["subject", "subject"]);
    assert_eq!(find(OTHER), ["acting_for"]);
    assert!(find("RSSMRA80A01H501U").is_empty());
}

#[test]
fn decisions_are_written_out_into_a_new_file_for_its_owner_alone() {
    let site = Site::new();
    site.login("cns-st", &[]);
    let plain = site.audit("export", &["LOG", "--out", "SITE/out.jsonl"]);
    assert_eq!(
        (plain.exit, &plain.json()["audit_export"]["decisions"]),
        (0, &json!(1))
    );
    assert_eq!(mode(&site.path("out.jsonl")), 0o600);
    let text = std::fs::read_to_string(site.path("out.jsonl")).unwrap();
    assert!(
        text.contains("\"effect\":\"permit\"") && !text.contains(HOLDER),
        "{text}"
    );
    let again = site.audit("export", &["LOG", "--out", "SITE/out.jsonl"]);
    assert_eq!(
        (again.exit, again.error_code().as_str()),
        (60, "audit-file-exists")
    );

    let options = [
        "LOG",
        "--as",
        "csv",
        "--auditor-key",
        "AUDITOR",
        "--out",
        "SITE/out.csv",
    ];
    assert_eq!(site.audit("export", &options).exit, 0);
    let table = std::fs::read_to_string(site.path("out.csv")).unwrap();
    assert!(
        table.starts_with("seq,recorded_at,") && table.contains(HOLDER),
        "{table}"
    );

    let log = site.text("log");
    let streamed = run(&["audit", "export", &log], "");
    assert_eq!((streamed.exit, &streamed.out), (0, &text));
    // A table and JSON do not go into one stream.
    assert_eq!(site.audit("export", &["LOG", "--as", "csv"]).exit, 64);
}

#[test]
fn keys_are_changed_and_those_of_before_still_read_what_was_before() {
    let site = Site::new();
    site.login("cns-st", &[]);
    site.keys("new", "new-auditor");
    let rotated = site.audit(
        "rotate",
        &["--audit", "LOG", "--audit-keys", "KEYS", "--new-keys", "SITE/new"],
    );
    assert_eq!(rotated.exit, 0, "{}", rotated.out);
    let old = site.login("cns-st", &[]);
    assert_eq!((old.exit, old.error_code().as_str()), (64, "audit-other-key"));
    let (log, new) = (site.text("log"), site.text("new"));
    let recorded = ["--audit", &log, "--audit-keys", &new];
    assert_eq!(login("cns-st", &[SERVICE, &recorded].concat(), "12345\n").exit, 0);

    assert_eq!(findings(&site.verify())[0], "audit-key-unknown");
    let both = ["LOG", "--key", "PUBLIC", "--key", "SITE/new/checkpoint.pub"];
    let told = site.audit("verify", &both);
    assert_eq!(told.exit, 0, "{}", told.out);
    let keys = &told.json()["audit_verification"]["auditor_keys"];
    assert_eq!(keys.as_array().unwrap().len(), 2);

    let one = objects(&site.audit("open", &["LOG", "--auditor-key", "AUDITOR"]));
    assert_eq!(
        one.last().unwrap()["audit_read"],
        json!({ "decisions": 2, "opened": 1, "out_of_reach": 1 })
    );
    let both = [
        "LOG",
        "--auditor-key",
        "AUDITOR",
        "--auditor-key",
        "SITE/new-auditor/auditor.key",
    ];
    let both = objects(&site.audit("open", &both));
    assert_eq!(both.last().unwrap()["audit_read"]["opened"], 2);
    site.keys("third", "third-auditor");
    let none = site.audit(
        "open",
        &["LOG", "--auditor-key", "SITE/third-auditor/auditor.key"],
    );
    let last = objects(&none).pop().unwrap();
    assert_eq!(
        (none.exit, &last["error"]["code"]),
        (64, &json!("audit-not-opened"))
    );
}

#[test]
fn a_secret_key_that_others_may_read_is_refused() {
    let site = Site::new();
    std::fs::set_permissions(
        site.path("keys/checkpoint.pem"),
        std::fs::Permissions::from_mode(0o640),
    )
    .unwrap();
    let refused = site.login("cns-st", &[]);
    assert_eq!(
        (refused.exit, refused.error_code().as_str()),
        (64, "audit-unsafe")
    );
}
