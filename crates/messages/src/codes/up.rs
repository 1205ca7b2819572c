//! What is told of the test bench.

use super::Code;

/// Its sentences.
pub const UP: &[Code] = &[("bench-stands", &[]), ("bench-installing", &["packages"])];
