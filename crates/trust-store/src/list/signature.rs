//! What a list's signature says of itself: one XML signature of one narrow form, read without believing it.
//!
//! The form is that of ETSI TS 119 612 annex B: enveloped, exclusive canonical XML, a reference to the whole document
//! and one to the signed properties of XAdES. Not here: whether anything of it is true (see `verify`).

use ring::digest;
use varco_pki::{CERTIFICATE_LENGTH_MAX, Certificate};

use super::algorithm::{self, Scheme};
use super::canonical::Part;
use super::document::{Node, Tree};
use super::names::{DS, ENVELOPED, EXCLUSIVE, SIGNED_PROPERTIES, TSL, XADES};
use super::{ListError, xades};

/// Most certificates that a signature brings.
const CERTIFICATES_MAX: usize = 16;
/// Longest signature value in bytes: RSA of 8192 bits.
const SIGNATURE_BYTES_MAX: usize = 1024;

/// Something that the signature covers, and the digest that it must have.
pub(super) struct Reference {
    pub(super) part: Part,
    pub(super) digest: &'static digest::Algorithm,
    pub(super) value: Vec<u8>,
}

/// A signature as read.
pub(super) struct Signature {
    pub(super) signed_info: Node,
    pub(super) scheme: Scheme,
    pub(super) value: Vec<u8>,
    /// That to the document first, then that to the signed properties, if any.
    pub(super) references: Vec<Reference>,
    /// Certificates that it brings, those that can be read.
    pub(super) certificates: Vec<Certificate>,
    /// Digests of the signer's certificate in the signed properties, one list for each place that names it.
    pub(super) named: Vec<Vec<xades::CertificateDigest>>,
}

impl Signature {
    /// Reads the signature of a list.
    ///
    /// # Errors
    /// [`ListError`], from [`ListError::Unsigned`] to [`ListError::Algorithm`].
    pub(super) fn read(tree: &Tree<'_>) -> Result<Self, ListError> {
        let signature = match tree.signatures() {
            [] => return Err(ListError::Unsigned),
            [signature] => *signature,
            _ => return Err(ListError::ManySignatures),
        };
        if tree.parent(signature) != Some(tree.root()) {
            return Err(ListError::Wrapped);
        }
        for child in tree.children(signature) {
            let known = ["SignedInfo", "SignatureValue", "KeyInfo", "Object"];
            if !known.iter().any(|name| tree.is(child, DS, name)) {
                return Err(ListError::MalformedSignature("Signature"));
            }
        }
        let signed_info = one(tree, signature, "SignedInfo")?;
        let value = tree
            .base64(one(tree, signature, "SignatureValue")?)
            .filter(|value| value.len() <= SIGNATURE_BYTES_MAX)
            .ok_or(ListError::MalformedSignature("SignatureValue"))?;
        let scheme = scheme(tree, signed_info)?;
        let properties = xades::properties(tree, signature)?;
        let references = references(tree, signed_info, signature, properties)?;
        let named = match properties {
            Some(properties) => xades::named_signer(tree, properties)?,
            None => Vec::new(),
        };
        Ok(Self {
            signed_info,
            scheme,
            value,
            references,
            certificates: certificates(tree, signature)?,
            named,
        })
    }
}

/// The child of this name, which must stand once.
fn one(tree: &Tree<'_>, node: Node, name: &'static str) -> Result<Node, ListError> {
    tree.one(node, DS, &[name])
        .ok_or(ListError::MalformedSignature(name))
}

/// The algorithm that a child names, which has no parameters.
fn named_algorithm<'t>(tree: &'t Tree<'_>, node: Node, name: &'static str) -> Result<&'t str, ListError> {
    let method = one(tree, node, name)?;
    let uri = tree
        .attribute(method, "Algorithm")
        .ok_or(ListError::MalformedSignature(name))?;
    if tree.children(method).next().is_some() {
        return Err(ListError::Algorithm("parameters"));
    }
    Ok(uri)
}

/// How the signature was made; its canonical form must be the exclusive one.
fn scheme(tree: &Tree<'_>, signed_info: Node) -> Result<Scheme, ListError> {
    for child in tree.children(signed_info) {
        let known = ["CanonicalizationMethod", "SignatureMethod", "Reference"];
        if !known.iter().any(|name| tree.is(child, DS, name)) {
            return Err(ListError::MalformedSignature("SignedInfo"));
        }
    }
    if named_algorithm(tree, signed_info, "CanonicalizationMethod")? != EXCLUSIVE {
        return Err(ListError::Algorithm("canonicalization"));
    }
    Scheme::named(named_algorithm(tree, signed_info, "SignatureMethod")?)
}

