//! A certificate as the path validator wants it, made once where the certificate is read; and facts about its bytes that
//! were found since and cannot change.
//!
//! Nothing here says that it is good. Not here: paths, dates, revocation.

use std::sync::OnceLock;

use certval::{
    EXTS_OF_INTEREST, ExtensionProcessing as _, PDVCertificate, PDVTrustAnchorChoice, compare_names,
};
use x509_cert::certificate::{CertificateInner, Raw};
use x509_cert::der;

use crate::Certificate;

/// certval's reading of a certificate.
pub(crate) struct Prepared {
    pub(super) theirs: PDVCertificate,
    /// certval leaves out an extension that it cannot decode, as if it were absent.
    pub(super) has_malformed_extension: bool,
    as_anchor: OnceLock<Option<PDVTrustAnchorChoice>>,
    /// The key that made the signature on these bytes, by its SHA-256. Kept for issuers only.
    signed_by: OnceLock<[u8; 32]>,
}

impl Prepared {
    /// Reads one certificate that fills `der` exactly.
    pub(crate) fn read(der: &[u8]) -> der::Result<Self> {
        let theirs = PDVCertificate::try_from(der)?;
        let extensions = theirs.decoded().tbs_certificate().extensions();
        let has_malformed_extension = extensions.into_iter().flatten().any(|extension| {
            EXTS_OF_INTEREST.contains(&extension.extn_id)
                && !matches!(theirs.get_extension(&extension.extn_id), Ok(Some(_)))
        });
        Ok(Self {
            theirs,
            has_malformed_extension,
            as_anchor: OnceLock::new(),
            signed_by: OnceLock::new(),
        })
    }

    /// The bytes as read.
    pub(crate) fn der(&self) -> &[u8] {
        self.theirs.as_bytes()
    }

    /// What the second parser made of them.
    pub(crate) fn decoded(&self) -> &CertificateInner<Raw> {
        self.theirs.decoded()
    }

    /// As the end of paths, made when the first one is tried; `None` where certval does not take it for that.
    pub(super) fn as_anchor(&self) -> Option<&PDVTrustAnchorChoice> {
        let make = || PDVTrustAnchorChoice::try_from(self.der()).ok();
        self.as_anchor.get_or_init(make).as_ref()
    }

    /// Whether the signature on these bytes is known to be made by the key with this SHA-256.
    pub(super) fn is_known_to_be_signed_by(&self, key_sha256: &[u8; 32]) -> bool {
        self.signed_by.get() == Some(key_sha256)
    }

    /// Remembers whose signature on these bytes was verified: one key, the first.
    pub(super) fn remember_signed_by(&self, key_sha256: [u8; 32]) {
        self.signed_by.get_or_init(|| key_sha256);
    }
}

/// Whether a certificate bears the name that another calls its issuer, by the comparison that paths are chained with.
pub(crate) fn bears_issuers_name(above: &Certificate, below: &Certificate) -> bool {
    above.subject_der() == below.issuer_der() || {
        let (above, below) = (above.prepared().decoded(), below.prepared().decoded());
        compare_names(
            below.tbs_certificate().issuer(),
            above.tbs_certificate().subject(),
        )
    }
}
