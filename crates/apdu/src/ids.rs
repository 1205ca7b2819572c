//! Names of files and applications on a card (ISO/IEC 7816-4 §7.3, §12.2).

use core::fmt;

/// A two-byte file identifier.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FileId(pub u16);

impl FileId {
    /// 3F00, the master file.
    pub const MASTER_FILE: Self = Self(0x3F00);

    /// The two bytes as they stand in SELECT.
    #[must_use]
    pub fn to_bytes(self) -> [u8; 2] {
        self.0.to_be_bytes()
    }
}

impl fmt::Debug for FileId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04X}", self.0)
    }
}

impl fmt::Display for FileId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04X}", self.0)
    }
}

/// An application identifier of 5 to 16 bytes.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Aid(Vec<u8>);

/// Bytes that cannot be an application identifier.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("an application identifier has 5 to 16 bytes, not {0}")]
pub struct AidError(pub usize);

impl Aid {
    /// Checks the length and takes the bytes.
    ///
    /// # Errors
    /// [`AidError`] outside 5 to 16 bytes.
    pub fn new(bytes: &[u8]) -> Result<Self, AidError> {
        if (5..=16).contains(&bytes.len()) {
            Ok(Self(bytes.to_vec()))
        } else {
            Err(AidError(bytes.len()))
        }
    }

    /// The bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Aid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02X}"))
    }
}
