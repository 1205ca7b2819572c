//! Who somebody was proven to be, by what, and how far that can be relied on.
//!
//! Not here: what somebody says of himself. A claim is never made into this type.

use std::fmt::{self, Display};

use serde::ser::SerializeStruct as _;
use serde::{Serialize, Serializer};
use varco_credential::{CredentialKind, SignatureScheme};
use varco_pki::{
    BirthDate, BirthYear, CardId, ChainValid, CnsSubject, CodiceFiscale, ConfirmedBirthDate, DataGroup,
    Downgrade, GenuineDocument, Holder, Nis, Timestamp,
};

use crate::assurance::card_with_pin;
use crate::{Assurance, AssuranceLevel, Audience, ChallengeSigned};

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

/// A person whose identity was proven. Serialized for programs and records, never deserialized.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct VerifiedIdentity {
    #[serde(serialize_with = "code")]
    codice_fiscale: CodiceFiscale,
    #[serde(serialize_with = "date_of_birth")]
    birth_date: BirthDate,
    credential: Credential,
    assurance: Assurance,
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
        let ChallengeSigned {
            chain,
            audience,
            signed_at,
            scheme,
            evidence_id,
        } = signed;
        let kind = match chain.holder() {
            Holder::Cie(_) => CredentialKind::Cie,
            Holder::Cns(_) => CredentialKind::Cns,
        };
        let document = chain.holder().cie();
        let codice_fiscale = chain.holder().codice_fiscale().clone();
        Self {
            birth_date: birth_date
                .and_then(|confirmed| confirmed.for_holder_of(&chain))
                .unwrap_or_else(|| codice_fiscale.birth_date(None)),
            codice_fiscale,
            credential: Credential {
                kind,
                issuer: chain.leaf().issuer().to_owned(),
                card_id: chain.holder().cns().and_then(CnsSubject::card_id).cloned(),
                certificate_sha256: chain.leaf().sha256(),
                nis: document.and_then(|subject| subject.nis().cloned()),
                document_number: document.and_then(|subject| subject.document().map(str::to_owned)),
            },
            assurance: Assurance {
                level: card_with_pin(kind).min(unchecked_document(kind)),
                downgraded: downgrades(&chain),
                test_material: chain.is_test_material(),
                revocation: *chain.revocation(),
                judged_at: chain.judged_at(),
            },
            authenticated_at: signed_at,
            audience,
            signature_scheme: scheme,
            evidence_id,
        }
    }

    /// The identity that a card which is a document proved, with its origin.
    #[must_use]
    pub fn from_document(signed: ChallengeSigned, origin: CardOrigin<'_>) -> Self {
        let certificate = signed.chain.leaf().der().to_vec();
        let mut identity = Self::from_card(signed, None);
        // Of another card's document the mark stays.
        if let CardOrigin::Genuine(document) = origin
            && document.confirm(DataGroup::Certificate, &certificate).is_ok()
        {
            let assurance = &mut identity.assurance;
            assurance
                .downgraded
                .retain(|one| *one != Downgrade::CardOriginUnchecked);
            assurance.downgraded.extend(document.downgrades());
            assurance.downgraded.sort_unstable();
            assurance.downgraded.dedup();
            assurance.test_material |= document.is_test_material();
            assurance.level = card_with_pin(CredentialKind::Cie);
        }
        identity
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

    /// What it was proven with.
    #[must_use]
    pub fn credential(&self) -> &Credential {
        &self.credential
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

/// What a document is worth at most while nobody asked whether it is genuine: that its hardware resists duplication is
/// not shown, and any authority that is trusted for cards can have named it one.
fn unchecked_document(kind: CredentialKind) -> AssuranceLevel {
    match kind {
        CredentialKind::Cie => AssuranceLevel::Substantial,
        _ => AssuranceLevel::High,
    }
}

/// Those of the path, and that of a document whose origin is not shown.
fn downgrades(chain: &ChainValid) -> Vec<Downgrade> {
    let unchecked = chain.holder().cie().map(|_| Downgrade::CardOriginUnchecked);
    chain.downgrades().iter().copied().chain(unchecked).collect()
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

fn scheme_name<S: Serializer>(scheme: &SignatureScheme, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(scheme.name())
}

fn number<S: Serializer>(number: &Option<Nis>, serializer: S) -> Result<S::Ok, S::Error> {
    number.as_ref().map(Nis::as_str).serialize(serializer)
}

fn card_number<S: Serializer>(number: &Option<CardId>, serializer: S) -> Result<S::Ok, S::Error> {
    number.as_ref().map(CardId::as_str).serialize(serializer)
}

/// `year` is null where the century is not known; `year_two_digits` is always there.
fn date_of_birth<S: Serializer>(date: &BirthDate, serializer: S) -> Result<S::Ok, S::Error> {
    let (year, two_digits) = match date.year {
        BirthYear::Known(year) => (Some(year), year.rem_euclid(100)),
        BirthYear::TwoDigits(digits) => (None, i16::from(digits)),
    };
    let mut fields = serializer.serialize_struct("BirthDate", 4)?;
    fields.serialize_field("year", &year)?;
    fields.serialize_field("year_two_digits", &two_digits)?;
    fields.serialize_field("month", &date.month)?;
    fields.serialize_field("day", &date.day)?;
    fields.end()
}
