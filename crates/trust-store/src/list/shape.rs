//! How large the tree of an XML text will be, counted before a parser builds it.
//!
//! Not here: whether the text is well-formed, which the parser says. What is counted here only bounds its work.

use super::ListError;

/// Most nodes: elements, attributes, texts, comments, instructions. The largest list of 2026 has about 130,000.
const NODES_MAX: usize = 400_000;
/// The same for the parser, which leaves attributes aside.
pub(super) const NODES_MAX_U32: u32 = 400_000;
/// Deepest nesting. Real lists have about 15 levels.
const DEPTH_MAX: usize = 64;
/// Most attributes of one element: the parser compares each with each.
const ATTRIBUTES_MAX: usize = 64;
/// Most namespace declarations in force at one place: the parser searches them for every name.
const NAMESPACES_MAX: usize = 64;
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
        let mut name_at = 0_usize;
        let mut last = b'<';
        for (at, byte) in markup.iter().copied().enumerate() {
            match (quote, byte) {
                (Some(open), byte) if byte == open => quote = None,
                (Some(_), _) => {}
                (None, b'"' | b'\'') => {
                    quote = Some(byte);
                    attributes += 1;
                    self.node()?;
                    let name = markup.get(name_at..at).unwrap_or_default();
                    namespaces += usize::from(name.starts_with(b"xmlns"));
                    if attributes > ATTRIBUTES_MAX {
                        return Err(ListError::TooComplex);
                    }
                }
                (None, b'>') => {
                    if self.namespaces + namespaces > NAMESPACES_MAX {
                        return Err(ListError::TooComplex);
                    }
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
                (None, byte) => {
                    if byte.is_ascii_whitespace() {
                        name_at = at + 1;
                    }
                }
            }
            last = byte;
        }
        Err(ListError::Truncated)
    }
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
        let spaces: String = (0..40).map(|n| format!(" xmlns:n{n}='u'")).collect();
        for text in [
            deep(DEPTH_MAX + 1),
            deep(1_000_000),
            attributes(ATTRIBUTES_MAX + 1),
            attributes(1_000_000),
            format!("<r>{}</r>", "<a/>".repeat(NODES_MAX)),
            format!("<a{spaces}><b{spaces}></b></a>"),
            format!("{}<a/>", "<!---->".repeat(OUTSIDE_MAX + 1)),
        ] {
            assert_eq!(check(&text), Err(ListError::TooComplex));
        }
    }
}
