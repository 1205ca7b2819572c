//! What a card driver gives: recognition, and a login card.
//!
//! A [`LoginCard`] holds what is known of one inserted card, never the channel to it: each call gets the channel
//! of the transaction at hand, because the person types the PIN between two transactions.

use varco_apdu::{Atr, Pin};
use varco_card::{CardChannel, Limits, PinPermit};
use varco_pki::CardId;

use crate::{CardError, PinForm, PinOutcome, PinReference, PinVerified, TriesLeft};

/// The kinds of card that varco logs in with.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum CredentialKind {
    /// Carta Nazionale dei Servizi, TS-CNS included.
    Cns,
}

impl CredentialKind {
    /// The stable name in JSON and policies.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Cns => "cns",
        }
    }
}

/// What a driver says of a card it recognised.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CardDescription {
    /// The kind of card.
    pub kind: CredentialKind,
    /// The stable name of the maker's profile in use, such as `st-incard-1.1`.
    pub profile: String,
    /// The maker's profile in words, for people, in English.
    pub title_en: String,
    /// The same in Italian.
    pub title_it: String,
}

/// Whether the card can be asked for the PIN's counter without spending a try.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CounterQuery {
    /// It can.
    Free,
    /// It may cost a try, or nobody knows: not asked.
    NotAsked,
}

/// What is to be signed: a DigestInfo (RFC 8017 §9.2) under RSASSA-PKCS1-v1_5, by the key of the certificate that
/// was read.
#[derive(Clone, Debug)]
pub struct SigningRequest {
    /// DER of the DigestInfo.
    pub digest_info: Vec<u8>,
    /// Bits of the key's modulus, from the certificate and not from the ATR.
    pub modulus_bits: usize,
}

/// A family of cards.
pub trait CardDriver: Send + Sync {
    /// Tells whether a card is of this family: by its ATR where that is enough, by reading otherwise.
    /// `None` when it is not.
    ///
    /// # Errors
    /// [`CardError`] when the card could not be asked.
    fn recognise(
        &self,
        atr: &Atr,
        channel: &mut dyn CardChannel,
    ) -> Result<Option<Box<dyn LoginCard>>, CardError>;
}

/// One inserted card that a person can log in with.
pub trait LoginCard: Send {
    /// What it is.
    fn description(&self) -> CardDescription;

    /// Reads the authentication certificate: DER, exactly, no byte twice.
    ///
    /// # Errors
    /// [`CardError::CertificateAbsent`] and [`CardError::CertificateUnreadable`], besides those of the link and
    /// the card's answers.
    fn read_certificate(&mut self, channel: &mut dyn CardChannel) -> Result<Vec<u8>, CardError>;

    /// Reads the card's own number.
    ///
    /// # Errors
    /// [`CardError`] when it cannot be read or is not a valid number.
    fn read_card_id(&mut self, channel: &mut dyn CardChannel) -> Result<CardId, CardError>;

    /// The form of its PIN.
    fn pin_form(&self) -> PinForm;

    /// The reference of its PIN.
    fn pin_reference(&self) -> PinReference;

    /// Whether its counter may be asked for.
    fn counter_query(&self) -> CounterQuery;

    /// Whether the card, through a reader of these limits, can sign with a key of this size. Asked before a person
    /// is made to type a PIN.
    ///
    /// # Errors
    /// [`CardError::Unsupported`] or [`varco_card::LinkError::CommandTooLong`]; nothing is sent.
    fn check_signing(&self, limits: Limits, modulus_bits: usize) -> Result<(), CardError>;

    /// Asks for the counter. Called where [`LoginCard::counter_query`] says [`CounterQuery::Free`].
    ///
    /// # Errors
    /// [`CardError`].
    fn query_counter(
        &mut self,
        channel: &mut dyn CardChannel,
        permit: &mut PinPermit,
    ) -> Result<TriesLeft, CardError>;

    /// Sends VERIFY with a typed value, once.
    ///
    /// # Errors
    /// [`CardError`]; whether the try is spent is then unknown.
    fn verify(
        &mut self,
        channel: &mut dyn CardChannel,
        pin: &Pin,
        permit: &mut PinPermit,
    ) -> Result<PinOutcome, CardError>;

    /// Signs. The signature is as long as the modulus.
    ///
    /// # Errors
    /// [`CardError`]; nothing is sent again.
    fn sign(
        &mut self,
        channel: &mut dyn CardChannel,
        verified: &PinVerified,
        request: &SigningRequest,
    ) -> Result<Vec<u8>, CardError>;
}
