//! A package of somebody else that depends on `varco` and `varco-testkit` by their paths: copied out of the workspace, built
//! without a network, and its tests run.
//!
//! Not here: the package (`tests/stranger`).
#![allow(clippy::unwrap_used, reason = "test code")]

use std::fs;
use std::path::Path;
use std::process::Command;

#[test]
fn a_strangers_tests_run_with_a_virtual_cns() {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .canonicalize()
        .unwrap();
    let stranger = workspace.join("tests/stranger");
    let folder = tempfile::tempdir().unwrap();
    for part in ["src", "tests"] {
        fs::create_dir(folder.path().join(part)).unwrap();
    }
    for file in ["src/lib.rs", "tests/login.rs"] {
        fs::copy(stranger.join(file), folder.path().join(file)).unwrap();
    }
    let manifest = fs::read_to_string(stranger.join("Cargo.toml")).unwrap();
    let manifest = manifest.replace("VARCO", &workspace.display().to_string());
    fs::write(folder.path().join("Cargo.toml"), manifest).unwrap();
    // The versions that are here already: without a network there are no others.
    fs::copy(workspace.join("Cargo.lock"), folder.path().join("Cargo.lock")).unwrap();
    let target = std::env::current_exe().unwrap();
    let target = target.ancestors().nth(3).unwrap().join("stranger");
    let mut test = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    test.args(["test", "--offline", "--quiet"])
        .current_dir(folder.path())
        .env("CARGO_TARGET_DIR", target);
    for (name, _) in std::env::vars_os() {
        let told = name.to_string_lossy();
        if told.starts_with("CARGO_PKG_") || told.starts_with("CARGO_MANIFEST_") {
            test.env_remove(&name);
        }
    }
    let output = test.output().unwrap();
    let text = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    assert!(output.status.success() && text.contains("2 passed"), "{text}");
}
