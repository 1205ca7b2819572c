//! How large the tree of an XML text will be, counted before a parser builds it.
//!
//! Not here: whether the text is well-formed, which the parser says. What is counted here only bounds its work.

use super::ListError;

/// Most nodes: elements, attributes, texts, comments, instructions. A made list of 8.9 million bytes has 162,000.
const NODES_MAX: usize = 400_000;
/// The same for the parser, which leaves attributes aside.
pub(super) const NODES_MAX_U32: u32 = 400_000;
/// Deepest nesting. Real lists have about 15 levels.
const DEPTH_MAX: usize = 64;
/// Most attributes of one element: the parser compares each with each.
const ATTRIBUTES_MAX: usize = 64;
/// Most namespace declarations in force at one place: the parser searches them for every name.
const NAMESPACES_MAX: usize = 64;
/// Most namespace declarations of a document: the parser keeps them sorted by moving those behind.
const DECLARATIONS_MAX: usize = 32_768;
/// Most of the declarations in force, added up over the elements that declare one: there the parser copies them all, and
/// compares each with each.
const COPIES_MAX: usize = 1_000_000;
/// Longest name of a declaration, and longest namespace, in bytes: the parser compares them for every name. Those of lists
/// have less than 100.
const NAMESPACE_LENGTH_MAX: usize = 256;
/// Most comments and instructions outside the document element: canonicalisation compares each with each.
const OUTSIDE_MAX: usize = 16;

/// Counts as the text is walked.
#[derive(Default)]
struct Count {
    nodes: usize,
    outside: usize,
    /// Namespace declarations of each open element.
    open: Vec<usize>,
    namespaces: usize,
    /// All declarations, and what they cost: see [`COPIES_MAX`].
    declarations: usize,
    copies: usize,
}

/// Checks the caps above.
///
/// # Errors
/// [`ListError::DocumentType`], [`ListError::TooComplex`], [`ListError::Truncated`], [`ListError::NotXml`].
pub(super) fn check(text: &str) -> Result<(), ListError> {
    let mut count = Count::default();
    let mut rest = text.as_bytes();
    let mut elements = 0_usize;
    while let Some(at) = rest.iter().position(|byte| *byte == b'<') {
        let (before, markup) = rest.split_at_checked(at).ok_or(ListError::NotXml)?;
        if !before.is_empty() {
            count.node()?;
        }
        rest = if let Some(comment) = markup.strip_prefix(b"<!--") {
            count.aside()?;
            after(comment, b"-->")?
        } else if let Some(data) = markup.strip_prefix(b"<![CDATA[") {
            count.node()?;
            after(data, b"]]>")?
        } else if markup.starts_with(b"<!D") {
            return Err(ListError::DocumentType);
        } else if let Some(instruction) = markup.strip_prefix(b"<?") {
            count.aside()?;
            after(instruction, b"?>")?
        } else if let Some(end) = markup.strip_prefix(b"</") {
            count.close()?;
            after(end, b">")?
        } else {
            elements += 1;
            count.tag(markup)?
        };
    }
    if elements == 0 {
        return Err(ListError::NotXml);
    }
    if count.open.is_empty() {
        Ok(())
    } else {
        Err(ListError::Truncated)
    }
}

/// What follows the next `end`.
fn after<'a>(bytes: &'a [u8], end: &[u8]) -> Result<&'a [u8], ListError> {
    let at = bytes
        .windows(end.len())
        .position(|window| window == end)
        .ok_or(ListError::Truncated)?;
    bytes.get(at + end.len()..).ok_or(ListError::Truncated)
}

impl Count {
    fn node(&mut self) -> Result<(), ListError> {
        self.nodes += 1;
        if self.nodes > NODES_MAX {
            return Err(ListError::TooComplex);
        }
        Ok(())
    }

    /// A comment or an instruction.
    fn aside(&mut self) -> Result<(), ListError> {
        if self.open.is_empty() {
            self.outside += 1;
            if self.outside > OUTSIDE_MAX {
                return Err(ListError::TooComplex);
            }
        }
        self.node()
    }

    fn close(&mut self) -> Result<(), ListError> {
        self.namespaces -= self.open.pop().ok_or(ListError::NotXml)?;
        Ok(())
    }

