//! `varco bench up --install`: what apt-get is asked for, and by whom.
//!
//! Not here: apt. A stand-in writes down what it is asked for: the tests' own machine must stay as it is.
#![allow(clippy::unwrap_used, reason = "test code")]

mod program;

use std::fs;
use std::os::unix::fs::PermissionsExt;

use program::command;
use serde_json::Value;

const STAND_IN: &str = "#!/bin/sh\necho \"$DEBIAN_FRONTEND $*\" >> \"${0%/*}/asked\"\necho apt speaks\n";

/// The advice, what apt-get was asked for, and standard error.
fn up(option: &[&str]) -> (String, String, String) {
    let folder = tempfile::tempdir().unwrap();
    let apt = folder.path().join("apt-get");
    fs::write(&apt, STAND_IN).unwrap();
    fs::set_permissions(&apt, fs::Permissions::from_mode(0o755)).unwrap();
    let mut up = command(&[&["--json", "bench", "up"], option, &["--", "pkcs11-tool", "-L"]].concat());
    // Nothing else is on the PATH: all is missing, before and after.
    let output = up.env("PATH", folder.path()).output().unwrap();
    // Standard output has the error alone.
    let told: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(66));
    assert_eq!(told.pointer("/error/code").unwrap(), "bench-not-installed");
    (
        told.pointer("/error/advice")
            .unwrap()
            .as_str()
            .unwrap()
            .to_owned(),
        fs::read_to_string(folder.path().join("asked")).unwrap_or_default(),
        String::from_utf8(output.stderr).unwrap(),
    )
}

#[test]
fn without_the_option_what_is_missing_is_named_and_nothing_installed() {
    let (advice, asked, _) = up(&[]);
    assert!(
        advice.contains("apt-get install") && advice.contains("opensc"),
        "{advice}"
    );
    assert_eq!(asked, "");
}

#[test]
fn root_has_apt_install_what_is_missing_and_the_commands_package() {
    let (_, asked, said) = up(&["--install"]);
    let is_root = fs::metadata("/proc/self").is_ok_and(|own| std::os::unix::fs::MetadataExt::uid(&own) == 0);
    if !is_root {
        assert_eq!(asked, "");
        return;
    }
    let (update, install) = asked.trim_end().split_once('\n').unwrap();
    assert!(
        update.starts_with("noninteractive ") && update.ends_with(" update"),
        "{asked}"
    );
    assert!(
        install.contains(" install --yes --no-install-recommends ") && install.ends_with(" opensc"),
        "{asked}"
    );
    let before = said.split("apt speaks").next().unwrap_or_default();
    assert!(
        before.contains("Installing") && before.contains("opensc"),
        "{said}"
    );
}
