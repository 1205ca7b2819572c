//! What is said to a CIE: one function per command, under the clause that defines it.
//!
//! Not here: when they are sent; device authentication, whose commands `sm` has.

use varco_apdu::{CommandApdu, Sensitivity, ins};
use zeroize::Zeroizing;

/// The root application, which is the master file `[cie §2.1]`.
pub(crate) const IAS: [u8; 13] = [0xA0, 0, 0, 0, 0x30, 0x80, 0, 0, 0, 0x09, 0x81, 0x60, 0x01];
/// The application of the identity card `[cie §2.1]`.
pub(crate) const CIE: [u8; 6] = [0xA0, 0, 0, 0, 0, 0x39];
/// The most that one READ BINARY gives in a short answer `[cie §3.1]`.
pub(crate) const SHORT_READ_BYTES: u32 = 231;

/// SELECT by name, without an answer: ISO/IEC 7816-4 §11.2.2.
pub(crate) fn select(aid: &[u8]) -> CommandApdu {
    CommandApdu::new(0x00, ins::SELECT, 0x04, 0x0C)
        .with_data(aid)
        .repeatable()
}

/// SELECT of the master file by its identifier, for chips that do not know it by name `[cie §1.3]`.
pub(crate) fn select_master_file() -> CommandApdu {
    CommandApdu::new(0x00, ins::SELECT, 0x00, 0x0C)
        .with_data(&[0x3F, 0x00])
        .repeatable()
}

/// READ BINARY from the start of the file with this short identifier: ISO/IEC 7816-4 §11.3.3.
pub(crate) fn read_short_id(short_id: u8, length_bytes: u32) -> CommandApdu {
    read(0x80 | short_id & 0x1F, 0, length_bytes)
}

/// READ BINARY of the current file; `offset` stays below 8000.
pub(crate) fn read_on(offset: u16, length_bytes: u32) -> CommandApdu {
    let [high, low] = offset.to_be_bytes();
    read(high & 0x7F, low, length_bytes)
}

fn read(p1: u8, p2: u8, length_bytes: u32) -> CommandApdu {
    CommandApdu::new(0x00, ins::READ_BINARY, p1, p2)
        .expecting(length_bytes)
        .answering(Sensitivity::Personal)
        .repeatable()
}

/// GET DATA of what this list of tags names, which here is nobody's own: parameters, root key, tries left. IAS ECC 1.0.1 §9.8.1.
pub(crate) fn get_data(tags: &[u8]) -> CommandApdu {
    CommandApdu::new(0x00, ins::GET_DATA_OBJECTS, 0x3F, 0xFF)
        .with_data(tags)
        .answering(Sensitivity::Public)
        .repeatable()
}

/// MANAGE SECURITY ENVIRONMENT, SET, of a key that pads by itself: `[cie §3.8]`.
pub(crate) fn set_key(reference: u8) -> CommandApdu {
    CommandApdu::new(0x00, ins::MANAGE_SECURITY_ENVIRONMENT, 0x41, 0xA4)
        .with_data(&[0x80, 0x01, 0x02, 0x84, 0x01, reference])
}

/// INTERNAL AUTHENTICATE: `[cie §3.8]`. Without Le within a channel, as official clients send it.
pub(crate) fn internal_authenticate(input: &[u8]) -> CommandApdu {
    CommandApdu::new(0x00, ins::INTERNAL_AUTHENTICATE, 0x00, 0x00)
        .with_secret_data(Zeroizing::new(input.to_vec()))
        .answering(Sensitivity::Secret)
}

/// VERIFY: ISO/IEC 7816-4 §11.6.6, `[cie §3.7]`.
pub(crate) fn verify(reference: u8, block: Zeroizing<Vec<u8>>) -> CommandApdu {
    CommandApdu::new(0x00, ins::VERIFY, 0x00, reference).with_secret_data(block)
}

/// CHANGE REFERENCE DATA with the present and the new value: ISO/IEC 7816-4 §11.6.7, `[cie §3.7]`.
pub(crate) fn change(reference: u8, both: Zeroizing<Vec<u8>>) -> CommandApdu {
    CommandApdu::new(0x00, ins::CHANGE_REFERENCE_DATA, 0x00, reference).with_secret_data(both)
}

/// RESET RETRY COUNTER with a new value, after the PUK was verified: ISO/IEC 7816-4 §11.6.10, `[cie §3.7]`.
pub(crate) fn unblock(reference: u8, new: Zeroizing<Vec<u8>>) -> CommandApdu {
    CommandApdu::new(0x00, ins::RESET_RETRY_COUNTER, 0x02, reference).with_secret_data(new)
}
