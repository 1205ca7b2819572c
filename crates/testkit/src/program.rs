//! The program `varco` itself, `libvarco`, and played cards behind a private pcscd, for tests of other packages.
//!
//! Not here: the service ([`varco_stand::pcscd`]).

use std::env;
use std::io::{self, BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, Output, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use varco_stand::pcscd::PrivatePcscd;

/// How long a card may take to be noticed by pcscd, which looks every 0.4 s.
const CARD_TIMEOUT: Duration = Duration::from_secs(20);
/// How long a slot stays empty between two cards.
const OUT_MIN: Duration = Duration::from_secs(1);
const POLL_INTERVAL: Duration = Duration::from_millis(50);

/// The path of `varco`, built on first use from the sources as they stand.
///
/// # Panics
/// When it cannot be built.
#[must_use]
pub fn varco() -> PathBuf {
    static PATH: OnceLock<PathBuf> = OnceLock::new();
    PATH.get_or_init(|| built("varco", &["--bin", "varco", "--package", "varco-cli"]))
        .clone()
}

/// The path of an example of a package, likewise.
///
/// # Panics
/// When it cannot be built.
#[must_use]
pub fn example(name: &str, package: &str) -> PathBuf {
    built(
        &format!("examples/{name}"),
        &["--example", name, "--package", package],
    )
}

/// The path of `varco-nfcd`, likewise. It needs libnfc-dev and libclang-dev.
///
/// # Panics
/// When it cannot be built.
#[must_use]
pub fn nfcd() -> PathBuf {
    static PATH: OnceLock<PathBuf> = OnceLock::new();
    let package = [
        "--bin",
        "varco-nfcd",
        "--package",
        "varco-reader-nfc",
        "--features",
        "libnfc",
    ];
    PATH.get_or_init(|| built("varco-nfcd", &package)).clone()
}

/// The folder with `libvarco.so` and `libvarco.a`, built likewise, played cards in them.
///
/// # Panics
/// When they cannot be built.
#[must_use]
pub fn libvarco() -> PathBuf {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    let package = ["--lib", "--package", "varco-libvarco", "--features", "played"];
    FOLDER.get_or_init(|| built("", &package)).clone()
}

#[expect(clippy::panic, reason = "a test without its program has failed")]
fn built(program: &str, package: &[&str]) -> PathBuf {
    match build(program, package) {
        Ok(path) => path,
        Err(error) => panic!("{package:?} could not be built: {error}"),
    }
}

fn build(program: &str, package: &[&str]) -> io::Result<PathBuf> {
    // Tests run from <target>/<profile>/deps; the program is put into <target>/<profile>.
    let test = env::current_exe()?;
    let folder = test
        .ancestors()
        .nth(2)
        .ok_or(io::ErrorKind::NotFound)?
        .to_path_buf();
    let target_folder = folder.parent().ok_or(io::ErrorKind::NotFound)?.to_path_buf();
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command
        .args(["build", "--quiet", "--locked"])
        .args(package)
        .env("CARGO_TARGET_DIR", target_folder);
    // What cargo told this test is not for the packages that it builds next: ring would build again.
    for (name, _) in env::vars_os() {
        let told = name.to_string_lossy();
        if told.starts_with("CARGO_PKG_") || told.starts_with("CARGO_MANIFEST_") {
            command.env_remove(&name);
        }
    }
    if folder.ends_with("release") {
        command.arg("--release");
    }
    let status = command.status()?;
    if status.success() {
        Ok(folder.join(program))
    } else {
        Err(io::Error::other(status.to_string()))
    }
}

/// `varco emulate`, running. Dropping it kills it.
pub struct Player {
    process: Child,
    lines: BufReader<ChildStdout>,
}

impl Player {
    /// Starts it, and returns when it says that the card is in its place.
    ///
    /// # Errors
    /// When the program cannot be started or ends.
    pub fn start(emulate: &mut Command) -> io::Result<Self> {
        let mut process = emulate.stdin(Stdio::null()).stdout(Stdio::piped()).spawn()?;
        let stdout = process.stdout.take().ok_or(io::ErrorKind::BrokenPipe)?;
        let mut player = Self {
            process,
            lines: BufReader::new(stdout),
        };
        if player.lines.read_line(&mut String::new())? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(player)
    }
}

impl Drop for Player {
    fn drop(&mut self) {
        // Gone already is as good.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// `varco emulate` with a card in slot 0 of a private pcscd. Dropping it takes the card away.
pub struct CardBehindPcscd {
    player: Option<Player>,
}

impl CardBehindPcscd {
    /// Plays a profile with further options of `varco emulate`, and returns when pcscd has seen the card.
    ///
    /// # Errors
    /// When the program cannot be started or the card is not seen within 20 s.
    pub fn insert(service: &PrivatePcscd, profile: &str, options: &[&str]) -> io::Result<Self> {
        let card = Self::insert_into(service, 0, profile, options)?;
        wait_for_card(service)?;
        Ok(card)
    }

    /// Plays a profile in slot 0 or 1, and does not wait until pcscd has seen it.
    ///
    /// # Errors
    /// When the program cannot be started.
    pub fn insert_into(
        service: &PrivatePcscd,
        slot: u16,
        profile: &str,
        options: &[&str],
    ) -> io::Result<Self> {
        let via = format!("vpcd://127.0.0.1:{}", service.port(slot));
        let mut emulate = service.command(varco());
        emulate
            .args(["--lang", "en", "emulate", "--profile", profile, "--via", &via])
            .args(options);
        Self::played_by(&mut emulate)
    }

    /// Plays a card by a command of the caller's own, and does not wait until pcscd has seen it.
    ///
    /// # Errors
    /// When the program cannot be started.
    pub fn played_by(emulate: &mut Command) -> io::Result<Self> {
        Ok(Self {
            player: Some(Player::start(emulate)?),
        })
    }
}

impl Drop for CardBehindPcscd {
    fn drop(&mut self) {
        self.player = None;
        // pcscd looks every 0.4 s; a card that follows sooner would not be seen as another one.
        std::thread::sleep(OUT_MIN);
    }
}

/// Waits until pcscd tells the ATR of a card in its first slot.
///
/// # Errors
/// After 20 s, with what pcscd logged.
pub fn wait_for_card(service: &PrivatePcscd) -> io::Result<()> {
    let mut ask = Command::new("opensc-tool");
    ask.arg("--atr").envs(service.env());
    wait_for_success(&mut ask).map_err(|error| {
        let said = end_of(&service.log());
        io::Error::new(error.kind(), format!("{error}; pcscd said at last: {said}"))
    })
}

/// Asks for a card by a command of the caller's own, until it succeeds.
///
/// # Errors
/// When it cannot be started; after 20 s, with what it said at last.
pub fn wait_for_success(ask: &mut Command) -> io::Result<()> {
    let begun = Instant::now();
    loop {
        let asked = ask.output()?;
        if asked.status.success() {
            return Ok(());
        }
        if begun.elapsed() > CARD_TIMEOUT {
            let said = String::from_utf8_lossy(&asked.stderr);
            let message = format!("no card was seen: {}", said.trim());
            return Err(io::Error::new(io::ErrorKind::TimedOut, message));
        }
        std::thread::sleep(POLL_INTERVAL);
    }
}

/// The last lines of a log that may be long.
fn end_of(log: &str) -> String {
    let lines: Vec<&str> = log.lines().collect();
    let from = lines.len().saturating_sub(8);
    lines.get(from..).unwrap_or_default().join("\n")
}

/// Runs a program to its end with this on its standard input.
///
/// # Errors
/// When it cannot be started or its input not be written.
pub fn run_with_input(command: &mut Command, input: &[u8]) -> io::Result<Output> {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    let stdin: Option<ChildStdin> = child.stdin.take();
    if let Some(mut stdin) = stdin {
        // A program that ended without reading its input is judged by its output.
        let _ = stdin.write_all(input);
    }
    child.wait_with_output()
}
