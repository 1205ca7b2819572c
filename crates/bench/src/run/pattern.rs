//! Whether a line fits a pattern in which `*` stands for anything.
//!
//! Not here: which lines and patterns.

/// Whether the whole line fits. The time is bounded by the product of both lengths.
pub(crate) fn fits(pattern: &str, line: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = line.strip_prefix(first) else {
        return false;
    };
    let Some(last) = parts.next_back() else {
        return rest.is_empty();
    };
    for part in parts {
        match rest.find(part) {
            Some(at) => rest = rest.get(at + part.len()..).unwrap_or_default(),
            None => return false,
        }
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_anything_and_all_else_for_itself() {
        for (pattern, line, is_fit) in [
            ("abc", "abc", true),
            ("abc", "abcd", false),
            ("*bc", "abc", true),
            ("a*", "abc", true),
            ("a*c", "abc", true),
            ("a*bc", "abc", true),
            ("ab*bc", "abc", false),
            ("*b*", "abc", true),
            ("*b*b*", "abc", false),
            ("*", "", true),
            ("", "", true),
            ("a**c", "ac", true),
            ("*à*", "perché à no", true),
        ] {
            assert_eq!(fits(pattern, line), is_fit, "{pattern} {line}");
        }
    }
}