    /// A start tag, `<` included; gives what follows it.
    fn tag<'a>(&mut self, markup: &'a [u8]) -> Result<&'a [u8], ListError> {
        self.node()?;
        let (mut attributes, mut namespaces) = (0_usize, 0_usize);
        let mut quote: Option<u8> = None;
        // Where the name or the value began that is being walked.
        let mut began = 0_usize;
        let mut declares = false;
        let mut last = b'<';
        for (at, byte) in markup.iter().copied().enumerate() {
            match (quote, byte) {
                (Some(open), byte) if byte == open => {
                    quote = None;
                    if declares && at - began > NAMESPACE_LENGTH_MAX {
                        return Err(ListError::TooComplex);
                    }
                    began = at + 1;
                }
                (Some(_), _) => {}
                (None, b'"' | b'\'') => {
                    quote = Some(byte);
                    attributes += 1;
                    self.node()?;
                    declares = is_declaration(markup.get(began..at).unwrap_or_default())?;
                    namespaces += usize::from(declares);
                    began = at + 1;
                    if attributes > ATTRIBUTES_MAX {
                        return Err(ListError::TooComplex);
                    }
                }
                (None, b'>') => {
                    self.declared(namespaces)?;
                    if last != b'/' {
                        self.open.push(namespaces);
                        self.namespaces += namespaces;
                    }
                    if self.open.len() > DEPTH_MAX {
                        return Err(ListError::TooComplex);
                    }
                    return markup.get(at + 1..).ok_or(ListError::NotXml);
                }
                (None, b'<') if at > 0 => return Err(ListError::NotXml),
                (None, _) => {}
            }
            last = byte;
        }
        Err(ListError::Truncated)
    }

    /// The declarations of one element.
    fn declared(&mut self, namespaces: usize) -> Result<(), ListError> {
        let in_force = self.namespaces + namespaces;
        if namespaces > 0 {
            self.declarations += namespaces;
            self.copies += in_force;
        }
        if in_force > NAMESPACES_MAX || self.declarations > DECLARATIONS_MAX || self.copies > COPIES_MAX {
            return Err(ListError::TooComplex);
        }
        Ok(())
    }
}

