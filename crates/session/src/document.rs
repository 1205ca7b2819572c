//! A card that is a document: what it tells without a PIN, whether that is genuine, and whether the card is no copy.
//!
//! Not here: the PIN and what is said under it (`prove`), and cards whose certificate is read in clear (`steps`).

mod care;
mod prove;

use varco_auth::{DocumentChallenge, VerifiedDocument};
use varco_credential::{DocumentCard, DocumentFiles, DocumentKey};
use varco_pki::{
    DataGroup, DeviceKey, DocumentRejection, GenuineDocument, Nis, SecurityObject, Timestamp, TrustAnchors,
    judge_document,
};

pub(crate) use care::NewPinWithin;
pub(crate) use prove::{DocumentTrusted, Told, UnderPin};

use crate::steps::Trust;
use crate::{Conversation, LoginError};

/// Who is believed to sign the security objects of documents.
#[derive(Clone, Copy, Debug)]
pub enum Origin<'t> {
    /// Signers below these country signers; without any, no document is believed.
    CountrySigners(&'t TrustAnchors),
    /// Whoever it was: the identity is marked as downgraded.
    Unchecked,
}

/// What was read of a document, and judged where that was wanted. Its key is not proven yet.
pub(crate) struct DocumentRead {
    files: DocumentFiles,
    number: Nis,
    pub(crate) genuine: Option<GenuineDocument>,
}

impl DocumentRead {
    /// The key that was read, as the one of the device.
    fn device_key(&self) -> Result<DeviceKey, DocumentRejection> {
        match &self.genuine {
            Some(genuine) => genuine.device_key(&self.files.key),
            None => DeviceKey::unchecked(&self.files.key),
        }
    }
}

/// Reads a document and judges what it tells, before anything else is said to it.
fn read_document(
    card: &mut dyn DocumentCard,
    conversation: &mut Conversation<'_>,
    trust: Trust<'_>,
    key: DocumentKey,
) -> Result<DocumentRead, LoginError> {
    #[cfg(feature = "planted-bugs")]
    let trust = match varco_planted::is_planted(varco_planted::Bug::OriginUnchecked) {
        true => Trust {
            origin: Origin::Unchecked,
            ..trust
        },
        false => trust,
    };
    if let Origin::CountrySigners(anchors) = trust.origin
        && anchors.is_empty()
    {
        return Err(LoginError::NoCountrySigners);
    }
    let files = conversation.hold(|channel| card.read_document(channel, key))?;
    let number = parse_number(&files.number)?;
    let genuine = match trust.origin {
        Origin::Unchecked => None,
        Origin::CountrySigners(anchors) => {
            let object = SecurityObject::parse(&files.security_object).map_err(DocumentRejection::from)?;
            let genuine = judge_document(object, anchors, trust.validator, trust.at)?;
            genuine.confirm(DataGroup::Number, &files.number)?;
            Some(genuine)
        }
    };
    Ok(DocumentRead {
        files,
        number,
        genuine,
    })
}

fn parse_number(bytes: &[u8]) -> Result<Nis, DocumentRejection> {
    Nis::parse(bytes).ok_or(DocumentRejection::Malformed(DataGroup::Number))
}

/// The number as the card tells it: anybody's card can tell any number.
pub(crate) fn read_number(
    card: &mut dyn DocumentCard,
    conversation: &mut Conversation<'_>,
) -> Result<Nis, LoginError> {
    let bytes = conversation.hold(|channel| card.read_number(channel))?;
    Ok(parse_number(&bytes)?)
}

/// Reads the document, judges it, and has its key against cloning sign a fresh challenge. No PIN is needed, so nothing
/// follows about who holds the card.
pub(crate) fn verify_document(
    card: &mut dyn DocumentCard,
    conversation: &mut Conversation<'_>,
    trust: Trust<'_>,
    random: [u8; 32],
    now: &dyn Fn() -> Timestamp,
) -> Result<VerifiedDocument, LoginError> {
    let read = read_document(card, conversation, trust, DocumentKey::Service)?;
    // What nobody signed has no key that could prove anything.
    let genuine = read.genuine.ok_or(LoginError::NoCountrySigners)?;
    let key = genuine.service_key(&read.files.key)?;
    let challenge = DocumentChallenge::new(random, now());
    let signature = conversation.hold(|channel| {
        card.sign_with_service_key(channel, &challenge.signing_input(), key.modulus_bits())
    })?;
    Ok(challenge.verify(&genuine, read.number, &key, &signature, now())?)
}
