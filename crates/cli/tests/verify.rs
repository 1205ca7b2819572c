//! `varco cert verify` on every twin and every revocation list of the fixtures: exit code, verdict, reason and whose it is,
//! in JSON and in words.
//!
//! Not here: forms of files and options (`verify_files`), logins (`revocation`).
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "test code: what fails here fails the test"
)]

mod program;

use std::collections::{BTreeMap, BTreeSet};

use program::{Ran, run, workspace};
use serde_json::Value;

/// Of each certificate `leaf-*.der`: how it ends with all authorities and good lists at hand on 1 June 2026, why, and which
/// certificate of the path is meant; of a good one, the profile that it is judged by and what was accepted as weak.
const TWINS: &str = "
bad-signature                 40 bad-signature              leaf
below-deep                    46 revocation-no-evidence     leaf
below-ec                      46 revocation-no-evidence     leaf
below-without-keycertsign     40 issuer-key-usage           intermediate
cie                            0 cie                        -
cns-like                      43 no-cns-policy              leaf
expired                       41 expired                    leaf
exponent-3                    43 small-exponent             leaf
for-documents                 43 non-repudiation            leaf
foreign-country                0 cns                        -
good                           0 cns                        -
hostile-name                  43 subject                    leaf
leading-zero-serial           42 revoked                    leaf
legacy-sha256                  0 cns                        rsa-1024
lombardy-policy                0 cns                        -
loop                          40 unknown-issuer             leaf
no-revocation-places           0 cns                        -
not-yet-valid                 41 not-yet-valid              leaf
of-an-authority               43 leaf-is-authority          leaf
other-issuer-name             40 bad-signature              leaf
path-too-long                 40 path-length                intermediate
rekeyed                        0 cns                        -
revoked                       42 revoked                    leaf
sha384                         0 cns                        -
sha512                         0 cns                        -
suspended                     47 suspended                  leaf
twenty-byte-serial            42 revoked                    leaf
unknown-critical              40 unknown-critical-extension leaf
untrusted                     40 bad-signature              leaf
untrusted-expired             40 bad-signature              leaf
weak-key                      40 weak-key                   leaf
weak-signature                40 weak-signature             leaf
without-client-authentication 43 no-client-authentication   leaf
without-codice-fiscale        43 subject                    leaf
without-digital-signature     43 no-digital-signature       leaf
without-policy                43 no-cns-policy              leaf
";

/// Of each list `crl-*.crl`, or several: which certificate it is asked about, how that ends, why and whose it is.
const LISTS: &str = "
cns                            good           0 good                        -
cns                            revoked       42 revoked                     leaf
cns                            suspended     47 suspended                   leaf
cns-older                      good          46 revocation-stale            leaf
cns-older                      revoked       42 revoked                     leaf
cns-older                      suspended     46 revocation-stale            leaf
cns-expired                    good          46 revocation-stale            leaf
cns-future                     good          46 revocation-future           leaf
cns-future                     revoked       46 revocation-future           leaf
cns-empty                      good           0 good                        -
cns-empty                      revoked        0 good                        -
cns-empty+cns                  revoked       42 revoked                     leaf
cns-empty+cns                  suspended      0 good                        -
cns-v1                         good           0 good                        -
cns-v1                         revoked       42 revoked                     leaf
cns-wrong-signer               good          46 revocation-not-signed       leaf
cns-wrong-signer               revoked       46 revocation-not-signed       leaf
cns-bad-signature              good          46 revocation-not-signed       leaf
cns-bad-signature              revoked       46 revocation-not-signed       leaf
cns-bad-signature+cns          good           0 good                        -
cns-bad-signature+cns-expired  good          46 revocation-stale            leaf
cns-delta+cns-sha1+rekeyed     good          46 revocation-weak-signature   leaf
cns-sha1                       good          46 revocation-weak-signature   leaf
cns-unknown-critical           good          46 revocation-unknown-critical leaf
cns-unknown-critical           revoked       42 revoked                     leaf
cns-unknown-critical-entry     good          46 revocation-unknown-critical leaf
cns-delta                      good          46 revocation-unsupported      leaf
cns-delta+cns                  suspended     47 suspended                   leaf
rekeyed                        rekeyed        0 good                        -
rekeyed                        good          46 revocation-not-signed       leaf
cns                            rekeyed       46 revocation-not-signed       leaf
legacy                         legacy-sha256  0 good                        -
legacy                         good          46 revocation-no-evidence      leaf
cie-root+cie-sub               cie            0 good                        -
cie-root+cie-sub-revoking      cie            0 good                        -
cie-sub                        cie           46 revocation-no-evidence      intermediate
cie-root                       cie           46 revocation-no-evidence      leaf
cie-root-revoking-sub+cie-sub  cie           42 revoked                     intermediate
cie-root-revoking-sub+cie-root+cie-sub cie   42 revoked                     intermediate
";

