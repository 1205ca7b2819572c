//! The lines of a trace: read from JSON, bounded, and written.
//!
//! docs/traces.md has both formats. What is written is redacted, and was taken at a reader that is not known.
//!
//! Not here: files, and whether what was said makes sense.

use std::borrow::Cow;
use std::io::{self, Write};

use varco_apdu::StatusWord;
use varco_card::trace::{Capture, Data, FORMAT, Line};

use crate::decode::name;
use crate::hex;
use crate::said::{Answer, Exchange, Field, Said};

/// The longest trace.
pub const TRACE_MAX_BYTES: usize = 256 << 20;
/// The longest line.
pub const LINE_MAX_BYTES: usize = 1 << 20;
/// The most lines: of as many commands as a log may have, with their answers.
pub const LINES_MAX: usize = 400_001;
/// The longest data field of a command or an answer.
const FIELD_MAX_BYTES: usize = 65_536;
/// The formats that are understood; the last one is written.
const FORMATS: [u32; 2] = [1, FORMAT];

/// Why a trace was not taken, and where.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("line {line}: {what}")]
pub struct ReadError {
    /// Counted from 1.
    pub line: usize,
    /// In English.
    pub what: String,
}

/// Reads a trace.
///
/// # Errors
/// [`ReadError`] with the first line that is not of the format, or is more than a trace may have.
pub fn read(text: &[u8]) -> Result<Vec<Said>, ReadError> {
    let mut said: Vec<Said> = Vec::new();
    each(text, |line, _| take(line, &mut said))?;
    Ok(said)
}

/// Reads a trace as it stands there: its lines, with their numbers. Each is one that [`read`] takes.
///
/// # Errors
/// As [`read`].
pub fn numbered(text: &[u8]) -> Result<Vec<(usize, Line)>, ReadError> {
    let (mut lines, mut said) = (Vec::new(), Vec::new());
    each(text, |line, number| {
        take(line.clone(), &mut said)?;
        lines.push((number, line));
        Ok(())
    })?;
    Ok(lines)
}

fn each(text: &[u8], mut take: impl FnMut(Line, usize) -> Result<(), &'static str>) -> Result<(), ReadError> {
    let wrong = |line, what: &str| ReadError {
        line,
        what: what.to_owned(),
    };
    if text.len() > TRACE_MAX_BYTES {
        return Err(wrong(1, "the trace is too long"));
    }
    let mut is_empty = true;
    for (line, number) in text.split(|byte| *byte == b'\n').zip(1..) {
        if line.trim_ascii().is_empty() {
            continue;
        }
        if line.len() > LINE_MAX_BYTES || number > LINES_MAX {
            return Err(wrong(
                number,
                "the line, or their number, is more than a trace has",
            ));
        }
        let line: Line = serde_json::from_slice(line).map_err(|error| ReadError {
            line: number,
            // Without the text that it stumbled on: that may be data.
            what: format!(
                "not an event of a trace ({:?}, column {})",
                error.classify(),
                error.column()
            ),
        })?;
        take(line, number).map_err(|what| wrong(number, what))?;
        is_empty = false;
    }
    if is_empty {
        return Err(wrong(1, "nothing is in the trace"));
    }
    Ok(())
}

fn take(line: Line, said: &mut Vec<Said>) -> Result<(), &'static str> {
    if said.is_empty() && !matches!(line, Line::Connect { .. }) {
        return Err("a trace begins with the event `connect`");
    }
    let one = match line {
        Line::Connect {
            format, at_us, atr, ..
        } => {
            if !FORMATS.contains(&format) {
                return Err("another format of traces than 1 and 2");
            }
            let atr = unhex(&atr).filter(|atr| atr.len() <= 33);
            Said::Connect {
                at_us,
                atr: atr.ok_or("`atr` is no answer to reset")?,
            }
        }
        Line::Command {
            at_us,
            header,
            data,
            expected,
            apdu,
            secured,
            ..
        } => {
            if secured && apdu.is_some() {
                return Err("what is `secured` stands there as it was meant, and has no `apdu`");
            }
            if apdu.is_some_and(|apdu| unhex(&apdu).is_none()) {
                return Err("`apdu` is not in hexadecimal");
            }
            if expected.is_some_and(|expected| !(1..=65_536).contains(&expected)) {
                return Err("`expected` is no length that a command can ask for");
            }
            Said::Exchange(Exchange {
                at_us,
                header: four(&header)?,
                data: field(data)?,
                expected,
                secured,
                by_pad: false,
                answer: Answer::Cut,
            })
        }
        Line::PadEntry { at_us, header, .. } => Said::Exchange(Exchange {
            at_us,
            header: four(&header)?,
            data: Field::empty(),
            expected: None,
            secured: false,
            by_pad: true,
            answer: Answer::Cut,
        }),
        Line::Response { at_us, data, status } => {
            let status = status_word(&status)?;
            let data = field(data)?;
            return answered(said, Answer::Given { at_us, data, status });
        }
        Line::NoAnswer { at_us, code, status } => {
            let code = code.into_owned();
            let status = status.as_deref().map(status_word).transpose()?;
            return answered(said, Answer::Missing { at_us, code, status });
        }
        Line::Reset { at_us } => Said::Reset { at_us },
        Line::Removed { at_us } => Said::Removed { at_us },
        Line::Control { at_us, what } => Said::Control {
            at_us,
            what: what.into_owned(),
        },
    };
    said.push(one);
    Ok(())
}

