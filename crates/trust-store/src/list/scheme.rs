//! What a list says of itself (ETSI TS 119 612 §5.3): version, number, dates, territory, and the lists that it points to.
//!
//! Not here: whether that is acceptable, except for the version.

use varco_pki::{Certificate, Timestamp};

use super::document::{Node, Tree};
use super::extensions::has_unknown_critical;
use super::names::{LIST_MIME_TYPE, TSL, TSL_ADDITIONAL};
use super::service::certificate_of;
use super::{ListError, Warning};

/// Most pointers read.
const POINTERS_MAX: usize = 256;
/// Longest text read as an instant: xs:dateTime with fractions and a zone.
const INSTANT_LENGTH_MAX: usize = 40;
/// Longest location of a list, in bytes.
const LOCATION_LENGTH_MAX: usize = 2048;

/// What a list says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Scheme {
    pub(super) version: u8,
    pub(super) sequence_number: u64,
    pub(super) list_type: String,
    pub(super) territory: String,
    pub(super) issued_at: Timestamp,
    pub(super) next_update: Option<Timestamp>,
    pub(super) pointers: Vec<Pointer>,
}

/// Where another list is, and who may sign it (ETSI TS 119 612 §5.3.13).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pointer {
    territory: String,
    list_type: Option<String>,
    location: String,
    signers: Vec<Certificate>,
}

impl Pointer {
    /// The territory of the list, such as `IT`.
    #[must_use]
    pub fn territory(&self) -> &str {
        &self.territory
    }

    /// The type of the list, where the pointer tells it.
    #[must_use]
    pub fn list_type(&self) -> Option<&str> {
        self.list_type.as_deref()
    }

    /// Where it is published: outside text, to be checked before anything is fetched from there.
    #[must_use]
    pub fn location(&self) -> &str {
        &self.location
    }

    /// The certificates of those who may sign it: give them to [`super::TrustedList::open`].
    #[must_use]
    pub fn signers(&self) -> &[Certificate] {
        &self.signers
    }
}

/// Reads the scheme information of a list.
///
/// # Errors
/// [`ListError::Version`], [`ListError::CriticalExtension`], [`ListError::Malformed`].
pub(super) fn read(tree: &Tree<'_>, warnings: &mut Vec<Warning>) -> Result<Scheme, ListError> {
    let scheme = tree
        .one(tree.root(), TSL, &["SchemeInformation"])
        .ok_or(ListError::Malformed("SchemeInformation"))?;
    let text = |name: &'static str| {
        tree.one(scheme, TSL, &[name])
            .and_then(|node| tree.text(node))
            .filter(|text| !text.is_empty())
            .ok_or(ListError::Malformed(name))
    };
    let version = match text("TSLVersionIdentifier")?.as_str() {
        "5" => 5,
        "6" => 6,
        _ => return Err(ListError::Version),
    };
    if has_unknown_critical(tree, scheme, "SchemeExtensions", &[]) {
        return Err(ListError::CriticalExtension);
    }
    let number = text("TSLSequenceNumber")?;
    let sequence_number = Some(number)
        .filter(|digits| digits.bytes().all(|digit| digit.is_ascii_digit()))
        .and_then(|digits| digits.parse().ok())
        .ok_or(ListError::Malformed("TSLSequenceNumber"))?;
    let territory = text("SchemeTerritory")?;
    if !is_territory(&territory) {
        return Err(ListError::Malformed("SchemeTerritory"));
    }
    let issued_at = instant(&text("ListIssueDateTime")?).ok_or(ListError::Malformed("ListIssueDateTime"))?;
    let next_update = next_update(tree, scheme)?;
    if next_update.is_some_and(|next| next < issued_at) {
        return Err(ListError::Malformed("NextUpdate"));
    }
    Ok(Scheme {
        version,
        sequence_number,
        list_type: text("TSLType")?,
        territory,
        issued_at,
        next_update,
        pointers: pointers(tree, scheme, warnings)?,
    })
}

/// Two capital letters (ISO 3166-1, and EU, EL, UK).
fn is_territory(text: &str) -> bool {
    text.len() == 2 && text.bytes().all(|letter| letter.is_ascii_uppercase())
}

