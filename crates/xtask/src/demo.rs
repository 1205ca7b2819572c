//! `cargo xtask demo`: an invented citizen logs in, and everything that is run is shown.
//!
//! All ways use the same `varco` and the same played cards. Only the road between them differs: a function call; or vpcd,
//! pcscd and libpcsclite; or a virtual PN532 on a pseudo-terminal, libnfc and `varco-nfcd`.

use std::fs;
use std::path::Path;
use std::process::Command;

use varco_testkit::pcscd::PrivatePcscd;
use varco_testkit::program::{CardBehindPcscd, Player, wait_for_success};

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
const BUILD_NFCD: &[&str] = &[
    "build",
    "--locked",
    "--package",
    "varco-reader-nfc",
    "--features",
    "libnfc",
    "--bin",
    "varco-nfcd",
];
const NFCD: &str = "target/debug/varco-nfcd";
/// One of each family of chips.
const IDENTITY_CARDS: [&str; 5] = ["cie-nxp", "cie-st", "cie-gemalto", "cie-gemalto2", "cie-actalis"];
/// A played card, its PIN, and what is said with it.
pub(crate) struct Citizen {
    profile: &'static str,
    pin: &'static str,
    /// Before the login.
    looks: &'static [&'static [&'static str]],
    trust: &'static [&'static str],
}

/// With a service card.
pub(crate) const CNS: Citizen = Citizen {
    profile: "cns-st",
    pin: "12345\n",
    looks: &[&["readers"], &["card"]],
    trust: &[
        "--trust-test",
        "fixtures/pki/ca-cns.der",
        "--crl",
        "fixtures/pki/crl-cns.crl",
    ],
};

/// With an identity card.
pub(crate) const CIE: Citizen = Citizen {
    profile: "cie-nxp",
    pin: "12345678\n",
    looks: &[
        &["readers"],
        &["card"],
        &["nis", "--csca-test", "fixtures/pki/csca.der"],
    ],
    trust: &[
        "--trust-test",
        "fixtures/pki/ca-cie-sub.der",
        "--crl",
        "fixtures/pki/crl-cie-sub.crl",
        "--csca-test",
        "fixtures/pki/csca.der",
        "--csca-test",
        "fixtures/pki/csca-old.der",
    ],
};

const SERVICE: &[&str] = &["--service", "inps.estratto-conto", "--entry", "stdin"];

impl Citizen {
    fn login(&self) -> Vec<&'static str> {
        [&["login"], self.trust, SERVICE].concat()
    }
}

/// Installs what is missing, builds, and logs in.
pub(crate) fn run(citizen: &Citizen, stack: Stack) -> Outcome {
    match stack {
        Stack::InProcess => {
            debian::install(&[debian::TO_BUILD])?;
            shell::run(&mut shell::command("cargo", BUILD)?)?;
            in_process(citizen)
        }
        Stack::Pcscd => {
            debian::install(&[debian::TO_BUILD, debian::TO_PLAY])?;
            shell::run(&mut shell::command("cargo", BUILD)?)?;
            through_pcscd(citizen)
        }
    }
}

/// Every family of identity cards by either signal, in the field of a virtual PN532, through the real libnfc.
pub(crate) fn run_nfc() -> Outcome {
    debian::install(&[debian::TO_BUILD, debian::TO_BUILD_NFC])?;
    shell::run(&mut shell::command("cargo", BUILD)?)?;
    shell::run(&mut shell::command("cargo", BUILD_NFCD)?)?;
    let folder = std::env::temp_dir().join(format!("varco-demo-{}", std::process::id()));
    fs::create_dir(&folder)?;
    let outcome = IDENTITY_CARDS
        .into_iter()
        .flat_map(|card| [(card, "a"), (card, "b")])
        .try_for_each(|(card, card_type)| on_nfc_reader(card, card_type, &folder));
    fs::remove_dir_all(&folder)?;
    outcome
}

fn on_nfc_reader(card: &str, card_type: &str, folder: &Path) -> Outcome {
    let (port, config) = (folder.join("pn532"), folder.join("varco.toml"));
    let connection = format!("pn532_uart:{}", port.display());
    let nfcd = shell::workspace()?.join(NFCD);
    fs::write(
        &config,
        format!("[nfc]\nnfcd = {nfcd:?}\nreaders = [{connection:?}]\n"),
    )?;
    let via = format!("pn532://{}", port.display());
    let emulate = [
        "emulate",
        "--profile",
        card,
        "--via",
        &via,
        "--card-type",
        card_type,
    ];
    let mut emulate = shell::command(VARCO, &emulate)?;
    shell::show(&emulate)?;
    let _card = Player::start(&mut emulate)?;
    let client = |arguments: &[&str]| -> Outcome<Command> {
        let mut command = shell::command(VARCO, arguments)?;
        command.arg("--config").arg(&config);
        Ok(command)
    };
    shell::run(&mut client(&["readers"])?)?;
    shell::run_with_input(&mut client(&CIE.login())?, CIE.pin)?;
    // A killed program leaves its link behind.
    fs::remove_file(&port)?;
    Ok(())
}

fn in_process(citizen: &Citizen) -> Outcome {
    let reader = format!("played:{}", citizen.profile);
    let mut login = shell::command(VARCO, &citizen.login())?;
    shell::run_with_input(login.args(["--reader", &reader]), citizen.pin)
}

/// Everything started here ends with this function, and also when this program is killed: the card loses its
/// reader, and the private service ends with its standard input.
fn through_pcscd(citizen: &Citizen) -> Outcome {
    let service = PrivatePcscd::start()?;
    let client = |arguments: &[&str]| -> Outcome<Command> {
        let mut command = shell::command(VARCO, arguments)?;
        command.envs(service.env());
        Ok(command)
    };
    let _card = insert_card(citizen, &service)?;
    wait_for_success(&mut client(&["card"])?)?;
    for look in citizen.looks {
        shell::run(&mut client(look)?)?;
    }
    shell::run_with_input(&mut client(&citizen.login())?, citizen.pin)
}

/// A card in the first slot, as a process of its own. Dropping it takes the card away.
fn insert_card(citizen: &Citizen, service: &PrivatePcscd) -> Outcome<CardBehindPcscd> {
    let workspace = shell::workspace()?;
    let via = format!("vpcd://127.0.0.1:{}", service.port(0));
    let mut emulate = service.command(workspace.join(VARCO));
    emulate
        .args(["emulate", "--profile", citizen.profile, "--via", &via])
        .current_dir(workspace);
    shell::show(&emulate)?;
    Ok(CardBehindPcscd::played_by(&mut emulate)?)
}
