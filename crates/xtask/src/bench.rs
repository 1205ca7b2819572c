//! `cargo xtask bench`: how long things take, side by side in one run. Nothing fails by being slow.
//!
//! Not here: what is measured (`tests/scenario/benches`, `crates/trust-store/examples`, `crates/records/examples`,
//! `drivers/virtual-vpcd/examples`).

mod emulator;
mod policy;
mod run;
mod trust;

pub(crate) use emulator::emulator;
pub(crate) use policy::policy;
pub(crate) use run::Print;
pub(crate) use trust::trust;

use crate::{Outcome, debian, shell};

/// NFC readers: bare libnfc beside `varco-nfcd`, and a login beside the sum of its bytes.
pub(crate) fn nfc() -> Outcome {
    debian::install(&[debian::TO_BUILD, debian::TO_BUILD_NFC])?;
    let bench = [
        "bench",
        "--locked",
        "--package",
        "varco-scenario",
        "--features",
        "libnfc",
        "--bench",
        "nfc",
    ];
    shell::run(&mut shell::command("cargo", &bench)?)
}
