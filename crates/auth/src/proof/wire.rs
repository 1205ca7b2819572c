//! A proof as JSON, format 1: written in one way, read strictly.
//!
//! docs/proof.md gives each field for those who write their own reader. Unknown and repeated fields are refused, at every
//! depth, as are Base64 that is not canonical (RFC 4648 §3.5) and values outside their bounds: one proof has one reading.
//!
//! Not here: what the values mean (the module above) and whether they hold (`verify`).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use varco_credential::ReaderKind;
use varco_pki::{CERTIFICATE_LENGTH_MAX, SignatureScheme, Timestamp};

use super::{EVIDENCE_MAX, Evidence, EvidenceKind, INTERMEDIATES_MAX, Proof, ProofError};
use crate::audience;
use crate::object::Object;
use crate::{Audience, CHALLENGE_LIFETIME_S, CardNumber, Exchange, Flow, Nonce};

/// Longest proof read or written, in bytes.
pub const PROOF_LENGTH_MAX: usize = 64 * 1024;
/// The version of the JSON.
const FORMAT: u32 = 1;
/// Bytes of a signature by RSA-1024 to RSA-4096.
const SIGNATURE_BYTES: core::ops::RangeInclusive<usize> = 128..=512;
const SCHEMES: [SignatureScheme; 2] = [SignatureScheme::RsaPkcs1Sha256, SignatureScheme::RsaPssSha256];

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wire {
    format: u32,
    suite: String,
    flow: String,
    audience: String,
    nonce: String,
    random: String,
    issued_at: i64,
    not_after: i64,
    reader_kind: String,
    card_number: String,
    certificate: String,
    intermediates: Vec<String>,
    signature: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    revocation: Vec<Object<WireEvidence>>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WireEvidence {
    kind: String,
    der: String,
}

impl Proof {
    /// As JSON on one line, without a line's end.
    ///
    /// # Errors
    /// [`ProofError::Format`] where it would be over 64 KiB or hold too many certificates or pieces of evidence.
    pub fn write(&self) -> Result<String, ProofError> {
        if self.intermediates.len() > INTERMEDIATES_MAX {
            return Err(ProofError::Format("intermediates"));
        }
        if self.revocation.len() > EVIDENCE_MAX {
            return Err(ProofError::Format("revocation"));
        }
        let evidence = |one: &Evidence| {
            Object(WireEvidence {
                kind: one.kind.name().to_owned(),
                der: STANDARD.encode(&one.der),
            })
        };
        let wire = Wire {
            format: FORMAT,
            suite: self.scheme.name().to_owned(),
            flow: Flow::Remote.name().to_owned(),
            audience: self.audience.as_str().to_owned(),
            nonce: STANDARD.encode(self.nonce.as_bytes()),
            random: STANDARD.encode(self.random),
            issued_at: self.issued_at_s,
            not_after: self.not_after_s,
            reader_kind: self.exchange.reader_kind.name().to_owned(),
            card_number: self.exchange.card_number.as_str().to_owned(),
            certificate: STANDARD.encode(&self.certificate),
            intermediates: self
                .intermediates
                .iter()
                .map(|der| STANDARD.encode(der))
                .collect(),
            signature: STANDARD.encode(&self.signature),
            revocation: self.revocation.iter().map(evidence).collect(),
        };
        let json = serde_json::to_string(&wire).map_err(|_| ProofError::Format("JSON"))?;
        if json.len() > PROOF_LENGTH_MAX {
            return Err(ProofError::Format("length"));
        }
        Ok(json)
    }

    /// Reads JSON of at most 64 KiB that is one proof and nothing else.
    ///
    /// # Errors
    /// [`ProofError::Format`] names the part.
    pub fn parse(json: &[u8]) -> Result<Self, ProofError> {
        if json.len() > PROOF_LENGTH_MAX {
            return Err(ProofError::Format("length"));
        }
        let Object(wire): Object<Wire> =
            serde_json::from_slice(json).map_err(|_| ProofError::Format("JSON"))?;
        if wire.format != FORMAT {
            return Err(ProofError::Format("format"));
        }
        let scheme = SCHEMES.into_iter().find(|scheme| scheme.name() == wire.suite);
        if wire.flow != Flow::Remote.name() {
            return Err(ProofError::Format("flow"));
        }
        let nonce = bytes(&wire.nonce, "nonce")?;
        let random = bytes(&wire.random, "random")?;
        Ok(Self {
            scheme: scheme.ok_or(ProofError::Format("suite"))?,
            audience: Audience::parse(&wire.audience).map_err(|_| ProofError::Format("audience"))?,
            nonce: Nonce::new(&nonce).map_err(|_| ProofError::Format("nonce"))?,
            random: random.try_into().map_err(|_| ProofError::Format("random"))?,
            issued_at_s: issued_at(&wire)?,
            not_after_s: wire.not_after,
            exchange: Exchange {
                reader_kind: ReaderKind::from_name(&wire.reader_kind)
                    .ok_or(ProofError::Format("reader_kind"))?,
                card_number: CardNumber::parse(&wire.card_number).ok_or(ProofError::Format("card_number"))?,
            },
            certificate: certificate(&wire.certificate, "certificate")?,
            intermediates: intermediates(&wire.intermediates)?,
            signature: signature(&wire.signature)?,
            revocation: evidence(&wire.revocation)?,
        })
    }
}

/// The instant of issue, once both instants are such, and the life is no longer than that of a challenge.
fn issued_at(wire: &Wire) -> Result<i64, ProofError> {
    for (instant, part) in [(wire.issued_at, "issued_at"), (wire.not_after, "not_after")] {
        Timestamp::from_second(instant).map_err(|_| ProofError::Format(part))?;
    }
    let life_s = wire.not_after.saturating_sub(wire.issued_at);
    if !(1..=CHALLENGE_LIFETIME_S).contains(&life_s) {
        return Err(ProofError::Format("not_after"));
    }
    Ok(wire.issued_at)
}

fn bytes(text: &str, part: &'static str) -> Result<Vec<u8>, ProofError> {
    audience::decode(text).ok_or(ProofError::Format(part))
}

fn certificate(text: &str, part: &'static str) -> Result<Vec<u8>, ProofError> {
    let der = bytes(text, part)?;
    if (1..=CERTIFICATE_LENGTH_MAX).contains(&der.len()) {
        Ok(der)
    } else {
        Err(ProofError::Format(part))
    }
}

fn intermediates(texts: &[String]) -> Result<Vec<Vec<u8>>, ProofError> {
    if texts.len() > INTERMEDIATES_MAX {
        return Err(ProofError::Format("intermediates"));
    }
    texts
        .iter()
        .map(|text| certificate(text, "intermediates"))
        .collect()
}

fn signature(text: &str) -> Result<Vec<u8>, ProofError> {
    let signature = bytes(text, "signature")?;
    if SIGNATURE_BYTES.contains(&signature.len()) {
        Ok(signature)
    } else {
        Err(ProofError::Format("signature"))
    }
}

fn evidence(pieces: &[Object<WireEvidence>]) -> Result<Vec<Evidence>, ProofError> {
    let refused = ProofError::Format("revocation");
    if pieces.len() > EVIDENCE_MAX {
        return Err(refused);
    }
    pieces
        .iter()
        .map(|Object(piece)| {
            let kind = EvidenceKind::from_name(&piece.kind).ok_or_else(|| refused.clone())?;
            let der = bytes(&piece.der, "revocation")?;
            if der.is_empty() {
                return Err(refused.clone());
            }
            Ok(Evidence { kind, der })
        })
        .collect()
}
