//! Which clients a server believes, and how sure it must be.
//!
//! Not here: the verdict (`verify`), and where anchors and lists come from (the trust store).

use varco_pki::{
    AnchorKind, Certificate, CertvalValidator, ChainValid, Judging, NoEvidence, Rejection, RevocationCheck,
    RevocationMode, RevocationSource, Timestamp, TrustAnchors, judge_cie, judge_cns, states_identity_card,
};

use crate::verify::SENT_MAX;

/// Whose certificates a server takes.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Accepts {
    /// Those of either kind of card, as the certificate states.
    #[default]
    Either,
    /// Those of CNS only.
    Cns,
    /// Those of identity cards only.
    Cie,
}

/// Whether anchors for tests are taken.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum TestMaterial {
    /// No: whoever has the fixtures could log in.
    #[default]
    Refused,
    /// Yes: the deployment is a test, and its configuration says so.
    Permitted,
}

/// Why a server cannot begin.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ClientTrustError {
    /// No anchor was given: nobody could log in.
    #[error("there are no trust anchors")]
    NoAnchors,
    /// An anchor is for tests, and tests are not permitted.
    #[error("an anchor is for tests, which this server does not permit")]
    TestMaterialRefused,
    /// More certificates between clients and anchors than leave room for those that a client sends.
    #[error(
        "too many certificates are given between clients and anchors: at most 24 leave room for what a client sends"
    )]
    TooManyIntermediates,
}

/// As many as pki takes, less those that a client may send.
const INTERMEDIATES_MAX: usize = 32 - SENT_MAX;

impl ClientTrustError {
    /// A stable name for messages and programs.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::NoAnchors => "trust-anchors-missing",
            Self::TestMaterialRefused => "tls-test-material",
            Self::TooManyIntermediates => "tls-intermediates",
        }
    }
}

/// Which clients a server believes.
pub struct ClientTrust {
    anchors: TrustAnchors,
    intermediates: Vec<Certificate>,
    mode: RevocationMode,
    evidence: Box<dyn RevocationSource + Send + Sync>,
    accepts: Accepts,
    test_material: TestMaterial,
}

impl ClientTrust {
    /// Below these anchors. Revocation is judged hard and there is no evidence yet, so nobody is believed until there is.
    #[must_use]
    pub fn new(anchors: TrustAnchors) -> Self {
        Self {
            anchors,
            intermediates: Vec::new(),
            mode: RevocationMode::Hard,
            evidence: Box::new(NoEvidence),
            accepts: Accepts::default(),
            test_material: TestMaterial::default(),
        }
    }

    /// With evidence about revocation. A source that fetches makes the handshake wait; see [`crate::CardServer`] on runtimes.
    #[must_use]
    pub fn evidence(mut self, source: impl RevocationSource + Send + Sync + 'static) -> Self {
        self.evidence = Box::new(source);
        self
    }

    /// How sure one must be that nothing was revoked.
    #[must_use]
    pub fn revocation(mut self, mode: RevocationMode) -> Self {
        self.mode = mode;
        self
    }

    /// With certificates that may stand between card and anchor, besides those that clients send.
    #[must_use]
    pub fn intermediates(mut self, certificates: impl IntoIterator<Item = Certificate>) -> Self {
        self.intermediates.extend(certificates);
        self
    }

    /// Whose certificates are taken.
    #[must_use]
    pub fn accepts(mut self, accepts: Accepts) -> Self {
        self.accepts = accepts;
        self
    }

    /// Whether anchors for tests are taken.
    #[must_use]
    pub fn test_material(mut self, test_material: TestMaterial) -> Self {
        self.test_material = test_material;
        self
    }

    pub(crate) fn check(&self) -> Result<(), ClientTrustError> {
        let is_test = |anchor: &varco_pki::TrustAnchor| anchor.kind() == AnchorKind::Test;
        if self.anchors.is_empty() {
            Err(ClientTrustError::NoAnchors)
        } else if self.test_material == TestMaterial::Refused && self.anchors.iter().any(is_test) {
            Err(ClientTrustError::TestMaterialRefused)
        } else if self.intermediates.len() > INTERMEDIATES_MAX {
            Err(ClientTrustError::TooManyIntermediates)
        } else {
            Ok(())
        }
    }

    pub(crate) fn anchors(&self) -> &TrustAnchors {
        &self.anchors
    }

    /// pki's verdict.
    pub(crate) fn judge(
        &self,
        leaf: Certificate,
        sent: &[Certificate],
        at: Timestamp,
    ) -> Result<ChainValid, Rejection> {
        let between = [&self.intermediates, sent].concat();
        let judging = Judging {
            intermediates: &between,
            anchors: &self.anchors,
            validator: &CertvalValidator,
            revocation: RevocationCheck {
                mode: self.mode,
                source: &*self.evidence,
            },
            at,
        };
        match self.accepts {
            Accepts::Cns => judge_cns(leaf, &judging),
            Accepts::Cie => judge_cie(leaf, &judging),
            Accepts::Either if states_identity_card(&leaf) => judge_cie(leaf, &judging),
            Accepts::Either => judge_cns(leaf, &judging),
        }
    }
}

impl std::fmt::Debug for ClientTrust {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("ClientTrust")
            .field("anchors", &self.anchors.len())
            .field("mode", &self.mode)
            .field("accepts", &self.accepts)
            .finish_non_exhaustive()
    }
}
