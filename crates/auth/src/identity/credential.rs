//! What the person proved an identity with, and the exchange in which a card did.
//!
//! Not here: what it is worth (`assurance`).

use std::fmt;

use serde::Serialize;
use varco_credential::ReaderKind;
use varco_pki::{CardId, Nis, Timestamp};

use super::{IdentityKind, json};
use crate::Flow;

/// What the person proved the identity with.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct Credential {
    #[serde(serialize_with = "json::kind_name")]
    pub(super) kind: IdentityKind,
    pub(super) issuer: String,
    #[serde(flatten)]
    pub(super) of: Of,
}

/// What each sort of credential has of its own.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub(super) enum Of {
    Card(CardCredential),
    Spid(HandedOver),
}

#[derive(Clone, PartialEq, Eq, Serialize)]
pub(super) struct CardCredential {
    #[serde(serialize_with = "json::card_number")]
    pub(super) card_id: Option<CardId>,
    #[serde(serialize_with = "json::hex")]
    pub(super) certificate_sha256: [u8; 32],
    /// Of identity cards.
    #[serde(serialize_with = "json::number", skip_serializing_if = "Option::is_none")]
    pub(super) nis: Option<Nis>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) document_number: Option<String>,
}

/// Which gateway vouched for a SPID login, and under which of its names.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct HandedOver {
    pub(crate) gateway: String,
    #[serde(serialize_with = "json::hex")]
    pub(crate) gateway_key_sha256: [u8; 32],
    #[serde(serialize_with = "json::octets")]
    pub(crate) hand_over_id: Vec<u8>,
}

impl HandedOver {
    /// The gateway's configured name.
    #[must_use]
    pub fn gateway(&self) -> &str {
        &self.gateway
    }

    /// SHA-256 of the public key by which it signed.
    #[must_use]
    pub fn gateway_key_sha256(&self) -> [u8; 32] {
        self.gateway_key_sha256
    }

    /// The identifier that the gateway gave this hand-over, by which its own records are found.
    #[must_use]
    pub fn hand_over_id(&self) -> &[u8] {
        &self.hand_over_id
    }
}

impl Credential {
    /// Its kind.
    #[must_use]
    pub fn kind(&self) -> IdentityKind {
        self.kind
    }

    /// The stable name of its kind: `cns`, `cie`, `spid-l1`, `spid-l2`, `spid-l3`.
    #[must_use]
    pub fn id(&self) -> &'static str {
        self.kind.name()
    }

    /// Of a card, who issued its certificate: the issuer's distinguished name for display (RFC 4514). Of SPID, the identity
    /// provider's entity identifier.
    #[must_use]
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// The card's number as its certificate gives it.
    #[must_use]
    pub fn card_id(&self) -> Option<&CardId> {
        self.card()?.card_id.as_ref()
    }

    /// The number by which an identity card names itself, as its certificate gives it.
    #[must_use]
    pub fn nis(&self) -> Option<&Nis> {
        self.card()?.nis.as_ref()
    }

    /// The number of an identity card as a document, as its certificate gives it.
    #[must_use]
    pub fn document_number(&self) -> Option<&str> {
        self.card()?.document_number.as_deref()
    }

    /// SHA-256 of a card's certificate in DER.
    #[must_use]
    pub fn certificate_sha256(&self) -> Option<[u8; 32]> {
        self.card().map(|card| card.certificate_sha256)
    }

    /// Which gateway handed a SPID login over.
    #[must_use]
    pub fn handed_over(&self) -> Option<&HandedOver> {
        match &self.of {
            Of::Card(_) => None,
            Of::Spid(handed_over) => Some(handed_over),
        }
    }

    fn card(&self) -> Option<&CardCredential> {
        match &self.of {
            Of::Card(card) => Some(card),
            Of::Spid(_) => None,
        }
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
    #[serde(serialize_with = "json::flow_name")]
    pub(super) flow: Flow,
    #[serde(serialize_with = "json::reader_kind_name")]
    pub(super) reader_kind: ReaderKind,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) card_number: Option<String>,
    #[serde(serialize_with = "json::text")]
    pub(super) instant: Timestamp,
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
