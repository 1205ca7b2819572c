//! What is kept of a file's content: how it is shaped, and nothing of it.
//!
//! Not here: reading the file.

use zeroize::Zeroizing;

/// How the bytes of a file begin. Of a certificate the container; of anything else only that it is something.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Shape {
    /// Filling only.
    Blank,
    /// A long DER object behind a header of so many bytes.
    Der(usize),
    /// Compressed by zlib.
    Zlib,
    /// The container of Bit4id.
    Bit4id,
    /// Anything else.
    Other,
}

/// Where DER may begin [cns §2.5].
const DER_AT: [usize; 3] = [0, 2, 5];

impl Shape {
    pub(super) fn of(content: &[u8]) -> Self {
        let is_filling = |byte: u8| content.iter().all(|known| *known == byte);
        if is_filling(0x00) || is_filling(0xFF) {
            return Self::Blank;
        }
        let is_der = |at: &usize| matches!(content.get(*at..), Some([0x30, 0x82, ..]));
        match content {
            [0x78, flags, ..] if (0x7800 | u16::from(*flags)).is_multiple_of(31) => Self::Zlib,
            [0x5A | 0x7A, ..] if content.len() > 256 => Self::Bit4id,
            _ => DER_AT
                .into_iter()
                .find(|at| is_der(at))
                .map_or(Self::Other, Self::Der),
        }
    }

    /// Whether it is one of the forms of a certificate.
    pub(super) fn is_certificate(self) -> bool {
        matches!(self, Self::Der(_) | Self::Zlib | Self::Bit4id)
    }
}

/// Who may read a file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Read {
    Always,
    Pin,
    Never,
}

impl Read {
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Always => "always",
            Self::Pin => "pin",
            Self::Never => "never",
        }
    }
}

/// What a file is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Kind {
    Folder,
    File {
        /// None where the card did not tell, and nobody may read it.
        size: Option<usize>,
        read: Read,
        shape: Shape,
    },
}

/// A file or folder of the card.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Node {
    /// As `1100/1101`.
    pub(super) path: String,
    pub(super) kind: Kind,
}

/// The bytes of a file while their shape is looked at.
pub(super) type Content = Zeroizing<Vec<u8>>;
