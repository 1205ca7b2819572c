//! The fixtures as seeds and oracles, read when they are first asked for.
//!
//! Not here: anything that is not in `fixtures/`.

use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};

use varco_emulator::PlayedCard as _;
use varco_pki::{
    AnchorKind, Certificate, EvidenceAtHand, HeldList, KnownAnswer, OcspResponse, Timestamp, TrustAnchor,
    TrustAnchors,
};

/// The cards that have a certificate.
pub(crate) const CARDS: [&str; 5] = ["cns-st", "cns-st-2021", "cns-athena", "cns-minor", "cns-expired"];

/// The test authorities as anchors.
pub(crate) static ANCHORS: LazyLock<TrustAnchors> = LazyLock::new(|| anchors(["ca-cns", "ca-cns-legacy"]));

/// All test authorities that are no intermediates, below which there are lists.
pub(crate) static ANCHORS_WITH_LISTS: LazyLock<TrustAnchors> =
    LazyLock::new(|| anchors(["ca-cns", "ca-cns-legacy", "ca-cns-rekeyed", "ca-cie-root"]));

/// Every list and answer of the fixtures, those that must not be believed too; but for the one in which nobody is
/// suspended any more.
pub(crate) static EVIDENCE: LazyLock<EvidenceAtHand> = LazyLock::new(|| {
    let mut evidence = EvidenceAtHand::default();
    let ends_suspensions = read("pki/crl-cns-empty.crl");
    for list in files("pki", "crl") {
        if list != ends_suspensions {
            evidence.add_list(Arc::new(HeldList::parse(list, None).unwrap()));
        }
    }
    for answer in files("pki", "ors") {
        if let Ok(response) = OcspResponse::parse(&answer) {
            evidence.add_answer(KnownAnswer {
                response: Arc::new(response),
                nonce: None,
                fetched_at: None,
            });
        }
    }
    evidence
});

/// The test country signers as anchors.
pub(crate) static COUNTRY_SIGNERS: LazyLock<TrustAnchors> = LazyLock::new(|| anchors(["csca", "csca-old"]));

/// Every certificate that the fixtures hold besides the public vectors.
pub(crate) static CERTIFICATES: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
    let mut all = files("pki", "der");
    all.extend(CARDS.map(card_certificate));
    all
});

/// A file by its path in the folder.
pub(crate) fn read(path: &str) -> Vec<u8> {
    std::fs::read(folder(path)).unwrap_or_else(|error| panic!("fixtures/{path}: {error}"))
}

/// All files with this ending, in the order of their names.
pub(crate) fn files(path: &str, ending: &str) -> Vec<Vec<u8>> {
    let entries = std::fs::read_dir(folder(path)).unwrap_or_else(|error| panic!("fixtures/{path}: {error}"));
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == ending));
    paths.sort();
    paths.iter().map(|path| std::fs::read(path).unwrap()).collect()
}

/// The answer to reset of every played card, with its name.
pub(crate) fn card_atrs() -> &'static [(Vec<u8>, &'static str)] {
    /// Made once: a card costs the reading of its key.
    static ATRS: LazyLock<Vec<(Vec<u8>, &str)>> = LazyLock::new(|| {
        varco_virtual_cns::Profile::names()
            .map(|name| {
                let card = varco_virtual_cns::Profile::builtin(name).unwrap().into_card();
                (card.atr().as_bytes().to_vec(), name)
            })
            .collect()
    });
    &ATRS
}

/// The certificate on a played card, without the filling behind it.
pub(crate) fn card_certificate(card: &str) -> Vec<u8> {
    let mut bytes = read(&format!("cards/{card}/ef-1101.bin"));
    bytes.truncate(varco_pki::der_total_length(&bytes).unwrap());
    bytes
}

/// An instant at which most of them are valid.
pub(crate) fn instant() -> Timestamp {
    "2026-06-01T00:00:00Z".parse().unwrap()
}

/// The names of the played identity cards.
pub(crate) fn identity_cards() -> impl Iterator<Item = &'static str> {
    varco_virtual_cie::Profile::names()
}

fn anchors<const N: usize>(names: [&str; N]) -> TrustAnchors {
    let anchor = |name: &str| {
        let der = read(&format!("pki/{name}.der"));
        TrustAnchor::new(Certificate::parse(&der).unwrap(), AnchorKind::Test).unwrap()
    };
    names.map(anchor).into_iter().collect()
}

fn folder(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../fixtures")
        .join(path)
}
