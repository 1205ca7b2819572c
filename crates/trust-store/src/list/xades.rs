//! The signed properties of XAdES (ETSI EN 319 132-1), as far as they bind a signature to its signer.
//!
//! Not here: signing times, policies, roles, time stamps; nothing that varco decides rests on them.

use ring::digest::{self, Algorithm};
use varco_pki::Certificate;

use super::ListError;
use super::algorithm;
use super::document::{Node, Tree};
use super::names::{DS, XADES};
use super::signature::qualifying;

/// Most certificates that the properties name.
const CERTIFICATES_MAX: usize = 16;

/// A certificate told by its digest.
pub(super) struct CertificateDigest {
    algorithm: &'static Algorithm,
    value: Vec<u8>,
}

impl CertificateDigest {
    /// Whether it is that of this certificate.
    pub(super) fn fits(&self, certificate: &Certificate) -> bool {
        digest::digest(self.algorithm, certificate.der()).as_ref() == self.value
    }
}

/// The element SignedProperties of a signature, if it is XAdES.
///
/// # Errors
/// [`ListError::Wrapped`] where the properties are those of another signature; [`ListError::MalformedSignature`].
pub(super) fn properties(tree: &Tree<'_>, signature: Node) -> Result<Option<Node>, ListError> {
    let mut all = qualifying(tree, signature);
    let Some(qualifying) = all.next() else {
        return Ok(None);
    };
    if all.next().is_some() {
        return Err(ListError::MalformedSignature("QualifyingProperties"));
    }
    let target = tree.attribute(qualifying, "Target");
    let target = target.and_then(|target| target.strip_prefix('#'));
    if target.is_none() || target != tree.attribute(signature, "Id") {
        return Err(ListError::Wrapped);
    }
    let properties = tree
        .at_most_one(qualifying, XADES, "SignedProperties")
        .ok()
        .flatten();
    properties
        .map(Some)
        .ok_or(ListError::MalformedSignature("SignedProperties"))
}

/// What the properties say of the signer's certificate, in the first and the second form of the property.
///
/// # Errors
/// [`ListError::MalformedSignature`], [`ListError::Algorithm`].
pub(super) fn named_signer(
    tree: &Tree<'_>,
    properties: Node,
) -> Result<Vec<Vec<CertificateDigest>>, ListError> {
    const WHERE: ListError = ListError::MalformedSignature("SigningCertificate");
    let Some(signed) = tree
        .at_most_one(properties, XADES, "SignedSignatureProperties")
        .map_err(|_| WHERE)?
    else {
        return Ok(Vec::new());
    };
    let mut named = Vec::new();
    for form in ["SigningCertificate", "SigningCertificateV2"] {
        let Some(property) = tree.at_most_one(signed, XADES, form).map_err(|_| WHERE)? else {
            continue;
        };
        let mut digests = Vec::new();
        for certificate in tree.named(property, XADES, "Cert") {
            if digests.len() >= CERTIFICATES_MAX {
                return Err(WHERE);
            }
            let digest = tree.one(certificate, XADES, &["CertDigest"]).ok_or(WHERE)?;
            let method = tree.one(digest, DS, &["DigestMethod"]).ok_or(WHERE)?;
            let uri = tree.attribute(method, "Algorithm").ok_or(WHERE)?;
            let value = tree.one(digest, DS, &["DigestValue"]).ok_or(WHERE)?;
            digests.push(CertificateDigest {
                algorithm: algorithm::digest(uri)?,
                value: tree.base64(value).ok_or(WHERE)?,
            });
        }
        named.push(digests);
    }
    Ok(named)
}
