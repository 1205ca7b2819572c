//! Who somebody was proven to be, by what, and how far that can be relied on.
//!
//! Not here: what somebody says of himself. A claim is never made into this type.

mod credential;
mod json;
mod kind;

use std::fmt;

use serde::Serialize;
use varco_credential::SignatureScheme;
use varco_pki::{
    BirthDate, CnsSubject, CodiceFiscale, ConfirmedBirthDate, DataGroup, GenuineDocument, Holder, Timestamp,
};

use crate::{Assurance, Audience, ChallengeSigned, HolderName, OriginKnown};
use credential::{CardCredential, Of};
use json::Born;

pub use credential::{CardExchange, Credential, HandedOver};
pub(crate) use json::{hex, hexadecimal, text};
pub use kind::{IdentityKind, SpidLevel};

/// The version of an identity in JSON.
const FORMAT: u32 = 1;

/// How far the origin of a card that is a document was proven.
#[derive(Clone, Copy, Debug)]
pub enum CardOrigin<'d> {
    /// Its security object is genuine, and the card proved the device key that the object names.
    Genuine(&'d GenuineDocument),
    /// Nobody asked; the identity is marked as downgraded.
    Unchecked,
}

/// What a verified hand-over says.
pub(crate) struct SpidLogin {
    pub(crate) codice_fiscale: CodiceFiscale,
    pub(crate) birth_date: BirthDate,
    pub(crate) name: HolderName,
    pub(crate) level: SpidLevel,
    pub(crate) identity_provider: String,
    pub(crate) handed_over: HandedOver,
    pub(crate) test_material: bool,
    pub(crate) authn_at: Timestamp,
    pub(crate) now: Timestamp,
    pub(crate) audience: Audience,
    pub(crate) evidence_id: [u8; 32],
}

/// A person whose identity was proven. Serialized for programs and records, never deserialized.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct VerifiedIdentity {
    format: u32,
    #[serde(serialize_with = "json::code")]
    codice_fiscale: CodiceFiscale,
    birth_date: Born,
    name: HolderName,
    credential: Credential,
    pin_verified: bool,
    #[serde(serialize_with = "json::origin_name")]
    origin: OriginKnown,
    assurance: Assurance,
    #[serde(skip_serializing_if = "Option::is_none")]
    exchange: Option<CardExchange>,
    #[serde(serialize_with = "text")]
    authenticated_at: Timestamp,
    #[serde(serialize_with = "text")]
    audience: Audience,
    #[serde(serialize_with = "json::scheme_name", skip_serializing_if = "Option::is_none")]
    signature_scheme: Option<SignatureScheme>,
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
            (Holder::Cns(_), _) => (IdentityKind::Cns, OriginKnown::NotApplicable),
            (Holder::Cie(_), Some(_)) => (IdentityKind::Cie, OriginKnown::Proven),
            (Holder::Cie(_), None) => (IdentityKind::Cie, OriginKnown::NotProven),
        };
        let more = document.map_or(&[][..], GenuineDocument::downgrades);
        let fixtures = document.is_some_and(GenuineDocument::is_test_material);
        let subject = chain.holder().cie();
        let codice_fiscale = chain.holder().codice_fiscale().clone();
        let number = signed.exchange.card_number;
        Self {
            format: FORMAT,
            name: HolderName::of(chain.leaf()),
            birth_date: Born {
                date: birth_date
                    .and_then(|confirmed| confirmed.for_holder_of(&chain))
                    .unwrap_or_else(|| codice_fiscale.birth_date(None)),
                century_from: "personal_data",
            },
            codice_fiscale,
            credential: Credential {
                kind,
                issuer: chain.leaf().issuer().to_owned(),
                of: Of::Card(CardCredential {
                    card_id: chain.holder().cns().and_then(CnsSubject::card_id).cloned(),
                    certificate_sha256: chain.leaf().sha256(),
                    nis: subject.and_then(|subject| subject.nis().cloned()),
                    document_number: subject.and_then(|subject| subject.document().map(str::to_owned)),
                }),
            },
            pin_verified: true,
            origin,
            assurance: Assurance::of(&chain, kind, origin, more, fixtures, signed.now),
            exchange: Some(CardExchange {
                flow: signed.flow,
                reader_kind: signed.exchange.reader_kind,
                card_number: (!number.is_empty()).then(|| number.as_str().to_owned()),
                instant: Timestamp::from_second(signed.issued_at_s).unwrap_or(signed.signed_at),
            }),
            authenticated_at: signed.signed_at,
            audience: signed.audience,
            signature_scheme: Some(signed.scheme),
            evidence_id: signed.evidence_id,
        }
    }

    /// The identity of a SPID login that a gateway handed over, all of it verified.
    pub(crate) fn from_spid(login: SpidLogin) -> Self {
        Self {
            format: FORMAT,
            codice_fiscale: login.codice_fiscale,
            birth_date: Born {
                date: login.birth_date,
                century_from: "identity_provider",
            },
            name: login.name,
            credential: Credential {
                kind: login.level.into(),
                issuer: login.identity_provider,
                of: Of::Spid(login.handed_over),
            },
            pin_verified: false,
            origin: OriginKnown::NotApplicable,
            assurance: Assurance::of_spid(login.level, login.test_material, login.now),
            exchange: None,
            authenticated_at: login.authn_at,
            audience: login.audience,
            signature_scheme: None,
            evidence_id: login.evidence_id,
        }
    }

    /// Who it is.
    #[must_use]
    pub fn codice_fiscale(&self) -> &CodiceFiscale {
        &self.codice_fiscale
    }

    /// When the person was born. The century is not known from the codice fiscale alone, only where the card's own data
    /// were read and fit its certificate, or where the identity provider told it.
    #[must_use]
    pub fn birth_date(&self) -> BirthDate {
        self.birth_date.date
    }

    /// What the person is called, by the certificate or the identity provider.
    #[must_use]
    pub fn name(&self) -> &HolderName {
        &self.name
    }

    /// What it was proven with.
    #[must_use]
    pub fn credential(&self) -> &Credential {
        &self.credential
    }

    /// Whether a card accepted its PIN. Of cards that is always so: this program saw it, or, where the identity comes from a
    /// [`Proof`](crate::Proof), the card's key signed, which its access rule permits only after the PIN. Of SPID it never is.
    #[must_use]
    pub fn pin_verified(&self) -> bool {
        self.pin_verified
    }

    /// Whether it was shown that the card is genuine.
    #[must_use]
    pub fn origin(&self) -> OriginKnown {
        self.origin
    }

    /// The exchange with the card, where one proved it.
    #[must_use]
    pub fn exchange(&self) -> Option<&CardExchange> {
        self.exchange.as_ref()
    }

    /// How far it can be relied on.
    #[must_use]
    pub fn assurance(&self) -> &Assurance {
        &self.assurance
    }

    /// When it was proven: when the card signed, or when the identity provider authenticated the person.
    #[must_use]
    pub fn authenticated_at(&self) -> Timestamp {
        self.authenticated_at
    }

    /// To whom it was proven.
    #[must_use]
    pub fn audience(&self) -> &Audience {
        &self.audience
    }

    /// By which scheme the card signed, where one did.
    #[must_use]
    pub fn signature_scheme(&self) -> Option<SignatureScheme> {
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
