//! Signing: the card does the bare RSA operation on a block that the host padded, or pads a DigestInfo itself
//! `[cns §4.2]`.
//!
//! Not here: what is signed, and whether the signature is right; auth checks it against the certificate.

use varco_apdu::{CommandApdu, StatusKind, StatusWord};
use varco_card::{Limits, LinkError, LongCommands};
use varco_credential::{CardError, SignatureScheme, SigningInput, SigningRequest};
use zeroize::Zeroizing;

use crate::commands::{self, Template};
use crate::dialogue::Dialogue;
use crate::place::Place;
use crate::profile::{Operation, Profile};

/// What errors call the key.
const AUTHENTICATION_KEY: &str = "authentication key";

const DIGEST_TOO_LONG: CardError = CardError::Unsupported {
    what: "a digest too long for the key",
};
const CARD_PADS: CardError = CardError::Unsupported {
    what: "RSASSA-PSS: this card pads by itself, as PKCS#1 v1.5 has it",
};

/// What a key of this size needs of card and reader.
pub(crate) fn check(
    profile: &Profile,
    limits: Limits,
    modulus_bits: usize,
    scheme: SignatureScheme,
) -> Result<(), CardError> {
    let modulus_bytes = modulus_bytes(modulus_bits)?;
    let input_bytes = match (profile.key.operation, scheme) {
        (Operation::Decipher, _) => modulus_bytes + 1,
        (Operation::SignBlock, _) => modulus_bytes,
        // A DigestInfo of any digest fits a short command.
        (Operation::SignDigestInfo, SignatureScheme::RsaPkcs1Sha256) => 0,
        (Operation::SignDigestInfo, _) => return Err(CARD_PADS),
    };
    let long_commands: LongCommands = profile.commands.long.into();
    if input_bytes <= 255 || long_commands.pass(limits) {
        return Ok(());
    }
    Err(CardError::Link(LinkError::CommandTooLong {
        command: "PERFORM SECURITY OPERATION",
        length_bytes: input_bytes,
    }))
}

fn modulus_bytes(modulus_bits: usize) -> Result<usize, CardError> {
    match modulus_bits {
        1024 => Ok(128),
        2048 => Ok(256),
        _ => Err(CardError::Unsupported {
            what: "an RSA key of other than 1024 or 2048 bits",
        }),
    }
}

/// Restores the security environment, sets the key, has the input signed. The card stands by the key since VERIFY.
///
/// What cannot be signed is refused before anything is sent. Nothing is sent twice.
pub(crate) fn sign(
    dialogue: &mut Dialogue<'_>,
    place: &Place,
    request: &SigningRequest,
) -> Result<Vec<u8>, CardError> {
    let modulus_bytes = modulus_bytes(request.modulus_bits)?;
    let facts = &dialogue.profile.key;
    let (template, operation) = operation(facts.operation, &request.input, modulus_bytes)?;

    let restore = commands::restore_security_environment(facts.security_environment);
    dialogue.must(&restore, "security environment")?;
    let set = commands::set_key(template, place.key.reference);
    dialogue.must(&set, AUTHENTICATION_KEY)?;
    let answer = dialogue.ask(&operation)?;
    if !operation.fits_short() && refuses_long_commands(answer.status()) {
        return Err(CardError::Unsupported {
            what: "a key of 2048 bits: its input needs a chain of commands or extended length, which the card refuses",
        });
    }
    dialogue.require_done(&operation, AUTHENTICATION_KEY, answer.status())?;

    if answer.data().len() != modulus_bytes {
        return Err(CardError::Misbehaved {
            command: operation.name(),
            target: AUTHENTICATION_KEY,
            what: "a signature of another length than the key",
        });
    }
    Ok(answer.data().to_vec())
}

/// Whether a word speaks of the way of a long command, not of its content: 6700, 68xx, 6E00 `[cns §3.4]`.
fn refuses_long_commands(status: StatusWord) -> bool {
    matches!(
        status.kind(),
        StatusKind::WrongLength | StatusKind::ClassFunctionUnsupported | StatusKind::ClassUnsupported
    )
}

