//! The coverage-guided run of one target, by libFuzzer. Built and started by `cargo xtask fuzz`.
//!
//! Not here: any target. Which one is run, and where its corpus is, stand in the environment, as the command
//! line is libFuzzer's; the corpus gets the target's seeds before it is read. Without a target the names are
//! listed.
#![no_main]

use std::sync::OnceLock;

use libfuzzer_sys::fuzz_target;
use varco_fuzz::Target;

static TARGET: OnceLock<&Target> = OnceLock::new();

fn chosen() -> &'static Target {
    TARGET.get_or_init(|| {
        let Ok(name) = std::env::var("VARCO_FUZZ_TARGET") else {
            varco_fuzz::TARGETS
                .iter()
                .for_each(|target| println!("{}", target.name));
            std::process::exit(0);
        };
        let Some(target) = varco_fuzz::target(&name) else {
            eprintln!("VARCO_FUZZ_TARGET names no target: {name:?}");
            std::process::exit(64);
        };
        target
    })
}

fn plant() {
    let target = chosen();
    if let Some(corpus) = std::env::var_os("VARCO_FUZZ_CORPUS")
        && let Err(error) = varco_fuzz::plant(target, corpus.as_ref())
    {
        eprintln!("the seeds cannot be written: {error}");
        std::process::exit(73);
    }
}

fuzz_target!(init: plant(), |data: &[u8]| (chosen().run)(data));