const ANCHORS: [&str; 5] = [
    "ca-cns",
    "ca-cns-rekeyed",
    "ca-cns-legacy",
    "ca-cie-root",
    "ca-ec",
];
const BETWEEN: [&str; 6] = [
    "ca-cie-sub",
    "ca-deep",
    "ca-too-deep",
    "ca-loop-a",
    "ca-loop-b",
    "ca-without-keycertsign",
];
const GOOD_LISTS: &str = "cns+rekeyed+legacy+cie-root+cie-sub";

/// The verdict on a leaf with these lists, joined by `+`.
fn verify(leaf: &str, lists: &str, more: &[&str]) -> Ran {
    let path = |name: &str| format!("fixtures/pki/{name}");
    let mut arguments: Vec<String> = ["cert", "verify", "--at", "2026-06-01T00:00:00Z"]
        .map(str::to_owned)
        .into();
    arguments.push(path(&format!("leaf-{leaf}.der")));
    for anchor in ANCHORS {
        arguments.extend(["--trust-test".to_owned(), path(&format!("{anchor}.der"))]);
    }
    for issuer in BETWEEN {
        arguments.extend(["--intermediates".to_owned(), path(&format!("{issuer}.pem"))]);
    }
    for list in lists.split('+') {
        arguments.extend(["--crl".to_owned(), path(&format!("crl-{list}.crl"))]);
    }
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    run(&[&arguments[..], more].concat(), "")
}

/// The error code that goes with an exit code, of certificates that are too early aside.
fn error_code(exit: i32, reason: &str) -> &'static str {
    match (exit, reason) {
        (40, _) => "certificate-not-trusted",
        (41, "not-yet-valid") => "certificate-not-yet-valid",
        (41, _) => "certificate-expired",
        (42, _) => "certificate-revoked",
        (43, _) => "certificate-wrong-purpose",
        (46, _) => "revocation-unknown",
        (47, _) => "certificate-suspended",
        _ => "",
    }
}

fn must_be_refused(ran: &Ran, exit: i32, reason: &str, place: &str, what: &str) {
    let told = ran.json();
    assert_eq!(ran.exit, exit, "{what}: {told:#}");
    assert_eq!(told["verdict"], "invalid", "{what}");
    assert_eq!(told["reasons"][0]["code"], reason, "{what}: {told:#}");
    assert_eq!(told["reasons"][0]["certificate"], place, "{what}: {told:#}");
    assert_eq!(told["error"]["code"], error_code(exit, reason), "{what}");
    assert_eq!(told["error"]["message"], told["reasons"][0]["message"], "{what}");
    assert!(
        told["revocation"].is_null() && told["test_material"].is_null(),
        "{what}"
    );
    let path = told["path"].as_array().unwrap();
    assert_eq!(path.len(), 1, "only the leaf is known to stand there: {what}");
}

fn must_be_valid(ran: &Ran, what: &str) -> Value {
    let told = ran.json();
    assert_eq!(ran.exit, 0, "{what}: {told:#}");
    assert_eq!(told["verdict"], "valid", "{what}");
    assert_eq!(told["reasons"], Value::Array(Vec::new()), "{what}");
    assert!(told["error"].is_null(), "{what}");
    assert_eq!(told["test_material"], true, "{what}");
    let revocation = &told["revocation"];
    assert_eq!(revocation["status"], "good", "{what}");
    assert_eq!(
        (&revocation["mode"], &revocation["source"]),
        (&"hard".into(), &"crl".into())
    );
    assert!(revocation["this_update"].as_str().unwrap() < revocation["next_update"].as_str().unwrap());
    assert!(revocation["age_s"].as_i64().unwrap() > 0, "{what}");
    let path = told["path"].as_array().unwrap();
    assert_eq!(path[0]["certificate"], "leaf");
    assert_eq!(path[path.len() - 1]["certificate"], "anchor");
    for (below, above) in path.iter().zip(&path[1..]) {
        assert_eq!(below["issuer"], above["subject"], "{what}");
    }
    told
}

