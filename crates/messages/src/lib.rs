//! Italian and English text by code.
