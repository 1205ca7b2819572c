//! What is told of the care of PIN and PUK.

use super::Code;

/// Its sentences and labels.
pub const CARE: &[Code] = &[
    ("codes-where", &["issuer", "kind"]),
    ("label-puk", &[]),
    ("label-signature-pin", &[]),
    ("label-signature-puk", &[]),
    ("label-issued-by", &[]),
    ("tries-of", &["most", "tries"]),
    ("puk-unknown", &[]),
    ("pin-changed", &[]),
    ("pin-unblocked", &[]),
    ("pin-status-blocked", &["which"]),
    ("pin-status-unchecked", &[]),
];
