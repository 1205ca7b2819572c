//! A trace as a capture file that Wireshark decodes: pcapng, link type 252, dissector `iso7816`.
//!
//! A packet is an exported PDU: tags that name the dissector (12) and the direction (35), then the bytes. Without the direction the
//! dissector shows bytes alone. Redacted bytes are zeros of the same number, and the packet's comment says so.
//!
//! Not here: reading such a file.

use std::io::{self, Write};

use varco_apdu::{CommandApdu, EncodeError, LengthForm};

use crate::said::{Answer, Exchange, Field, Said};

#[cfg(test)]
mod tests;

const SECTION_HEADER: u32 = 0x0A0D_0D0A;
const INTERFACE_DESCRIPTION: u32 = 1;
const ENHANCED_PACKET: u32 = 6;
const BYTE_ORDER_MAGIC: u32 = 0x1A2B_3C4D;
/// Packets that an analyser takes apart by the tags before them (LINKTYPE_WIRESHARK_UPPER_PDU).
const LINK_TYPE: u16 = 252;
const OPTION_END: u16 = 0;
const OPTION_COMMENT: u16 = 1;
/// Of the section: which program wrote it.
const OPTION_APPLICATION: u16 = 4;
/// Of the interface: its name.
const OPTION_NAME: u16 = 2;
/// Of the interface: units of time, as the power of ten under the second.
const OPTION_RESOLUTION: u16 = 9;

const TAG_END: u16 = 0;
const TAG_DISSECTOR: u16 = 12;
const TAG_DIRECTION: u16 = 35;

const APDU: &[u8] = b"iso7816";
const ATR: &[u8] = b"iso7816.atr";

/// Which way a packet went.
#[derive(Clone, Copy)]
enum Direction {
    ToCard = 0,
    FromCard = 1,
}

/// Why nothing, or not all, was written.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The sink did not take it.
    #[error("the capture cannot be written: {0}")]
    Write(#[from] io::Error),
    /// A command of the trace is longer than a command can be.
    #[error("the command at {at_us} microseconds is no command: {source}")]
    Command {
        /// When it was said.
        at_us: u64,
        /// Why it is none.
        source: EncodeError,
    },
    /// An answer of the trace is longer than an answer can be.
    #[error("the answer at {at_us} microseconds has {length_bytes} bytes, more than an answer can have")]
    Answer {
        /// When it was said.
        at_us: u64,
        /// How long it would be.
        length_bytes: usize,
    },
}

/// The most comments of a packet, and the most characters of one: a trace has no bound for either.
const COMMENTS_MAX: usize = 64;
const COMMENT_MAX: usize = 1_024;

/// The longest data field of an answer (ISO/IEC 7816-4 §5.1).
const ANSWER_MAX_BYTES: usize = 65_536;

/// Writes a capture.
///
/// `start_us` is the instant at which the trace began, in microseconds since 1970; what the trace tells of time is added to it.
///
/// # Errors
/// [`ExportError`]; what was written before stays written.
pub fn write(said: &[Said], start_us: u64, out: &mut dyn Write) -> Result<(), ExportError> {
    out.write_all(&block(SECTION_HEADER, &section()))?;
    out.write_all(&block(INTERFACE_DESCRIPTION, &interface()))?;
    let mut packets = Packets {
        start_us,
        out,
        held: None,
        before: Vec::new(),
    };
    for one in said {
        match one {
            Said::Connect { at_us, atr } if !atr.is_empty() => {
                packets.next(*at_us, pdu(ATR, Direction::FromCard, atr))?;
                packets.tell("a conversation with the card begins");
            }
            Said::Connect { .. } => packets.tell("after this, a conversation with the card begins"),
            Said::Exchange(exchange) => packets.exchange(exchange)?,
            Said::Reset { .. } => packets.tell("after this, the card was reset"),
            Said::Removed { .. } => packets.tell("after this, the card left"),
            Said::Control { what, .. } => packets.tell(&format!("after this, at the reader: {what}")),
        }
    }
    packets.flush()
}

/// Packets on their way out. The last one waits for what is to be said of it.
struct Packets<'o> {
    start_us: u64,
    out: &'o mut dyn Write,
    held: Option<(u64, Vec<u8>, Vec<String>)>,
    /// What was said before there was any packet.
    before: Vec<String>,
}

impl Packets<'_> {
    fn next(&mut self, at_us: u64, payload: Vec<u8>) -> Result<(), ExportError> {
        self.flush()?;
        let at_us = self.start_us.saturating_add(at_us);
        self.held = Some((at_us, payload, std::mem::take(&mut self.before)));
        Ok(())
    }

    fn tell(&mut self, what: &str) {
        let comments = match &mut self.held {
            Some((_, _, comments)) => comments,
            None => &mut self.before,
        };
        match comments.len() {
            COMMENTS_MAX => comments.push("and more".to_owned()),
            0..COMMENTS_MAX => comments.push(what.chars().take(COMMENT_MAX).collect()),
            _ => {}
        }
    }

    fn exchange(&mut self, exchange: &Exchange) -> Result<(), ExportError> {
        let (bytes, told) = command(exchange)?;
        self.next(exchange.at_us, pdu(APDU, Direction::ToCard, &bytes))?;
        if exchange.secured {
            self.tell("went under secure messaging: command and answer are those within");
        }
        told.iter().for_each(|told| self.tell(told));
        match &exchange.answer {
            Answer::Given { at_us, data, status } => {
                if data.length_bytes() > ANSWER_MAX_BYTES {
                    return Err(ExportError::Answer {
                        at_us: *at_us,
                        length_bytes: data.length_bytes(),
                    });
                }
                let (mut bytes, told) = shown(data, "answer");
                bytes.extend(u16::from(*status).to_be_bytes());
                self.next(*at_us, pdu(APDU, Direction::FromCard, &bytes))?;
                told.iter().for_each(|told| self.tell(told));
            }
            Answer::Missing { code, status, .. } => {
                let outside = status.map_or(String::new(), |status| {
                    format!(", {status} outside secure messaging")
                });
                self.tell(&format!("to this, no answer came: {code}{outside}"));
            }
            Answer::Cut => self.tell("to this, the trace has no answer"),
        }
        Ok(())
    }

    fn flush(&mut self) -> Result<(), ExportError> {
        if let Some((at_us, payload, comments)) = self.held.take() {
            self.out.write_all(&packet(at_us, &payload, &comments))?;
        }
        Ok(())
    }
}

