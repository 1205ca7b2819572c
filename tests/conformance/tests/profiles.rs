//! Every played card by every path to it: how a login ends, how many exchanges it takes, and how long they would take on
//! the contact link of the timing model. docs/profiles.md is what this test found; it must find the same again.
//!
//! `VARCO_WRITE_PROFILES=1 cargo test -p varco-conformance --test profiles` writes the document anew.
//!
//! Not here: what each end should be (tests/scenario). Nothing here depends on how long anything takes in fact.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "test code")]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::time::Duration;

use serde_json::Value;
use varco::Varco;
use varco::played::{PlayedReaders, Profile};
use varco_card::ExtendedLength;
use varco_emulator::{PlayedCard, TimingModel};
use varco_scenario::{PIN, Typed, fixtures, options};
use varco_testkit::pcscd::PrivatePcscd;
use varco_testkit::program::{CardBehindPcscd, run_with_input, varco};

const MODEL: TimingModel = TimingModel::CONTACT_115200;
/// How many cards are played at once.
const BENCHES: usize = 4;

const HEAD: &str = "# The played cards, one by one

Found by `tests/conformance/tests/profiles.rs`, which fails when it finds something else; written by it too. A login with
each card: how it ends, in how many exchanges, and how many milliseconds these would take on a contact link of 115,200
baud in the timing model (RSA 400, VERIFY 35). *In process* the reader announces extended length; pcscd with vpcd does
not. `identified` is a login that succeeds; all else is an error code of [cli.md](cli.md), and as it should be.

| card | maker's profile | how it ends | in process: exchanges | ms | pcscd + vpcd: exchanges | ms |
|---|---|---|---:|---:|---:|---:|
";

/// How one login went.
#[derive(PartialEq, Debug)]
struct Login {
    maker: String,
    end: String,
    exchanges: usize,
    model: Duration,
}

/// A row: the card, and the folder of makers' files that is given with it.
#[derive(Clone, Copy)]
struct Row {
    profile: &'static str,
    makers: bool,
}

fn in_process(row: Row, reader: ExtendedLength) -> Login {
    let mut card = Profile::builtin(row.profile).unwrap().into_card();
    card.set_timing(MODEL);
    let mut readers = PlayedReaders::new();
    let hand = readers.add("played", reader);
    hand.insert(Box::new(card));
    let mut varco = Varco::with_readers(vec![Box::new(readers)]);
    if row.makers {
        varco = varco.with_makers(&fixtures("makers")).unwrap();
    }
    let report = varco.login(&options(), &mut Typed::scripted(PIN)).unwrap();
    let (exchanges, model) = hand.look(|card| {
        let events = card.unwrap().log().events();
        (events.len(), events.map(|event| event.took).sum())
    });
    assert_eq!(u32::try_from(exchanges), Ok(report.exchanges), "{}", row.profile);
    Login {
        maker: report.card.unwrap().profile,
        end: report
            .outcome
            .map_or_else(|error| error.code(), |_| "identified")
            .to_owned(),
        exchanges,
        model,
    }
}

fn behind_pcscd(row: Row) -> Login {
    let service = PrivatePcscd::start().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("log");
    let options = ["--latency", MODEL.name(), "--log", log.to_str().unwrap()];
    let _card = CardBehindPcscd::insert(&service, row.profile, &options).unwrap();
    let mut login = Command::new(varco());
    login
        .args(["login", "--json", "--pin-stdin"])
        .envs(service.env())
        // What is remembered of insertions is of this service alone.
        .env("TMPDIR", folder.path());
    for ca in ["pki/ca-cns.pem", "pki/ca-cns-legacy.pem"] {
        login.arg("--trust-test").arg(fixtures(ca));
    }
    for list in ["pki/crl-cns.crl", "pki/crl-legacy.crl"] {
        login.arg("--crl").arg(fixtures(list));
    }
    if row.makers {
        login.arg("--profiles").arg(fixtures("makers"));
    }
    let ran = run_with_input(&mut login, PIN.as_bytes()).unwrap();
    let told: Value = serde_json::from_slice(&ran.stdout).unwrap();
    let exchanges = usize::try_from(told["card"]["exchanges"].as_u64().unwrap()).unwrap();
    // Others asked the card before: what it heard last is the login.
    let heard: Vec<Value> = std::fs::read_to_string(&log)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .filter(|event: &Value| event["event"] == "exchange")
        .collect();
    let took = heard[heard.len() - exchanges..]
        .iter()
        .map(|event| event["model_ns"].as_u64().unwrap())
        .sum();
    Login {
        maker: told["card"]["profile"].as_str().unwrap().to_owned(),
        end: told["error"]["code"].as_str().unwrap_or("identified").to_owned(),
        exchanges,
        model: Duration::from_nanos(took),
    }
}

fn rows() -> Vec<Row> {
    let built_in = Profile::names()
        .filter(|name| name.starts_with("cns-"))
        .map(|profile| Row {
            profile,
            makers: false,
        });
    built_in
        .chain([Row {
            profile: "cns-digest-info",
            makers: true,
        }])
        .collect()
}

/// All logins behind pcscd, some at a time, in the order of the rows.
fn all_behind_pcscd(rows: &[Row]) -> Vec<Login> {
    let next = Mutex::new(0..rows.len());
    let found = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..BENCHES {
            scope.spawn(|| {
                loop {
                    let Some(index) = next.lock().unwrap().next() else {
                        break;
                    };
                    let login = behind_pcscd(rows[index]);
                    found.lock().unwrap().push((index, login));
                }
            });
        }
    });
    let mut found = found.into_inner().unwrap();
    found.sort_by_key(|(index, _)| *index);
    found.into_iter().map(|(_, login)| login).collect()
}

fn document() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/profiles.md")
}

#[test]
fn every_card_by_every_path_is_as_documented() {
    let rows = rows();
    let mut text = HEAD.to_owned();
    for (row, behind) in rows.iter().zip(all_behind_pcscd(&rows)) {
        let announced = in_process(*row, ExtendedLength::Supported);
        // pcscd adds nothing and hides nothing: a reader in this process that says as little gives the same.
        assert_eq!(
            in_process(*row, ExtendedLength::Unknown),
            behind,
            "{}",
            row.profile
        );
        assert_eq!(
            (&announced.maker, &announced.end),
            (&behind.maker, &behind.end),
            "{}",
            row.profile
        );
        let with = if row.makers { " with `fixtures/makers`" } else { "" };
        writeln!(
            text,
            "| `{}`{with} | {} | {} | {} | {} | {} | {} |",
            row.profile,
            announced.maker,
            announced.end,
            announced.exchanges,
            announced.model.as_millis(),
            behind.exchanges,
            behind.model.as_millis(),
        )
        .unwrap();
    }
    if std::env::var_os("VARCO_WRITE_PROFILES").is_some() {
        std::fs::write(document(), &text).unwrap();
    }
    let documented = std::fs::read_to_string(document()).unwrap_or_default();
    assert_eq!(text, documented, "docs/profiles.md says otherwise");
}
