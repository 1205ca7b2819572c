//! The verdict on a certificate of a CNS or an identity card: path, dates, leaf profile, revocation; and what the verdict permits.
//!
//! Not here: how each of them is judged (`path`, `revocation`).

mod profile;

pub use profile::{cie_misuses, cns_misuses, states_identity_card};

use ring::signature::{
    RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY, RSA_PKCS1_2048_8192_SHA256, RSA_PSS_2048_8192_SHA256,
    RsaPublicKeyComponents,
};

use profile::{CIE, CNS, LeafProfile, misuses};

use crate::anchor::Believed;
use crate::{
    AnchorKind, AnchorPurpose, Certificate, CertvalValidator, CieSubject, CnsSubject, Distrust, Downgrade,
    Holder, InPath, Misuse, NoEvidence, PathValidator, PublicKey, Rejection, Revocation, RevocationCheck,
    RevocationMode, SubjectError, Timestamp, TrustAnchors, ValidPath, revocation,
};

/// How the card signs. Both are over SHA-256.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum SignatureScheme {
    /// RSASSA-PKCS1-v1_5 (RFC 8017 §8.2).
    #[default]
    RsaPkcs1Sha256,
    /// RSASSA-PSS with MGF1 over SHA-256 and 32 bytes of salt (RFC 8017 §8.1), by keys of 2048 bits and more. Needs a
    /// card that signs a block which the host padded.
    RsaPssSha256,
}

impl SignatureScheme {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::RsaPkcs1Sha256, Self::RsaPssSha256];

    /// The stable name in JSON and in what is signed.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::RsaPkcs1Sha256 => "rsa-pkcs1-sha256",
            Self::RsaPssSha256 => "rsa-pss-sha256",
        }
    }

    /// Whether signatures of a key of this size are verified.
    #[must_use]
    pub fn goes_with(self, modulus_bits: usize) -> bool {
        match self {
            Self::RsaPkcs1Sha256 => true,
            Self::RsaPssSha256 => modulus_bits >= 2048,
        }
    }
}

/// Why a signature does not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SignatureError {
    /// The key in the certificate did not make it over this message.
    #[error("signature was not made by the key in the certificate")]
    Mismatch,
}

impl SignatureError {
    /// Stable code for messages and logs.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Mismatch => "signature-mismatch",
        }
    }
}

/// Evidence that a certificate was judged good for authentication with a kind of card at one instant.
///
/// Made by [`judge_cns`] and [`judge_cie`] alone, and not to be copied: who holds it has judged.
#[derive(Debug)]
pub struct ChainValid {
    leaf: Certificate,
    holder: Holder,
    path: ValidPath,
    judged_at: Timestamp,
    downgrades: Vec<Downgrade>,
    revocation: Revocation,
}

/// What a certificate is judged by.
#[derive(Clone, Copy)]
pub struct Judging<'a> {
    /// Certificates that may stand between leaf and anchor, or sign its revocation lists; at most 32.
    pub intermediates: &'a [Certificate],
    /// Whom to believe.
    pub anchors: &'a TrustAnchors,
    /// What validates a path.
    pub validator: &'a dyn PathValidator,
    /// How revocation is judged.
    pub revocation: RevocationCheck<'a>,
    /// The instant to judge at.
    pub at: Timestamp,
}

/// A path that holds, and what is known of the revocation of its certificates.
#[derive(Debug)]
pub struct JudgedPath {
    path: ValidPath,
    downgrades: Vec<Downgrade>,
    revocation: Revocation,
}

impl<'a> Judging<'a> {
    /// By these anchors at an instant: no intermediates, and revocation hard without any evidence, which refuses everything
    /// that is not asked for less.
    #[must_use]
    pub fn new(anchors: &'a TrustAnchors, at: Timestamp) -> Self {
        Self {
            intermediates: &[],
            anchors,
            validator: &CertvalValidator,
            revocation: RevocationCheck {
                mode: RevocationMode::Hard,
                source: &NoEvidence,
            },
            at,
        }
    }

