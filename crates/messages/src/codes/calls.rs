//! What a program that calls the C face can do wrong, and how its logins end besides.

use super::Code;

/// Each has a message, and under `.advice` what to do. The command line meets none of them.
pub const CALLS: &[Code] = &[
    ("call-null", &["argument"]),
    ("call-not-utf8", &["argument"]),
    ("call-value", &["argument"]),
    ("call-handle", &["argument"]),
    ("call-busy", &["argument"]),
    ("call-answered", &[]),
    ("call-nonce-spent", &[]),
    ("prompt-panicked", &[]),
    ("prompt-without-answer", &[]),
    ("prompt-value", &[]),
    ("access-denied", &[]),
    ("access-undecided", &[]),
];
