//! What must be installed, under the names of Debian and its relatives, and how apt is asked for it.
//!
//! Not here: whether anybody consents; nothing is installed by looking.

use std::env;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::pcscd::VPCD_DRIVER;

/// What must be there for a private pcscd, and the package that brings it.
const NEEDED: &[(&str, &str)] = &[
    ("ip", "iproute2"),
    ("pcscd", "pcscd"),
    ("mount", "mount"),
    ("unshare", "util-linux"),
    ("nsenter", "util-linux"),
];

/// Packages whose programs people try cards and readers with, and those programs.
const PROGRAMS: &[(&str, &[&str])] = &[
    ("gnutls-bin", &["certtool", "ocsptool", "p11tool"]),
    (
        "libnfc-bin",
        &[
            "nfc-barcode",
            "nfc-emulate-forum-tag4",
            "nfc-jewel",
            "nfc-list",
            "nfc-mfclassic",
            "nfc-mfultralight",
            "nfc-read-forum-tag3",
            "nfc-relay-picc",
            "nfc-scan-device",
        ],
    ),
    (
        "libnfc-examples",
        &[
            "nfc-anticol",
            "nfc-dep-initiator",
            "nfc-dep-target",
            "nfc-emulate-forum-tag2",
            "nfc-emulate-tag",
            "nfc-emulate-uid",
            "nfc-mfsetuid",
            "nfc-poll",
            "nfc-relay",
        ],
    ),
    (
        "opensc",
        &[
            "cardos-tool",
            "eidenv",
            "iasecc-tool",
            "opensc-asn1",
            "opensc-explorer",
            "opensc-notify",
            "opensc-tool",
            "piv-tool",
            "pkcs11-register",
            "pkcs11-tool",
            "pkcs15-crypt",
            "pkcs15-init",
            "pkcs15-tool",
        ],
    ),
    ("openssl", &["openssl"]),
    ("pcsc-tools", &["ATR_analysis", "pcsc_scan", "scriptor"]),
];

/// The packages that are missing for a private pcscd with vpcd readers, each once; empty where all is there.
#[must_use]
pub fn missing_for_pcscd() -> Vec<&'static str> {
    let mut missing: Vec<&str> = NEEDED
        .iter()
        .filter(|(program, _)| !is_there(program))
        .map(|(_, package)| *package)
        .collect();
    if !Path::new(VPCD_DRIVER).exists() {
        missing.push("vsmartcard-vpcd");
    }
    missing.dedup();
    missing
}

/// The package that has a command, where it is known and the command is not there.
#[must_use]
pub fn missing_for_command(command: &OsStr) -> Option<&'static str> {
    let name = command.to_str().filter(|name| !is_there(name))?;
    let mut programs = PROGRAMS.iter();
    programs.find_map(|(package, programs)| programs.contains(&name).then_some(*package))
}

/// The two commands that install packages, for root: the first brings the lists up to date. Nothing is asked. A fresh machine
/// often updates itself when it starts: that is waited for.
#[must_use]
pub fn apt_get(packages: &[&str]) -> [Command; 2] {
    let install = ["install", "--yes", "--no-install-recommends"];
    [&["update"][..], &[&install[..], packages].concat()].map(|arguments| {
        let mut apt = Command::new("apt-get");
        // Settings that somebody changed stay, and what stands at the standard input is not an answer.
        apt.args(["-o", "DPkg::Lock::Timeout=300"])
            .args(["-o", "Dpkg::Options::=--force-confold"])
            .args(arguments)
            .env("DEBIAN_FRONTEND", "noninteractive")
            .stdin(Stdio::null());
        apt
    })
}

fn is_there(program: &str) -> bool {
    let path = env::var_os("PATH").unwrap_or_default();
    let administrators = ["/usr/sbin", "/sbin"].map(PathBuf::from);
    let mut folders = env::split_paths(&path).chain(administrators);
    folders.any(|folder| folder.join(program).is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_that_is_there_or_not_known_is_not_missing() {
        assert_eq!(missing_for_command(OsStr::new("sh")), None);
        assert_eq!(
            missing_for_command(OsStr::new("/usr/bin/pkcs11-tool-of-mine")),
            None
        );
    }

    /// dpkg knows which package a program came with.
    #[test]
    fn each_program_comes_with_the_package_that_is_named() {
        let mut seen = 0;
        for (package, programs) in PROGRAMS {
            for program in *programs {
                let path = format!("/usr/bin/{program}");
                let asked = Command::new("dpkg").args(["--search", &path]).output().unwrap();
                let said = String::from_utf8(asked.stdout).unwrap();
                // Of a package that is not installed nothing is known.
                if Path::new(&path).exists() {
                    assert_eq!(said.trim_end(), format!("{package}: {path}"));
                    seen += 1;
                }
            }
        }
        assert!(seen > 20, "{seen}");
    }
}
