//! What SELECT answers: the file control information of a CNS [cns §2.2], in the forms that were seen.
//!
//! Not here: reading one. The driver of the CNS never depends on it.

use varco_apdu::Aid;
use varco_emulator::{Access, Node, NodeKind};

const NEVER: u8 = 0xFF;
const ALWAYS: u8 = 0x00;

/// How a make of card writes it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Form {
    /// As the specification of the CNS has it.
    Standard,
    /// The same, and the size of an elementary file left out.
    WithoutSize,
    /// As cards of the IAS kind have it [cns §12].
    Ias,
}

/// Template 6F of a file, in the order seen on real cards; `aid` where an application was selected by it. Nothing is
/// ever written, created or deleted on a played CNS, so all access bytes but READ say never, and secure messaging is
/// asked nowhere.
pub(crate) fn template(node: &Node, aid: Option<&Aid>, form: Form) -> Vec<u8> {
    let mut body = Vec::with_capacity(0x50);
    match form {
        Form::Ias => ias(&mut body, node, aid),
        Form::Standard | Form::WithoutSize => standard(&mut body, node, aid, form),
    }
    let mut fci = vec![0x6F, u8::try_from(body.len()).unwrap_or(0)];
    fci.append(&mut body);
    fci
}

/// All values here are shorter than 128 bytes: one length byte.
fn put(body: &mut Vec<u8>, tag: u8, value: &[u8]) {
    body.push(tag);
    body.push(u8::try_from(value.len()).unwrap_or(0));
    body.extend_from_slice(value);
}

fn size(content: &[u8]) -> [u8; 2] {
    u16::try_from(content.len()).unwrap_or(u16::MAX).to_be_bytes()
}

fn standard(body: &mut Vec<u8>, node: &Node, selected_by: Option<&Aid>, form: Form) {
    let id = node.id().to_bytes();
    let mut access = [NEVER; 9];
    match node.kind() {
        NodeKind::Transparent { content, read } => {
            access[0] = match *read {
                Access::Always => ALWAYS,
                Access::Never => NEVER,
                Access::Pin(reference) => reference,
            };
            if form == Form::Standard {
                put(body, 0x80, &size(content));
            }
            put(body, 0x82, &[0x01, 0x00, 0x00]);
            put(body, 0x83, &id);
        }
        NodeKind::Directory { aid } => {
            // No room left: the card is personalised.
            put(body, 0x81, &[0x00, 0x00]);
            put(body, 0x82, &[0x38, 0x00, 0x00]);
            if let Some(aid) = selected_by.or(aid.as_ref()) {
                put(body, 0x84, aid.as_bytes());
            }
            put(body, 0x83, &id);
        }
    }
    put(body, 0x85, &[0x01]);
    put(body, 0x86, &access);
    put(body, 0x8A, &[0x05]);
    put(body, 0xCB, &[NEVER; 24]);
}

fn ias(body: &mut Vec<u8>, node: &Node, selected_by: Option<&Aid>) {
    let id = node.id().to_bytes();
    match node.kind() {
        NodeKind::Transparent { content, .. } => {
            put(body, 0x80, &size(content));
            put(body, 0x82, &[0x01]);
            // The short identifier: the last five bits of the identifier.
            put(body, 0x88, &[(id[1] & 0x1F) << 3]);
            put(body, 0x83, &id);
        }
        NodeKind::Directory { aid } => {
            put(body, 0x82, &[0x38]);
            if let Some(aid) = selected_by.or(aid.as_ref()) {
                put(body, 0x84, aid.as_bytes());
            }
            put(body, 0x83, &id);
        }
    }
    put(body, 0x8A, &[0x05]);
    put(body, 0xA1, &[0x8C, 0x02, 0x01, 0x00, 0x9C, 0x02, 0x01, 0x00]);
}
