//! Drives PC/SC readers.