/// The rows of a table, cell by cell.
fn rows(table: &str) -> impl Iterator<Item = Vec<&str>> {
    table
        .lines()
        .filter(|row| !row.is_empty())
        .map(|row| row.split_whitespace().collect())
}

/// The files of fixtures/pki that begin and end so, by what stands between.
fn there(start: &str, end: &str) -> BTreeSet<String> {
    std::fs::read_dir(workspace().join("fixtures/pki"))
        .unwrap()
        .filter_map(|entry| {
            let name = entry.unwrap().file_name().into_string().unwrap();
            Some(name.strip_prefix(start)?.strip_suffix(end)?.to_owned())
        })
        .collect()
}

#[test]
fn every_twin_is_told_for_what_it_is() {
    for row in rows(TWINS) {
        let [leaf, exit, told, place] = row[..].try_into().unwrap();
        let exit: i32 = exit.parse().unwrap();
        let ran = verify(leaf, GOOD_LISTS, &["--json"]);
        if exit == 0 {
            let json = must_be_valid(&ran, leaf);
            assert_eq!(json["profile"], told, "{leaf}");
            let weak: Vec<&str> = [place].into_iter().filter(|weak| *weak != "-").collect();
            assert_eq!(json["downgraded"], serde_json::json!(weak), "{leaf}");
        } else {
            must_be_refused(&ran, exit, told, place, leaf);
        }
    }
    let listed: BTreeSet<String> = rows(TWINS).map(|row| row[0].to_owned()).collect();
    assert_eq!(listed, there("leaf-", ".der"), "every twin is judged");
}

#[test]
fn every_list_clears_revokes_or_is_told_for_what_it_is() {
    let mut listed = BTreeSet::new();
    for row in rows(LISTS) {
        let [lists, leaf, exit, told, place] = row[..].try_into().unwrap();
        let exit: i32 = exit.parse().unwrap();
        let what = format!("{leaf} by {lists}");
        let ran = verify(leaf, lists, &["--json"]);
        if exit == 0 {
            must_be_valid(&ran, &what);
        } else {
            must_be_refused(&ran, exit, told, place, &what);
        }
        listed.extend(lists.split('+').map(str::to_owned));
    }
    assert_eq!(listed, there("crl-", ".crl"), "every list is asked");
}

/// What stands behind a label of the text.
fn labelled<'t>(text: &'t str, label: &str) -> &'t str {
    let line = text.lines().find_map(|line| line.strip_prefix(label));
    assert!(line.is_some(), "{label} in {text}");
    line.unwrap().trim()
}

