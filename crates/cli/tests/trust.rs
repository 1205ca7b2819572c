//! `varco trust`, and a store in logins and verdicts: files, exit codes, JSON and words.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic,
    reason = "test code: what fails here fails the test"
)]

mod program;
#[path = "../../trust-store/tests/fetch/server.rs"]
#[allow(dead_code, reason = "these tests take a part")]
mod server;

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use program::{Ran, login_with, run, workspace};
use serde_json::Value;
use server::{Server, ok};

/// A folder with a store in it.
struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    /// With the test authorities and their revocation lists.
    fn filled() -> Self {
        let folder = Self::new();
        folder.import(&[
            "--kind",
            "test",
            "fixtures/pki/ca-cns.pem",
            "fixtures/pki/ca-cie-sub.der",
        ]);
        folder.import(&["fixtures/pki/crl-cns.crl", "fixtures/pki/crl-cie-sub.crl"]);
        folder
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn text(&self, name: &str) -> String {
        self.path(name).to_str().unwrap().to_owned()
    }

    fn trust_in(&self, store: &str, arguments: &[&str]) -> Ran {
        let store = self.text(store);
        run(&[&["trust", "--json", "--store", &store], arguments].concat(), "")
    }

    fn trust(&self, arguments: &[&str]) -> Ran {
        self.trust_in("store", arguments)
    }

    fn import(&self, arguments: &[&str]) -> Value {
        let ran = self.trust(&[&["import"], arguments].concat());
        let told = ran.json();
        assert_eq!((ran.exit, &told["error"]), (0, &Value::Null), "{told:#}");
        told
    }

    fn login(&self, card: &str, options: &[&str]) -> Ran {
        let store = self.text("store");
        login_with(card, &["--store", &store], options, "12345\n")
    }
}

fn refused(ran: &Ran) -> (i32, String) {
    (ran.exit, ran.error_code())
}

fn told(exit: i32, code: &str) -> (i32, String) {
    (exit, code.to_owned())
}

#[test]
fn files_are_taken_as_what_they_are_and_once() {
    let folder = Folder::new();
    let what = |told: &Value, place: usize| {
        let one = &told["imported"][place];
        (
            one["as"].as_str().unwrap().to_owned(),
            one["new"].as_bool().unwrap(),
        )
    };
    let first = folder.import(&["--kind", "test", "fixtures/pki/ca-cns.pem"]);
    assert_eq!(what(&first, 0), ("anchor".to_owned(), true));
    let lists = folder.import(&["fixtures/pki/crl-cns.crl", "fixtures/pki/crl-cns.crl"]);
    assert_eq!(what(&lists, 0), ("crl".to_owned(), true));
    assert_eq!(what(&lists, 1), ("crl".to_owned(), false));
    let signer = folder.import(&["--as", "signer", "fixtures/cards/cns-st/ef-1101.bin"]);
    assert_eq!(what(&signer, 0), ("signer".to_owned(), true));

    let ran = folder.trust(&["list"]);
    let store = &ran.json()["trust_store"];
    let anchor = &store["anchors"][0];
    assert_eq!(
        (&anchor["kind"], &anchor["purpose"], &anchor["origin"]),
        (&"test".into(), &"any".into(), &"operator".into())
    );
    assert!(anchor["added_by"].as_str().unwrap().starts_with("uid "));
    assert_eq!(store["signers"][0]["territory"], "IT");
    assert_eq!(
        (&store["crls"][0]["number"], &store["crls"][0]["entries"]),
        (&"07".into(), &7.into())
    );
    let status = folder.trust(&["status"]);
    assert_eq!(status.exit, 0, "{}", status.out);
}

