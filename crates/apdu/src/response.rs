//! The response APDU: data and status word (ISO/IEC 7816-4 §5.1, §5.6).
//!
//! Not here: what a status word means to a given command; that is the driver's knowledge.

use core::fmt;

use zeroize::Zeroizing;

use crate::StatusWord;

/// An answer of fewer than two bytes, which readers give when a card is pulled out during a command.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("an answer of {0} bytes has no status word")]
pub struct ResponseTooShort(pub usize);

/// A response application protocol data unit. Its data is wiped on drop.
#[derive(Clone)]
pub struct ResponseApdu {
    data: Zeroizing<Vec<u8>>,
    status: StatusWord,
}

impl ResponseApdu {
    /// From parts, as a channel builds an answer out of several.
    #[must_use]
    pub fn new(data: Zeroizing<Vec<u8>>, status: StatusWord) -> Self {
        Self { data, status }
    }

    /// Splits bytes off the wire into data and status word.
    ///
    /// # Errors
    /// [`ResponseTooShort`] for zero or one byte.
    pub fn parse(bytes: &[u8]) -> Result<Self, ResponseTooShort> {
        match bytes.split_last_chunk::<2>() {
            Some((data, status)) => Ok(Self::new(
                Zeroizing::new(data.to_vec()),
                StatusWord::from(u16::from_be_bytes(*status)),
            )),
            None => Err(ResponseTooShort(bytes.len())),
        }
    }

    /// The data field, without the status word.
    #[must_use]
    pub fn data(&self) -> &[u8] {
        &self.data
    }

    /// The status word, exactly as the card gave it.
    #[must_use]
    pub fn status(&self) -> StatusWord {
        self.status
    }

    /// The bytes as a card sends them.
    #[must_use]
    pub fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        let mut bytes = Zeroizing::new(Vec::with_capacity(self.data.len() + 2));
        bytes.extend_from_slice(&self.data);
        bytes.extend_from_slice(&u16::from(self.status).to_be_bytes());
        bytes
    }
}

impl fmt::Debug for ResponseApdu {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} data bytes, {}", self.data.len(), self.status)
    }
}
