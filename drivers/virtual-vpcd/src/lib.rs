//! Puts a played card behind pcscd through vpcd.
