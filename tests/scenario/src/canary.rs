//! Looks for secrets in whatever a program lets out, in the forms in which secrets usually leak.
//!
//! Not here: what is let out.

use base64::{Engine as _, engine::general_purpose::STANDARD_NO_PAD};

/// Every form of a secret that is looked for: as it is, hexadecimal in both cases, with and without blanks, decimal
/// as `Debug` prints bytes, and base64 at each of the three alignments.
#[must_use]
pub fn forms(secret: &[u8]) -> Vec<Vec<u8>> {
    let join = |separator: &str, format: &dyn Fn(&u8) -> String| {
        secret.iter().map(format).collect::<Vec<_>>().join(separator)
    };
    let mut forms = vec![
        secret.to_vec(),
        secret.to_ascii_lowercase(),
        secret.to_ascii_uppercase(),
    ];
    for separator in ["", " ", ":", ", "] {
        forms.push(join(separator, &|b| format!("{b:02x}")).into_bytes());
        forms.push(join(separator, &|b| format!("{b:02X}")).into_bytes());
    }
    for separator in [", ", ",", " "] {
        forms.push(join(separator, &|b| b.to_string()).into_bytes());
    }
    for lead in 0..3_usize {
        let mut shifted = vec![0; lead];
        shifted.extend_from_slice(secret);
        let text = STANDARD_NO_PAD.encode(&shifted);
        // Only the digits that depend on the secret alone.
        let first = (lead * 8).div_ceil(6);
        let last = (shifted.len() * 8) / 6;
        forms.push(text.as_bytes().get(first..last).unwrap_or_default().to_vec());
    }
    forms.sort();
    forms.dedup();
    forms
}

/// How many forms of these secrets stand in the text.
#[must_use]
pub fn hits(secrets: &[&[u8]], text: &[u8]) -> usize {
    secrets
        .iter()
        .flat_map(|secret| forms(secret))
        .filter(|form| !form.is_empty() && text.windows(form.len()).any(|window| window == form))
        .count()
}

/// The name of a shape, and its bytes.
pub type Shape = (String, Vec<u8>);

/// In which shapes a PIN of digits, an even number of them, may stand in memory: those of [`forms`], numbers, wide characters,
/// pairs of digits.
#[must_use]
pub fn shapes(pin: &str) -> Vec<Shape> {
    let ascii = pin.as_bytes();
    let number: u32 = pin.parse().unwrap();
    let reversed: Vec<u8> = ascii.iter().rev().copied().collect();
    let nibbles = |digits: &[u8]| -> Vec<u8> {
        let pair = |pair: &[u8]| pair.iter().fold(0, |byte, digit| (byte << 4) | (digit - b'0'));
        digits.chunks(2).map(pair).collect()
    };
    let utf16 = |order: fn(u16) -> [u8; 2]| pin.encode_utf16().flat_map(order).collect::<Vec<u8>>();
    let utf32 = ascii
        .iter()
        .flat_map(|byte| u32::from(*byte).to_le_bytes())
        .collect();
    let mut shapes = vec![
        ("BCD".to_owned(), nibbles(ascii)),
        ("BCD reversed".to_owned(), nibbles(&reversed)),
        ("reversed".to_owned(), reversed.clone()),
        (
            "digits".to_owned(),
            ascii.iter().map(|byte| byte - b'0').collect(),
        ),
        ("UTF-16 LE".to_owned(), utf16(u16::to_le_bytes)),
        ("UTF-16 BE".to_owned(), utf16(u16::to_be_bytes)),
        ("UTF-32 LE".to_owned(), utf32),
        ("u32 LE".to_owned(), number.to_le_bytes().to_vec()),
        ("u32 BE".to_owned(), number.to_be_bytes().to_vec()),
        ("u64 LE".to_owned(), u64::from(number).to_le_bytes().to_vec()),
        ("u64 BE".to_owned(), u64::from(number).to_be_bytes().to_vec()),
    ];
    // As it is, hexadecimal, decimal, base64.
    for (index, form) in forms(ascii).into_iter().enumerate() {
        shapes.push((format!("text {index}"), form));
    }
    shapes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_found_in_each_form_it_could_leak_in() {
        let secret = b"48151623";
        for leak in [
            format!("{secret:?}"),
            "3438313531363233".to_owned(),
            "34 38 31 35 31 36 32 33".to_owned(),
            STANDARD_NO_PAD.encode(secret),
            STANDARD_NO_PAD.encode(b"x48151623xx"),
            STANDARD_NO_PAD.encode(b"xy48151623"),
            "pin=48151623!".to_owned(),
        ] {
            assert!(hits(&[secret], leak.as_bytes()) > 0, "{leak}");
        }
        assert_eq!(hits(&[secret], b"48151624"), 0);
    }
}
