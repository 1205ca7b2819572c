//! `cargo xtask demo`: an invented citizen logs in, and everything that is run is shown.
//!
//! Both ways use the same `varco` and the same played card. Only the road between them differs: a function
//! call, or vpcd, pcscd and libpcsclite.

use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use varco_testkit::pcscd::PrivatePcscd;

use crate::{Outcome, debian, shell};

/// What is between `varco` and the card.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stack {
    InProcess,
    Pcscd,
}

// The command lines of the demo, all of them.
const BUILD: &[&str] = &[
    "build",
    "--locked",
    "--package",
    "varco-cli",
    "--features",
    "played",
];
const VARCO: &str = "target/debug/varco";
const PROFILE: &str = "cns-st";
const PIN: &str = "12345\n";
const LOGIN: &[&str] = &[
    "login",
    "--trust-test",
    "fixtures/pki/ca-cns.der",
    "--service",
    "inps.estratto-conto",
    "--entry",
    "stdin",
];

const CARD_TIMEOUT: Duration = Duration::from_secs(20);
const POLL_INTERVAL: Duration = Duration::from_millis(100);

/// Installs what is missing, builds, and logs in.
pub(crate) fn run(stack: Stack) -> Outcome {
    match stack {
        Stack::InProcess => {
            debian::install(&[debian::TO_BUILD])?;
            shell::run(&mut shell::command("cargo", BUILD)?)?;
            in_process()
        }
        Stack::Pcscd => {
            debian::install(&[debian::TO_BUILD, debian::TO_PLAY])?;
            shell::run(&mut shell::command("cargo", BUILD)?)?;
            through_pcscd()
        }
    }
}

fn in_process() -> Outcome {
    let reader = format!("played:{PROFILE}");
    let mut login = shell::command(VARCO, LOGIN)?;
    shell::run_with_input(login.args(["--reader", &reader]), PIN)
}

/// Everything started here ends with this function, and also when this program is killed: the card loses its
/// reader, and the private service ends with its standard input.
fn through_pcscd() -> Outcome {
    let service = PrivatePcscd::start()?;
    let client = |arguments: &[&str]| -> Outcome<Command> {
        let mut command = shell::command(VARCO, arguments)?;
        command.envs(service.env());
        Ok(command)
    };
    let _card = PlayedCard::insert(&service)?;
    wait_for_card(&mut client(&["card"])?)?;
    shell::run(&mut client(&["readers"])?)?;
    shell::run(&mut client(&["card"])?)?;
    shell::run_with_input(&mut client(LOGIN)?, PIN)
}

/// A card in the first slot, as a process of its own. Dropping it takes the card away.
struct PlayedCard {
    process: Child,
}

impl PlayedCard {
    fn insert(service: &PrivatePcscd) -> Outcome<Self> {
        let varco: PathBuf = shell::workspace()?.join(VARCO);
        let via = format!("vpcd://127.0.0.1:{}", service.port(0));
        let mut emulate = service.command(&varco);
        emulate
            .args(["emulate", "--profile", PROFILE, "--via", &via])
            .current_dir(shell::workspace()?);
        shell::show(&emulate)?;
        let process = emulate.stdin(Stdio::null()).stdout(Stdio::null()).spawn()?;
        Ok(Self { process })
    }
}

impl Drop for PlayedCard {
    fn drop(&mut self) {
        // Both fail only when the process has ended already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// pcscd looks for a card every 400 ms. Asks until it has seen this one, or fails with what the last answer was.
fn wait_for_card(card: &mut Command) -> Outcome {
    let began = Instant::now();
    loop {
        let output = card.output()?;
        if output.status.success() {
            return Ok(());
        }
        if began.elapsed() > CARD_TIMEOUT {
            return Err(format!(
                "no card appeared: {}",
                String::from_utf8_lossy(&output.stderr).trim()
            )
            .into());
        }
        std::thread::sleep(POLL_INTERVAL);
    }
}