/// An xs:dateTime with its zone.
pub(super) fn instant(text: &str) -> Option<Timestamp> {
    // A text with an annotation, such as a zone's name, is no xs:dateTime.
    if text.len() > INSTANT_LENGTH_MAX || text.contains('[') || !text.contains('T') {
        return None;
    }
    text.parse().ok()
}

/// The instant of the next update; an empty element means that there will be none (ETSI TS 119 612 §5.3.15).
fn next_update(tree: &Tree<'_>, scheme: Node) -> Result<Option<Timestamp>, ListError> {
    const WHERE: ListError = ListError::Malformed("NextUpdate");
    let next = tree.one(scheme, TSL, &["NextUpdate"]).ok_or(WHERE)?;
    match tree.at_most_one(next, TSL, "dateTime").map_err(|_| WHERE)? {
        None => Ok(None),
        Some(node) => match tree.text(node).ok_or(WHERE)?.as_str() {
            "" => Ok(None),
            text => instant(text).map(Some).ok_or(WHERE),
        },
    }
}

/// The pointers to lists in the form that is read here. One that cannot be read is a warning.
fn pointers(tree: &Tree<'_>, scheme: Node, warnings: &mut Vec<Warning>) -> Result<Vec<Pointer>, ListError> {
    const WHERE: ListError = ListError::Malformed("PointersToOtherTSL");
    let Some(all) = tree
        .at_most_one(scheme, TSL, "PointersToOtherTSL")
        .map_err(|_| WHERE)?
    else {
        return Ok(Vec::new());
    };
    let mut pointers = Vec::new();
    for (place, node) in tree.named(all, TSL, "OtherTSLPointer").enumerate() {
        if place >= POINTERS_MAX {
            return Err(WHERE);
        }
        match pointer(tree, node, place, warnings) {
            Read::Pointer(pointer) => pointers.push(pointer),
            Read::OtherForm => {}
            Read::Unreadable => warnings.push(Warning::Pointer { pointer: place }),
        }
    }
    Ok(pointers)
}

enum Read {
    Pointer(Pointer),
    /// The same list in a form for people.
    OtherForm,
    Unreadable,
}

fn pointer(tree: &Tree<'_>, node: Node, place: usize, warnings: &mut Vec<Warning>) -> Read {
    let fact = |space: &'static str, name: &'static str| {
        let information = tree.one(node, TSL, &["AdditionalInformation"])?;
        let mut found = tree
            .named(information, TSL, "OtherInformation")
            .flat_map(|other| tree.named(other, space, name));
        let first = found.next();
        // Told twice is not told.
        if found.next().is_some() {
            return None;
        }
        tree.text(first?)
    };
    match fact(TSL_ADDITIONAL, "MimeType") {
        Some(form) if form == LIST_MIME_TYPE => {}
        Some(_) => return Read::OtherForm,
        None => return Read::Unreadable,
    }
    let territory = fact(TSL, "SchemeTerritory").filter(|text| is_territory(text));
    let location = tree
        .one(node, TSL, &["TSLLocation"])
        .and_then(|node| tree.text(node))
        .filter(|text| !text.is_empty() && text.len() <= LOCATION_LENGTH_MAX);
    let (Some(territory), Some(location)) = (territory, location) else {
        return Read::Unreadable;
    };
    let mut signers = Vec::new();
    let identities = tree
        .named(node, TSL, "ServiceDigitalIdentities")
        .flat_map(|all| tree.named(all, TSL, "ServiceDigitalIdentity"))
        .flat_map(|identity| tree.named(identity, TSL, "DigitalId"))
        .flat_map(|id| tree.named(id, TSL, "X509Certificate"));
    for identity in identities {
        match certificate_of(tree, identity) {
            Ok(certificate) if signers.contains(&certificate) => {}
            Ok(certificate) if signers.len() < super::SIGNERS_MAX => signers.push(certificate),
            Ok(_) => return Read::Unreadable,
            Err(unreadable) => warnings.push(Warning::Signer {
                pointer: place,
                fault: unreadable.fault,
            }),
        }
    }
    Read::Pointer(Pointer {
        territory,
        list_type: fact(TSL, "TSLType"),
        location,
        signers,
    })
}
