//! Fuzz targets: one for every parser that eats bytes from a card, a reader, a file, a socket or a caller.
//!
//! A target takes any bytes, hands them to the parser, and asserts what must hold whatever they are: no panic,
//! bounded lengths, a round trip where there is an encoder, the same answer twice. The same targets run in two
//! ways: `tests/smoke.rs` mutates their seeds a fixed number of times under ordinary `cargo test`, and
//! `cargo xtask fuzz` drives them by coverage.
//!
//! Not here: claims about single inputs (the crates' own tests), and the running of libFuzzer (`bin/fuzz.rs`).
//! Start with [`TARGETS`]. A new parser is a file here and a line there.
//!
//! ```
//! let target = varco_fuzz::target("tlv").unwrap();
//! (target.run)(&[0x6F, 0x02, 0x84, 0x00]);
//! ```
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::cast_possible_truncation,
    clippy::missing_panics_doc,
    reason = "test code: what fails here is what was looked for"
)]

pub mod access_policy;
pub mod atr;
pub mod audit_log;
pub mod bench_file;
pub mod bundle;
pub mod card_key;
pub mod card_numbers;
pub mod card_profile;
pub mod card_state;
pub mod ccid;
pub mod certificate;
pub mod cie_profile;
pub mod cns_files;
pub mod command_apdu;
pub mod crl;
pub mod crl_index;
mod decided;
pub mod fault_plan;
pub mod fetch_address;
pub mod hand_over;
pub mod identity_card;
pub mod log_of_opensc;
pub mod log_of_pcscd;
pub mod login;
pub mod maker_profile;
pub mod names;
pub mod nfcd;
pub mod ocsp;
pub mod operator_policy;
pub mod personal_data;
pub mod pin_stream;
pub mod places;
pub mod played_card;
pub mod played_cie;
pub mod pn532;
pub mod policy_corpus;
pub mod proof;
pub mod reader_features;
pub mod response_apdu;
pub mod scenario;
pub mod secure_messaging;
pub mod security_object;
pub mod subject;
pub mod tlv;
pub mod trace_lines;
mod trace_logs;
pub mod trace_replay;
pub mod trust_file;
pub mod trusted_list;
pub mod vpcd;

pub mod fci;
mod fixtures;
mod hostile;
mod input;

use std::path::Path;

/// A parser under test.
#[derive(Clone, Copy)]
pub struct Target {
    /// Its name on the command line.
    pub name: &'static str,
    /// Gives it these bytes. Panics when something does not hold.
    pub run: fn(&[u8]),
    /// Valid inputs to begin from.
    pub seeds: fn() -> Vec<Vec<u8>>,
    /// How many mutated inputs the smoke test gives it: fewer where one costs a signature or a connection.
    pub smoke_rounds: u32,
}

/// A line of the table: the module's name is the target's.
macro_rules! targets {
    ($($name:ident $rounds:literal)*) => {
        &[$(Target {
            name: stringify!($name),
            run: $name::target,
            seeds: $name::seeds,
            smoke_rounds: $rounds,
        }),*]
    };
}

/// All of them.
pub const TARGETS: &[Target] = targets! {
    command_apdu 5_000
    response_apdu 5_000
    tlv 5_000
    atr 5_000
    cns_files 2_000
    places 1_000
    maker_profile 200
    personal_data 1_000
    fci 2_000
    certificate 1_000
    crl 5_000
    crl_index 2_000
    subject 5_000
    trust_file 500
    fetch_address 10_000
    bundle 2_000
    trusted_list 300
    names 5_000
    fault_plan 2_000
    access_policy 300
    operator_policy 300
    policy_corpus 300
    card_profile 200
    card_state 2_000
    card_key 200
    played_card 300
    vpcd 200
    pin_stream 500
    login 200
    secure_messaging 2_000
    security_object 1_000
    card_numbers 1_000
    identity_card 100
    played_cie 100
    cie_profile 200
    nfcd 5_000
    reader_features 5_000
    pn532 2_000
    ccid 2_000
    ocsp 5_000
    proof 2_000
    hand_over 2_000
    audit_log 500
    bench_file 2_000
    scenario 2_000
    trace_lines 2_000
    trace_replay 1_000
    log_of_pcscd 2_000
    log_of_opensc 2_000
};

/// The target of this name.
#[must_use]
pub fn target(name: &str) -> Option<&'static Target> {
    TARGETS.iter().find(|target| target.name == name)
}

/// Writes a target's seeds into its corpus folder, under names that libFuzzer does not use.
///
/// # Errors
/// When the folder cannot be made or written to.
pub fn plant(target: &Target, corpus: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(corpus)?;
    for (index, seed) in (target.seeds)().iter().enumerate() {
        std::fs::write(corpus.join(format!("seed-{index}")), seed)?;
    }
    Ok(())
}
