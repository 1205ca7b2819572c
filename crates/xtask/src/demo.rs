//! `cargo xtask demo`: an invented citizen logs in, and everything that is run is shown.
//!
//! Both ways use the same `varco` and the same played card. Only the road between them differs: a function
//! call, or vpcd, pcscd and libpcsclite.

use std::process::Command;

use varco_testkit::pcscd::PrivatePcscd;
use varco_testkit::program::{CardBehindPcscd, wait_for_success};

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
    let _card = insert_card(&service)?;
    wait_for_success(&mut client(&["card"])?)?;
    shell::run(&mut client(&["readers"])?)?;
    shell::run(&mut client(&["card"])?)?;
    shell::run_with_input(&mut client(LOGIN)?, PIN)
}

/// A card in the first slot, as a process of its own. Dropping it takes the card away.
fn insert_card(service: &PrivatePcscd) -> Outcome<CardBehindPcscd> {
    let workspace = shell::workspace()?;
    let via = format!("vpcd://127.0.0.1:{}", service.port(0));
    let mut emulate = service.command(workspace.join(VARCO));
    emulate
        .args(["emulate", "--profile", PROFILE, "--via", &via])
        .current_dir(workspace);
    shell::show(&emulate)?;
    Ok(CardBehindPcscd::played_by(&mut emulate)?)
}
