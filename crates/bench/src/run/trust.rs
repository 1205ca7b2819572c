//! Whom a scenario believes: the authorities of the played cards, or those that it names.
//!
//! Not here: any verdict.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use varco::LoginOptions;
use varco::trust::{AnchorKind, EvidenceAtHand, TrustStoreError, load_anchors, load_crl};

use crate::scenario::TrustWanted;
use crate::target::Hindrance;

/// Puts it into the options; files are beside the scenario.
pub(super) fn put(wanted: &TrustWanted, folder: &Path, options: &mut LoginOptions) -> Result<(), Hindrance> {
    if *wanted == TrustWanted::default() {
        return varco::played::believe(options).map_err(|error| Hindrance::rig("bench-rig-trust", error));
    }
    put_named(wanted, folder, options).map_err(|error| Hindrance::rig("bench-rig-trust", error))
}

fn put_named(wanted: &TrustWanted, folder: &Path, options: &mut LoginOptions) -> Result<(), TrustStoreError> {
    let load = |files: &[PathBuf], kind| -> Result<Vec<_>, TrustStoreError> {
        let mut all = Vec::new();
        for file in files {
            all.extend(load_anchors(&folder.join(file), kind)?);
        }
        Ok(all)
    };
    options.trust(load(&wanted.anchors, AnchorKind::Production)?);
    options.trust(load(&wanted.test_anchors, AnchorKind::Test)?);
    options.country_signers(load(&wanted.country_signers, AnchorKind::Production)?);
    options.country_signers(load(&wanted.test_country_signers, AnchorKind::Test)?);
    let mut evidence = EvidenceAtHand::default();
    for file in &wanted.lists {
        for list in load_crl(&folder.join(file), None)? {
            evidence.add_list(Arc::new(list));
        }
    }
    options.evidence(evidence);
    Ok(())
}
