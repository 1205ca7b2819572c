//! How an answer is spoilt on its way from the card.
//!
//! Not here: when (`set`).

use zeroize::Zeroizing;

/// SW1 and SW2.
const STATUS_BYTES: usize = 2;
/// The check of a protected answer: its tag, its length, eight bytes (ISO/IEC 7816-4 §10.2).
const CHECK_HEAD: [u8; 2] = [0x8E, 0x08];
const CHECK_BYTES: usize = 8;

/// Takes bytes off the end of the data; of a status word alone one byte is left.
pub(super) fn cut(answer: &mut Zeroizing<Vec<u8>>, bytes: usize) {
    let length = answer.len();
    if length <= STATUS_BYTES {
        answer.truncate(1);
        return;
    }
    let data = length - STATUS_BYTES;
    answer.drain(data.saturating_sub(bytes)..data);
}

/// Puts zero bytes behind the data.
pub(super) fn lengthen(answer: &mut Zeroizing<Vec<u8>>, bytes: usize) {
    // Copied as a whole so that growing leaves no unwiped copy behind.
    let mut longer = Zeroizing::new(Vec::with_capacity(answer.len() + bytes));
    let (data, status) = answer
        .split_at_checked(answer.len().saturating_sub(STATUS_BYTES))
        .unwrap_or((answer.as_slice(), &[]));
    longer.extend_from_slice(data);
    longer.resize(data.len() + bytes, 0);
    longer.extend_from_slice(status);
    *answer = longer;
}

/// Turns a bit, counted from the first byte's highest and around the end.
pub(super) fn flip(answer: &mut [u8], bit: u32) {
    let bits = answer.len().saturating_mul(8);
    let Some(at) = usize::try_from(bit).ok().and_then(|bit| bit.checked_rem(bits)) else {
        return;
    };
    if let Some(byte) = answer.get_mut(at / 8) {
        *byte ^= 0x80 >> (at % 8);
    }
}

/// Where the check of a protected answer stands, if it has one.
fn check(answer: &[u8]) -> Option<usize> {
    let at = answer
        .len()
        .checked_sub(STATUS_BYTES + CHECK_BYTES + CHECK_HEAD.len())?;
    answer
        .get(at..)
        .is_some_and(|end| end.starts_with(&CHECK_HEAD))
        .then_some(at + CHECK_HEAD.len())
}

/// Whether the answer to this command has a check.
pub(super) fn is_checked(class: u8, answer: &[u8]) -> bool {
    class & 0x0C == 0x0C && check(answer).is_some()
}

/// Makes one byte of the check another.
pub(super) fn spoil_check(answer: &mut [u8]) {
    if let Some(byte) = check(answer).and_then(|at| answer.get_mut(at)) {
        *byte ^= 0x01;
    }
}
