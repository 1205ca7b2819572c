//! More strangers at every played CNS behind pcscd, by `varco bench up`: GnuTLS's `p11tool`, the self-test of OpenSC's
//! `pkcs11-tool`, and `opensc-explorer`. The table in docs/third-party.md is what this test found; it must find the same again.
//!
//! `VARCO_WRITE_PROFILES=1 cargo test -p varco-conformance --test third_party` writes the table anew.
//!
//! Not here: what OpenSC can do with each card in full (`opensc.rs`), and with its PIN (`pkcs15.rs`).
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "test code")]

use std::fs;
use std::path::Path;
use std::process::Command;

use varco_testkit::program::varco;
use varco_testkit::{Bench, VirtualCard};

const BEGIN: &str = "<!-- found by tests/conformance/tests/third_party.rs -->\n";
const END: &str = "<!-- until here -->\n";

/// Prints one row: certificates that p11tool lists, its test signature, pkcs11-tool's self-test, a PIN that is verified by
/// opensc-explorer.
const ASK: &str = r#"
export LC_ALL=C
module=$(ls /usr/lib/*/opensc-pkcs11.so | head -n 1)
pin=$(cat "$VARCO_BENCH_PIN_FILE")
url=$(p11tool --provider "$module" --list-token-urls 2>/dev/null | grep -v p11-kit-trust | head -n 1)
certificates=none; signed='no key'
if [ -n "$url" ]; then
  certificates=$(p11tool --provider "$module" --list-all-certs "$url" 2>/dev/null | grep -c 'Type: X.509')
  key=$(p11tool --provider "$module" --login --set-pin "$pin" --list-keys --only-urls "$url" 2>/dev/null | grep 'type=private' | head -n 1)
  if [ -n "$key" ]; then
    signed=$(p11tool --provider "$module" --login --set-pin "$pin" --test-sign "$key" 2>&1 | tail -n 1)
  fi
fi
tested=$(pkcs11-tool --test --login --pin "$pin" 2>&1 | grep -E 'errors$|No errors|CKR_|signature functions' | tail -n 1)
folder=$(printf 'cd 1100\nquit\n' | opensc-explorer 2>&1 | grep -E 'unable|Unable' | tail -n 1)
echo "$certificates | $signed | ${tested:-nothing said} | ${folder:-entered}"
"#;

fn row(profile: &str) -> String {
    let output = Command::new(varco())
        .args(["bench", "up", "--card", profile, "--", "sh", "-c", ASK])
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{profile}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    let said = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    assert_eq!(said.lines().count(), 1, "{profile}: {said}");
    format!("| `{profile}` | {said} |\n")
}

#[test]
fn what_other_programs_make_of_each_card_is_what_the_table_says() {
    let rows: String = varco::played::Profile::names()
        .filter(|name| name.starts_with("cns-"))
        .map(row)
        .collect();
    let head = "| card | p11tool: certificates | p11tool: test signature | pkcs11-tool: self-test | opensc-explorer: folder 1100 |\n\
                |---|---|---|---|---|\n";
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/third-party.md");
    let text = fs::read_to_string(&path).unwrap();
    let (before, rest) = text.split_once(BEGIN).unwrap();
    let (written, after) = rest.split_once(END).unwrap();
    let found = format!("\n{head}{rows}\n");
    if std::env::var_os("VARCO_WRITE_PROFILES").is_some() {
        fs::write(&path, format!("{before}{BEGIN}{found}{END}{after}")).unwrap();
    } else {
        assert_eq!(found, written, "docs/third-party.md");
    }
}

/// Asks p11tool for the certificate, for numbers twice, and with a PIN for the private keys.
const P11TOOL: &str = r#"
export LC_ALL=C
module=$(ls /usr/lib/*/opensc-pkcs11.so | head -n 1)
p11tool() { command p11tool --provider "$module" "$@" </dev/null 2>/dev/null; }
url=$(p11tool --list-token-urls | grep -v p11-kit-trust | head -n 1)
certificate=$(p11tool --list-all-certs --only-urls "$url" | head -n 1)
case $1 in
  export) p11tool --export "$certificate" | openssl x509 -outform DER ;;
  random) p11tool --generate-random=16 "$url" ;;
  *) p11tool --login --set-pin "$1" --list-keys --only-urls "$url" ;;
esac
"#;

#[test]
fn p11tool_exports_the_certificate_draws_numbers_and_spends_one_try_on_a_wrong_pin() {
    let bench = Bench::with_card(VirtualCard::named("cns-st").unwrap()).unwrap();
    let ask = |what: &str| {
        let mut command = Command::new("sh");
        command.args(["-c", P11TOOL, "sh", what]);
        command.envs(bench.env().iter().cloned()).output().unwrap().stdout
    };
    let tries = || {
        let card = bench.card(0).unwrap();
        card.with_card(|card| card.snapshot().pins().first().unwrap().tries_left)
    };
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/cards/cns-st/ef-1101.bin");
    let exported = ask("export");
    assert!(exported.len() > 500 && fs::read(file).unwrap().starts_with(&exported));
    let drawn = [ask("random"), ask("random")];
    assert!(drawn.iter().all(|numbers| numbers.len() == 16));
    assert_ne!(drawn[0], drawn[1]);
    assert_eq!((ask("99999").len(), tries()), (0, 2));
    let keys = String::from_utf8(ask("12345")).unwrap();
    assert!(keys.contains("type=private"), "{keys}");
    assert_eq!(tries(), 3);
}
