//! Faults of virtual cards that are refused.

use super::Code;

/// Each has a message, and under `.advice` what to do.
pub const FAULTS: &[Code] = &[("fault-form", &[]), ("fault-not-here", &[])];
