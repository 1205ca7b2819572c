//! The shortest journey that still breaks the same invariant: of its acts and faults, the fewest that do.
//!
//! Not here: living through one (`run`).

use super::fault::Fault;
use super::run::live;
use super::spec::Spec;

/// More than are ever drawn; of more the rest stays.
const PARTS_MAX: usize = 10;

/// Tries every choice of acts and faults, the smallest first.
pub(crate) fn shrink(spec: &Spec, acts: &[u32], faults: &[Fault], invariant: &str) -> Spec {
    let parts = (acts.len() + faults.len()).min(PARTS_MAX);
    let mut choices: Vec<u32> = (0..1_u32 << parts).collect();
    choices.sort_by_key(|choice| choice.count_ones());
    let whole = Spec {
        acts: Some(acts.to_vec()),
        faults: Some(faults.to_vec()),
        ..spec.clone()
    };
    let candidates = choices.into_iter().map(|choice| {
        let is_left = |place: usize| place >= PARTS_MAX || choice & (1 << place) != 0;
        let acts = acts.iter().enumerate().filter(|(place, _)| is_left(*place));
        let acts: Vec<u32> = acts.map(|(_, act)| *act).collect();
        let faults = faults
            .iter()
            .enumerate()
            .filter(|(place, _)| is_left(whole.acts.as_ref().map_or(0, Vec::len) + place));
        Spec {
            acts: Some(acts),
            faults: Some(faults.map(|(_, fault)| *fault).collect()),
            ..spec.clone()
        }
    });
    let shortest = { candidates }.find(|candidate| breaks(candidate, invariant));
    shortest.unwrap_or(whole)
}

fn breaks(spec: &Spec, invariant: &str) -> bool {
    live(spec).1.is_err_and(|broken| broken.invariant == invariant)
}
