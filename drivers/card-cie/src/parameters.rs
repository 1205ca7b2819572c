//! What the card gives for device authentication: its Diffie-Hellman group and the key by which it verifies terminals
//! `[cie §3.2]`, rows 11 and 13.
//!
//! Not here: what is done with them (`sm`).

use varco_apdu::tlv::{self, DataObject};
use varco_card::CardChannel;
use varco_credential::CardError;
use varco_sm::{Group, RootKey, Strength};

use crate::commands;
use crate::family::DomainParameters;

const GROUP: &str = "domain parameters";
const ROOT: &str = "root key";
const GET_DATA: &str = "GET DATA";

const G: u8 = 0x97;
const P: u8 = 0x98;
const Q: u8 = 0x99;

/// The group, asked for as the chip wants it; one that does not take all at once is asked one by one.
pub(crate) fn read_group(
    channel: &mut dyn CardChannel,
    form: DomainParameters,
    answer_bytes: u32,
) -> Result<Group, CardError> {
    let mut all = None;
    if form == DomainParameters::AtOnce {
        let command = commands::get_data(&[0x4D, 0x08, 0x70, 0x06, 0xBF, 0xA1, 0x01, 0x02, 0xA3, 0x80]);
        let answer = channel.send(&command.expecting(answer_bytes))?;
        if answer.status().is_success() {
            all = Some(parameters(answer.data())?);
        }
    }
    let (p, q, g) = match &all {
        Some(objects) => (value(objects, P)?, value(objects, Q)?, value(objects, G)?),
        None => {
            let mut one = |tag: u8| -> Result<Vec<u8>, CardError> {
                let tags = [
                    0x4D, 0x0A, 0x70, 0x08, 0xBF, 0xA1, 0x01, 0x04, 0xA3, 0x02, tag, 0x00,
                ];
                let command = commands::get_data(&tags).expecting(answer_bytes);
                let answer = channel.send(&command)?;
                if !answer.status().is_success() {
                    return Err(CardError::Status {
                        command: GET_DATA,
                        target: GROUP,
                        status: answer.status(),
                    });
                }
                value(&parameters(answer.data())?, tag)
            };
            let g = one(G)?;
            (one(P)?, one(Q)?, g)
        }
    };
    Group::new(&p, &q, &g, Strength::SPECIFIED).map_err(|_| CardError::NotGenuine {
        what: "its Diffie-Hellman group is not of the strength that its specification asks for",
    })
}

/// The objects in `70 { BFA101 { A3 { .. } } }`.
fn parameters(answer: &[u8]) -> Result<Vec<DataObject>, CardError> {
    let objects = tlv::read(answer).map_err(|_| malformed(GROUP))?;
    let found = tlv::find(&objects, 0x70)
        .and_then(|outer| outer.child(0x00BF_A101)?.child(0xA3))
        .and_then(|template| match &template.content {
            tlv::Content::Constructed(children) => Some(children.clone()),
            tlv::Content::Primitive(_) => None,
        });
    found.ok_or_else(|| malformed(GROUP))
}

fn value(objects: &[DataObject], tag: u8) -> Result<Vec<u8>, CardError> {
    tlv::find(objects, u32::from(tag))
        .and_then(DataObject::bytes)
        .map(<[u8]>::to_vec)
        .ok_or_else(|| malformed(GROUP))
}

/// The root key: `70 { BFA004 { 7F49 { .. } } }`.
pub(crate) fn read_root_key(channel: &mut dyn CardChannel, answer_bytes: u32) -> Result<RootKey, CardError> {
    let tags = [0x4D, 0x09, 0x70, 0x07, 0xBF, 0xA0, 0x04, 0x03, 0x7F, 0x49, 0x80];
    let answer = channel.send(&commands::get_data(&tags).expecting(answer_bytes))?;
    if !answer.status().is_success() {
        return Err(CardError::Status {
            command: GET_DATA,
            target: ROOT,
            status: answer.status(),
        });
    }
    let objects = tlv::read(answer.data()).map_err(|_| malformed(ROOT))?;
    tlv::find(&objects, 0x70)
        .and_then(|outer| outer.child(0x00BF_A004)?.child(0x7F49))
        .and_then(RootKey::read)
        .ok_or_else(|| malformed(ROOT))
}

fn malformed(target: &'static str) -> CardError {
    CardError::Misbehaved {
        command: GET_DATA,
        target,
        what: "not the objects that were asked for",
    }
}
