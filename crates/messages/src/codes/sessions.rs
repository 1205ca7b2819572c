//! What is told of a login for as long as it lasts.

use super::Code;

/// Its sentences: why a login that succeeded has ended.
pub const SESSIONS: &[Code] = &[
    ("session-card-removed", &[]),
    ("session-reader-gone", &[]),
    ("session-time-over", &[]),
    ("session-logged-out", &[]),
    ("session-card-lost", &[]),
];
