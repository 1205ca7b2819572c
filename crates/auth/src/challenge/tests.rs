//! Claims about challenges.