#[test]
fn what_cannot_be_told_or_is_not_believed_is_refused_by_name() {
    let folder = Folder::new();
    let import = |arguments: &[&str]| refused(&folder.trust(&[&["import"], arguments].concat()));
    let pki = |name: &str| format!("fixtures/pki/{name}");
    assert_eq!(import(&[&pki("ca-cns.pem")]), told(48, "store-test-material"));
    assert_eq!(import(&[&pki("leaf-good.der")]), told(64, "store-file-kind"));
    assert_eq!(
        import(&["--as", "anchor", &pki("leaf-good.der")]),
        told(48, "store-not-an-authority")
    );
    assert_eq!(import(&["fixtures/recipe.toml"]), told(64, "store-file-kind"));
    assert_eq!(import(&[&pki("crl-cns.crl")]), told(48, "store-crl-no-issuer"));
    assert_eq!(
        import(&["fixtures/vectors/list/list.xml"]),
        told(48, "store-no-signer")
    );
    assert_eq!(import(&["nowhere"]), told(60, "file-unreadable"));
    assert_eq!(
        import(&[
            "--territory",
            "Italy",
            "--as",
            "signer",
            "fixtures/pki/signer.der"
        ]),
        told(64, "store-territory")
    );
    folder.import(&["--as", "signer", "fixtures/cards/cns-st/ef-1101.bin"]);
    // It was due in August 2026.
    assert_eq!(
        import(&["fixtures/vectors/list/list.xml"]),
        told(48, "list-stale")
    );
    folder.import(&["--kind", "test", &pki("ca-cns.pem")]);
    folder.import(&[&pki("crl-cns-empty.crl")]);
    assert_eq!(
        import(&[&pki("crl-cns.crl")]),
        told(48, "crl-index-number-goes-back")
    );
    assert_eq!(
        import(&["--legacy-until", "soon", "--kind", "test", &pki("ca-deep.pem")]),
        told(64, "usage")
    );
    // One in between is named, with its list.
    let between = [
        "--issuer",
        "fixtures/pki/ca-cie-sub.der",
        "fixtures/pki/crl-cie-sub.crl",
    ];
    folder.import(&between);
}

#[test]
fn a_store_that_is_not_there_or_that_others_may_write_to_is_told() {
    let folder = Folder::new();
    assert_eq!(refused(&folder.trust(&["status"])), told(48, "store-not-found"));
    assert_eq!(refused(&folder.login("cns-st", &[])), told(48, "store-not-found"));
    folder.import(&["--kind", "test", "fixtures/pki/ca-cns.pem"]);
    let mode = std::fs::Permissions::from_mode(0o777);
    std::fs::set_permissions(folder.path("store"), mode).unwrap();
    assert_eq!(refused(&folder.login("cns-st", &[])), told(48, "store-unsafe"));
    assert_eq!(run(&["login", "--online", "--trust", "x"], "").exit, 64);
    std::fs::write(folder.path("file"), "x").unwrap();
    assert_eq!(
        refused(&folder.trust_in("file", &["list"])),
        told(60, "store-other-folder")
    );
}

#[test]
fn a_login_believes_the_store_and_marks_its_test_authorities() {
    let folder = Folder::filled();
    let ran = folder.login("cns-st", &["--service", "inps.estratto-conto"]);
    let json = ran.json();
    assert_eq!(ran.exit, 0, "{json:#}");
    let assurance = &json["identity"]["assurance"];
    assert_eq!(assurance["test_material"], true);
    assert_eq!(assurance["revocation"], "good");
    assert!(assurance["revocation_evidence"]["fetched_at"].is_string());
}

#[test]
fn a_card_that_the_stores_list_revokes_is_refused_before_its_pin() {
    let folder = Folder::filled();
    let revoked = folder.login("cns-revoked", &[]);
    assert_eq!(refused(&revoked), told(42, "certificate-revoked"));
    assert_eq!(revoked.json()["pin"]["sent"], false);
    assert_eq!(
        refused(&folder.login("cns-suspended", &[])),
        told(47, "certificate-suspended")
    );
    // A damaged index is no evidence, and that is not passed over.
    let crls = std::fs::read_dir(folder.path("store/crls")).unwrap();
    for file in crls.map(|entry| entry.unwrap().path()) {
        if file.extension().is_some_and(|ending| ending == "index") {
            std::fs::write(file, "x").unwrap();
        }
    }
    assert_eq!(
        refused(&folder.login("cns-st", &[])),
        told(46, "revocation-unknown")
    );
    let status = folder.trust(&["status"]);
    assert_eq!(refused(&status), told(48, "store-stale"));
    let broken = &status.json()["trust_status"]["items"][2];
    assert_eq!(
        (&broken["state"], &broken["error"]["code"]),
        (&"broken".into(), &"crl-index-damaged".into())
    );
}

