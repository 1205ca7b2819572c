//! What is said to a CNS: one function per command, under the clause that defines it.
//!
//! Not here: when they are sent and what the answers mean. All of them run in clear `[cns §5]`.

use varco_apdu::{Aid, CommandApdu, FileId, Sensitivity, ins};
use zeroize::Zeroizing;

/// Whether SELECT asks for the file control information.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Answer {
    /// Not asked for, which is the shortest and never depends on what a card puts in it `[cns §2.2]`.
    Nothing,
    /// Asked for.
    Fci,
}

/// SELECT by path from the master file, or from the root of the selected application: ISO/IEC 7816-4 §11.2.2,
/// `[cns §8.1]`.
pub(crate) fn select_path(path: &[u8], answer: Answer) -> CommandApdu {
    select(0x08, path, answer)
}

/// SELECT of an application by its identifier: ISO/IEC 7816-4 §11.2.2, `[cns §1.4]`.
pub(crate) fn select_application(aid: &Aid, answer: Answer) -> CommandApdu {
    select(0x04, aid.as_bytes(), answer)
}

/// SELECT of the master file by its identifier: ISO/IEC 7816-4 §11.2.2, `[cns §8.1]`.
pub(crate) fn select_master_file(answer: Answer) -> CommandApdu {
    select(0x00, &FileId::MASTER_FILE.to_bytes(), answer)
}

fn select(p1: u8, data: &[u8], answer: Answer) -> CommandApdu {
    let command = match answer {
        Answer::Nothing => CommandApdu::new(0x00, ins::SELECT, p1, 0x0C),
        // Sizes, kinds and states of files that every card has.
        Answer::Fci => CommandApdu::new(0x00, ins::SELECT, p1, 0x00)
            .expecting(256)
            .answering(Sensitivity::Public),
    };
    command.with_data(data).repeatable()
}

/// The object that holds the name of the product `[cns §1.4]`.
const PRODUCT: u16 = 0x0180;

/// GET DATA: ISO/IEC 7816-4 §11.4.3, `[cns §4.2]`. Other objects than the product's name hold the number of the chip.
pub(crate) fn get_data(tag: u16) -> CommandApdu {
    let [high, low] = tag.to_be_bytes();
    let sensitivity = match tag {
        PRODUCT => Sensitivity::Public,
        _ => Sensitivity::Personal,
    };
    CommandApdu::new(0x00, ins::GET_DATA, high, low)
        .expecting(256)
        .answering(sensitivity)
        .repeatable()
}

/// READ BINARY of the selected file: ISO/IEC 7816-4 §11.3.3, `[cns §8.1]`.
///
/// `offset` stays below 8000: the highest bit of P1 would make the rest of it a short file identifier.
pub(crate) fn read_binary(offset: u16, length_bytes: u32) -> CommandApdu {
    let [high, low] = offset.to_be_bytes();
    CommandApdu::new(0x00, ins::READ_BINARY, high & 0x7F, low)
        .expecting(length_bytes)
        .answering(Sensitivity::Personal)
        .repeatable()
}

/// VERIFY without data, which asks for the counter: ISO/IEC 7816-4 §11.6.6, `[cns §3.2]`, `[cns §3.5]`.
///
/// Four bytes. To be sent only to masks that are known not to count it as a wrong value.
pub(crate) fn ask_for_counter(reference: u8) -> CommandApdu {
    CommandApdu::new(0x00, ins::VERIFY, 0x00, reference)
}

/// VERIFY: ISO/IEC 7816-4 §11.6.6, `[cns §3.2]`.
pub(crate) fn verify(reference: u8, padded_pin: Zeroizing<Vec<u8>>) -> CommandApdu {
    CommandApdu::new(0x00, ins::VERIFY, 0x00, reference).with_secret_data(padded_pin)
}

/// CHANGE REFERENCE DATA with the present and the new value: ISO/IEC 7816-4 §11.6.7, `[cns §3.2]`.
pub(crate) fn change(reference: u8, blocks: Zeroizing<Vec<u8>>) -> CommandApdu {
    CommandApdu::new(0x00, ins::CHANGE_REFERENCE_DATA, 0x00, reference).with_secret_data(blocks)
}

/// RESET RETRY COUNTER with PUK and new PIN: ISO/IEC 7816-4 §11.6.10, `[cns §3.2]`. `reference` is that of the PIN.
pub(crate) fn unblock(reference: u8, blocks: Zeroizing<Vec<u8>>) -> CommandApdu {
    CommandApdu::new(0x00, ins::RESET_RETRY_COUNTER, 0x00, reference).with_secret_data(blocks)
}

/// MANAGE SECURITY ENVIRONMENT, RESTORE: `[cns §4.1]`, CNS functional specification §13.14.
///
/// P1 is not that of ISO/IEC 7816-4. The specification demands a fifth byte 00, by which it means an empty data
/// field; on the wire it is the same as an Le of 256, and that is how it is written here.
pub(crate) fn restore_security_environment(number: u8) -> CommandApdu {
    CommandApdu::new(0x00, ins::MANAGE_SECURITY_ENVIRONMENT, 0xF3, number).expecting(256)
}

/// Which template of the security environment names the key: ISO/IEC 7816-4 §10.3.3.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Template {
    /// B8, for deciphering.
    Confidentiality,
    /// B6, for signing.
    DigitalSignature,
}

/// MANAGE SECURITY ENVIRONMENT, SET of the key: `[cns §4.1]`.
///
/// Tag 83 although the key is private, and P1 not that of ISO/IEC 7816-4.
pub(crate) fn set_key(template: Template, reference: u8) -> CommandApdu {
    let p2 = match template {
        Template::Confidentiality => 0xB8,
        Template::DigitalSignature => 0xB6,
    };
    CommandApdu::new(0x00, ins::MANAGE_SECURITY_ENVIRONMENT, 0xF1, p2).with_data(&[0x83, 0x01, reference])
}

/// PERFORM SECURITY OPERATION, DECIPHER: ISO/IEC 7816-8 §11, `[cns §4.2]`.
///
/// `input` is the padding indicator and a block as long as the modulus. Le is 256 for both key sizes, as seen
/// with 1024 bits; an Le of exactly 128 was seen nowhere.
pub(crate) fn decipher(input: Zeroizing<Vec<u8>>) -> CommandApdu {
    perform(0x80, 0x86, input)
}

/// PERFORM SECURITY OPERATION, COMPUTE DIGITAL SIGNATURE: ISO/IEC 7816-8 §11, `[cns §4.2]`.
pub(crate) fn compute_signature(input: Zeroizing<Vec<u8>>) -> CommandApdu {
    perform(0x9E, 0x9A, input)
}

fn perform(p1: u8, p2: u8, input: Zeroizing<Vec<u8>>) -> CommandApdu {
    CommandApdu::new(0x00, ins::PERFORM_SECURITY_OPERATION, p1, p2)
        .with_secret_data(input)
        .expecting(256)
        .answering(Sensitivity::Secret)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_known_to_be_public_is_not_answered_so() {
        assert_eq!(get_data(0x0180).response_sensitivity(), Sensitivity::Public);
        assert_eq!(get_data(0x0114).response_sensitivity(), Sensitivity::Personal);
        let restore = restore_security_environment(1);
        assert_eq!(restore.response_sensitivity(), Sensitivity::Personal);
    }
}
