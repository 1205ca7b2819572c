//! What a text is filled in with, and what becomes of words from outside.

use jiff::civil::Date;

/// An argument of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Arg<'a> {
    /// Words, made [`displayable`].
    Text(&'a str),
    /// A number.
    Number(u32),
    /// How many tries are left; `None` is unknown.
    Tries(Option<u8>),
    /// From the fewest to the most, such as `5-8`; one number when they are equal.
    Range(usize, usize),
    /// A day, written out in words.
    Date(Date),
}

/// Makes text from outside harmless on a display: control characters, line separators and those that change the
/// direction of text become `?`. Every [`Arg::Text`] is; what is shown without a text of ours needs it too.
#[must_use]
pub fn displayable(text: &str) -> String {
    text.chars()
        .map(|character| {
            if controls_display(character) {
                '?'
            } else {
                character
            }
        })
        .collect()
}

/// Whether a character controls a display, separates lines or changes the direction of text.
#[must_use]
pub fn controls_display(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{061C}' | '\u{200E}' | '\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outside_text_cannot_control_the_display() {
        assert_eq!(
            displayable("Lettore \u{1b}[2J\r\n\u{202E}01"),
            "Lettore ?[2J???01"
        );
        assert_eq!(displayable("Forlì 12, «è»"), "Forlì 12, «è»");
    }
}
