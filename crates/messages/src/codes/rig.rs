//! What the test bench tells of rigs, of recording a card and of comparing two.

use super::Code;

/// What a person at a reader is asked, what went wrong with a rig, and what a comparison tells.
pub const RIG: &[Code] = &[
    ("rig-give-up", &[]),
    ("rig-press-pin", &["reader"]),
    ("rig-press-wrong-pin", &["reader"]),
    ("rig-press-new-pin", &["reader"]),
    ("rig-press-puk", &["reader"]),
    ("rig-press-wrong-puk", &["reader"]),
    ("rig-press-cancel", &["reader"]),
    ("bench-rig-cancelled", &[]),
    ("recorded", &["files", "path"]),
    ("recorded-play", &["path"]),
    ("recorded-like-same-answer-to-reset", &["card"]),
    ("recorded-like-same-maker", &["card"]),
    ("recorded-like-none-of-this-maker", &["card"]),
    ("recorded-observed", &[]),
    ("recorded-replaced", &[]),
    ("recorded-assumed", &[]),
    ("recorded-timing", &[]),
    ("compared-here", &["kind", "maker", "reader"]),
    ("compared-there", &["kind", "maker", "reader"]),
    ("compared-there-unknown", &["reader"]),
    ("compared-answer", &["bytes", "status"]),
    ("compared-answer-hashed", &["bytes", "hash", "status"]),
    ("compared-differ", &["here", "probe", "sent", "step", "there"]),
    ("compared-untried", &["probe", "sent", "step"]),
    ("compared-slower", &["here", "probe", "sent", "step", "there"]),
    ("compared", &["differ", "equal", "replaced", "untried"]),
    ("compared-alike", &[]),
];
