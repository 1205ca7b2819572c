//! Which RSA signature an algorithm identifier means: its parameters read strictly, and ring's verifier for it
//! (RFC 3279, RFC 4055).
//!
//! Not here: which of them may be used where.

use ring::signature::{self as algorithms, RsaParameters};

use crate::der_reader::{DerReader, NotDer, tag};

const SHA1_WITH_RSA: &[u8] = &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x05];
const RSASSA_PSS: &[u8] = &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x0A];
const MGF1: &[u8] = &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x08];
const SHA256_WITH_RSA: &[u8] = &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x0B];
const SHA384_WITH_RSA: &[u8] = &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x0C];
const SHA512_WITH_RSA: &[u8] = &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x0D];
const RSA_ENCRYPTION: &[u8] = &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x01];

const SHA256: &[u8] = &[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01];
const SHA384: &[u8] = &[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x02];
const SHA512: &[u8] = &[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x03];

/// A hash of the SHA-2 family.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Hash {
    Sha256,
    Sha384,
    Sha512,
}

impl Hash {
    /// Out of an AlgorithmIdentifier whose parameters are absent or NULL.
    pub(crate) fn read(reader: &mut DerReader<'_>) -> Result<Self, NotDer> {
        let mut inside = reader.enter(tag::SEQUENCE)?;
        let hash = match inside.expect(tag::OBJECT_IDENTIFIER)?.content {
            SHA256 => Self::Sha256,
            SHA384 => Self::Sha384,
            SHA512 => Self::Sha512,
            _ => return Err(NotDer),
        };
        null_or_nothing(inside)?;
        Ok(hash)
    }

    /// Bytes of its value.
    pub(crate) fn length_bytes(self) -> usize {
        match self {
            Self::Sha256 => 32,
            Self::Sha384 => 48,
            Self::Sha512 => 64,
        }
    }

    /// The value over some bytes.
    pub(crate) fn digest(self, bytes: &[u8]) -> Vec<u8> {
        let algorithm = match self {
            Self::Sha256 => &ring::digest::SHA256,
            Self::Sha384 => &ring::digest::SHA384,
            Self::Sha512 => &ring::digest::SHA512,
        };
        ring::digest::digest(algorithm, bytes).as_ref().to_vec()
    }
}

/// An RSA signature.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum RsaSignature {
    /// PKCS#1 v1.5 with SHA-1: for old certificates only.
    Sha1,
    /// PKCS#1 v1.5.
    Pkcs1(Hash),
    /// RSASSA-PSS with the mask by the same hash and as much salt as the hash has bytes.
    Pss(Hash),
    /// PKCS#1 v1.5 whose hash is named elsewhere, as in a SignerInfo (RFC 5652 §5.3, RFC 3370 §3.2).
    HashElsewhere,
}

impl RsaSignature {
    /// Out of an AlgorithmIdentifier.
    pub(crate) fn read(reader: &mut DerReader<'_>) -> Result<Self, NotDer> {
        let mut inside = reader.enter(tag::SEQUENCE)?;
        let signature = match inside.expect(tag::OBJECT_IDENTIFIER)?.content {
            SHA1_WITH_RSA => Self::Sha1,
            SHA256_WITH_RSA => Self::Pkcs1(Hash::Sha256),
            SHA384_WITH_RSA => Self::Pkcs1(Hash::Sha384),
            SHA512_WITH_RSA => Self::Pkcs1(Hash::Sha512),
            RSA_ENCRYPTION => Self::HashElsewhere,
            RSASSA_PSS => return pss_parameters(inside).map(Self::Pss),
            _ => return Err(NotDer),
        };
        null_or_nothing(inside)?;
        Ok(signature)
    }

    /// ring's verifier, for keys of 1024 bits and more where it has one; whether such a key may be used is not decided
    /// here.
    pub(crate) fn verifier(self) -> Option<&'static RsaParameters> {
        Some(match self {
            Self::Sha1 => &algorithms::RSA_PKCS1_1024_8192_SHA1_FOR_LEGACY_USE_ONLY,
            Self::Pkcs1(Hash::Sha256) => &algorithms::RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY,
            Self::Pkcs1(Hash::Sha384) => &algorithms::RSA_PKCS1_2048_8192_SHA384,
            Self::Pkcs1(Hash::Sha512) => &algorithms::RSA_PKCS1_1024_8192_SHA512_FOR_LEGACY_USE_ONLY,
            Self::Pss(Hash::Sha256) => &algorithms::RSA_PSS_2048_8192_SHA256,
            Self::Pss(Hash::Sha384) => &algorithms::RSA_PSS_2048_8192_SHA384,
            Self::Pss(Hash::Sha512) => &algorithms::RSA_PSS_2048_8192_SHA512,
            Self::HashElsewhere => return None,
        })
    }
}

/// RSASSA-PSS-params (RFC 4055 §3.1). The defaults mean SHA-1 and are not accepted.
fn pss_parameters(mut reader: DerReader<'_>) -> Result<Hash, NotDer> {
    let mut inside = reader.enter(tag::SEQUENCE)?;
    reader.end()?;
    let mut named = inside.enter(tag::CONTEXT_0)?;
    let hash = Hash::read(&mut named)?;
    named.end()?;
    let mut named = inside.enter(tag::CONTEXT_1)?;
    let mut mask = named.enter(tag::SEQUENCE)?;
    named.end()?;
    if mask.expect(tag::OBJECT_IDENTIFIER)?.content != MGF1 || Hash::read(&mut mask)? != hash {
        return Err(NotDer);
    }
    mask.end()?;
    let mut named = inside.enter(tag::CONTEXT_2)?;
    let salt = named.expect(tag::INTEGER)?.content;
    named.end()?;
    // The trailer's default may be left out only.
    inside.end()?;
    match *salt {
        [bytes] if usize::from(bytes) == hash.length_bytes() => Ok(hash),
        _ => Err(NotDer),
    }
}

fn null_or_nothing(mut reader: DerReader<'_>) -> Result<(), NotDer> {
    if let Some(null) = reader.optional(tag::NULL)?
        && !null.content.is_empty()
    {
        return Err(NotDer);
    }
    reader.end()
}

/// Modulus and exponent of an RSAPublicKey in DER (RFC 8017 appendix A.1.1), as numbers without zeros in front; `None` for
/// anything else.
#[must_use]
pub fn rsa_public_key(der: &[u8]) -> Option<(Vec<u8>, Vec<u8>)> {
    let mut reader = DerReader::new(der);
    let mut inside = reader.enter(tag::SEQUENCE).ok()?;
    reader.end().ok()?;
    let mut number = || -> Option<Vec<u8>> {
        // Positive, and no longer than needed (X.690 §8.3).
        match inside.expect(tag::INTEGER).ok()?.content {
            [0, rest @ ..] if rest.first().is_some_and(|first| *first >= 0x80) => Some(rest.to_vec()),
            number @ [0x01..=0x7F, ..] => Some(number.to_vec()),
            _ => None,
        }
    };
    let key = (number()?, number()?);
    inside.end().ok()?;
    Some(key)
}
