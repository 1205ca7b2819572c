//! The tables of the codice fiscale: check values, omocode letters, months. `[cns §7]`

/// Zero-based places that hold a digit, or its omocode letter.
pub(super) const DIGIT_PLACES: [usize; 7] = [6, 7, 9, 10, 12, 13, 14];

/// Letters that stand for the digits 0 to 9 in an omocode.
const OMOCODE_LETTERS: &[u8; 10] = b"LMNPQRSTUV";

/// Letters of the months January to December.
const MONTH_LETTERS: &[u8; 12] = b"ABCDEHLMPRST";

/// Values of A to Z, and of 0 to 9, at the odd places of the check sum.
const ODD_VALUES: [u8; 26] = [
    1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23,
];

/// The digit that a digit or an omocode letter stands for.
pub(super) fn digit_of(byte: u8) -> Option<u8> {
    if byte.is_ascii_digit() {
        return Some(byte);
    }
    let value = OMOCODE_LETTERS.iter().position(|letter| *letter == byte)?;
    u8::try_from(value).ok().map(|value| value + b'0')
}

/// Month 1 to 12 of a month letter.
pub(super) fn month_of(letter: u8) -> Option<u8> {
    let index = MONTH_LETTERS.iter().position(|known| *known == letter)?;
    u8::try_from(index).ok().map(|index| index + 1)
}

/// Check letter over the first 15 characters, which are upper-case letters or digits.
pub(super) fn check_letter(body: &[u8; 15]) -> u8 {
    let sum: u32 = body
        .iter()
        .enumerate()
        .map(|(index, byte)| check_value(index, *byte))
        .sum();
    b'A' + u8::try_from(sum % 26).unwrap_or_default()
}

/// Value of one character; places are counted from 1, so an even index is an odd place.
fn check_value(index: usize, byte: u8) -> u32 {
    let plain = if byte.is_ascii_digit() {
        byte - b'0'
    } else {
        byte.wrapping_sub(b'A')
    };
    let value = if index.is_multiple_of(2) {
        ODD_VALUES.get(usize::from(plain)).copied()
    } else {
        Some(plain)
    };
    u32::from(value.unwrap_or_default())
}
