//! Exclusive canonical XML 1.0 without comments, of the parts of a list that a signature covers.
//!
//! Only what signed lists use: no list of inclusive prefixes, no node sets but these three ([ADR 73]). Not here: which part
//! a signature must cover, and digests.
//!
//! [ADR 73]: ../../../../docs/adr/0073-xml-signatures-on-trusted-lists.md

use roxmltree::{Document, NodeType};

use super::document::{Node, Tree};

/// A part of the document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// The whole document without one element: what an enveloped signature covers by the empty reference.
    DocumentWithout(Node),
    /// The document element without one element in it: the same by its identifier.
    RootWithout(Node),
    /// One element.
    Element(Node),
}

/// The canonical bytes of a part.
pub(super) fn bytes(tree: &Tree<'_>, part: Part) -> Vec<u8> {
    let document = tree.document();
    let mut writer = Writer {
        document,
        left_out: None,
        rendered: Vec::new(),
        bytes: Vec::new(),
    };
    match part {
        Part::DocumentWithout(node) => {
            writer.left_out = Some(node);
            writer.bytes.reserve(document.input_text().len());
            writer.document_node();
        }
        Part::RootWithout(node) => {
            writer.left_out = Some(node);
            writer.bytes.reserve(document.input_text().len());
            writer.subtree(document.root_element());
        }
        Part::Element(node) => {
            if let Some(element) = document.get_node(node) {
                writer.subtree(element);
            }
        }
    }
    writer.bytes
}

/// A step of the walk through a subtree.
enum Step<'d, 't> {
    Enter(roxmltree::Node<'d, 't>),
    /// Closes an element and forgets the namespaces that it declared.
    Leave(&'d str, usize),
}

struct Writer<'d, 't> {
    document: &'d Document<'t>,
    left_out: Option<Node>,
    /// Prefixes and namespaces written on the elements around, innermost last. As many as the count of the shape lets by.
    rendered: Vec<(&'d str, &'d str)>,
    bytes: Vec<u8>,
}

impl<'d, 't> Writer<'d, 't> {
    /// The document element, and the instructions before and after it, each on a line of its own.
    fn document_node(&mut self) {
        let mut after = false;
        for child in self.document.root().children() {
            if child.is_element() {
                self.subtree(child);
                after = true;
            } else if child.is_pi() {
                if after {
                    self.bytes.push(b'\n');
                }
                self.instruction(child);
                if !after {
                    self.bytes.push(b'\n');
                }
            }
        }
    }

    fn subtree(&mut self, top: roxmltree::Node<'d, 't>) {
        let mut steps = vec![Step::Enter(top)];
        while let Some(step) = steps.pop() {
            match step {
                Step::Leave(name, rendered) => {
                    self.bytes.extend_from_slice(b"</");
                    self.bytes.extend_from_slice(name.as_bytes());
                    self.bytes.push(b'>');
                    self.rendered.truncate(rendered);
                }
                Step::Enter(node) if Some(node.id()) == self.left_out => {}
                Step::Enter(node) => match node.node_type() {
                    NodeType::Element => {
                        let rendered = self.rendered.len();
                        let name = self.start_tag(node);
                        steps.push(Step::Leave(name, rendered));
                        let mut child = node.last_child();
                        while let Some(node) = child {
                            steps.push(Step::Enter(node));
                            child = node.prev_sibling();
                        }
                    }
                    NodeType::Text => self.text(node.text().unwrap_or_default()),
                    NodeType::PI => self.instruction(node),
                    NodeType::Comment | NodeType::Root => {}
                },
            }
        }
    }

    /// Writes a start tag; gives the element's name as written.
    fn start_tag(&mut self, element: roxmltree::Node<'d, 't>) -> &'d str {
        let name = written_name(self.document, element);
        let mut attributes: Vec<Attribute<'d>> = element
            .attributes()
            .map(|attribute| Attribute {
                space: attribute.namespace().unwrap_or_default(),
                local: attribute.name(),
                written: self
                    .document
                    .input_text()
                    .get(attribute.range_qname())
                    .unwrap_or_default(),
                value: attribute.value(),
            })
            .collect();
        attributes.sort_unstable_by_key(|attribute| (attribute.space, attribute.local));
        let own = (prefix(name), element.tag_name().namespace().unwrap_or_default());
        let mut used: Vec<(&str, &str)> = attributes
            .iter()
            .map(|attribute| (prefix(attribute.written), attribute.space))
            .filter(|(prefix, _)| !prefix.is_empty())
            .chain([own])
            .filter(|binding| self.is_new(*binding))
            .collect();
        used.sort_unstable();
        used.dedup();
        self.bytes.push(b'<');
        self.bytes.extend_from_slice(name.as_bytes());
        for (prefix, space) in used {
            if prefix.is_empty() {
                self.attribute("xmlns", space);
            } else {
                self.bytes.extend_from_slice(b" xmlns:");
                self.bytes.extend_from_slice(prefix.as_bytes());
                self.value(space);
            }
            self.rendered.push((prefix, space));
        }
        for attribute in attributes {
            self.attribute(attribute.written, attribute.value);
        }
        self.bytes.push(b'>');
        name
    }

