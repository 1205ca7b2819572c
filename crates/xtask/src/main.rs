//! The workspace's own commands. They are not shipped, and nothing shipped depends on them.

mod api;
mod bench;
mod debian;
mod demo;
mod fixtures;
mod fuzz;
mod layers;
mod loom;
mod shell;
mod simulate;
mod test;
mod tidy;
mod tsan;
mod up;

use std::process::ExitCode;

/// A command's end. The text of the error is for the person at the terminal.
pub(crate) type Outcome<T = ()> = Result<T, Box<dyn std::error::Error>>;

const USAGE: &str = "\
The workspace's own commands:

  cargo xtask demo              a citizen logs in with a played card, in process
  cargo xtask demo --pcscd      the same through a private pcscd, on the real PC/SC stack
  cargo xtask demo --cie        with an identity card, on the real PC/SC stack too
  cargo xtask demo --nfc        with identity cards on an NFC reader, through the real libnfc
  cargo xtask up [OPTION…] -- COMMAND…  varco bench up, with everything installed and built that it needs: -- pkcs11-tool -L
  cargo xtask test [--quick]    everything that must hold; --quick: format, layers, lints, tests
  cargo xtask layers [--write]  who may depend on whom, and the house's manners; --write refreshes the docs
  cargo xtask api [--write]     what applications can name, against docs/api; --write takes what there is
  cargo xtask loom [--preemptions N]  the hand-over to a reader's thread, every interleaving up to 3 preemptions
  cargo xtask tsan              tests under ThreadSanitizer, on a nightly compiler
  cargo xtask fuzz [TARGET] [--seconds N]  the parsers under libFuzzer, 60 seconds each
  cargo xtask simulate pins [--steps N] [--cie-steps N] [--seed S]  the PIN rules against a model, a million steps
  cargo xtask simulate journeys [--count N] [--seed S] [--journey K] [--faults 'FAULT,FAULT'] [--plant BUG]  100,000 journeys with faults
  cargo xtask simulate planted  bugs that are planted on purpose: each must be found within 10,000 journeys
  cargo xtask bench nfc         what libnfc, varco-nfcd and a serial line cost, side by side
  cargo xtask bench emulator [--json]  played cards: commands a second, and round trips beside a card that does nothing
  cargo xtask bench policy [--json]  decisions beside Cedar alone, and facts among few persons and many
  cargo xtask bench trust [--json]  verdicts, revocation lists and trusted lists, beside what others take for them
  cargo xtask fixtures [--check]  regenerate fixtures/ from its recipe, or compare with it

`demo`, `up` and `test` install the Debian packages they miss; on a terminal they ask first.
";

const EXIT_USAGE: u8 = 64;

fn main() -> ExitCode {
    if let Some(code) = api::as_rustdoc() {
        return code;
    }
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let outcome = match words.as_slice() {
        ["demo"] => demo::run(&demo::CNS, demo::Stack::InProcess),
        ["demo", "--pcscd"] => demo::run(&demo::CNS, demo::Stack::Pcscd),
        ["demo", "--cie"] => demo::run(&demo::CIE, demo::Stack::Pcscd),
        ["demo", "--nfc"] => demo::run_nfc(),
        ["up", rest @ ..] => up::run(rest),
        ["bench", "nfc"] => bench::nfc(),
        ["bench", "emulator"] => bench::emulator(bench::Print::Table),
        ["bench", "emulator", "--json"] => bench::emulator(bench::Print::Json),
        ["bench", "policy"] => bench::policy(bench::Print::Table),
        ["bench", "policy", "--json"] => bench::policy(bench::Print::Json),
        ["bench", "trust"] => bench::trust(bench::Print::Table),
        ["bench", "trust", "--json"] => bench::trust(bench::Print::Json),
        ["test"] => test::run(test::Extent::Whole),
        ["test", "--quick"] => test::run(test::Extent::Quick),
        ["layers"] => layers::run(layers::Table::Compare),
        ["layers", "--write"] => layers::run(layers::Table::Write),
        ["api"] => api::run(api::Baseline::Compare),
        ["api", "--write"] => api::run(api::Baseline::Write),
        ["loom", rest @ ..] => loom::run(rest),
        ["tsan"] => tsan::run(),
        ["fuzz", rest @ ..] => fuzz::run(rest),
        ["simulate", "pins", rest @ ..] => simulate::pins(rest),
        ["simulate", "journeys", rest @ ..] => simulate::journeys(rest),
        ["simulate", "planted", rest @ ..] => simulate::planted(rest),
        ["fixtures", rest @ ..] => fixtures::run(rest),
        [] | ["help" | "--help" | "-h"] => {
            print!("{USAGE}");
            return ExitCode::SUCCESS;
        }
        _ => {
            eprint!("unknown command: {}\n\n{USAGE}", arguments.join(" "));
            return ExitCode::from(EXIT_USAGE);
        }
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\n{error}");
            ExitCode::FAILURE
        }
    }
}
