//! The journey with a card that is a document: its origin first, then the PIN through a channel, then its certificate.
//!
//! Not here: cards whose certificate is read in clear (`steps`).

use varco_apdu::Pin;
use varco_auth::{CardOrigin, Challenge, VerifiedIdentity};
use varco_credential::{
    CardSignature, DocumentCard, DocumentFiles, DocumentKey, LoginCard, PinRules, PinSession, TriesLeft,
    Verification, tries_left as ask_tries_left,
};
use varco_pki::{
    Certificate, ChainValid, DataGroup, Distrust, DocumentRejection, GenuineDocument, Nis, PublicKey,
    Rejection, SecurityObject, SignatureScheme, Timestamp, TrustAnchors, judge_cie, judge_document,
    rsa_public_key,
};
use zeroize::Zeroizing;

use crate::steps::{CardSeen, Trust};
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
pub struct DocumentRead {
    files: DocumentFiles,
    number: Nis,
    genuine: Option<GenuineDocument>,
}

impl DocumentRead {
    /// The number by which it names itself.
    #[must_use]
    pub fn number(&self) -> &Nis {
        &self.number
    }

    /// The verdict on its security object, unless its origin was not to be checked.
    #[must_use]
    pub fn genuine(&self) -> Option<&GenuineDocument> {
        self.genuine.as_ref()
    }

    /// The public key that was read: modulus and exponent.
    ///
    /// # Errors
    /// [`LoginError::Document`] when it is none.
    pub fn key(&self) -> Result<(Vec<u8>, Vec<u8>), LoginError> {
        let group = DataGroup::DeviceKey;
        Ok(rsa_public_key(&self.files.key).ok_or(DocumentRejection::Changed(group))?)
    }
}

/// Reads a document and judges what it tells, before anything else is said to it.
///
/// # Errors
/// [`LoginError::NoCountrySigners`] before anything is read; [`LoginError::Document`] when it is not believed.
pub(crate) fn read_document(
    card: &mut dyn DocumentCard,
    conversation: &mut Conversation<'_>,
    trust: Trust<'_>,
    key: DocumentKey,
) -> Result<DocumentRead, LoginError> {
    if let Origin::CountrySigners(anchors) = trust.origin
        && anchors.is_empty()
    {
        return Err(LoginError::NoCountrySigners);
    }
    let files = conversation.hold(|channel| card.read_document(channel, key))?;
    let number = Nis::parse(&files.number).ok_or(DocumentRejection::Changed(DataGroup::Number))?;
    let genuine = match trust.origin {
        Origin::Unchecked => None,
        Origin::CountrySigners(anchors) => {
            let object = SecurityObject::parse(&files.security_object).map_err(DocumentRejection::from)?;
            let genuine = judge_document(object, anchors, trust.validator, trust.at)?;
            genuine.confirm(DataGroup::Number, &files.number)?;
            let group = match key {
                DocumentKey::Device => DataGroup::DeviceKey,
                DocumentKey::Service => DataGroup::ServiceKey,
            };
            genuine.confirm(group, &files.key)?;
            Some(genuine)
        }
    };
    Ok(DocumentRead {
        files,
        number,
        genuine,
    })
}

/// A document that is believed as far as it can be without talking to its key. Only now may a person be asked for a PIN.
pub(crate) struct DocumentTrusted {
    pub(crate) card: Box<dyn LoginCard>,
    pub(crate) read: DocumentRead,
}

/// What the channel is needed for.
pub(crate) struct Proof<'p> {
    pub(crate) trust: Trust<'p>,
    pub(crate) challenge: Challenge,
    pub(crate) seed: Zeroizing<[u8; 32]>,
    pub(crate) now: &'p dyn Fn() -> Timestamp,
}

