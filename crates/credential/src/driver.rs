//! What a card driver gives: recognition, and a login card.
//!
//! A [`LoginCard`] holds what is known of one inserted card, never the channel to it: each call gets the channel
//! of the transaction at hand, because the person types the PIN between two transactions.

use varco_apdu::Atr;
use varco_card::{CardChannel, Limits, PinPermit};
use varco_pki::{CardId, SignatureScheme};

use crate::{
    CardError, CardSecret, ChangeValues, DocumentCard, Extent, PersonalData, PinId, PinOutcome, PinVerified,
    PinWays, Presented, SecretFacts, Tries, UnblockValues,
};

/// The kinds of card that varco logs in with.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum CredentialKind {
    /// Carta Nazionale dei Servizi, TS-CNS included.
    Cns,
    /// Carta d'Identità Elettronica 3.0.
    Cie,
}

impl CredentialKind {
    /// The stable name in JSON and policies.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Cns => "cns",
            Self::Cie => "cie",
        }
    }
}

/// How a card came to be recognised.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum RecognisedBy {
    /// By its answer to reset.
    AnswerToReset,
    /// By an application that it holds.
    Application,
    /// By its files: the answer to reset is of no known card, but what it holds reads as one.
    Files,
}

impl RecognisedBy {
    /// The stable name in JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::AnswerToReset => "answer-to-reset",
            Self::Application => "application",
            Self::Files => "files",
        }
    }
}

/// A card that is known, and known to be none that varco logs in with.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ForeignCard {
    /// Its stable name, such as `cie-v2`.
    pub id: String,
    /// What it is, for people, in English.
    pub title_en: String,
    /// The same in Italian.
    pub title_it: String,
}

/// What a driver makes of a card.
pub enum Recognition {
    /// It is of this family.
    Login(Box<dyn LoginCard>),
    /// It is not, and the driver knows what it is.
    Foreign(ForeignCard),
    /// It is not, as far as the driver can tell.
    Unknown,
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
    /// How it was recognised.
    pub recognised_by: RecognisedBy,
}

/// What goes to the card.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum SigningInput {
    /// DER of a DigestInfo, for RSASSA-PKCS1-v1_5; host or card pads it (RFC 8017 §9.2).
    DigestInfo(Vec<u8>),
    /// An encoded message as long as the modulus, padded by the host already (RFC 8017 §9.1).
    EncodedMessage(Vec<u8>),
}

/// What is to be signed by the key of the certificate that was read.
#[derive(Clone, Debug)]
pub struct SigningRequest {
    /// What goes to the card.
    pub input: SigningInput,
    /// Bits of the key's modulus, from the certificate and not from the ATR.
    pub modulus_bits: usize,
}

/// A family of cards.
pub trait CardDriver: Send + Sync {
    /// Tells whether a card is of this family: by its ATR where that is enough, by reading otherwise.
    ///
    /// # Errors
    /// [`CardError`] when the card could not be asked.
    fn recognise(&self, atr: &Atr, channel: &mut dyn CardChannel) -> Result<Recognition, CardError>;
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

    /// Reads what the card holds about its holder. It needs no PIN: the caller must have the person's consent.
    ///
    /// # Errors
    /// [`CardError::PersonalDataAbsent`] and [`CardError::PersonalDataUnreadable`], besides those of the link and the
    /// card's answers; [`CardError::Unsupported`] for kinds of card that hold none in this way.
    fn read_personal_data(
        &mut self,
        _channel: &mut dyn CardChannel,
        _extent: Extent,
    ) -> Result<PersonalData, CardError> {
        Err(CardError::Unsupported {
            what: "reading of personal data",
        })
    }

    /// The card as a document whose origin is proven before its PIN is used, for kinds of card that are one. Their
    /// certificate is read, their PIN is sent and their key signs through the channel that [`DocumentCard::open_channel`]
    /// gives, and in no other way.
    fn as_document(&mut self) -> Option<&mut dyn DocumentCard> {
        None
    }

    /// What is known of the PIN that logs in.
    fn user_pin(&self) -> SecretFacts;

    /// What is known of one of its secrets; `None` where cards of this kind and maker have none such. That something is
    /// known does not mean that this card has it: an answer to its counter tells.
    fn secret(&self, secret: CardSecret) -> Option<SecretFacts> {
        (secret == CardSecret::USER_PIN).then(|| self.user_pin())
    }

    /// How a PIN is changed and unblocked, as far as this is known of the card.
    fn pin_ways(&self, _pin: PinId) -> PinWays {
        PinWays {
            change: None,
            unblock: None,
        }
    }

    /// Whether the card, through a reader of these limits, can sign in this way with the key of the certificate that
    /// was read, which has this size. Asked before a person is made to type a PIN.
    ///
    /// # Errors
    /// [`CardError::Unsupported`] or [`varco_card::LinkError::CommandTooLong`]; nothing is sent.
    fn check_signing(
        &self,
        limits: Limits,
        modulus_bits: usize,
        scheme: SignatureScheme,
    ) -> Result<(), CardError>;

    /// Asks for the counter of a secret. Called where its facts say [`crate::CounterQuery::Free`].
    ///
    /// # Errors
    /// [`CardError`]; [`CardError::SecretAbsent`] where this card does not have it.
    fn query_counter(
        &mut self,
        channel: &mut dyn CardChannel,
        secret: CardSecret,
        permit: &mut PinPermit,
    ) -> Result<Tries, CardError>;

    /// Goes where a secret, and for the PIN that logs in the key of the certificate that was read, are used, for cards that
    /// want to be told: a folder, an application. In the same transaction as the VERIFY after it.
    ///
    /// # Errors
    /// [`CardError`]; no try is spent.
    fn approach(&mut self, _channel: &mut dyn CardChannel, _secret: CardSecret) -> Result<(), CardError> {
        Ok(())
    }

    /// Sends VERIFY (ISO/IEC 7816-4 §11.5.6), once, to a card that was [approached](LoginCard::approach).
    ///
    /// # Errors
    /// [`CardError`]; whether the try is spent is then unknown.
    fn verify(
        &mut self,
        channel: &mut dyn CardChannel,
        value: Presented<'_>,
        permit: &mut PinPermit,
    ) -> Result<PinOutcome, CardError>;

    /// Sends CHANGE REFERENCE DATA (ISO/IEC 7816-4 §11.5.7), once, to a card that was [approached](LoginCard::approach).
    ///
    /// # Errors
    /// [`CardError`]; whether a try is spent, and which PIN holds, is then unknown unless the card refused the command.
    fn change(
        &mut self,
        _channel: &mut dyn CardChannel,
        _pin: PinId,
        _values: ChangeValues<'_>,
        _permit: &mut PinPermit,
    ) -> Result<PinOutcome, CardError> {
        Err(CardError::Unsupported {
            what: "a change of its PIN",
        })
    }

    /// Sends RESET RETRY COUNTER (ISO/IEC 7816-4 §11.5.10), once, to a card that was [approached](LoginCard::approach).
    ///
    /// # Errors
    /// As [`LoginCard::change`].
    fn unblock(
        &mut self,
        _channel: &mut dyn CardChannel,
        _pin: PinId,
        _values: UnblockValues<'_>,
        _permit: &mut PinPermit,
    ) -> Result<PinOutcome, CardError> {
        Err(CardError::Unsupported {
            what: "an unblocking of its PIN",
        })
    }

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
