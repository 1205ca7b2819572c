//! The algorithms that sign lists: SHA-2, RSA by PKCS#1 v1.5 and PSS, ECDSA. Everything else is refused.
//!
//! Not here: who signed, and over what. ring verifies; it knows neither P-521 nor ECDSA with another hash than its curve's.

use ring::digest::{self, SHA256, SHA384, SHA512};
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_2048_8192_SHA384,
    RSA_PKCS1_2048_8192_SHA512, RSA_PSS_2048_8192_SHA256, RSA_PSS_2048_8192_SHA384, RSA_PSS_2048_8192_SHA512,
    RsaParameters, RsaPublicKeyComponents, UnparsedPublicKey, VerificationAlgorithm,
};
use varco_pki::PublicKey;

use super::ListError;

/// RSA length in bits below which nobody signs a list.
const RSA_BITS_MIN: usize = 2048;
const P256: &str = "1.2.840.10045.3.1.7";
const P384: &str = "1.3.132.0.34";

/// Digests by their URI (RFC 9231 §2.1, XML encryption §5.7).
pub(super) fn digest(uri: &str) -> Result<&'static digest::Algorithm, ListError> {
    Ok(match uri {
        "http://www.w3.org/2001/04/xmlenc#sha256" => &SHA256,
        "http://www.w3.org/2001/04/xmldsig-more#sha384" => &SHA384,
        "http://www.w3.org/2001/04/xmlenc#sha512" => &SHA512,
        _ => return Err(ListError::Algorithm("digest")),
    })
}

/// A way to sign.
#[derive(Clone, Copy)]
pub(super) enum Scheme {
    Rsa(&'static RsaParameters),
    /// On the curve of this object identifier, the two numbers side by side (XML-DSig 1.1 §6.4.3).
    Ecdsa(&'static str, &'static dyn VerificationAlgorithm),
}

impl Scheme {
    /// By its URI (RFC 9231 §2.3). RSASSA-PSS only with its defaults: one hash throughout, salt as long as it.
    pub(super) fn named(uri: &str) -> Result<Self, ListError> {
        Ok(match uri {
            "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256" => Self::Rsa(&RSA_PKCS1_2048_8192_SHA256),
            "http://www.w3.org/2001/04/xmldsig-more#rsa-sha384" => Self::Rsa(&RSA_PKCS1_2048_8192_SHA384),
            "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512" => Self::Rsa(&RSA_PKCS1_2048_8192_SHA512),
            "http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1" => Self::Rsa(&RSA_PSS_2048_8192_SHA256),
            "http://www.w3.org/2007/05/xmldsig-more#sha384-rsa-MGF1" => Self::Rsa(&RSA_PSS_2048_8192_SHA384),
            "http://www.w3.org/2007/05/xmldsig-more#sha512-rsa-MGF1" => Self::Rsa(&RSA_PSS_2048_8192_SHA512),
            "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256" => {
                Self::Ecdsa(P256, &ECDSA_P256_SHA256_FIXED)
            }
            "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384" => {
                Self::Ecdsa(P384, &ECDSA_P384_SHA384_FIXED)
            }
            _ => return Err(ListError::Algorithm("signature")),
        })
    }

    /// That this key made `signature` over `message`.
    ///
    /// # Errors
    /// [`ListError::WeakKey`], [`ListError::Algorithm`] for a key of another kind, [`ListError::Altered`].
    pub(super) fn verify(self, key: &PublicKey, message: &[u8], signature: &[u8]) -> Result<(), ListError> {
        match (self, key) {
            (
                Self::Rsa(parameters),
                PublicKey::Rsa {
                    bits,
                    modulus,
                    exponent,
                },
            ) => {
                if *bits < RSA_BITS_MIN {
                    return Err(ListError::WeakKey);
                }
                RsaPublicKeyComponents {
                    n: modulus,
                    e: exponent,
                }
                .verify(parameters, message, signature)
                .map_err(|_| ListError::Altered)
            }
            (Self::Ecdsa(curve, verifier), PublicKey::Ec { curve: of_key, point }) if of_key == curve => {
                UnparsedPublicKey::new(verifier, point)
                    .verify(message, signature)
                    .map_err(|_| ListError::Altered)
            }
            _ => Err(ListError::Algorithm("key")),
        }
    }
}