impl DocumentTrusted {
    /// Reads and judges a document that was recognised.
    pub(crate) fn judge(
        seen: CardSeen,
        conversation: &mut Conversation<'_>,
        trust: Trust<'_>,
        scheme: SignatureScheme,
    ) -> Result<Self, LoginError> {
        let mut card = seen.into_card();
        // What can never end well must not cost a PIN.
        if trust.anchors.is_empty() {
            return Err(Rejection::from(Distrust::NoAnchors).into());
        }
        card.check_signing(conversation.limits(), 2048, scheme)?;
        let document = card.as_document().ok_or(LoginError::NotRecognised)?;
        let read = read_document(document, conversation, trust, DocumentKey::Device)?;
        read.key()?;
        Ok(Self { card, read })
    }

    /// Opens the channel to the card that proves its device key, asks for the counter, sends the typed PIN, reads and judges
    /// the certificate, has the card sign. The card is reset at the end.
    ///
    /// A card that left the field while the PIN was typed is the same card if it proves the same key.
    pub(crate) fn prove(
        mut self,
        conversation: &mut Conversation<'_>,
        typed: Pin,
        rules: &mut PinRules,
        proof: Proof<'_>,
        told: &mut TriesLeft,
    ) -> Result<VerifiedIdentity, LoginError> {
        let form = self.card.pin_form();
        // A value of the wrong form needs no channel to be refused.
        rules.check_form(&typed, form)?;
        let Proof {
            trust,
            challenge,
            seed,
            now,
        } = proof;
        let (modulus, exponent) = self.read.key()?;
        let (card, read) = (&mut *self.card, &self.read);
        let reference = card.pin_reference();
        conversation.settle()?;
        let (chain, signature) = conversation.hold(|channel| -> Result<_, LoginError> {
            let document = card.as_document().ok_or(LoginError::NotRecognised)?;
            let mut secure = document.open_channel(channel, (&modulus, &exponent), seed)?;
            let tries_left = ask_tries_left(card, &mut *secure)?;
            *told = tries_left;
            // What comes too late must not cost a VERIFY; opening the channel takes a while.
            challenge.check_current(now())?;
            let epoch = secure.epoch();
            let approached = PinSession::approach(card, &mut *secure)?;
            let authorised = rules.authorise(typed, form, reference, tries_left, epoch)?;
            match approached.open(authorised)? {
                Verification::Wrong { tries_left } => Err(LoginError::WrongPin { tries_left }),
                Verification::Blocked => Err(LoginError::PinBlocked),
                Verification::Verified(mut session) => {
                    rules.note_accepted();
                    let der = session.read_certificate()?;
                    let chain = judge_certificate(&der, read, trust)?;
                    let request = challenge.signing_request(&chain)?;
                    let signature: CardSignature = session.sign(&request)?;
                    session.finish()?;
                    Ok((chain, signature))
                }
            }
        })?;
        let signed = challenge.verify(chain, signature, now())?;
        let origin = match &self.read.genuine {
            Some(genuine) => CardOrigin::Genuine(genuine),
            None => CardOrigin::Unchecked,
        };
        Ok(VerifiedIdentity::from_document(signed, origin))
    }
}

/// The certificate must be the one that was signed for this document, good by itself, and name the same card.
fn judge_certificate(der: &[u8], read: &DocumentRead, trust: Trust<'_>) -> Result<ChainValid, LoginError> {
    if let Some(genuine) = &read.genuine {
        genuine.confirm(DataGroup::Certificate, der)?;
    }
    let leaf = Certificate::parse(der).map_err(Rejection::from)?;
    if !matches!(leaf.key(), PublicKey::Rsa { .. }) {
        return Err(varco_auth::AuthError::KeyUnsupported.into());
    }
    let chain = judge_cie(
        leaf,
        trust.intermediates,
        trust.anchors,
        trust.validator,
        trust.at,
    )?;
    let named = chain.holder().cie().and_then(|subject| subject.nis());
    if named.is_some_and(|named| *named != read.number) {
        return Err(DocumentRejection::OtherNumber.into());
    }
    Ok(chain)
}
