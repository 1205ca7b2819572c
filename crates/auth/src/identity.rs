//! Who somebody was proven to be, by what, and how far that can be relied on.
//!
//! Not here: what somebody says of himself. A claim is never made into this type.

use std::fmt::{self, Display};

use serde::ser::SerializeStruct as _;
use serde::{Serialize, Serializer};
use varco_credential::{CredentialKind, ReaderKind, SignatureScheme};
use varco_pki::{
    BirthDate, BirthYear, CardId, CnsSubject, CodiceFiscale, ConfirmedBirthDate, DataGroup, GenuineDocument,
    Holder, Nis, Timestamp,
};

use crate::{Assurance, Audience, ChallengeSigned, Flow, HolderName, OriginKnown};

/// The version of an identity in JSON.
const FORMAT: u32 = 1;

/// What the person proved the identity with.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct Credential {
    #[serde(serialize_with = "kind_name")]
    kind: CredentialKind,
    issuer: String,
    #[serde(serialize_with = "card_number")]
    card_id: Option<CardId>,
    #[serde(serialize_with = "hex")]
    certificate_sha256: [u8; 32],
    /// Of identity cards.
    #[serde(serialize_with = "number", skip_serializing_if = "Option::is_none")]
    nis: Option<Nis>,
    #[serde(skip_serializing_if = "Option::is_none")]
    document_number: Option<String>,
}

/// How far the origin of a card that is a document was proven.
#[derive(Clone, Copy, Debug)]
pub enum CardOrigin<'d> {
    /// Its security object is genuine, and the card proved the device key that the object names.
    Genuine(&'d GenuineDocument),
    /// Nobody asked; the identity is marked as downgraded.
    Unchecked,
}

impl Credential {
    /// Its kind.
    #[must_use]
    pub fn kind(&self) -> CredentialKind {
        self.kind
    }

    /// Who issued its certificate: the issuer's distinguished name for display (RFC 4514).
    #[must_use]
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// The card's number as its certificate gives it.
    #[must_use]
    pub fn card_id(&self) -> Option<&CardId> {
        self.card_id.as_ref()
    }

    /// The number by which an identity card names itself, as its certificate gives it.
    #[must_use]
    pub fn nis(&self) -> Option<&Nis> {
        self.nis.as_ref()
    }

    /// The number of an identity card as a document, as its certificate gives it.
    #[must_use]
    pub fn document_number(&self) -> Option<&str> {
        self.document_number.as_deref()
    }

    /// SHA-256 of its certificate in DER.
    #[must_use]
    pub fn certificate_sha256(&self) -> [u8; 32] {
        self.certificate_sha256
    }
}

/// Shows the kind only.
impl fmt::Debug for Credential {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Credential")
            .field("kind", &self.kind)
            .finish_non_exhaustive()
    }
}

/// The exchange with the card by which an identity was proven, as the card signed it.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct CardExchange {
    #[serde(serialize_with = "flow_name")]
    flow: Flow,
    #[serde(serialize_with = "reader_kind_name")]
    reader_kind: ReaderKind,
    #[serde(skip_serializing_if = "Option::is_none")]
    card_number: Option<String>,
    #[serde(serialize_with = "text")]
    instant: Timestamp,
}

impl CardExchange {
    /// Between whom the answer passed.
    #[must_use]
    pub fn flow(&self) -> Flow {
        self.flow
    }

    /// What kind of reader the card lay in, as the program that drives it told.
    #[must_use]
    pub fn reader_kind(&self) -> ReaderKind {
        self.reader_kind
    }

    /// The card's number as that program read it, where it did. What the certificate says stands in [`Credential`].
    #[must_use]
    pub fn card_number(&self) -> Option<&str> {
        self.card_number.as_deref()
    }

    /// When the challenge was issued, to the second.
    #[must_use]
    pub fn instant(&self) -> Timestamp {
        self.instant
    }
}

/// Shows nothing of the card.
impl fmt::Debug for CardExchange {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("CardExchange")
            .field("flow", &self.flow)
            .field("reader_kind", &self.reader_kind)
            .field("instant", &self.instant)
            .finish_non_exhaustive()
    }
}

