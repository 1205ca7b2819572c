//! BER-TLV templates from a card.

use varco_apdu::tlv::{Content, DEPTH_MAX, DataObject, OBJECTS_MAX, read};

/// What is read is bounded, and written again it is the same bytes: only shortest forms are taken.
pub fn target(data: &[u8]) {
    let outcome = read(data);
    assert_eq!(outcome, read(data));
    let objects = match outcome {
        Ok(objects) => objects,
        Err(error) => {
            assert!(error.to_string().len() < 100);
            return;
        }
    };
    let (mut count, mut written) = (0, Vec::new());
    for object in &objects {
        write(object, 1, &mut count, &mut written);
    }
    assert_eq!(written, data);
    assert!(count <= OBJECTS_MAX);
}

fn write(object: &DataObject, depth: usize, count: &mut usize, written: &mut Vec<u8>) {
    // A template counts one level, and what lies in the deepest of them another.
    assert!(depth <= DEPTH_MAX + 1);
    *count += 1;
    let value = match &object.content {
        Content::Primitive(bytes) => bytes.clone(),
        Content::Constructed(children) => {
            let mut inside = Vec::new();
            for child in children {
                write(child, depth + 1, count, &mut inside);
            }
            inside
        }
    };
    written.extend(shortest(object.tag));
    match u32::try_from(value.len()).unwrap() {
        length @ 0..=0x7F => written.push(length as u8),
        length => {
            let bytes = shortest(length);
            written.push(0x80 | bytes.len() as u8);
            written.extend(bytes);
        }
    }
    written.extend(value);
}

/// The bytes of a number without leading zeros, one byte for zero.
fn shortest(number: u32) -> Vec<u8> {
    let bytes = number.to_be_bytes();
    let zeros = bytes.iter().take(3).take_while(|byte| **byte == 0).count();
    bytes[zeros..].to_vec()
}

/// A template as in a FCI, one with a long length, one nested as deep as is read.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    let fci = b"\x6F\x0D\x80\x02\x08\x00\x82\x01\x01\x83\x02\x11\x01\x7F\x49\x00".to_vec();
    let long = [&[0x53, 0x82, 0x01, 0x2C][..], &[0xA5; 300]].concat();
    let deep = (0..DEPTH_MAX).fold(Vec::new(), |inside: Vec<u8>, _| {
        [&[0x70, inside.len() as u8][..], &inside].concat()
    });
    vec![fci, b"\x83\x01\x01".to_vec(), long, deep]
}
