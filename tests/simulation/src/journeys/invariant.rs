//! The invariants by their names: what a breach begins with, and what a planted bug must break.
//!
//! Not here: what they mean (`oracle`, `entitled`).

/// The PIN budget.
pub const TYPED: &str = "no value is sent that nobody typed";
/// No second command for one value.
pub const ONCE: &str = "a typed value is sent once";
/// Consent to the last try.
pub const LAST_TRY: &str = "the last try needs consent";
/// Memory of what a card refused.
pub const REFUSED: &str = "a refused value is not sent again";
/// Who may be let in, by what a card was made as.
pub const ENTITLED: &str = "nobody is let in who should not be";
/// Proof of presence.
pub const FRESH: &str = "an identity needs a fresh signature";
/// Decisions about persons.
pub const DECISION: &str = "a decision needs its identity";
/// Cards that are kept.
pub const KEPT: &str = "a kept card ends when it leaves";
/// What a value granted.
pub const VERIFIED: &str = "nothing stays verified";
/// Bounds.
pub const ENDS: &str = "nothing goes on for ever";
/// Texts for every end.
pub const DOCUMENTED: &str = "every end is documented";
/// Panics of the code under test.
pub const PANICS: &str = "nothing panics";