/// The two references, or the one where there are no signed properties, and nothing else.
fn references(
    tree: &Tree<'_>,
    signed_info: Node,
    signature: Node,
    properties: Option<Node>,
) -> Result<Vec<Reference>, ListError> {
    let (mut to_document, mut to_properties) = (None, None);
    for (count, node) in tree.named(signed_info, DS, "Reference").enumerate() {
        if count > 1 {
            return Err(ListError::MalformedSignature("Reference"));
        }
        let (place, part, transforms): (_, _, &[&str]) =
            if tree.attribute(node, "Type") == Some(SIGNED_PROPERTIES) {
                let properties = properties.ok_or(ListError::Wrapped)?;
                if !refers_to(tree, node, properties) {
                    return Err(ListError::Wrapped);
                }
                (&mut to_properties, Part::Element(properties), &[EXCLUSIVE])
            } else if tree.attribute(node, "URI") == Some("") {
                (
                    &mut to_document,
                    Part::DocumentWithout(signature),
                    &[ENVELOPED, EXCLUSIVE],
                )
            } else if refers_to(tree, node, tree.root()) {
                (
                    &mut to_document,
                    Part::RootWithout(signature),
                    &[ENVELOPED, EXCLUSIVE],
                )
            } else {
                return Err(ListError::Wrapped);
            };
        if transforms_of(tree, node)? != transforms {
            return Err(ListError::Algorithm("transforms"));
        }
        let digest = algorithm::digest(named_algorithm(tree, node, "DigestMethod")?)?;
        let value = tree
            .base64(one(tree, node, "DigestValue")?)
            .filter(|value| value.len() == digest.output_len())
            .ok_or(ListError::MalformedSignature("DigestValue"))?;
        let reference = Reference { part, digest, value };
        if place.replace(reference).is_some() {
            return Err(ListError::MalformedSignature("Reference"));
        }
    }
    if properties.is_some() && to_properties.is_none() {
        return Err(ListError::Wrapped);
    }
    let to_document = to_document.ok_or(ListError::Wrapped)?;
    Ok([to_document].into_iter().chain(to_properties).collect())
}

/// Whether a reference names this element by its `Id`.
fn refers_to(tree: &Tree<'_>, reference: Node, element: Node) -> bool {
    let name = tree
        .attribute(reference, "URI")
        .and_then(|uri| uri.strip_prefix('#'));
    name.is_some_and(|name| !name.is_empty() && tree.attribute(element, "Id") == Some(name))
}

/// The transforms of a reference, in order, none of which has parameters.
fn transforms_of<'t>(tree: &'t Tree<'_>, reference: Node) -> Result<Vec<&'t str>, ListError> {
    let mut uris = Vec::new();
    for transform in tree.children(one(tree, reference, "Transforms")?) {
        let uri = tree.attribute(transform, "Algorithm");
        if !tree.is(transform, DS, "Transform") || tree.children(transform).next().is_some() || uris.len() > 1
        {
            return Err(ListError::Algorithm("transforms"));
        }
        uris.push(uri.ok_or(ListError::MalformedSignature("Transform"))?);
    }
    Ok(uris)
}

/// The certificates in KeyInfo. One that cannot be read cannot be the signer's and is passed over.
fn certificates(tree: &Tree<'_>, signature: Node) -> Result<Vec<Certificate>, ListError> {
    let key_info = one(tree, signature, "KeyInfo")?;
    let mut found = Vec::new();
    let all = tree
        .named(key_info, DS, "X509Data")
        .flat_map(|data| tree.named(data, DS, "X509Certificate"));
    for (count, node) in all.enumerate() {
        if count >= CERTIFICATES_MAX {
            return Err(ListError::MalformedSignature("KeyInfo"));
        }
        let der = tree
            .base64(node)
            .filter(|der| der.len() <= CERTIFICATE_LENGTH_MAX);
        found.extend(der.and_then(|der| Certificate::parse(&der).ok()));
    }
    Ok(found)
}

/// That the document element is a trusted list and holds a list's three parts only.
///
/// # Errors
/// [`ListError::NotAList`].
pub(super) fn is_a_list(tree: &Tree<'_>) -> Result<(), ListError> {
    let root = tree.root();
    let known = |child: Node| {
        tree.is(child, TSL, "SchemeInformation")
            || tree.is(child, TSL, "TrustServiceProviderList")
            || tree.is(child, DS, "Signature")
    };
    if tree.is(root, TSL, "TrustServiceStatusList") && tree.children(root).all(known) {
        Ok(())
    } else {
        Err(ListError::NotAList)
    }
}

/// The signed properties' element of XAdES, by its path from a signature.
pub(super) fn qualifying<'t>(tree: &'t Tree<'_>, signature: Node) -> impl Iterator<Item = Node> + 't {
    let objects: Vec<Node> = tree.named(signature, DS, "Object").collect();
    objects
        .into_iter()
        .flat_map(|object| tree.named(object, XADES, "QualifyingProperties"))
}
