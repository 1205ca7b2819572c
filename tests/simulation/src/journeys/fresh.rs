//! Whether an identity rests on a fresh signature, worked out anew: the bytes that the card was to sign, as the documentation of
//! `auth` has them, a signature that the card is known to have made since, and its verification by the certificate's key.
//!
//! Not here: any code of `auth`.

use ring::digest::{SHA256, digest};
use ring::signature::{
    RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY, RSA_PSS_2048_8192_SHA256, RsaPublicKeyComponents,
};
use varco_auth::VerifiedIdentity;
use varco_emulator::PlayedKey;
use varco_pki::SignatureScheme;

use super::act::Asked;
use super::clock::Said;
use super::witness::Heard;

const AUDIENCE: &str = "kiosk-7.example";
const CONTEXT: &[u8] = b"VARCO-AUTH v2\0";
/// How long an answer is taken, in seconds.
const LIFETIME_S: i64 = 120;
const DIGEST_INFO_SHA256: [u8; 19] = [
    0x30, 0x31, 0x30, 0x0D, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00,
    0x04, 0x20,
];

/// What was asked of the card.
pub(crate) struct Challenged<'c> {
    pub(crate) random: &'c [u8; 32],
    pub(crate) asked: &'c Asked,
    /// What the clock said in this act.
    pub(crate) said: &'c [Said],
}

/// A signature that a card gave.
pub(crate) struct Signed {
    pub(crate) insertion: u64,
    /// The numbers of the command that asked for it, and of the one that brought its last part.
    pub(crate) asked: u64,
    pub(crate) answered: u64,
    pub(crate) signature: Vec<u8>,
}

/// The signatures that the card gave, put together of their parts; identity cards give theirs within their channel.
pub(crate) fn signatures(heard: &[Heard]) -> Vec<Signed> {
    let mut all: Vec<Signed> = Vec::new();
    let mut is_open = false;
    for heard in heard.iter().filter(|heard| !heard.is_other) {
        match heard.ins {
            0x2A => {
                all.push(Signed {
                    insertion: heard.insertion,
                    asked: heard.number,
                    answered: heard.number,
                    signature: heard.answer.clone(),
                });
                is_open = true;
            }
            0xC0 if is_open => {
                if let Some(signed) = all.last_mut() {
                    signed.signature.extend_from_slice(&heard.answer);
                    signed.answered = heard.number;
                }
            }
            _ => is_open = false,
        }
    }
    all.retain(|signed| !signed.signature.is_empty());
    all
}

/// The bytes to be signed, for a challenge of that second.
fn structure(challenged: &Challenged<'_>, identity: &VerifiedIdentity, issued_at_s: i64) -> Option<Vec<u8>> {
    let exchange = identity.exchange()?;
    let leaf = identity.credential().certificate_sha256()?;
    let asked = challenged.asked;
    let flow = match asked.flow {
        varco_auth::Flow::Local => "local",
        varco_auth::Flow::Remote => "remote",
    };
    let scheme = match asked.scheme {
        SignatureScheme::RsaPkcs1Sha256 => "rsa-pkcs1-sha256",
        SignatureScheme::RsaPssSha256 => "rsa-pss-sha256",
    };
    let fields: [&[u8]; 10] = [
        scheme.as_bytes(),
        flow.as_bytes(),
        AUDIENCE.as_bytes(),
        challenged.random,
        asked.nonce.as_deref().unwrap_or_default(),
        &leaf,
        &issued_at_s.to_be_bytes(),
        &(issued_at_s + LIFETIME_S).to_be_bytes(),
        b"played",
        exchange.card_number().unwrap_or_default().as_bytes(),
    ];
    let mut bytes = CONTEXT.to_vec();
    for field in fields {
        bytes.extend_from_slice(&u16::try_from(field.len()).ok()?.to_be_bytes());
        bytes.extend_from_slice(field);
    }
    Some(bytes)
}

/// What a holder's key makes of a message, to be compared with what is said to have come through a channel.
pub(crate) fn signed_by(key: &PlayedKey, message: &[u8]) -> Option<Vec<u8>> {
    let hash = digest(&SHA256, message);
    let inner = [&DIGEST_INFO_SHA256[..], hash.as_ref()].concat();
    let mut block = vec![0x00, 0x01];
    block.resize(key.modulus_bytes() - inner.len() - 1, 0xFF);
    block.push(0x00);
    block.extend_from_slice(&inner);
    key.raw(&block).map(|signature| signature.to_vec())
}

/// Whether this key made this signature over this message.
pub(crate) fn has_signed(
    (modulus, exponent): &(Vec<u8>, Vec<u8>),
    scheme: SignatureScheme,
    message: &[u8],
    signature: &[u8],
) -> bool {
    let key = RsaPublicKeyComponents {
        n: modulus,
        e: exponent,
    };
    let verified = match scheme {
        SignatureScheme::RsaPkcs1Sha256 => key.verify(
            &RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY,
            message,
            signature,
        ),
        SignatureScheme::RsaPssSha256 => key.verify(&RSA_PSS_2048_8192_SHA256, message, signature),
    };
    verified.is_ok()
}

/// Why an identity does not rest on one of these signatures over this challenge; `None` where it does.
pub(crate) fn objection(
    challenged: &Challenged<'_>,
    identity: &VerifiedIdentity,
    key: &(Vec<u8>, Vec<u8>),
    signatures: &[&Signed],
    holder: Option<(&PlayedKey, &[u64])>,
) -> Option<&'static str> {
    let told = identity.evidence_id();
    let verified_at_s = identity.authenticated_at().as_second();
    let Some(issued_at_s) = identity.exchange().map(|exchange| exchange.instant().as_second()) else {
        return Some("it does not tell its exchange");
    };
    // The numbers of the commands that came after the clock had said so.
    let mut issued = challenged.said.iter().filter(|said| said.second == issued_at_s);
    let Some(issued) = issued.next().map(|said| said.before) else {
        return Some("its challenge is of a time that no clock said in this act");
    };
    let Some(structure) = structure(challenged, identity, issued_at_s) else {
        return Some("it does not tell its certificate");
    };
    let computed = holder.and_then(|(key, numbers)| Some((signed_by(key, &structure)?, numbers)));
    let computed = computed.iter().flat_map(|(signature, numbers)| {
        let numbers = numbers.iter();
        numbers.map(|number| (&signature[..], *number, *number))
    });
    let given = signatures
        .iter()
        .map(|signed| (&signed.signature[..], signed.asked, signed.answered));
    let mut late = None;
    for (signature, asked, answered) in given.chain(computed) {
        let evidence = digest(&SHA256, &[&structure[..], signature].concat());
        let evidence: String = evidence
            .as_ref()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        if evidence != told {
            continue;
        }
        if !has_signed(key, challenged.asked.scheme, &structure, signature) {
            return Some("what the card gave is no signature over its challenge");
        }
        let is_said = |said: &Said| said.second == verified_at_s && said.before > answered;
        if asked < issued {
            late = late.or(Some("the card signed before the challenge was issued"));
        } else if !(issued_at_s..=issued_at_s + LIFETIME_S).contains(&verified_at_s) {
            late = late.or(Some("its challenge had expired"));
        } else if !challenged.said.iter().any(is_said) {
            late = late.or(Some(
                "it was verified at a time that no clock said since the card signed",
            ));
        } else {
            return None;
        }
    }
    late.or(Some("the card signed nothing of the kind since it was asked"))
}
