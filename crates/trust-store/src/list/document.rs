//! A list's XML as a bounded tree: parsed once, verified and read from the same bytes.
//!
//! Not here: what the elements mean. This file and its neighbour `canonical` alone know which XML library it is.

use std::collections::HashSet;

use roxmltree::{Document, NodeId, ParsingOptions};

use super::names::{DS, XML};
use super::{ListError, shape};

/// Longest list read, in bytes. How long the real ones are was not measured; made ones of 8.9 million bytes were verified.
pub const LIST_BYTES_MAX: usize = 16 * 1024 * 1024;
/// Attributes that identify an element: XML-DSig, XAdES and lists write `Id`; the others are known to other software.
const ID_ATTRIBUTES: [&str; 3] = ["Id", "ID", "id"];

/// An element of a [`Tree`].
pub(super) type Node = NodeId;

/// The whole document.
pub(super) struct Tree<'t> {
    document: Document<'t>,
    root: Node,
    signatures: Vec<Node>,
}

impl<'t> Tree<'t> {
    /// Parses a list without document type declaration, whose identifiers are unique.
    ///
    /// # Errors
    /// [`ListError`], up to [`ListError::DuplicateId`].
    pub(super) fn parse(bytes: &'t [u8]) -> Result<Self, ListError> {
        if bytes.len() > LIST_BYTES_MAX {
            return Err(ListError::TooLarge);
        }
        let text = std::str::from_utf8(bytes).map_err(|error| match error.error_len() {
            None => ListError::Truncated,
            Some(_) => ListError::NotXml,
        })?;
        shape::check(text)?;
        check_declaration(text)?;
        let options = ParsingOptions {
            allow_dtd: false,
            nodes_limit: shape::NODES_MAX_U32,
            ..ParsingOptions::default()
        };
        let document = Document::parse_with_options(text, options).map_err(|_| ListError::NotXml)?;
        let root = document.root_element().id();
        let signatures = walk(&document)?;
        Ok(Self {
            document,
            root,
            signatures,
        })
    }

    /// The document element.
    pub(super) fn root(&self) -> Node {
        self.root
    }

    /// Every ds:Signature, wherever it stands.
    pub(super) fn signatures(&self) -> &[Node] {
        &self.signatures
    }

    /// The library's document, for canonicalisation.
    pub(super) fn document(&self) -> &Document<'t> {
        &self.document
    }

    /// The element of an identifier that this tree gave.
    fn element(&self, node: Node) -> Option<roxmltree::Node<'_, 't>> {
        self.document.get_node(node).filter(roxmltree::Node::is_element)
    }

    /// Whether a node is the element of this name.
    pub(super) fn is(&self, node: Node, space: &str, name: &str) -> bool {
        self.element(node)
            .is_some_and(|element| element.has_tag_name((space, name)))
    }

    /// The element that a node stands in.
    pub(super) fn parent(&self, node: Node) -> Option<Node> {
        self.element(node)?.parent().map(|parent| parent.id())
    }

    /// The elements in a node.
    pub(super) fn children(&self, node: Node) -> impl Iterator<Item = Node> {
        self.element(node)
            .into_iter()
            .flat_map(|node| node.children())
            .filter(roxmltree::Node::is_element)
            .map(|child| child.id())
    }

    /// The elements of this name in a node.
    pub(super) fn named<'s>(
        &'s self,
        node: Node,
        space: &'s str,
        name: &'s str,
    ) -> impl Iterator<Item = Node> {
        self.element(node)
            .into_iter()
            .flat_map(|node| node.children())
            .filter(move |child| child.has_tag_name((space, name)))
            .map(|child| child.id())
    }

    /// The element of this name in a node, if there is one; a second is an error.
    pub(super) fn at_most_one(&self, node: Node, space: &str, name: &str) -> Result<Option<Node>, Repeated> {
        let mut found = self.named(node, space, name);
        let first = found.next();
        if found.next().is_some() {
            return Err(Repeated);
        }
        Ok(first)
    }

    /// The element at the end of a path of which every step is there once.
    pub(super) fn one(&self, node: Node, space: &str, path: &[&str]) -> Option<Node> {
        path.iter().try_fold(node, |node, name| {
            self.at_most_one(node, space, name).ok().flatten()
        })
    }

    /// An attribute without namespace.
    pub(super) fn attribute(&self, node: Node, name: &str) -> Option<&str> {
        self.element(node)?
            .attributes()
            .find(|attribute| attribute.namespace().is_none() && attribute.name() == name)
            .map(|attribute| attribute.value())
    }

    /// The attribute xml:lang.
    pub(super) fn language(&self, node: Node) -> Option<&str> {
        self.element(node)?.attribute((XML, "lang"))
    }

    /// The text of an element that holds nothing else but comments, without white space around it.
    ///
    /// All pieces are joined, as the signer joined them: a comment between two does not end the text.
    pub(super) fn text(&self, node: Node) -> Option<String> {
        let mut text = String::new();
        for child in self.element(node)?.children() {
            if child.is_text() {
                text.push_str(child.text().unwrap_or_default());
            } else if !child.is_comment() {
                return None;
            }
        }
        let trimmed = text.trim_matches(is_space);
        Some(if trimmed.len() == text.len() {
            text
        } else {
            trimmed.to_owned()
        })
    }

    /// Bytes that an element's text tells in base64.
    pub(super) fn base64(&self, node: Node) -> Option<Vec<u8>> {
        use base64::Engine as _;
        let mut text = self.text(node)?;
        text.retain(|character| !is_space(character));
        base64::engine::general_purpose::STANDARD.decode(text).ok()
    }
}

/// An element that should stand once stands twice.
#[derive(Debug, Clone, Copy)]
pub(super) struct Repeated;

/// White space of XML (XML 1.0 §2.3).
fn is_space(character: char) -> bool {
    matches!(character, ' ' | '\t' | '\r' | '\n')
}

/// That an XML declaration, where there is one, says 1.0 and UTF-8: others would mean other characters to other software.
fn check_declaration(text: &str) -> Result<(), ListError> {
    let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
    let Some(rest) = text
        .strip_prefix("<?xml")
        .filter(|rest| rest.starts_with(is_space))
    else {
        return Ok(());
    };
    let (line, _) = rest.split_once("?>").ok_or(ListError::Truncated)?;
    let mut pieces = line.split(['"', '\'']);
    while let (Some(name), Some(value)) = (pieces.next(), pieces.next()) {
        let name = name
            .trim_matches(is_space)
            .trim_end_matches('=')
            .trim_end_matches(is_space);
        let fits = match name {
            "version" => value == "1.0",
            "encoding" => value.eq_ignore_ascii_case("UTF-8"),
            "standalone" => matches!(value, "yes" | "no"),
            _ => false,
        };
        if !fits {
            return Err(ListError::NotXml);
        }
    }
    Ok(())
}

/// Visits every node once: identifiers must differ, signatures are noted.
fn walk(document: &Document<'_>) -> Result<Vec<Node>, ListError> {
    let mut identifiers = HashSet::new();
    let mut signatures = Vec::new();
    for element in document.descendants().filter(roxmltree::Node::is_element) {
        if element.has_tag_name((DS, "Signature")) {
            signatures.push(element.id());
        }
        for attribute in element.attributes() {
            let identifies = match attribute.namespace() {
                None => ID_ATTRIBUTES.contains(&attribute.name()),
                Some(space) => space == XML && attribute.name() == "id",
            };
            if identifies && !identifiers.insert(attribute.value()) {
                return Err(ListError::DuplicateId);
            }
        }
    }
    Ok(signatures)
}