fn status_word(status: &str) -> Result<StatusWord, &'static str> {
    match unhex(status).as_deref() {
        Some([high, low]) => Ok(StatusWord::from(u16::from_be_bytes([*high, *low]))),
        _ => Err("`status` is no status word"),
    }
}

/// An answer belongs to the last command that has none, whatever happened at the reader meanwhile.
fn answered(said: &mut [Said], answer: Answer) -> Result<(), &'static str> {
    let asked = said.iter_mut().rev().take(3).find_map(|said| match said {
        Said::Exchange(exchange) => Some(exchange),
        _ => None,
    });
    match asked {
        Some(exchange) if exchange.answer == Answer::Cut => {
            exchange.answer = answer;
            Ok(())
        }
        _ => Err("an answer without a command"),
    }
}

fn four(header: &str) -> Result<[u8; 4], &'static str> {
    unhex(header)
        .and_then(|bytes| bytes.try_into().ok())
        .ok_or("`header` is not four bytes")
}

/// What a data field says.
///
/// # Errors
/// What is wrong with it.
pub fn field(data: Data) -> Result<Field, &'static str> {
    if data.length_bytes > FIELD_MAX_BYTES {
        return Err("`length_bytes` is more than a command or an answer can have");
    }
    match (data.hex, data.redacted) {
        (Some(hex), None) => {
            let bytes = unhex(&hex).filter(|bytes| bytes.len() == data.length_bytes);
            Ok(Field::Known(
                bytes.ok_or("`hex` does not have `length_bytes` bytes")?,
            ))
        }
        (None, Some(kind)) if !matches!(&*kind, "personal" | "secret") => {
            Err("`redacted` is neither `personal` nor `secret`")
        }
        (None, Some(kind)) if kind == "secret" && data.label.is_some() => Err("a secret has no `label`"),
        (None, Some(kind)) => Ok(Field::Withheld {
            length_bytes: data.length_bytes,
            kind: kind.into_owned(),
            label: data.label,
        }),
        _ => Err("data has either `hex` or `redacted`"),
    }
}

/// Bytes of hexadecimal digits; none where it is something else.
#[must_use]
pub fn unhex(text: &str) -> Option<Vec<u8>> {
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    let digit = |character: u8| char::from(character).to_digit(16);
    let byte = |[high, low]: &[u8; 2]| u8::try_from(digit(*high)? << 4 | digit(*low)?).ok();
    rest.is_empty().then(|| pairs.iter().map(byte).collect())?
}

/// Writes a trace in format 2.
///
/// # Errors
/// The sink's.
pub fn write(said: &[Said], out: &mut dyn Write) -> io::Result<()> {
    for one in said {
        match one {
            Said::Connect { at_us, atr } => put(
                out,
                &Line::Connect {
                    format: FORMAT,
                    at_us: *at_us,
                    capture: Capture::Redacted,
                    reader: Cow::Borrowed("other"),
                    atr: hex(atr),
                    recipe: None,
                },
            )?,
            Said::Exchange(exchange) => put_exchange(out, exchange)?,
            Said::Reset { at_us } => put(out, &Line::Reset { at_us: *at_us })?,
            Said::Removed { at_us } => put(out, &Line::Removed { at_us: *at_us })?,
            Said::Control { at_us, what } => put(
                out,
                &Line::Control {
                    at_us: *at_us,
                    what: Cow::Owned(what.clone()),
                },
            )?,
        }
    }
    Ok(())
}

