//! Writers that are killed: a test starts its own program again as the writer, told by an environment variable.
//!
//! Not here: what they write. Test files take it by `mod writer`.
#![allow(dead_code, reason = "each test file takes what it needs")]

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};

/// Names the folder that the writer works in.
const WRITER: &str = "VARCO_TEST_WRITER";
/// What the writer says before it begins, and behind it.
pub(crate) const READY: &str = "writer is ready";
pub(crate) const DONE: &str = "writer is done";

/// A folder in memory where the system has such a place: what a killed process leaves behind is the same there, and nobody
/// waits for a disk.
pub(crate) fn folder_in_memory() -> tempfile::TempDir {
    tempfile::tempdir_in("/dev/shm")
        .or_else(|_| tempfile::tempdir())
        .unwrap()
}

/// Says a line that the other half waits for.
pub(crate) fn say(what: &str) {
    println!("\n{what}");
}

/// This program as the writer, from the moment that it is ready.
pub(crate) fn writer(mut command: Command, test: &str, folder: &Path) -> (Child, BufReader<ChildStdout>) {
    command
        .args(["--exact", test, "--nocapture", "--test-threads=1"])
        .env(WRITER, folder)
        .stdout(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap());
    wait_for(&mut lines, READY);
    (child, lines)
}

pub(crate) fn wait_for(lines: &mut BufReader<ChildStdout>, wanted: &str) {
    let mut line = String::new();
    while line.trim() != wanted {
        line.clear();
        assert!(
            lines.read_line(&mut line).unwrap() > 0,
            "the writer ended before it said: {wanted}"
        );
    }
}

/// The folder, where this is the writer.
pub(crate) fn told() -> Option<PathBuf> {
    std::env::var_os(WRITER).map(PathBuf::from)
}

/// This program again.
pub(crate) fn this_program() -> Command {
    Command::new(std::env::current_exe().unwrap())
}

/// This program again, by a shell that lets no file grow past so many blocks of 1024 bytes (bash) or 512 (dash).
pub(crate) fn this_program_with_little_room(blocks: u32) -> Command {
    let mut shell = Command::new("sh");
    shell.args([
        "-c",
        &format!(r#"trap "" XFSZ; ulimit -f {blocks}; exec "$0" "$@""#),
    ]);
    shell.arg(std::env::current_exe().unwrap());
    shell
}
