//! The layout of a bundle, byte for byte.
//!
//! `VARCOTBN`, the format as four bytes (big-endian), SHA-256 of the public key, the length of the head as four bytes, the
//! head in JSON, the files one behind the other in the order of the head, and an Ed25519 signature over everything before it.
//! Not here: what becomes of the content (`make`, `take`).

use serde::{Deserialize, Serialize};
use varco_pki::Timestamp;

use super::{BundleError, BundleKey, BundlePublicKey};
use crate::store::Fingerprint;
use crate::store::fields::{instant, maybe_instant};
use crate::store::manifest::{ANCHORS_MAX, CRLS_MAX, Kind, LISTS_MAX, Purpose, SIGNERS_MAX};

/// Longest bundle, in bytes.
pub const BUNDLE_LENGTH_MAX: usize = 256 * 1024 * 1024;
const MAGIC: &[u8; 8] = b"VARCOTBN";
const FORMAT: u32 = 1;
const SIGNATURE_LENGTH: usize = 64;
/// Longest head, in bytes.
const HEAD_LENGTH_MAX: usize = 8 * 1024 * 1024;
/// Most files.
const FILES_MAX: usize = SIGNERS_MAX + ANCHORS_MAX + LISTS_MAX + 2 * CRLS_MAX;

/// What a bundle says of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BundleHead {
    /// It rises from one bundle of a store to the next.
    pub sequence: u64,
    /// When it was made.
    pub created_at: Timestamp,
}

