//! A claim's own process.
//!
//! libpcsclite finds its service by an environment variable, which a process cannot safely set for itself. So
//! each claim runs again in a child whose variable names a link, and the child points the link at a private
//! pcscd.

use std::os::unix::fs::symlink;
use std::process::Command;

use varco_testkit::pcscd::PrivatePcscd;

const SOCKET_VARIABLE: &str = "PCSCLITE_CSOCK_NAME";
const CHILD_VARIABLE: &str = "VARCO_TEST_IN_CHILD";

/// Runs the body of the claim of this name in a child; there, it is to say which service is to be used.
pub(crate) fn in_own_process(name: &str, body: impl FnOnce()) {
    if std::env::var_os(CHILD_VARIABLE).is_some() {
        return body();
    }
    let folder = tempfile::tempdir().unwrap();
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", name, "--nocapture", "--test-threads=1"])
        .env(CHILD_VARIABLE, "1")
        .env(SOCKET_VARIABLE, folder.path().join("socket"))
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    let ran = String::from_utf8_lossy(&output.stdout);
    assert!(ran.contains("1 passed"), "the claim did not run: {ran}");
}

/// Has this process use this service.
pub(crate) fn use_service(service: &PrivatePcscd) {
    symlink(service.socket(), std::env::var_os(SOCKET_VARIABLE).unwrap()).unwrap();
}
