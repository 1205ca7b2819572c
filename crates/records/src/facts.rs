//! Facts about persons, in SQLite.
