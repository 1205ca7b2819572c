//! Installing what is missing on Debian and its relatives. Elsewhere it only says what is needed.

use std::io::{IsTerminal, Write};

use varco_testkit::packages::apt_get;

use crate::{Outcome, shell};

/// To build `varco` at all.
pub(crate) const TO_BUILD: &[&str] = &["libpcsclite-dev", "pkg-config"];

/// To build `varco-nfcd`; libclang reads libnfc's header.
pub(crate) const TO_BUILD_NFC: &[&str] = &["libclang-dev", "libnfc-dev", "pkg-config"];

/// To play a card behind a private pcscd.
pub(crate) const TO_PLAY: &[&str] = &["iproute2", "libccid", "pcscd", "util-linux", "vsmartcard-vpcd"];

/// To let strangers judge the played card, the signatures, the trusted lists, the JSON, the questions for a PIN, the captures, and what a C
/// program does with the library.
pub(crate) const TO_JUDGE: &[&str] = &[
    "gcc",
    "gnutls-bin",
    "libc6-dbg",
    "libc6-dev",
    "libnfc-bin",
    "libnfc-examples",
    "libxml2-utils",
    "opensc",
    "opensc-pkcs11",
    "openssl",
    "perl",
    "pinentry-curses",
    "python3-cryptography",
    "python3-jsonschema",
    "python3-yaml",
    "shellcheck",
    "tshark",
    "valgrind",
    "xmlsec1",
];

/// To compile libFuzzer, which is C++.
pub(crate) const TO_FUZZ: &[&str] = &["g++"];

/// Makes sure that `packages` are installed. Asks first when a person is there to answer.
pub(crate) fn install(packages: &[&[&str]]) -> Outcome {
    let wanted = packages.concat();
    if shell::output("dpkg-query", &["--version"]).is_none() {
        println!("This is not Debian: the following is needed, under whatever name it has here:");
        println!("  {}", wanted.join(" "));
        return Ok(());
    }
    let missing: Vec<&str> = wanted.into_iter().filter(|package| !installed(package)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    println!("Missing Debian packages: {}", missing.join(" "));
    let line = format!("apt-get install --no-install-recommends {}", missing.join(" "));
    if shell::output("id", &["--user"]).is_none_or(|user| user.trim() != "0") {
        return Err(format!("root must install them. Run this, then start again:\n  sudo {line}").into());
    }
    if !consent(&line)? {
        return Err(format!("not installed. To do it yourself:\n  {line}").into());
    }
    for mut apt in apt_get(&missing) {
        shell::run(&mut apt)?;
    }
    Ok(())
}

fn installed(package: &str) -> bool {
    shell::output(
        "dpkg-query",
        &["--show", "--showformat=${db:Status-Status}", package],
    )
    .is_some_and(|status| status == "installed")
}

/// In CI, or where nobody is at the terminal, starting the command was the consent.
fn consent(line: &str) -> Outcome<bool> {
    let terminal = std::io::stdin().is_terminal() && std::io::stdout().is_terminal();
    if !terminal || std::env::var_os("CI").is_some() {
        return Ok(true);
    }
    print!("Run `{line}`? [Y/n] ");
    std::io::stdout().flush()?;
    let mut answer = String::new();
    std::io::stdin().read_line(&mut answer)?;
    Ok(matches!(
        answer.trim().to_lowercase().as_str(),
        "" | "y" | "yes" | "s" | "sì" | "si"
    ))
}
