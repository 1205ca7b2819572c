//! `cargo xtask fixtures`: regenerates fixtures/ from its recipe, or with `--check` compares byte for byte.
//!
//! It owns fixtures/pki, fixtures/cards, fixtures/vectors/proof and fixtures/MANIFEST, and leaves the rest of the folder alone: the
//! recipe, the README and the public vectors.

mod card;
mod certificates;
mod der;
mod identity;
mod issuing;
mod keys;
mod material;
mod ocsp_answer;
mod person;
mod proof;
mod recipe;
mod revocation_list;
mod telling;
mod tree;

use std::path::Path;
use std::time::Instant;

use crate::Outcome;

/// Runs the command with the words after `fixtures`.
pub(crate) fn run(arguments: &[&str]) -> Outcome {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures");
    let check = match arguments {
        [] => false,
        ["--check"] => true,
        _ => return Err("fixtures takes no argument but --check".into()),
    };
    let begun = Instant::now();
    let recipe: recipe::Recipe = toml::from_str(&std::fs::read_to_string(root.join("recipe.toml"))?)?;
    let made = material::make(&recipe)?;
    let differences = if check {
        tree::compare(&root, &made.files)?
    } else {
        tree::write(&root, &made.files)?
    };
    println!(
        "fixtures: {} files in {:.1} s",
        made.files.len(),
        begun.elapsed().as_secs_f32()
    );
    let constants = material::compare_constants(&recipe, &made);
    for line in differences.iter().chain(&constants) {
        println!("  {line}");
    }
    match (check, differences.is_empty(), constants.is_empty()) {
        (true, false, _) => Err("fixtures/ differs from its recipe; run `cargo xtask fixtures`".into()),
        (_, _, false) => {
            Err("crates/pki/src/test_material.rs does not name these CA keys; put in the lines above".into())
        }
        _ => Ok(()),
    }
}
