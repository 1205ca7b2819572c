//! Claims about the TLV reader, the hostile ones first.

use super::*;

#[test]
fn a_real_file_control_template_is_read() {
    // [cns §2.2], EF.Dati_personali.
    let fci = [
        0x6F, 0x38, 0x80, 0x02, 0x01, 0x90, 0x82, 0x03, 0x01, 0x00, 0x00, 0x83, 0x02, 0x11, 0x02, 0x85, 0x01,
        0x01, 0x86, 0x09, 0x00, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x8A, 0x01, 0x05, 0xCB, 0x18,
    ];
    let mut fci = fci.to_vec();
    fci.extend_from_slice(&[0xFF; 24]);
    let objects = read(&fci).unwrap();
    let template = find(&objects, 0x6F).unwrap();
    assert_eq!(template.child(0x80).unwrap().bytes(), Some(&[0x01, 0x90][..]));
    assert_eq!(template.child(0xCB).unwrap().bytes().unwrap().len(), 24);
    assert!(template.child(0x99).is_none());
}

#[test]
fn a_non_minimal_length_is_refused_instead_of_swallowing_the_next_object() {
    assert_eq!(
        read(&[0x30, 0x05, 0x04, 0x82, 0x00, 0x01, 0xAA, 0x05, 0x00]),
        Err(TlvError::Length(3))
    );
    assert_eq!(read(&[0x04, 0x81, 0x01, 0xAA]), Err(TlvError::Length(1)));
    assert_eq!(read(&[0x30, 0x80, 0x00, 0x00]), Err(TlvError::Length(1)));
}

#[test]
fn depth_number_and_size_are_bounded() {
    let mut nested = Vec::new();
    for depth in (0..=DEPTH_MAX).rev() {
        nested.extend_from_slice(&[0x30, u8::try_from(depth * 2).unwrap()]);
    }
    assert_eq!(read(&nested), Err(TlvError::TooDeep));
    assert_eq!(
        read(&[0x80, 0x00].repeat(OBJECTS_MAX + 1)),
        Err(TlvError::TooMany)
    );
    assert_eq!(
        read(&[0x80, 0x00].repeat(OBJECTS_MAX)).unwrap().len(),
        OBJECTS_MAX
    );
    assert_eq!(
        read(&vec![0; INPUT_MAX_BYTES + 1]),
        Err(TlvError::TooLong(INPUT_MAX_BYTES + 1))
    );
}

#[test]
fn a_child_may_not_leave_its_parent() {
    assert_eq!(
        read(&[0x30, 0x03, 0x04, 0x02, 0xAA, 0xBB]),
        Err(TlvError::Overrun(2))
    );
    assert_eq!(read(&[0x04]), Err(TlvError::Overrun(0)));
    assert_eq!(read(&[0x1F]), Err(TlvError::Overrun(0)));
    assert_eq!(read(&[0x1F, 0x80, 0x01, 0x00]), Err(TlvError::Tag(0)));
    assert_eq!(read(&[0x5F, 0x81, 0x82, 0x01, 0x00]), Err(TlvError::Tag(0)));
}

#[test]
fn two_byte_tags_and_long_values_are_read() {
    let mut input = vec![0x7F, 0x49, 0x82, 0x01, 0x05, 0x81, 0x82, 0x01, 0x01];
    input.extend_from_slice(&[7; 257]);
    let objects = read(&input).unwrap();
    assert_eq!(objects[0].tag, 0x7F49);
    assert_eq!(objects[0].child(0x81).unwrap().bytes().unwrap(), [7; 257]);
    for cut in 0..input.len() {
        assert_eq!(read(&input[..cut]).is_ok(), cut == 0);
    }
}
