//! What the program writes at its most talkative holds no PIN: recordings, logs, what it keeps in its user's folders, what it says.
//!
//! Not here: its memory (`core_image`).
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "test code: what fails here fails the test"
)]

use std::path::Path;

use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use varco_scenario::canary::hits;
use varco_scenario::fixtures;
use varco_scenario::other_pin::{CardFolder, files_below, random_pin};
use varco_testkit::pcscd::PrivatePcscd;
use varco_testkit::program::{CardBehindPcscd, run_with_input, varco};

/// One login by the program, all of whose folders are in `home`. The exit status, and what it said.
fn login(service: &PrivatePcscd, home: &Path, trust: &[&str], typed: &str) -> (i32, Vec<u8>) {
    let mut command = service.command(varco());
    let trace = home.join(format!("trace-{}.jsonl", files_below(home).len()));
    command.args(["--log-level", "trace", "login", "--json", "--entry", "stdin"]);
    command.arg("--trace").arg(trace).current_dir(home);
    for option in trust {
        command.arg(match option.strip_prefix("pki/") {
            Some(_) => fixtures(option).into_os_string(),
            None => option.into(),
        });
    }
    for name in [
        "HOME",
        "TMPDIR",
        "XDG_CACHE_HOME",
        "XDG_CONFIG_HOME",
        "XDG_DATA_HOME",
        "XDG_RUNTIME_DIR",
        "XDG_STATE_HOME",
    ] {
        command.env(name, home);
    }
    let output = run_with_input(&mut command, format!("{typed}\n").as_bytes()).unwrap();
    let said = [output.stdout, output.stderr].concat();
    (output.status.code().unwrap(), said)
}

fn nothing_is_written(profile: &str, trust: &[&str], seed: u64) {
    println!("seed {seed}");
    let mut random = ChaCha20Rng::seed_from_u64(seed);
    let (pin, wrong) = (random_pin(&mut random), random_pin(&mut random));
    let service = PrivatePcscd::start().unwrap();
    let card = CardFolder::new(profile, &pin);
    let _card = CardBehindPcscd::insert(&service, card.as_str(), &[]).unwrap();
    let home = tempfile::tempdir().unwrap();
    let too_short = pin.get(..4).unwrap();
    let mut said = Vec::new();
    for (typed, exit) in [(pin.as_str(), 0), (&wrong, 20), (too_short, 23)] {
        let (status, told) = login(&service, home.path(), trust, typed);
        assert_eq!(status, exit, "{}", String::from_utf8_lossy(&told));
        said.extend(told);
    }
    let secrets = [pin.as_bytes(), wrong.as_bytes()];
    assert!(said.len() > 1000, "nothing was logged");
    assert_eq!(hits(&secrets, &said), 0, "{}", String::from_utf8_lossy(&said));

    let mut written = files_below(home.path());
    assert!(written.len() >= 3, "{written:?}");
    // Where a try that may be spent is noted down, whatever the environment says.
    let notes = std::fs::read_dir("/tmp")
        .unwrap()
        .flatten()
        .map(|entry| entry.path());
    let notes = notes.filter(|path| path.is_dir() && path.to_string_lossy().starts_with("/tmp/varco-"));
    written.extend(notes.flat_map(|folder| files_below(&folder)));
    for path in written {
        // Notes of other runs come and go.
        let bytes = std::fs::read(&path).unwrap_or_default();
        assert_eq!(hits(&secrets, &bytes), 0, "{}", path.display());
    }
}

#[test]
fn logins_with_a_cns_write_no_pin_into_any_file() {
    let trust = ["--trust-test", "pki/ca-cns.pem", "--crl", "pki/crl-cns.crl"];
    nothing_is_written("cns-st", &trust, 20_261_131);
}

#[test]
fn logins_with_an_identity_card_write_no_pin_into_any_file() {
    let trust = [
        "--trust-test",
        "pki/ca-cie-sub.pem",
        "--crl",
        "pki/crl-cie-sub.crl",
        "--csca-test",
        "pki/csca.pem",
    ];
    nothing_is_written("cie-nxp", &trust, 20_261_132);
}
