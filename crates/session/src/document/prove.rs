//! What is said to a document under its PIN: a channel to the card that proves its device key, the counter, VERIFY, its
//! certificate, a signature.
//!
//! Not here: what is read and judged before (the module above).

use varco_auth::{AuthError, Challenge, VerifiedIdentity};
use varco_card::CardChannel;
use varco_credential::{
    Attempt, CardIdentity, CardSecret, CredentialKind, DocumentKey, Given, LoginCard, PinId, PinRules,
    PinSession, SecretFacts, Tries, TriesLeft, Verification, tries,
};
use varco_pki::{
    Certificate, ChainValid, DataGroup, DeviceKey, Distrust, DocumentRejection, Nis, PublicKey, Rejection,
    SignatureScheme, Timestamp, judge_cie,
};
use zeroize::Zeroizing;

use super::{DocumentRead, read_document};
use crate::asking::not_entered;
use crate::kept::{KeptCard, origin};
use crate::steps::{CardSeen, Proven, Trust, was_not_sent};
use crate::{Conversation, LoginError, PinEntry, PinReport, Step};

/// A document that is believed as far as it can be without talking to its key. Only now may a person be asked for a PIN.
pub(crate) struct DocumentTrusted {
    pub(super) card: Box<dyn LoginCard>,
    read: DocumentRead,
    pub(super) key: DeviceKey,
}

/// What opens the channel and lets the PIN through.
pub(crate) struct UnderPin<'p> {
    pub(crate) given: Given,
    pub(crate) rules: &'p mut PinRules,
    pub(crate) entry: &'p mut dyn PinEntry,
    pub(crate) seed: Zeroizing<[u8; 32]>,
    /// How many tries PIN and PUK have left, as the card last told.
    pub(crate) told: &'p mut Told,
}

/// What a card told of its counters.
pub(crate) struct Told {
    pub(crate) pin: TriesLeft,
    /// Asked for where the PIN is blocked.
    pub(crate) puk: TriesLeft,
}

impl DocumentTrusted {
    /// Reads and judges a document that was recognised.
    pub(crate) fn judge(
        seen: CardSeen,
        conversation: &mut Conversation<'_>,
        trust: Trust<'_>,
    ) -> Result<Self, LoginError> {
        let mut card = seen.into_card();
        let document = card.as_document().ok_or(LoginError::NotADocument)?;
        let read = read_document(document, conversation, trust, DocumentKey::Device)?;
        let key = read.device_key()?;
        Ok(Self { card, read, key })
    }

    /// Refuses what can never end in an identity, before it costs a PIN or anything is read.
    pub(crate) fn check_login(
        seen: &mut CardSeen,
        conversation: &Conversation<'_>,
        trust: Trust<'_>,
        scheme: SignatureScheme,
    ) -> Result<(), LoginError> {
        if trust.anchors.is_empty() {
            return Err(Rejection::from(Distrust::NoAnchors).into());
        }
        Ok(seen.card().check_signing(conversation.limits(), 2048, scheme)?)
    }

    /// The number by which the card names itself.
    pub(crate) fn number(&self) -> &Nis {
        &self.read.number
    }

    /// What the card is known by, over insertions.
    pub(crate) fn identity(&self) -> CardIdentity {
        CardIdentity::new(&self.read.files.number)
    }

    pub(crate) fn user_pin(&self) -> SecretFacts {
        self.card.user_pin()
    }

