//! An answer to reset in short: convention, protocols, historical bytes, and what is known of whose it is.
//!
//! Not here: recognition of a card, which is its driver's.

use varco_apdu::Atr;

use crate::hex;

/// What an answer to reset tells (ISO/IEC 7816-3 §8).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AtrSummary {
    /// All bytes in hexadecimal.
    pub hex: String,
    /// The historical bytes in hexadecimal; `None` where the structure does not hold.
    pub historical: Option<String>,
    /// The same where they are printable; other bytes as points.
    pub printable: Option<String>,
    /// Whether T=0 alone is offered; `None` for bytes that are no ATR.
    pub only_t0: Option<bool>,
    /// Whether it is of the form that a contactless reader makes (PC/SC part 3 §3.1.3.2.3).
    pub is_contactless: bool,
    /// Whether it carries the label of a CNS [cns §1.1].
    pub is_cns: bool,
}

/// Reads it.
#[must_use]
pub fn summary(bytes: &[u8]) -> AtrSummary {
    let atr = Atr::new(bytes).ok();
    let historical = atr.as_ref().and_then(Atr::historical_bytes);
    AtrSummary {
        hex: hex(bytes),
        historical: historical.map(hex),
        printable: historical.map(|bytes| {
            bytes
                .iter()
                .map(|byte| match byte {
                    0x20..=0x7E => char::from(*byte),
                    _ => '.',
                })
                .collect()
        }),
        only_t0: atr.as_ref().map(Atr::offers_only_t0),
        is_contactless: matches!(bytes, [0x3B, second, 0x80, 0x01, ..] if second & 0xF0 == 0x80),
        is_cns: historical.is_some_and(|bytes| bytes.get(9..12) == Some(b"CNS")),
    }
}