#[test]
fn verdicts_and_proofs_take_a_store_too() {
    let folder = Folder::filled();
    let store = folder.text("store");
    let verify = |leaf: &str| {
        let leaf = format!("fixtures/pki/{leaf}.der");
        run(
            &[
                "cert",
                "verify",
                "--json",
                "--at",
                "2026-06-01T00:00:00Z",
                "--store",
                &store,
                &leaf,
            ],
            "",
        )
    };
    let good = verify("leaf-good");
    assert_eq!(
        (good.exit, &good.json()["revocation"]["status"]),
        (0, &"good".into())
    );
    assert_eq!(verify("leaf-revoked").exit, 42);
    let proof = folder.text("proof.json");
    let nonce = "BQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQU=";
    let asked = ["--audience", "https://servizi.example.it", "--nonce", nonce];
    let logged_in = folder.login("cns-st", &[&asked[..], &["--proof", &proof]].concat());
    assert_eq!(logged_in.exit, 0, "{}", logged_in.out);
    let json: Value = serde_json::from_slice(&std::fs::read(&proof).unwrap()).unwrap();
    let issued = varco::steps::Timestamp::from_second(json["issued_at"].as_i64().unwrap()).unwrap();
    let issued = issued.to_string();
    let options = ["--at", &issued, "--store", &store];
    let verified = run(
        &[&["verify-proof", "--json", &proof], &asked[..], &options].concat(),
        "",
    );
    assert_eq!(verified.exit, 0, "{}", verified.out);
}

#[test]
fn what_is_in_a_store_is_shown_and_taken_out_by_its_fingerprint() {
    let folder = Folder::filled();
    let list = folder.trust(&["list"]).json();
    let sha256 = list["trust_store"]["anchors"][0]["sha256"]
        .as_str()
        .unwrap()
        .to_owned();
    let shown = folder.trust(&["show", &sha256[..9]]).json();
    assert_eq!(shown["trust_item"]["item"]["sha256"], sha256.as_str());
    assert!(
        shown["trust_item"]["item"]["pem"]
            .as_str()
            .unwrap()
            .starts_with("-----BEGIN")
    );
    for (prefix, code) in [("", "store-unknown"), ("zz", "store-unknown")] {
        assert_eq!(refused(&folder.trust(&["show", prefix])), told(64, code));
    }
    let crl = list["trust_store"]["crls"][0]["sha256"].as_str().unwrap();
    let crl = crl.to_owned();
    assert_eq!(folder.trust(&["remove", &crl]).exit, 0);
    folder.import(&["fixtures/pki/crl-cns-older.crl"]);
    let removed = folder.trust(&["remove", &sha256]).json();
    assert_eq!(removed["removed"]["sha256"], sha256.as_str());
    assert_eq!(folder.login("cns-st", &[]).exit, 40);
}

