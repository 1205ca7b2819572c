//! This test program again, as another process: told by an environment variable what it is to do it in.
//!
//! Not here: what it does.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};

/// Names the store that the other process works in.
const PLACE: &str = "VARCO_TEST_FACTS";
/// What stands before each word that the other process says, so that nothing else is taken for one.
const SAID: &str = "said: ";

/// The place of the store, where this is the other process.
pub(crate) fn told() -> Option<PathBuf> {
    std::env::var_os(PLACE).map(PathBuf::from)
}

/// Says a word. In one write, so that a kill leaves all of it or nothing.
pub(crate) fn say(word: &str) {
    use std::io::Write as _;
    // The harness may have left a line open.
    std::io::stdout()
        .write_all(format!("\n{SAID}{word}\n").as_bytes())
        .unwrap();
}

/// Another process of this program that runs one test as the other half of it.
pub(crate) struct Other {
    child: Child,
    lines: BufReader<ChildStdout>,
}

impl Other {
    pub(crate) fn start(test: &str, place: &Path) -> Self {
        Self::by(Command::new(std::env::current_exe().unwrap()), test, place)
    }

    /// By a shell that lets no file grow past so many of its blocks (1024 or 512 bytes).
    pub(crate) fn start_with_little_room(blocks: u32, test: &str, place: &Path) -> Self {
        let mut shell = Command::new("sh");
        let script = format!(r#"trap "" XFSZ; ulimit -f {blocks}; exec "$0" "$@""#);
        shell.arg("-c").arg(script).arg(std::env::current_exe().unwrap());
        Self::by(shell, test, place)
    }

    fn by(mut command: Command, test: &str, place: &Path) -> Self {
        command
            .args(["--exact", test, "--nocapture", "--test-threads=1"])
            .env(PLACE, place)
            .stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap());
        Self { child, lines }
    }

    /// The next word that it says; `None` where it said its last.
    pub(crate) fn hear(&mut self) -> Option<String> {
        let mut line = String::new();
        loop {
            line.clear();
            if self.lines.read_line(&mut line).unwrap() == 0 {
                return None;
            }
            if let Some(word) = line.strip_prefix(SAID).and_then(|rest| rest.strip_suffix('\n')) {
                return Some(word.to_owned());
            }
        }
    }

    /// Every word until it ends well.
    pub(crate) fn finish(mut self) -> Vec<String> {
        let words = std::iter::from_fn(|| self.hear()).collect();
        assert!(self.child.wait().unwrap().success());
        words
    }

    /// SIGKILL, and every word that it had said.
    pub(crate) fn kill(mut self) -> Vec<String> {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        std::iter::from_fn(|| self.hear()).collect()
    }
}