fn put_exchange(out: &mut dyn Write, exchange: &Exchange) -> io::Result<()> {
    let at_us = exchange.at_us;
    let name = Cow::Borrowed(name(exchange.ins()).unwrap_or("command"));
    let header = hex(&exchange.header);
    put(
        out,
        &if exchange.by_pad {
            Line::PadEntry { at_us, name, header }
        } else {
            Line::Command {
                at_us,
                name,
                header,
                data: written(&exchange.data),
                expected: exchange.expected,
                apdu: None,
                secured: exchange.secured,
            }
        },
    )?;
    match &exchange.answer {
        Answer::Given { at_us, data, status } => put(
            out,
            &Line::Response {
                at_us: *at_us,
                data: written(data),
                status: status.to_string(),
            },
        ),
        Answer::Missing { at_us, code, status } => put(
            out,
            &Line::NoAnswer {
                at_us: *at_us,
                code: Cow::Owned(code.clone()),
                status: status.map(|status| status.to_string()),
            },
        ),
        Answer::Cut => Ok(()),
    }
}

fn written(field: &Field) -> Data {
    match field {
        Field::Known(bytes) => Data::known(bytes),
        Field::Withheld {
            length_bytes,
            kind,
            label,
        } => Data {
            length_bytes: *length_bytes,
            hex: None,
            redacted: Some(Cow::Owned(kind.clone())),
            label: label.clone(),
        },
    }
}

fn put(out: &mut dyn Write, line: &Line) -> io::Result<()> {
    let mut text = serde_json::to_vec(line)?;
    text.push(b'\n');
    out.write_all(&text)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "test code")]
mod tests {
    use super::*;

    const TRACE: &str = r#"{"event":"connect","format":2,"at_us":0,"capture":"redacted","reader":"other","atr":"3B00"}
{"event":"command","at_us":1,"name":"SELECT","header":"00A4080C","data":{"length_bytes":2,"hex":"3F00"},"expected":null}
{"event":"response","at_us":2,"data":{"length_bytes":0,"hex":""},"status":"9000"}
{"event":"command","at_us":3,"name":"VERIFY","header":"00200090","data":{"length_bytes":8,"redacted":"secret"},"expected":null}
{"event":"no-answer","at_us":4,"code":"card-removed"}
{"event":"pad-entry","at_us":5,"name":"VERIFY","header":"00200090"}
{"event":"reset","at_us":6}
{"event":"removed","at_us":7}
{"event":"control","at_us":8,"what":"insert"}
{"event":"command","at_us":9,"name":"GET CHALLENGE","header":"00840000","data":{"length_bytes":0,"hex":""},"expected":8,"secured":true}
{"event":"no-answer","at_us":10,"code":"secure-channel","status":"6988"}
"#;

    #[test]
    fn a_trace_is_read_and_written_as_it_was() {
        let said = read(TRACE.as_bytes()).unwrap();
        assert_eq!(said.len(), 8);
        let mut out = Vec::new();
        write(&said, &mut out).unwrap();
        assert_eq!(String::from_utf8(out).unwrap(), TRACE);
    }

    #[test]
    fn what_is_no_trace_is_refused_with_its_line() {
        for (from, to, line) in [
            (r#""format":2"#, r#""format":3"#, 1),
            (r#""3F00""#, r#""3F""#, 2),
            ("00A4080C", "00A408", 2),
            ("9000", "90", 3),
            (r#""length_bytes":8"#, r#""length_bytes":65537"#, 4),
            (r#""redacted":"secret""#, r#""hex":"00""#, 4),
            (r#""redacted":"secret""#, r#""redacted":"public""#, 4),
            (r#""redacted":"secret""#, r#""redacted":"secret","label":"1""#, 4),
            ("no-answer", "answer", 5),
            ("connect", "reset", 1),
            (r#""secured":true"#, r#""secured":true,"apdu":"0084000008""#, 10),
            (r#""status":"6988""#, r#""status":"69""#, 11),
            (
                r#"{"event":"reset","at_us":6}"#,
                r#"{"event":"no-answer","at_us":6,"code":"x"}
{"event":"no-answer","at_us":6,"code":"x"}"#,
                8,
            ),
        ] {
            let text = TRACE.replacen(from, to, 1);
            assert_ne!(text, TRACE);
            assert_eq!(read(text.as_bytes()).unwrap_err().line, line, "{from}");
        }
        assert_eq!(read(b"").unwrap_err().line, 1);
    }
}