    /// Whether a namespace must be declared, because the elements around did not.
    fn is_new(&self, (prefix, space): (&str, &str)) -> bool {
        if prefix == "xml" {
            return false;
        }
        let around = self.rendered.iter().rev().find(|(known, _)| *known == prefix);
        // The empty prefix means no namespace until it is declared.
        around.map_or(!(prefix.is_empty() && space.is_empty()), |(_, known)| {
            *known != space
        })
    }

    fn attribute(&mut self, name: &str, value: &str) {
        self.bytes.push(b' ');
        self.bytes.extend_from_slice(name.as_bytes());
        self.value(value);
    }

    fn value(&mut self, value: &str) {
        self.bytes.extend_from_slice(b"=\"");
        escape(&mut self.bytes, value, |byte| {
            Some(match byte {
                b'&' => b"&amp;",
                b'<' => b"&lt;",
                b'"' => b"&quot;",
                b'\t' => b"&#x9;",
                b'\n' => b"&#xA;",
                b'\r' => b"&#xD;",
                _ => return None,
            })
        });
        self.bytes.push(b'"');
    }

    fn text(&mut self, text: &str) {
        escape(&mut self.bytes, text, |byte| {
            Some(match byte {
                b'&' => b"&amp;",
                b'<' => b"&lt;",
                b'>' => b"&gt;",
                b'\r' => b"&#xD;",
                _ => return None,
            })
        });
    }

    fn instruction(&mut self, node: roxmltree::Node<'d, 't>) {
        let Some(instruction) = node.pi() else { return };
        self.bytes.extend_from_slice(b"<?");
        self.bytes.extend_from_slice(instruction.target.as_bytes());
        if let Some(value) = instruction.value {
            self.bytes.push(b' ');
            // The parser leaves line ends here as they are written; elsewhere it evens them out (XML 1.0 §2.11).
            let mut lines = value.split('\n').peekable();
            while let Some(line) = lines.next() {
                let line = match lines.peek() {
                    Some(_) => line.strip_suffix('\r').unwrap_or(line),
                    None => line,
                };
                escape(&mut self.bytes, line, |byte| (byte == b'\r').then_some(b"\n"));
                if lines.peek().is_some() {
                    self.bytes.push(b'\n');
                }
            }
        }
        self.bytes.extend_from_slice(b"?>");
    }
}

/// An attribute, to be sorted.
struct Attribute<'d> {
    space: &'d str,
    local: &'d str,
    /// Its name with the prefix that the document gives it.
    written: &'d str,
    value: &'d str,
}

/// The name of an element with the prefix that the document gives it, which the tree does not keep.
fn written_name<'d>(document: &'d Document<'_>, element: roxmltree::Node<'_, '_>) -> &'d str {
    let tag = document.input_text().get(element.range()).unwrap_or_default();
    let name = tag.strip_prefix('<').unwrap_or_default();
    name.split(|character: char| character.is_ascii_whitespace() || matches!(character, '/' | '>'))
        .next()
        .unwrap_or_default()
}

fn prefix(name: &str) -> &str {
    name.split_once(':').map_or("", |(prefix, _)| prefix)
}

/// Copies a text, its special bytes replaced. They are ASCII, so no character is cut.
fn escape(bytes: &mut Vec<u8>, text: &str, special: impl Fn(u8) -> Option<&'static [u8]>) {
    let mut rest = text.as_bytes();
    while let Some((at, written)) = rest
        .iter()
        .enumerate()
        .find_map(|(at, byte)| Some((at, special(*byte)?)))
    {
        let (plain, after) = rest.split_at_checked(at).unwrap_or((rest, &[]));
        bytes.extend_from_slice(plain);
        bytes.extend_from_slice(written);
        rest = after.split_first().map_or(&[], |(_, after)| after);
    }
    bytes.extend_from_slice(rest);
}
