//! What SELECT answers: the file control information of a CNS [cns §2.2].
//!
//! Not here: reading one. The driver of the CNS never depends on it.

use varco_emulator::{Access, Node, NodeKind};

const NEVER: u8 = 0xFF;
const ALWAYS: u8 = 0x00;

/// Template 6F of a file, in the order seen on a real card. Nothing is ever written, created or deleted on a
/// played CNS, so all access bytes but READ say never, and secure messaging is asked nowhere.
pub(crate) fn template(node: &Node) -> Vec<u8> {
    let id = node.id().to_bytes();
    let mut body = Vec::with_capacity(0x50);
    let mut put = |tag: u8, value: &[u8]| {
        // All values here are shorter than 128 bytes: one length byte.
        body.push(tag);
        body.push(u8::try_from(value.len()).unwrap_or(0));
        body.extend_from_slice(value);
    };
    let mut access = [NEVER; 9];
    match node.kind() {
        NodeKind::Transparent { content, read } => {
            access[0] = match *read {
                Access::Always => ALWAYS,
                Access::Never => NEVER,
                Access::Pin(reference) => reference,
            };
            put(
                0x80,
                &u16::try_from(content.len()).unwrap_or(u16::MAX).to_be_bytes(),
            );
            put(0x82, &[0x01, 0x00, 0x00]);
            put(0x83, &id);
        }
        NodeKind::Directory { aid } => {
            // No room left: the card is personalised.
            put(0x81, &[0x00, 0x00]);
            put(0x82, &[0x38, 0x00, 0x00]);
            if let Some(aid) = aid {
                put(0x84, aid.as_bytes());
            }
            put(0x83, &id);
        }
    }
    put(0x85, &[0x01]);
    put(0x86, &access);
    put(0x8A, &[0x05]);
    put(0xCB, &[NEVER; 24]);
    let mut fci = vec![0x6F, u8::try_from(body.len()).unwrap_or(0)];
    fci.append(&mut body);
    fci
}