/// Labels and words of a language: verdicts, reason, check, certificate concerned, advice, and the three places.
struct Words {
    language: &'static str,
    valid: &'static str,
    invalid: &'static str,
    labels: [&'static str; 3],
    advice: &'static str,
    places: [&'static str; 2],
}

const WORDS: [Words; 2] = [
    Words {
        language: "it",
        valid: "Il certificato è valido.",
        invalid: "Il certificato non è valido.",
        labels: ["Motivo", "Controllo fallito", "Certificato interessato"],
        advice: "Che cosa fare: ",
        places: ["quello della carta", "quello di un'autorità"],
    },
    Words {
        language: "en",
        valid: "The certificate is valid.",
        invalid: "The certificate is not valid.",
        labels: ["Reason", "Check that failed", "Certificate concerned"],
        advice: "What to do: ",
        places: ["the card's", "that of an authority"],
    },
];

#[test]
fn people_read_why_and_which_certificate_in_two_languages() {
    for words in WORDS {
        let mut reasons: BTreeMap<String, String> = BTreeMap::new();
        for row in rows(TWINS).filter(|row| row[1] != "0") {
            let [leaf, exit, reason, place] = row[..].try_into().unwrap();
            let ran = verify(leaf, GOOD_LISTS, &["--lang", words.language]);
            assert_eq!(ran.exit.to_string(), exit, "{leaf}");
            assert_eq!(ran.out.lines().next(), Some(words.invalid), "{leaf}");
            assert_eq!(labelled(&ran.out, words.labels[1]), reason, "{leaf}");
            let concerned = labelled(&ran.out, words.labels[2]);
            let named = words.places[usize::from(place != "leaf")];
            assert!(concerned.starts_with(named), "{leaf}: {concerned}");
            assert_eq!(
                place == "leaf",
                concerned.ends_with(')'),
                "the leaf's number: {concerned}"
            );
            assert!(
                ran.err.starts_with(words.advice) && ran.err.len() > 30,
                "{leaf}: {}",
                ran.err
            );
            let hides = |c: char| c.is_control() && c != '\n' || ('\u{202A}'..='\u{202E}').contains(&c);
            assert!(!ran.out.contains(hides) && !ran.err.contains(hides), "{leaf}");
            let sentence = labelled(&ran.out, words.labels[0]).to_owned();
            assert!(sentence.ends_with('.'), "{leaf}: {sentence}");
            reasons.insert(reason.to_owned(), sentence);
        }
        let sentences: BTreeSet<&String> = reasons.values().collect();
        assert_eq!(
            sentences.len(),
            reasons.len(),
            "each reason has its own words: {reasons:#?}"
        );
        for row in rows(LISTS).filter(|row| row[2] == "46") {
            let ran = verify(row[1], row[0], &["--lang", words.language]);
            let concerned = labelled(&ran.out, words.labels[2]);
            let named = words.places[usize::from(row[4] != "leaf")];
            assert!(concerned.starts_with(named), "{row:?}: {concerned}");
            let sentence = labelled(&ran.out, words.labels[0]);
            // A list that is late is told with its day.
            let reason = format!("{} {}", row[3], row[4]);
            let known = reasons.entry(reason).or_insert_with(|| sentence.to_owned());
            assert!(
                known == sentence || row[3] == "revocation-stale",
                "{row:?}: {sentence}"
            );
        }
        let sentences: BTreeSet<&String> = reasons.values().collect();
        // That nothing is at hand about the leaf stands in both tables.
        assert_eq!(sentences.len() + 1, reasons.len(), "{reasons:#?}");
    }
}

#[test]
fn a_good_certificate_is_told_with_its_evidence_in_two_languages() {
    for words in WORDS {
        let ran = verify("good", "cns", &["--lang", words.language]);
        assert_eq!((ran.exit, ran.err.as_str()), (0, ""));
        assert_eq!(ran.out.lines().next(), Some(words.valid));
        for told in [
            "2026-01-01T00:00:00Z (151 ",
            "2044-12-31T00:00:00Z",
            "2026-06-01T00:00:00Z",
            "TEST Regione",
        ] {
            assert!(ran.out.contains(told), "{told} in {}", ran.out);
        }
        let soft = verify(
            "below-ec",
            "cns",
            &["--lang", words.language, "--revocation", "soft"],
        );
        assert_eq!(soft.exit, 0, "{}", soft.out);
        assert!(!soft.out.contains("151 "), "{}", soft.out);
    }
}

#[test]
fn all_that_speaks_against_a_purpose_is_told_the_first_first() {
    let told = verify("without-codice-fiscale", "cns", &["--json", "--profile", "cie"]).json();
    let codes: Vec<&str> = told["reasons"]
        .as_array()
        .unwrap()
        .iter()
        .map(|reason| reason["code"].as_str().unwrap())
        .collect();
    assert_eq!(codes, ["no-cie-policy", "subject"], "{told:#}");
    // Dates are told before purposes, and trust before dates.
    let early = ["--json", "--at", "2024-01-01T00:00:00Z"];
    let again: Vec<&str> = ["cert", "verify", "fixtures/pki/leaf-without-policy.der"]
        .into_iter()
        .chain(["--trust-test", "fixtures/pki/ca-cns.der"])
        .chain(early)
        .collect();
    let told = run(&again, "").json();
    assert_eq!(told["reasons"][0]["code"], "not-yet-valid", "{told:#}");
}