/// The bytes of a command, and what is to be said of them.
fn command(exchange: &Exchange) -> Result<(Vec<u8>, Option<String>), ExportError> {
    let [cla, ins, p1, p2] = exchange.header;
    let (data, told) = shown(&exchange.data, "command");
    let told = if exchange.by_pad {
        Some("typed at the reader's own keys: the data field is not known".to_owned())
    } else {
        told
    };
    let mut apdu = CommandApdu::new(cla, ins, p1, p2).with_data(&data);
    if let Some(expected) = exchange.expected {
        apdu = apdu.expecting(expected);
    }
    // The short form where it holds the command, else the extended one.
    let bytes = apdu
        .encode(LengthForm::Short)
        .or_else(|_| apdu.encode(LengthForm::Extended))
        .map_err(|source| ExportError::Command {
            at_us: exchange.at_us,
            source,
        })?;
    Ok((bytes.to_vec(), told))
}

/// The bytes of a field, zeros for redacted ones, and what is to be said of that.
fn shown(field: &Field, whose: &str) -> (Vec<u8>, Option<String>) {
    match field {
        Field::Known(bytes) => (bytes.clone(), None),
        Field::Withheld {
            length_bytes,
            kind,
            label,
        } => {
            let label = label.as_deref().unwrap_or("no label");
            (
                // A longer one is refused by whoever asked for this.
                vec![0; (*length_bytes).min(ANSWER_MAX_BYTES)],
                Some(format!(
                    "redacted: the {length_bytes} data bytes of this {whose} are zeros here ({kind}, {label})"
                )),
            )
        }
    }
}

fn pdu(dissector: &[u8], direction: Direction, bytes: &[u8]) -> Vec<u8> {
    let mut payload = Vec::new();
    // Tags are in network order, whatever the file's own order is.
    let mut tag = |number: u16, value: &[u8]| {
        let length = value.len().next_multiple_of(4);
        payload.extend(number.to_be_bytes());
        payload.extend(u16::try_from(length).unwrap_or_default().to_be_bytes());
        payload.extend(value);
        payload.resize(payload.len().next_multiple_of(4), 0);
    };
    tag(TAG_DISSECTOR, dissector);
    tag(TAG_DIRECTION, &(direction as u32).to_be_bytes());
    tag(TAG_END, &[]);
    payload.extend(bytes);
    payload
}

fn section() -> Vec<u8> {
    let mut body = Vec::new();
    body.extend(BYTE_ORDER_MAGIC.to_le_bytes());
    // Version 1.0, of a length that is not told.
    body.extend(1_u16.to_le_bytes());
    body.extend(0_u16.to_le_bytes());
    body.extend(u64::MAX.to_le_bytes());
    option(&mut body, OPTION_APPLICATION, b"varco");
    option(&mut body, OPTION_END, &[]);
    body
}

fn interface() -> Vec<u8> {
    let mut body = Vec::new();
    body.extend(LINK_TYPE.to_le_bytes());
    body.extend(0_u16.to_le_bytes());
    // No limit to a packet.
    body.extend(0_u32.to_le_bytes());
    option(&mut body, OPTION_NAME, b"card");
    option(&mut body, OPTION_RESOLUTION, &[6]);
    option(&mut body, OPTION_END, &[]);
    body
}

fn packet(at_us: u64, payload: &[u8], comments: &[String]) -> Vec<u8> {
    let mut body = Vec::new();
    let [a, b, c, d, e, f, g, h] = at_us.to_le_bytes();
    let length = u32::try_from(payload.len()).unwrap_or(u32::MAX);
    body.extend(0_u32.to_le_bytes());
    body.extend([e, f, g, h]);
    body.extend([a, b, c, d]);
    body.extend(length.to_le_bytes());
    body.extend(length.to_le_bytes());
    body.extend(payload);
    body.resize(body.len().next_multiple_of(4), 0);
    for comment in comments {
        option(&mut body, OPTION_COMMENT, comment.as_bytes());
    }
    if !comments.is_empty() {
        option(&mut body, OPTION_END, &[]);
    }
    block(ENHANCED_PACKET, &body)
}

fn option(body: &mut Vec<u8>, number: u16, value: &[u8]) {
    body.extend(number.to_le_bytes());
    body.extend(u16::try_from(value.len()).unwrap_or_default().to_le_bytes());
    body.extend(value);
    body.resize(body.len().next_multiple_of(4), 0);
}

fn block(kind: u32, body: &[u8]) -> Vec<u8> {
    // Type, length, body, length.
    let length = u32::try_from(body.len() + 12).unwrap_or(u32::MAX);
    let mut block = Vec::with_capacity(body.len() + 12);
    block.extend(kind.to_le_bytes());
    block.extend(length.to_le_bytes());
    block.extend(body);
    block.extend(length.to_le_bytes());
    block
}
