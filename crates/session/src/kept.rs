//! A card that is kept after a login: held for this program alone, its PIN verified, so that it signs again without being
//! asked for the PIN again.
//!
//! Not here: who keeps it and for how long ([`Keeper`]), and the login before.

use varco_access_policy::Decision;
use varco_auth::{CardOrigin, Exchange, Proof, VerifiedIdentity, signing_request};
use varco_card::{Budget, ReaderKind};
use varco_credential::{CardDescription, CardError, CardSignature, CredentialKind, PinSession};
use varco_pki::{
    Certificate, ChainValid, PublicKey, Rejection, SignatureScheme, Timestamp, judge_cie, judge_cns,
};
#[cfg(feature = "planted-bugs")]
use varco_planted::{Bug, is_planted};

use crate::document::DocumentRead;
use crate::login::Asker;
use crate::steps::Proven;
use crate::{LoginError, PinReport, Trust, challenge};

/// Keeps the card after a login.
pub trait Keeper {
    /// Is called once somebody is logged in. The card is held and its PIN verified until this returns; then it is reset. So it
    /// is when this panics.
    fn keep(&mut self, logged_in: LoggedIn<'_>, card: &mut KeptCard<'_, '_>);
}

/// Who is logged in on a kept card.
#[derive(Clone, Copy, Debug)]
pub struct LoggedIn<'l> {
    /// Who it is.
    pub identity: &'l VerifiedIdentity,
    /// What was decided, where a service was asked for.
    pub decision: Option<&'l Decision>,
    /// What the asker can check for itself, where it is to.
    pub proof: Option<&'l Proof>,
    /// What is known of the PIN.
    pub pin: Option<PinReport>,
}

/// The card.
pub struct KeptCard<'k, 'c> {
    session: &'k mut PinSession<'c>,
    kind: CredentialKind,
    leaf: Certificate,
    document: Option<&'k DocumentRead>,
    exchange: Exchange,
    budget: Budget,
}

/// Fresh random bytes for one more challenge.
#[derive(Clone, Copy)]
pub struct ChallengeSeeds {
    /// For the challenge.
    pub random: [u8; 32],
    /// For the salt of RSASSA-PSS, which a signature tells.
    pub salt: [u8; 32],
}

impl<'k, 'c> KeptCard<'k, 'c> {
    pub(crate) fn new(
        session: &'k mut PinSession<'c>,
        kind: CredentialKind,
        leaf: Certificate,
        document: Option<&'k DocumentRead>,
        (exchange, budget): (Exchange, Budget),
    ) -> Self {
        Self {
            session,
            kind,
            leaf,
            document,
            exchange,
            budget,
        }
    }

    /// Begins something new with the card: however long it is kept, what is said for each thing has its bound.
    fn begin(&self) {
        self.budget.renew();
    }

    /// What kind of reader it lies in.
    #[must_use]
    pub fn reader_kind(&self) -> ReaderKind {
        self.exchange.reader_kind
    }

    /// The certificate whose key signs.
    #[must_use]
    pub fn certificate(&self) -> &Certificate {
        &self.leaf
    }

    /// Bits of the key's modulus; `None` for a key that is not RSA.
    #[must_use]
    pub fn modulus_bits(&self) -> Option<usize> {
        match self.leaf.key() {
            PublicKey::Rsa { bits, .. } => Some(*bits),
            _ => None,
        }
    }

    /// Whether the card signs by this scheme. Nothing is sent.
    #[must_use]
    pub fn signs_by(&self, scheme: SignatureScheme) -> bool {
        self.modulus_bits()
            .is_some_and(|bits| scheme.goes_with(bits) && self.session.check_signing(bits, scheme).is_ok())
    }

    /// Proves who it is once more, for an asker of its own: its certificate is judged anew, as of now, and the card signs a
    /// fresh challenge.
    ///
    /// # Errors
    /// [`LoginError`]. After [`CardError::GrantLost`] and errors of the link nothing can be had from this card any more.
    pub fn prove(
        &mut self,
        trust: Trust<'_>,
        asker: &Asker<'_>,
        seeds: ChallengeSeeds,
        now: &dyn Fn() -> Timestamp,
    ) -> Result<Proven, LoginError> {
        self.begin();
        challenge::check(asker)?;
        let chain = self.judge(trust)?;
        let challenge = challenge::challenge(asker, seeds.random, seeds.salt, self.exchange.clone(), now())?;
        let request = challenge.signing_request(&chain)?;
        let signature = self.session.sign(&request)?;
        let signed = challenge.verify(chain, signature, now())?;
        Ok(Proven {
            proof: signed.proof().cloned(),
            identity: match self.document {
                None => VerifiedIdentity::from_card(signed, None),
                Some(read) => VerifiedIdentity::from_document(signed, origin(read)),
            },
        })
    }

    fn judge(&self, trust: Trust<'_>) -> Result<ChainValid, Rejection> {
        match self.kind {
            CredentialKind::Cie => judge_cie(self.leaf.clone(), &trust.judging()),
            _ => judge_cns(self.leaf.clone(), &trust.judging()),
        }
    }

    /// Has the card sign a message that another protocol made, such as the transcript of a TLS handshake. Nothing is judged anew.
    ///
    /// # Errors
    /// [`LoginError::Auth`] where the scheme does not go with the key; [`LoginError::Card`].
    pub fn sign(
        &mut self,
        scheme: SignatureScheme,
        message: &[u8],
        salt: [u8; 32],
    ) -> Result<CardSignature, LoginError> {
        self.begin();
        let request = signing_request(self.leaf.key(), scheme, message, &salt)?;
        Ok(self.session.sign(&request)?)
    }

    /// What it is.
    #[must_use]
    pub fn description(&self) -> CardDescription {
        self.session.description()
    }

    /// Asks the card something harmless, where it has such a question, to find out whether it is still there: an identity card is
    /// asked for its counter through its channel. Of other cards only their reader tells.
    ///
    /// # Errors
    /// [`CardError`]: it is not, or another program reset it.
    pub fn check_presence(&mut self) -> Result<(), CardError> {
        self.begin();
        match self.kind {
            #[cfg(feature = "planted-bugs")]
            CredentialKind::Cie if is_planted(Bug::KeptAfterRemoval) => {
                let _ = self.session.ask_counter();
                Ok(())
            }
            CredentialKind::Cie => self.session.ask_counter().map(drop),
            _ => Ok(()),
        }
    }
}

/// What is known of the origin of a document.
pub(crate) fn origin(read: &DocumentRead) -> CardOrigin<'_> {
    match &read.genuine {
        Some(genuine) => CardOrigin::Genuine(genuine),
        None => CardOrigin::Unchecked,
    }
}
