//! More strangers at every played CNS behind pcscd, by `varco bench up`: GnuTLS's `p11tool`, the self-test of OpenSC's
//! `pkcs11-tool`, and `opensc-explorer`. The table in docs/third-party.md is what this test found; it must find the same again.
//!
//! `VARCO_WRITE_PROFILES=1 cargo test -p varco-conformance --test third_party` writes the table anew.
//!
//! Not here: what OpenSC can do with each card in full (`opensc.rs`).
#![allow(clippy::unwrap_used, reason = "test code")]

use std::fs;
use std::path::Path;
use std::process::Command;

use varco_testkit::program::varco;

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