/// Whether an attribute declares a namespace, by what stands before its value: perhaps the end of what was before, white
/// space, its name, and `=` with white space around. The parser takes `xmlns`, `xmlns:p` and `p:xmlns`; any name with these
/// letters counts here.
fn is_declaration(before: &[u8]) -> Result<bool, ListError> {
    const WORD: &[u8] = b"xmlns";
    let Some(at) = before.windows(WORD.len()).position(|window| window == WORD) else {
        return Ok(false);
    };
    let prefix = before.get(at + WORD.len()..).unwrap_or_default();
    let length = prefix.iter().filter(|byte| !byte.is_ascii_whitespace()).count();
    if length > NAMESPACE_LENGTH_MAX {
        return Err(ListError::TooComplex);
    }
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lists_are_made_of_passes() {
        let text = "<?xml version=\"1.0\"?>\n<!-- a > b --><a x='1>' y=\"/\"><b/><![CDATA[</a>]]>t</a>\n";
        assert_eq!(check(text), Ok(()));
    }

    #[test]
    fn a_text_that_ends_early_is_told_from_one_that_is_not_xml() {
        for cut in ["<a>", "<a", "<a b='", "<a><!-- ", "<a><![CDATA[ ", "<a><b></b"] {
            assert_eq!(check(cut), Err(ListError::Truncated), "{cut}");
        }
        for other in ["", "text", "</a>", "<a <b>", "<!-- -->"] {
            assert_eq!(check(other), Err(ListError::NotXml), "{other}");
        }
    }

    #[test]
    fn a_document_type_is_refused_wherever_it_stands() {
        for text in [
            "<!DOCTYPE a><a/>",
            "<?xml version='1.0'?><!DOCTYPE a [<!ENTITY e 'x'>]><a>&e;</a>",
        ] {
            assert_eq!(check(text), Err(ListError::DocumentType));
        }
    }

    #[test]
    fn every_cap_holds() {
        let deep = |levels: usize| format!("{}{}", "<a>".repeat(levels), "</a>".repeat(levels));
        assert_eq!(check(&deep(DEPTH_MAX)), Ok(()));
        let attributes = |count: usize| {
            let all: String = (0..count).map(|n| format!(" a{n}=''")).collect();
            format!("<a{all}/>")
        };
        assert_eq!(check(&attributes(ATTRIBUTES_MAX)), Ok(()));
        let spaces =
            |equals: &str| -> String { (0..40).map(|n| format!(" xmlns:n{n}{equals}'u'")).collect() };
        let twice = |equals: &str| format!("<a{0}><b{0}></b></a>", spaces(equals));
        for space in [" ", "\t", "\n", "\r", " \t\r\n "] {
            for equals in [
                format!("{space}="),
                format!("={space}"),
                format!("{space}={space}"),
            ] {
                assert_eq!(check(&twice(&equals)), Err(ListError::TooComplex), "{equals:?}");
            }
        }
        for text in [
            deep(DEPTH_MAX + 1),
            deep(1_000_000),
            attributes(ATTRIBUTES_MAX + 1),
            attributes(1_000_000),
            format!("<r>{}</r>", "<a/>".repeat(NODES_MAX)),
            twice("="),
            format!("{}<a/>", "<!---->".repeat(OUTSIDE_MAX + 1)),
        ] {
            assert_eq!(check(&text), Err(ListError::TooComplex));
        }
    }

    #[test]
    fn whatever_the_parser_takes_for_a_declaration_is_counted() {
        for start in [
            "xmlns:p='u'",
            "xmlns='u'",
            "p:xmlns='u'",
            "b=''xmlns:p='u'",
            "b='' xmlns:p=\"u\"",
        ] {
            for level in [NAMESPACES_MAX, NAMESPACES_MAX + 1] {
                let mut count = Count::default();
                let tag = format!("<a {start}>");
                let walked = (0..level).try_for_each(|_| {
                    // Depth has a cap of its own.
                    count.open.clear();
                    count.tag(tag.as_bytes()).map(|_| ())
                });
                assert_eq!(walked.is_ok(), level == NAMESPACES_MAX, "{start}");
            }
        }
        for start in ["", "b='xmlns:p'", "b='' c=' xmlns='", "b=\"'xmlns='\""] {
            let mut count = Count::default();
            count.tag(format!("<a {start}>").as_bytes()).unwrap();
            assert_eq!(count.namespaces, 0, "{start}");
        }
    }

    #[test]
    fn the_work_of_the_parser_with_namespaces_is_bounded_in_all() {
        // As many in force as may be, and elements that declare one more, each of which copies them all.
        let around: String = (0..NAMESPACES_MAX - 1)
            .map(|n| format!(" xmlns:n{n}='u'"))
            .collect();
        let many = |around: &str, elements: usize| {
            format!("<a{around}>{}</a>", "<b xmlns:z = 'u'/>".repeat(elements))
        };
        let most = COPIES_MAX / NAMESPACES_MAX - 1;
        assert_eq!(check(&many(&around, most)), Ok(()));
        assert_eq!(check(&many(&around, most + 1)), Err(ListError::TooComplex));
        // No element compares more than each declaration in force with each.
        let comparisons = COPIES_MAX * NAMESPACES_MAX;
        assert!(comparisons + NODES_MAX * NAMESPACES_MAX <= 100_000_000);
        // Few in force, and many in all.
        assert_eq!(check(&many("", DECLARATIONS_MAX)), Ok(()));
        assert_eq!(check(&many("", DECLARATIONS_MAX + 1)), Err(ListError::TooComplex));
    }

    #[test]
    fn long_prefixes_and_long_namespaces_are_refused() {
        let document = |prefix: usize, space: usize| {
            format!("<a xmlns:{} = '{}'/>", "p".repeat(prefix), "u".repeat(space))
        };
        assert_eq!(check(&document(200, NAMESPACE_LENGTH_MAX)), Ok(()));
        assert_eq!(
            check(&document(200, NAMESPACE_LENGTH_MAX + 1)),
            Err(ListError::TooComplex)
        );
        assert_eq!(
            check(&document(NAMESPACE_LENGTH_MAX, 1)),
            Err(ListError::TooComplex)
        );
    }
}
