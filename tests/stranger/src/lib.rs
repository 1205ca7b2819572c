//! The stranger's program; only its tests matter here.
