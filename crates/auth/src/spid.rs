//! A SPID login that a gateway handed over: verified here, and made an identity.
//!
//! The gateway is the relying party's own service provider towards SPID. It speaks SAML, validates the identity provider's
//! response, and signs what it found for one audience, one nonce and two minutes at most. docs/spid.md gives the form byte
//! for byte and says who answers for what.
//!
//! Not here: SAML, the browser's way to the identity provider and back, and the making of hand-overs (the gateway's).
//!
//! # Once
//! A hand-over answers a nonce that the relying party issued to the browser session, and the nonce is taken from its
//! [`NonceStore`] as the last step. So the same hand-over, or another for the same nonce, is worth nothing a second time. Taking is
//! atomic: where several processes verify, they share one store, and one of them wins. Nothing is kept of hand-overs
//! themselves, so the memory is that of the store, which issues no nonce once it is full.

mod error;
mod gateway;
mod person;
mod wire;

use varco_pki::Timestamp;

use crate::challenge::evidence_id;
use crate::identity::SpidLogin;
use crate::{Audience, Client, HandedOver, NonceStore, SpidLevel, VerifiedIdentity};
use wire::{Envelope, Payload};

pub use error::HandOverError;
pub use gateway::{GatewayKey, GatewayKeyError, GatewayKeys, GatewayMaterial, GatewayPublicKey};
pub use wire::HAND_OVER_LENGTH_MAX;

/// Longest life of a hand-over in seconds.
pub const HAND_OVER_LIFETIME_S: i64 = 120;
/// Seconds by which the clocks of gateway, identity provider and verifier may differ.
pub const HAND_OVER_SKEW_S: i64 = 30;

/// What stands before the payload where it is signed: no signature made for anything else is one of a hand-over.
const CONTEXT: &[u8] = b"VARCO-SPID-HAND-OVER v1\0";

/// What a relying party expects of a hand-over, out of its own records.
#[derive(Clone, Debug)]
pub struct HandOverExpected {
    audience: Audience,
    client: Client,
    now: Timestamp,
    authn_age_s_max: u32,
}

impl HandOverExpected {
    /// Its own name; the session that brings the hand-over, to which the nonce must have been issued; its clock; and how
    /// many seconds ago the person may have authenticated at the identity provider, which may keep a session at level 1.
    #[must_use]
    pub fn new(audience: Audience, client: Client, now: Timestamp, authn_age_s_max: u32) -> Self {
        Self {
            audience,
            client,
            now,
            authn_age_s_max,
        }
    }
}

/// Verifies a hand-over and makes the identity of it. The nonce is taken when all else holds: a hand-over that is refused
/// leaves it outstanding, one for another session uses it up.
///
/// # Errors
/// [`HandOverError`], the first in its order.
pub fn verify_hand_over(
    hand_over: &[u8],
    keys: &GatewayKeys,
    expected: &HandOverExpected,
    nonces: &dyn NonceStore,
) -> Result<VerifiedIdentity, HandOverError> {
    let envelope = Envelope::parse(hand_over)?;
    let key = keys.find(&envelope.key_id).ok_or(HandOverError::KeyUnknown)?;
    if !key.is_in_force(expected.now) {
        return Err(HandOverError::KeyDates);
    }
    let signed = [CONTEXT, &envelope.payload].concat();
    if !key.has_signed(&signed, &envelope.signature) {
        return Err(HandOverError::Signature);
    }
    // Nothing of the payload was looked at before this.
    let payload = Payload::parse(&envelope.payload)?;
    if payload.gateway != key.gateway() {
        return Err(HandOverError::Gateway);
    }
    if payload.audience != expected.audience {
        return Err(HandOverError::Audience);
    }
    check_times(&payload, expected)?;
    let level = SpidLevel::from_authn_context(&payload.authn_context).ok_or(HandOverError::Level)?;
    let person = person::read(payload.attributes, expected.now)?;
    let authn_at = Timestamp::from_second(payload.authn_instant_s)
        .map_err(|_| HandOverError::Format("authn_instant"))?;
    let taken = nonces.take(&payload.nonce, expected.now)?;
    if taken.client != expected.client {
        return Err(HandOverError::Client);
    }
    Ok(VerifiedIdentity::from_spid(SpidLogin {
        codice_fiscale: person.codice_fiscale,
        birth_date: person.birth_date,
        name: person.name,
        level,
        identity_provider: payload.identity_provider,
        handed_over: HandedOver {
            gateway: payload.gateway,
            gateway_key_sha256: envelope.key_id,
            hand_over_id: payload.id,
        },
        test_material: key.is_test_material(),
        authn_at,
        now: expected.now,
        audience: payload.audience,
        evidence_id: evidence_id(&signed, &envelope.signature),
    }))
}

fn check_times(payload: &Payload, expected: &HandOverExpected) -> Result<(), HandOverError> {
    let now_s = expected.now.as_second();
    let latest_s = now_s.saturating_add(HAND_OVER_SKEW_S);
    let after_issue = payload.issued_at_s.saturating_add(HAND_OVER_SKEW_S);
    if payload.issued_at_s > latest_s || payload.authn_instant_s > latest_s.min(after_issue) {
        return Err(HandOverError::NotYet);
    }
    let earliest_s = now_s.saturating_sub(HAND_OVER_SKEW_S);
    if earliest_s > payload.not_after_s {
        return Err(HandOverError::Expired);
    }
    let authn_until_s = payload
        .authn_instant_s
        .saturating_add(expected.authn_age_s_max.into());
    if earliest_s > authn_until_s {
        return Err(HandOverError::AuthnTooOld);
    }
    Ok(())
}