#[test]
fn a_bundle_carries_a_store_to_a_kiosk() {
    let folder = Folder::filled();
    let (key, public, out) = (
        folder.text("key"),
        folder.text("key.pub"),
        folder.text("trust.bundle"),
    );
    assert_eq!(folder.trust(&["bundle", "--new-key", &key]).exit, 0);
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&folder.path("key")), 0o600);
    assert_eq!(
        refused(&folder.trust(&["bundle", "--new-key", &key])),
        told(60, "bundle-key-exists")
    );
    let made = folder.trust(&["bundle", "--out", &out, "--key", &key]);
    assert_eq!(made.exit, 0, "{}", made.out);
    let first = std::fs::read(folder.path("trust.bundle")).unwrap();

    let take =
        |file: &str, key: &str| folder.trust_in("kiosk", &["import", "--kind", "test", "--key", key, file]);
    // Test authorities come with a bundle only where somebody at the kiosk says so.
    let unasked = folder.trust_in("kiosk", &["import", "--key", &public, &out]);
    assert_eq!(refused(&unasked), told(48, "store-test-material"));
    let taken = take(&out, &public);
    let told_of = taken.json();
    assert_eq!(
        (&told_of["imported"][0]["as"], taken.exit),
        (&"bundle".into(), 0),
        "{told_of:#}"
    );
    assert_eq!(take(&out, &public).json()["imported"][0]["new"], false);
    let kiosk = folder.text("kiosk");
    assert_eq!(login_with("cns-st", &["--store", &kiosk], &[], "12345\n").exit, 0);
    assert_eq!(
        login_with("cns-revoked", &["--store", &kiosk], &[], "12345\n").exit,
        42
    );

    assert_eq!(folder.trust(&["bundle", "--out", &out, "--key", &key]).exit, 0);
    assert_eq!(take(&out, &public).exit, 0);
    let older = folder.text("older");
    std::fs::write(&older, &first).unwrap();
    assert_eq!(refused(&take(&older, &public)), told(48, "bundle-older"));
    let mut altered = first;
    let middle = altered.len() / 2;
    altered[middle] ^= 1;
    std::fs::write(&older, &altered).unwrap();
    assert_eq!(refused(&take(&older, &public)), told(48, "bundle-altered"));
    let (other, other_public) = (folder.text("other"), folder.text("other.pub"));
    assert_eq!(folder.trust(&["bundle", "--new-key", &other]).exit, 0);
    assert_eq!(
        refused(&take(&out, &other_public)),
        told(48, "bundle-other-signer")
    );
    assert_eq!(refused(&take(&out, &key)), told(64, "bundle-key"));
    assert_eq!(
        refused(&folder.trust(&["bundle", "--out", &out, "--key", &public])),
        told(64, "bundle-key")
    );
    assert_eq!(
        refused(&folder.trust_in("kiosk", &["import", &out])),
        told(64, "usage")
    );
}

#[test]
fn a_host_is_taken_out_by_its_name() {
    let folder = Folder::filled();
    assert_eq!(
        folder.trust(&["update", "--allow-host", "crl.example:8080"]).exit,
        0
    );
    let hosts = || folder.trust(&["list"]).json()["trust_store"]["hosts"].clone();
    assert_eq!(hosts()[0]["host"], "crl.example:8080");
    let removed = folder.trust(&["remove", "crl.example:8080"]).json();
    assert_eq!(removed["removed"]["name"], "crl.example:8080");
    assert_eq!(hosts(), serde_json::json!([]));
    let again = folder.trust(&["remove", "crl.example:8080"]);
    assert_eq!(refused(&again), told(64, "store-unknown"));
}

#[test]
fn a_folder_without_a_store_stays_without_one_until_something_is_imported() {
    let folder = Folder::new();
    for command in [&["update"][..], &["status"], &["list"]] {
        assert_eq!(refused(&folder.trust(command)), told(48, "store-not-found"));
        assert!(!folder.path("store").exists());
    }
    folder.import(&["--kind", "test", "fixtures/pki/ca-cns.pem"]);
    // One that lost its store.json is damaged, not empty.
    std::fs::remove_file(folder.path("store/store.json")).unwrap();
    for command in [
        &["status"][..],
        &["update"],
        &["import", "--kind", "test", "fixtures/pki/ca-cns.pem"],
    ] {
        assert_eq!(refused(&folder.trust(command)), told(60, "store-file-missing"));
    }
}

