//! Namespaces and identifiers of trusted lists and of their signatures.
//!
//! Not here: what follows from them.

/// Elements of a trusted list (ETSI TS 119 612 annex C).
pub(super) const TSL: &str = "http://uri.etsi.org/02231/v2#";
/// Its additional types, for the MIME type of a pointer (ETSI TS 119 612 annex C).
pub(super) const TSL_ADDITIONAL: &str = "http://uri.etsi.org/02231/v2/additionaltypes#";
/// Qualifications of certificates, an extension of services (ETSI TS 119 612 §5.5.9.2).
pub(super) const QUALIFICATIONS: &str =
    "http://uri.etsi.org/TrstSvc/SvcInfoExt/eSigDir-1999-93-EC-TrustedList/#";
/// XML signatures (XML-DSig core §1.3).
pub(super) const DS: &str = "http://www.w3.org/2000/09/xmldsig#";
/// XAdES (ETSI EN 319 132-1 §4.1).
pub(super) const XADES: &str = "http://uri.etsi.org/01903/v1.3.2#";
/// The attribute xml:lang.
pub(super) const XML: &str = "http://www.w3.org/XML/1998/namespace";

/// What a reference to signed properties says it refers to (ETSI EN 319 132-1 §4.4.2).
pub(super) const SIGNED_PROPERTIES: &str = "http://uri.etsi.org/01903#SignedProperties";
/// Exclusive canonical XML without comments.
pub(super) const EXCLUSIVE: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";
/// The transform that leaves the signature itself aside.
pub(super) const ENVELOPED: &str = "http://www.w3.org/2000/09/xmldsig#enveloped-signature";

/// The form of a list that is read here (ETSI TS 119 612 §5.3.13); the others are for people.
pub(super) const LIST_MIME_TYPE: &str = "application/vnd.etsi.tsl+xml";

/// What the Union's list of lists has for a territory (ETSI TS 119 612 §5.3.10).
pub(super) const TERRITORY_OF_THE_UNION: &str = "EU";

/// An identity verification service: what Italy lists the issuers of CNS and CIE as (ETSI TS 119 612 §5.5.1.3).
pub const SERVICE_IDENTITY_VERIFICATION: &str = "http://uri.etsi.org/TrstSvc/Svctype/IdV";
/// Recognised under national law (ETSI TS 119 612 §5.5.4): the status of such a service while it counts.
pub const STATUS_RECOGNISED: &str =
    "http://uri.etsi.org/TrstSvc/TrustedList/Svcstatus/recognisedatnationallevel";
/// No more recognised under national law (ETSI TS 119 612 §5.5.4).
pub const STATUS_DEPRECATED: &str =
    "http://uri.etsi.org/TrstSvc/TrustedList/Svcstatus/deprecatedatnationallevel";
/// The list of one state of the Union (ETSI TS 119 612 §5.3.3).
pub const LIST_OF_A_STATE: &str = "http://uri.etsi.org/TrstSvc/TrustedList/TSLType/EUgeneric";
/// The Union's list of such lists (ETSI TS 119 612 §5.3.3).
pub const LIST_OF_LISTS: &str = "http://uri.etsi.org/TrstSvc/TrustedList/TSLType/EUlistofthelists";
