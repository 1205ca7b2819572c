//! Lines of a log, and the hexadecimal in them.
//!
//! Not here: what they mean.

use zeroize::Zeroizing;

use super::{ImportError, LINE_MAX_BYTES};

/// The longest command: four bytes of header, two extended lengths of three, 65,535 of data.
pub(super) const APDU_MAX_BYTES: usize = 65_546;

/// The lines with their numbers from 1, without what colours them.
pub(super) fn lines(
    log: &[u8],
) -> impl Iterator<Item = Result<(usize, Zeroizing<Vec<u8>>), ImportError>> + '_ {
    log.split(|byte| *byte == b'\n').zip(1..).map(|(line, number)| {
        if line.len() > LINE_MAX_BYTES {
            return Err(ImportError::LineTooLong { line: number });
        }
        Ok((number, plain(line)))
    })
}

/// Without escape sequences that colour a terminal, and without the carriage return at the end.
fn plain(line: &[u8]) -> Zeroizing<Vec<u8>> {
    let mut out = Zeroizing::new(Vec::with_capacity(line.len()));
    let mut rest = line.strip_suffix(b"\r").unwrap_or(line);
    while let Some((byte, after)) = rest.split_first() {
        rest = after;
        match (*byte, after) {
            (0x1B, [b'[', sequence @ ..]) => {
                let end = sequence.iter().position(|byte| (0x40..=0x7E).contains(byte));
                rest = end.and_then(|end| sequence.get(end + 1..)).unwrap_or_default();
            }
            (byte, _) => out.push(byte),
        }
    }
    out
}

/// What stands behind the first place of these words.
pub(super) fn after<'l>(line: &'l [u8], words: &[u8]) -> Option<&'l [u8]> {
    let at = line.windows(words.len()).position(|window| window == words)?;
    line.get(at + words.len()..)
}

/// What stands before the first place of these words.
pub(super) fn before<'l>(line: &'l [u8], words: &[u8]) -> Option<&'l [u8]> {
    let at = line.windows(words.len()).position(|window| window == words)?;
    line.get(..at)
}

/// Pairs of digits with one of these between them, and nothing else; `None` for anything else and for none at all.
pub(super) fn bytes(text: &[u8], between: u8) -> Option<Zeroizing<Vec<u8>>> {
    let text = text.trim_ascii();
    // Reserved at once: a growing vector would leave copies of a PIN behind.
    let mut out = Zeroizing::new(Vec::with_capacity(text.len() / 3 + 1));
    for pair in text.split(|byte| *byte == between) {
        out.push(byte(pair)?);
    }
    (out.len() <= APDU_MAX_BYTES).then_some(out)
}

/// Two hexadecimal digits.
pub(super) fn byte(pair: &[u8]) -> Option<u8> {
    match pair {
        [high, low] => Some(digit(*high)? << 4 | digit(*low)?),
        _ => None,
    }
}

fn digit(character: u8) -> Option<u8> {
    char::from(character)
        .to_digit(16)
        .and_then(|digit| u8::try_from(digit).ok())
}
