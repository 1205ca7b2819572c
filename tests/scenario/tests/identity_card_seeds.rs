//! A thousand logins with identity cards, in which every random number on both sides follows from one seed: no seed fails.
//! A rare value, such as a number that begins with zeros, must not cost one login in some thousands.
//!
//! Not here: what a login says and costs (`identity_card`).
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::unreachable,
    reason = "test code: what fails here fails the test"
)]

use std::num::NonZero;
use std::ops::Range;
use std::thread;

use rand_chacha::ChaCha20Rng;
use rand_core::{Rng, SeedableRng};
use varco::played::Profile;
use varco::steps::WAIT_DEFAULT;
use varco_card::ExtendedLength;
use varco_scenario::identity::{Believed, Draws, FAMILIES, code, stage_with};

const SEEDS: Range<usize> = 0..1_000;
/// To run one seed again: `VARCO_SEED=17 cargo test -p varco-scenario --test identity_card_seeds`.
const ONE_SEED: &str = "VARCO_SEED";

/// The families take turns, and extended length with short commands.
fn login(believed: &Believed, seed: usize) -> Result<(), String> {
    let mut random = ChaCha20Rng::seed_from_u64(seed as u64);
    let mut draw = || {
        let mut bytes = [0; 32];
        random.fill_bytes(&mut bytes);
        bytes
    };
    let family = FAMILIES[seed % FAMILIES.len()];
    let length = match seed / FAMILIES.len() % 2 {
        0 => ExtendedLength::Supported,
        _ => ExtendedLength::Unsupported,
    };
    let card = match Profile::builtin(family).unwrap() {
        Profile::Cie(profile) => Box::new(profile.with_seed(draw()).into_card()),
        Profile::Cns(_) => unreachable!("{family} is an identity card"),
    };
    let stage = stage_with(card, length);
    let mut link = stage.varco.connect(None, WAIT_DEFAULT).unwrap();
    let draws = Draws {
        random: draw(),
        salt: draw(),
        seed: draw(),
    };
    let report = believed.login(&mut *link, stage.varco.card_drivers(), draws);
    let verifies = stage.verifies();
    match (code(&report), verifies) {
        ("identified", 1) => Ok(()),
        (other, _) => Err(format!(
            "{ONE_SEED}={seed} ({family}, {length:?}): {other}, {verifies} VERIFY"
        )),
    }
}

#[test]
fn no_seed_fails() {
    let seeds: Vec<usize> = match std::env::var(ONE_SEED) {
        Ok(seed) => vec![seed.parse().unwrap()],
        Err(_) => SEEDS.collect(),
    };
    let believed = Believed::load();
    let threads = thread::available_parallelism().map_or(1, NonZero::get);
    let failed: Vec<String> = thread::scope(|scope| {
        let parts: Vec<_> = seeds
            .chunks(seeds.len().div_ceil(threads))
            .map(|part| {
                let believed = &believed;
                scope.spawn(move || -> Vec<String> {
                    part.iter()
                        .filter_map(|&seed| login(believed, seed).err())
                        .collect()
                })
            })
            .collect();
        parts.into_iter().flat_map(|part| part.join().unwrap()).collect()
    });
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}