#[test]
fn a_bundles_key_that_others_may_write_is_not_used() {
    let folder = Folder::filled();
    let (key, public, out) = (folder.text("key"), folder.text("key.pub"), folder.text("out"));
    assert_eq!(folder.trust(&["bundle", "--new-key", &key]).exit, 0);
    assert_eq!(folder.trust(&["bundle", "--out", &out, "--key", &key]).exit, 0);
    let import = ["import", "--kind", "test", "--key", &public, &out];
    let open = |mode| std::fs::set_permissions(&public, std::fs::Permissions::from_mode(mode)).unwrap();
    open(0o666);
    assert_eq!(
        refused(&folder.trust_in("kiosk", &import)),
        told(48, "store-unsafe")
    );
    open(0o644);
    assert_eq!(folder.trust_in("kiosk", &import).exit, 0);
}

#[test]
fn what_is_out_of_date_is_fetched_by_an_update_or_by_a_login_that_may() {
    let newest = std::fs::read(workspace().join("fixtures/pki/crl-cns.crl")).unwrap();
    let server = Server::answering(ok("ETag: \"7\"\r\n", &newest));
    let url = server.url("/ca-cns.crl");
    let folder = Folder::new();
    folder.import(&["--kind", "test", "fixtures/pki/ca-cns.pem"]);
    folder.import(&["--url", &url, "fixtures/pki/crl-cns-older.crl"]);
    assert_eq!(refused(&folder.trust(&["status"])), told(48, "store-stale"));
    assert_eq!(
        refused(&folder.login("cns-st", &[])),
        told(46, "revocation-unknown")
    );
    // Its host was allowed, but not on this machine.
    let update = folder.trust(&["update"]);
    assert_eq!(refused(&update), told(48, "store-not-updated"));
    assert_eq!(
        update.json()["trust_updated"][0]["error"]["code"],
        "fetch-address-not-public"
    );
    assert_eq!(server.connections(), 0);

    let copied = std::process::Command::new("cp")
        .args(["-r", &folder.text("store"), &folder.text("other")])
        .status();
    assert!(copied.unwrap().success());
    let host = server.host();
    let update = folder.trust(&["update", "--allow-private-host", &host]);
    let json = update.json();
    assert_eq!(
        (update.exit, &json["trust_updated"][0]["outcome"]),
        (0, &"update-new".into()),
        "{json:#}"
    );
    assert_eq!(folder.login("cns-st", &[]).exit, 0);
    assert_eq!(folder.trust(&["status"]).exit, 0);
    assert_eq!(
        folder.trust(&["update"]).json()["trust_updated"],
        serde_json::json!([])
    );

    // The copy fetches when a card is there to be asked about.
    may_be_inside(&folder.path("other/store.json"));
    let store = folder.text("other");
    let online = ["--store", &store, "--online"];
    let ran = login_with("cns-st", &online, &[], "12345\n");
    assert_eq!(ran.exit, 0, "{}{}", ran.out, ran.err);
    assert!(ran.err.contains(&server.host()), "{}", ran.err);
    let connections = server.connections();
    drop(server);
    // It was kept.
    assert_eq!(login_with("cns-st", &online, &[], "12345\n").exit, 0);
    assert_eq!(connections, 2);
}

/// Lets the hosts of a store be on this machine.
fn may_be_inside(json: &Path) {
    let mut store: Value = serde_json::from_slice(&std::fs::read(json).unwrap()).unwrap();
    store["hosts"][0]["private"] = true.into();
    std::fs::write(json, store.to_string()).unwrap();
}

#[test]
fn people_are_told_in_their_language() {
    let folder = Folder::filled();
    let store = folder.text("store");
    for (language, authority, good) in [
        ("it", "PROVA", "È tutto a posto."),
        ("en", "TEST", "Everything is good."),
    ] {
        let list = run(&["trust", "list", "--store", &store, "--lang", language], "");
        assert!(list.exit == 0 && list.out.contains(authority), "{}", list.out);
        let status = run(&["trust", "status", "--store", &store, "--lang", language], "");
        assert!(status.exit == 0 && status.out.contains(good), "{}", status.out);
        let missing = run(
            &["trust", "show", "ff00ff00", "--store", &store, "--lang", language],
            "",
        );
        assert!(
            missing.exit == 64 && missing.out.is_empty() && missing.err.lines().count() >= 2,
            "{}",
            missing.err
        );
    }
}
