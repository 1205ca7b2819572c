//! Tests of the module, by claim.