/// A person whose identity was proven. Serialized for programs and records, never deserialized.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct VerifiedIdentity {
    format: u32,
    #[serde(serialize_with = "code")]
    codice_fiscale: CodiceFiscale,
    #[serde(serialize_with = "date_of_birth")]
    birth_date: BirthDate,
    name: HolderName,
    credential: Credential,
    pin_verified: bool,
    #[serde(serialize_with = "origin_name")]
    origin: OriginKnown,
    assurance: Assurance,
    exchange: CardExchange,
    #[serde(serialize_with = "text")]
    authenticated_at: Timestamp,
    #[serde(serialize_with = "text")]
    audience: Audience,
    #[serde(serialize_with = "scheme_name")]
    signature_scheme: SignatureScheme,
    #[serde(serialize_with = "hex")]
    evidence_id: [u8; 32],
}

impl VerifiedIdentity {
    /// The identity that a card proved; of a document, without its origin, which is marked and costs its level. With the
    /// full birth date where that was confirmed by the same certificate.
    #[must_use]
    pub fn from_card(signed: ChallengeSigned, birth_date: Option<ConfirmedBirthDate>) -> Self {
        Self::assemble(signed, birth_date, None)
    }

    /// The identity that a card which is a document proved, with its origin.
    #[must_use]
    pub fn from_document(signed: ChallengeSigned, origin: CardOrigin<'_>) -> Self {
        // Of another card's document the mark stays.
        let document = match origin {
            CardOrigin::Genuine(document) => {
                let certificate = signed.chain.leaf().der();
                let is_its_own = document.confirm(DataGroup::Certificate, certificate).is_ok();
                is_its_own.then_some(document)
            }
            CardOrigin::Unchecked => None,
        };
        Self::assemble(signed, None, document)
    }

    fn assemble(
        signed: ChallengeSigned,
        birth_date: Option<ConfirmedBirthDate>,
        document: Option<&GenuineDocument>,
    ) -> Self {
        let chain = signed.chain;
        let (kind, origin) = match (chain.holder(), document) {
            (Holder::Cns(_), _) => (CredentialKind::Cns, OriginKnown::NotApplicable),
            (Holder::Cie(_), Some(_)) => (CredentialKind::Cie, OriginKnown::Proven),
            (Holder::Cie(_), None) => (CredentialKind::Cie, OriginKnown::NotProven),
        };
        let more = document.map_or(&[][..], GenuineDocument::downgrades);
        let fixtures = document.is_some_and(GenuineDocument::is_test_material);
        let subject = chain.holder().cie();
        let codice_fiscale = chain.holder().codice_fiscale().clone();
        let number = signed.exchange.card_number;
        Self {
            format: FORMAT,
            name: HolderName::of(chain.leaf()),
            birth_date: birth_date
                .and_then(|confirmed| confirmed.for_holder_of(&chain))
                .unwrap_or_else(|| codice_fiscale.birth_date(None)),
            codice_fiscale,
            credential: Credential {
                kind,
                issuer: chain.leaf().issuer().to_owned(),
                card_id: chain.holder().cns().and_then(CnsSubject::card_id).cloned(),
                certificate_sha256: chain.leaf().sha256(),
                nis: subject.and_then(|subject| subject.nis().cloned()),
                document_number: subject.and_then(|subject| subject.document().map(str::to_owned)),
            },
            pin_verified: true,
            origin,
            assurance: Assurance::of(&chain, kind, origin, more, fixtures, signed.now),
            exchange: CardExchange {
                flow: signed.flow,
                reader_kind: signed.exchange.reader_kind,
                card_number: (!number.is_empty()).then(|| number.as_str().to_owned()),
                instant: Timestamp::from_second(signed.issued_at_s).unwrap_or(signed.signed_at),
            },
            authenticated_at: signed.signed_at,
            audience: signed.audience,
            signature_scheme: signed.scheme,
            evidence_id: signed.evidence_id,
        }
    }

    /// Who it is.
    #[must_use]
    pub fn codice_fiscale(&self) -> &CodiceFiscale {
        &self.codice_fiscale
    }

