//! What is said to a CNS: one function per command, under the clause that defines it.
//!
//! Not here: when they are sent and what the answers mean. All of them run in clear `[cns §5]`.

use varco_apdu::{CommandApdu, Sensitivity, ins};
use zeroize::Zeroizing;

use crate::files::ElementaryFile;

/// SELECT by path from the master file, no FCI asked: ISO/IEC 7816-4 §11.2.2, `[cns §8.1]`.
///
/// The FCI is not asked for because some cards give none with a size in it `[cns §2.2]`.
pub(crate) fn select(file: &ElementaryFile) -> CommandApdu {
    let [folder, name] = file.path.map(varco_apdu::FileId::to_bytes);
    CommandApdu::new(0x00, ins::SELECT, 0x08, 0x0C)
        .with_data(&[folder, name].concat())
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

/// MANAGE SECURITY ENVIRONMENT, RESTORE: `[cns §4.1]`, CNS functional specification §13.14.
///
/// P1 is not that of ISO/IEC 7816-4. The specification demands a fifth byte 00, by which it means an empty data
/// field; on the wire it is the same as an Le of 256, and that is how it is written here.
pub(crate) fn restore_security_environment(number: u8) -> CommandApdu {
    CommandApdu::new(0x00, ins::MANAGE_SECURITY_ENVIRONMENT, 0xF3, number).expecting(256)
}

/// MANAGE SECURITY ENVIRONMENT, SET of the key for deciphering: `[cns §4.1]`.
///
/// Tag 83 although the key is private, and P1 not that of ISO/IEC 7816-4.
pub(crate) fn set_decipher_key(reference: u8) -> CommandApdu {
    CommandApdu::new(0x00, ins::MANAGE_SECURITY_ENVIRONMENT, 0xF1, 0xB8).with_data(&[0x83, 0x01, reference])
}

/// PERFORM SECURITY OPERATION, DECIPHER: ISO/IEC 7816-8 §11, `[cns §4.2]`.
///
/// `input` is the padding indicator and a block as long as the modulus. Le is 256 for both key sizes, as seen
/// with 1024 bits; an Le of exactly 128 was seen nowhere.
pub(crate) fn decipher(input: Zeroizing<Vec<u8>>) -> CommandApdu {
    CommandApdu::new(0x00, ins::PERFORM_SECURITY_OPERATION, 0x80, 0x86)
        .with_secret_data(input)
        .expecting(256)
        .answering(Sensitivity::Secret)
}
