//! The command line `varco`: reads arguments, does one thing, ends with a published exit code.
//!
//! Not here: any decision about cards, PINs, trust or access; those are the library's.

mod arguments;
mod asked;
mod audit;
#[cfg(feature = "bench")]
mod bench;
mod card;
mod cert;
#[cfg(feature = "nfc")]
mod config;
mod data;
mod decision;
#[cfg(any(feature = "nfc", feature = "pcsc"))]
mod doctor;
#[cfg(feature = "played")]
mod emulate;
mod exit;
mod hand_over;
mod hygiene;
mod log;
mod login;
mod misread;
mod new_file;
mod nis;
mod output;
mod ownership;
mod pages;
mod pin;
mod policy;
mod problem;
mod proof_file;
mod readers;
mod records;
mod rules;
mod services;
mod source;
mod trace;
mod trust;
mod trust_store;
mod verify_proof;

use std::panic::{AssertUnwindSafe, catch_unwind};

use clap::Parser;
use varco_messages::{Locale, Messages};

use arguments::{Arguments, Command};
use exit::Exit;
use output::{Format, Output};
use problem::Problem;

fn main() -> Exit {
    hygiene::prepare();
    // Unwinding, and not an exit from the panic's hook: a terminal gets its echo back on the way.
    catch_unwind(AssertUnwindSafe(start)).unwrap_or(Exit::Defect)
}

fn start() -> Exit {
    let environment = Locale::from_environment(&|name| std::env::var(name).ok());
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => return misread::tell(&error, environment),
    };
    if !runs_a_command(&arguments.command) {
        hygiene::forbid_core_files();
    }
    let locale = arguments
        .lang
        .as_deref()
        .map_or(Some(environment), Locale::from_tag);
    let output = Output::new(
        Messages::new(locale.unwrap_or(environment)),
        Format::chosen(arguments.json),
    );
    if locale.is_none() {
        return output.fail(&Problem::usage(output.messages(), "--lang: it, en"));
    }
    if let Some(level) = arguments.log_level {
        log::start(level);
    }
    let exit = run(&arguments.command, &output);
    output.ended(exit)
}

/// Whether what it does is to run somebody else's command, which sets its own limits.
fn runs_a_command(command: &Command) -> bool {
    match command {
        #[cfg(feature = "bench")]
        Command::Bench(arguments) => matches!(arguments.command, arguments::BenchCommand::Up(_)),
        _ => false,
    }
}

fn run(command: &Command, output: &Output) -> Exit {
    match command {
        Command::Readers(arguments) => readers::run(arguments, output),
        Command::Card(arguments) => card::run(arguments, output),
        Command::Cert(arguments) => cert::run(arguments, output),
        Command::Nis(arguments) => nis::run(arguments, output),
        Command::Data(arguments) => data::run(arguments, output),
        Command::Services(arguments) => services::run(arguments, output),
        Command::Policy(arguments) => policy::run(arguments, output),
        Command::Enablement(arguments) => records::enablement::run(arguments, output),
        Command::Delegation(arguments) => records::delegation::run(arguments, output),
        Command::Category(arguments) => records::category::run(arguments, output),
        Command::PhonePin(arguments) => records::phone_pin::run(arguments, output),
        Command::Audit(arguments) => audit::run(arguments, output),
        Command::Login(arguments) => login::run(arguments, output),
        Command::Pin(arguments) => pin::run(arguments, output),
        Command::Trace(arguments) => trace::run(arguments, output),
        Command::Trust(arguments) => trust_store::run(arguments, output),
        Command::VerifyProof(arguments) => verify_proof::run(arguments, output),
        Command::VerifyHandOver(arguments) => hand_over::run(arguments, output),
        #[cfg(feature = "played")]
        Command::Emulate(arguments) => emulate::run(arguments, output),
        #[cfg(feature = "bench")]
        Command::Bench(arguments) => bench::run(arguments, output),
        #[cfg(any(feature = "nfc", feature = "pcsc"))]
        Command::Doctor(arguments) => doctor::run(arguments, output),
        Command::Completions { shell } => pages::completions(*shell, output),
        Command::Man { dir } => pages::manual(dir.as_deref(), output),
    }
}
