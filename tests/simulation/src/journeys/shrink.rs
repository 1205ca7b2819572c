//! The shortest journey that still breaks the same invariant: acts and faults are left out as long as it does.
//!
//! Not here: living through one (`run`).

use super::fault::Fault;
use super::run::live;
use super::spec::Spec;

/// Leaves out what is not needed, until nothing can be left out alone.
pub(crate) fn shrink(spec: &Spec, acts: &[u32], faults: &[Fault], invariant: &str) -> Spec {
    let mut shortest = Spec {
        acts: Some(acts.to_vec()),
        faults: Some(faults.to_vec()),
        ..spec.clone()
    };
    loop {
        let shorter = candidates(&shortest)
            .into_iter()
            .find(|candidate| breaks(candidate, invariant));
        match shorter {
            Some(shorter) => shortest = shorter,
            None => return shortest,
        }
    }
}

/// Each with one act or fault less; faults first, the last act before the first.
fn candidates(spec: &Spec) -> Vec<Spec> {
    let mut all = Vec::new();
    let faults = spec.faults.clone().unwrap_or_default();
    for number in 0..faults.len() {
        let mut fewer = faults.clone();
        fewer.remove(number);
        all.push(Spec {
            faults: Some(fewer),
            ..spec.clone()
        });
    }
    let acts = spec.acts.clone().unwrap_or_default();
    for number in (0..acts.len()).rev() {
        let mut fewer = acts.clone();
        fewer.remove(number);
        all.push(Spec {
            acts: Some(fewer),
            ..spec.clone()
        });
    }
    all
}

fn breaks(spec: &Spec, invariant: &str) -> bool {
    live(spec).1.is_err_and(|broken| broken.invariant == invariant)
}
