//! A hand-over's form: four parts of ASCII between dots, of which the third is the payload's JSON.
//!
//! There is no choice of algorithm in it, and one value has one form: Base64 is that of RFC 4648 §5 without padding and
//! canonical, hexadecimal is lower case, unknown and repeated fields are refused at every depth.
//!
//! Not here: whether it holds (the module above).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use varco_pki::Timestamp;

use super::{HAND_OVER_LIFETIME_S, HandOverError};
use crate::audience::is_seen;
use crate::object::Object;
use crate::{Audience, Nonce};

/// Longest hand-over in bytes.
pub const HAND_OVER_LENGTH_MAX: usize = 22 * 1024;
/// Longest payload in bytes.
const PAYLOAD_LENGTH_MAX: usize = 16 * 1024;
/// The first part: what this is, and its version.
const VERSION: &str = "varco-spid-1";
/// The version of the payload.
const FORMAT: u32 = 1;
/// Most bytes of an identity provider's entity identifier (SAML core §8.3.6).
const ENTITY_ID_LENGTH_MAX: usize = 1024;

/// A hand-over whose payload nobody looked at.
pub(super) struct Envelope {
    pub(super) key_id: [u8; 32],
    pub(super) payload: Vec<u8>,
    pub(super) signature: [u8; 64],
}

impl Envelope {
    pub(super) fn parse(hand_over: &[u8]) -> Result<Self, HandOverError> {
        if hand_over.len() > HAND_OVER_LENGTH_MAX {
            return Err(HandOverError::Format("length"));
        }
        let text = str::from_utf8(hand_over).map_err(|_| HandOverError::Format("parts"))?;
        let mut parts = text.split('.');
        let (Some(version), Some(key_id), Some(payload), Some(signature), None) = (
            parts.next(),
            parts.next(),
            parts.next(),
            parts.next(),
            parts.next(),
        ) else {
            return Err(HandOverError::Format("parts"));
        };
        if version != VERSION {
            return Err(HandOverError::Format("version"));
        }
        let key_id = hash(key_id).ok_or(HandOverError::Format("key"))?;
        let signature = decode(signature).and_then(|bytes| bytes.try_into().ok());
        let payload = decode(payload).filter(|payload| payload.len() <= PAYLOAD_LENGTH_MAX);
        Ok(Self {
            key_id,
            payload: payload.ok_or(HandOverError::Format("payload"))?,
            signature: signature.ok_or(HandOverError::Format("signature"))?,
        })
    }
}

/// What the gateway signed, each value within its bounds.
pub(super) struct Payload {
    pub(super) gateway: String,
    pub(super) audience: Audience,
    pub(super) nonce: Nonce,
    pub(super) id: Vec<u8>,
    pub(super) identity_provider: String,
    pub(super) authn_context: String,
    pub(super) authn_instant_s: i64,
    pub(super) issued_at_s: i64,
    pub(super) not_after_s: i64,
    pub(super) attributes: Attributes,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wire {
    format: u32,
    gateway: String,
    audience: String,
    nonce: String,
    id: String,
    identity_provider: String,
    authn_context: String,
    authn_instant: i64,
    issued_at: i64,
    not_after: i64,
    attributes: Object<Attributes>,
}

/// SPID's attributes under SPID's names. That a login without the first is one of no person is said later.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct Attributes {
    pub(super) fiscal_number: Option<String>,
    pub(super) name: String,
    pub(super) family_name: String,
    pub(super) date_of_birth: String,
}

impl Payload {
    pub(super) fn parse(json: &[u8]) -> Result<Self, HandOverError> {
        let Object(wire): Object<Wire> =
            serde_json::from_slice(json).map_err(|_| HandOverError::Format("JSON"))?;
        if wire.format != FORMAT {
            return Err(HandOverError::Format("format"));
        }
        let nonce = decode(&wire.nonce).and_then(|bytes| Nonce::new(&bytes).ok());
        // As long as a nonce may be: nobody guesses it, and it does not repeat.
        let id = decode(&wire.id).filter(|id| (16..=64).contains(&id.len()));
        if !is_shown(&wire.identity_provider, ENTITY_ID_LENGTH_MAX) {
            return Err(HandOverError::Format("identity_provider"));
        }
        check_instants(&wire)?;
        Ok(Self {
            audience: Audience::parse(&wire.audience).map_err(|_| HandOverError::Format("audience"))?,
            nonce: nonce.ok_or(HandOverError::Format("nonce"))?,
            id: id.ok_or(HandOverError::Format("id"))?,
            gateway: wire.gateway,
            identity_provider: wire.identity_provider,
            authn_context: wire.authn_context,
            authn_instant_s: wire.authn_instant,
            issued_at_s: wire.issued_at,
            not_after_s: wire.not_after,
            attributes: wire.attributes.0,
        })
    }
}

/// All three are instants, and the life is short.
fn check_instants(wire: &Wire) -> Result<(), HandOverError> {
    for (instant, part) in [
        (wire.authn_instant, "authn_instant"),
        (wire.issued_at, "issued_at"),
        (wire.not_after, "not_after"),
    ] {
        Timestamp::from_second(instant).map_err(|_| HandOverError::Format(part))?;
    }
    let life_s = wire.not_after.saturating_sub(wire.issued_at);
    if !(1..=HAND_OVER_LIFETIME_S).contains(&life_s) {
        return Err(HandOverError::Format("not_after"));
    }
    Ok(())
}

/// Text that people may be shown.
pub(super) fn is_shown(text: &str, length_max: usize) -> bool {
    (1..=length_max).contains(&text.len()) && is_seen(text)
}

/// 64 digits of lower-case hexadecimal.
fn hash(text: &str) -> Option<[u8; 32]> {
    let mut hash = [0; 32];
    if text.len() != 64 {
        return None;
    }
    let digit = |byte: u8| match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    };
    for (byte, pair) in hash.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
        let [high, low] = pair else {
            return None;
        };
        *byte = digit(*high)? << 4 | digit(*low)?;
    }
    Some(hash)
}

/// The bytes of canonical Base64 for addresses: unpadded, no bits left over (RFC 4648 §5).
fn decode(text: &str) -> Option<Vec<u8>> {
    let decoded = URL_SAFE_NO_PAD.decode(text).ok()?;
    (URL_SAFE_NO_PAD.encode(&decoded) == text).then_some(decoded)
}
