//! Signing: the card does the bare RSA operation under the name of deciphering `[cns §4.2]`.
//!
//! Not here: what is signed, and whether the signature is right; auth checks it against the certificate.

use varco_card::{Limits, LinkError, LongCommands};
use varco_credential::{CardError, SigningInput, SigningRequest};
use zeroize::Zeroizing;

use crate::commands;
use crate::dialogue::Dialogue;
use crate::profile::Profile;

/// What errors call the key.
const AUTHENTICATION_KEY: &str = "authentication key";

/// What a key of this size needs: its input is one byte longer than its modulus.
pub(crate) fn check(profile: &Profile, limits: Limits, modulus_bits: usize) -> Result<(), CardError> {
    let input_bytes = modulus_bytes(modulus_bits)? + 1;
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

/// Restores the security environment, sets the key, has the padded block "deciphered".
///
/// What cannot be signed is refused before anything is sent. Nothing is sent twice.
pub(crate) fn sign(dialogue: &mut Dialogue<'_>, request: &SigningRequest) -> Result<Vec<u8>, CardError> {
    let modulus_bytes = modulus_bytes(request.modulus_bits)?;
    let SigningInput::DigestInfo(digest_info) = &request.input else {
        return Err(CardError::Unsupported { what: "RSASSA-PSS" });
    };
    let input = decipher_input(digest_info, modulus_bytes)?;
    let key = &dialogue.profile.key;

    let restore = commands::restore_security_environment(key.security_environment);
    dialogue.must(&restore, "security environment")?;
    let set = commands::set_decipher_key(key.reference);
    dialogue.must(&set, AUTHENTICATION_KEY)?;
    let decipher = commands::decipher(input);
    let answer = dialogue.must(&decipher, AUTHENTICATION_KEY)?;

    if answer.data().len() != modulus_bytes {
        return Err(CardError::Misbehaved {
            command: decipher.name(),
            target: AUTHENTICATION_KEY,
            what: "a signature of another length than the key",
        });
    }
    Ok(answer.data().to_vec())
}

/// The padding indicator 00 and the encoded message of EMSA-PKCS1-v1_5 (RFC 8017 §9.2):
/// `00 | 00 01 FF … FF 00 DigestInfo`, at least eight bytes of FF.
fn decipher_input(digest_info: &[u8], modulus_bytes: usize) -> Result<Zeroizing<Vec<u8>>, CardError> {
    let filler_bytes = modulus_bytes
        .checked_sub(digest_info.len() + 3)
        .filter(|filler_bytes| *filler_bytes >= 8)
        .ok_or(CardError::Unsupported {
            what: "a digest too long for the key",
        })?;
    // Reserved at once: a growing vector leaves copies behind.
    let mut input = Zeroizing::new(Vec::with_capacity(1 + modulus_bytes));
    input.extend_from_slice(&[0x00, 0x00, 0x01]);
    input.resize(3 + filler_bytes, 0xFF);
    input.push(0x00);
    input.extend_from_slice(digest_info);
    Ok(input)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_block_is_as_long_as_the_modulus_and_one_more_whatever_the_digest() {
        for modulus_bytes in [128, 256] {
            for length in [0, 19, 35, 51, 83, modulus_bytes - 11] {
                let input = decipher_input(&vec![0x30; length], modulus_bytes).unwrap();
                assert_eq!(input.len(), modulus_bytes + 1);
                assert_eq!(input[..3], [0, 0, 1]);
                let filler_end = input.len() - length - 1;
                assert!(input[3..filler_end].iter().all(|byte| *byte == 0xFF) && filler_end >= 11);
                assert_eq!(input[filler_end], 0);
            }
            for length in [modulus_bytes - 10, modulus_bytes, 70_000] {
                let refused = decipher_input(&vec![0x30; length], modulus_bytes).unwrap_err();
                assert_eq!(refused.code(), "card-unsupported");
            }
        }
    }
}
