//! Whether a list was signed by one of those who may, and is what they signed.
//!
//! Not here: who may sign, which the list of lists says (see [`super::Pointer`]), and what the list says.

use ring::digest::digest;
use varco_pki::Certificate;

use super::document::Tree;
use super::signature::Signature;
use super::{ListError, canonical};

/// Most certificates that may be pinned for one list.
pub const SIGNERS_MAX: usize = 64;

/// Checks a signature; gives the certificate of `signers` whose key made it.
///
/// The document only proposes who signed: its certificate must be a pinned one, or have a pinned one's key.
///
/// # Errors
/// [`ListError`], from [`ListError::Unsigned`] to [`ListError::Altered`].
pub(super) fn verify(tree: &Tree<'_>, signers: &[Certificate]) -> Result<Certificate, ListError> {
    let signature = Signature::read(tree)?;
    let signers = signers.get(..SIGNERS_MAX).unwrap_or(signers);
    let pinned = |brought: &Certificate| {
        signers
            .iter()
            .find(|signer| signer.key_sha256() == brought.key_sha256())
    };
    let candidates: Vec<(&Certificate, &Certificate)> = signature
        .certificates
        .iter()
        .filter_map(|brought| Some((brought, pinned(brought)?)))
        .collect();
    if candidates.is_empty() {
        return Err(ListError::OtherSigner);
    }
    let message = canonical::bytes(tree, canonical::Part::Element(signature.signed_info));
    let mut outcome = Err(ListError::OtherSigner);
    for (brought, signer) in candidates {
        outcome = signature
            .scheme
            .verify(signer.key(), &message, &signature.value)
            .map(|()| (brought, signer));
        if outcome.is_ok() {
            break;
        }
    }
    let (brought, signer) = outcome?;
    let fits = |certificate: &Certificate| {
        signature
            .named
            .iter()
            .all(|digests| digests.iter().any(|digest| digest.fits(certificate)))
    };
    if !fits(brought) {
        return Err(ListError::OtherSignerNamed);
    }
    for reference in &signature.references {
        let digest = digest(reference.digest, &canonical::bytes(tree, reference.part));
        if digest.as_ref() != reference.value {
            return Err(ListError::Altered);
        }
    }
    Ok(signer.clone())
}
