//! The texts of the question for a PIN or PUK. `secret` is `pin`, `puk`, `signature-pin` or `signature-puk`; `value` is
//! `present`, `current` (the present one, where a new one follows), `new` or `again`.

use super::Code;

/// What a person who is asked for a secret is told.
pub const QUESTIONS: &[Code] = &[
    // Why the last answer was not taken.
    ("ask-not-taken-form", &["digits"]),
    ("ask-not-taken-refused", &[]),
    ("ask-not-taken-uniform", &[]),
    ("ask-not-taken-run", &[]),
    ("ask-not-taken-same", &[]),
    ("ask-not-taken-differ", &[]),
    // Who asks, for what, of which card.
    ("ask-audience", &["audience"]),
    ("ask-service", &["service"]),
    ("ask-read-certificate", &[]),
    ("ask-change-pin", &["secret"]),
    ("ask-unblock-pin", &["secret"]),
    ("ask-asker", &["audience"]),
    ("ask-card", &["card"]),
    ("ask-reader", &["reader"]),
    // What a mistake costs.
    ("ask-tries", &["most", "tries"]),
    ("ask-tries-unknown", &[]),
    ("ask-tries-later", &["secret"]),
    ("ask-last-try", &["secret"]),
    ("ask-before-sending", &["tries"]),
    // How it is typed, on a terminal, in a window, on the reader.
    ("ask-what", &["secret", "value"]),
    ("ask-halves", &["first", "second"]),
    ("ask-halves-typed", &["first"]),
    ("ask-how", &["digits", "secret", "value"]),
    ("ask-how-window", &["digits", "secret", "value"]),
    ("ask-how-pad", &["digits", "secret", "value"]),
    ("ask-pad-next", &["digits", "secret"]),
    ("ask-pad-done", &[]),
    ("ask-time", &["seconds"]),
    ("ask-time-window", &["seconds"]),
    ("ask-time-pad", &["seconds"]),
    ("ask-prompt", &["secret", "value"]),
    ("ask-prompt-second-half", &["digits"]),
    ("ask-title", &[]),
    ("ask-button-ok", &[]),
    ("ask-button-cancel", &[]),
];
