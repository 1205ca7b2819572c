//! Extensions of a list, of a provider and of a service (ETSI TS 119 612 §5.3.17, §5.4.6, §5.5.9): what is critical and not
//! known makes what bears it unusable.
//!
//! Not here: what known extensions say. None of them changes whose certificates a service has, or since when it is what it is.

use super::document::{Node, Tree};
use super::names::{QUALIFICATIONS, TSL, TSL_ADDITIONAL};

/// The extensions of services that the standard defines (ETSI TS 119 612 §5.5.9.1 to §5.5.9.4).
pub(super) const OF_SERVICES: [(&str, &str); 4] = [
    (TSL, "ExpiredCertsRevocationInfo"),
    (QUALIFICATIONS, "Qualifications"),
    (TSL_ADDITIONAL, "TakenOverBy"),
    (TSL, "AdditionalServiceInformation"),
];

/// Whether a node has, in the child of this name, an extension that is critical and none of the known.
pub(super) fn has_unknown_critical(
    tree: &Tree<'_>,
    node: Node,
    extensions: &str,
    known: &[(&str, &str)],
) -> bool {
    let is_known = |child: Node| known.iter().any(|(space, name)| tree.is(child, space, name));
    tree.named(node, TSL, extensions)
        .flat_map(|all| tree.named(all, TSL, "Extension"))
        .filter(|extension| is_critical(tree, *extension))
        .any(|extension| {
            let mut children = tree.children(extension).peekable();
            children.peek().is_none() || !children.all(is_known)
        })
}

/// An xs:boolean. What does not say that it is none is critical.
fn is_critical(tree: &Tree<'_>, extension: Node) -> bool {
    let said = tree.attribute(extension, "Critical").map(str::trim);
    !matches!(said, Some("false" | "0"))
}