    /// Sends the typed PIN, reads and judges the certificate, has the card sign; then does some work while the PIN is still
    /// verified. The card is reset at the end.
    pub(crate) fn prove_and<T>(
        self,
        conversation: &mut Conversation<'_>,
        under_pin: UnderPin<'_>,
        trust: Trust<'_>,
        challenge: Challenge,
        now: &dyn Fn() -> Timestamp,
        work: impl FnOnce(Proven, PinReport, &mut KeptCard<'_, '_>) -> T,
    ) -> Result<T, LoginError> {
        let lifetime = challenge.lifetime();
        let current = || lifetime.check_current(now());
        let budget = conversation.budget();
        let prove = |session: &mut PinSession<'_>, read: &DocumentRead, told| -> Result<_, LoginError> {
            let chain = judge_certificate(session, read, trust)?;
            let request = challenge.signing_request(&chain)?;
            let signature = session.sign(&request)?;
            let leaf = chain.leaf().clone();
            let exchange = challenge.exchange().clone();
            let signed = challenge.verify(chain, signature, now())?;
            let proven = Proven {
                proof: signed.proof().cloned(),
                identity: VerifiedIdentity::from_document(signed, origin(read)),
            };
            let mut card = KeptCard::new(session, CredentialKind::Cie, leaf, Some(read), (exchange, budget));
            let pin = PinReport {
                tries_left: told,
                puk_tries_left: TriesLeft::Unknown,
                sent: true,
            };
            Ok(work(proven, pin, &mut card))
        };
        let (done, _) = self.open(conversation, under_pin, &current, prove)?;
        Ok(done)
    }

    /// Sends the typed PIN and reads the certificate, which is the one that was signed for this document.
    pub(crate) fn read_certificate(
        self,
        conversation: &mut Conversation<'_>,
        under_pin: UnderPin<'_>,
    ) -> Result<Certificate, LoginError> {
        let read = |session: &mut PinSession<'_>, read: &DocumentRead, _| read_certificate(session, read);
        let (certificate, _) = self.open(conversation, under_pin, &|| Ok(()), read)?;
        Ok(certificate)
    }

    /// Opens the channel to the card that proves its device key, asks for the counter, sends the typed PIN, does some work
    /// under it.
    ///
    /// A card that left the field while the PIN was typed is the same card if it proves the same key.
    fn open<T>(
        self,
        conversation: &mut Conversation<'_>,
        under_pin: UnderPin<'_>,
        is_current: &dyn Fn() -> Result<(), AuthError>,
        work: impl FnOnce(&mut PinSession<'_>, &DocumentRead, TriesLeft) -> Result<T, LoginError>,
    ) -> Result<(T, DocumentRead), LoginError> {
        let Self { mut card, read, key } = self;
        let UnderPin {
            given,
            rules,
            entry,
            seed,
            told,
        } = under_pin;
        let facts = card.user_pin();
        let attempt = |tries_left, epoch| Attempt::verify(CardSecret::USER_PIN, facts, tries_left, epoch);
        // A value of the wrong form needs no channel to be refused.
        rules.check_given(&given, &attempt(TriesLeft::Unknown, conversation.epoch()))?;
        conversation.settle()?;
        let companion = conversation.companion();
        let done = conversation.hold(|channel| -> Result<_, LoginError> {
            let document = card.as_document().ok_or(LoginError::NotADocument)?;
            let mut secure = document.open_channel(channel, &key, seed)?;
            let tries_left = tries(&mut *card, &mut *secure, CardSecret::USER_PIN)?.left;
            told.pin = tries_left;
            companion.reached(&Step::ChannelOpen(tries_left));
            if tries_left == TriesLeft::Known(0) {
                told.puk = ask_puk(&mut *card, &mut *secure);
            }
            rules.admit(tries_left)?;
            // What comes too late must not cost a VERIFY; opening the channel takes a while.
            is_current()?;
            let epoch = secure.epoch();
            let approached = PinSession::approach(&mut *card, &mut *secure)?;
            entry.before_sending(CardSecret::USER_PIN, tries_left)?;
            let attempt = attempt(tries_left, epoch);
            let authorised = rules.authorise(given, &attempt)?;
            let opened = approached.open(authorised).inspect_err(|error| {
                if was_not_sent(error) {
                    rules.note_not_entered();
                }
            });
            match opened? {
                Verification::Wrong { tries_left } => return Err(LoginError::WrongPin { tries_left }),
                Verification::Blocked => {}
                Verification::NotEntered(refusal) => {
                    rules.note_not_entered();
                    return Err(not_entered(refusal, &attempt));
                }
                Verification::Verified(mut session) => {
                    rules.note_accepted(CardSecret::USER_PIN);
                    companion.reached(&Step::Signing);
                    let done = work(&mut session, &read, tries_left)?;
                    session.finish()?;
                    return Ok(done);
                }
            }
            told.puk = ask_puk(&mut *card, &mut *secure);
            Err(LoginError::PinBlocked)
        })?;
        Ok((done, read))
    }
}

/// The PIN is blocked, which is the news: that the other counter cannot be had is none.
fn ask_puk(card: &mut dyn LoginCard, channel: &mut dyn CardChannel) -> TriesLeft {
    tries(card, channel, CardSecret::Puk(PinId::User))
        .unwrap_or(Tries::UNKNOWN)
        .left
}

/// The certificate that was signed for this document, where that was asked.
fn read_certificate(session: &mut PinSession<'_>, read: &DocumentRead) -> Result<Certificate, LoginError> {
    let der = session.read_certificate()?;
    if let Some(genuine) = &read.genuine {
        genuine.confirm(DataGroup::Certificate, &der)?;
    }
    Ok(Certificate::parse(&der).map_err(Rejection::from)?)
}

/// The certificate must be good by itself too, and name the same card.
fn judge_certificate(
    session: &mut PinSession<'_>,
    read: &DocumentRead,
    trust: Trust<'_>,
) -> Result<ChainValid, LoginError> {
    let leaf = read_certificate(session, read)?;
    if !matches!(leaf.key(), PublicKey::Rsa { .. }) {
        return Err(AuthError::KeyUnsupported.into());
    }
    let chain = judge_cie(leaf, &trust.judging())?;
    let named = chain.holder().cie().and_then(|subject| subject.nis());
    if named.is_some_and(|named| *named != read.number) {
        return Err(DocumentRejection::OtherNumber.into());
    }
    Ok(chain)
}