/// The head, as it is written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Head {
    pub(super) sequence: u64,
    #[serde(with = "instant")]
    pub(super) created_at: Timestamp,
    pub(super) list_grace_hours: u16,
    pub(super) hosts: Vec<HostPart>,
    pub(super) signers: Vec<SignerPart>,
    pub(super) lists: Vec<ListPart>,
    pub(super) anchors: Vec<AnchorPart>,
    pub(super) crls: Vec<CrlPart>,
    pub(super) files: Vec<FilePart>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct HostPart {
    pub(super) host: String,
    pub(super) private: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SignerPart {
    pub(super) territory: String,
    pub(super) certificate: Fingerprint,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ListPart {
    pub(super) territory: String,
    pub(super) kind: Kind,
    pub(super) list: Fingerprint,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AnchorPart {
    pub(super) certificate: Fingerprint,
    pub(super) kind: Kind,
    pub(super) purpose: Purpose,
    #[serde(with = "maybe_instant")]
    pub(super) legacy_until: Option<Timestamp>,
    #[serde(with = "instant")]
    pub(super) added_at: Timestamp,
    pub(super) added_by: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CrlPart {
    pub(super) list: Fingerprint,
    pub(super) issuer: Fingerprint,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FilePart {
    pub(super) sha256: Fingerprint,
    pub(super) length: u64,
}

/// A bundle whose signature was checked, taken apart.
#[derive(Debug)]
pub(super) struct Opened<'a> {
    pub(super) head: Head,
    files: Vec<(Fingerprint, &'a [u8])>,
}

impl<'a> Opened<'a> {
    /// A file that the head names.
    pub(super) fn file(&self, sha256: &Fingerprint) -> Result<&'a [u8], BundleError> {
        let place = self.files.binary_search_by(|(known, _)| known.cmp(sha256));
        let found = place.ok().and_then(|place| self.files.get(place));
        found
            .map(|(_, bytes)| *bytes)
            .ok_or(BundleError::Malformed("a file is missing"))
    }
}

/// Checks the signature of a bundle and takes it apart; nothing is taken into a store.
///
/// # Errors
/// [`BundleError`].
pub fn open_bundle(bytes: &[u8], key: &BundlePublicKey) -> Result<BundleHead, BundleError> {
    let Head {
        sequence, created_at, ..
    } = open(bytes, key)?.head;
    Ok(BundleHead { sequence, created_at })
}

/// As [`open_bundle`], with all that is in it.
pub(super) fn open<'a>(bytes: &'a [u8], key: &BundlePublicKey) -> Result<Opened<'a>, BundleError> {
    if bytes.len() > BUNDLE_LENGTH_MAX {
        return Err(BundleError::TooLarge);
    }
    let (magic, rest) = bytes.split_first_chunk::<8>().ok_or(BundleError::NotABundle)?;
    if magic != MAGIC {
        return Err(BundleError::NotABundle);
    }
    let (format, rest) = rest.split_first_chunk().ok_or(BundleError::Length)?;
    let format = u32::from_be_bytes(*format);
    if format != FORMAT {
        return Err(BundleError::OtherFormat(format));
    }
    let (signer, _) = rest.split_first_chunk::<32>().ok_or(BundleError::Length)?;
    if Fingerprint::from(*signer) != key.fingerprint() {
        return Err(BundleError::OtherSigner);
    }
    let (message, signature) = bytes
        .split_last_chunk::<SIGNATURE_LENGTH>()
        .ok_or(BundleError::Length)?;
    if !key.has_signed(message, signature) {
        return Err(BundleError::Altered);
    }
    // From here on it is what its maker wrote.
    let body = message.get(MAGIC.len() + 4 + 32..).ok_or(BundleError::Length)?;
    take_apart(body)
}

fn take_apart(body: &[u8]) -> Result<Opened<'_>, BundleError> {
    let (length, rest) = body.split_first_chunk().ok_or(BundleError::Length)?;
    let length = usize::try_from(u32::from_be_bytes(*length)).map_err(|_| BundleError::Length)?;
    if length > HEAD_LENGTH_MAX {
        return Err(BundleError::Malformed("its head is too long"));
    }
    let (head, mut rest) = rest.split_at_checked(length).ok_or(BundleError::Length)?;
    let head: Head = serde_json::from_slice(head).map_err(|_| BundleError::Malformed("its head"))?;
    let is_full = head.files.len() > FILES_MAX
        || head.signers.len() > SIGNERS_MAX
        || head.lists.len() > LISTS_MAX
        || head.anchors.len() > ANCHORS_MAX
        || head.crls.len() > CRLS_MAX;
    if is_full {
        return Err(BundleError::Malformed("it holds too much"));
    }
    let mut files = Vec::with_capacity(head.files.len());
    for part in &head.files {
        let length = usize::try_from(part.length).map_err(|_| BundleError::Length)?;
        let (file, after) = rest.split_at_checked(length).ok_or(BundleError::Length)?;
        rest = after;
        if Fingerprint::of(file) != part.sha256 {
            return Err(BundleError::Malformed("a file is not what its hash says"));
        }
        files.push((part.sha256, file));
    }
    if !rest.is_empty() {
        return Err(BundleError::Length);
    }
    files.sort_unstable_by_key(|(sha256, _)| *sha256);
    Ok(Opened { head, files })
}

/// Writes and signs a bundle.
pub(super) fn write(head: &Head, files: &[Vec<u8>], key: &BundleKey) -> Result<Vec<u8>, BundleError> {
    let json = serde_json::to_vec(head).map_err(|_| BundleError::Malformed("its head"))?;
    let length = u32::try_from(json.len()).map_err(|_| BundleError::TooLarge)?;
    let all = files
        .iter()
        .fold(json.len(), |all, file| all.saturating_add(file.len()));
    if all > BUNDLE_LENGTH_MAX - 256 {
        return Err(BundleError::TooLarge);
    }
    let mut bytes = Vec::with_capacity(all + 256);
    bytes.extend_from_slice(MAGIC);
    bytes.extend_from_slice(&FORMAT.to_be_bytes());
    bytes.extend_from_slice(key.public().fingerprint().as_bytes());
    bytes.extend_from_slice(&length.to_be_bytes());
    bytes.extend_from_slice(&json);
    files.iter().for_each(|file| bytes.extend_from_slice(file));
    let signature = key.sign(&bytes);
    bytes.extend_from_slice(&signature);
    Ok(bytes)
}
