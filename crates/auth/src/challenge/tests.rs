//! The signed structure against vectors written by another program, and what Debug shows.

use super::*;

const WITH_NONCE: &str = "564152434f2d415554482076310000107273612d706b6373312d73686132353600056c6f63616c\
    001668747470733a2f2f63697474c3a02e6578616d706c650020000102030405060708090a0b0c0d0e0f10111213141516171819\
    1a1b1c1d1e1f0010a0a1a2a3a4a5a6a7a8a9aaabacadaeaf0020eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee\
    eeeeeeeeeeee0008000000006956379000080000000069563808";
const WITHOUT_NONCE: &str = "564152434f2d415554482076310000107273612d706b6373312d73686132353600056c6f63616c\
    001668747470733a2f2f63697474c3a02e6578616d706c650020000102030405060708090a0b0c0d0e0f10111213141516171819\
    1a1b1c1d1e1f00000020eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee00080000000069563790\
    00080000000069563808";

fn challenge(nonce: Option<&[u8]>) -> Challenge {
    let random = core::array::from_fn(|index| u8::try_from(index).unwrap());
    let audience = Audience::parse("https://città.example").unwrap();
    let nonce = nonce.map(|bytes| Nonce::new(bytes).unwrap());
    // What is below the second is cut.
    let issued_at = "2026-01-01T09:00:00.75Z".parse().unwrap();
    Challenge::new(random, audience, nonce, issued_at)
}

#[test]
fn the_signed_structure_is_as_documented() {
    let nonce: Vec<u8> = (0xA0..0xB0).collect();
    for (nonce, expected) in [(Some(&nonce[..]), WITH_NONCE), (None, WITHOUT_NONCE)] {
        let structure = challenge(nonce).structure(&[0xEE; 32]);
        let shown: String = structure.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(shown, expected);
    }
}

#[test]
fn the_random_bytes_do_not_print() {
    let shown = format!("{:?}", challenge(None));
    assert!(
        shown.contains("città.example") && !shown.contains("30, 31"),
        "{shown}"
    );
}
