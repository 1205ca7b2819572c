//! Who asks for a login: the audience that a challenge is bound to, and the relying party's own nonce.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::AuthError;

/// Most bytes of an audience.
const AUDIENCE_LENGTH_MAX: usize = 255;

/// Who asks: the origin of a site (`https://servizi.example.it`), the name of a kiosk. Compared byte by byte.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Audience(String);

impl Audience {
    /// Reads 1 to 255 bytes of text without characters that control a display or its direction: a person is
    /// shown it when asked for the PIN.
    ///
    /// # Errors
    /// [`AuthError::AudienceInvalid`].
    pub fn parse(text: &str) -> Result<Self, AuthError> {
        let fits = (1..=AUDIENCE_LENGTH_MAX).contains(&text.len());
        if fits && !text.chars().any(controls_display) {
            Ok(Self(text.to_owned()))
        } else {
            Err(AuthError::AudienceInvalid)
        }
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Audience {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// Control characters, line separators, those that change the direction of text, and spaces of no width.
pub(crate) fn controls_display(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{061C}' | '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{2028}'..='\u{202E}'
                | '\u{2060}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}'
        )
}

/// Whether something of a text is to be seen where it is shown, and nothing of it controls the display.
pub(crate) fn is_seen(text: &str) -> bool {
    let is_blank = |character: char| {
        // Joiners, hyphens and fillers of no width have their place in a name, beside letters.
        character.is_whitespace()
            || matches!(
                character,
                '\u{AD}' | '\u{34F}' | '\u{115F}' | '\u{1160}' | '\u{180E}' | '\u{200C}' | '\u{200D}'
                    | '\u{2061}'..='\u{2064}' | '\u{2800}' | '\u{3164}' | '\u{FFA0}' | '\u{FE00}'..='\u{FE0F}'
            )
    };
    !text.chars().any(controls_display) && !text.chars().all(is_blank)
}

/// Fresh bytes of a relying party that does not trust this program's own: 16 to 64.
#[derive(Clone, PartialEq, Eq)]
pub struct Nonce(Vec<u8>);

impl Nonce {
    /// Takes 16 to 64 bytes.
    ///
    /// # Errors
    /// [`AuthError::NonceInvalid`].
    pub fn new(bytes: &[u8]) -> Result<Self, AuthError> {
        if (16..=64).contains(&bytes.len()) {
            Ok(Self(bytes.to_vec()))
        } else {
            Err(AuthError::NonceInvalid)
        }
    }

    /// Reads 16 to 64 bytes in canonical Base64 with padding (RFC 4648 §4).
    ///
    /// # Errors
    /// [`AuthError::NonceInvalid`].
    pub fn from_base64(text: &str) -> Result<Self, AuthError> {
        // Four characters for three bytes: nothing longer is a nonce.
        let decoded = Some(text).filter(|text| text.len() <= 88).and_then(decode);
        decoded
            .ok_or(AuthError::NonceInvalid)
            .and_then(|bytes| Self::new(&bytes))
    }

    /// The bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

/// The bytes of canonical Base64: padded, no bits left over, no line breaks (RFC 4648 §4).
pub(crate) fn decode(text: &str) -> Option<Vec<u8>> {
    let decoded = STANDARD.decode(text).ok()?;
    (STANDARD.encode(&decoded) == text).then_some(decoded)
}

/// Shows the length only.
impl fmt::Debug for Nonce {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Nonce({} bytes)", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_audience_is_printable_and_of_bounded_length() {
        for text in [
            "https://servizi.example.it",
            "chiosco 12, Forlì",
            "x",
            &"a".repeat(255),
        ] {
            assert_eq!(Audience::parse(text).unwrap().as_str(), text);
        }
        for text in [
            "",
            "a\nb",
            "a\0",
            "a\u{202E}b",
            "a\u{85}",
            "a\u{61C}b",
            "a\u{200B}b",
            "a\u{2060}b",
            "\u{FEFF}a",
            &"a".repeat(256),
            &"ì".repeat(128),
        ] {
            assert_eq!(Audience::parse(text), Err(AuthError::AudienceInvalid));
        }
    }

    #[test]
    fn a_text_of_which_nothing_is_to_be_seen_is_none() {
        for text in [
            "",
            " ",
            "\u{A0}\u{3000}",
            "\u{200B}",
            " \u{200D}",
            "\u{AD}",
            "\u{3164}",
        ] {
            assert!(!is_seen(text), "{text:?}");
        }
        for text in ["D'Amànzio", "Ne\u{AD}ri", "Li 李", "O", "-"] {
            assert!(is_seen(text), "{text:?}");
        }
    }

    #[test]
    fn a_nonce_is_16_to_64_bytes_and_does_not_print() {
        for length in [16, 64] {
            assert_eq!(Nonce::new(&vec![0xAB; length]).unwrap().as_bytes().len(), length);
        }
        for length in [0, 15, 65] {
            assert_eq!(Nonce::new(&vec![0xAB; length]), Err(AuthError::NonceInvalid));
        }
        let read = Nonce::from_base64("q6urq6urq6urq6urq6urqw==");
        assert_eq!(read, Nonce::new(&[0xAB; 16]));
        for text in [
            "",
            "q6urq6urq6urq6urq6urqw",
            "q6urq6urq6urq6urq6urqx==",
            "q6urq6ur q6urq6urq6urqw==",
        ] {
            assert_eq!(Nonce::from_base64(text), Err(AuthError::NonceInvalid));
        }
        assert_eq!(
            format!("{:?}", Nonce::new(&[0xAB; 16]).unwrap()),
            "Nonce(16 bytes)"
        );
    }
}
