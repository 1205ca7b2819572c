//! Third-party programs run against the played cards, behind the real pcscd, and `openssl ocsp` against our questions; the
//! claims stand in `tests/`.
//!
//! Not here: what varco itself does with the cards (tests/scenario, crates/cli).
