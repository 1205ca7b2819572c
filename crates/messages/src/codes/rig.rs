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
    ("recorded-replaced", &[]),
    ("recorded-assumed", &[]),
    ("compared", &["differ", "equal", "untried"]),
    ("compared-differ", &["here", "probe", "there"]),
    ("compared-untried", &["probe"]),
];
