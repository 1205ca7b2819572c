//! Blocks that hold a part of the message beside its hash, and so give it back to who verifies: ISO/IEC 9796-2 scheme 1
//! with SHA-256, `6A | message part | hash | BC` `[cie §3.5]`.
//!
//! Not here: what is signed (`certificate`, `authentication`).

use sha2::{Digest as _, Sha256};

const HEADER: u8 = 0x6A;
const TRAILER: u8 = 0xBC;
const HASH_BYTES: usize = 32;

/// How many bytes of a message a block of this length holds.
pub(crate) fn room_bytes(block_bytes: usize) -> Option<usize> {
    block_bytes.checked_sub(HASH_BYTES + 2)
}

/// The block for a message whose first bytes, `recoverable`, fill the room, and whose rest goes beside.
pub(crate) fn encode(recoverable: &[u8], rest: &[&[u8]]) -> Vec<u8> {
    let mut block = Vec::with_capacity(recoverable.len() + HASH_BYTES + 2);
    block.push(HEADER);
    block.extend_from_slice(recoverable);
    block.extend_from_slice(&hash(recoverable, rest));
    block.push(TRAILER);
    block
}

/// Whether a block is one for a message that ends in `rest`: header, trailer and hash.
pub(crate) fn is_valid(block: &[u8], rest: &[&[u8]]) -> bool {
    let [HEADER, inner @ .., TRAILER] = block else {
        return false;
    };
    let Some((recoverable, signed)) = inner
        .len()
        .checked_sub(HASH_BYTES)
        .and_then(|split| inner.split_at_checked(split))
    else {
        return false;
    };
    signed == hash(recoverable, rest)
}

fn hash(recoverable: &[u8], rest: &[&[u8]]) -> [u8; HASH_BYTES] {
    rest.iter()
        .fold(Sha256::new().chain_update(recoverable), |hash, part| {
            hash.chain_update(part)
        })
        .finalize()
        .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_is_valid_for_its_own_message_alone() {
        let block = encode(&[7; 222], &[b"rest", b"", b"more"]);
        assert_eq!((block.len(), room_bytes(256)), (256, Some(222)));
        assert!(is_valid(&block, &[b"rest", b"more"]) && is_valid(&block, &[b"restmore"]));
        assert!(!is_valid(&block, &[b"rest"]) && !is_valid(&block[1..], &[b"restmore"]));
        for at in 0..block.len() {
            let mut changed = block.clone();
            changed[at] ^= 1;
            assert!(!is_valid(&changed, &[b"restmore"]), "byte {at}");
        }
        for short in [&[][..], &[0x6A], &[0x6A, 0xBC], &[0x6A; 33]] {
            assert!(!is_valid(short, &[]));
        }
    }
}