/// The template for the key, and the command with its input.
fn operation(
    operation: Operation,
    input: &SigningInput,
    modulus_bytes: usize,
) -> Result<(Template, CommandApdu), CardError> {
    Ok(match operation {
        Operation::Decipher => {
            // The padding indicator `[cns §4.2]`.
            let block = block(&[0x00], input, modulus_bytes)?;
            (Template::Confidentiality, commands::decipher(block))
        }
        Operation::SignBlock => {
            let block = block(&[], input, modulus_bytes)?;
            (Template::DigitalSignature, commands::compute_signature(block))
        }
        Operation::SignDigestInfo => match input {
            SigningInput::DigestInfo(digest_info) if digest_info.len() + 11 <= modulus_bytes => (
                Template::DigitalSignature,
                commands::compute_signature(Zeroizing::new(digest_info.clone())),
            ),
            SigningInput::DigestInfo(_) => return Err(DIGEST_TOO_LONG),
            _ => return Err(CARD_PADS),
        },
    })
}

/// Some bytes, then a block as long as the modulus: the caller's, or that of EMSA-PKCS1-v1_5 (RFC 8017 §9.2),
/// `00 01 FF … FF 00 DigestInfo` with at least eight bytes of FF.
fn block(before: &[u8], input: &SigningInput, modulus_bytes: usize) -> Result<Zeroizing<Vec<u8>>, CardError> {
    // Reserved at once: a growing vector leaves copies behind.
    let mut block = Zeroizing::new(Vec::with_capacity(before.len() + modulus_bytes));
    block.extend_from_slice(before);
    match input {
        SigningInput::EncodedMessage(message) if message.len() == modulus_bytes => {
            block.extend_from_slice(message);
        }
        SigningInput::DigestInfo(digest_info) => {
            let filler_bytes = modulus_bytes
                .checked_sub(digest_info.len() + 3)
                .filter(|filler_bytes| *filler_bytes >= 8)
                .ok_or(DIGEST_TOO_LONG)?;
            block.extend_from_slice(&[0x00, 0x01]);
            block.resize(before.len() + 2 + filler_bytes, 0xFF);
            block.push(0x00);
            block.extend_from_slice(digest_info);
        }
        _ => {
            return Err(CardError::Unsupported {
                what: "a message of another length than the key",
            });
        }
    }
    Ok(block)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_block_is_as_long_as_the_modulus_whatever_the_digest() {
        for modulus_bytes in [128, 256] {
            for length in [0, 19, 35, 51, 83, modulus_bytes - 11] {
                let input = SigningInput::DigestInfo(vec![0x30; length]);
                for before in [&[][..], &[0x00]] {
                    let block = block(before, &input, modulus_bytes).unwrap();
                    let block = block.strip_prefix(before).unwrap();
                    assert_eq!((block.len(), &block[..2]), (modulus_bytes, &[0, 1][..]));
                    let filler_end = block.len() - length - 1;
                    assert!(block[2..filler_end].iter().all(|byte| *byte == 0xFF) && filler_end >= 10);
                    assert_eq!(block[filler_end], 0);
                }
            }
            for length in [modulus_bytes - 10, modulus_bytes, 70_000] {
                let input = SigningInput::DigestInfo(vec![0x30; length]);
                assert_eq!(block(&[], &input, modulus_bytes).unwrap_err(), DIGEST_TOO_LONG);
            }
        }
    }

    #[test]
    fn a_message_that_was_padded_already_goes_as_it_is() {
        let message = vec![0xA5; 256];
        let input = SigningInput::EncodedMessage(message.clone());
        assert_eq!(block(&[], &input, 256).unwrap()[..], message[..]);
        assert!(block(&[], &input, 128).is_err());
        let refused = operation(Operation::SignDigestInfo, &input, 256).unwrap_err();
        assert_eq!(refused, CARD_PADS);
    }
}