    /// When the person was born. The century is not known from the codice fiscale alone, only where the card's own data
    /// were read and fit its certificate.
    #[must_use]
    pub fn birth_date(&self) -> BirthDate {
        self.birth_date
    }

    /// What the person is called, by the certificate.
    #[must_use]
    pub fn name(&self) -> &HolderName {
        &self.name
    }

    /// What it was proven with.
    #[must_use]
    pub fn credential(&self) -> &Credential {
        &self.credential
    }

    /// Whether the card accepted its PIN, which is always so: this program saw it, or, where the identity comes from a
    /// [`Proof`](crate::Proof), the card's key signed, which its access rule permits only after the PIN.
    #[must_use]
    pub fn pin_verified(&self) -> bool {
        self.pin_verified
    }

    /// Whether it was shown that the card is genuine.
    #[must_use]
    pub fn origin(&self) -> OriginKnown {
        self.origin
    }

    /// The exchange with the card.
    #[must_use]
    pub fn exchange(&self) -> &CardExchange {
        &self.exchange
    }

    /// How far it can be relied on.
    #[must_use]
    pub fn assurance(&self) -> &Assurance {
        &self.assurance
    }

    /// When it was proven.
    #[must_use]
    pub fn authenticated_at(&self) -> Timestamp {
        self.authenticated_at
    }

    /// To whom it was proven.
    #[must_use]
    pub fn audience(&self) -> &Audience {
        &self.audience
    }

    /// By which scheme the card signed.
    #[must_use]
    pub fn signature_scheme(&self) -> SignatureScheme {
        self.signature_scheme
    }

    /// A stable name of this login for logs and records: SHA-256 over what was signed and the signature, in
    /// lower-case hexadecimal. It tells nothing about the person.
    #[must_use]
    pub fn evidence_id(&self) -> String {
        hexadecimal(&self.evidence_id)
    }
}

/// Shows nothing of the person.
impl fmt::Debug for VerifiedIdentity {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("VerifiedIdentity")
            .field("credential", &self.credential)
            .field("assurance", &self.assurance)
            .field("evidence_id", &self.evidence_id())
            .finish_non_exhaustive()
    }
}

pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

pub(crate) fn hex<S: Serializer>(bytes: &[u8; 32], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&hexadecimal(bytes))
}

pub(crate) fn text<T: Display, S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(value)
}

fn code<S: Serializer>(code: &CodiceFiscale, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(code.as_str())
}

fn kind_name<S: Serializer>(kind: &CredentialKind, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(kind.name())
}

fn origin_name<S: Serializer>(origin: &OriginKnown, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(origin.name())
}

fn flow_name<S: Serializer>(flow: &Flow, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(flow.name())
}

fn reader_kind_name<S: Serializer>(kind: &ReaderKind, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(kind.name())
}

fn scheme_name<S: Serializer>(scheme: &SignatureScheme, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(scheme.name())
}

fn number<S: Serializer>(number: &Option<Nis>, serializer: S) -> Result<S::Ok, S::Error> {
    number.as_ref().map(Nis::as_str).serialize(serializer)
}

fn card_number<S: Serializer>(number: &Option<CardId>, serializer: S) -> Result<S::Ok, S::Error> {
    number.as_ref().map(CardId::as_str).serialize(serializer)
}

/// `year` is null where the century is not known; `year_two_digits` is always there. The century is only known from the
/// card's own data, where they fit its certificate: that is the source then.
fn date_of_birth<S: Serializer>(date: &BirthDate, serializer: S) -> Result<S::Ok, S::Error> {
    let (year, two_digits, source) = match date.year {
        BirthYear::Known(year) => (Some(year), year.rem_euclid(100), "personal_data"),
        BirthYear::TwoDigits(digits) => (None, i16::from(digits), "codice_fiscale"),
    };
    let mut fields = serializer.serialize_struct("BirthDate", 5)?;
    fields.serialize_field("year", &year)?;
    fields.serialize_field("year_two_digits", &two_digits)?;
    fields.serialize_field("month", &date.month)?;
    fields.serialize_field("day", &date.day)?;
    fields.serialize_field("source", source)?;
    fields.end()
}
