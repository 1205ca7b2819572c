//! What all journeys share: whom to believe, what is known to be revoked, and the rules of access.
//!
//! Not here: which of it a journey has (`act`).

use std::sync::{Arc, OnceLock};

use varco_access_policy::{AccessPolicy, Deployment, Gate, ServiceClass, ServiceId, TestMaterial};
use varco_pki::{AnchorKind, Certificate, EvidenceAtHand, HeldList, TrustAnchor, TrustAnchors};

use crate::cards::fixture;

/// Services of each class.
const SERVICES: usize = 6;

pub(crate) struct Kit {
    pub(crate) anchors: TrustAnchors,
    pub(crate) country_signers: TrustAnchors,
    pub(crate) nobody: TrustAnchors,
    pub(crate) intermediates: Vec<Certificate>,
    /// The lists of the authorities.
    pub(crate) lists: EvidenceAtHand,
    pub(crate) nothing: EvidenceAtHand,
    pub(crate) services: Vec<(ServiceId, ServiceClass)>,
}

pub(crate) fn kit() -> &'static Kit {
    static KIT: OnceLock<Kit> = OnceLock::new();
    KIT.get_or_init(|| {
        let certificate = |name: &str| Certificate::parse(&fixture(&format!("pki/{name}.der"))).unwrap();
        let anchors = |names: &[&str]| {
            let anchors = names
                .iter()
                .map(|name| TrustAnchor::new(certificate(name), AnchorKind::Test).unwrap());
            anchors.collect()
        };
        let mut lists = EvidenceAtHand::default();
        for name in ["crl-cns", "crl-legacy", "crl-cie-root", "crl-cie-sub-revoking"] {
            let list = fixture(&format!("pki/{name}.crl")).to_vec();
            lists.add_list(Arc::new(HeldList::parse(list, None).unwrap()));
        }
        let policy = AccessPolicy::builtin();
        let services = policy.services();
        Kit {
            anchors: anchors(&["ca-cns", "ca-cns-legacy", "ca-cie-root"]),
            country_signers: anchors(&["csca", "csca-old"]),
            nobody: TrustAnchors::default(),
            intermediates: vec![certificate("ca-cie-sub")],
            lists,
            nothing: EvidenceAtHand::default(),
            services: services
                .iter()
                .step_by((services.len() / SERVICES).max(1))
                .map(|service| (service.id.clone(), service.class))
                .collect(),
        }
    })
}

/// The rules that ship, where test material is let in or not.
pub(crate) fn with_gate<T>(lets_test_material_in: bool, work: impl FnOnce(&Gate<'static>) -> T) -> T {
    thread_local! {
        static GATES: [Gate<'static>; 2] = [TestMaterial::Refused, TestMaterial::Permitted]
            .map(|material| Gate::new(AccessPolicy::builtin(), Deployment::new(material)));
    }
    GATES.with(|[refused, permitted]| work(if lets_test_material_in { permitted } else { refused }))
}