    /// With these certificates that may stand between.
    #[must_use]
    pub fn through(self, intermediates: &'a [Certificate]) -> Self {
        Self {
            intermediates,
            ..self
        }
    }

    /// With revocation judged so.
    #[must_use]
    pub fn checking(self, revocation: RevocationCheck<'a>) -> Self {
        Self { revocation, ..self }
    }
}

impl JudgedPath {
    /// The path.
    #[must_use]
    pub fn path(&self) -> &ValidPath {
        &self.path
    }

    /// Weaknesses of path and evidence that its anchor accepts.
    #[must_use]
    pub fn downgrades(&self) -> &[Downgrade] {
        &self.downgrades
    }

    /// What is known of revocation.
    #[must_use]
    pub fn revocation(&self) -> &Revocation {
        &self.revocation
    }
}

/// Judges the certificate of an identity card at an instant: path and dates by the validator, then the leaf profile
/// `[cie §6]`, then revocation. That it is the certificate which the card's security object speaks of is asked elsewhere.
///
/// # Errors
/// [`Rejection`], the first in its order: not trusted, outside validity, wrong purpose, revoked or not known.
pub fn judge_cie(leaf: Certificate, judging: &Judging<'_>) -> Result<ChainValid, Rejection> {
    judge(leaf, judging, &CIE, |leaf, name| {
        CieSubject::parse(name, leaf.subject_serial_number()).map(Holder::Cie)
    })
}

/// Judges a CNS certificate at an instant: path and dates by the validator, then the leaf profile `[cns §6]`, then
/// revocation.
///
/// # Errors
/// [`Rejection`], the first in its order: not trusted, outside validity, wrong purpose, revoked or not known.
pub fn judge_cns(leaf: Certificate, judging: &Judging<'_>) -> Result<ChainValid, Rejection> {
    judge(leaf, judging, &CNS, |_, name| {
        CnsSubject::parse(name).map(Holder::Cns)
    })
}

/// Judges any certificate by RFC 5280 alone, whatever it is for: path, dates, revocation.
///
/// # Errors
/// [`Rejection`], the first in its order: not trusted, outside validity, revoked or not known.
pub fn judge_path(leaf: &Certificate, judging: &Judging<'_>) -> Result<JudgedPath, Rejection> {
    let path = find_path(leaf, judging, AnchorPurpose::Any)?;
    judge_revocation(leaf, path, judging)
}

/// A path to an anchor that is believed about such cards. One that is not is told as that, if it is all there is.
fn find_path(
    leaf: &Certificate,
    judging: &Judging<'_>,
    purpose: AnchorPurpose,
) -> Result<ValidPath, Rejection> {
    let Judging { anchors, at, .. } = *judging;
    let find = |believed: Believed| {
        judging
            .validator
            .find(leaf, judging.intermediates, (anchors, believed), at)
    };
    find(Believed::About(purpose, at)).map_err(|rejection| match find(Believed::NotAbout(purpose, at)) {
        Ok(_) => Rejection::NotTrusted {
            reason: Distrust::AnchorUse,
            in_path: InPath::Anchor,
        },
        Err(_) => rejection,
    })
}

fn judge_revocation(
    leaf: &Certificate,
    path: ValidPath,
    judging: &Judging<'_>,
) -> Result<JudgedPath, Rejection> {
    let mut downgrades = path.downgrades().to_vec();
    let revocation = revocation::check(
        leaf,
        &path,
        (judging.validator, judging.intermediates),
        judging.revocation,
        judging.at,
        &mut downgrades,
    )?;
    Ok(JudgedPath {
        path,
        downgrades,
        revocation,
    })
}

