//! How large and how deep a policy's text may be: the parser of Cedar recurses over it, and would end the process.
//!
//! Not here: what the text says.

use crate::{Place, PolicyError};

/// Most bytes of one policy, its annotations included.
const POLICY_LENGTH_MAX: usize = 8 * 1024;
/// Most brackets within brackets.
const NESTING_MAX: usize = 24;
/// Most `if` in one policy: they nest without brackets.
const CONDITIONS_MAX: usize = 24;

/// What is being looked at.
#[derive(Clone, Copy, PartialEq, Eq)]
enum In {
    Code,
    Text,
    Escape,
    Comment,
}

/// Refuses what is too deep or too large, with its place. Whether it is Cedar at all is found out afterwards.
pub(super) fn check(file: &str, text: &str) -> Result<(), PolicyError> {
    let too_complex = |offset| {
        Err(PolicyError::TooComplex {
            place: Place::of(file, text, offset),
        })
    };
    let (mut state, mut depth, mut conditions, mut begin) = (In::Code, 0_usize, 0_usize, 0_usize);
    let mut before = [b' '; 3];
    for (offset, byte) in text.bytes().enumerate() {
        let [earlier, one, other] = before;
        state = match (state, byte) {
            (In::Comment, b'\n' | b'\r') | (In::Text, b'"') => In::Code,
            (In::Escape, _) => In::Text,
            (In::Text, b'\\') => In::Escape,
            (In::Code, b'"') => In::Text,
            (In::Code, b'/') if other == b'/' => In::Comment,
            _ => state,
        };
        let is_if = (one, other) == (b'i', b'f') && !is_of_word(earlier) && !is_of_word(byte);
        conditions += usize::from(is_if);
        if state == In::Code {
            match byte {
                b'(' | b'[' | b'{' => depth += 1,
                b')' | b']' | b'}' => depth = depth.saturating_sub(1),
                b';' if depth == 0 => (begin, conditions) = (offset, 0),
                _ => {}
            }
        }
        if depth > NESTING_MAX || conditions > CONDITIONS_MAX || offset - begin > POLICY_LENGTH_MAX {
            return too_complex(offset);
        }
        before = [one, other, if state == In::Code { byte } else { b' ' }];
    }
    Ok(())
}

fn is_of_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{AccessPolicy, OperatorFile};

    const NOTES: &str = "@id(\"own\") @it(\"R.\") @en(\"R.\") @source(\"act\")\n";

    /// In the smallest stack that a thread is likely to have.
    fn read(condition: String) -> Result<(), PolicyError> {
        let reading = move || {
            let text = format!("{NOTES}forbid (principal, action, resource) when {{ {condition} }};");
            let file = OperatorFile {
                name: "own.cedar",
                text: &text,
            };
            AccessPolicy::builtin().with_operator(&[file]).map(|_| ())
        };
        let thread = std::thread::Builder::new().stack_size(1024 * 1024).spawn(reading);
        thread.unwrap().join().unwrap()
    }

    fn is_too_complex(condition: String) -> bool {
        matches!(read(condition), Err(PolicyError::TooComplex { .. }))
    }

    #[test]
    fn what_would_exhaust_the_stack_is_refused_before_it_is_parsed() {
        let nested = |open: &str, close: &str, n: usize| open.repeat(n) + "true" + &close.repeat(n);
        assert!(is_too_complex(nested("(", ")", 100_000)));
        assert!(is_too_complex(nested("[", "]", 60_000)));
        assert!(is_too_complex(nested("(", ")", 25)));
        assert!(is_too_complex(nested("if true then ", " else false", 25)));
        assert!(is_too_complex(format!(
            "true //\r && {}",
            nested("(", ")", 1_000)
        )));
        assert!(is_too_complex(nested("if\"\"==\"\"then ", " else false", 25)));
        assert!(is_too_complex("true".to_owned() + &" && true".repeat(2_000)));
        // Text and comments do not count, nor words that only begin so.
        assert!(!is_too_complex(format!(
            "\"{}\" == \"\\\"{}\"",
            "(".repeat(100),
            "[".repeat(100)
        )));
        assert!(!is_too_complex(format!("true // {}\n", "(".repeat(100))));
        assert!(!is_too_complex("context has ifs ".to_owned()));
    }

    #[test]
    fn what_is_let_through_can_be_read_in_a_small_stack() {
        let nested = |open: &str, close: &str, n: usize| open.repeat(n) + "true" + &close.repeat(n);
        // That it is refused for other reasons is as well.
        for condition in [
            nested("(", ")", 22),
            nested("if true then (", ") else false", 21),
            "true".to_owned() + &" && true".repeat(900),
            "true".to_owned() + &" || true".repeat(900),
            "1".to_owned() + &"&&1".repeat(2_600),
            "1".to_owned() + &"+1".repeat(3_900),
            "1".to_owned() + &" + 1".repeat(1_700) + " == 1",
            "context".to_owned() + &".a".repeat(3_500) + " == 1",
            "context has a".to_owned() + &".a".repeat(3_500),
            "!".repeat(4),
            "if true then true else ".repeat(24) + "false",
        ] {
            assert!(!is_too_complex(condition.clone()), "{condition}");
        }
    }
}
