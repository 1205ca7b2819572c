//! Revocation: claims about lists of every kind.