fn judge(
    leaf: Certificate,
    judging: &Judging<'_>,
    profile: &LeafProfile,
    holder: impl FnOnce(&Certificate, &str) -> Result<Holder, SubjectError>,
) -> Result<ChainValid, Rejection> {
    let path = find_path(&leaf, judging, profile.purpose)?;
    if let Some(misuse) = misuses(&leaf, profile).into_iter().next() {
        return Err(misuse.into());
    }
    let name = leaf
        .subject_common_name()
        .ok_or(Misuse::Subject(SubjectError::CommonName))?;
    let holder = holder(&leaf, name).map_err(Misuse::Subject)?;
    let JudgedPath {
        path,
        downgrades,
        revocation,
    } = judge_revocation(&leaf, path, judging)?;
    Ok(ChainValid {
        holder,
        leaf,
        path,
        judged_at: judging.at,
        downgrades,
        revocation,
    })
}

impl ChainValid {
    /// The certificate judged.
    #[must_use]
    pub fn leaf(&self) -> &Certificate {
        &self.leaf
    }

    /// Whom it names.
    #[must_use]
    pub fn holder(&self) -> &Holder {
        &self.holder
    }

    /// Its path.
    #[must_use]
    pub fn path(&self) -> &ValidPath {
        &self.path
    }

    /// SHA-256 of the anchor's certificate.
    #[must_use]
    pub fn anchor_sha256(&self) -> [u8; 32] {
        self.path.anchor().certificate().sha256()
    }

    /// The instant for which it was judged.
    #[must_use]
    pub fn judged_at(&self) -> Timestamp {
        self.judged_at
    }

    /// What is known about revocation.
    #[must_use]
    pub fn revocation(&self) -> &Revocation {
        &self.revocation
    }

    /// Weaknesses accepted for this path because its anchor accepts them.
    #[must_use]
    pub fn downgrades(&self) -> &[Downgrade] {
        &self.downgrades
    }

    /// Whether the path ends in a test anchor: nothing real follows from it.
    #[must_use]
    pub fn is_test_material(&self) -> bool {
        self.path.anchor().kind() == AnchorKind::Test
    }

    /// Verifies that the leaf's key made `signature` over `message`.
    ///
    /// RSA keys of 1024 to 2047 bits are verified only where the path was accepted as legacy, and never with RSASSA-PSS.
    ///
    /// # Errors
    /// [`SignatureError::Mismatch`].
    pub fn verify_signature(
        &self,
        scheme: SignatureScheme,
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), SignatureError> {
        let shortest = if self.downgrades.contains(&Downgrade::Rsa1024) {
            Shortest::Bits1024
        } else {
            Shortest::Bits2048
        };
        if has_signed(&self.leaf, scheme, shortest, message, signature) {
            Ok(())
        } else {
            Err(SignatureError::Mismatch)
        }
    }
}

/// The shortest RSA key whose PKCS#1 v1.5 signatures are looked at.
enum Shortest {
    Bits1024,
    Bits2048,
}

fn has_signed(
    leaf: &Certificate,
    scheme: SignatureScheme,
    shortest: Shortest,
    message: &[u8],
    signature: &[u8],
) -> bool {
    let PublicKey::Rsa {
        modulus, exponent, ..
    } = leaf.key()
    else {
        return false;
    };
    let parameters = match (scheme, shortest) {
        (SignatureScheme::RsaPkcs1Sha256, Shortest::Bits1024) => {
            &RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY
        }
        (SignatureScheme::RsaPkcs1Sha256, Shortest::Bits2048) => &RSA_PKCS1_2048_8192_SHA256,
        (SignatureScheme::RsaPssSha256, _) => &RSA_PSS_2048_8192_SHA256,
    };
    let key = RsaPublicKeyComponents {
        n: modulus,
        e: exponent,
    };
    key.verify(parameters, message, signature).is_ok()
}

/// Whether the key in a certificate made `signature` over `message`: no evidence, as nobody has judged the certificate, but
/// reason enough not to begin with judging one that did not.
#[must_use]
pub fn has_signed_unjudged(
    certificate: &Certificate,
    scheme: SignatureScheme,
    message: &[u8],
    signature: &[u8],
) -> bool {
    has_signed(certificate, scheme, Shortest::Bits1024, message, signature)
}

#[cfg(test)]
mod tests;
