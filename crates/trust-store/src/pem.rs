//! Certificates or revocation lists out of a PEM file (RFC 7468), with text around them left aside.
//!
//! Other kinds of block are left aside too; a broken block of any kind is an error.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::Problem;

/// The DER content of every block with this label; `none` where there is not one.
pub(crate) fn blocks(bytes: &[u8], wanted: &str, none: Problem) -> Result<Vec<Vec<u8>>, Problem> {
    let text = std::str::from_utf8(bytes).map_err(|_| none)?;
    let mut found = Vec::new();
    let mut lines = text.lines().map(str::trim);
    let mut place = 0;
    while let Some(line) = lines.next() {
        let Some(label) = marker(line, "-----BEGIN ") else {
            continue;
        };
        place += 1;
        let mut content = String::new();
        loop {
            let line = lines.next().ok_or(Problem::Pem { place })?;
            match marker(line, "-----END ") {
                Some(end) if end == label => break,
                Some(_) => return Err(Problem::Pem { place }),
                None => content.push_str(line),
            }
        }
        if label == wanted {
            found.push(STANDARD.decode(content).map_err(|_| Problem::Pem { place })?);
        }
    }
    if found.is_empty() { Err(none) } else { Ok(found) }
}

/// The label between a marker's start and its dashes.
fn marker<'a>(line: &'a str, start: &str) -> Option<&'a str> {
    line.strip_prefix(start)?.strip_suffix("-----")
}
